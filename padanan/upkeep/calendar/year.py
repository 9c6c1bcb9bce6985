"""The calendar of one year: every duty with its due date, and how it stands on a given day.

Dates come from `due`, deliveries from `padanan.landing.status`; how it is shown is decided by `show`, `page` and `ics`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import Contract, expectations_dir
from padanan.contracts.due import AFTER_CUTOFF, MONTHLY, NOT_DUE, OVERDUE, YEARLY, days_late, month_deadline, state_of
from padanan.contracts.lp3ke import load_reporting
from padanan.contracts.plan import YearPlan, all_plans
from padanan.contracts.plan_check import in_force_during
from padanan.feedback.lp3ke import duties as reporting
from padanan.landing.status import status
from padanan.records.active import received_on
from padanan.records.ledger import effective_status, manifests, released
from padanan.records.reports import done_on
from padanan.upkeep.calendar.rakor import FollowUp, follow_ups, meetings_held
from padanan.upkeep.calendar.twice import Decree, Signal, approved_decrees, decree_signal, meeting_signal

DELIVERY, MONTH, DUTY, DECREE, MEETING, PLAN, FOLLOW_UP = (
    "kiriman",
    "kiriman bulanan",
    "kewajiban tahunan",
    "penetapan",
    "rakor",
    "rencana data",
    "tindak lanjut",
)
KINDS = (DECREE, MEETING, PLAN, *reporting.KINDS, DELIVERY, MONTH, DUTY, FOLLOW_UP)


@dataclass(frozen=True)
class Entry:
    """One duty.

    Attributes:
        kind: one of `KINDS`.
        key: what names it inside its kind: contract id, period label, month, number.
        subject, owner: for people.
        due: None when the year has no plan.
        state: a word of `due`.
        done: the day on which it was done, None while it was not.
        days_late: days after the due date, until it was done or until today.
        basis: the paragraph or decision that asks for it.
    """

    kind: str
    key: str
    subject: str
    owner: str
    due: date | None
    state: str
    done: date | None
    days_late: int
    basis: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON: dates as text, Indonesian names."""
        names = ("jenis", "kunci", "perihal", "penanggung_jawab", "tenggat", "keadaan", "selesai", "hari_terlambat", "dasar")
        values = [value.isoformat() if isinstance(value, date) else value for value in asdict(self).values()]
        return dict(zip(names, values, strict=True))


@dataclass(frozen=True)
class YearCalendar:
    """A year's duties by due date, and what must be shouted."""

    year: int
    day: date
    entries: tuple[Entry, ...]
    signals: tuple[Signal, ...]

    def counted(self) -> dict[str, int]:
        """How many entries stand in each state, worst first."""
        order = (OVERDUE, AFTER_CUTOFF, "ditahan", "karantina", "ditolak", "terlambat", NOT_DUE, "tepat waktu")
        counts = {state: sum(entry.state == state for entry in self.entries) for state in order}
        return {state: count for state, count in counts.items() if count}

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "tahun": self.year,
            "per": self.day.isoformat(),
            "keadaan": self.counted(),
            "isyarat": [asdict(signal) for signal in self.signals],
            "kewajiban": [entry.as_dict() for entry in self.entries],
        }


def build(
    home: Home,
    contracts: Mapping[str, Contract],
    year: int,
    *,
    day: date | None = None,
    plans: Mapping[int, YearPlan] | None = None,
) -> YearCalendar:
    """The calendar of a year as it stood on a day (by default today in Jakarta): the same inputs give the same calendar.

    Args:
        plans: every plan on file; one that does not count gives no due dates.

    Raises:
        PadananError: a manifest, seal or register can't be read.
    """
    today = day or datetime.now(JAKARTA).date()
    filed = plans if plans is not None else all_plans()
    valid = {number: plan for number, plan in filed.items() if plan.counts}
    plan = valid.get(year)
    decrees = approved_decrees(home, today)
    meetings = [one for one in meetings_held(home) if one <= today]
    entries = [
        *_deliveries(home, contracts, year, today, valid),
        *_duties(home, contracts, year, today),
        *_decrees(plan, decrees, today),
        *_meetings(plan, meetings, year, today),
        *_plans(filed, year, today),
        *_reports(home, contracts, year, today),
        *(_follow_up(item, today) for item in follow_ups(home, today) if _shown(item, year)),
    ]
    entries.sort(key=lambda entry: (entry.due or date(year, 12, 31), KINDS.index(entry.kind), entry.key))
    return YearCalendar(year, today, tuple(entries), tuple(_signals(plan, filed, decrees, meetings, entries, year, today)))


