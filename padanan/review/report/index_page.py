"""The first page: what to decide and why, the headline figures, the largest penghalang, who is selected, and who signs.

The tables are made in modules of their own; here they are only put together.
"""

from __future__ import annotations

from padanan.pages import words
from padanan.pages.headline import headline
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.published import deliveries
from padanan.published.report import Report
from padanan.review.report import criteria_page, list_page, matching_tables, quality_tables
from padanan.review.report.signoff import sign_off

FIRST_BLOCKERS = 8


def index_page(report: Report) -> dict[str, Page]:
    """`index.html`."""
    facts, contracts = report.facts, report.contracts
    owed = deliveries.lacking(report.deliveries.values())
    sentence, tone, reasons = words.recommendation(facts, contracts, report.blockers, owed.missing, owed.held, owed.carried)
    tables = {"sasaran": matching_tables.selection(report)}
    if report.blockers:
        tables = {"penghalang": quality_tables.top_blockers(report, FIRST_BLOCKERS), **tables}
    made = page(
        report,
        "index.html.j2",
        tables,
        saran={"kalimat": sentence, "css": tone, "alasan": reasons},
        pokok=headline(report),
        penghalang_kecil=len(report.small_blockers),
        kriteria={"kalimat": report.criteria_told[0], "disepakati": report.agreed, "besar": criteria_page.first_screen(report)},
        daftar=list_page.summary(report),
        tanda=sign_off(report),
    )
    return {"index.html": made}
