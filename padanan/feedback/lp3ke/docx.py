"""A matrix, a cover letter and LP2KD as DOCX: tables as printed on A4 landscape, the same bytes for the same content.

What the cells hold is decided by `content` and `people`; nothing is counted here.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from padanan.base import disk
from padanan.base.docx import EPOCH, normalised, settle
from padanan.base.format import number
from padanan.feedback.lp3ke.forms import Form
from padanan.feedback.lp3ke.sheets import Book
from padanan.forms.sealed_book import Layout

AUTHOR = "Sekretariat TKPK Provinsi DKI Jakarta"
_SIZE = 8
_LETTER, _BOLD, _LINE, _EDGE = 0.168, 1.1, 0.34, 0.08
"""Centimetres of a letter (of Arial) and of a line at that size, how much wider bold is, and what stays free beside words."""
_TWIPS, _HIGHEST = 567, 5.0
"""A centimetre in twentieths of a point; the highest heading in centimetres."""


class Paper:
    """One document being written."""

    def __init__(self, title: str, *, landscape: bool = False) -> None:
        self.doc = Document()
        section = self.doc.sections[0]
        width, high, margin = (29.7, 21.0, 1.5) if landscape else (21.0, 29.7, 2.5)
        self.room = width - 2 * margin
        """Centimetres between the margins."""
        section.page_width, section.page_height = Cm(width), Cm(high)
        if landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
        section.left_margin = section.right_margin = Cm(margin)
        section.top_margin = section.bottom_margin = Cm(1.5 if landscape else 2)
        style = self.doc.styles["Normal"]
        style.font.name, style.font.size = "Arial", Pt(_SIZE if landscape else 11)
        core = self.doc.core_properties
        core.title, core.author, core.last_modified_by, core.language = title, AUTHOR, AUTHOR, "id-ID"
        core.created = core.modified = EPOCH
        core.comments, core.keywords, core.revision = "", "", 1

    def title(self, text: str) -> None:
        """The paper's heading, centred."""
        paragraph = self.doc.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold = True
        run.font.size = Pt(12)

    def head(self, text: str) -> None:
        """A heading of a part."""
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(8)
        paragraph.add_run(text).bold = True

    def text(self, text: str) -> None:
        """A paragraph."""
        self.doc.add_paragraph(text).paragraph_format.space_after = Pt(4)

    def foot(self, text: str) -> None:
        """What every page names."""
        self.doc.sections[0].footer.paragraphs[0].add_run(text).font.size = Pt(7)

    def table(
        self, heads: Sequence[Sequence[str | None]], rows: Iterable[Sequence[str]], widths: Sequence[float], *, spans: bool = True
    ) -> Any:
        """A table with lines; None in a heading goes on with the cell to its left; headings come again on every page.

        A column is at least as wide as the longest word in it, so that no number is broken over lines; a heading whose words are
        longer than that stands upright.

        Args:
            widths: relative ones; together they fill the page.
        """
        texts = [list(row) for row in rows]
        needed = [max(_longest(row[place] or "") for row in [*texts, *heads[-1:]]) for place in range(len(widths))]
        widths = _fitted(widths, needed, self.room)
        table = self.doc.add_table(rows=len(heads) + len(texts), cols=len(widths))
        table.style, table.autofit = "Table Grid", False
        _tight(table)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
            for cell in column.cells:
                cell.width = Cm(width)
        cells = [list(row.cells) for row in table.rows]
        for line, head in enumerate(heads):
            for place, text in enumerate(head):
                if text:
                    run = cells[line][place].paragraphs[0].add_run(text)
                    run.bold, run.font.size = True, Pt(_SIZE)
        for line, text_row in enumerate(texts, len(heads)):
            for place, text in enumerate(text_row):
                if text:
                    cells[line][place].paragraphs[0].add_run(text).font.size = Pt(_SIZE)
        if spans:
            _merge(cells, heads)
        above = list(table.rows)[: len(heads)]
        for row in above:
            _repeated(row)
        _stood_up(above, heads, widths)
        settle(table)
        return table

    def write(self, path: Path) -> None:
        """Writes the file, mode 0600."""
        target = io.BytesIO()
        self.doc.save(target)
        disk.write_bytes(path, normalised(target.getvalue()))
        disk.chmod(path, 0o600)


