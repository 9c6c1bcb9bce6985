"""Writes the tables of the pages into one workbook, `tabel.xlsx`: every figure in one list, the main pages' tables to print.

Which tables there are is decided by the pages; nothing is counted here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from padanan.base.book import READ_SIZE, Book, across, height, on_paper
from padanan.base.format import day, decimal, fingerprint, number, percent, rupiah, short_day
from padanan.pages import words
from padanan.pages.page import Page
from padanan.pages.table import Cell, Column, Points, Row, Table, Value
from padanan.published.report import Report

FILE = "tabel.xlsx"
LONG, CONTENTS = "Data", "Isi"
LONG_COLUMNS = ("Halaman", "Tabel", "Baris", "Kolom", "Nilai", "Jenis")
HEAD_ROW = 4
ONLY_LONG = ("produsen-", "kota-", "peta-", "analis", "metode", "kalender")
"""Pages whose figures stand in the long list alone: one a producer, one a kota, and those to look things up; the PDF has them."""
LONGEST = 60
"""Rows; a longer table (one line a kelurahan) stands in the long list alone: nobody reads it on paper."""
PAPER, EDGE = 127.0, 0.75
"""Characters that stand beside each other on a page (see `on_paper`), of which each column's edge takes some; a wider table goes
on below with its first column again."""
# A sheet's name may have 31 characters and none of these.
NAME_LENGTH, NOT_IN_NAMES = 31, re.compile(r"[\[\]:*?/\\']")
# A share with all its digits would look like a NIK to whoever searches the file for one.
SHARE_DIGITS = 6
# Workbooks carry the time they were made; ours carries none of the run.
MADE = datetime(2000, 1, 1)
_LOOKS = {"jumlah": "count", "bagian": "share", "poin": "points", "tanggal": "date", "rupiah": "money"}
COVERED = "ditutup"


@dataclass(frozen=True)
class _Field:
    """One cell as the workbook holds it; `numeric`: it stands in a column of numbers."""

    value: Value
    numeric: bool
    strong: bool = False

    @property
    def kind(self) -> str:
        """What sort of figure it is; empty for words."""
        if isinstance(self.value, str):
            return COVERED if self.numeric else ""
        if self.value is None:
            return ""
        kinds = ((Points, "poin"), (date, "tanggal"), (float, "bagian"), (Decimal, "rupiah"))
        return next((name for kind, name in kinds if isinstance(self.value, kind)), "jumlah")

    @property
    def text(self) -> str:
        """The cell as it is read."""
        if self.value is None:
            return ""
        if isinstance(self.value, date):
            return short_day(self.value)
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, Decimal):
            return rupiah(self.value)
        if isinstance(self.value, Points):
            return decimal(self.value)
        return percent(self.value, 1.0) if isinstance(self.value, float) else number(self.value)


@dataclass(frozen=True)
class Heading:
    """What a workbook says of itself: on each sheet `frame` (what it was counted from), in each foot `file` and `told`."""

    title: str
    contents: str
    frame: str
    told: str
    file: str = FILE


def heading(report: Report) -> Heading:
    """The heading of a report's workbook: period, revision and fingerprint."""
    source = report.source
    return Heading(
        title=f"Tabel laporan mutu {source.periode.label}",
        contents="Tabel laporan mutu data dan pemadanan",
        frame=f"Periode {source.periode.label}, revisi {source.revisi}, data yang diterima sampai "
        f"{day(str(source.manifest['cutoff']))}. Nilai hash terbitan: {fingerprint(source.manifest_sha256)}",
        told=f"{source.periode.label} revisi {source.revisi}",
    )


def write_workbook(told: Heading, pages: Mapping[str, Page], path: Path) -> None:
    """Writes the workbook; the same pages give the same bytes, and no cell is a formula.

    Args:
        told: what stands on each sheet beside its tables.
        pages: the finished pages by file name.
        path: the file to write.
    """
    book = Book(path, strings_to_formulas=False, strings_to_urls=False, strings_to_numbers=False, in_memory=True)
    book.set_properties({"title": told.title, "author": "Padanan", "created": MADE})
    writer = _Writer(book, told)
    writer.long(pages)
    sheets = sheets_of(pages)
    writer.contents(pages, sheets)
    for name, (page, tables) in sheets.items():
        writer.sheet(name, pages[page], tables)
    book.close()


