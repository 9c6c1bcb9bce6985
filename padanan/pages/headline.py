"""The headline figures of a revision, which the first page and the documents repeat.

Counting is in `published`.
"""

from __future__ import annotations

from padanan.base import format as id_format
from padanan.contracts.parts import REFERENCE
from padanan.pages import words
from padanan.published.report import Report


def headline(report: Report) -> list[dict[str, str]]:
    """The headline figures: name, figure and what it is a part of."""
    facts, n, part = report.facts, id_format.number, id_format.percent
    people, records = sum(facts.people.values()), facts.matched
    owed = [item for item in report.deliveries.values() if item.in_force]
    came = [item for item in owed if item.delivered]
    late = sum(item.state == "terlambat" for item in came)
    carried = sum(bool(item.carried) for item in owed)
    judged = facts.selected + sum(facts.selection.values())
    register = {item.id for item in report.contracts.values() if REFERENCE in item.roles}
    others = sum(sum(counts.values()) for producer, counts in facts.statuses.items() if producer not in register)
    padan = sum(
        counts.get(key, 0) for producer, counts in facts.statuses.items() if producer not in register for key in words.PADAN
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
        ("penghalang", n(len(facts.blockers)), f"dan {n(len(facts.minors))} catatan kecil (produsen × aturan × kota)"),
        ("orang berbeda", n(people), f"{part(facts.people.get('terdaftar', 0), people)} terdaftar di Adminduk"),
        ("orang dengan celah", n(facts.people_with_gap), f"{part(facts.people_with_gap, people)} dari semua orang"),
        ("keluarga", n(facts.families_joined), "gabungan semua registri"),
        ("orang masuk data sasaran", n(facts.selected), f"{part(facts.selected, judged)} dari yang dinilai"),
    ]
    return [{"nama": name, "nilai": value, "catatan": note} for name, value, note in figures]
