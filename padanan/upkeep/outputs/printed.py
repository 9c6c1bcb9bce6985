"""Reads the outputs of one revision again: which cell of the model each printed figure or mark stands for, and what it says.

Whether they give anything away is asked in `attack`; a figure that stands for no cell, or is not the model's, is a fault here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]

from padanan.base.format import number
from padanan.base.suppress import Cover
from padanan.pages.page import Page
from padanan.pages.table import Row, Table
from padanan.pages.workbook import FILE, HEAD_ROW, LONG
from padanan.published.cells.declared import Key
from padanan.published.cells.model import Cells
from padanan.published.cells.people import DIFFERENCE
from padanan.published.cells.places import people_key, rule_key
from padanan.published.groups import SPLITS
from padanan.published.report import Report
from padanan.review.report import gap_book

MARKS = frozenset({Cover.SMALL.text, Cover.MORE.text})
# Of places, not of people: how many kelurahan were judged, say.
OF_PLACES = ("Kelurahan",)


@dataclass
class Printed:
    """What was read: cell -> the texts that stand for it with the output, shares of two cells, and what is wrong."""

    cells: dict[Key, dict[str, set[str]]] = field(default_factory=dict)
    shares: dict[tuple[Key, Key], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def add(self, key: Key, text: str, output: str) -> None:
        """One printed figure or mark."""
        self.cells.setdefault(key, {}).setdefault(text, set()).add(output)

    def check(self, cells: Cells) -> None:
        """Every printed cell is one of the model, stands everywhere alike, and says what the model lets it say."""
        for key, texts in self.cells.items():
            if isinstance(key, tuple) and key[0] == DIFFERENCE:
                continue
            where = ", ".join(sorted(set().union(*texts.values())))
            if not cells.has(key):
                self.faults.append(f"{where}: sel {key} tidak dikenal model")
                continue
            mark = cells.mark(key)
            wanted = mark.text if mark else number(cells.value(key))
            # A value with the unknown merged into it bears an asterisk.
            if found := sorted(text for text in texts if text.removesuffix("*") != wanted):
                told = ", ".join(sorted(set().union(*(texts[text] for text in found))))
                self.faults.append(f"{told}: sel {key} berbeda dari model")
        for (part, whole), text in self.shares.items():
            covered = [key for key in (part, whole) if cells.has(key) and cells.mark(key)]
            if text != "–" and covered:
                self.faults.append(f"bagian tercetak dari sel tertutup {covered[0]}")


def read_pages(into: Printed, report: Report, pages: Mapping[str, Page], folder: Path | None) -> None:
    """The tables of all pages; with a folder its HTML files and workbook must say the same."""
    for name, page in pages.items():
        for table in page.tables:
            into.tables.append(table)
            read_table(into, report, table, f"{name} {table.id}")
        if folder is not None:
            _same_html(into, folder / name, page)
    if folder is not None:
        _same_workbook(into, folder / FILE, pages)


def read_table(into: Printed, report: Report, table: Table, output: str) -> None:
    """One table; a count by place or group without a key can't be checked, so it may not be there unless it is nobody."""
    split = _by_place_or_group(report, table)
    for row in table.rows:
        for cell, column in zip(row.cells, _columns(table, row), strict=False):
            if cell.key is not None:
                into.add(cell.key, cell.text, output)
            elif cell.text in MARKS:
                into.faults.append(f"{output}: sel tertutup tanpa kunci")
            elif split and type(cell.value) is int and cell.value and not column.startswith(OF_PLACES):
                into.faults.append(f"{output}: jumlah menurut tempat atau kelompok tanpa kunci (kolom {column})")
            if cell.ratio is not None:
                into.shares[cell.ratio] = cell.text


def _columns(table: Table, row: Row) -> list[str]:
    names, place = [], 0
    for cell in row.cells:
        names.append(table.columns[min(place, len(table.columns) - 1)].name)
        place += cell.span
    return names


def _by_place_or_group(report: Report, table: Table) -> bool:
    """Whether its lines are places or groups of people, or its columns kota or such groups."""
    groups = set(report.facts.kota_names.values()).union(*(set(values.values()) for values in SPLITS.values()))
    heads = {column.name.rstrip("*") for column in table.columns}
    lines = {cell.text for row in table.rows for cell in row.cells[:2] if type(cell.value) is not int}
    return bool(groups & heads or (groups | {node.name for node in report.tree.root.every()}) & lines)


