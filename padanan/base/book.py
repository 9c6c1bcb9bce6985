"""How a workbook gets to the disk and onto paper: through the seam, its overflow beside it, printed on A4 with its frame.

What stands in its sheets belongs to who fills it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import xlsxwriter

from padanan.base import disk
from padanan.base.book_rows import HELD, HeldSheet, RowSheet

FONT_SIZE = 12
"""Points of what is filled in by hand and read at a door."""
READ_SIZE = 10
"""Points of what is read at a table."""
_A4, _MARGIN, _FOOT = 9, 0.4, 0.75


class Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """XlsxWriter's workbook; its rows hold people, and what a killed run leaves is swept with the draft folder it lies in.

    Args:
        streamed: rows are written in their order and once; with `RowSheet.put_row` whole.
        rows: about how many they are, where that is known: up to `HELD` wait in memory, more in files beside the workbook.
    """

    worksheet_class = RowSheet

    def __init__(self, path: Path, *, streamed: bool = False, rows: int | None = None, **options: Any) -> None:
        super().__init__(str(path), {"tmpdir": str(path.parent), "constant_memory": streamed, **options})
        self._place = path
        if streamed and rows is not None and rows <= HELD:
            self.worksheet_class, self.in_memory = HeldSheet, True

    def close(self) -> None:
        """Writes the file."""
        if self.fileclosed:
            return
        with disk.filling(self._place):
            super().close()


def on_paper(sheet: Any, foot: str, *, head_row: int | None = None, size: float = FONT_SIZE) -> None:
    """Sets up the printing of a sheet: A4 landscape, as wide as the paper, the heading again on each page, numbered pages.

    A sheet 143 characters wide (of Excel's own font) fills the paper as it is. Where LibreOffice has neither that font nor its
    twin, columns come out wider and the whole is made smaller to fit: of 12 points 9 are left in a sheet of 134, of 10 points 8
    in one of 126.

    Args:
        foot: what every page names (period, revision, whose it is); never a person.
        head_row: the 0-based row of the headings, repeated with what stands above it; None where there is none to repeat.
        size: of the foot's letters, which LibreOffice makes smaller with the sheet.
    """
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(_MARGIN, _MARGIN, _MARGIN, _FOOT)
    sheet.fit_to_pages(1, 0)
    if head_row is not None:
        sheet.repeat_rows(0, head_row)
    # The blank keeps a year from being read as part of the size.
    told = foot.replace("&", "&&")
    sheet.set_footer(
        f"&L&{size:.0f} {told}&R&{size:.0f} Halaman &P dari &N", {"scale_with_doc": False, "align_with_margins": True}
    )


def height(cells: Iterable[tuple[str, float]], size: float = FONT_SIZE) -> float:
    """The height in points of a row whose cells, (text, width of their column), are wrapped.

    No program that opens a workbook can be relied on to find it: LibreOffice prints the lines of one row over the next.
    """
    lines = max((lines_of(text, round(width * _NORMAL / size, 1)) for text, width in cells), default=1)
    # Excel allows 409.5; what is longer than two thirds of a page is read on the screen.
    return min(round(lines * size * _LINE + 1, 1), 400.0)


def across(sheet: Any, line: int, text: str, style: Any, widths: Sequence[float], size: float = FONT_SIZE) -> None:
    """Writes a text over columns of these widths, wrapped, in a row as high as it needs.

    A line that ran past the last column of a table would widen the printed page by a whole column, or not, as its letters (a
    name, the digits of a hash) fall out; all letters of the page would be smaller.
    """
    sheet.set_row(line, height([(text, sum(widths))], size))
    if len(widths) > 1:
        sheet.merge_range(line, 0, line, len(widths) - 1, text, style)
    else:
        sheet.write_string(line, 0, text, style)


_NORMAL = 11  # points of the font that the width of a column is counted in
_LINE, _SPACE = 1.33, 0.55
# Capitals and digits are wider than the letters that a line is mostly made of, in every common font.
_CAPITAL, _DIGIT = re.compile(r"[A-Z•…–_@%&#+=<>mwMW]"), re.compile(r"[0-9]")


@lru_cache(maxsize=65_536)
def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column so many characters wide; rather one too many than one too few."""
    room, count = max(width - 1.2, 1.0), 0
    for line in text.split("\n"):
        used, count = 0.0, count + 1
        for word in line.split(" "):
            long = 0.95 * len(word) + 0.2 * len(_CAPITAL.findall(word)) + 0.08 * len(_DIGIT.findall(word))
            if used and used + _SPACE + long > room:
                count, used = count + 1, 0.0
            used += long + (_SPACE if used else 0)
            if used > room:  # a word longer than a line is broken
                count, used = count + int(used // room), used % room
    return count