def _deliveries(
    home: Home, contracts: Mapping[str, Contract], year: int, day: date, plans: Mapping[int, YearPlan]
) -> Iterator[Entry]:
    plan = plans.get(year)
    for half in (1, 2):
        periode = Periode(year, half)
        owed = {
            contract_id: contract
            for contract_id, contract in contracts.items()
            if contract.cadence != YEARLY or periode == (plan.last_periode if plan else Periode(year, 2))
        }
        for row in status(home, owed, periode, today=day, plans=plans, as_of=True)["produsen"]:
            contract = contracts[row["contract_id"]]
            label = str(year) if contract.cadence == YEARLY else periode.label
            due, done = _date(row["tenggat"]), _date(row["diterima"])
            basis = "§3.1.4.b" if int(contract.deadline.get("bulanSebelumPenetapan", 0)) == 2 else f"kontrak {contract.id}"
            yield Entry(
                DELIVERY,
                f"{label} {contract.id}",
                f"{contract.name}, {label}",
                contract.owner,
                due,
                row["keadaan"],
                done,
                row["hari_terlambat"],
                basis,
            )
            came = {item["bulan"]: item for item in row["bulan"]}
            if contract.cadence == MONTHLY:
                yield from _months(contract, periode, came, day)


def _months(contract: Contract, periode: Periode, came: Mapping[str, Mapping[str, Any]], day: date) -> Iterator[Entry]:
    for index in range(6):
        month = date(periode.year, periode.start.month + index, 1)
        if contract.in_force_from > month or (contract.in_force_to and contract.in_force_to < month):
            continue
        name = f"{month:%Y-%m}"
        known = came.get(name)
        due, done = month_deadline(contract, month), _date(known["diterima"]) if known else None
        state = state_of(done, None, False, due, day)
        yield Entry(
            MONTH,
            f"{name} {contract.id}",
            f"{contract.name}, data {name}",
            contract.owner,
            due,
            state,
            done,
            days_late(done, due, day),
            str(contract.deadline.get("dasar") or f"kontrak {contract.id}"),
        )


def _duties(home: Home, contracts: Mapping[str, Contract], year: int, day: date) -> Iterator[Entry]:
    """§2.4.1.a: recipients of every program at least once a calendar year, whatever the cadence."""
    freed = released(home, day)
    for contract in contracts.values():
        if contract.kind != "program" or not in_force_during(contract, year):
            continue
        came = [
            received_on(item)
            for item in manifests(home, contract.id)
            if effective_status(item, freed) == "diterima" and received_on(item) <= day
        ]
        done = min((one for one in came if one.year == year), default=None)
        due = date(year, 12, 31)
        yield Entry(
            DUTY,
            f"{year} {contract.id}",
            f"{contract.name}: sedikitnya sekali dalam {year}",
            contract.owner,
            due,
            state_of(done, None, False, due, day),
            done,
            days_late(done, due, day),
            "§2.4.1.a",
        )


def _decrees(plan: YearPlan | None, decrees: Sequence[Decree], day: date) -> Iterator[Entry]:
    first: dict[Periode, date] = {}
    for decree in decrees:
        first.setdefault(decree.periode, decree.day)
    for label, due in sorted((plan.decree_dates if plan else {}).items()):
        done = first.get(Periode.parse(label))
        yield Entry(
            DECREE,
            label,
            f"Keputusan Gubernur data sasaran {label}",
            "Sekretariat TKPK",
            due,
            state_of(done, None, False, due, day),
            done,
            days_late(done, due, day),
            "§3.1.4.a",
        )


