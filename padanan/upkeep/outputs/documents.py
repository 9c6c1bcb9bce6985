"""Reads the decree's papers again: which cells of the data sasaran the annex and the drafts print, and what they say.

Only tables are read (XLSX and DOCX); the PDF of a paper is made of its DOCX.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from docx import Document

from padanan.base.format import number
from padanan.base.home import Home
from padanan.decree.documents.context import SPLIT_NAMES
from padanan.published.cells.declared import Key
from padanan.published.cells.people import WITHOUT_FAMILY, split_key, target_key
from padanan.published.cells.places import place_key
from padanan.published.report import Report
from padanan.published.wilayah import UNKNOWN
from padanan.records.seals import seals
from padanan.upkeep.outputs.printed import Printed, sheets

_TABLES: Mapping[str, str] = {"jenis_kelamin": "jk", "umur": "umur"}


def papers(home: Home, report: Report) -> Iterator[Path]:
    """The drafts of the revision, and the annexes of the decrees that sealed it."""
    periode, revisi = report.source.periode, report.source.revisi
    folders = [home.decree(periode) / "dokumen" / f"rev-{revisi}"]
    folders += [home.decree(periode) / f"ke-{seal.ke}" for seal in seals(home, periode) if seal.data["revisi"] == revisi]
    for folder in folders:
        yield from sorted(path for path in folder.glob("*") if path.suffix in (".xlsx", ".docx"))


def read_paper(into: Printed, report: Report, path: Path) -> None:
    """One paper; a line that begins with the code of a place or of a class prints the data sasaran there."""
    if path.suffix == ".xlsx":
        for title, rows in sheets(path):
            texts = [["" if value is None else _text(value) for value in row] for row in rows]
            _lines(into, report, title, texts, path.name)
        return
    for table in Document(str(path)).tables:
        lines = [[str(cell.text).strip() for cell in row.cells] for row in table.rows]
        _lines(into, report, lines[0][0] if lines else "", lines, path.name)


def _text(value: object) -> str:
    return number(value) if isinstance(value, int) else str(value).strip()


def _lines(into: Printed, report: Report, title: str, rows: Sequence[Sequence[str]], output: str) -> None:
    places = _places(report)
    split = next((name for name, told in SPLIT_NAMES.items() if told == title), None)
    for row in rows:
        if not row or len(row) < 2:
            continue
        code, told = row[0], _count(row)
        if told is None:
            continue
        if code in places:
            into.add(places[code], told, output)
        elif code == "tanpa_keluarga":
            into.add(WITHOUT_FAMILY, told, output)
        elif split is not None and code and (key := _class(report, split, code)) is not None:
            into.add(key, told, output)


def _count(row: Sequence[str]) -> str | None:
    """The first count or mark behind the names."""
    return next((text for text in row[1:] if text in ("<5", "ditutup") or text.replace(".", "").isdigit()), None)


def _class(report: Report, split: str, code: str) -> Key | None:
    key = split_key(_TABLES[split], code, "sasaran") if split in _TABLES else target_key(split, code)
    return key if report.cells.has(key) else None


def _places(report: Report) -> dict[str, Key]:
    """Kemendagri code -> the place's data sasaran; unknown places have no code of their own."""
    waiting, found = list(report.tree.root.children), {}
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if UNKNOWN not in node.path:
            found[node.code] = place_key(node.path, "sasaran")
    return found
