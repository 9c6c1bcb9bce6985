"""The page of indicators: Renstra, how well programs meet the data sasaran, and the updating of DTKS (F46).

Counting is in `published`; the tables are made in modules of their own, here they are only put together.
"""

from __future__ import annotations

from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.published.opened import LATER
from padanan.published.report import Report
from padanan.review.report.activity_tables import activity, activity_tables
from padanan.review.report.evidence_tables import has_evidence
from padanan.review.report.renstra import renstra_table
from padanan.review.report.targeting_tables import targeting, targeting_tables

PAGE = "indikator.html"


def indicator_page(report: Report) -> dict[str, Page]:
    """`indikator.html`; none for a revision published before the padanan by evidence, which its figures rest on."""
    if not has_evidence(report):
        return {}
    served, updates = targeting(report), activity(report)
    tables = {"renstra": renstra_table(report, served, updates)}
    if served is not None:
        tables |= targeting_tables(report, served)
    if updates is not None:
        tables |= activity_tables(report, updates)
    return {PAGE: page(report, "indikator.html.j2", tables, belum=LATER)}
