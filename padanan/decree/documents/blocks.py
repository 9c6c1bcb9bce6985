"""Reads a filled DOCX as plain blocks, so that the PDF says what the DOCX says, also after an official edited a template.

It understands what the templates are made of: paragraphs, breaks, tabs, numbering, tables with and without lines; setting
the blocks is in `pdf`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

HEADINGS = {"Title": 1, "Heading 1": 2, "Heading 2": 3, "Heading 3": 4}
_ALIGN = {"center": "tengah", "right": "kanan", "end": "kanan", "both": "penuh", "distribute": "penuh"}
_EMU = 12700
Block = dict[str, Any]


def read(content: bytes) -> dict[str, Any]:
    """A DOCX as `{"judul", "kepala": blocks, "kaki": blocks, "isi": blocks, "tepi": margins in points}`."""
    document = Document(io.BytesIO(content))
    section = document.sections[0]
    numbers = _Numbers(document)
    return {
        "judul": str(document.core_properties.title),
        "kepala": list(_blocks(section.header._element, section.header, numbers)),
        "kaki": list(_blocks(section.footer._element, section.footer, numbers)),
        "isi": list(_blocks(document.element.body, document, numbers)),
        "tepi": {
            name: _points(getattr(section, f"{key}_margin")) or 0.0
            for name, key in (("atas", "top"), ("bawah", "bottom"), ("kiri", "left"), ("kanan", "right"))
        },
    }


def _blocks(element: Any, parent: Any, numbers: _Numbers) -> Iterator[Block]:
    for child in element.iterchildren():
        if child.tag == qn("w:p"):
            yield from _paragraph(Paragraph(child, parent), numbers)
        elif child.tag == qn("w:tbl"):
            yield _table(Table(child, parent), numbers)


def _paragraph(paragraph: Paragraph, numbers: _Numbers) -> Iterator[Block]:
    properties = paragraph._p.pPr
    style = numbers.style(paragraph)
    alignment = _inherited(paragraph, style, "w:jc")
    runs: list[dict[str, Any]] = []
    mark = numbers.mark(paragraph)
    if mark:
        runs.append({"t": f"{mark}\t"})
    breaks = False
    for run in paragraph._p.iter(qn("w:r"), qn("w:fldSimple")):
        if run.tag == qn("w:fldSimple"):
            runs.append({"bidang": str(run.get(qn("w:instr"))).strip().split()[0]})
        elif run.getparent().tag != qn("w:fldSimple"):
            text = "".join(_characters(run))
            breaks |= any(item.get(qn("w:type")) == "page" for item in run.iter(qn("w:br")))
            if text:
                runs.append({"t": text, **_looks(run, paragraph)})
    if breaks:
        yield {"jenis": "halaman"}
        if not runs:
            return
    form = paragraph.paragraph_format
    border = properties is not None and properties.find(f"{qn('w:pBdr')}/{qn('w:bottom')}") is not None
    yield {
        "jenis": "paragraf",
        "tingkat": HEADINGS.get(style.name, 0),
        "gaya": style.name,
        "rata": _ALIGN.get(alignment, "kiri"),
        "potongan": runs,
        "takik": _points(form.left_indent) or 0.0,
        "gantung": -(_points(form.first_line_indent) or 0.0),
        "sebelum": _first(_points(form.space_before), style.before),
        "sesudah": _first(_points(form.space_after), style.after),
        "ukuran": style.size,
        "lekat": bool(_first(form.keep_with_next, style.keep)),
        "garis": border,
    }


def _table(table: Table, numbers: _Numbers) -> Block:
    columns = [int(column.get(qn("w:w")) or 0) / 20 for column in table._tbl.tblGrid.iterchildren(qn("w:gridCol"))]
    rows = []
    heads = 0
    for number, row in enumerate(table.rows):
        properties = row._tr.trPr
        if properties is not None and properties.find(qn("w:tblHeader")) is not None and heads == number:
            heads += 1
        cells, place = [], 0
        for cell in row._tr.tc_lst:
            span = cell.grid_span
            shade = cell.find(f"{qn('w:tcPr')}/{qn('w:shd')}")
            cells.append(
                {
                    "kolom": place,
                    "lebar": span,
                    "tinggi": 1,
                    "lanjutan": cell.vMerge == "continue",
                    "warna": shade.get(qn("w:fill")) if shade is not None else None,
                    "isi": list(_blocks(cell, table, numbers)),
                }
            )
            place += span
        rows.append(cells)
    for number, cells in enumerate(rows):
        for cell in cells:
            if cell["lanjutan"]:
                continue
            while number + cell["tinggi"] < len(rows) and any(
                below["lanjutan"] and below["kolom"] == cell["kolom"] for below in rows[number + cell["tinggi"]]
            ):
                cell["tinggi"] += 1
    style = table.style
    return {
        "jenis": "tabel",
        "garis": style is not None and style.name == "Table Grid",
        "lebar": columns,
        "kepala": heads,
        "baris": [[cell for cell in cells if not cell["lanjutan"]] for cells in rows],
    }


def _characters(run: Any) -> Iterator[str]:
    for item in run.iterchildren():
        if item.tag == qn("w:t"):
            yield item.text or ""
        elif item.tag == qn("w:tab"):
            yield "\t"
        elif item.tag == qn("w:br") and item.get(qn("w:type")) != "page":
            yield "\n"
        elif item.tag == qn("w:noBreakHyphen"):
            yield "\u2011"


def _looks(run: Any, paragraph: Paragraph) -> dict[str, Any]:
    properties = run.rPr
    if properties is None:
        return {}
    looks: dict[str, Any] = {}
    for name, tag in (("tebal", "w:b"), ("miring", "w:i"), ("garis_bawah", "w:u")):
        found = properties.find(qn(tag))
        if found is not None and found.get(qn("w:val")) not in ("0", "false", "none"):
            looks[name] = True
    size = properties.find(qn("w:sz"))
    if size is not None:
        looks["ukuran"] = float(size.get(qn("w:val"))) / 2
    return looks


def _inherited(paragraph: Paragraph, style: _Style, tag: str) -> str:
    """A paragraph property's value, its own or that of its style and the styles this is based on."""
    found = _property(paragraph, style, tag)
    return str(found.get(qn("w:val"))) if found is not None else ""


