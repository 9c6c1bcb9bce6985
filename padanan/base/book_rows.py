"""Rows of a workbook written whole: letter by letter what XlsxWriter writes cell by cell, for less work.

What stands in the cells belongs to who fills the sheet; what is no text goes to the library itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Piece = tuple[Any, str]
"""A run of a cell's text with the format of its letters."""
Cell = str | int | tuple[Piece, ...] | None
"""A text, a number, a text of two runs or more, or an empty cell."""
HELD = 50_000
"""Rows of a workbook up to which they wait in memory, some 50 MB, until it is put together: a file for each of its parts that is
written, read and removed costs more than a small workbook's rows."""

# What is written otherwise than it stands: signs of XML, and what XLSX has its own way of saying.
_ODD = re.compile("[&<>]|_x[0-9a-fA-F]{4}_|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_CERTAIN = 32_767 // 2
"""Characters that a cell holds whatever they are: some count as two."""


class RowSheet(Worksheet):  # type: ignore[misc]
    """XlsxWriter's worksheet that also takes whole rows; in a workbook of constant memory they are written at once."""

    fh: Any
    row_data_fh: Any

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[float, tuple[str, str]] = {}
        self._fonts: dict[Any, str] = {}
        self._looks: dict[tuple[Any, ...], tuple[tuple[str, str], ...]] = {}

    def put_row(self, row: int, height: float, cells: Sequence[Any], formats: Sequence[Any]) -> int:
        """Writes a row of a height in points, from column A on; each cell with its format.

        Args:
            row: 0-based, below all that was written.
            cells: `Cell`s; where one is something else (a day, a fraction), the library writes the row.
            formats: one for each cell; the same sequence for rows that look alike.

        Returns:
            0, or what the library says where a cell does not go in as it is.
        """
        if not self.constant_memory:
            return self._by_library(row, height, cells, formats)
        if wrong := self._check_dimensions(row, 0) or self._check_dimensions(row, len(cells) - 1):
            return int(wrong)
        # The row before, where it was written cell by cell: the library waits with it for the next one.
        if row > self.previous_row:
            self._write_single_row(row)
        before, after = self._rows.get(height) or self._row_tag(row, height)
        number = str(row + 1)
        line = [before, number, after]
        for (start, end), cell in zip(self._look(formats), cells, strict=True):
            kind = type(cell)
            if cell is None:
                said = "/>"
            elif kind is int:
                said = f"><v>{cell:.16G}</v></c>"
            elif kind is str and len(cell) <= _CERTAIN:
                said = f' t="inlineStr"><is>{self._text(cell)}</is></c>'
            elif kind is tuple and sum(len(text) for _, text in cell) <= _CERTAIN:
                said = f' t="inlineStr"><is>{"".join(map(self._run, cell))}</is></c>'
            else:
                return self._by_library(row, height, cells, formats)
            line += start, number, end, said
        line.append("</row>")
        self.fh.write("".join(line))
        return 0

    def _by_library(self, row: int, height: float, cells: Sequence[Any], formats: Sequence[Any]) -> int:
        self.set_row(row, height)
        for column, (cell, style) in enumerate(zip(cells, formats, strict=True)):
            if cell is None:
                wrong = self.write_blank(row, column, None, style)
            elif isinstance(cell, str):
                wrong = self.write_string(row, column, cell, style)
            elif isinstance(cell, tuple):
                wrong = self.write_rich_string(row, column, *(part for piece in cell for part in piece), style)
            else:
                wrong = self.write(row, column, cell, style)
            if wrong:
                return int(wrong)
        return 0

    def _row_tag(self, row: int, height: float) -> tuple[str, str]:
        """The tag before and behind the row's number, as the library writes it."""
        self.set_row(row, height)
        said = self._said(lambda: self._write_row(row, None, self.row_info.pop(row)))
        before, _, after = said.partition(f'r="{row + 1}"')
        found = self._rows[height] = f'{before}r="', f'"{after}'
        return found

    def _look(self, formats: Sequence[Any]) -> tuple[tuple[str, str], ...]:
        key = tuple(formats)
        if key not in self._looks:
            self._looks[key] = tuple(
                (f'<c r="{xl_col_to_name(column)}', f'" s="{style._get_xf_index()}"') for column, style in enumerate(key)
            )
        return self._looks[key]

    def _run(self, piece: Piece) -> str:
        style, text = piece
        if style not in self._fonts:
            self._fonts[style] = self._font(style)
        return f"<r>{self._fonts[style]}{self._text(text)}</r>"

    def _font(self, style: Any) -> str:
        # The library writes fonts of runs through a writer of their own; here it is the sheet.
        self.rstring = self
        return self._said(lambda: self._write_font(style))

    def _said(self, write: Any) -> str:
        """What the library writes, kept from the sheet."""
        sheet, self.fh = self.fh, StringIO()
        try:
            write()
            return str(self.fh.getvalue())
        finally:
            self.fh = sheet

    def _text(self, text: str) -> str:
        if _ODD.search(text):
            text = self._escape_data(self._escape_control_characters(text))
        return f"<t>{text}</t>" if text == text.strip() else f'<t xml:space="preserve">{text}</t>'


class HeldSheet(RowSheet):
    """A `RowSheet` of constant memory whose rows wait in memory and not in a file."""

    def _initialize(self, init_data: dict[str, Any]) -> None:
        super()._initialize({**init_data, "constant_memory": False})
        self.constant_memory = True
        self.row_data_fh = self.fh = StringIO()

    def _opt_close(self) -> None:
        pass

    def _opt_reopen(self) -> None:
        pass

    def _write_optimized_sheet_data(self) -> None:
        if self.dim_rowmin is None:
            self._xml_empty_tag("sheetData")
            return
        self._xml_start_tag("sheetData")
        self.fh.write(self.row_data_fh.getvalue())
        self.row_data_fh.close()
        self._xml_end_tag("sheetData")
