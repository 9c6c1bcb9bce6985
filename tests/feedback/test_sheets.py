"""Worklists that come back: every fault of a workbook is told by its cell, right lines become events, nothing counts twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.contracts.feedback import load_feedback
from padanan.feedback.lines import revision_known
from padanan.published.revisions import read_manifest
from padanan.records.returned import faults_of_events, faults_of_sheets
from padanan.review.worklist import asked, book
from padanan.run import sheets_inbox
from padanan.run.sheets import ANSWERS, SheetTaken, take_sheet
from tests.feedback.field import Field
from tests.review.worklist_by_hand import PERSON, QUESTIONS, TASK, type_into

V, S, P = "Verifikasi", "Validasi", "Perbaikan sumber"
NOW = datetime(2026, 1, 20, 9, tzinfo=JAKARTA)
WHO = {"tanggal": "12-1-2026", "petugas": "Siti Kader"}
NIK = "3171010101010001"


@dataclass
class Sheets:
    """Workbooks about people of a home's publication."""

    field: Field
    people: list[dict[str, str]]
    path: Path
    number: int = 0

    def write(self, people: list[dict[str, str]] | None = None, *, corrections: int = 2, revisi: int | None = None) -> Path:
        """The workbook of these people, in their order from row 3, as it goes out."""
        home = self.field.home
        found = revision_known(home, NOW.date())
        assert found is not None
        stamp = book.Stamp.of(found[0].label, revisi or found[1], read_manifest(home, found[0], found[1]))
        rows = []
        for number, one in enumerate(people or self.people, 1):
            day = datetime.strptime(one["TANGGAL LAHIR"], "%d/%m/%Y").date().isoformat() if one["TANGGAL LAHIR"] else ""
            row = {**PERSON, "rumah": str(number), "id_orang": one["id"], "nama": one["NAMA"], "tgl_lahir": day, "nik": ""}
            rows.append(
                row
                | {"orang": asked.card(row, f"{number}.1"), "tanya": asked.question(row, [row["kode"]], QUESTIONS, stamp.cutoff)}
            )
        tasks = [{**TASK, "id_orang": row["id_orang"], "id_tugas": f"tugas-{n}"} for n, row in enumerate(rows, 1)]
        tasks += [{**TASK, "id_tugas": f"sumber-{n}", "saluran": "sumber"} for n in range(1, corrections + 1)]
        self.number += 1
        self.path = self.field.home.root.parent / f"31.71.01.1001-gambir-{self.number}.xlsx"
        book.write(self.path, "Kelurahan Gambir", stamp, tasks, rows)
        return self.path

    def fill(self, *lines: tuple[str, int, Mapping[str, Any]]) -> Path:
        """Types answers into lines (sheet, row)."""
        workbook = openpyxl.load_workbook(self.path)
        for sheet, row, values in lines:
            type_into(workbook, sheet, row, **values)
        workbook.save(self.path)
        return self.path

    def take(self, now: datetime = NOW) -> SheetTaken:
        return take_sheet(self.field.home, self.path, now=now)


@pytest.fixture
def sheets(field: Field) -> Sheets:
    people = field.people(30)
    assert len(people) == 30
    made = Sheets(field, people, Path())
    made.write()
    return made


def said(taken: SheetTaken) -> dict[str, str]:
    return {one.fault.place: one.fault.cause for one in taken.faults}


def account(taken: SheetTaken) -> tuple[int, ...]:
    return tuple(int(taken.account[name]) for name in ("baris", "diambil", "sudah_diambil", "salah", "kosong", "hilang"))


