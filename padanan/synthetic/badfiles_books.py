"""Damaged workbooks and Parquet files: numbers for ids, merged cells, formulas, foreign bytes, cut files.

Separated text is `badfiles_text`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from padanan.synthetic.badfiles_kit import ACCEPTED, QUARANTINED, Kit, Rows, some
from padanan.synthetic.xlsx import MAX_ROWS


def _book(
    kit: Kit,
    name: str,
    fill: Callable[[Any, Any, list[str], Rows], None],
    expected: str,
    *,
    counted: bool = False,
    **more: Any,
) -> None:
    """A workbook of at most 40 rows; `counted`: each of them is a row that a person counts in the sheet."""
    head, rows = some(kit, "klj", 40)
    path = kit.path(name, "klj", "xlsx")
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    sheet = book.add_worksheet("KLJ")
    fill(book, sheet, head, rows)
    book.close()
    kit.add(name, "klj", path, expected, **({"rows": len(rows)} if counted else {}), **more)


def _write(sheet: Any, head: Sequence[str], rows: Sequence[Sequence[str]], top: int = 0) -> None:
    for column, label in enumerate(head):
        sheet.write_string(top, column, label)
    for index, row in enumerate(rows, top + 1):
        for column, cell in enumerate(row):
            sheet.write_string(index, column, cell)


def _merged_cells(kit: Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        sheet.merge_range(0, 0, 0, len(head) - 1, "REKAPITULASI PENERIMA")
        sheet.merge_range(1, 0, 1, 4, "DINAS SOSIAL")
        _write(sheet, head, rows, 3)
        at = head.index("KELURAHAN")
        sheet.merge_range(5, at, 6, at, rows[1][at])

    _book(kit, "sel_gabung", fill, ACCEPTED, counted=True, aside=0)


def _nik_numbers(kit: Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        _write(sheet, head, rows)
        at = head.index("N I K")
        for index, row in enumerate(rows, 1):
            sheet.write_number(index, at, int(row[at].strip("'")) // 10 * 10)

    _book(kit, "nik_angka", fill, ACCEPTED, counted=True, aside=0)


def _serial_dates(kit: Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        _write(sheet, head, rows)
        at = head.index("TGL LAHIR")
        for index in range(1, len(rows) + 1):
            sheet.write_number(index, at, 18_000 + index * 7)

    _book(kit, "tanggal_serial", fill, ACCEPTED, counted=True, aside=0)


def _formulas(kit: Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        _write(sheet, head, rows)
        at = head.index("KELURAHAN")
        for index, row in enumerate(rows[:10], 1):
            sheet.write_formula(index, at, f'=UPPER("{row[at].lower()}")', None, row[at])

    _book(kit, "sel_rumus", fill, ACCEPTED, counted=True, aside=0)


def _missing_sheet_column(kit: Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        at = head.index("NAMA PENERIMA")
        _write(sheet, [*head[:at], *head[at + 1 :]], [[*row[:at], *row[at + 1 :]] for row in rows])

    _book(kit, "lembar_tanpa_nama", fill, QUARANTINED, rule="kolom_hilang")


def _zip_as_xlsx(kit: Kit) -> None:
    path = kit.path("zip_bernama_xlsx", "klj", "xlsx")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("data.csv", (2025, 1, 1, 0, 0, 0)), "a;b\n1;2\n")
    kit.add("zip_bernama_xlsx", "klj", path, QUARANTINED, rule="berkas_rusak")


def _cut_book(kit: Kit) -> None:
    path = kit.path("xlsx_terpotong", "klj", "xlsx")
    data = kit.good["klj"].read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    kit.add("xlsx_terpotong", "klj", path, QUARANTINED, rule="berkas_rusak")


def _old_book(kit: Kit) -> None:
    path = kit.path("xls_lama", "klj", "xlsx")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2048)
    kit.add("xls_lama", "klj", path, QUARANTINED, rule="berkas_rusak")


def _html_book(kit: Kit) -> None:
    path = kit.path("html_bernama_xlsx", "klj", "xlsx")
    path.write_text("<html><body><table><tr><td>NIK</td></tr></table></body></html>", encoding="utf-8")
    kit.add("html_bernama_xlsx", "klj", path, QUARANTINED, rule="berkas_rusak")


def full_sheet(kit: Kit) -> None:
    head, rows = some(kit, "klj", 40)
    path = kit.path("lembar_penuh", "klj", "xlsx")
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("KLJ")
    needed = [head.index(name) for name in ("N I K", "NO. KK", "NAMA PENERIMA", "KELURAHAN")]
    for place, column in enumerate(needed):
        sheet.write_string(0, place, head[column])
    for index in range(1, MAX_ROWS):
        row = rows[index % len(rows)]
        sheet.write_string(index, 0, f"{index:016d}")
        for place, column in enumerate(needed[1:], 1):
            sheet.write_string(index, place, row[column])
    book.close()
    kit.add("lembar_penuh", "klj", path, ACCEPTED, rule="lembar_penuh", rows=MAX_ROWS - 1, aside=0)


def _cut_parquet(kit: Kit) -> None:
    path = kit.path("parquet_terpotong", "adminduk", "parquet")
    data = kit.good["adminduk"].read_bytes()
    path.write_bytes(data[: len(data) // 2])
    kit.add("parquet_terpotong", "adminduk", path, QUARANTINED, rule="berkas_rusak")


def _numeric_parquet(kit: Kit) -> None:
    table = pq.read_table(kit.good["adminduk"])
    at = table.schema.get_field_index("NIK")
    numbers = table.column("NIK").cast(pa.int64())
    path = kit.path("parquet_nik_angka", "adminduk", "parquet")
    pq.write_table(table.set_column(at, "NIK", numbers), path)
    kit.add("parquet_nik_angka", "adminduk", path, ACCEPTED, rows=len(table), aside=0)


BOOKS: tuple[Callable[[Kit], None], ...] = (
    _merged_cells,
    _nik_numbers,
    _serial_dates,
    _formulas,
    _missing_sheet_column,
    _zip_as_xlsx,
    _cut_book,
    _old_book,
    _html_book,
)
OTHERS: tuple[Callable[[Kit], None], ...] = (_cut_parquet, _numeric_parquet)
