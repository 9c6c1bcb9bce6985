"""Workbooks that people fill in: all text, no formula, an edited locked cell named, the same bytes for the same rows."""

from __future__ import annotations

import openpyxl
import pytest
from xlsxwriter.worksheet import Worksheet

from padanan.base.errors import PadananError
from padanan.forms.sealed_book import MADE, Layout, formats, neutral, workbook, write_sheet
from padanan.review.worklist import book
from padanan.review.worklist.findings import read_back
from tests.review.worklist_by_hand import STAMP, TASK, TODAY, fill, person, write


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A workbook with two people to visit and one correction."""
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    return write(tmp_path)


@pytest.mark.feature("F11")
def test_no_cell_is_a_formula_and_every_number_is_text(path):
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["Petunjuk", "Verifikasi", "Validasi", "Perbaikan sumber", "Untuk mesin"]
    assert [sheet.title for sheet in workbook if sheet.sheet_state != "visible"] == ["Untuk mesin"]
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells if cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    sheet, layout = workbook["Verifikasi"], book.layouts()["Verifikasi"]
    assert sheet[layout.cell("orang", 3)].protection.locked is True
    nik = sheet[layout.cell("nik_benar", 3)]
    assert (nik.value, nik.number_format, nik.protection.locked) == (None, "@", False), "16 digits stay text"
    assert all(sheet.protection.sheet for sheet in workbook)
    assert workbook.properties.created == MADE
    assert "0123-4567-89ab-cdef" in workbook["Petunjuk"]["B4"].value


@pytest.mark.feature("F11")
def test_the_spreadsheet_itself_asks_for_result_nik_date_and_officer(path):
    """Each open cell that is no remark is checked as it is typed, over every row of its sheet."""
    workbook = openpyxl.load_workbook(path)
    checked = {}
    for name, layout in book.layouts().items():
        for rule in workbook[name].data_validations.dataValidation:
            column = layout.columns[openpyxl.utils.column_index_from_string(str(rule.sqref)[0]) - 1]
            assert str(rule.sqref) == f"{layout.cell(column, 3)}:{layout.cell(column, 4)}" or name == "Perbaikan sumber"
            checked[name, column] = (rule.type, rule.operator, rule.formula1, rule.formula2)
    results = {"Verifikasi": "ditemukan,ditemukan perlu segera,pindah,meninggal,tidak ditemukan,menolak",
               "Validasi": "layak,layak perlu segera,tidak layak,perlu ditinjau",
               "Perbaikan sumber": "diperbaiki,sudah benar,tidak dapat diperbaiki"}  # fmt: skip
    assert {name: checked[name, "hasil"] for name in results} == {
        name: ("list", None, f'"{words}"', None) for name, words in results.items()
    }
    assert checked["Validasi", "domisili"][2] == '"ya,tidak"'
    assert checked["Verifikasi", "nik_benar"] == ("custom", None, "AND(ISTEXT(D3),LEN(D3)=16,ISNUMBER(VALUE(D3)))", None)
    for name in results:
        assert checked[name, "tanggal"] == ("date", None, "46006", "TODAY()"), "between 15 Desember 2025 and today"
        assert checked[name, "petugas"][:3] == ("textLength", "greaterThanOrEqual", "2")


def test_neutral_text_is_left_alone():
    assert [neutral(text) for text in ("=1", "+1", "-", "@x", "\tx", "O'BRIEN", "1-2", "")] == [
        "'=1", "'+1", "'-", "'@x", "'\tx", "O'BRIEN", "1-2", ""]  # fmt: skip


ODD = ["a\rb", "a\r\nb", "a\nb", "\x01k", "a\x0bb", "_x000D_", "x ", " lead", "\ufffe", "😀", "=1", "x" * 40_000, ""]


@pytest.mark.feature("F11")
def test_whatever_a_delivery_holds_comes_back_unedited(tmp_path, monkeypatch):
    """XLSX changes such text on the way; a row with it came back as edited though nobody touched it."""
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    target = write(tmp_path, [person(number, alamat=text, nama=text) for number, text in enumerate(ODD, 1)])
    fill(target, "Validasi", 3, hasil="layak", tanggal="20-1-2026", petugas="Pendamsos A")
    read = read_back(target, STAMP, TODAY)
    assert [item.sheet for item in read.findings] == ["Validasi"] and read.faults == ()


@pytest.mark.feature("F11")
def test_a_row_that_a_sheet_cannot_hold_is_no_silent_loss(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    whole = Worksheet.__init__

    def small(sheet):
        whole(sheet)
        sheet.xls_rowmax = 3  # a sheet's 1,048,576 rows take minutes to fill

    monkeypatch.setattr(Worksheet, "__init__", small)
    for layout in (book.MACHINE, book.layouts()["Verifikasi"]):
        made = workbook(tmp_path / "penuh.xlsx", "penuh", streamed=True)
        rows = [(dict.fromkeys(layout.locked, "x\ny"), "segel")] * 2
        with pytest.raises(PadananError, match="tidak memuat baris ke-2"):
            write_sheet(made, layout, rows, formats(made))


@pytest.mark.parametrize("streamed", [True, False])
def test_a_zero_that_was_answered_before_is_no_empty_cell(streamed, tmp_path):
    """LP3KE's forms hold numbers in open cells: nobody was served is an answer, nothing is none."""
    layout = Layout("Isian", "uji", opened=("jumlah", "ket"), locked=("baris",), cure="")
    rows = [({"baris": "1", "jumlah": 0, "ket": ""}, "segel"), ({"baris": "2", "jumlah": None, "ket": "x"}, "segel")]
    made = workbook(tmp_path / "nol.xlsx", "nol", streamed=streamed, rows=2)
    write_sheet(made, layout, rows, formats(made))
    made.close()
    sheet = openpyxl.load_workbook(tmp_path / "nol.xlsx")["Isian"]
    cells = [[sheet[layout.cell(name, row)].value for name in ("jumlah", "ket")] for row in (3, 4)]
    assert cells == [[0, None], [None, "x"]]


