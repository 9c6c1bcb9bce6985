"""The way of a revision: direviu → dilaporkan ke Asisten → dibahas (may go back) → draft → ditetapkan (§3.1.3.2.c–g).

Everything here is read off the log and nothing is written; who acts, and with what proof, stands in `actions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from padanan.records.review_log import ReviewLog

NOT_REVIEWED = "belum_direviu"
REVIEWED, REPORTED, DISCUSSED, DRAFTED, DECREED = STATES = ("direviu", "dilaporkan", "dibahas", "draft", "ditetapkan")

WAIVE, ACCEPT, REFINE, REPORT, DISCUSS, RETURN, DRAFT, DECREE, OPEN_CHANGE = ACTIONS = (
    "kecualikan",
    "terima",
    "perbaiki",
    "laporkan",
    "bahas",
    "kembalikan",
    "draf",
    "tetapkan",
    "buka_perubahan",
)
# Action -> the states it may be taken in, and the state it leads to (None: it stays).
MOVES: Mapping[str, tuple[frozenset[str], str | None]] = {
    WAIVE: (frozenset({NOT_REVIEWED}), None),
    ACCEPT: (frozenset({NOT_REVIEWED}), REVIEWED),
    REFINE: (frozenset({NOT_REVIEWED, REVIEWED}), REVIEWED),
    REPORT: (frozenset({REVIEWED}), REPORTED),
    DISCUSS: (frozenset({REPORTED, DISCUSSED}), DISCUSSED),
    RETURN: (frozenset({REPORTED, DISCUSSED, DRAFTED}), NOT_REVIEWED),
    DRAFT: (frozenset({DISCUSSED}), DRAFTED),
    DECREE: (frozenset({DRAFTED}), DECREED),
}
# What a group waiver names in place of a kota (all penghalang of a rule) and of a rule (all catatan kecil of a producer); its
# items in the log carry the word as `kelompok`.
EVERYWHERE, MINORS = "semua", "catatan_kecil"
STATE_TEXT = {
    NOT_REVIEWED: "belum direviu",
    REVIEWED: "direviu dan diterima",
    REPORTED: "dilaporkan ke Asisten Kesra",
    DISCUSSED: "dibahas",
    DRAFTED: "draft Keputusan Gubernur",
    DECREED: "ditetapkan",
}


def records_of(log: ReviewLog, revisi: int) -> tuple[Mapping[str, Any], ...]:
    """The records of one revision, oldest first."""
    return tuple(record for record in log.records if record["revisi"] == revisi)


def state_of(log: ReviewLog, revisi: int) -> str:
    """Where a revision stands: one of `STATES`, or `belum_direviu` (also after the discussion sent it back).

    `direviu` says that a review decided, not how: ask `acceptance` whether it accepted.
    """
    state = NOT_REVIEWED
    for record in records_of(log, revisi):
        state = MOVES.get(record["tindakan"], (None, None))[1] or state
    return state


def acceptance(log: ReviewLog, revisi: int) -> Mapping[str, Any] | None:
    """The acceptance that stands: not sent back, not taken back by a later refine, no later revision accepted."""
    found: Mapping[str, Any] | None = None
    for record in log.records:
        if record["tindakan"] == ACCEPT:
            found = record
        elif found is not None and record["revisi"] == found["revisi"] and record["tindakan"] in (REFINE, RETURN):
            found = None
    return found if found is not None and found["revisi"] == revisi else None


def refined(log: ReviewLog, revisi: int) -> bool:
    """The review sent this revision back for a padanan ulang."""
    return any(record["tindakan"] == REFINE for record in records_of(log, revisi))


def waivers(log: ReviewLog, revisi: int) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """(producer, rule, kota) -> the waiver of that penghalang with its `alasan`, `pengusul`, `penyetuju` and `waktu`."""
    return {
        (item["producer"], item["aturan"], item["kota"]): {
            **item,
            "pengusul": record["pengusul"],
            "penyetuju": record["penyetuju"],
            "waktu": record["waktu"],
        }
        for record in records_of(log, revisi)
        if record["tindakan"] == WAIVE
        for item in record["pengecualian"]
    }


def change_open(log: ReviewLog) -> Mapping[str, Any] | None:
    """The opened perubahan of a sealed period; the next penetapan closes it."""
    found: Mapping[str, Any] | None = None
    for record in log.records:
        if record["tindakan"] == OPEN_CHANGE:
            found = record
        elif record["tindakan"] == DECREE:
            found = None
    return found


def requests(log: ReviewLog) -> list[dict[str, Any]]:
    """What reviews asked of the next revisions, as an input of the run plan: each refine and each opened perubahan."""
    kinds = {REFINE: "perbaikan", OPEN_CHANGE: "perubahan"}
    return [
        {
            "jenis": kinds[record["tindakan"]],
            "dari_revisi": record["revisi"],
            "alasan": list(record["alasan"]),
            "catatan": record["hash"],
        }
        for record in log.records
        if record["tindakan"] in kinds
    ]
