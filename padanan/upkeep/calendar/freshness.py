"""Whether each producer is behind on a day: the calendar's entries of the running half-year, one verdict a producer.

Dagster's checks and `padanan calendar` must say the same, so both ask here or in `year`; nothing is computed anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.contracts.due import LATE, NOT_DUE, ON_TIME, OVERDUE
from padanan.upkeep.calendar.year import DELIVERY, DUTY, MONTH, Entry, YearCalendar


@dataclass(frozen=True)
class Freshness:
    """How a producer stands: the entry that says most (the longest overdue, else the last that fell due, else the next).

    `behind` counts what is due and not there; `passed` is false when it is not zero.
    """

    contract_id: str
    entry: Entry | None
    behind: int

    @property
    def passed(self) -> bool:
        """Whether nothing that is due is missing."""
        return self.behind == 0


def freshness(calendar: YearCalendar, contracts: Mapping[str, Contract]) -> dict[str, Freshness]:
    """One verdict a contract, from the entries of the calendar's running half-year; a retired producer owes nothing."""
    periode = Periode.of(calendar.day)
    owed: dict[str, list[Entry]] = {contract_id: [] for contract_id in contracts}
    for entry in calendar.entries:
        if entry.kind not in (DELIVERY, MONTH, DUTY):
            continue
        label, contract_id = entry.key.split(" ")
        if contract_id not in owed:
            continue
        if entry.kind == MONTH:
            own = Periode.of(date.fromisoformat(f"{label}-01")) == periode
        else:
            own = label in (periode.label, str(calendar.year))
        if own:
            owed[contract_id].append(entry)
    return {contract_id: _verdict(contract_id, entries, calendar.day) for contract_id, entries in owed.items()}


def _verdict(contract_id: str, entries: list[Entry], day: date) -> Freshness:
    behind = [entry for entry in entries if _behind(entry, day)]
    due = [entry for entry in entries if entry.due is not None]
    if behind:
        return Freshness(contract_id, max(behind, key=lambda entry: (entry.state == OVERDUE, entry.days_late)), len(behind))
    passed = [entry for entry in due if _when(entry) <= day]
    coming = [entry for entry in due if _when(entry) > day]
    told = max(passed, key=_when) if passed else min(coming, key=_when, default=None)
    return Freshness(contract_id, told, 0)


def _when(entry: Entry) -> date:
    return entry.due or date.max


def _behind(entry: Entry, day: date) -> bool:
    """Due and not there: overdue, or something came that is held, quarantined or refused past its deadline."""
    return entry.state == OVERDUE or (entry.state not in (ON_TIME, LATE, NOT_DUE) and entry.due is not None and day > entry.due)