class _Tables(HTMLParser):
    """The tables of a page by id: rows of texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, list[list[str]]] = {}
        self.rows: list[list[str]] | None = None
        self.cell: list[str] | None = None
        self.quiet = 0
        self.spans: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.rows = self.found.setdefault(str(dict(attrs).get("id")), [])
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell = []
        elif tag in ("small", "svg"):
            self.quiet += 1
        elif tag == "span":
            self.spans.append("aria-hidden" in dict(attrs))
            self.quiet += self.spans[-1]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.rows and self.cell is not None:
            self.rows[-1].append(" ".join("".join(self.cell).split()))
            self.cell = None
        elif tag == "table":
            self.rows = None
        elif tag in ("small", "svg"):
            self.quiet -= 1
        elif tag == "span" and self.spans:
            self.quiet -= self.spans.pop()

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.quiet:
            self.cell.append(data)


def _same_html(into: Printed, path: Path, page: Page) -> None:
    reader = _Tables()
    reader.feed(path.read_text(encoding="utf-8"))
    for table in page.tables:
        shown = reader.found.get(table.id)
        if shown is None:
            continue
        lines = shown[-len(table.rows) :] if table.rows else []
        for row, line in zip(table.rows, lines, strict=True):
            wanted = [cell.text for cell in row.cells if cell.key is not None]
            if [text for text, cell in zip(line, row.cells, strict=True) if cell.key is not None] != wanted:
                into.faults.append(f"{path.name} {table.id}: berkas di laporan berbeda dari yang dihitung sekarang")
                break


def _same_workbook(into: Printed, path: Path, pages: Mapping[str, Page]) -> None:
    """The long list holds each table's counts as numbers and its marks as texts, and no other."""
    wanted: dict[tuple[str, str], Counter[str]] = {}
    for page in pages.values():
        for table in page.tables:
            cells = [cell for row in table.rows for cell in row.cells]
            told = [str(cell.stored) for cell in cells if cell.text in MARKS or type(cell.value) is int]
            wanted.setdefault((page.title, table.caption), Counter()).update(told)
    found: dict[tuple[str, str], Counter[str]] = {}
    for page_name, table_name, *_, value, kind in dict(sheets(path))[LONG][HEAD_ROW + 1 :]:
        if value in MARKS or kind == "jumlah":
            found.setdefault((page_name, table_name), Counter())[str(value)] += 1
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name, Counter()) != wanted.get(name, Counter()):
            into.faults.append(f"{path.name} {name[0]}: {name[1]}: berbeda dari halamannya")


_FIGURES = re.compile(r"\(([\d.]+) dari [\d.]+, ambang [^,]+(?:,\d+)?%, ([\d.]+|<5) orang\)")
_SHOWN = re.compile(r"^  (\S+) (\S+), (?:.*\((\d\d\.\d\d)\)|tanpa alamat di DKI[^:]*): (.*)$")


def read_form(into: Printed, rows: Sequence[Mapping[str, str]], everywhere: str, minors: str, no_address: str) -> None:
    """The rows of a decision form: a kota that is named with figures prints them, and without figures may not be named."""
    for row in rows:
        if row["kota"] == everywhere or row["aturan"] == minors:
            continue
        kota = "" if row["kota"] == no_address else row["kota"]
        _figures(into, (row["produsen"], row["aturan"], kota), row["angka"], "formulir keputusan")


def read_show(into: Printed, text: str) -> None:
    """The lines of `padanan review show`."""
    for line in text.splitlines():
        if found := _SHOWN.match(line):
            _figures(into, (found[1], found[2], found[3] or ""), found[4], "padanan review show")


def _figures(into: Printed, named: tuple[str, str, str], told: str, output: str) -> None:
    """A penghalang named with its kota."""
    if (found := _FIGURES.search(told)) is None:
        into.add(rule_key(*named), "(disebut tanpa angka)", output)
        return
    into.add(rule_key(*named), found[1], output)
    into.add(people_key(*named), found[2], output)


def read_gaps(into: Printed, report: Report, path: Path | None) -> None:
    """The long sheet of gaps by place; with its file, that must hold the lines as they are counted now.

    Args:
        report: its publication must still be open.
    """
    for layer in report.places.rules.values():
        for place in report.places.places:
            figure = layer.at(place)
            if layer.cell is None or layer.whole_cell is None or not (figure.part or figure.mark):
                continue
            into.add(layer.cell(place), _told(figure.part, figure.mark), gap_book.FILE)
            if layer.by_place:
                into.add(layer.whole_cell(place), _told(figure.whole, figure.whole_mark), gap_book.FILE)
    if path is None or not path.exists():
        return
    wanted = [
        (*names, _told(figure.part, figure.mark), _told(figure.whole, figure.whole_mark), *codes)
        for names, figure, codes in gap_book.lines(report)
    ]
    [(_, rows)] = sheets(path)
    share = len(gap_book.COLUMNS) - 3
    if [tuple(_texted(row[at]) for at in range(len(row)) if at != share) for row in rows[HEAD_ROW + 1 :]] != wanted:
        into.faults.append(f"{path.name}: berkas di laporan berbeda dari yang dihitung sekarang")


def _told(value: int | None, mark: Cover | None) -> str:
    return mark.text if mark else "" if value is None else number(value)


def _texted(value: object) -> str:
    return number(int(value)) if isinstance(value, int | float) else str(value or "")


def sheets(path: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The sheets of a workbook with their rows."""
    book = load_workbook(path, read_only=True)
    for sheet in book.worksheets:
        yield sheet.title, list(sheet.iter_rows(values_only=True))
    book.close()
