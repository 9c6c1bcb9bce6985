"""Workbooks that people fill in: all text, no formula, an edited locked cell named, the same bytes for the same rows."""

from __future__ import annotations

import openpyxl
import pytest
from xlsxwriter.worksheet import Worksheet

from padanan.base.errors import PadananError
from padanan.forms.sealed_book import MADE, formats, neutral, workbook, write_sheet
from padanan.review.worklist import book

STAMP = book.Stamp("2025-S2", 1, "0123456789abcdef")
TASK = {
    "id_tugas": "0a1b-2c3d-4e5f-6071", "nama": "=HYPERLINK(\"x\")", "nik": "0171010101010001", "no_kk": "3171010101100001",
    "tgl_lahir": "1980-07-12", "jk": "L", "alamat": "-", "rt": "003", "rw": "005", "sumber": "DTKS",
    "alasan": "+cmd|' /C calc'!A0",
    "rincian": "@SUM(1)", "tindak_lanjut": "verifikasi lapangan", "pemilik": "DPPAPP", "pelaku": "DPPAPP; Dinsos",
    "tenggat": "13 Februari 2026", "kode": "alamat_tidak_lengkap", "id_orang": "a" * 32, "record_key": "b" * 32,
    "saluran": "lapangan",
}  # fmt: skip
LINE = {**TASK, "status_identitas": "terdaftar", "status": "terbuka", "jumlah_tugas": "2", "pertanyaan": "Apa alamat lengkapnya?"}


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A workbook with two field tasks, one correction and one prelist line."""
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    tasks = [TASK, {**TASK, "id_tugas": "1"}, {**TASK, "id_tugas": "2", "saluran": "sumber"}]
    target = tmp_path / "31.71.01.1001-gambir.xlsx"
    assert book.write(target, "Kelurahan Gambir", STAMP, tasks, [LINE]) == {"lapangan": 2, "sumber": 1, "prelist": 1}
    return target


def fill(path, sheet, row, **values):
    workbook = openpyxl.load_workbook(path)
    layout = book.SHEETS[sheet]
    for column, value in values.items():
        workbook[sheet][layout.cell(column, row)] = value
    workbook.save(path)


@pytest.mark.feature("F11")
def test_no_cell_is_a_formula_and_every_number_is_text(path):
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["Petunjuk", "Verifikasi", "Validasi", "Perbaikan sumber", "Prelist"]
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells if cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    sheet = workbook["Verifikasi"]
    nik = sheet[book.VERIFICATION.cell("nik", 3)]
    assert (nik.value, nik.number_format, nik.protection.locked) == ("0171010101010001", "@", True)
    assert sheet[book.VERIFICATION.cell("hasil", 3)].protection.locked is False
    assert sheet.protection.sheet is True
    assert workbook.properties.created == MADE
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {"Q3:Q4": '"ditemukan,pindah,meninggal,tidak_ditemukan,menolak"'}
    assert "0123-4567-89ab-cdef" in workbook["Petunjuk"]["B4"].value


def test_neutral_text_is_left_alone():
    assert [neutral(text) for text in ("=1", "+1", "-", "@x", "\tx", "O'BRIEN", "1-2", "")] == [
        "'=1", "'+1", "'-", "'@x", "'\tx", "O'BRIEN", "1-2", ""]  # fmt: skip


ODD = ["a\rb", "a\r\nb", "a\nb", "\x01k", "a\x0bb", "_x000D_", "x ", " lead", "\ufffe", "😀", "=1", "x" * 40_000]


@pytest.mark.feature("F11")
def test_whatever_a_delivery_holds_comes_back_unedited(tmp_path, monkeypatch):
    """XLSX changes such text on the way; a row with it came back as edited though nobody touched it."""
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    target = tmp_path / "aneh.xlsx"
    book.write(target, "Kelurahan Gambir", STAMP, [{**TASK, "alamat": text} for text in ODD], [])
    fill(target, "Validasi", 3, hasil="layak")
    assert [sheet for sheet, _ in book.filled(target, STAMP)] == ["Validasi"]


@pytest.mark.feature("F11")
def test_a_row_that_a_sheet_cannot_hold_is_no_silent_loss(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    whole = Worksheet.__init__

    def small(sheet):
        whole(sheet)
        sheet.xls_rowmax = 3  # a sheet's 1,048,576 rows take minutes to fill

    monkeypatch.setattr(Worksheet, "__init__", small)
    made = workbook(tmp_path / "penuh.xlsx", "penuh", constant_memory=True)
    rows = [(dict.fromkeys(book.PRELIST.locked, "x"), "segel")] * 2
    with pytest.raises(PadananError, match="tidak memuat baris ke-2"):
        write_sheet(made, book.PRELIST, rows, formats(made))


def test_rows_wait_beside_their_workbook(tmp_path):
    """Names never lie in a common temporary folder, not even while a workbook is written."""
    made = workbook(tmp_path / "nama.xlsx", "nama", constant_memory=True)
    write_sheet(made, book.PRELIST, [(dict.fromkeys(book.PRELIST.locked, "x"), "segel")], formats(made))
    assert list(tmp_path.iterdir()), "the rows so far"
    made.close()
    assert [path.name for path in tmp_path.iterdir()] == ["nama.xlsx"]


def test_same_rows_same_bytes(path, tmp_path):
    again = tmp_path / "lagi.xlsx"
    tasks = [TASK, {**TASK, "id_tugas": "1"}, {**TASK, "id_tugas": "2", "saluran": "sumber"}]
    book.write(again, "Kelurahan Gambir", STAMP, tasks, [LINE])
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.feature("F11")
def test_a_filled_in_workbook_is_read_back(path):
    fill(path, "Verifikasi", 3, hasil="ditemukan", petugas="Kader A", tanggal="2026-01-20")
    fill(path, "Validasi", 4, hasil="layak", domisili="ya")
    found = list(book.filled(path, STAMP))
    assert [(sheet, row.cells["id_tugas"], row.cells["hasil"]) for sheet, row in found] == [
        ("Verifikasi", TASK["id_tugas"], "ditemukan"),
        ("Validasi", "1", "layak"),
    ]


@pytest.mark.parametrize(
    ("sheet", "values", "stamp", "message"),
    [
        ("Verifikasi", {"nik": "3171010101010009"}, STAMP, r"sel C3: sel terkunci berubah"),
        ("Verifikasi", {"segel": "0" * 10}, STAMP, "baris 3"),
        ("Validasi", {"hasil": "mungkin"}, STAMP, "layak, tidak_layak"),
        ("Perbaikan sumber", {"catatan": "=1+1"}, STAMP, "rumus"),
        ("Verifikasi", {"hasil": "pindah"}, book.Stamp("2025-S2", 2, "0123456789abcdef"), "revisi atau kontrak lain"),
    ],
)
def test_what_was_edited_is_named(path, sheet, values, stamp, message):
    fill(path, sheet, 3, **values)
    with pytest.raises(PadananError, match=message):
        list(book.filled(path, stamp))
