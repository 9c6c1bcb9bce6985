"""What the XML of a sheet says without the reader: rows with a value, error and formula cells, what is hidden.

It is the second count beside the reader's own; values are not taken from here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree  # nosec B405  # a workbook's parts, in the reading child; expat resolves nothing outside (tests/security/test_xml.py)

import numpy as np
import numpy.typing as npt

from padanan.landing.archive import RESAVE, whole
from padanan.landing.raw import DamagedFile

UNREADABLE = "buku kerja tidak terbaca"
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>(.*?)</(?:\w+:)?row>", re.DOTALL)
_EMPTY = re.compile(rb"<(?:\w+:)?row\b[^>]*/>")
_BEGIN = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_END = re.compile(rb"</(?:\w+:)?row>")
_NUMBER = re.compile(rb'\br="(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>[^<]")
_ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"')
_ERROR_MARK = b't="e"'
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_UNCACHED = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>")
# Cells one by one; an attribute may hold a `>` in no workbook, a `<` in no XML.
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*?(?<!/)>(.*?</(?:\w+:)?c>)', re.DOTALL)
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_SPAN = re.compile(rb'\b(min|max)="(\d+)"')
# Past the last column of data Excel hides ranges that reach to the end of the sheet.
_MOST_COLUMNS = 1000


@dataclass
class SheetCount:
    """What the XML of one sheet says, without calamine.

    Attributes:
        rows: 1-based numbers of rows that hold a value; `errors` those among them with an error cell.
        formulas, uncached: formula cells, and those whose result was not saved; `formula_cells` and `uncached_cells` are their
            addresses, column letter to 1-based rows, as far as the file says them.
        last: the highest row number, empty rows included.
        hidden_rows: 1-based numbers of hidden rows that hold a value; `hidden_columns` 0-based.
    """

    rows: npt.NDArray[np.int64]
    errors: npt.NDArray[np.int64]
    formulas: int
    uncached: int
    last: int
    hidden_rows: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    hidden_columns: frozenset[int] = frozenset()
    formula_cells: dict[str, list[int]] = field(default_factory=dict)
    uncached_cells: dict[str, list[int]] = field(default_factory=dict)


def count_sheet(path: Path, name: str) -> SheetCount:
    """Counts rows with a value in the XML of one sheet, streaming.

    Raises:
        DamagedFile: the archive, or what in it leads to the sheet, can't be read; or no sheet has that name.
    """
    columns: frozenset[int] | None = None
    found = _Found()
    with whole(UNREADABLE, RESAVE), zipfile.ZipFile(path) as archive, archive.open(_sheet_part(archive, name)) as stream:
        rest = b""
        while block := stream.read(1 << 22):
            rest += block
            if columns is None:
                columns = _hidden_columns(rest)
            cut = rest.rfind(b"row>") + 4
            if cut < 4:
                continue
            done, rest = rest[:cut], rest[cut:]
            found.add_formulas(done)
            for attributes, cells in _rows(done):
                found.add_row(attributes, cells)
    return SheetCount(
        np.asarray(found.rows, np.int64),
        np.asarray(found.errors, np.int64),
        found.formulas,
        found.uncached,
        found.last,
        np.asarray(found.hidden, np.int64),
        columns or frozenset(),
        found.with_formula,
        found.without_value,
    )


class _Found:
    """What was counted so far."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.errors: list[int] = []
        self.hidden: list[int] = []
        self.formulas = self.uncached = self.last = 0
        self.with_formula: dict[str, list[int]] = {}
        self.without_value: dict[str, list[int]] = {}

    def add_formulas(self, done: bytes) -> None:
        """Formula cells of whole rows."""
        # No `<` stands in a text: without either there is no element that begins with an f, and nothing to look through.
        found = len(_FORMULA.findall(done)) if b"<f" in done or b":f" in done else 0
        if not found:
            return
        self.formulas += found
        self.uncached += len(_UNCACHED.findall(done))
        for cell in _CELL.finditer(done):
            if _FORMULA.search(cell[3]):
                self.with_formula.setdefault(cell[1].decode(), []).append(int(cell[2]))
                if _UNCACHED.search(cell[3]):
                    self.without_value.setdefault(cell[1].decode(), []).append(int(cell[2]))

    def add_row(self, attributes: bytes, cells: bytes) -> None:
        """One row: the text of its tag, and what stands between that and its end."""
        number = _NUMBER.search(attributes)
        self.last = int(number[1]) if number else self.last + 1
        if _VALUE.search(cells):
            self.rows.append(self.last)
            if _HIDDEN.search(attributes):
                self.hidden.append(self.last)
            if _ERROR_MARK in cells and _ERROR.search(cells):
                self.errors.append(self.last)


def _rows(done: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Attributes and cells of each row of a block that ends with one; rows without an end of their own are empty."""
    first = _END.search(done)
    end = first[0] if first else b""
    # Where every `row>` is that one end, the ends are found by plain search, several times as fast as by the expression.
    if not end or done.count(b"row>") != done.count(end):
        for match in _ROW.finditer(_EMPTY.sub(b"", done)):
            yield match[1], match[2]
        return
    for piece in done.split(end):
        begin = _BEGIN.search(piece)
        while begin and begin[1].endswith(b"/"):
            begin = _BEGIN.search(piece, begin.end())
        if begin:
            yield begin[1], piece[begin.end() :]


def _hidden_columns(head: bytes) -> frozenset[int]:
    """0-based numbers of hidden columns, from what stands before the first row."""
    found: set[int] = set()
    for column in _COLUMN.findall(head.split(b"sheetData", 1)[0]):
        span = {name: int(number) for name, number in _SPAN.findall(column)}
        if _HIDDEN.search(column) and b"min" in span:
            found.update(range(span[b"min"] - 1, min(span.get(b"max", span[b"min"]), _MOST_COLUMNS)))
    return frozenset(found)


def _sheet_part(archive: zipfile.ZipFile, name: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # nosec B314  # in the reading child; expat resolves nothing outside (tests/security/test_xml.py)
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # nosec B314  # in the reading child; expat resolves nothing outside (tests/security/test_xml.py)
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == name:
            key = next((value for attribute, value in sheet.attrib.items() if attribute.endswith("}id")), None)
            target = targets.get(key, "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise DamagedFile("lembar tidak ditemukan di dalam buku kerja", RESAVE)
