"""Every predicate of the criteria, judged over people written by hand, and what `sasaran.yaml` refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from padanan.base.errors import ContractError
from padanan.contracts.contract import expectations_dir
from padanan.contracts.criteria import Criteria, load_criteria
from padanan.contracts.rule_binding import rows

POOR: dict[str, Any] = {
    "meninggal_terverifikasi": False, "di_dki": True, "ktp_pendatang": False, "desil": 4, "ada_dtks": False,
    "program_kemiskinan": False, "ada_warga_baru": False,
}  # fmt: skip
NEWCOMER = {"di_dki": False, "ktp_pendatang": True}


def failing(criteria: Criteria, person: dict[str, Any]) -> str | None:
    """The first criterion that a person fails, as `review/sasaran` asks it."""
    types = rows()["padanan_orang"]
    columns = ", ".join(f"try_cast(${name} as {types[name]}) as {name}" for name in person)
    cases = " ".join(f"when not coalesce({item.lolos}, false) then '{item.id}'" for item in criteria.kriteria)
    with duckdb.connect() as con:
        found: str | None = con.execute(f"select case {cases} end from (select {columns})", person).fetchall()[0][0]
    return found


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        pytest.param({}, None, id="within-the-limit"),
        pytest.param({"desil": 1}, None, id="poorest"),
        pytest.param({"desil": 5}, "desil_di_bawah_batas", id="above-the-limit"),
        pytest.param({"desil": None}, "desil_diketahui", id="no-desil"),
        pytest.param({"desil": None, "ada_dtks": True}, "desil_diketahui", id="no-desil-in-dtks"),
        pytest.param({"desil": None, "ada_warga_baru": True}, "desil_diketahui", id="no-desil-and-found-in-the-field"),
        pytest.param({"meninggal_terverifikasi": True}, "hidup_atau_belum_diketahui", id="dead"),
        pytest.param({"meninggal_terverifikasi": None}, "hidup_atau_belum_diketahui", id="life-must-be-said"),
        pytest.param({"di_dki": False}, "berdomisili_di_dki", id="outside"),
        pytest.param({"di_dki": None}, None, id="residence-unknown-stays"),
        pytest.param(NEWCOMER, "bukan_ktp_pendatang", id="newcomer"),
        pytest.param(
            {"di_dki": False, "desil": 9, "meninggal_terverifikasi": True}, "hidup_atau_belum_diketahui", id="the-first"
        ),
    ],
)
def test_each_criterion_speaks_of_its_own_people(changed: dict[str, Any], first: str | None) -> None:
    assert failing(load_criteria(), {**POOR, **changed}) == first


def _ruled(tmp_path: Path, old: str, new: str) -> Criteria:
    text = (expectations_dir() / "sasaran.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "sasaran.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return load_criteria(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "changed", "first"),
    [
        pytest.param("ktpPendatang: daftar", "ktpPendatang: masuk", NEWCOMER, None, id="newcomers-enter"),
        pytest.param("belumBerdesil: daftar", "belumBerdesil: masuk", {"desil": None, "ada_dtks": True}, None, id="dtks-enters"),
        pytest.param("belumBerdesil: daftar", "belumBerdesil: masuk", {"desil": None, "ada_warga_baru": True}, None, id="found"),
        pytest.param(
            "belumBerdesil: daftar", "belumBerdesil: masuk", {"desil": None, "program_kemiskinan": True}, None, id="aided"
        ),
        pytest.param("belumBerdesil: daftar", "belumBerdesil: masuk", {"desil": None}, "desil_diketahui", id="not-everybody"),
        pytest.param("tingkat: rentan", "tingkat: miskin", {"desil": 2}, None, id="level-within"),
        pytest.param("tingkat: rentan", "tingkat: miskin", {"desil": 3}, "desil_di_bawah_batas", id="level-above"),
        pytest.param("rentan: 4}", "rentan: 6}", {"desil": 6}, None, id="limit-moved"),
    ],
)
def test_what_tkpk_rules_decides(tmp_path: Path, old: str, new: str, changed: dict[str, Any], first: str | None) -> None:
    assert failing(_ruled(tmp_path, old, new), {**POOR, **changed}) == first


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("miskin: 2", "miskin: 0", "terlalu kecil"),
        ("rentan: 4}", "rentan: 11}", "terlalu besar"),
        ("rentan: 4}", "rentan: 1}", "di bawah batas tingkat yang lebih miskin"),
        ("tingkat: rentan", "tingkat: kaya", "kemiskinan_ekstrem, miskin, rentan"),
        ("ktpPendatang: daftar", "ktpPendatang: ya", "masuk, daftar"),
    ],
)
def test_limits_and_rulings_that_mean_nothing_are_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ContractError, match=r"sasaran\.yaml") as caught:
        _ruled(tmp_path, old, new)
    assert told in str(caught.value)


def test_the_sources_stand_in_their_order() -> None:
    """DTSEN is the ranking of Inpres 4/2025 and comes before P3KE; the register answers first where somebody lives."""
    criteria = load_criteria()
    assert criteria.sumber_desil == ("dtsen", "p3ke_individu")
    assert criteria.urutan_domisili == ("adminduk", "carik", "dtsen", "p3ke_individu", "p3ke_keluarga", "dtks")
    assert criteria.limit == 4
