"""Reads a tagged PDF back: which rows of which table stand on which page, from the structure tree that a screen reader uses.

It is the tests' own reader: nothing of the code that made the PDF helps it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader


def text_of(path: Path) -> str:
    """What a PDF says, page after page; by poppler where it is there, a hundred times as fast."""
    if (poppler := shutil.which("pdftotext")) is not None:
        return subprocess.run([poppler, str(path), "-"], capture_output=True, text=True, check=True).stdout
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def pages_of(element: Any, page: Any = None) -> Iterator[int]:
    """The pages (object numbers) on which the content of a structure element stands."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, int):
        if page is not None:
            yield page
        return
    if isinstance(element, list):
        for item in element:
            yield from pages_of(item, page)
        return
    if "/Pg" in element:
        page = element.raw_get("/Pg").idnum
    if "/MCID" in element and element.get("/Type") == "/MCR":
        yield page
    elif "/K" in element:
        yield from pages_of(element["/K"], page)


def elements(element: Any, kind: str) -> Iterator[Any]:
    """Every structure element of a kind, in reading order."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for item in element:
            yield from elements(item, kind)
    elif hasattr(element, "keys"):
        if element.get("/S") == kind:
            yield element
        elif "/K" in element:
            yield from elements(element["/K"], kind)


def rows_by_page(reader: PdfReader) -> list[Counter[int]]:
    """Per table how many of its rows below the head stand on each page; a row over two pages counts on both."""
    found = []
    for table in elements(reader.trailer["/Root"]["/StructTreeRoot"], "/Table"):
        heads = sum(1 for part in elements(table, "/THead") for _ in elements(part, "/TR"))
        rows = list(elements(table, "/TR"))[heads:]
        count: Counter[int] = Counter()
        for row in rows:
            count.update(set(pages_of(row)))
        found.append(count)
    return found


def lone_rows(reader: PdfReader) -> list[Counter[int]]:
    """Tables of more than one row of which some page holds a single row."""
    return [count for count in rows_by_page(reader) if sum(count.values()) > 1 and 1 in count.values()]


def accessible(reader: PdfReader) -> bool:
    """Tagged, in Indonesian, with a title, and declared as PDF/UA."""
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_object().get_data().decode()
    tagged = bool(root["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in root
    return tagged and root["/Lang"] == "id-ID" and bool(reader.metadata.title) and "pdfuaid:part" in xmp
