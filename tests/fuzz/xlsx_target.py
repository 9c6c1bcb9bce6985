"""Workbooks of any bytes: a delivery of KLJ whose parts are damaged one edit after another.

Where the sheet is whole XML its rows are looked for once more with a parser that the reader does not use.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from xml.etree import ElementTree

import openpyxl

from padanan.contracts.contract import load_contracts
from padanan.landing.raw import RawTable
from tests.fuzz.harness import Account, Lost, Target
from tests.fuzz.reading import lines_of, reader
from tests.fuzz.recipe import damaged, parts_of

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@cache
def base() -> tuple[tuple[str, bytes], ...]:
    """The parts of the workbook that is damaged: one sheet with texts, numbers, a date, a formula and merged cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "KLJ"
    columns = load_contracts()["klj"].columns
    sheet.append([column.source for column in columns])
    for number in range(4):
        sheet.append([f"{column.name[:4]}{number}" for column in columns])
    sheet["A3"], sheet["B3"], sheet["C3"], sheet["D3"] = 3171010101010001, "=1+1", True, 45000
    sheet["E4"].number_format, sheet["E4"] = "dd/mm/yyyy", 45001
    sheet.merge_cells("D4:D5")
    book.create_sheet("Lain").append(["catatan"])
    out = io.BytesIO()
    book.save(out)
    return tuple(parts_of(out.getvalue()))


def count_again(data: bytes, raw: RawTable) -> None:
    """In a book of one sheet whose rows are numbered upwards: each row with a number or a text of its own is somewhere."""
    good, bad = lines_of(raw)
    told = any(flag.rule_id == "baris_hilang" or "kosong ketika dibaca" in flag.cause for flag in raw.flags)
    if raw.facts["lembar"] != ["KLJ"] or told:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    except (ElementTree.ParseError, KeyError, zipfile.BadZipFile, ValueError):
        return
    rows = [row for part in root.iter(f"{_MAIN}sheetData") for row in part.findall(f"{_MAIN}row")]
    numbers = [int(row.get("r", "0")) if row.get("r", "0").isdecimal() else 0 for row in rows]
    if numbers != sorted(set(numbers)) or 0 in numbers:
        return
    said = {
        number
        for number, row in zip(numbers, rows, strict=True)
        for cell in row.findall(f"{_MAIN}c")
        if cell.get("t", "n") in ("n", "str", "inlineStr")
        and cell.get("r", "").rstrip("0123456789")
        and cell.get("r", "").endswith(str(number))
        for text in [*cell.findall(f"{_MAIN}v"), *cell.iterfind(f"{_MAIN}is/{_MAIN}t")]
        if (text.text or "").strip()
    }
    if gone := {number for number in said if number > raw.facts["garis_judul"]} - good - bad:
        raise Lost(f"rows {sorted(gone)[:5]} say something and are nowhere")


def far_off(data: bytes) -> bool:
    """Whether a cell says that it stands outside of what a sheet holds: the reader lays the sheet out as far as that."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if "sheet" in name and name.endswith(".xml")]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, zlib.error):
        return False
    return any(int(row) > 1 << 20 for sheet in sheets for row in re.findall(rb'"\$?[A-Za-z]{1,7}\$?([0-9]{7,19})"', sheet))


@contextmanager
def opened() -> Iterator[Callable[[bytes], Account]]:
    with reader("klj", ".xlsx", count_again) as read:

        def one(recipe: bytes) -> Account:
            data = damaged(list(base()), recipe)
            # This process has no limit of memory; the child has one, and `deliver_target`'s corpus holds such a book.
            return Account(word="sel di luar lembar") if far_off(data) else read(data)

        yield one


def seeds() -> dict[str, bytes]:
    return {"utuh": b"", "sisip": b"\x00\x05\x80\x00\x26", "atribut": b"\x05\x05\x40\x00\x01", "baris": b"\x07\x05\x90\x00\x03",
            "zip": b"\xffPK\x03\x04", "nama": b"\x09\x05\x00\x00\x3c", "potong": b"\x0b\x00\x80\x00"}  # fmt: skip


TARGET = Target("xlsx", 10, opened, seeds)
