"""Workbooks and Parquet as offices send them: titles, merged cells, numbers for ids, formulas, hidden and second sheets."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from padanan.landing import xlsx_reader
from padanan.landing.parquet_reader import read_parquet
from padanan.landing.raw import DamagedFile, RawTable, Spec
from padanan.landing.readers import read_file
from padanan.landing.xlsx_reader import SHEET_STEP, count_sheet, read_xlsx

NAMES = ("nik", "nama", "tgl_lahir", "nominal")
SPEC = Spec(
    {
        "nik": ("N I K", "NIK", "nik"),
        "nama": ("NAMA", "nama"),
        "tgl_lahir": ("TGL LAHIR", "tgl_lahir"),
        "nominal": ("NOMINAL", "nominal"),
    },
    frozenset({"nik", "nama"}),
    frozenset({"nik"}),
    {"jenis": "xlsx", "baris_judul": "cari"},
)
HEAD = ["NIK", "NAMA", "TGL LAHIR", "NOMINAL"]


def book(path: Path, fill: Callable[[Any], None]) -> Path:
    work = xlsxwriter.Workbook(str(path))
    fill(work)
    work.close()
    return path


def data(table: RawTable) -> list[tuple[Any, ...]]:
    read = pq.read_table(table.path)
    return list(zip(*(read[name].to_pylist() for name in (*NAMES, "_baris", "_sel_angka")), strict=True))


def warned(table: RawTable) -> dict[str, str]:
    return {flag.rule_id: flag.outcome for flag in table.flags}


@pytest.mark.feature("F07")
def test_cells_come_as_a_person_reads_them(tmp_path: Path) -> None:
    """Numbers without .0 and marked, date cells as ISO, serials as their number, error rows set aside, blanks no rows."""

    def fill(work: Any) -> None:
        sheet = work.add_worksheet("Data")
        day = work.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(1, 1, "DAFTAR PENERIMA")
        sheet.write_row(3, 1, HEAD)
        sheet.write_row(4, 1, ["'3171", "SITI", "01/02/1990"])
        sheet.write_number(4, 4, 600000)
        sheet.write_number(5, 1, 3171234567890120)
        sheet.write_string(5, 2, " ANI ")
        sheet.write_datetime(5, 3, datetime.date(1990, 2, 1), day)
        sheet.write_number(5, 4, 1.5)
        sheet.write_string(7, 1, "0317")
        sheet.write_number(7, 3, 36526)
        sheet.write_formula(8, 1, "=1/0", None, "#DIV/0!")
        sheet.write_blank(20, 1, None, day)

    table = read_xlsx(book(tmp_path / "a.xlsx", fill), SPEC, tmp_path)
    assert data(table) == [
        ("'3171", "SITI", "01/02/1990", "600000", 5, "nominal"),
        ("3171234567890120", " ANI ", "1990-02-01", "1.5", 6, "nik,nominal"),
        ("0317", "", "36526", "", 8, "tgl_lahir"),
    ]
    assert pq.read_table(table.rejects).to_pylist() == [{"_baris": 9, "sebab": "sel_galat", "isi": ""}]
    assert table.counted == 4 and table.facts["baris_judul"] == 4
    assert warned(table) == {"sel_rumus": "peringatan"}


def test_two_line_header_with_merged_groups_and_merged_data(tmp_path: Path) -> None:
    def fill(work: Any) -> None:
        sheet = work.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "DAFTAR")
        sheet.merge_range(1, 0, 2, 0, "NIK")
        sheet.merge_range(1, 1, 1, 2, "ORANG")
        sheet.write(2, 1, "NAMA")
        sheet.write(2, 2, "TGL LAHIR")
        sheet.merge_range(1, 3, 2, 3, "NOMINAL")
        sheet.merge_range(3, 0, 4, 0, "111")
        sheet.merge_range(3, 1, 4, 1, "SATU NAMA")
        sheet.write(3, 2, "x")
        sheet.write(4, 2, "y")

    table = read_xlsx(book(tmp_path / "a.xlsx", fill), SPEC, tmp_path)
    # A merged name holds for both rows; a merged identity number never becomes two people's.
    assert data(table) == [("111", "SATU NAMA", "x", "", 4, None), ("", "SATU NAMA", "y", "", 5, None)]
    assert warned(table)["sel_gabung"] == "peringatan"


def test_more_sheets_hidden_sheets_and_formulas_without_results(tmp_path: Path) -> None:
    def fill(work: Any) -> None:
        for name, start in (("A", 1), ("B", 100)):
            sheet = work.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            for index in range(3):
                sheet.write_row(index + 1, 0, [str(start + index), "X"])
        work.add_worksheet("catatan").write(0, 0, "tidak ada tabel")

    table = read_xlsx(book(tmp_path / "a.xlsx", fill), SPEC, tmp_path)
    assert [row[4] for row in data(table)] == [2, 3, 4, SHEET_STEP + 2, SHEET_STEP + 3, SHEET_STEP + 4]
    assert warned(table) == {"lembar_ganda": "peringatan"}

    def hide(work: Any) -> None:
        for name in ("A", "B"):
            sheet = work.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, ["1", "X"])
        sheet.hide()

    assert warned(read_xlsx(book(tmp_path / "b.xlsx", hide), SPEC, tmp_path)) == {"lembar_tersembunyi": "tahan"}

    def formulas(work: Any) -> None:
        sheet = work.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        for index in range(1, 4):
            sheet.write_row(index, 0, [str(index), "X"])
            sheet.write_formula(index, 2, "=TODAY()", None, "")

    table = read_xlsx(book(tmp_path / "c.xlsx", formulas), SPEC, tmp_path)
    assert warned(table) == {"rumus_tanpa_nilai": "tahan"}


def test_the_second_count_comes_from_the_xml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When calamine and the XML disagree the workbook is quarantined, not shortened."""

    def fill(work: Any) -> None:
        sheet = work.add_worksheet("Data")
        sheet.write_row(0, 0, HEAD)
        for index in range(1, 31):
            sheet.write_row(index, 0, [str(index), "X"])

    path = book(tmp_path / "a.xlsx", fill)
    count = count_sheet(path, "Data")
    assert count.rows.tolist() == list(range(1, 32)) and count.last == 31
    monkeypatch.setattr(xlsx_reader, "count_sheet", lambda *_: xlsx_reader.SheetCount(count.rows[:-2], count.errors, 0, 0, 31))
    with pytest.raises(DamagedFile) as caught:
        read_xlsx(path, SPEC, tmp_path)
    assert caught.value.rule == "total_kendali"
    monkeypatch.setattr(xlsx_reader, "count_sheet", lambda *_: count)
    monkeypatch.setattr(xlsx_reader, "FULL_SHEET", 31)
    assert warned(read_xlsx(path, SPEC, tmp_path)) == {"lembar_penuh": "peringatan"}


