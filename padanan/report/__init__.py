"""The review report of TKPK: static Indonesian pages from a published revision, without network or JavaScript.

Counts come from published tables and contracts only; nothing here reads the warehouse or a person's row.
"""

from __future__ import annotations

from pathlib import Path

from padanan.home import Home
from padanan.period import Periode


def render_report(home: Home, periode: Periode, revisi: int) -> Path:
    """Writes the report of one revision; see `padanan.report.render`."""
    # The pages read what the review wrote, and the review counts with this package: neither may load the other whole.
    from padanan.report.render import render_report as render

    return render(home, periode, revisi)


__all__ = ["render_report"]
