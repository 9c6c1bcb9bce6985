"""A workbook writer for many rows: sheet XML made by Arrow column by column, no Python loop over cells.

One sheet of inline text, numbers and dates is all it can do; pretty workbooks for people are made elsewhere.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape  # nosec B406  # writes XML, reads none

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from padanan.base.format import letter
from padanan.synthetic.arrow import join

STAMP = (2025, 1, 1, 0, 0, 0)
BATCH = 50_000
MAX_ROWS = 1_048_576
_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
</Types>"""
_RELS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"""
_BOOK_RELS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>
</Relationships>"""
_STYLES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/>
<name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/>
<xf numFmtId="14" applyNumberFormat="1"/></cellXfs><cellStyles count="1">
<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


@dataclass
class Cells:
    """One column: text, and which rows are number cells or date cells (text is then the number or the serial)."""

    text: pa.StringArray
    number: npt.NDArray[np.bool_] | None = None
    date: npt.NDArray[np.bool_] | None = None


def write_xlsx(
    path: Path,
    head: Sequence[Sequence[str | None]],
    columns: Sequence[Cells],
    *,
    sheet: str = "Sheet1",
    merges: Sequence[str] = (),
) -> int:
    """Writes one sheet; the same input gives the same bytes.

    Args:
        head: the rows above the data: titles, blank rows, header lines.
        columns: equally long columns.
        merges: merged ranges such as `A1:F1`.

    Returns:
        The sheet row of the first data row (1-based).
    """
    count = len(columns[0].text) if columns else 0
    first = len(head) + 1
    if count + len(head) > MAX_ROWS:
        raise ValueError("more rows than a sheet holds")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        _part(book, "[Content_Types].xml", _TYPES)
        _part(book, "_rels/.rels", _RELS)
        name = escape(sheet, {'"': "&quot;"})
        _part(
            book,
            "xl/workbook.xml",
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook '
            'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        _part(book, "xl/_rels/workbook.xml.rels", _BOOK_RELS)
        _part(book, "xl/styles.xml", _STYLES)
        info = zipfile.ZipInfo("xl/worksheets/sheet1.xml", STAMP)
        info.compress_type = zipfile.ZIP_DEFLATED
        with book.open(info, "w", force_zip64=True) as out:
            last = f"{letter(max(len(columns), 1) - 1)}{max(first + count - 1, 1)}"
            out.write(
                b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet '
                b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:'
                + last.encode()
                + b'"/><sheetData>'
            )
            for number, row in enumerate(head, 1):
                cells = "".join(
                    f'<c r="{letter(i)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
                    for i, value in enumerate(row)
                    if value is not None
                )
                out.write(f'<row r="{number}">{cells}</row>'.encode())
            for start in range(0, count, BATCH):
                out.write(_rows(columns, start, min(BATCH, count - start), first + start))
            out.write(b"</sheetData>")
            if merges:
                spans = "".join(f'<mergeCell ref="{span}"/>' for span in merges)
                out.write(f'<mergeCells count="{len(merges)}">{spans}</mergeCells>'.encode())
            out.write(b"</worksheet>")
    return first


def _part(book: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    book.writestr(info, text)


def _rows(columns: Sequence[Cells], start: int, count: int, row: int) -> pa.Buffer:
    numbers = pc.cast(pa.array(np.arange(row, row + count)), pa.string())
    parts: list[pa.StringArray | str] = [join('<row r="', numbers, '">')]
    for index, column in enumerate(columns):
        text = column.text.slice(start, count)
        for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            if pc.any(pc.match_substring(text, plain)).as_py():
                text = pc.replace_substring(text, plain, safe)
        place = join(f'<c r="{letter(index)}', numbers)
        cell = join(place, '" t="inlineStr"><is><t xml:space="preserve">', text, "</t></is></c>")
        for mask, style in ((column.number, '"><v>'), (column.date, '" s="1"><v>')):
            if mask is not None and mask[start : start + count].any():
                cell = pc.if_else(pa.array(mask[start : start + count]), join(place, style, text, "</v></c>"), cell)
        empty = pc.equal(pc.fill_null(text, ""), "")
        parts.append(pc.if_else(empty, pa.scalar("", pa.string()), cell))
    lines = join(*parts, "</row>")
    return text_bytes(lines)


def text_bytes(lines: pa.StringArray) -> pa.Buffer:
    """The bytes of all texts after each other, without a copy per row."""
    if isinstance(lines, pa.ChunkedArray):
        lines = lines.combine_chunks()
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)[lines.offset : lines.offset + len(lines) + 1]
    if not len(lines):
        return pa.py_buffer(b"")
    return lines.buffers()[2].slice(int(offsets[0]), int(offsets[-1] - offsets[0]))