@pytest.mark.parametrize("sheets", [1, 2])
def test_a_count_that_fails_refuses_the_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheets: int) -> None:
    """Begun beside the reading where there is one sheet, after it where there are several: the fault is the same."""

    def fill(work: Any) -> None:
        for number in range(sheets):
            sheet = work.add_worksheet(f"Data {number}")
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, ["1", "X"])

    def broken(*_: Any) -> None:
        raise DamagedFile("lembar rusak", "simpan ulang")

    monkeypatch.setattr(xlsx_reader, "count_sheet", broken)
    with pytest.raises(DamagedFile, match="lembar rusak"):
        read_xlsx(book(tmp_path / "a.xlsx", fill), SPEC, tmp_path)


def test_batches_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(work: Any) -> None:
        sheet = work.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        for index in range(1, 60):
            if index % 7:
                sheet.write_row(index, 0, [str(index), "X", "", index])

    path = book(tmp_path / "a.xlsx", fill)
    whole = data(read_xlsx(path, SPEC, tmp_path))
    monkeypatch.setattr(xlsx_reader, "BATCH", 5)
    assert data(read_xlsx(path, SPEC, tmp_path)) == whole
    assert len(whole) == 51


@pytest.mark.feature("F05")
def test_parquet_types_as_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "NIK": pa.array([3171234567890123, 317123456789012, None]),
            "NAMA": pa.array(["A\nB", "", None]),
            "TGL LAHIR": pa.array([datetime.date(2001, 1, 2), None, None]),
            "NOMINAL": pa.array([600000.0, 2.5, None]),
            "CATATAN": pa.array(["x", "y", "z"]),
        }
    )
    path = tmp_path / "x.parquet"
    pq.write_table(table, path)
    found = read_parquet(path, SPEC, tmp_path)
    assert data(found) == [
        ("3171234567890123", "A\nB", "2001-01-02", "600000", 1, "nominal"),
        ("317123456789012", "", None, "2.5", 2, "nik,nominal"),
        (None, None, None, None, 3, None),
    ]
    assert found.unagreed[0].startswith("CATATAN (kolom ke-") and found.counted == 3


def test_a_cut_parquet_is_damaged_and_a_floating_id_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"NIK": [3171234567890123.0] * 100, "NAMA": ["A"] * 100}), path)
    assert warned(read_parquet(path, SPEC, tmp_path)) == {"id_angka": "peringatan"}
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedFile, match="rusak atau terpotong"):
        read_parquet(path, SPEC, tmp_path)
    # The footer is whole, a page is not.
    path.write_bytes(b"PAR1" + b"\x99" * 60 + whole[64:])
    with pytest.raises(DamagedFile):
        read_file(path, SPEC, tmp_path)


def test_the_bytes_decide_the_reader_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    path.write_text("NIK;NAMA\n1;A\n")
    table = read_file(path, SPEC, tmp_path)
    assert table.counted == 1 and "bentuk_beda" in warned(table)


def test_a_sheet_used_to_its_last_row_is_warned(tmp_path: Path) -> None:
    """1,048,576 rows is all a sheet can hold: what came after them would be missing without a trace."""

    def fill(work: Any) -> None:
        sheet = work.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["1", "A"])
        sheet.write_row(1_048_575, 0, ["2", "B"])

    table = read_xlsx(book(tmp_path / "a.xlsx", fill), SPEC, tmp_path)
    assert [row[4] for row in data(table)] == [2, 1_048_576]
    assert warned(table) == {"lembar_penuh": "peringatan"} and table.control["baris_kosong"] == 1_048_573


@pytest.mark.parametrize("names", [[["A", "B"]], [{"a": 1}], [[("a", 1)]]], ids=["daftar", "struktur", "peta"])
def test_several_values_in_a_cell_are_no_name(tmp_path: Path, names: list[Any]) -> None:
    """The text of a structure (`{'a': 1}`) was taken for a name."""
    kind = pa.map_(pa.string(), pa.int64()) if isinstance(names[0], list) and isinstance(names[0][0], tuple) else None
    pq.write_table(pa.table({"NIK": pa.array(["3171"]), "NAMA": pa.array(names, kind)}), tmp_path / "a.parquet")
    with pytest.raises(DamagedFile) as refused:
        read_parquet(tmp_path / "a.parquet", SPEC, tmp_path)
    assert refused.value.place == "kolom nama" and "beberapa nilai" in refused.value.cause
