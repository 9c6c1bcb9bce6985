"""The first page: recommendation, headline figures, and the tables and pictures that a reviewer reads first.

The tables are made in modules of their own; here they are only put together.
"""

from __future__ import annotations

from padanan.pages import words
from padanan.pages.headline import headline
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.published import deliveries, overlap
from padanan.published.report import Report
from padanan.review.report import change_page, criteria_page, list_page, matching_tables, quality_tables
from padanan.review.report.delivery_tables import account, arrivals
from padanan.review.report.evidence_tables import has_evidence
from padanan.review.report.place_pages import kota_table
from padanan.review.report.signoff import sign_off


def index_page(report: Report) -> dict[str, Page]:
    """`index.html`."""
    facts, contracts = report.facts, report.contracts
    owed = deliveries.lacking(report.deliveries.values())
    sentence, tone, reasons = words.recommendation(facts, contracts, report.blockers, owed.missing, owed.held, owed.carried)
    by_rule, clean = quality_tables.by_rule(report)
    tables = {
        "mutu": quality_tables.matrix(report),
        "penghalang": quality_tables.blockers(report),
        "terbesar": quality_tables.largest_gaps(report),
        "aturan": by_rule,
        "kiriman": arrivals(report),
        "neraca": account(report),
        "padanan": matching_tables.records(report),
        "orang": matching_tables.people(facts),
        "keluarga": matching_tables.families(facts, report.overlaps["keluarga"].names),
    }
    if report.follow_ups:
        tables["lanjutan"] = change_page.by_producer(report, report.follow_ups[0], "tabel-lanjutan")
    if not report.blockers:
        del tables["penghalang"]
    sections = []
    for unit in overlap.UNITS:
        section, own = matching_tables.overlap_section(report, unit)
        sections.append(section)
        tables |= own
    tables |= {"wilayah": kota_table(report), "sasaran": matching_tables.selection(report)}
    made = page(
        report,
        "index.html.j2",
        tables,
        saran={"kalimat": sentence, "css": tone, "alasan": reasons},
        pokok=headline(report),
        sebelumnya=report.before_name,
        penghalang_kecil=len(report.small_blockers),
        bukti=has_evidence(report),
        aturan_bersih=clean,
        status=[{"nama": words.STATUSES[key][0], "css": words.STATUSES[key][1]} for key in matching_tables.statuses(facts)],
        irisan=sections,
        lanjutan=[change_page.sentence(found) for found in report.follow_ups],
        lintasan=change_page.courses(report),
        titik=len(report.history.points) + 1,
        kriteria={"kalimat": report.criteria_told[0], "disepakati": report.agreed, "besar": criteria_page.first_screen(report)},
        daftar=list_page.summary(report),
        tanda=sign_off(report),
    )
    return {"index.html": made}
