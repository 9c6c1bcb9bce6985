"""The page Pemadanan in plain words, and the overlap of the registries on a page of its own.

Thresholds, weights and the model's measures stand on the analysts' page; the tables are made in modules of their own.
"""

from __future__ import annotations

from padanan.base.format import number, percent
from padanan.base.suppress import printed
from padanan.pages import words
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.published import overlap
from padanan.published.report import Report
from padanan.review.report import evidence_tables, matching_tables


def matching_pages(report: Report) -> dict[str, Page]:
    """`pemadanan.html` and `irisan.html`."""
    facts = report.facts
    sections = [matching_tables.overlap_section(report, unit) for unit in overlap.UNITS]
    tables = {
        "padanan": matching_tables.records(report),
        "orang": matching_tables.people(facts),
        "keluarga": matching_tables.families(facts, report.overlaps["keluarga"].names),
    }
    own = {name: made for _, found in sections for name, made in found.items()}
    told = [section for section, _ in sections]
    status = [{"nama": words.STATUSES[key][0], "css": words.STATUSES[key][1]} for key in matching_tables.statuses(facts)]
    return {
        "pemadanan.html": page(
            report,
            "pemadanan.html.j2",
            tables,
            status=status,
            pesan=[section["pesan"] for section in told],
            bukti=_evidence(report) if evidence_tables.has_evidence(report) else None,
        ),
        "irisan.html": page(report, "irisan.html.j2", own, irisan=told),
    }


def _evidence(report: Report) -> list[str]:
    """What officials need to know of the padanan by evidence, without its measures: found, waiting, left behind, twice."""
    evidence_tables.open_evidence(report)
    _, found = evidence_tables.statuses(report)
    _, warnings = evidence_tables.groups(report)
    waiting = found["mungkin_padan"]
    told = [
        f"Dari {number(found['sisa'])} catatan yang NIK-nya tidak menemukan orangnya, {number(found['padan_bukti'])} "
        f"({percent(found['padan_bukti'], found['sisa'])}) dikenali lewat nama, tanggal lahir, keluarga dan alamat.",
        f"{number(waiting)} catatan menunggu keputusan petugas; sampai diputuskan tidak digabungkan dengan siapa pun."
        if waiting
        else "Tidak ada catatan yang menunggu keputusan petugas.",
    ]
    if warnings:
        told.append(f"{number(len(warnings))} kelompok lebih jarang dikenali daripada keseluruhan: {'; '.join(warnings)}.")
    else:
        told.append("Tidak ada kelompok (perempuan, lansia, anak, nama satu kata, kota) yang tertinggal dikenali.")
    double = report.source.value("select count(distinct kelompok) from ganda_bukti where jenis = 'ganda_adminduk'")
    if double:
        told.append(
            f"{printed(double)} penduduk Adminduk mungkin tercatat dengan dua NIK; daftarnya untuk diperiksa Disdukcapil."
        )
    return told
