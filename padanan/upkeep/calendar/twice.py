"""What must happen at least twice a year (§3.1.4.a decrees, §3.2.2.b rakor): how many did, and when that is an alarm.

Decrees are counted from their seals; minutes of the rakor are read in `rakor`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.records.seals import seals

LEAST = 2
ALARM, WARNING = "alarm", "peringatan"


@dataclass(frozen=True)
class Signal:
    """Something that a person must know: `alarm` when a duty was missed, `peringatan` while it can still be done."""

    level: str
    subject: str
    text: str
    cure: str


@dataclass(frozen=True)
class Decree:
    """One approved decree: which period it fixes, which one of the period, and its day."""

    periode: Periode
    ke: int
    number: str
    day: date


def approved_decrees(home: Home, until: date | None = None) -> list[Decree]:
    """Every approved decree by its day, read from the seals.

    Args:
        until: only those of that day or before.

    Raises:
        PadananError: a seal can't be read or lacks its day.
    """
    found = []
    for folder in sorted((home.root / "decree").glob("????-??-??")):
        for seal in seals(home, Periode.parse(folder.name)):
            try:
                day = date.fromisoformat(str(seal.data["tanggal"])[:10])
            except (ValueError, KeyError):
                raise PadananError(
                    "segel tanpa tanggal penetapan",
                    file=seal.path.relative_to(home.root),
                    cure="pulihkan folder decree dari cadangan",
                ) from None
            if until is None or day <= until:
                found.append(Decree(seal.periode, seal.ke, str(seal.data.get("nomor", "–")), day))
    return sorted(found, key=lambda item: (item.day, item.periode, item.ke))


def periods_decreed(decrees: Iterable[Decree], year: int) -> dict[Periode, date]:
    """The distinct periods fixed by a decree of that calendar year, each with the day of its first one.

    §3.1.4.a asks for two penetapan of data sasaran a year: a perubahan of the same period amends one and is no second.
    """
    first: dict[Periode, date] = {}
    for decree in sorted(decrees, key=lambda item: item.day):
        first.setdefault(decree.periode, decree.day)
    return {periode: day for periode, day in first.items() if day.year == year}


def decree_signal(decrees: Iterable[Decree], planned: Sequence[date], year: int, day: date) -> Signal | None:
    """The alarm for fewer than two decrees a year, if it is raised on that day."""
    done = periods_decreed(decrees, year)
    named = ", ".join(periode.label for periode in sorted(done)) or "tidak ada"
    return _signal(
        len(done),
        planned,
        year,
        day,
        subject="penetapan",
        what=f"periode ditetapkan pada {year} ({named}); perubahan ke-n periode yang sama tidak dihitung lagi (§3.1.4.a)",
        cure="tetapkan periode yang belum, atau laporkan sebabnya kepada Asisten Kesejahteraan Rakyat",
    )


def meeting_signal(held: Sequence[date], planned: Sequence[date], year: int, day: date) -> Signal | None:
    """The alarm for fewer than two rakor a year (F48), if it is raised on that day."""
    done = [one for one in held if one.year == year and one <= day]
    return _signal(
        len(done),
        planned,
        year,
        day,
        subject="rakor",
        what=f"rakor tercatat pada {year} (§3.2.2.b)",
        cure="adakan rakor dan catat notulanya dengan 'padanan rakor record'",
    )


def _signal(done: int, planned: Sequence[date], year: int, day: date, *, subject: str, what: str, cure: str) -> Signal | None:
    """Over: alarm once the year has ended. Warning: once the second planned day has passed and two are not reached."""
    if done >= LEAST:
        return None
    text = f"{done} dari sedikitnya {LEAST} {what}"
    if day > date(year, 12, 31):
        return Signal(ALARM, subject, text, cure)
    passed = sorted(planned)
    if len(passed) >= LEAST and day > passed[LEAST - 1]:
        return Signal(WARNING, subject, text, cure)
    return None
