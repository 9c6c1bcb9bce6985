"""The block at the end of the index where the reviewers sign: who, in which role, on which fingerprint and log head.

What was decided is read from the review log; signing itself happens on paper and through `padanan review`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.format import fingerprint
from padanan.published.report import Report
from padanan.records.people import ROLES, load_reviewers
from padanan.records.review_log import read_log
from padanan.records.standing import standing

# Who signs under the report, in the order of the block; the penetap signs the decree, not this.
SIGNING = ("pengusul", "penyetuju", "pelapor", "asisten")
BLANK = {"nama": "", "jabatan": ""}


def sign_off(report: Report) -> dict[str, Any]:
    """The lines to sign with names where the home has a list of reviewers, the state of the review and the log's head."""
    cutoff = date.fromisoformat(str(report.source.manifest["cutoff"])[:10])
    found: dict[str, Any] = {"baris": _lines(report, cutoff), "keadaan": None, "kepala": None, "rusak": False}
    try:
        log = read_log(report.home, report.source.periode)
        found["keadaan"] = standing(log, report.source.revisi).words.name
        found["kepala"] = fingerprint(log.head) if log.records else None
    except PadananError:
        found["rusak"] = True  # `padanan verify` says what; a report must be readable all the same
    return found


def _lines(report: Report, day: date) -> list[dict[str, str]]:
    told = {role: ROLES[role][:1].upper() + ROLES[role][1:] for role in SIGNING}
    try:
        reviewers = load_reviewers(report.home)
    except PadananError:
        return [{"peran": told[role], **BLANK} for role in SIGNING]
    lines = []
    for role in SIGNING:
        people = [
            person
            for person in reviewers.people.values()
            if role in person.peran
            and person.dari <= day <= (person.sampai or date.max)
            and (reviewers.demo or not person.example)
        ]
        # Several could sign: the line stays open for whoever does.
        named = {"nama": people[0].nama, "jabatan": f"{people[0].jabatan}, {people[0].instansi}"} if len(people) == 1 else BLANK
        lines.append({"peran": told[role], **named})
    return lines
