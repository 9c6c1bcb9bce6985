"""Lines that came since the published worklists go out in workbooks of their own, once each, and come back like any other."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from padanan.base.period import JAKARTA
from padanan.forms.handover import faults_of_issues, issues
from padanan.review.worklist import book
from padanan.run.new_lines import make_new
from padanan.run.sheets import take_sheet
from tests.feedback.field import Field
from tests.review.worklist_by_hand import type_into

NOW = datetime(2026, 1, 10, 9, tzinfo=JAKARTA)
LATER = datetime(2026, 1, 20, 9, tzinfo=JAKARTA)
STRANGER = {"NIK": "3171014107800001", "NAMA": "Orang Belum Tercatat", "TANGGAL LAHIR": "01/07/1980"}
NAMELESS_NIK = {"NAMA": "Warga Tanpa Nomor", "TANGGAL LAHIR": "02/07/1981"}


def elsewhere(field: Field) -> dict[str, str]:
    """Somebody of the publication with a NIK who is not on its prelist."""
    ((who, nik, name, born),) = duckdb.execute(
        f"""select i.id_orang, i.nik, i.nama, i.tgl_lahir from '{field.home.root}/identitas/*/rev-*/identitas.parquet' i
        where i.nik is not null and i.tgl_lahir < date '2000-01-01' and i.id_orang not in
          (select id_orang from '{field.home.root}/published/*/rev-*/prelist.parquet') order by 1 limit 1"""
    ).fetchall()
    return {"id": who, "NIK": nik, "NAMA": name, "TANGGAL LAHIR": born.strftime("%d/%m/%Y")}


def complaints(field: Field, *people: dict[str, str], start: int = 1, came: datetime | None = None) -> list[str]:
    rows = [field.row("pengaduan", one, **{"NOMOR TIKET": f"P{number}"}) for number, one in enumerate(people, start)]
    taken = field.returned("pengaduan", *rows, came=came or datetime(2025, 12, 20, tzinfo=JAKARTA))
    return [one["id_orang"] for one in field.events(taken)]


def answered(folder: Path, who: dict[str, dict[str, Any]]) -> list[Path]:
    """Types answers into the lines of people (by identifier) on Verifikasi; the workbooks."""
    layout = book.layouts()["Verifikasi"]
    for path in sorted(folder.glob("*.xlsx")):
        workbook = openpyxl.load_workbook(path)
        sheet = workbook["Verifikasi"]
        for row in range(3, sheet.max_row + 1):
            values = who.get(str(sheet[layout.cell("id_orang", row)].value))
            if values is not None:
                type_into(workbook, "Verifikasi", row, **values)
        workbook.save(path)
    return sorted(folder.glob("*.xlsx"))


@pytest.mark.feature("F24")
def test_new_lines_go_out_once_and_come_back(field: Field) -> None:
    known, listed = elsewhere(field), field.people(1)[0]
    ids = complaints(field, known, listed, STRANGER, NAMELESS_NIK)
    assert ids[:2] == [known["id"], listed["id"]]
    folder, facts = make_new(field.home, now=NOW)
    assert folder is not None and facts["jumlah"] == {"prelist": 3}, "who is on the published worklist is there already"
    cards: dict[str, str] = {}
    for path in folder.glob("*.xlsx"):
        layout, sheet = book.layouts()["Verifikasi"], openpyxl.load_workbook(path)["Verifikasi"]
        for row in range(3, sheet.max_row + 1):
            cards[str(sheet[layout.cell("id_orang", row)].value)] = str(sheet[layout.cell("orang", row)].value)
    assert cards.keys() == {ids[0], ids[2], ids[3]}
    assert known["NAMA"] in cards[ids[0]] and STRANGER["NIK"] in cards[ids[2]] and NAMELESS_NIK["NAMA"] in cards[ids[3]]
    assert make_new(field.home, now=NOW) == (None, {}), "each line goes out once"
    assert [issue.folder for issue in issues(field.home)] == [folder] and faults_of_issues(field.home) == (1, [])
    met = {"hasil": "ditemukan", "tanggal": "9-1-2026", "petugas": "Siti Kader"}
    books = answered(folder, {ids[0]: {**met, "hasil": "meninggal"}, ids[2]: met, ids[3]: met})
    taken = [take_sheet(field.home, path, now=LATER) for path in books]
    assert [one.faults for one in taken] == [()] * len(books)
    assert sum(int(one.account["diambil"]) for one in taken) == 3
    results = [(field.state(one) or {}).get("verivali_hasil") for one in (ids[0], ids[2], ids[3])]
    assert results == ["meninggal", "ditemukan", "ditemukan"], "a newcomer without NIK is the same one again"
    again = [take_sheet(field.home, path, now=LATER) for path in books]
    assert sum(int(one.account["sudah_diambil"]) for one in again) == 3


def test_a_line_that_opens_again_after_its_answer_goes_out_again(field: Field) -> None:
    known = elsewhere(field)
    complaints(field, known)
    first, facts = make_new(field.home, now=NOW)
    assert first is not None
    (path,) = answered(first, {known["id"]: {"hasil": "ditemukan", "tanggal": "9-1-2026", "petugas": "Siti"}})
    take_sheet(field.home, path, now=LATER)
    assert make_new(field.home, now=LATER) == (None, {})
    complaints(field, known, start=7, came=LATER)
    second, more = make_new(field.home, now=LATER)
    assert second is not None and second.name == "rev-1-susulan-2" and more["garis"] != facts["garis"]


def test_no_line_no_folder(field: Field) -> None:
    assert make_new(field.home, now=NOW) == (None, {})
    assert issues(field.home) == []
