"""One finished page.

What a page shows is the business of its maker.
"""

from __future__ import annotations

from dataclasses import dataclass

from padanan.pages.table import Table


@dataclass(frozen=True)
class Page:
    """One finished page with the tables it shows, which the workbook repeats."""

    html: str
    title: str = ""
    tables: tuple[Table, ...] = ()