RIGHT: list[tuple[str, int, dict[str, Any]]] = [
    (V, 3, {"hasil": "ditemukan", "nik_benar": NIK, "alamat_benar": "Jl. Mawar 12", **WHO}),
    (S, 3, {"hasil": "layak", "domisili": "ya", **WHO}),
    (V, 4, {"hasil": "meninggal", **WHO}),
    (S, 5, {"hasil": "perlu ditinjau", "catatan": "rumah kosong", **WHO}),
    (P, 3, {"hasil": "sudah benar", **WHO}),
]
WRONG: list[tuple[str, int, dict[str, Any], str, str]] = [
    (V, 10, {"hasil": "meninggal", "petugas": "Siti"}, "tanggal", "hasil meninggal tanpa tanggal"),
    (V, 11, {"hasil": "ditemukan", "tanggal": "12-1-2026"}, "petugas", "tanpa nama petugas"),
    (V, 12, {"hasil": "ditemukan", "tanggal": "1-12-2025", "petugas": "Siti"}, "tanggal", "tanggal sebelum"),
    (V, 13, {"hasil": "ditemukan", "tanggal": "21-1-2026", "petugas": "Siti"}, "tanggal", "tanggal sesudah"),
    (V, 14, {"hasil": "ditemukan", "tanggal": "01/13/2026", "petugas": "Siti"}, "tanggal", "bulan lebih dulu"),
    (V, 15, {"hasil": "tdk ditemukan", **WHO}, "hasil", "bukan salah satu pilihan"),
    (V, 16, {"hasil": "ditemukan", "nik_benar": NIK[:15], **WHO}, "nik_benar", "NIK 15 angka"),
    (V, 17, {"hasil": "ditemukan", "nik_benar": int(NIK), **WHO}, "nik_benar", "angka terakhirnya dapat hilang"),
    (V, 18, {"hasil": "ditemukan", "catatan": "=1+1", **WHO}, "catatan", "rumus"),
    (V, 19, {"hasil": "ditemukan", "catatan": f"NIK {NIK}", **WHO}, "catatan", "nomor panjang"),
    (V, 20, {"nik_benar": NIK, **WHO}, "hasil", "baris terisi tanpa hasil"),
    (V, 21, {"hasil": "ditemukan", "tanggal": "12-1-2026", "petugas": "Siti 197901"}, "petugas", "nomor panjang"),
    (V, 22, {"hasil": "ditemukan", "orang": "Orang Lain", **WHO}, "orang", "sel terkunci berubah"),
    (S, 10, {"hasil": "layak", "domisili": "mungkin", **WHO}, "domisili", "bukan salah satu pilihan"),
    (V, 23, {"hasil": "ditemukan", **WHO}, "hasil", "instansi ini sudah melaporkan"),
    (V, 24, {"hasil": "ditemukan", **WHO}, "hasil", "tidak ada pada prelist"),
    (P, 4, {"hasil": "diperbaiki", "petugas": "Ani"}, "tanggal", "hasil diperbaiki tanpa tanggal"),
]


@pytest.mark.feature("F25")
def test_every_fault_is_told_by_cell_and_right_lines_are_taken_in(sheets: Sheets) -> None:
    field, people = sheets.field, sheets.people
    reported, stranger = people[20], {**people[21], "id": "f" * 32}
    field.returned(
        "verivali",
        field.row("verivali", reported, **{"TANGGAL KUNJUNGAN": "20/12/2025"}),
        month="2025-12",
        came=datetime(2025, 12, 28, tzinfo=JAKARTA),
    )
    sheets.write([*people[:21], stranger, *people[22:]])
    sheets.fill(*RIGHT, *((sheet, row, values) for sheet, row, values, _, _ in WRONG))
    taken = sheets.take()
    found = said(taken)
    layouts = book.layouts()
    expected = {f"lembar {sheet} baris {row} sel {layouts[sheet].cell(cell, row)}": why for sheet, row, _, cell, why in WRONG}
    assert len(expected) >= 12 and found.keys() == expected.keys()
    for place, why in expected.items():
        assert why in found[place], place
    assert all(one.barred and len(one.fault.cure) > 10 for one in taken.faults)
    # 30 people on two sheets and two corrections.
    assert account(taken) == (62, len(RIGHT), 0, len(WRONG), 62 - len(RIGHT) - len(WRONG), 0)
    state = {number: field.state(people[number]["id"]) or {} for number in (0, 1, 2, 7)}
    assert (state[0]["verivali_hasil"], state[0]["verifikator"], state[0]["konflik"]) == ("ditemukan", 2, False)
    assert state[1]["meninggal_terverifikasi"] is True
    assert (state[2]["verivali_hasil"], state[2]["verifikator"]) == (None, 1)
    assert state[7] == {}
    assert duckdb.execute("from read_parquet(?, hive_partitioning = false)", [str(taken.page.with_name(ANSWERS))]).fetchall() == [
        ("sumber-1", "sudah_benar", "2026-01-12")
    ]
    told = json.loads(taken.page.with_suffix(".json").read_text())
    assert len(told["kesalahan"]) == len(WRONG)
    for secret in (NIK, "Siti", *(one["NAMA"] for one in people)):
        assert secret not in json.dumps(told)
    assert faults_of_sheets(field.home) == (1, []) and faults_of_events(field.home, load_feedback())[1] == []


