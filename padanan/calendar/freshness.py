"""Whether each producer is behind on a day: the calendar's entries of the running half-year, one verdict a producer.

Dagster's checks and `padanan calendar` must say the same, so both ask here or in `year`; nothing is computed anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from padanan.calendar.due import LATE, NOT_DUE, ON_TIME, OVERDUE
from padanan.calendar.twice import Signal
from padanan.calendar.year import DELIVERY, DUTY, MONTH, Entry, YearCalendar
from padanan.contract import Contract
from padanan.delivery.commit import write_once
from padanan.home import Home
from padanan.period import Periode

SENT = "isyarat.json"
REPEAT_DAYS = 30


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


def send_new(home: Home, signals: Iterable[Signal], year: int, day: date, send: Callable[[Signal], None]) -> list[Signal]:
    """Sends signals that were not sent within the last `REPEAT_DAYS` days; a daily check must not cry every day.

    Returns:
        What was sent.
    """
    path = home.root / "logs" / SENT
    try:
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    sent = []
    for signal in signals:
        key = f"{year}|{signal.subject}|{signal.level}"
        before = known.get(key)
        if before is not None and day < date.fromisoformat(before) + timedelta(days=REPEAT_DAYS):
            continue
        send(signal)
        known[key] = day.isoformat()
        sent.append(signal)
    if sent:
        write_once(path, json.dumps(known, sort_keys=True) + "\n")
    return sent
