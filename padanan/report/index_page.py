"""The first page: recommendation, headline figures, and the tables and pictures that a reviewer reads first.

The tables are made in modules of their own; here they are only put together.
"""

from __future__ import annotations

from padanan.report import change_page, deliveries, list_page, matching_tables, overlap, quality_tables, words
from padanan.report import format as id_format
from padanan.report.delivery_tables import account, arrivals
from padanan.report.evidence_tables import has_evidence
from padanan.report.layout import page
from padanan.report.model import Page, Report
from padanan.report.place_pages import kota_table
from padanan.report.signoff import sign_off


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
        "keluarga": matching_tables.families(facts),
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
        daftar=list_page.summary(report),
        tanda=sign_off(report),
    )
    return {"index.html": made}


def headline(report: Report) -> list[dict[str, str]]:
    """The headline figures: name, figure and what it is a part of."""
    facts, n, part = report.facts, id_format.number, id_format.percent
    people, records = sum(facts.people.values()), sum(facts.rows.values())
    owed = [item for item in report.deliveries.values() if item.in_force]
    came = [item for item in owed if item.delivered]
    late = sum(item.state == "terlambat" for item in came)
    carried = sum(bool(item.carried) for item in owed)
    judged = facts.selected + sum(facts.selection.values())
    others = sum(rows for producer, rows in facts.rows.items() if producer != "adminduk")
    padan = sum(
        counts.get(key, 0) for producer, counts in facts.statuses.items() if producer != "adminduk" for key in words.PADAN
    )
    figures = [
        (
            "produsen sudah mengirim",
            f"{n(len(came))} dari {n(len(owed))}",
            (f"{n(late)} terlambat" if late else "tidak ada yang terlambat")
            + (f"; {n(carried)} terbawa dari periode sebelumnya" if carried else ""),
        ),
        ("catatan diproses", n(records), f"{part(facts.records_with_gap, records)} dengan celah"),
        ("catatan padan dengan Adminduk", part(padan, others), "di luar catatan Adminduk sendiri"),
        ("penghalang", n(len(facts.blockers)), "produsen × aturan × kota"),
        ("orang berbeda", n(people), f"{part(facts.people.get('terdaftar', 0), people)} terdaftar di Adminduk"),
        ("orang dengan celah", n(facts.people_with_gap), f"{part(facts.people_with_gap, people)} dari semua orang"),
        ("keluarga", n(facts.families_joined), "gabungan semua registri"),
        ("orang masuk data sasaran", n(facts.selected), f"{part(facts.selected, judged)} dari yang dinilai"),
    ]
    return [{"nama": name, "nilai": value, "catatan": note} for name, value, note in figures]