def sheets_of(pages: Mapping[str, Page]) -> dict[str, tuple[str, list[Table]]]:
    """The sheets to print: name -> the page they are of, and the tables that stand below each other there.

    Tables share a sheet as long as its columns serve all of them; pages of `ONLY_LONG` and tables over `LONGEST` have none. Names
    are unique and short enough for Excel.
    """
    found: dict[str, tuple[str, list[Table]]] = {}
    taken = {LONG.lower(), CONTENTS.lower()}
    for page, made in pages.items():
        groups: list[list[Table]] = []
        for table in made.tables if not page.startswith(ONLY_LONG) else ():
            if len(table.rows) <= LONGEST:
                if groups and sum(_widest([*groups[-1], table])) <= PAPER:
                    groups[-1].append(table)
                else:
                    groups.append([table])
        base = NOT_IN_NAMES.sub(" ", "ringkasan" if page == "index.html" else page.removesuffix(".html"))[:NAME_LENGTH]
        for group in groups:
            name, again = base, 2
            while name.lower() in taken:
                name, again = f"{base[: NAME_LENGTH - len(str(again)) - 1]} {again}", again + 1
            taken.add(name.lower())
            found[name] = (page, group)
    return found


def figures(page: Page, table: Table) -> Iterator[tuple[str, str, _Field]]:
    """Every figure of a table as (row, column, field): what its row is called by the words before it, and its column."""
    names = _headings(table)
    for row in table.rows:
        fields = _fields(table, row)
        called: list[str] = []
        for name, field in zip(names, fields, strict=True):
            if field.kind:
                yield " · ".join(dict.fromkeys(called)), name, field
            elif field.text and not any(one.kind for one in fields[: len(called)]):
                called.append(field.text)


def _headings(table: Table) -> list[str]:
    return [name for column in table.columns for name in (column.full, *column.more)]


def _fields(table: Table, row: Row) -> list[_Field]:
    """One field for each heading; a cell over several columns stands in the first."""
    fields: list[_Field] = []
    for place, cell in enumerate(row.cells):
        columns = table.columns[len_of(row.cells[:place]) : len_of(row.cells[: place + 1])]
        numeric = "n" in cell.css.split()
        more = [_Field(_shown(value), numeric) for value in cell.more[: len(columns[0].more)]]
        fields += [_Field(_shown(cell.stored), numeric, strong=place == 0), *more]
        fields += [_Field(None, False)] * (sum(_width(column) for column in columns) - 1 - len(more))
    return fields


def len_of(cells: Sequence[Cell]) -> int:
    """How many columns cells take."""
    return sum(cell.span for cell in cells)


def _width(column: Column) -> int:
    return 1 + len(column.more)


def _shown(value: Value) -> Value:
    if value == "–":
        return None
    if isinstance(value, str):
        return words.without_long_runs(value)
    return round(value, SHARE_DIGITS) if isinstance(value, float) and not isinstance(value, Points) else value


