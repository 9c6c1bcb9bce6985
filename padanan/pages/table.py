"""A table as data: columns, rows and cells with the value behind each text, from which page and workbook are both made.

Which figures stand in a table is decided by its page; writing the workbook is in `workbook`, the HTML in `makro.html.j2`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from padanan.base.format import day, number, percent, points, rupiah, short_day, threshold
from padanan.base.markdown import md_table
from padanan.base.suppress import Cover
from padanan.contracts.rules import Rule
from padanan.published.cells.model import Cells


class Points(float):
    """A change in percentage points; `0.4` is `+0,4 poin`."""


# int: a count; Decimal: rupiah with sen; float: a share (0.5 is 50%); Points: a change of shares; date; str; None: an empty cell.
Value = int | Decimal | float | date | str | None


@dataclass(frozen=True)
class Cell:
    """One cell. `text` is what is read, `value` what a workbook holds (the text itself when it is None and `plain`).

    `note` is a second, smaller line; what it says is repeated in `more`, whose columns only the workbook has.
    """

    text: str
    value: Value = None
    css: str = ""
    symbol: str = ""
    note: str | Markup = ""
    note_css: str = ""
    link: str = ""
    items: tuple[str, ...] = ()
    picture: Markup | None = None
    more: tuple[Value, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    span: int = 1
    head: bool = False
    # What the cell means in the model of counts (`published.cells`); of a share its part and its whole.
    key: Hashable | None = None
    ratio: tuple[Hashable, Hashable] | None = None

    @property
    def stored(self) -> Value:
        """What a workbook holds: the number where there is one, else the text with its list."""
        if self.value is not None:
            return self.value
        return "; ".join(self.items) if self.items else (f"{self.symbol} {self.text}".strip() or None)


@dataclass(frozen=True)
class Column:
    """One column; columns that follow each other with the same `group` stand under one heading."""

    name: str
    css: str = ""
    more: tuple[str, ...] = ()
    group: str = ""

    @property
    def full(self) -> str:
        """Its name where there is no heading above it."""
        return f"{self.group}: {self.name}" if self.group else self.name


@dataclass(frozen=True)
class Row:
    """One row; its first cell is its heading."""

    cells: tuple[Cell, ...]
    css: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One table of a page, unique by `id` there. `bodies` are groups of rows, `foot` its sums."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    bodies: tuple[tuple[Row, ...], ...]
    note: str = ""
    foot: tuple[Row, ...] = ()
    label: str = ""

    @property
    def groups(self) -> list[tuple[str, int, Column]]:
        """The upper line of headings as (name, how many columns, first column); a column without a group spans both lines."""
        found: list[tuple[str, int, Column]] = []
        for column in self.columns:
            if column.group and found and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1] + 1, found[-1][2])
            else:
                found.append((column.group, 1, column))
        return found if any(name for name, _, _ in found) else []

    @property
    def rows(self) -> list[Row]:
        """All rows, sums last."""
        return [*(row for body in self.bodies for row in body), *self.foot]


def table(
    name: str,
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    note: str = "",
    foot: Sequence[Row] = (),
    label: str = "",
) -> Table:
    """A table with one body."""
    return Table(name, caption, tuple(columns), (tuple(rows),), note, tuple(foot), label)


def heads(*names: str) -> tuple[Column, ...]:
    """Columns by name; a name that ends in `#` is a column of numbers."""
    return tuple(Column(name.removesuffix("#"), "n" if name.endswith("#") else "") for name in names)


def row(*cells: Cell, css: str = "", **data: str) -> Row:
    """A row; keywords become its `data-` attributes."""
    return Row(cells, css, data)


def text(content: str | None, css: str = "", *, link: str = "", note: str | Markup = "", more: tuple[Value, ...] = ()) -> Cell:
    """A cell of words; an en dash where there are none."""
    return Cell(content or "–", None, css, link=link, note=note, more=more)


def count(
    value: int | None, mark: Cover | None = None, *, css: str = "", nilai: str = "", name: str = "", key: Hashable | None = None
) -> Cell:
    """A count, or the mark that covers it; `nilai` becomes `data-nilai`. A count by place or group has a `key`: see `counted`."""
    data = {"nilai": nilai} if nilai else {}
    classes = f"n {css}".strip()
    if mark is not None:
        return Cell(mark.text, None, classes, data=data, id=name, key=key)
    return Cell(number(value), value, classes, data=data, id=name, key=key)


def money(value: Decimal | int | None, *, covered: bool = False, key: Hashable | None = None) -> Cell:
    """An amount in rupiah; an en dash where there is none. `covered`: the model covers a count that the amount would tell."""
    if covered:
        return Cell(Cover.MORE.text, None, "n", key=key)
    if value is None:
        return Cell("–", None, "n", key=key)
    return Cell(rupiah(value), value if isinstance(value, int) or value != int(value) else int(value), "n", key=key)


def counted(cells: Cells, key: Hashable, *, css: str = "", nilai: str = "") -> Cell:
    """A count of the model, or its mark.

    Raises:
        KeyError: the model doesn't know the cell.
    """
    return count(cells.value(key), cells.mark(key), css=css, nilai=nilai, key=key)


def part_of(cells: Cells, part: Hashable, whole: Hashable, *, css: str = "", symbol: str = "") -> Cell:
    """A share of two counts of the model; an en dash where either is covered: it would tell the other."""
    hidden = bool(cells.mark(part) or cells.mark(whole))
    return replace(share(cells.value(part), cells.value(whole), hidden, css=css, symbol=symbol), ratio=(part, whole))


def share(part: int | float | None, whole: int | float | None, mark: bool = False, *, css: str = "", symbol: str = "") -> Cell:
    """A share; an en dash where it may not or cannot be told."""
    classes = f"n {css}".strip()
    if mark or part is None or not whole:
        return Cell("–", None, classes)
    return Cell(percent(part, whole), part / whole, classes, symbol)


def limit(value: float) -> Cell:
    """A contract's threshold."""
    return Cell(threshold(value), float(value), "n")


def change(now: float | None, before: float | None) -> tuple[str, Points | None]:
    """The change between two shares, as text and for the workbook; nothing where one was not measured."""
    told = points(now, before)
    return (told or "", None if told is None or now is None or before is None else Points(round((now - before) * 100, 1)))


def dated(value: date | None, *, short: bool = False) -> Cell:
    """A date."""
    return Cell(short_day(value) if short else day(value), value, "satu")


def rule_cell(rule: Rule, before: str = "", *, link: str = "", css: str = "") -> Cell:
    """A rule by its name; `before` is what stands above it (a producer, say, that `link` leads to).

    Its code is for the workbook, and for the analysts' page, which has them all.
    """
    if before:
        return Cell(before, None, css, link=link, note=rule.name, note_css="isi", more=(rule.name, rule.id))
    return Cell(rule.name, None, css, more=(rule.id,))


def as_lines(made: Table) -> list[str]:
    """A table as Markdown under its caption, for a screen of text."""
    rows = [[cell.text for cell in one.cells] for one in made.rows]
    return [made.caption, *([made.note] if made.note else []), "", *md_table([one.full for one in made.columns], rows)]


RULE = Column("Aturan", more=("Kode aturan",))
PRODUCER_RULE = Column("Produsen dan aturan", more=("Aturan", "Kode aturan"))
