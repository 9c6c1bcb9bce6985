"""What the XML of a sheet says without the reader: rows with a value, error and formula cells, what is hidden.

It is the second count beside the reader's own; values are not taken from here.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from padanan.landing.archive import RESAVE
from padanan.landing.raw import DamagedFile

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>(.*?)</(?:\w+:)?row>", re.DOTALL)
_NUMBER = re.compile(rb'\br="(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>[^<]")
_ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"')
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
    """Counts rows with a value in the XML of one sheet, streaming."""
    rows: list[int] = []
    errors: list[int] = []
    hidden: list[int] = []
    columns: frozenset[int] | None = None
    formulas = uncached = last = 0
    with_formula: dict[str, list[int]] = {}
    without_value: dict[str, list[int]] = {}
    with zipfile.ZipFile(path) as archive, archive.open(_sheet_part(archive, name)) as stream:
        rest = b""
        while block := stream.read(1 << 22):
            rest += block
            if columns is None:
                columns = _hidden_columns(rest)
            cut = rest.rfind(b"row>") + 4
            if cut < 4:
                continue
            done, rest = rest[:cut], rest[cut:]
            found = len(_FORMULA.findall(done))
            formulas += found
            uncached += len(_UNCACHED.findall(done))
            if found:
                for cell in _CELL.finditer(done):
                    if _FORMULA.search(cell[3]):
                        with_formula.setdefault(cell[1].decode(), []).append(int(cell[2]))
                        if _UNCACHED.search(cell[3]):
                            without_value.setdefault(cell[1].decode(), []).append(int(cell[2]))
            done = re.sub(rb"<(?:\w+:)?row\b[^>]*/>", b"", done)
            for match in _ROW.finditer(done):
                number = _NUMBER.search(match[1])
                last = int(number[1]) if number else last + 1
                if _VALUE.search(match[2]):
                    rows.append(last)
                    if _HIDDEN.search(match[1]):
                        hidden.append(last)
                    if _ERROR.search(match[2]):
                        errors.append(last)
    return SheetCount(
        np.asarray(rows, np.int64),
        np.asarray(errors, np.int64),
        formulas,
        uncached,
        last,
        np.asarray(hidden, np.int64),
        columns or frozenset(),
        with_formula,
        without_value,
    )


def _hidden_columns(head: bytes) -> frozenset[int]:
    """0-based numbers of hidden columns, from what stands before the first row."""
    found: set[int] = set()
    for column in _COLUMN.findall(head.split(b"sheetData", 1)[0]):
        span = {name: int(number) for name, number in _SPAN.findall(column)}
        if _HIDDEN.search(column) and b"min" in span:
            found.update(range(span[b"min"] - 1, min(span.get(b"max", span[b"min"]), _MOST_COLUMNS)))
    return frozenset(found)


def _sheet_part(archive: zipfile.ZipFile, name: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == name:
            key = next((value for attribute, value in sheet.attrib.items() if attribute.endswith("}id")), None)
            target = targets.get(key, "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise DamagedFile("lembar tidak ditemukan di dalam buku kerja", RESAVE)