def book_formats(book: Any) -> dict[str, Any]:
    """The cell formats of the report's workbooks by their use."""
    base = {"font_size": READ_SIZE, "valign": "top"}
    cell = {**base, "border": 4, "border_color": "#999999"}
    looks = {
        "title": {**base, "bold": True, "font_size": READ_SIZE + 3, "text_wrap": True},
        "caption": {**base, "bold": True, "font_size": READ_SIZE + 1, "text_wrap": True},
        "note": {**base, "italic": True, "text_wrap": True},
        "line": {**base, "italic": True, "text_wrap": True},
        "head": {**base, "bold": True, "text_wrap": True, "bottom": 2, "top": 1, "bg_color": "#EEEEEE"},
        "link": {**base, "font_color": "#0b5c80", "underline": 1},
        "text": {**cell, "text_wrap": True, "num_format": "@"},
        "strong": {**cell, "text_wrap": True, "num_format": "@", "bold": True},
        "covered": {**cell, "align": "right", "num_format": "@"},
        # Indonesian signs also where the program speaks another language.
        "count": {**cell, "align": "right", "num_format": "[$-421]#,##0"},
        "money": {**cell, "align": "right", "num_format": "[$-421]#,##0.00"},
        "share": {**cell, "align": "right", "num_format": "[$-421]0.0%"},
        "points": {**cell, "align": "right", "num_format": "[$-421]+0.0;-0.0;0.0"},
        "date": {**cell, "align": "right", "num_format": "[$-421]d mmm yyyy"},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def sheet_head(sheet: Any, formats: Mapping[str, Any], frame: str, title: str, note: str, widths: Sequence[float]) -> None:
    """The three lines above a sheet's table, of these widths: title, note, and what it was counted from."""
    lines = ((title, "title", READ_SIZE + 3), (note, "line", READ_SIZE), (frame, "line", READ_SIZE))
    for line, (text, look, size) in enumerate(lines):
        across(sheet, line, words.without_long_runs(text), formats[look], widths, size)


class _Writer:
    """Writes the sheets of one workbook, one after the other."""

    def __init__(self, book: Any, told: Heading) -> None:
        self.book, self.told, self.looks = book, told, book_formats(book)

    def _foot(self, name: str) -> str:
        return f"{self.told.file} · {self.told.told} · {name}"

    def put(self, sheet: Any, line: int, place: int, field: _Field) -> None:
        """Writes one cell: a number as a number, words as words."""
        value = field.value
        if isinstance(value, date):
            sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), self.looks["date"])
        elif value is None or isinstance(value, str):
            look = self.looks["strong" if field.strong else "covered" if field.numeric else "text"]
            sheet.write_string(line, place, value or "", look)
        else:
            sheet.write_number(line, place, float(value) if isinstance(value, float) else value, self.looks[_LOOKS[field.kind]])

    def _sheet(self, name: str, title: str, widths: Sequence[float], note: str = "") -> Any:
        sheet = self.book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet_head(sheet, self.looks, self.told.frame, title, note, widths)
        return sheet

    def long(self, pages: Mapping[str, Page]) -> None:
        """The first sheet: every figure of every page in a row of its own, to be filtered."""
        note = "Setiap angka laporan satu baris: saring menurut halaman dan tabel. Yang dicetak adalah lembar lain."
        sheet = self._sheet(LONG, "Semua angka laporan", (24, 28, 34, 22, 12, 8), note)
        for place, name in enumerate(LONG_COLUMNS):
            sheet.write_string(HEAD_ROW, place, name, self.looks["head"])
        line = HEAD_ROW
        for page in pages.values():
            for table in page.tables:
                for row, column, field in figures(page, table):
                    line += 1
                    for place, text in enumerate((page.title, table.caption, row, column)):
                        sheet.write_string(line, place, words.without_long_runs(text))
                    self.put(sheet, line, 4, field)
                    sheet.write_string(line, 5, field.kind)
        sheet.autofilter(HEAD_ROW, 0, line, len(LONG_COLUMNS) - 1)
        sheet.freeze_panes(HEAD_ROW + 1, 0)
        sheet.print_area(0, 0, HEAD_ROW, len(LONG_COLUMNS) - 1)
        on_paper(sheet, self._foot(LONG), size=READ_SIZE)

    def contents(self, pages: Mapping[str, Page], sheets: Mapping[str, tuple[str, list[Table]]]) -> None:
        """The second sheet: which table stands where."""
        widths = (22.0, 40.0, 54.0, 8.0)
        sheet = self._sheet(CONTENTS, self.told.contents, widths, f"Semua angka, juga yang lain: lembar {LONG}.")
        for place, name in enumerate(("Lembar", "Halaman", "Tabel", "Baris")):
            sheet.write_string(HEAD_ROW, place, name, self.looks["head"])
        line = HEAD_ROW
        for name, (page, tables) in sheets.items():
            for table in tables:
                line += 1
                sheet.write_url(line, 0, f"internal:'{name}'!A1", self.looks["link"], name)
                texts = [words.without_long_runs(text) for text in (pages[page].title, table.caption)]
                for place, text in enumerate(texts, 1):
                    sheet.write_string(line, place, text, self.looks["text"])
                sheet.write_number(line, 3, len(table.rows), self.looks["count"])
                sheet.set_row(line, height(zip(texts, widths[1:], strict=False), READ_SIZE))
        sheet.freeze_panes(HEAD_ROW + 1, 0)
        on_paper(sheet, self._foot(CONTENTS), head_row=HEAD_ROW, size=READ_SIZE)

    def sheet(self, name: str, page: Page, tables: Sequence[Table]) -> None:
        """Tables of a page below each other, as wide as the paper."""
        shared = _fitted(_widest(tables))
        sheet = self._sheet(name, page.title, shared)
        line = HEAD_ROW - 1
        for table in tables:
            for again, (columns, _) in enumerate(_parts(table)):
                caption = f"{table.caption} (lanjutan)" if again else table.caption
                lines = [(caption, self.looks["caption"])] + (
                    [(table.note, self.looks["note"])] if table.note and not again else []
                )
                for text, style in lines:
                    across(sheet, line, words.without_long_runs(text), style, shared, READ_SIZE + 1)
                    line += 1
                line = self._table(sheet, table, columns, shared, line) + 1
        on_paper(sheet, self._foot(page.title), size=READ_SIZE)

    def _table(self, sheet: Any, table: Table, columns: Sequence[int], widths: Sequence[float], line: int) -> int:
        """One table, or the columns of it that a page holds; returns the line below."""
        heads = _headings(table)
        sheet.set_row(line, height([(heads[column], widths[place] * 0.9) for place, column in enumerate(columns)], READ_SIZE))
        for place, column in enumerate(columns):
            sheet.write_string(line, place, heads[column], self.looks["head"])
        for row in table.rows:
            line += 1
            fields = _fields(table, row)
            chosen = [fields[column] for column in columns]
            wrapped = [
                (field.text, widths[place] * (0.88 if field.strong else 1.0))
                for place, field in enumerate(chosen)
                if not field.kind
            ]
            sheet.set_row(line, height(wrapped, READ_SIZE))
            for place, field in enumerate(chosen):
                self.put(sheet, line, place, field)
        return line + 1


