"""Workbooks that people fill in: locked cells under a row seal, open cells with drop-downs, every cell text; written and read.

What the columns mean, and what an answer does, belongs to the packages that define a `Layout`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from padanan.base.book import Book
from padanan.base.errors import PadananError
from padanan.forms.sealed_cells import checked, first_edited, is_formula, open_workbook, seal

# Workbooks carry the time they were made; ours carries none of the run.
MADE = datetime(2000, 1, 1)
SEAL = "segel"
# A cell that begins so is a formula to a spreadsheet that opens its text again (CSV); an apostrophe makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# XLSX knows no carriage return and no control character, and reads `_x0041_` as an escape: such text would come back as another
# one, and its row would look edited. A cell holds at most 32,767 characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
CELL_LENGTH = 32_767


@dataclass(frozen=True)
class Layout:
    """One sheet: `opened` columns are filled in, `locked` ones are sealed, of which `hidden` are for the machine.

    `purpose` separates the seals of different workbooks; `titles` are headings where the name alone is not what people read;
    `head_row` is the 0-based row of the headings, the rows above hold `note` and `lines`.
    """

    sheet: str
    purpose: str
    opened: tuple[str, ...]
    locked: tuple[str, ...]
    cure: str
    note: str = ""
    lines: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)
    opened_first: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in their order: the hidden ones and the seal stand last."""
        shown = tuple(name for name in self.locked if name not in self.hidden)
        first = (*self.opened, *shown) if self.opened_first else (*shown, *self.opened)
        return (*first, *(name for name in self.locked if name in self.hidden), SEAL)

    @property
    def head_row(self) -> int:
        """The 0-based row of the headings."""
        return 1 + len(self.lines)

    def cell(self, column: str, row: int) -> str:
        """`B7` of a column's name and a 1-based row."""
        return f"{get_column_letter(self.columns.index(column) + 1)}{row}"

    def title(self, column: str) -> str:
        """What the heading of a column says."""
        return self.titles.get(column, column)


@dataclass(frozen=True)
class Row:
    """One row read back: its 1-based number in the sheet, every cell as text, its seal, and the key that made the proved seal."""

    number: int
    cells: Mapping[str, str]
    seal: str
    made_with: str = ""


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula, and that comes back from a workbook as it went in."""
    text = f"'{text}" if text.startswith(FORMULA_STARTS) else text
    text = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPE.sub(r"_x \1_", text)[:CELL_LENGTH]


def sealed(layout: Layout, cells: Mapping[str, str]) -> str:
    """The seal of a row's locked cells."""
    return seal(layout.purpose, [cells[name] for name in layout.locked])


def edited(layout: Layout, row: Row, expected: str) -> str:
    """Where a row differs from its seal, for a message."""
    place = first_edited(row.seal, expected)
    return f"baris {row.number}" if place is None else f"sel {layout.cell(layout.locked[place], row.number)}"


