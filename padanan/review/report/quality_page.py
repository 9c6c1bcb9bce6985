"""The page Mutu, and the long tables of quality behind it: every penghalang, gaps by rule, deliveries, the account of rows.

The tables are made in modules of their own; here they are only put together.
"""

from __future__ import annotations

from padanan.base.format import listed, number
from padanan.pages import words
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.published.report import Report
from padanan.review.report import change_page, quality_tables
from padanan.review.report.delivery_tables import account, arrivals


def quality_pages(report: Report) -> dict[str, Page]:
    """`mutu.html`, and `penghalang.html`, `aturan.html`, `kiriman.html`, `neraca.html`."""
    by_rule, clean = quality_tables.by_rule(report)
    every = {"penghalang": quality_tables.all_blockers(report)} if report.blockers else {}
    return {
        "mutu.html": _quality(report),
        "penghalang.html": page(report, "penghalang.html.j2", every, penghalang_kecil=len(report.small_blockers)),
        "aturan.html": page(report, "aturan.html.j2", {"aturan": by_rule}, aturan_bersih=clean),
        "kiriman.html": page(report, "kiriman.html.j2", {"kiriman": arrivals(report)}),
        "neraca.html": page(report, "neraca.html.j2", {"neraca": account(report)}),
    }


def _quality(report: Report) -> Page:
    tables = {"mutu": quality_tables.matrix(report), "terbesar": quality_tables.largest_gaps(report)}
    return page(
        report,
        "mutu.html.j2",
        tables,
        sebelumnya=report.before_name,
        cukup=words.ENOUGH_TO_JUDGE,
        belum_dinilai=words.UNJUDGED,
        lanjutan=[change_page.sentence(found) for found in report.follow_ups],
        lintasan=change_page.courses(report),
        titik=len(report.history.points) + 1,
        kiriman=_arrived(report),
    )


def _arrived(report: Report) -> list[str]:
    """How the deliveries came, in sentences: one for each state but the good one, and how many are in time."""
    by_state: dict[str, list[str]] = {}
    for item in report.deliveries.values():
        if item.in_force:
            by_state.setdefault(item.state, []).append(item.contract.name)
    good = len(by_state.pop("tepat_waktu", []))
    told = [f"{number(good)} dari {number(good + sum(map(len, by_state.values())))} produsen mengirim tepat waktu."]
    order = [state for state in words.DELIVERY_STATES if state in by_state]
    return told + [f"{words.DELIVERY_STATES[state][0].capitalize()}: {listed(by_state[state])}." for state in order]
