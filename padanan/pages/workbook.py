"""Writes every table of every page into one workbook, `tabel.xlsx`: a sheet a table, numbers as numbers, covered cells as text.

Which tables there are is decided by the pages; nothing is counted here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.book import Book
from padanan.base.format import day, fingerprint
from padanan.pages import words
from padanan.pages.page import Page
from padanan.pages.table import Cell, Column, Points, Table, Value
from padanan.published.report import Report

FILE = "tabel.xlsx"
CONTENTS = "Isi"
HEAD_ROW = 4
# A sheet's name may have 31 characters and none of these.
NAME_LENGTH, NOT_IN_NAMES = 31, re.compile(r"[\[\]:*?/\\']")
# A share with all its digits would look like a NIK to whoever searches the file for one.
SHARE_DIGITS = 6
# Workbooks carry the time they were made; ours carries none of the run.
MADE = datetime(2000, 1, 1)


def write_workbook(report: Report, pages: Mapping[str, Page], path: Path) -> None:
    """Writes the workbook; the same pages give the same bytes, and no cell is a formula.

    Args:
        report: for the period, revision and fingerprint on each sheet.
        pages: the finished pages by file name.
        path: the file to write.
    """
    book = Book(path, strings_to_formulas=False, strings_to_urls=False, strings_to_numbers=False, in_memory=True)
    book.set_properties({"title": f"Tabel laporan mutu {report.source.periode.label}", "author": "Padanan", "created": MADE})
    formats = book_formats(book)
    contents = book.add_worksheet(CONTENTS)
    sheet_head(contents, formats, report, "Tabel laporan mutu data dan pemadanan", "")
    for place, name in enumerate(("Lembar", "Halaman", "Tabel", "Baris")):
        contents.write_string(HEAD_ROW, place, name, formats["head"])
    contents.set_column(0, 0, 32)
    contents.set_column(1, 2, 60)
    contents.freeze_panes(HEAD_ROW + 1, 0)
    line = HEAD_ROW
    for (_, table), name in sheet_names(pages).items():
        page = pages[_]
        line += 1
        contents.write_url(line, 0, f"internal:'{name}'!A1", formats["link"], name)
        contents.write_string(line, 1, words.without_long_runs(page.title))
        found = next(item for item in page.tables if item.id == table)
        contents.write_string(line, 2, words.without_long_runs(found.caption), formats["text"])
        contents.write_number(line, 3, len(found.rows))
        _sheet(book.add_worksheet(name), formats, report, page, found)
    book.close()


def sheet_names(pages: Mapping[str, Page]) -> dict[tuple[str, str], str]:
    """(page, table id) -> the name of its sheet: `wilayah`, `dtks aturan`, unique and short enough for Excel."""
    names: dict[tuple[str, str], str] = {}
    taken: set[str] = {CONTENTS.lower()}
    for page, made in pages.items():
        place = "" if page == "index.html" else page.removesuffix(".html").removeprefix("produsen-")
        for table in made.tables:
            part = table.id.removeprefix("tabel-")
            wanted = NOT_IN_NAMES.sub(" ", f"{place} {part}".strip())
            name, number = wanted[:NAME_LENGTH], 2
            if len(wanted) > NAME_LENGTH:
                name = f"{place[: NAME_LENGTH - len(part) - 1]} {part}"[:NAME_LENGTH]
            base = name
            while name.lower() in taken:
                name = f"{base[: NAME_LENGTH - len(str(number)) - 1]} {number}"
                number += 1
            taken.add(name.lower())
            names[page, table.id] = name
    return names


def book_formats(book: Any) -> dict[str, Any]:
    """The cell formats of the report's workbooks by their use."""
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
        "strong": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "num_format": "@"}),
        "covered": book.add_format({"align": "right", "valign": "top", "num_format": "@"}),
        "count": book.add_format({"num_format": "#,##0", "valign": "top"}),
        "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
        "points": book.add_format({"num_format": '+0.0;-0.0;0.0', "valign": "top"}),
        "date": book.add_format({"num_format": "d mmm yyyy", "align": "right", "valign": "top"}),
        "link": book.add_format({"font_color": "#0b5c80", "underline": 1}),
    }  # fmt: skip


def sheet_head(sheet: Any, formats: Mapping[str, Any], report: Report, title: str, note: str) -> None:
    """The three lines above a sheet's table: title, note, and the publication it was counted from."""
    source = report.source
    sheet.write_string(0, 0, words.without_long_runs(title), formats["title"])
    sheet.write_string(1, 0, words.without_long_runs(note))
    sheet.write_string(
        2,
        0,
        f"Periode {source.periode.label}, revisi {source.revisi}, data yang diterima sampai "
        f"{day(str(source.manifest['cutoff']))}. Nilai hash terbitan: {fingerprint(source.manifest_sha256)}",
    )


def _sheet(sheet: Any, formats: Mapping[str, Any], report: Report, page: Page, table: Table) -> None:
    sheet_head(sheet, formats, report, f"{page.title}: {table.caption}", table.note)
    place = 0
    for column in table.columns:
        for name in (column.full, *column.more):
            sheet.write_string(HEAD_ROW, place, name, formats["head"])
            sheet.set_column(place, place, 14 if "n" in column.css.split() else 24)
            place += 1
    sheet.set_column(0, 0, 34)
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    for line, row in enumerate(table.rows, HEAD_ROW + 1):
        place, at = 0, 0
        for cell in row.cells:
            _write(sheet, formats, line, place, cell.stored, cell, first=at == 0)
            for step, value in enumerate(cell.more[: len(table.columns[at].more)], 1):
                _write(sheet, formats, line, place + step, value, cell, first=False)
            for column in table.columns[at : at + cell.span]:
                place += _width(column)
            at += cell.span


def _width(column: Column) -> int:
    return 1 + len(column.more)


def _write(sheet: Any, formats: Mapping[str, Any], line: int, place: int, value: Value, cell: Cell, *, first: bool) -> None:
    if value is None or value == "–":
        return
    if isinstance(value, str):
        numeric = "n" in cell.css.split()
        sheet.write_string(
            line, place, words.without_long_runs(value), formats["strong" if first else "covered" if numeric else "text"]
        )
    elif isinstance(value, Points):
        sheet.write_number(line, place, float(value), formats["points"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), formats["date"])
    elif isinstance(value, float):
        sheet.write_number(line, place, round(value, SHARE_DIGITS), formats["share"])
    else:
        sheet.write_number(line, place, value, formats["count"])