def workbook(path: Path, title: str, *, constant_memory: bool = False) -> Any:
    """A new workbook whose bytes depend on its cells alone; no text in it becomes a formula or a link.

    With `constant_memory` the rows wait on disk beside the workbook, never in a common temporary folder.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Book(path, **options, constant_memory=constant_memory, in_memory=not constant_memory)
    book.set_properties({"title": title, "author": "Padanan", "created": MADE})
    return book


def formats(book: Any) -> dict[str, Any]:
    """The cell formats of a sealed sheet."""
    return {
        "note": book.add_format({"italic": True}),
        "head": book.add_format({"bold": True, "locked": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "open_head": book.add_format(
            {"bold": True, "locked": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#FFF8DC"}
        ),
        "plain": book.add_format({"num_format": "@", "locked": True, "valign": "top", "text_wrap": True}),
        "open": book.add_format({"num_format": "@", "locked": False, "valign": "top", "text_wrap": True, "bg_color": "#FFF8DC"}),
    }


def write_sheet(book: Any, layout: Layout, rows: Iterable[tuple[Mapping[str, str], str]], styles: Mapping[str, Any]) -> int:
    """Adds one sheet.

    Args:
        rows: (locked cells, their seal); cells must be `neutral` where they come from a delivery.
        styles: `formats(book)`, made once a workbook.

    Returns:
        How many rows were written.

    Raises:
        PadananError: a row did not go in; a sheet holds 1,048,576.
    """
    sheet = book.add_worksheet(layout.sheet)
    columns = layout.columns
    hidden = {*layout.hidden, SEAL}
    for place, name in enumerate(columns):
        sheet.set_column(place, place, layout.widths.get(name, 8 if name in hidden else 18), None, {"hidden": name in hidden})
    for number, text in enumerate((layout.note, *layout.lines)):
        sheet.write_string(number, 0, text, styles["note"])
    opened = set(layout.opened)
    for place, name in enumerate(columns):
        sheet.write_string(layout.head_row, place, layout.title(name), styles["open_head" if name in opened else "head"])
    first = layout.head_row + 1
    count = 0
    plain, open_ = styles["plain"], styles["open"]
    for count, (cells, mark) in enumerate(rows, 1):
        for place, name in enumerate(columns):
            if name in opened:
                wrong = sheet.write_blank(first + count - 1, place, None, open_)
            else:
                wrong = sheet.write_string(first + count - 1, place, mark if name == SEAL else cells[name], plain)
            if wrong:  # the library only returns it, and the row would be lost
                raise PadananError(
                    f"lembar {layout.sheet} tidak memuat baris ke-{count}", file=book.filename, cure="laporkan kepada pengelola"
                )
    for name, words in layout.choices.items():
        place = columns.index(name)
        rule = {"validate": "list", "source": list(words), "ignore_blank": True}
        sheet.data_validation(first, place, first + max(count, 1) - 1, place, rule)
    sheet.freeze_panes(first, len(layout.opened) if layout.opened_first else 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": False})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(layout.head_row)
    return count


def read(path: Path, layout: Layout) -> Iterator[Row]:
    """Rows of one sheet, formulas kept as formulas; open cells with their spaces put in order.

    Raises:
        PadananError: not a workbook, not this sheet, or a cell with a formula (named).
    """
    yield from rows_of(open_workbook(path, [layout.sheet], layout.cure)[layout.sheet], path.name, layout)


def rows_of(sheet: Any, file: str, layout: Layout) -> Iterator[Row]:
    """`read` of a sheet that is open already; `file` is its workbook's name, for messages."""
    columns, head = layout.columns, layout.head_row + 1
    found = tuple(str(cell.value or "") for cell in sheet[head])
    if found[: len(columns)] != tuple(layout.title(name) for name in columns) or any(found[len(columns) :]):
        raise PadananError("judul kolom berubah", file=file, place=f"baris {head}", cure=layout.cure)
    for cells in sheet.iter_rows(min_row=head + 1):
        if all(cell.value is None for cell in cells):
            continue
        for cell in cells:
            if is_formula(cell):
                raise PadananError("sel berisi rumus", file=file, place=f"sel {cell.coordinate}", cure="tulis teks biasa")
        texts = {name: "" if cell.value is None else str(cell.value) for name, cell in zip(columns, cells, strict=False)}
        values = {name: texts.get(name, "") for name in columns}
        values |= {name: " ".join(values[name].split()) for name in layout.opened}
        yield Row(int(cells[0].row or 0), values, values[SEAL])


def sealed_rows(path: Path, layout: Layout) -> Iterator[Row]:
    """`read`, each row proved against its seal.

    Raises:
        PadananError: a locked cell was edited, or the row is none of ours; with the cell.
    """
    yield from proved(read(path, layout), path.name, layout)


def proved(rows: Iterable[Row], file: str, layout: Layout) -> Iterator[Row]:
    """The rows, each proved against its seal; see `sealed_rows`."""
    for row in rows:
        key, expected = checked(layout.purpose, [row.cells[name] for name in layout.locked], row.seal)
        if key is None:
            raise PadananError(
                "sel terkunci berubah atau baris ini tidak dikenal",
                file=file,
                place=edited(layout, row, expected),
                cure=layout.cure,
            )
        yield replace(row, made_with=key)