def test_the_same_workbook_again_adds_nothing_and_a_later_visit_does(sheets: Sheets) -> None:
    sheets.fill((V, 3, {"hasil": "tidak ditemukan", **WHO}), (V, 4, {"hasil": "ditemukan", **WHO}))
    assert account(sheets.take()) == (62, 2, 0, 0, 60, 0)
    assert account(sheets.take()) == (62, 0, 2, 0, 60, 0)
    # The officer went there again, and wrote it into the same line.
    sheets.fill((V, 3, {"hasil": "ditemukan", "tanggal": "15-1-2026"}), (V, 5, {"hasil": "ditemukan", **WHO}))
    assert account(sheets.take()) == (62, 2, 1, 0, 59, 0)
    found = sheets.field.state(sheets.people[0]["id"]) or {}
    assert (found["verivali_hasil"], found["konflik"]) == ("ditemukan", False)
    assert faults_of_sheets(sheets.field.home) == (3, [])


def test_an_answer_that_changed_after_it_was_taken_does_not_replace_it(sheets: Sheets) -> None:
    sheets.fill((V, 3, {"hasil": "ditemukan", **WHO}), (V, 4, {"hasil": "menolak", **WHO}))
    sheets.take()
    sheets.fill((V, 3, {"hasil": "meninggal"}), (V, 4, {"hasil": "meninggal"}))
    taken = sheets.take()
    layout = book.layouts()[V]
    assert said(taken) == {
        f"lembar {V} baris {row} sel {layout.cell('hasil', row)}": "nomor ini sudah dipakai kiriman terdahulu dengan isi lain"
        for row in (3, 4)
    }
    assert account(taken) == (62, 2, 0, 0, 60, 0), "both are kept and wait for a person, the closed line's too"
    for one in sheets.people[:2]:
        assert (sheets.field.state(one["id"]) or {}).get("meninggal_terverifikasi", False) is False


def test_the_other_agency_may_answer_what_the_first_one_closed_and_they_may_differ(sheets: Sheets) -> None:
    sheets.fill((V, 3, {"hasil": "meninggal", **WHO}))
    sheets.take()
    sheets.write()
    sheets.fill((S, 3, {"hasil": "layak", "domisili": "ya", **WHO}))
    assert account(sheets.take()) == (62, 1, 0, 0, 61, 0)
    found = sheets.field.state(sheets.people[0]["id"]) or {}
    assert (found["konflik"], found["meninggal_terverifikasi"]) == (True, False)