def _merge(cells: Sequence[Sequence[Any]], heads: Sequence[Sequence[str | None]]) -> None:
    """Heading cells that go on with their left neighbour, and empty ones that belong to the cell over them."""
    for line, head in enumerate(heads):
        for place, text in enumerate(head):
            last = place
            while text is not None and last + 1 < len(head) and head[last + 1] is None:
                last += 1
            if last > place:
                cells[line][place].merge(cells[line][last])
            if text and line + 1 < len(heads) and last == place and heads[line + 1][place] == "":
                cells[line][place].merge(cells[line + 1][place])


def _longest(text: str) -> float:
    """Centimetres of the longest word of a cell, with what stands beside it."""
    return max((len(word) for word in text.replace("/", "/ ").replace("-", "- ").split()), default=0) * _LETTER + 2 * _EDGE


def _fitted(widths: Sequence[float], needed: Sequence[float], room: float) -> list[float]:
    """Centimetres of each column: what it needs (two fifths of its share at least, for a hand to write in), and of the rest
    its share again.

    Only their shares where the needs don't fit the page.
    """
    scale = room / sum(widths)
    needed = [max(need, 0.4 * width * scale) for width, need in zip(widths, needed, strict=True)]
    if sum(needed) > room:
        return [width * scale for width in widths]
    lacking = [max(need - width * scale, 0.0) for width, need in zip(widths, needed, strict=True)]
    spare = [max(width * scale - need, 0.0) for width, need in zip(widths, needed, strict=True)]
    given = sum(lacking) / sum(spare) if sum(lacking) else 0.0
    return [width * scale + lack - free * given for width, lack, free in zip(widths, lacking, spare, strict=True)]


def _tight(table: Any) -> None:
    """Little room beside the words of every cell."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    edge = round(_EDGE * _TWIPS)
    sides = "".join(f'<w:{side} w:w="{edge}" w:type="dxa"/>' for side in ("left", "right"))
    table._tbl.tblPr.insert_element_before(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>"), "w:tblLook")


def _stood_up(rows: Sequence[Any], heads: Sequence[Sequence[str | None]], widths: Sequence[float]) -> None:
    """Turns the headings whose longest word does not fit their column; the rows are as high as the longest of them."""
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    high = [0.0] * len(heads)
    for line in reversed(range(len(heads))):
        for place, text in enumerate(heads[line]):
            right = place + 1
            while right < len(widths) and heads[line][right] is None:
                right += 1
            wide = sum(widths[place:right])
            if not text or _longest(text) * _BOLD <= wide:
                continue
            turned = OxmlElement("w:textDirection")
            turned.set(qn("w:val"), "btLr")
            rows[line].cells[place]._tc.get_or_add_tcPr().append(turned)
            last = line
            while last + 1 < len(heads) and right == place + 1 and heads[last + 1][place] == "":
                last += 1
            lines = max(int((wide - 2 * _EDGE) / _LINE), 1)
            long = max(_longest(text), len(text) * _LETTER * _BOLD / lines + 6 * _EDGE)
            high[last] = max(high[last], min(long, _HIGHEST) - sum(high[line:last]))
    for row, needed in zip(rows, high, strict=True):
        if needed:
            row.height, row.height_rule = Cm(needed), WD_ROW_HEIGHT_RULE.AT_LEAST


def _repeated(row: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = row._tr.get_or_add_trPr()
    if properties.find(qn("w:tblHeader")) is None:
        properties.append(OxmlElement("w:tblHeader"))


def write_matrix(
    path: Path, book: Book, form: Form, layout: Layout, rows: Iterable[Mapping[str, Any]], instead: str = ""
) -> None:
    """One matrix as printed: title, table, instructions.

    Args:
        instead: a sentence that stands for the rows where they are too many for a paper.
    """
    paper = Paper(form.title, landscape=True)
    paper.title(form.title)
    paper.text(layout.lines[0])
    visible = layout.visible
    heads = layout.headings[: len(form.above) + 1]
    texts = [[_shown(row.get(name)) for name in visible] for row in rows]
    widths = [layout.widths.get(name, 12) for name in visible]
    paper.table([head[: len(visible)] for head in heads], texts, widths)
    if instead:
        paper.text(instead)
    if form.notes:
        paper.head("Keterangan:" if book.number == 3 else "Keterangan Kolom:")
        for what, text in form.notes:
            paper.text(f"{what} {text}")
    paper.foot(book.foot)
    paper.write(path)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, int) and value > 9 else str(value)
