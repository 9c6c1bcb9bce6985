"""Today in Jakarta, and what a calendar verdict carries into Dagster: dates, words and counts.

What is due is `padanan/upkeep/calendar`'s business.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from padanan.base.format import day, number
from padanan.base.period import JAKARTA

if TYPE_CHECKING:
    from padanan.upkeep.calendar.freshness import Freshness


def today() -> date:
    """The day in Jakarta."""
    return datetime.now(JAKARTA).date()


def sentence_of(item: Freshness) -> str:
    """`0 kewajiban lewat tenggat, ambang 0 (Kiriman DTKS, tenggat 15 Oktober 2025: tepat waktu).`"""
    told = "tidak ada kewajiban pada semester ini"
    if (entry := item.entry) is not None:
        late = f", {number(entry.days_late)} hari terlambat" if entry.days_late else ""
        told = f"{entry.subject}, tenggat {day(entry.due)}: {entry.state}{late}"
    return f"{number(item.behind)} kewajiban lewat tenggat, ambang 0 ({told})."


def metadata_of(item: Freshness, at: date) -> dict[str, Any]:
    """`tenggat`, `keadaan`, `hari_terlambat` of the entry that says most, and how many duties are behind (the one plot)."""
    entry = item.entry
    return {
        "per": at.isoformat(),
        "tenggat": entry.due.isoformat() if entry and entry.due else "–",
        "keadaan": entry.state if entry else "tidak berlaku",
        "perihal": entry.subject if entry else "–",
        "hari_terlambat": number(entry.days_late if entry else 0),
        "lewat": item.behind,
        "ambang": 0,
    }