def test_a_row_that_intake_sends_back_is_told_by_its_cell(sheets: Sheets, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of an officer with six digits passes the sheet's own check and not the contract's rule."""
    sheets.fill((V, 3, {"hasil": "ditemukan", "tanggal": "12-1-2026", "petugas": "Siti 1979.01"}))
    sheets.fill((V, 4, {"hasil": "ditemukan", "tanggal": "12-1-2026", "petugas": "Siti 123456"}))
    taken = sheets.take()
    assert account(taken) == (62, 1, 0, 1, 60, 0)
    assert said(taken) == {f"lembar {V} baris 4 sel {book.layouts()[V].cell('petugas', 4)}": "kolom petugas memuat nomor panjang"}


def test_a_workbook_of_another_revision_or_with_a_changed_machine_sheet_is_refused_whole(sheets: Sheets) -> None:
    sheets.write(revisi=7)
    sheets.fill((V, 3, {"hasil": "ditemukan", **WHO}))
    with pytest.raises(PadananError, match="revisi atau kontrak lain"):
        sheets.take()
    sheets.write()
    sheets.fill((V, 3, {"hasil": "ditemukan", **WHO}), (book.MACHINE.sheet, 3, {"kode": "lain"}))
    with pytest.raises(PadananError, match=f"lembar {book.MACHINE.sheet} baris 3 sel"):
        sheets.take()
    assert faults_of_sheets(sheets.field.home) == (0, []) and sheets.field.state(sheets.people[0]["id"]) is None


def test_a_line_that_is_gone_is_told_and_counted(sheets: Sheets) -> None:
    workbook = openpyxl.load_workbook(sheets.path)
    workbook[V].delete_rows(4)
    workbook.save(sheets.path)
    taken = sheets.take()
    assert account(taken) == (61, 0, 0, 0, 61, 1) and said(taken) == {f"lembar {V}": "1 baris hilang"}


def test_a_person_without_a_recorded_name_or_birth_day_is_taken_in(sheets: Sheets) -> None:
    nameless = {**sheets.people[0], "NAMA": "", "TANGGAL LAHIR": ""}
    sheets.write([nameless, sheets.people[1]])
    sheets.fill((V, 3, {"hasil": "ditemukan", **WHO}))
    taken = sheets.take()
    assert (account(taken), taken.faults) == ((6, 1, 0, 0, 5, 0), ())
    assert (sheets.field.state(nameless["id"]) or {})["verivali_hasil"] == "ditemukan"


def test_the_inbox_takes_each_workbook_once_and_leaves_a_receipt(sheets: Sheets) -> None:
    home = sheets.field.home
    folder = sheets_inbox.folder_of(home)
    folder.mkdir(parents=True)
    sheets.fill((V, 3, {"hasil": "ditemukan", **WHO}))
    sheets.path = sheets.path.rename(folder / "a.xlsx")
    (folder / "b.xlsx").write_bytes(b"bukan buku kerja")
    (folder / "catatan.txt").write_text("x")
    first, second = sheets_inbox.process(home, now=NOW)
    assert (first.whole, second.whole) == (True, False) and "1 diambil" in first.line and "DITOLAK" in second.line
    assert first.receipt.parent.parent == folder / "selesai" and first.receipt.exists() and second.receipt.parent == folder
    assert not sheets.path.exists() and sheets_inbox.pending(home) == [] == sheets_inbox.process(home, now=NOW)
    sheets.write()
    sheets.fill((V, 4, {"hasil": "ditemukan", **WHO}), (V, 5, {"hasil": "ditemukan"}))
    sheets.path = sheets.path.rename(folder / "b.xlsx")
    (partly,) = sheets_inbox.process(home, now=NOW)
    assert not partly.whole and partly.line == "SEBAGIAN b.xlsx: 1 diambil, 0 sudah diambil, 1 salah, 60 kosong"
    assert sheets_inbox.pending(home) == [] and json.loads(partly.receipt.with_suffix(".json").read_text())["kesalahan"]
    sheets.fill((V, 5, {"hasil": "ditemukan", **WHO}))
    (whole,) = sheets_inbox.process(home, now=NOW)
    assert whole.whole and "1 diambil, 1 sudah diambil, 0 salah" in whole.line
    assert sorted(path.name for path in folder.iterdir()) == [".diperiksa.json", "catatan.txt", "selesai"]


def test_a_killed_taking_is_finished_by_the_next_one(sheets: Sheets, monkeypatch: pytest.MonkeyPatch) -> None:
    sheets.fill((V, 3, {"hasil": "ditemukan", **WHO}))

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    for place in ("padanan.run.sheets.intake.take_all", "padanan.run.sheets._kept"):
        with monkeypatch.context() as patch:
            patch.setattr(place, dies)
            with pytest.raises(KeyboardInterrupt):
                sheets.take()
    assert account(sheets.take()) == (62, 0, 1, 0, 61, 0)
    assert (sheets.field.state(sheets.people[0]["id"]) or {})["verivali_hasil"] == "ditemukan"


@pytest.mark.feature("F27")
def test_a_result_that_says_at_once_becomes_a_flag_of_the_visit(sheets: Sheets) -> None:
    sheets.fill(
        (V, 3, {"hasil": "Ditemukan perlu segera", **WHO}),
        (S, 4, {"hasil": "layak perlu segera", "domisili": "ya", **WHO}),
        (V, 5, {"hasil": "ditemukan", **WHO}),
    )
    taken = sheets.take()
    assert (taken.faults, int(taken.account["diambil"])) == ((), 3)
    events = duckdb.execute(
        f"select id_orang, hasil, mendesak from '{sheets.field.home.root}/umpan_balik/verivali/*/peristiwa.parquet'"
    ).fetchall()
    found = {one: (result, urgent) for one, result, urgent in events}
    told = [found[one["id"]] for one in sheets.people[:3]]
    assert told == [("ditemukan", True), ("ditemukan", True), ("ditemukan", False)]
    assert int(sheets.take().account["sudah_diambil"]) == 3
