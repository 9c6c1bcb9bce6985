"""One finished page.

What a page shows is the business of its maker.
"""

from __future__ import annotations

from dataclasses import dataclass

from padanan.pages.table import Table


@dataclass(frozen=True)
class Page:
    """One finished page with the tables it shows, which the workbook repeats; `about` says in one line what it holds."""

    html: str
    title: str = ""
    about: str = ""
    tables: tuple[Table, ...] = ()
