"""To the ranking body and back: nothing leaves in dispute, each id finds its person again, losses and additions are counted."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.contracts.feedback import load_catalogue
from padanan.feedback.ranking import FILE, _write, compare, hand_over
from tests.feedback.field import Field

NOW = datetime(2025, 12, 2, 9, tzinfo=JAKARTA)


def handed(field: Field) -> list[dict[str, str]]:
    folder, _ = hand_over(field.home, now=NOW)
    with (folder / FILE).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.feature("F31")
def test_each_id_finds_its_person_again_and_losses_are_counted(field: Field) -> None:
    rows = handed(field)
    assert len({row["ID SERAH"] for row in rows}) == len(rows) > 100
    # Ids are drawn anew with each publication: which rows come first says nothing of who is on the prelist.
    known = {one["NIK"] for one in field.people(2000)}
    some = [row for row in rows if row["NIK"] in known][:5]
    # Without NIK and name: the id alone says who it is.
    taken = field.returned(
        "desil", *({"ID SERAH": row["ID SERAH"], "TANGGAL PEMERINGKATAN": "11/11/2025", "DESIL": "3"} for row in some)
    )
    assert (taken.events, taken.refused) == (5, 0)
    assert {one["cara"] for one in field.events(taken)} == {"id_serah"}
    by_nik = {row["NIK"]: row for row in some if row["NIK"]}
    person = next(one for one in field.people(2000) if one["NIK"] in by_nik)
    assert field.state(person["id"])["desil"] == 3  # type: ignore[index]
    found = compare(field.home)
    assert (found.handed, found.back, found.lost, found.added) == (len(rows), 5, len(rows) - 5, 0)


def test_a_name_from_the_field_is_no_formula_in_the_ranking_body_s_spreadsheet(tmp_path: Path) -> None:
    """A newcomer's name and address are as somebody typed them into a form of the field."""
    columns = load_catalogue().pemeringkatan.kolom
    hostile = {"nama": "=HYPERLINK(1)", "alamat": "+cmd|' /C calc'!A0", "id_serah": "-1"}
    assert hostile.keys() <= columns.keys()
    with duckdb.connect() as con:
        told = {name: "date '1980-02-01'" if name == "tgl_lahir" else "'x'" for name in columns}
        told |= {name: "'" + text.replace("'", "''") + "'" for name, text in hostile.items()}
        con.execute(f"create table diserahkan as select {', '.join(f'{cell} as {name}' for name, cell in told.items())}")
        assert _write(con, tmp_path / FILE, columns) == 1
    with (tmp_path / FILE).open(encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    assert {row[columns[name]] for name in hostile} == {f"'{text}" for text in hostile.values()}
    assert row[columns["tgl_lahir"]] == "01/02/1980"


def test_an_id_that_never_went_is_sent_back(field: Field) -> None:
    handed(field)
    taken = field.returned("desil", {"ID SERAH": "f" * 32, "TANGGAL PEMERINGKATAN": "11/11/2025", "DESIL": "3"})
    assert field.faults(taken) == {2: {"id_serah_tak_dikenal"}}


@pytest.mark.feature("F30")
def test_nothing_leaves_while_agencies_differ(field: Field) -> None:
    person = field.people(1)[0]
    field.returned(
        "verivali",
        field.row("verivali", person, NOMOR="V1", HASIL="MENINGGAL"),
        field.row("verivali", person, NOMOR="V2", VERIFIKATOR="DINSOS"),
    )
    with pytest.raises(PadananError, match="1 orang berbeda hasil"):
        hand_over(field.home, now=NOW)
    assert not (field.home.root / "serah").exists() or not list((field.home.root / "serah").rglob(FILE))


def test_who_died_is_not_ranked_and_everybody_else_is(field: Field) -> None:
    dead, alive = field.people(2)
    field.returned(
        "verivali", field.row("verivali", dead, NOMOR="V1", HASIL="MENINGGAL"), field.row("verivali", alive, NOMOR="V2")
    )
    numbers = {row["NIK"] for row in handed(field)}
    assert dead["NIK"] not in numbers and alive["NIK"] in numbers


def test_the_same_publication_is_handed_over_once(field: Field) -> None:
    folder, facts = hand_over(field.home, now=NOW)
    again, same = hand_over(field.home, now=NOW)
    assert (folder, facts) == (again, same)
    assert (folder / FILE).stat().st_mode & 0o077 == 0
