"""A rule that binds but fails on real rows is named with its file and line, and no value of the rows is.

The failing dbt call itself is in `tests/dbt`; rules that cannot bind are refused earlier (`tests/contracts`).
"""

import shutil

import duckdb
import pytest

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.rule_binding import STAGING, check_predicates, rows
from padanan.contracts.rule_culprit import Trial, culprits, rule_failure
from padanan.run.plan import planned_contract
from tests import planned

NIK = "3171011507800003"
DBT = "Runtime Error in model {model} (models/x/{model}.sql)\n  Out of Range Error: Overflow of INT64 ({nik} * {nik})!"


@pytest.fixture
def folder(tmp_path):
    """A copy of expectations/ that a test may spoil."""
    target = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), target, ignore=shutil.ignore_patterns("gx", "odcs"))
    return target


@pytest.fixture
def home(tmp_path):
    """A warehouse as dbt leaves it: staging and padanan rows of adminduk and kaj, the gap models not built."""
    found = Home(tmp_path / "data")
    found.warehouse.mkdir(parents=True)
    kinds = rows()
    with duckdb.connect(str(found.warehouse_db)) as con:
        for table, like in {STAGING: STAGING, "stg_bansos__penerima": STAGING, "padanan_record": "padanan_record"}.items():
            con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in kinds[like].items())})")
        for table, producer in [(STAGING, "adminduk"), ("stg_bansos__penerima", "kaj")]:
            con.execute(
                f"insert into {table} (producer, nik_bersih, nik_angka16, nama_bersih) values (?, ?, ?, 'BUDI PENANDA')",
                [producer, NIK, int(NIK)],
            )
        con.execute("insert into padanan_record (producer, status, n_baris_program) values ('kaj', 'padan_nik', 2)")
    return found


def plan(home, folder):
    periode = Periode.parse("2025-S2")
    delivered = [planned.delivery()]
    contracts = tuple(
        planned_contract(contract, periode, delivered if contract.id in ("adminduk", "kaj") else [])
        for contract in load_contracts(folder).values()
    )
    planned.write(home, contracts=contracts)


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def told(home, folder, model):
    error = rule_failure(home, DBT.format(model=model, nik=NIK), folder)
    assert error is not None
    assert NIK not in str(error) and "PENANDA" not in str(error) and "\n" not in str(error)
    return str(error)


def test_an_overflow_in_gap_cleansing_is_named(home, folder):
    """It binds, so it is taken; the number of a real NIK times itself is no BIGINT."""
    line = spoil(folder / "rules.yaml", "gagal: right(nik_bersih, 4) = '0000'", "gagal: nik_angka16 * nik_angka16 = 0")
    assert check_predicates(folder)
    plan(home, folder)
    text = told(home, folder, "gap_cleansing")
    assert f"{folder / 'rules.yaml'} baris {line} (rules.nik_urut_nol.gagal)" in text
    assert "aturan nik_urut_nol gagal dijalankan atas kiriman adminduk (OutOfRangeException)" in text


def test_a_masker_is_named_and_not_the_rules_it_silences(home, folder):
    """Its text stands in their conditions as well."""
    spoil(
        folder / "rules.yaml",
        "gagal: nik_angka and regexp_matches(nik_bersih, '^[0-9]{15}$')",
        "gagal: nik_angka16 * nik_angka16 = 0",
    )
    plan(home, folder)
    text = told(home, folder, "gap_cleansing")
    assert "aturan nik_nol_depan gagal" in text and "juga" not in text and "rules.nik_nol_depan.gagal" in text


def test_a_condition_that_fails_is_named(home, folder):
    spoil(folder / "rules.yaml", "gagal: right(nik_bersih, 4) = '0000'", "gagal: right(nik_bersih, 4) = '0001'")
    path = folder / "rules.yaml"
    head, tail = path.read_text(encoding="utf-8").split("  nik_urut_nol:\n")
    start = tail.index("    berlaku: ")
    end = tail.index("\n", start)
    path.write_text(
        head + "  nik_urut_nol:\n" + tail[:start] + "    berlaku: nik_angka16 * nik_angka16 > 0" + tail[end:], encoding="utf-8"
    )
    plan(home, folder)
    assert "(rules.nik_urut_nol.berlaku)" in told(home, folder, "gap_cleansing")


def test_a_rule_after_the_padanan_is_named_at_the_contract_that_wrote_it(home, folder):
    path = folder / "contracts" / "kaj.yaml"
    rule = """      - name: aturan_sendiri
        type: custom
        engine: padanan
        implementation:
          kolom: [nama]
          dimensi: V
          level: peringatan
          nama: Aturan sendiri
          definisi: Terlalu sering.
          tahap: padanan
          berlaku: "true"
          gagal: n_baris_program * 9000000000000000000 > 1
          ambang: 0.1
          tindakLanjut: periksa
          penanggungJawab: [produsen]
          hari: 14
slaProperties:
"""
    spoil(path, "slaProperties:\n", rule)
    assert check_predicates(folder)
    plan(home, folder)
    text = told(home, folder, "gap_padanan")
    number = int(text.split(" baris ")[1].split(" ")[0])
    assert str(path) in text and "9000000000000000000" in path.read_text(encoding="utf-8").splitlines()[number - 1]
    assert "aturan aturan_sendiri gagal dijalankan atas kiriman kaj" in text


def test_another_model_or_sound_rules_name_nobody(home, folder):
    plan(home, folder)
    assert rule_failure(home, DBT.format(model="gap_cleansing", nik=NIK), folder) is None
    spoil(folder / "rules.yaml", "gagal: right(nik_bersih, 4) = '0000'", "gagal: nik_angka16 * nik_angka16 = 0")
    plan(home, folder)
    assert rule_failure(home, DBT.format(model="gap", nik=NIK), folder) is None
    assert rule_failure(home, DBT.format(model="padanan_record", nik=NIK), folder) is None
    assert rule_failure(home, DBT.format(model="gap_cleansing", nik=NIK), folder) is not None


def test_the_dagster_failure_carries_the_rule(home, folder, monkeypatch):
    from orchestration.dbt_bridge import _raise_for
    from padanan.base.errors import ContractError

    spoil(folder / "rules.yaml", "gagal: right(nik_bersih, 4) = '0000'", "gagal: nik_angka16 * nik_angka16 = 0")
    plan(home, folder)
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(folder))
    with pytest.raises(ContractError, match="aturan nik_urut_nol"):
        _raise_for(1, [DBT.format(model="gap_cleansing", nik=NIK)], "cleansing", home)


def test_only_a_kind_of_fault_can_fail_too():
    """The kind is computed of faulty rows only, as in the model."""
    con = duckdb.connect()
    con.execute("create table t as select 3000000000000000000 as a, true as ok")
    trial = Trial("r", "true", "ok", "chr(cast(a * a as integer))")
    assert [(item.part, item.kind) for item in culprits([trial], "t", lambda sql: con.execute(sql).fetchall())] == [
        ("rincian", "OutOfRangeException")
    ]
    con.execute("update t set ok = false")
    assert culprits([trial], "t", lambda sql: con.execute(sql).fetchall()) == []