def test_rows_wait_beside_their_workbook(tmp_path):
    """Names never lie in a common temporary folder, not even while a workbook is written."""
    made = workbook(tmp_path / "nama.xlsx", "nama", streamed=True)
    write_sheet(made, book.MACHINE, [(dict.fromkeys(book.MACHINE.locked, "x"), "segel")], formats(made))
    assert list(tmp_path.iterdir()), "the rows so far"
    made.close()
    assert [path.name for path in tmp_path.iterdir()] == ["nama.xlsx"]


def test_same_rows_same_bytes(path, tmp_path):
    again = tmp_path / "lagi"
    again.mkdir()
    assert write(again).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("sheet", "values", "place"),
    [
        ("Verifikasi", {"orang": "orang lain"}, "lembar Verifikasi baris 3 sel A3"),
        ("Validasi", {"tanya": "lain"}, "lembar Validasi baris 3 sel B3"),
        ("Verifikasi", {"segel": "0" * 10}, "lembar Verifikasi baris 3"),
    ],
)
def test_an_edited_locked_cell_is_named(path, sheet, values, place):
    fill(path, sheet, 3, **values)
    fill(path, "Verifikasi", 4, hasil="ditemukan", tanggal="20-1-2026", petugas="Kader A")
    read = read_back(path, STAMP, TODAY)
    assert [(fault.place, fault.cause) for fault in read.faults] == [(place, "sel terkunci berubah atau baris ini tidak dikenal")]
    assert [(item.sheet, item.row) for item in read.findings] == [("Verifikasi", 4)], "the right line stays right"


def test_what_the_machine_relies_on_may_not_change(path):
    """Without its own sheet the program would not know whose tasks a line answers: the whole file is refused."""
    other = book.Stamp("2025-S2", 2, STAMP.contracts, STAMP.cutoff)
    with pytest.raises(PadananError, match="revisi atau kontrak lain"):
        read_back(path, other, TODAY)
    fill(path, "Untuk mesin", 3, kode="lain")
    with pytest.raises(PadananError, match=r"lembar Untuk mesin baris 3 sel E3: sel terkunci berubah"):
        read_back(path, STAMP, TODAY)


@pytest.mark.parametrize(("sheet", "left"), [("Untuk mesin", "baris hilang atau bertambah"), ("Verifikasi", "1 baris hilang")])
def test_a_line_that_is_gone_is_missed(path, sheet, left):
    workbook = openpyxl.load_workbook(path)
    workbook[sheet].delete_rows(4)
    workbook.save(path)
    if sheet == "Untuk mesin":
        with pytest.raises(PadananError, match=left):
            read_back(path, STAMP, TODAY)
    else:
        assert [(fault.place, fault.cause) for fault in read_back(path, STAMP, TODAY).faults] == [("lembar Verifikasi", left)]


def test_a_task_of_the_field_without_a_person_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(PadananError, match="orang yang sama"):
        book.write(tmp_path / "x.xlsx", "Kelurahan Gambir", STAMP, [TASK, {**TASK, "id_orang": "c" * 32}], [person(1)])
