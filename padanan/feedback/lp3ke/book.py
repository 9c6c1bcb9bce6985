"""Writes one matrix as a workbook: the sheet with locked and open cells under seals, and the sheet with the form's instructions.

The same rows give the same bytes; what the rows hold is decided by who calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.book import READ_SIZE
from padanan.base.errors import PadananError
from padanan.feedback.lp3ke.forms import Form
from padanan.feedback.lp3ke.sheets import GUIDE, Book, Programs, guide_of, layout_of
from padanan.forms.sealed_book import Layout, formats, guide, neutral, sealed_all, workbook, write_sheet


def write(path: Path, book: Book, form: Form, programs: Programs, rows: Iterable[Mapping[str, Any]], count: int) -> None:
    """Writes one workbook, mode 0600.

    Args:
        rows: what its cells hold, by column; what is missing or None is a blank cell.
        count: how many rows there are: each says its place among them.

    Raises:
        PadananError: another number of rows came.
    """
    made = workbook(path, form.title, streamed=True, rows=count)
    styles = formats(made, READ_SIZE)
    layout = layout_of(book, form, programs)
    written = write_sheet(made, layout, sealed_all(layout, _cells(layout, book, rows, count)), styles, book.foot)
    guide(made, GUIDE, form.title, guide_of(book, form), book.foot)
    made.close()
    disk.chmod(path, 0o600)
    if written != count:
        cure = "jalankan lagi 'padanan lp3ke make'; bila tetap begitu, laporkan kepada pengelola"
        raise PadananError(f"{count} baris diminta, {written} tertulis", file=path.name, cure=cure)


def _cells(layout: Layout, book: Book, rows: Iterable[Mapping[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(rows, 1):
        behind = {"nomor": f"{place} dari {count}", "berkas": book.mark}
        locked = {name: behind.get(name) or neutral(_text(row.get(name))) for name in layout.locked}
        opened = {name: _cell(row.get(name)) for name in layout.opened}
        yield {**opened, **locked}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _cell(value: Any) -> Any:
    """Numbers stay numbers, text is made neutral: what was answered once may come from anybody."""
    return value if value is None or isinstance(value, int) else neutral(str(value))