def _parts(table: Table) -> list[tuple[list[int], list[float]]]:
    """The columns of a table in parts that fit on paper, each with its first column, and the widths they ask for."""
    heads = _headings(table)
    rows = [_fields(table, row) for row in table.rows]
    wanted = []
    for place, head in enumerate(heads):
        longest = max((len(row[place].text) for row in rows), default=0)
        numeric = any(row[place].kind for row in rows) or not longest
        word = max((len(part) for part in head.split()), default=0)
        wanted.append(
            max(longest + 1.5, min(word * 1.1 + 1.2, 10.0)) if numeric else min(max(longest * 0.6 + 2, word + 2, 9), 34)
        )
    parts: list[tuple[list[int], list[float]]] = []
    wanted = [width + EDGE for width in wanted]
    columns, used = [0], wanted[0]
    for place in range(1, len(heads)):
        if used + wanted[place] > PAPER and len(columns) > 1:
            parts.append((columns, [wanted[column] for column in columns]))
            columns, used = [0], wanted[0]
        columns, used = [*columns, place], used + wanted[place]
    return [*parts, (columns, [wanted[column] for column in columns])]


def _widest(tables: Sequence[Table]) -> list[float]:
    """The widths that serve all parts of these tables, which stand below each other."""
    parts = [widths for table in tables for _, widths in _parts(table)]
    return [max(widths[place] for widths in parts if place < len(widths)) for place in range(max(map(len, parts)))]


def _fitted(shared: Sequence[float]) -> list[float]:
    """Widths that together are as wide as the paper."""
    over = sum(shared) - PAPER
    if over > 0:
        # What is wide gives way: words wrap, figures do not.
        spare = [max(width - 12.0, 0.0) for width in shared]
        cut = min(over / (sum(spare) or 1.0), 1.0)
        fitted = [width - extra * cut for width, extra in zip(shared, spare, strict=True)]
    else:
        # What is narrow grows with the paper, so that fewer words wrap.
        fitted = [width * min(PAPER / sum(shared), 1.7) for width in shared]
    return [round(width - EDGE, 1) for width in fitted]