def _property(paragraph: Paragraph, style: _Style, tag: str) -> Any:
    for element in (paragraph._p.pPr, *style.properties):
        found = element.find(qn(tag)) if element is not None else None
        if found is not None:
            return found
    return None


@dataclass(frozen=True)
class _Style:
    """What a paragraph has of its style and of those this is based on; `properties` the nearest first."""

    name: str
    properties: tuple[Any, ...]
    size: float
    before: float | None
    after: float | None
    keep: bool | None

    @classmethod
    def of(cls, style: Any) -> _Style:
        if style is None:
            return cls("", (), _size(None), None, None, None)
        form = style.paragraph_format
        before, after = _points(form.space_before), _points(form.space_after)
        return cls(str(style.name), tuple(_properties(style)), _size(style), before, after, form.keep_with_next)


def _properties(style: Any) -> Iterator[Any]:
    while style is not None:
        yield style.element.pPr
        style = style.base_style


def _size(style: Any) -> float:
    while style is not None:
        if style.font.size is not None:
            return float(style.font.size.pt)
        style = style.base_style
    return 11.0


def _points(length: Any) -> float | None:
    return None if length is None else length / _EMU


def _first(own: Any, inherited: Any) -> Any:
    return own if own is not None else inherited


class _Numbers:
    """Word's automatic numbering, counted as Word counts it (`1.`, `a.` or a dash for bullets), and its styles, each read once:
    python-docx searches the whole list of styles for every paragraph that asks.
    """

    def __init__(self, document: Any) -> None:
        self.counts: dict[tuple[str, int], int] = {}
        self._styles: dict[str | None, _Style] = {}
        try:
            self.root: Any = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            self.root = None

    def style(self, paragraph: Paragraph) -> _Style:
        """The style of a paragraph; header, footer and body share the document's."""
        name = paragraph._p.style
        if name not in self._styles:
            self._styles[name] = _Style.of(paragraph.style)
        return self._styles[name]

    def mark(self, paragraph: Paragraph) -> str:
        """The mark before a paragraph, empty when it has none."""
        number = level = None
        found = _property(paragraph, self.style(paragraph), "w:numPr")
        if found is not None:
            ids, levels = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
            number = ids.get(qn("w:val")) if ids is not None else None
            level = int(levels.get(qn("w:val"))) if levels is not None else 0
        if number in (None, "0") or self.root is None or level is None:
            return ""
        form, text = self._format(str(number), level)
        if form in ("bullet", "none", ""):
            return "" if form in ("none", "") else "–"
        for key in [key for key in self.counts if key[0] == number and key[1] > level]:
            del self.counts[key]
        count = self.counts[str(number), level] = self.counts.get((str(number), level), 0) + 1
        shown = chr(96 + count) if form == "lowerLetter" else chr(64 + count) if form == "upperLetter" else str(count)
        return text.replace(f"%{level + 1}", shown) if f"%{level + 1}" in text else f"{shown}."

    def _format(self, number: str, level: int) -> tuple[str, str]:
        for item in self.root.iterchildren(qn("w:num")):
            if item.get(qn("w:numId")) == number:
                abstract = item.find(qn("w:abstractNumId")).get(qn("w:val"))
                for form in self.root.iterchildren(qn("w:abstractNum")):
                    if form.get(qn("w:abstractNumId")) == abstract:
                        for step in form.iterchildren(qn("w:lvl")):
                            if step.get(qn("w:ilvl")) == str(level):
                                kind, text = step.find(qn("w:numFmt")), step.find(qn("w:lvlText"))
                                return (
                                    kind.get(qn("w:val")) if kind is not None else "decimal",
                                    text.get(qn("w:val")) if text is not None else "",
                                )
        return "", ""
