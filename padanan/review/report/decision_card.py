"""The decision card that opens the report: where the review stands, what to do and why, whom it touches, the largest gaps.

The advice and the decision's words are made in `pages.verdict` and `records.standing`; here they are put on one screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from padanan.base import format as id_format
from padanan.base.suppress import LIMIT, printed, small
from padanan.pages import svg, words
from padanan.pages.verdict import Verdict, decree_day
from padanan.published.blockers import key_of
from padanan.published.facts import RuleCount, largest
from padanan.published.report import Report, producer_page
from padanan.published.touched import touched
from padanan.records import steps
from padanan.records.review_log import ReviewLog
from padanan.records.standing import mark
from padanan.review.decision.form import FORM, can_offer
from padanan.review.report import trend

GAPS = 3
# What is said of the selected people behind each rule that the card asks about.
_TOUCHES: Mapping[str, str] = {
    "nik_kosong": "punya catatan tanpa NIK",
    "alamat_tidak_lengkap": "punya catatan dengan alamat tidak lengkap",
    "meninggal_di_adminduk": "bertanda meninggal di Adminduk; diperiksa di lapangan dulu, tidak dikeluarkan",
}


def decision_card(report: Report, log: ReviewLog | None, found: Verdict) -> dict[str, Any]:
    """What the card's template shows; `log` is None where it can't be read."""
    counts = touched(report.source, report.facts.blockers, _TOUCHES)
    people = [(rule, counts.by_rule[rule], told) for rule, told in _TOUCHES.items()]
    people.append(("penghalang", counts.blocked, "punya catatan yang penghalangnya membuat NIK tidak dapat dipakai"))
    gaps, selected = _material(report), report.facts.selected
    stand = found.standing
    return {
        "keadaan": stand.words.name,
        "kunci": stand.key,
        "tanda": mark(log, report.source.revisi) if log else "",
        "kalimat": found.sentence,
        "css": found.tone,
        "alasan": found.reasons,
        "kepala": "Keputusan" if stand.words.decided else "Rekomendasi kepada TKPK",
        "berikut": stand.words.after,
        "tanggal": _dates(report),
        "sejauh_ini": _so_far(report, log) if log and not stand.words.decided else "",
        "orang": [
            {"aturan": rule, "nilai": printed(n), "kalimat": told, "bagian": "" if small(n) else id_format.percent(n, selected)}
            for rule, n, told in people
        ],
        "tersentuh": f"Yang tersentuh, dari {id_format.number(selected)} orang data sasaran",
        "terbesar": "Tiga celah terbesar di atas ambang" if report.facts.blockers else "Tiga celah terbesar",
        "celah": [_gap(report, item, gaps[0].orang) for item in gaps],
        "formulir": FORM if can_offer(report.home, report.source.periode) else "",
    }  # fmt: skip


def _dates(report: Report) -> str:
    """When the penetapan is planned, and how many days lie between the cut-off and it: the same on every day."""
    wanted = decree_day(report)
    cutoff = f"batas data {id_format.day(report.cutoff)}"
    if wanted is None:
        return f"Tanggal penetapan belum direncanakan; {cutoff}."
    days = (wanted - report.cutoff).days
    told = f"{id_format.number(days)} hari sesudah" if days >= 0 else f"lewat {id_format.number(-days)} hari pada"
    return f"Penetapan direncanakan {id_format.day(wanted)}, {told} {cutoff}."


def _so_far(report: Report, log: ReviewLog) -> str:
    """What was waived and what is still open, once somebody began."""
    revisi = report.source.revisi
    waived = steps.waivers(log, revisi)
    if not waived:
        return ""
    kinds = ((report.facts.blockers, "penghalang"), (report.facts.minors, "catatan kecil"))
    still = [(sum(key_of(item) not in waived for item in found), kind) for found, kind in kinds]
    told = " dan ".join(f"{id_format.number(count)} {kind}" for count, kind in still if count)
    told = f"{told} masih terbuka" if told else "tidak ada yang terbuka"
    return f"{id_format.number(len(waived))} penghalang atau catatan kecil sudah dikecualikan dengan alasan; {told}."


def _material(report: Report) -> list[RuleCount]:
    """The gaps over their threshold by which most people are touched; without a penghalang the largest of all."""
    over = {(item.producer, item.rule.id) for item in report.facts.blockers}
    found = [item for item in report.facts.rules if (item.producer, item.rule.id) in over and item.gagal]
    found.sort(key=lambda item: (-item.orang, -item.gagal, item.producer, item.rule.id))
    return (found or largest(report.facts))[:GAPS]


def _gap(report: Report, item: RuleCount, most: int) -> dict[str, Any]:
    name = words.short_name(report.contracts[item.producer].name)
    # Bars are of people, on one scale: the largest gap fills its bar. One of fewer than five is as long as one of five: a
    # length can be measured.
    drawn, most = (LIMIT if small(number) else number for number in (item.orang, most))
    parts = [svg.Segment("s1", drawn, "orang"), svg.Segment("sisa", max(most - drawn, 0), "")]
    share, limit = id_format.percent(item.gagal, item.total), id_format.threshold(item.rule.threshold)
    if report.facts.blockers and item.rate <= item.rule.threshold:
        # A penghalang is judged by kota: over all of DKI the share may be under the threshold that some kota exceeds.
        limit += " dilewati di sebagian kota"
    return {
        "judul": f"{item.rule.name}, {name}",
        "berkas": producer_page(item.producer),
        "kata": f"{printed(item.orang)} orang; {share} gagal, ambang {limit}; {trend.told(report, item)}",
        "gambar": svg.bar(parts, f"{printed(item.orang)} orang"),
    }
