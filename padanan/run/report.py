"""The whole report of a revision: the review's pages, the calendar's page and the decision form beside them.

What stands on a page is the business of its maker; here they are only put together.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.review.decision.form import can_offer, lay_out_form
from padanan.review.report.render import silent, write_report
from padanan.upkeep.calendar.page import calendar_pages


def render_report(home: Home, periode: Periode, revisi: int, say: Callable[[str], None] = silent) -> Path:
    """Writes `reports/<period>/rev-<n>/`, see `padanan.review.report.render.write_report`, and the form that its card leads to.

    Where nobody may act yet, or the log is broken, there is no form; the card then leads to none.
    """
    page = write_report(home, periode, revisi, say, more=(calendar_pages,))
    if can_offer(home, periode):
        lay_out_form(home, periode, revisi)
    return page
