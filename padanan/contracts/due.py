"""Due dates: the one place that says until when a producer may deliver, and the words for how a duty stands.

What came is read elsewhere; nothing here opens a file.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date

from padanan.base.period import Periode, months_before, periode_of, periode_start
from padanan.contracts.contract import FEEDBACK, Contract
from padanan.contracts.plan import YearPlan

ON_TIME, LATE, OVERDUE, NOT_DUE, HELD = "tepat waktu", "terlambat", "lewat tenggat", "belum jatuh tempo", "ditahan"
QUARANTINED, REFUSED = "karantina", "ditolak"
# Accepted, but after the cut-off of the decree, so that the period does without it.
AFTER_CUTOFF = "datang setelah batas"
NOT_IN_FORCE = "tidak berlaku"
MONTHLY, YEARLY = "bulanan", "tahunan"


def deadline(contract: Contract, periode: Periode, plans: Mapping[int, YearPlan]) -> date | None:
    """The last day on which a delivery still serves a period's decree; None when the year has no plan, or for feedback.

    §3.1.4.b: Dinsos and DPPAPP two months before the decree; every other producer by its contract's `tenggat`.
    """
    plan = plans.get(periode.year)
    # What the field learns is taken in whenever it comes: each verb's clock stands in umpan_balik.yaml.
    if plan is None or contract.kind == FEEDBACK:
        return None
    return months_before(plan.decree_date(periode), int(contract.deadline.get("bulanSebelumPenetapan", 0)))


def duty_deadline(contract: Contract, periode: Periode, plans: Mapping[int, YearPlan]) -> date | None:
    """The last day on which a producer does its duty of a period: a yearly one owes for the year's last decree only."""
    plan = plans.get(periode.year)
    if plan is not None and contract.cadence == YEARLY:
        periode = max(periode, plan.last_periode)
    return deadline(contract, periode, plans)


def month_deadline(contract: Contract, month: date) -> date:
    """The last day for a month's delivery of a monthly producer: the contract's `tenggat.tanggalBulanan`, else its end."""
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day=min(int(contract.deadline.get("tanggalBulanan", last)), last))


def due_date(contract: Contract, periode_data: str, plans: Mapping[int, YearPlan]) -> date | None:
    """The deadline that binds a delivery: of the first period, from its own on, whose deadline its data can still meet.

    Data of November can't be due in October: they serve the next decree.
    """
    start = periode_start(periode_data)
    periode = periode_of(periode_data)
    first = duty_deadline(contract, periode, plans)
    for _ in range(4):
        day = duty_deadline(contract, periode, plans)
        if day is None:
            return first
        if day >= start:
            return day
        periode = periode.following()
    return first


def concerns(contract: Contract, periode_data: str, periode: Periode) -> bool:
    """Whether a delivery does the duty of a period: same half-year, or for a yearly producer the same year."""
    own = periode_of(periode_data)
    return own.year == periode.year and (contract.cadence == YEARLY or own == periode)


def state_of(received: date | None, late: bool | None, waiting: bool, due: date | None, day: date) -> str:
    """How a duty stands on a day.

    Args:
        received: the day on which the first accepted delivery came, None when none did.
        late: what its receipt says; None computes it from `due`.
        waiting: something came but waits for a person.
        due: None when the year has no plan: then nothing is overdue yet.
    """
    if received is not None:
        if late is None:
            late = due is not None and received > due
        return LATE if late else ON_TIME
    if waiting:
        return HELD
    return OVERDUE if due is not None and day > due else NOT_DUE


def days_late(received: date | None, due: date | None, day: date) -> int:
    """Days after the due date, of what came or, when nothing came, of today; 0 when in time."""
    return max(((received or day) - due).days, 0) if due is not None else 0
