"""The building blocks of the initial DOCX templates: styles, kop, layout tables, bordered tables, header and footer.

What the documents say stands in `make_templates`; filling a template in belongs to `docx`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

FONT = "Arial"
CELL, TIGHT = "Isi Tabel", "Rapat"
ALIGN = {
    "kiri": WD_ALIGN_PARAGRAPH.LEFT,
    "tengah": WD_ALIGN_PARAGRAPH.CENTER,
    "kanan": WD_ALIGN_PARAGRAPH.RIGHT,
    "penuh": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


class Template:
    """A document under construction, A4 upright, in Indonesian."""

    def __init__(self, title: str) -> None:
        self.doc: Any = Document()
        section = self.doc.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin, section.right_margin = Cm(2.5), Cm(2)
        section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.2)
        section.header_distance, section.footer_distance = Cm(1), Cm(0.8)
        self._styles()
        self.doc.core_properties.title = title
        self._header()
        self._footer()

    def _styles(self) -> None:
        styles = self.doc.styles
        for name, size, bold, before, after, align in (
            ("Normal", 11, False, 0, 6, "penuh"),
            ("Title", 13, True, 6, 12, "tengah"),
            ("Heading 1", 11, True, 12, 4, "kiri"),
            ("Heading 2", 11, True, 8, 4, "kiri"),
            ("Caption", 10, True, 8, 3, "kiri"),
        ):
            style = styles[name]
            _font(style, size, bold)
            form = style.paragraph_format
            form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.15
            form.alignment = ALIGN[align]
            form.keep_with_next = name != "Normal"
        for border in styles["Title"].element.findall(".//" + qn("w:pBdr")):
            border.getparent().remove(border)
        for name, size in ((CELL, 9), (TIGHT, 11)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles["Normal"]
            _font(style, size, False)
            style.paragraph_format.space_after = Pt(0 if name == CELL else 1)
            style.paragraph_format.line_spacing = 1.0 if name == CELL else 1.1
            style.paragraph_format.alignment = ALIGN["kiri"]

    def _header(self) -> None:
        paragraph = self.doc.sections[0].header.paragraphs[0]
        paragraph.alignment = ALIGN["kanan"]
        _run(paragraph, "Data sasaran periode {{ periode }} · revisi {{ revisi }}{{ tanda_rancangan }}", size=8)

    def _footer(self) -> None:
        footer = self.doc.sections[0].footer
        first = footer.paragraphs[0]
        first.alignment = ALIGN["kiri"]
        first.paragraph_format.space_after = Pt(0)
        _run(first, "Nilai hash terbitan {{ sidik_terbitan }}", size=6.5)
        second = footer.add_paragraph()
        second.alignment = ALIGN["kiri"]
        second.paragraph_format.space_after = Pt(0)
        _run(second, "Nilai hash data sasaran {{ sidik_data }}", size=6.5)
        last = footer.add_paragraph()
        last.alignment = ALIGN["kanan"]
        _run(last, "Halaman ", size=8)
        _field(last, "PAGE")
        _run(last, " dari ", size=8)
        _field(last, "NUMPAGES")

    def kop(self, lines: Sequence[str], *, rule: bool = True) -> None:
        """The letterhead, centred, with a line under it."""
        for number, line in enumerate(lines):
            paragraph = self.doc.add_paragraph(style=TIGHT)
            paragraph.alignment = ALIGN["tengah"]
            paragraph.paragraph_format.keep_with_next = True
            _run(paragraph, line, bold=not line.startswith("["), size=13 if number == 0 else 11)
            if rule and number == len(lines) - 1:
                _rule(paragraph)
                paragraph.paragraph_format.space_after = Pt(10)

    def title(self, text: str) -> None:
        """The document's title; `\\n` breaks the line."""
        self.doc.add_paragraph(text, style="Title")

    def head(self, text: str, level: int = 1) -> None:
        """A heading."""
        self.doc.add_paragraph(text, style=f"Heading {level}")

    def text(self, text: str, *, align: str = "penuh", bold: bool = False, sticky: bool = False, style: str = "Normal") -> Any:
        """A paragraph."""
        paragraph = self.doc.add_paragraph(style=style)
        _run(paragraph, text, bold=bold)
        paragraph.alignment = ALIGN[align]
        paragraph.paragraph_format.keep_with_next = sticky
        return paragraph

    def item(self, mark: str, text: str, *, indent: float = 0.75) -> None:
        """A point of a list, its mark hanging."""
        paragraph = self.text(f"{mark}\t{text}")
        form = paragraph.paragraph_format
        form.left_indent, form.first_line_indent = Cm(indent), Cm(-0.75)
        form.space_after = Pt(3)
        form.tab_stops.add_tab_stop(Cm(indent))

    def tag(self, text: str) -> None:
        """A paragraph that holds only a control tag and vanishes in the filled document."""
        self.doc.add_paragraph(text, style=TIGHT)

    def caption(self, text: str) -> None:
        """A table's heading."""
        self.doc.add_paragraph(text, style="Caption")

    def grid(self, widths: Sequence[float], rows: Sequence[Sequence[str]], *, align: Sequence[str] = (), space: float = 1) -> Any:
        """A table without lines that only places text side by side: `Menimbang : a. bahwa …`."""
        table = self.doc.add_table(rows=0, cols=len(widths))
        _plain(table, widths)
        for texts in rows:
            cells = table.add_row().cells
            for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
                paragraph = cell.paragraphs[0]
                paragraph.style = TIGHT
                paragraph.alignment = ALIGN[align[place] if align else "kiri"]
                paragraph.paragraph_format.space_after = Pt(space)
                _run(paragraph, text)
        for row in table.rows:
            _row_flag(row, "w:cantSplit")
        return table

    def table(
        self,
        heads: Sequence[str],
        widths: Sequence[float],
        rows: Sequence[Sequence[str]],
        *,
        align: Sequence[str] = (),
        bold_last: bool = False,
    ) -> Any:
        """A table with lines; its first row is the head and comes again on every page.

        A row of one text is a control row (`{%tr for … %}`).
        """
        table = self.doc.add_table(rows=1, cols=len(widths))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _widths(table, widths)
        for cell, text in zip(table.rows[0].cells, heads, strict=True):
            _cell(cell, text, "tengah", bold=True)
            _shade(cell)
        _row_flag(table.rows[0], "w:tblHeader")
        for number, texts in enumerate(rows):
            cells = table.add_row().cells
            bold = bold_last and number == len(rows) - 1
            for place, text in enumerate(texts):
                _cell(cells[place], text, align[place] if align else "kiri", bold=bold)
        for row in table.rows:
            _row_flag(row, "w:cantSplit")
        after = self.doc.add_paragraph(style=TIGHT)
        after.paragraph_format.space_after = Pt(2)
        return table

    def sign(self, lines: Sequence[str], *, left: Sequence[str] = ()) -> None:
        """The signature block: never alone on a page, since the paragraph before it is kept with it."""
        previous = self.doc.paragraphs[-1] if not left else None
        if previous is not None:
            previous.paragraph_format.keep_with_next = True
        table = self.doc.add_table(rows=1, cols=2)
        _plain(table, (7.5, 9))
        for cell, texts in zip(table.rows[0].cells, (left, lines), strict=True):
            for number, text in enumerate(texts):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                paragraph.style = TIGHT
                paragraph.alignment = ALIGN["tengah"]
                _run(paragraph, text)
        _row_flag(table.rows[0], "w:cantSplit")


def _font(style: Any, size: float, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), "id-ID")


def _run(paragraph: Any, text: str, *, bold: bool = False, size: float | None = None) -> None:
    """Adds text; a control tag or a variable is never cut over two runs, which docxtpl could not read."""
    run = paragraph.add_run(text)
    if bold:
        run.bold = True
    if size is not None:
        run.font.size = Pt(size)


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    properties = OxmlElement("w:rPr")
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), "16")
    properties.append(size)
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(properties)
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _rule(paragraph: Any) -> None:
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "double"), ("sz", "6"), ("space", "4"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _widths(table: Any, widths: Sequence[float]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)


def _plain(table: Any, widths: Sequence[float]) -> None:
    table.style = "Normal Table"
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    _widths(table, widths)


def _cell(cell: Any, text: str, align: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = CELL
    paragraph.alignment = ALIGN[align]
    _run(paragraph, text, bold=bold)


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E7EAEE")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _row_flag(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    if properties.find(qn(name)) is None:
        properties.append(OxmlElement(name))