def _meetings(plan: YearPlan | None, held: Sequence[date], year: int, day: date) -> Iterator[Entry]:
    done = sorted(one for one in held if one.year == year)
    planned = list(plan.meetings) if plan else []
    for number in range(max(len(planned), len(done))):
        due = planned[number] if number < len(planned) else None
        on = done[number] if number < len(done) else None
        yield Entry(
            MEETING,
            f"{year}-{number + 1}",
            f"Rapat koordinasi TKPK ke-{number + 1}",
            "Sekretariat TKPK",
            due or on,
            state_of(on, None, False, due, day),
            on,
            days_late(on, due, day),
            "§3.2.2.b",
        )


def _plans(plans: Mapping[int, YearPlan], year: int, day: date) -> Iterator[Entry]:
    """The next year's plan falls due in this year; this year's own is shown only when it is not there (F01)."""
    for target in (year, year + 1):
        plan = plans.get(target)
        done = plan.minutes.day if plan and plan.minutes.day <= day else None
        due = date(target - 1, 12, 31)
        state = state_of(done, None, False, due, day)
        if target == year and done is not None and done <= due:
            continue
        yield Entry(
            PLAN,
            str(target),
            f"Rencana data dan berita acara {target}",
            "Bappeda (Sekretariat TKPK)",
            due,
            state,
            done,
            days_late(done, due, day),
            "§3.1.3.1.c",
        )


def _reports(home: Home, contracts: Mapping[str, Contract], year: int, day: date) -> Iterator[Entry]:
    """§3.6 and §3.1.4.c: LP3KE to each of its recipients, LP2KD, reports of programs, monitoring, evaluation (F42-F44, F57)."""
    done = done_on(home)
    for duty in reporting.duties(year, contracts, load_agencies(expectations_dir()), load_reporting()):
        on = done.get(duty.key)
        on = on if on is not None and on <= day else None
        yield Entry(
            duty.kind,
            duty.key,
            duty.subject,
            duty.owner,
            duty.due,
            state_of(on, None, False, duty.due, day),
            on,
            days_late(on, duty.due, day),
            duty.basis,
        )


def _shown(item: FollowUp, year: int) -> bool:
    """A follow-up item stands in the year it is due in, and stays until it is done."""
    return item.due.year <= year and (item.done is None or item.done.year >= year)


def _follow_up(item: FollowUp, day: date) -> Entry:
    done = item.done if item.done and item.done <= day else None
    return Entry(
        FOLLOW_UP,
        item.number,
        item.text,
        item.owner,
        item.due,
        state_of(done, None, False, item.due, day),
        done,
        days_late(done, item.due, day),
        f"rakor {item.meeting.isoformat()}",
    )


def _signals(
    plan: YearPlan | None,
    filed: Mapping[int, YearPlan],
    decrees: Sequence[Decree],
    meetings: Sequence[date],
    entries: Sequence[Entry],
    year: int,
    day: date,
) -> Iterator[Signal]:
    planned = sorted(plan.decree_dates.values()) if plan else []
    for signal in (
        decree_signal(decrees, planned, year, day),
        meeting_signal(meetings, list(plan.meetings) if plan else [], year, day),
    ):
        if signal is not None:
            yield signal
    for entry in entries:
        if entry.kind == PLAN and entry.state in (OVERDUE, "terlambat"):
            late = " (berita acaranya terlambat, jadi tidak berlaku)" if int(entry.key) in filed else ""
            yield Signal(
                "alarm",
                "rencana data",
                f"tahun {entry.key} tidak punya rencana data yang disepakati sebelum tahunnya mulai{late}; kirimannya ditahan",
                f"periksa dengan 'padanan plan check {entry.key}'",
            )
    missed = [entry for entry in entries if entry.kind == DUTY and entry.state == OVERDUE]
    if missed:
        yield Signal(
            "alarm",
            "kewajiban tahunan",
            f"{len(missed)} program tidak mengirim satu kali pun pada {year} (§2.4.1.a): "
            + ", ".join(entry.key.split()[1] for entry in missed),
            "minta kirimannya kepada perangkat daerah pengelola program",
        )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
