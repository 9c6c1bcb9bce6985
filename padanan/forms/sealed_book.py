"""Workbooks that people fill in: locked cells under a row seal, open cells with drop-downs, every cell text; written and read.

What the columns mean, and what an answer does, belongs to the packages that define a `Layout`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from padanan.base.book import FONT_SIZE, Book, height, on_paper
from padanan.base.book_rows import Cell
from padanan.base.errors import PadananError
from padanan.base.sql import ident
from padanan.forms.sealed_cells import checked, first_edited, is_formula, open_workbook, sealer

# Workbooks carry the time they were made; ours carries none of the run.
MADE = datetime(2000, 1, 1)
SEAL = "segel"
# A cell that begins so is a formula to a spreadsheet that opens its text again (CSV); an apostrophe makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# XLSX knows no carriage return and no control character, and reads `_x0041_` as an escape: such text would come back as another
# one, and its row would look edited. A cell holds at most 32,767 characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ODD = re.compile(rf"\A[{re.escape(''.join(FORMULA_STARTS))}]|\r|{_UNWRITABLE.pattern}|{_ESCAPE.pattern}")
CELL_LENGTH = 32_767


@dataclass(frozen=True)
class Layout:
    """One sheet: `opened` columns are filled in, `locked` ones are sealed, of which `hidden` are for the machine.

    `purpose` separates the seals of different workbooks; `titles` are headings where the name alone is not what people read;
    `head_row` is the 0-based row of the headings, the rows above hold `note` and `lines`. `checks` are what a spreadsheet itself
    asks of an open cell (XlsxWriter's terms, `{cell}` for the first cell of the column), `number_formats` those of open columns
    that are no text, `bold` the lines of a locked cell that stand out, `group` the column whose change begins a block.

    A printed form has several rows of headings: `above` are those over the last one, of the visible columns (None goes on with
    the cell to its left, an empty text belongs to the cell over it), `head` is the last one in the same way. `shut` are opened
    columns that this copy does not ask for; in a row whose hidden column `closed` says something no cell is open.
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
    checks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    number_formats: Mapping[str, str] = field(default_factory=dict)
    bold: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    group: str = ""
    opened_first: bool = True
    filters: bool = False
    above: tuple[tuple[str | None, ...], ...] = ()
    head: tuple[str | None, ...] = ()
    shut: tuple[str, ...] = ()
    closed: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in their order: the hidden ones and the seal stand last."""
        shown = tuple(name for name in self.locked if name not in self.hidden)
        first = (*self.opened, *shown) if self.opened_first else (*shown, *self.opened)
        return (*first, *(name for name in self.locked if name in self.hidden), SEAL)

    @property
    def head_row(self) -> int:
        """The 0-based row of the headings."""
        return 1 + len(self.lines) + len(self.above)

    @property
    def visible(self) -> tuple[str, ...]:
        """The columns that people see, in their order."""
        return tuple(name for name in self.columns if name not in self.hidden and name != SEAL)

    @property
    def headings(self) -> tuple[tuple[str | None, ...], ...]:
        """Every row of headings as the sheet holds it, over all columns; None and an empty text are empty cells."""
        behind = self.columns[len(self.visible) :]
        last = (*(self.head or map(self.title, self.visible)), *map(self.title, behind))
        return (*((*row, *(None for _ in behind)) for row in self.above), last)

    def cell(self, column: str, row: int) -> str:
        """`B7` of a column's name and a 1-based row."""
        return f"{get_column_letter(self.columns.index(column) + 1)}{row}"

    def title(self, column: str) -> str:
        """What the heading of a column says."""
        return self.titles.get(column, column)


@dataclass(frozen=True)
class Fault:
    """One fault of a row: what is wrong and its cure, without any value of the row; `place` is `sel H7`, or `baris 7`."""

    place: str
    cause: str
    cure: str

    def error(self, file: str) -> PadananError:
        """The fault as the refusal of a file."""
        return PadananError(self.cause, file=file, place=self.place, cure=self.cure)


@dataclass(frozen=True)
class Row:
    """One row read back: its 1-based number in the sheet, every cell as text, its seal, and the key that made the proved seal.

    `raw` are the open cells as the spreadsheet holds them (a number is none that was typed as text); `faults` what is wrong
    with the row as such, before anybody asks what it says.
    """

    number: int
    cells: Mapping[str, str]
    seal: str
    made_with: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula, and that comes back from a workbook as it went in."""
    if not _ODD.search(text):  # nearly all text: one look instead of five
        return text[:CELL_LENGTH]
    text = f"'{text}" if text.startswith(FORMULA_STARTS) else text
    text = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPE.sub(r"_x \1_", text)[:CELL_LENGTH]


def neutral_cell(column: str) -> str:
    """`neutral` of a column of a CSV file, as SQL: what a field file said of a name must not run where the file is opened."""
    starts = ", ".join(f"chr({ord(one)})" for one in FORMULA_STARTS)
    return f"case when left({ident(column)}::varchar, 1) in ({starts}) then chr(39) else '' end || {ident(column)}"


def sealed_all(layout: Layout, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Rows, each with the seal of its locked cells, as `write_sheet` takes them."""
    made = sealer(layout.purpose)
    for cells in rows:
        yield cells, made([cells[name] for name in layout.locked])


def edited(layout: Layout, row: Row, expected: str) -> str:
    """Where a row differs from its seal, for a message."""
    place = first_edited(row.seal, expected)
    return f"baris {row.number}" if place is None else f"sel {layout.cell(layout.locked[place], row.number)}"


def workbook(path: Path, title: str, *, streamed: bool = False, rows: int | None = None) -> Any:
    """A new workbook whose bytes depend on its cells alone; no text in it becomes a formula or a link.

    Args:
        streamed, rows: see `Book`; what waits on disk lies beside the workbook, never in a common temporary folder.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Book(path, streamed=streamed, rows=rows, in_memory=not streamed, **options)
    book.set_properties({"title": title, "author": "Padanan", "created": MADE})
    return book


def formats(book: Any, font_size: float = FONT_SIZE) -> Styles:
    """The cell formats of a sealed sheet."""
    return Styles(book, font_size)


class Styles:
    """Cell formats, each made once a workbook: framed, wrapped, legible without colour."""

    def __init__(self, book: Any, font_size: float) -> None:
        self.size = font_size
        self.note = book.add_format({"italic": True, "font_size": font_size, "text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True, "font_size": font_size})
        self.line = book.add_format({"font_size": font_size})
        self._book = book
        # What the machine keeps beside a row shows nothing: LibreOffice would print a hidden column letter by letter.
        self.hidden = book.add_format({"num_format": ";;;", "locked": True})
        self.cell = cache(self._cell)

    def _cell(self, *, opened: bool, number_format: str = "@", head: bool = False, begins: bool = False) -> Any:
        look = {"num_format": number_format, "locked": head or not opened, "valign": "top", "text_wrap": True, "border": 1}
        look |= {"font_size": self.size, "bold": head, "top": 5 if begins else 2 if head else 1, "bottom": 2 if head else 1}
        if opened:
            look["bg_color"] = "#FFF8DC"
        elif head:
            look["bg_color"] = "#EEEEEE"
        return self._book.add_format(look)


def write_sheet(book: Any, layout: Layout, rows: Iterable[tuple[Mapping[str, Any], str]], styles: Styles, foot: str = "") -> int:
    """Adds one sheet.

    Args:
        rows: (locked cells and what open cells hold already, the seal of the locked ones); cells must be `neutral` where they
            come from a delivery.
        styles: `formats(book)`, made once a workbook.
        foot: what every printed page names, see `on_paper`.

    Returns:
        How many rows were written.

    Raises:
        PadananError: a row did not go in; a sheet holds 1,048,576.
    """
    sheet = book.add_worksheet(layout.sheet)
    columns, opened, hidden = layout.columns, set(layout.opened), {*layout.hidden, SEAL}
    for place, name in enumerate(columns):
        sheet.set_column(place, place, layout.widths.get(name, 8 if name in hidden else 18), None, {"hidden": name in hidden})
    visible = [name for name in columns if name not in hidden]
    wide = {name: layout.widths.get(name, 18) for name in columns}
    for number, text in enumerate((layout.note, *layout.lines)):
        sheet.set_row(number, height([(text, sum(wide[name] for name in visible))], styles.size))
        sheet.merge_range(number, 0, number, len(visible) - 1, text, styles.note)
    _write_headings(sheet, layout, [wide[name] for name in columns], styles)
    first = layout.head_row + 1
    count, block = 0, None
    looks: dict[tuple[bool, bool], list[Any]] = {}
    for count, (cells, mark) in enumerate(rows, 1):
        begins = bool(layout.group) and cells[layout.group] != block
        block = cells[layout.group] if layout.group else None
        look = begins, bool(layout.closed and cells[layout.closed])
        if look not in looks:
            asked = set() if look[1] else opened - set(layout.shut)
            looks[look] = [
                styles.hidden
                if name in hidden
                else styles.cell(opened=name in asked, number_format=layout.number_formats.get(name, "@"), begins=begins)
                for name in columns
            ]
        line = [
            mark if name == SEAL
            else _held(cells.get(name)) if name in opened
            else _lines(cells[name], layout.bold[name], styles) if name in layout.bold
            else cells[name]
            for name in columns
        ]  # fmt: skip
        tall = height([(str(cells.get(name) or ""), wide[name]) for name in visible], styles.size)
        put(book, sheet, first + count - 1, tall, line, looks[look], count)
    last = first + max(count, 1) - 1
    listed = {name: {"validate": "list", "source": list(words)} for name, words in layout.choices.items()}
    for name, rule in {**layout.checks, **listed}.items():
        place = columns.index(name)
        value = str(rule["value"]).replace("{cell}", layout.cell(name, first + 1)) if "value" in rule else None
        sheet.data_validation(
            first, place, last, place, {**rule, "ignore_blank": True} | ({} if value is None else {"value": value})
        )
    if layout.filters:
        sheet.autofilter(layout.head_row, 0, last, len(visible) - 1)
    sheet.freeze_panes(first, len(layout.opened) if layout.opened_first else 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": False, "autofilter": layout.filters})
    on_paper(sheet, foot, head_row=layout.head_row, size=styles.size)
    return count


def put(book: Any, sheet: Any, row: int, tall: float, cells: Sequence[Any], look: Sequence[Any], number: int) -> None:
    """Writes a row (`RowSheet.put_row`), the so many-th of its table.

    Raises:
        PadananError: it does not go in: the library only says so, and the row would be lost.
    """
    if sheet.put_row(row, tall, cells, look):
        raise PadananError(
            f"lembar {sheet.name} tidak memuat baris ke-{number}", file=Path(book.filename).name, cure="laporkan kepada pengelola"
        )


def _write_headings(sheet: Any, layout: Layout, widths: Sequence[float], styles: Styles) -> None:
    """Every row of headings, row by row: what was written is on the disk already where memory is constant."""
    opened, rows = set(layout.opened) - set(layout.shut), layout.headings
    for number, texts in enumerate(rows, layout.head_row - len(rows) + 1):
        lines = ((str(text), widths[place] * 0.9) for place, text in enumerate(texts[: len(layout.visible)]) if text)
        sheet.set_row(number, height(lines, styles.size))
        for place, name in enumerate(layout.columns):
            style = styles.cell(opened=name in opened, head=True)
            text, last = texts[place], place
            while text is not None and last + 1 < len(layout.visible) and texts[last + 1] is None:
                last += 1
            if text is not None and last > place:
                sheet.merge_range(number, place, number, last, text, style)
            elif text is not None:
                sheet.write_string(number, place, text, style)


def _held(value: Any) -> Any:
    """What an open cell holds already; an empty text is an empty cell."""
    return None if value == "" else value


def _lines(text: str, chosen: tuple[int, ...], styles: Styles) -> Cell:
    """A cell of several lines, the chosen ones in bold; it reads back as the same text."""
    lines = text.split("\n")
    pieces = [
        # A piece without a format of its own would be printed in the workbook's size, not in the cell's.
        (styles.bold if number in chosen else styles.line, line + ("\n" if number < len(lines) - 1 else ""))
        for number, line in enumerate(lines)
    ]
    told = tuple(piece for piece in pieces if piece[1])
    # A rich text has two pieces or more.
    return told if len(told) > 1 else text


def read(path: Path, layout: Layout) -> Iterator[Row]:
    """Rows of one sheet, formulas kept as formulas; open cells with their spaces put in order.

    Raises:
        PadananError: not a workbook, not this sheet, or a cell with a formula (named).
    """
    yield from rows_of(open_workbook(path, [layout.sheet], layout.cure)[layout.sheet], path.name, layout)


def rows_of(sheet: Any, file: str, layout: Layout) -> Iterator[Row]:
    """`read` of a sheet that is open already; `file` is its workbook's name, for messages."""
    return _faultless(looked_at(sheet, file, layout), file)


def looked_at(sheet: Any, file: str, layout: Layout) -> Iterator[Row]:
    """`rows_of` that names a row's formulas among its `faults` and goes on.

    Raises:
        PadananError: the headings are others.
    """
    columns, head = layout.columns, layout.head_row + 1
    for number, texts in enumerate(layout.headings, head - len(layout.above)):
        found = tuple(str(cell.value or "") for cell in sheet[number])
        for place, (one, other) in enumerate(zip_longest(found, (text or "" for text in texts), fillvalue="")):
            if one != other:
                cell = f"sel {get_column_letter(place + 1)}{number}"
                raise PadananError("judul kolom berubah", file=file, place=cell, cure=layout.cure)
    for cells in sheet.iter_rows(min_row=head + 1):
        if all(cell.value is None for cell in cells):
            continue
        faults = tuple(
            Fault(f"sel {cell.coordinate}", "sel berisi rumus", "tulis teks biasa") for cell in cells if is_formula(cell)
        )
        raw = {name: cell.value for name, cell in zip(columns, cells, strict=False)}
        values = {name: "" if raw.get(name) is None else str(raw[name]) for name in columns}
        values |= {name: " ".join(values[name].split()) for name in layout.opened}
        typed = {name: raw.get(name) for name in layout.opened}
        yield Row(int(cells[0].row or 0), values, values[SEAL], raw=typed, faults=faults)


def sealed_rows(path: Path, layout: Layout) -> Iterator[Row]:
    """`read`, each row proved against its seal.

    Raises:
        PadananError: a locked cell was edited, or the row is none of ours; with the cell.
    """
    yield from proved(read(path, layout), path.name, layout)


def proved(rows: Iterable[Row], file: str, layout: Layout) -> Iterator[Row]:
    """The rows, each proved against its seal; see `sealed_rows`."""
    return _faultless(judged(rows, layout), file)


def judged(rows: Iterable[Row], layout: Layout) -> Iterator[Row]:
    """`proved` that names a broken seal among a row's `faults` and goes on."""
    for row in rows:
        key, expected = checked(layout.purpose, [row.cells[name] for name in layout.locked], row.seal)
        if key is None:
            cause = "sel terkunci berubah atau baris ini tidak dikenal"
            yield replace(row, faults=(*row.faults, Fault(edited(layout, row, expected), cause, layout.cure)))
        else:
            yield replace(row, made_with=key)


def _faultless(rows: Iterable[Row], file: str) -> Iterator[Row]:
    for row in rows:
        if row.faults:
            raise row.faults[0].error(file)
        yield row


def guide(book: Any, name: str, title: str, texts: Sequence[tuple[str, str]], foot: str) -> None:
    """The sheet that says what the workbook holds: a title, then what each thing is."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "font_size": FONT_SIZE + 3})
    head = book.add_format({"bold": True, "valign": "top", "font_size": FONT_SIZE, "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "font_size": FONT_SIZE})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, title, bold)
    for number, (what, text) in enumerate(texts, 2):
        sheet.set_row(number, height([(what, 24), (text, 100)]))
        sheet.write_string(number, 0, what, head)
        sheet.write_string(number, 1, text, wrap)
    sheet.protect("")
    on_paper(sheet, foot)
