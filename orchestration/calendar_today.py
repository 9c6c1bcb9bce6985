"""Today in Jakarta, and what a calendar verdict carries into Dagster: dates, words and counts.

What is due is `padanan/calendar`'s business.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from padanan.period import JAKARTA

if TYPE_CHECKING:
    from padanan.calendar.freshness import Freshness


def today() -> date:
    """The day in Jakarta."""
    return datetime.now(JAKARTA).date()


def metadata_of(item: Freshness, day: date) -> dict[str, Any]:
    """`tenggat`, `keadaan`, `hari_terlambat` of the entry that says most, and how many duties are behind."""
    entry = item.entry
    return {
        "per": day.isoformat(),
        "tenggat": entry.due.isoformat() if entry and entry.due else "–",
        "keadaan": entry.state if entry else "tidak berlaku",
        "perihal": entry.subject if entry else "–",
        "hari_terlambat": entry.days_late if entry else 0,
        "lewat": item.behind,
    }
