"""The first page: what to decide and why, the headline figures, the largest penghalang, who is selected, and who signs.

The tables are made in modules of their own; here they are only put together.
"""

from __future__ import annotations

from typing import Any

from padanan.base.errors import PadananError
from padanan.pages.headline import headline
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.verdict import verdict
from padanan.published.report import Report
from padanan.records.review_log import read_log
from padanan.review.report import criteria_page, list_page, matching_tables, quality_tables
from padanan.review.report.decision_card import decision_card
from padanan.review.report.signoff import sign_off

FIRST_BLOCKERS = 8


def opening(report: Report) -> dict[str, Any]:
    """What the first page opens with, and the PDF's brief says again: the decision card, the headline figures, the criteria."""
    try:
        log = read_log(report.home, report.source.periode)
    except PadananError:
        log = None  # the block to sign says so, and `padanan verify` why
    return {
        "k": decision_card(report, log, verdict(report, log)),
        "pokok": headline(report),
        "kriteria": {
            "kalimat": report.criteria_told[0],
            "disepakati": report.agreed,
            "belum": "Penetapan tidak dapat dibuat sebelum kriteria disepakati dalam rencana data tahunnya.",
            "besar": criteria_page.first_screen(report),
        },
    }


def index_page(report: Report) -> dict[str, Page]:
    """`index.html`."""
    tables = {"sasaran": matching_tables.selection(report)}
    if report.blockers:
        tables = {"penghalang": quality_tables.top_blockers(report, FIRST_BLOCKERS), **tables}
    made = page(
        report,
        "index.html.j2",
        tables,
        penghalang_kecil=len(report.small_blockers),
        daftar=list_page.summary(report),
        tanda=sign_off(report),
        **opening(report),
    )
    return {"index.html": made}
