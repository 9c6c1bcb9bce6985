"""The LP3KE of a half-year's two quarters: which editions are still to be made, what is out or late, and on which day to look.

How an edition is made is `make`'s, when it is due `duties`'; here no date is written a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, Quarter
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.due import OVERDUE, state_of
from padanan.contracts.lp3ke import load_reporting
from padanan.feedback.lp3ke.duties import Duty, lp3ke_duties, waiting_books
from padanan.feedback.lp3ke.make import make
from padanan.feedback.lp3ke.people import NO_SOURCE
from padanan.records import reports

MADE, THERE, SENT, RUNNING, EARLIER, NOTHING = (
    "dibuat", "sudah ada", "sudah disampaikan", "belum berakhir", "sebelum kewajiban", "belum ada data sasaran",
)  # fmt: skip
"""How a quarter stands after `make_due`; `NOTHING` is the one that a person must look at."""


@dataclass(frozen=True)
class Edition:
    """A quarter, how it stands, and the folder of an edition that was made now."""

    quarter: Quarter
    state: str
    folder: Path | None = None


@dataclass(frozen=True)
class Open:
    """What is open of a quarter on a day: workbooks that are out and not back, duties past their day."""

    quarter: Quarter
    waiting: int
    overdue: tuple[Duty, ...]


def quarters_of(periode: Periode) -> tuple[Quarter, Quarter]:
    """The two quarters of a half-year."""
    last = Quarter.of(periode.end)
    return last.previous(), last


def make_due(home: Home, periode: Periode, *, now: datetime, progress: Callable[[str], None] = lambda _: None) -> list[Edition]:
    """Makes the first edition of each quarter of a half-year that is over; one that is out in the field is never made anew.

    Raises:
        PadananError: see `make.make`; that no decree stands yet is told, not raised.
    """
    return [_made(home, quarter, now, progress) for quarter in quarters_of(periode)]


def _made(home: Home, quarter: Quarter, now: datetime, progress: Callable[[str], None]) -> Edition:
    if quarter < load_reporting().since:
        return Edition(quarter, EARLIER)
    if quarter.end >= now.astimezone(JAKARTA).date():
        return Edition(quarter, RUNNING)
    if reports.newest_edition(home, quarter) is not None:
        return Edition(quarter, THERE)
    if not without_edition(home, Periode.of(quarter.end), now.astimezone(JAKARTA).date()).count(quarter):
        return Edition(quarter, SENT)
    try:
        folder, _ = make(home, quarter, now=now, progress=progress)
    except PadananError as missing:
        if not missing.cause.startswith(NO_SOURCE):
            raise
        return Edition(quarter, NOTHING)
    return Edition(quarter, MADE, folder)


def open_of(home: Home, periode: Periode, today: date) -> list[Open]:
    """What is open of the quarters of a half-year that are over."""
    done, found = reports.done_on(home), []
    for quarter in quarters_of(periode):
        if quarter < load_reporting().since or quarter.end >= today:
            continue
        made = reports.newest_edition(home, quarter) is not None
        waiting = sum(map(len, waiting_books(home, quarter).values())) if made else 0
        late = [one for one in _duties(quarter) if state_of(done.get(one.key), None, False, one.due, today) == OVERDUE]
        found.append(Open(quarter, waiting, tuple(late)))
    return found


def without_edition(home: Home, periode: Periode, today: date) -> list[Quarter]:
    """The quarters of a half-year that are over, owed, not handed in, and have no edition."""
    done = reports.done_on(home)
    return [
        quarter
        for quarter in quarters_of(periode)
        if load_reporting().since <= quarter
        and quarter.end < today
        and reports.newest_edition(home, quarter) is None
        and not all(duty.key in done for duty in _duties(quarter))
    ]


def quarter_to_look_at(day: date) -> Quarter | None:
    """The quarter whose LP3KE is looked at on a day: the day after its end, and the day after each of its due dates."""
    reporting, quarter = load_reporting(), Quarter.of(day).previous()
    every = list(lp3ke_duties(day.year, load_agencies(expectations_dir()), reporting))
    for _ in range(4):
        days = {quarter.end, *(duty.due for duty in every if duty.quarter == quarter)}
        if reporting.since <= quarter and day - timedelta(1) in days:
            return quarter
        quarter = quarter.previous()
    return None


def _duties(quarter: Quarter) -> list[Duty]:
    agencies, reporting = load_agencies(expectations_dir()), load_reporting()
    return [one for one in lp3ke_duties(quarter.year + 1, agencies, reporting) if one.quarter == quarter]
