"""`expectations/hak.yaml`: every rule judged at its edges over people written by hand, and what the file refuses (F33, F34)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from padanan.base.errors import ContractError
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.entitlements import known_contracts, load_entitlements, planned, unsettled
from padanan.contracts.rule_binding import ENTITLED, rows

NOBODY: dict[str, Any] = {"umur": 40, "jk": "L", "disabilitas": False, "bersekolah": False, "desil": 2, "kode_kota": "31.71"}


def entitled(**person: Any) -> set[str]:
    """The programs whose own predicate holds for this person, limits and other programs aside."""
    values = {**NOBODY, **person}
    kinds = rows()[ENTITLED]
    columns = ", ".join(f"cast(? as {kinds[name]}) as {name}" for name in values)
    found = load_entitlements().program
    with duckdb.connect() as con:
        con.execute(f"create table o as select {columns}", list(values.values()))
        return {
            name
            for name, item in found.items()
            if item.berhak is not None and con.execute(f"select count(*) from o where {item.berhak}").fetchone() == (1,)
        }


@pytest.mark.feature("F33")
@pytest.mark.parametrize(
    ("person", "programs", "others"),
    [
        ({"umur": 60}, {"klj", "pkh", "kartu_layanan_gratis"}, {"kaj", "kjp_plus", "kpdj"}),
        ({"umur": 59}, set(), {"klj", "pkh", "kartu_layanan_gratis"}),
        ({"umur": 0}, {"kaj", "pkh"}, {"kjp_plus", "pip"}),
        ({"umur": 6}, {"kaj", "kjp_plus", "pip", "pkh"}, {"klj"}),
        ({"umur": 7}, {"kjp_plus"}, {"kaj"}),
        ({"umur": 5, "bersekolah": True}, {"kaj"}, {"kjp_plus", "pip"}),
        ({"umur": 18}, {"kjp_plus", "pip", "pkh"}, set()),
        ({"umur": 19}, set(), {"kjp_plus", "pip", "pkh"}),
        ({"umur": 21, "bersekolah": True}, {"kjp_plus", "pip", "pkh"}, set()),
        ({"umur": 22, "bersekolah": True}, set(), {"kjp_plus", "pip", "pkh"}),
        ({"disabilitas": True}, {"kpdj", "pkh", "kartu_layanan_gratis"}, {"klj"}),
        ({"kode_kota": "31.01"}, {"kartu_layanan_gratis"}, {"kpdj"}),
        ({}, {"pbi_jkn", "sembako"}, {"klj", "kaj", "kpdj", "kjp_plus", "pip", "pkh", "kartu_layanan_gratis"}),
        ({"umur": None}, {"pbi_jkn", "sembako"}, {"klj", "kaj", "kjp_plus", "pip", "pkh", "kartu_layanan_gratis"}),
        ({"umur": None, "disabilitas": True}, {"kpdj", "pkh", "kartu_layanan_gratis"}, {"klj"}),
    ],
)
def test_each_rule_at_its_edges(person: dict[str, Any], programs: set[str], others: set[str]) -> None:
    got = entitled(**person)
    assert programs <= got and not others & got


@pytest.mark.feature("F33")
@pytest.mark.feature("F34")
def test_every_program_with_a_contract_says_who_is_entitled_and_by_what_source() -> None:
    found, contracts = load_entitlements(), load_contracts()
    assert set(found.program) == {item.id for item in contracts.values() if item.kind == "program"}
    assert {name: item.desil_maks for name, item in found.program.items() if item.desil_maks} == {
        "pbi_jkn": 4,
        "pkh": 4,
        "sembako": 4,
    }
    assert all("[D]" in item.sumber or "[U]" in item.sumber for item in found.program.values())
    assert found.program["pbi_jkn"].verified and not found.program["kaj"].verified
    assert set(unsettled(found, contracts)) == {"kparj", "kjmu", "bpms", "bsps", "jakpreneur"}
    plan = {item.program: item for item in planned(found, contracts)}
    assert {name for name, item in plan.items() if item.keluarga} == {"pkh", "sembako"}, "the contract's unit, said once"
    assert plan["pangan_murah"].lewat == ("kjp_plus", "klj", "kpdj") and plan["pangan_murah"].berhak == "false"


@pytest.mark.feature("F33")
def test_a_program_of_which_the_file_says_nothing_is_named_not_passed_over() -> None:
    found = load_entitlements()
    shorter = found.model_copy(update={"program": {name: item for name, item in found.program.items() if name != "klj"}})
    assert "belum diatur" in unsettled(shorter, load_contracts())["klj"]
    assert "klj" not in {item.program for item in planned(shorter, load_contracts())}


@pytest.mark.parametrize(
    ("before", "after", "place", "said"),
    [
        ("  klj:\n", "  kljj:\n", "program.kljj", "mungkin maksudnya 'klj'"),
        ("lewat: [kjp_plus]", "lewat: [kjp_pluss]", "program.kartu_layanan_gratis.lewat", "mungkin maksudnya 'kjp_plus'"),
        ("dasar: dtks", "dasar: dtkss", "program.klj.dasar", "mungkin maksudnya 'dtks'"),
        ("berhak: umur >= 60\n", "berhak: umur >= {lansia}\n", "program.klj.berhak", "hak.yaml tidak berparameter"),
        ("berhak: umur >= 60\n", "berhak: cast(umur as int) >= 60\n", "program.klj.berhak", "cast biasa"),
        ("berhak: umur >= 60\n", "tidakDiukur: x\n    berhak: umur >= 60\n", "program.klj", "hak diukur dan tidak diukur"),
        ("desilMaks: 4", "desilMaks: 11", "program.pbi_jkn.desilMaks", "paling banyak 10"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(tmp_path: Path, before: str, after: str, place: str, said: str) -> None:
    folder = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), folder, ignore=shutil.ignore_patterns("gx", "odcs"))
    text = (folder / "hak.yaml").read_text(encoding="utf-8")
    assert before in text
    (folder / "hak.yaml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ContractError) as refused:
        known_contracts(load_entitlements(folder), load_contracts(folder), folder)
    assert f"({place})" in str(refused.value) and "baris " in str(refused.value) and said in str(refused.value)
