"""What a period has of each producer: the one answer that status, calendar, run, checks and report repeat.

Which delivery is read is `active`'s choice, the words are those of `due`; nothing is opened but manifests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, periode_start
from padanan.contracts.contract import Contract
from padanan.contracts.due import (
    AFTER_CUTOFF,
    LATE,
    NOT_IN_FORCE,
    OVERDUE,
    QUARANTINED,
    REFUSED,
    concerns,
    days_late,
    duty_deadline,
    state_of,
)
from padanan.contracts.plan import YearPlan, load_plans
from padanan.records.active import ActiveDelivery, Choice, choose, delivered, received_on
from padanan.records.ledger import carried_by_decision, effective_status, manifests, quarantined, released

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Arrival:
    """One producer in one period.

    Attributes:
        due: the last day for its duty; None when the year has no plan.
        used: what a run of the period reads.
        too_old: what it would read if it were not older than the contract's greatest age.
        landed: what landed for this very period, held ones included; `accepted` and `waiting` are parts of it.
        aside: what was quarantined or refused and not made good since.
        state: a word of `due`; of what is carried forward it says nothing, for that is no arrival.
        received: the day on which the duty was done, None while it was not.
        days_late: days after the due date, until it was done or until today.
    """

    contract: Contract
    in_force: bool
    due: date | None
    used: tuple[ActiveDelivery, ...]
    too_old: tuple[ActiveDelivery, ...]
    landed: tuple[Manifest, ...]
    accepted: tuple[Manifest, ...]
    waiting: tuple[Manifest, ...]
    aside: tuple[Manifest, ...]
    state: str
    received: date | None
    days_late: int

    @property
    def delivered(self) -> bool:
        """Whether the period has what this producer owes it."""
        return delivered(self.used)

    @property
    def carried(self) -> tuple[ActiveDelivery, ...]:
        """What is read although its data are of an earlier period."""
        return tuple(item for item in self.used if item.carried)

    @property
    def missing(self) -> bool:
        """Whether the producer owes and did not deliver."""
        return self.in_force and not self.delivered


def cutoff_of(periode: Periode, plans: Mapping[int, YearPlan]) -> date:
    """The last day whose deliveries count for a period: that of its decree; without a plan the period's end."""
    return plans[periode.year].decree_date(periode) if periode.year in plans else periode.end


def arrivals(
    home: Home,
    contracts: Mapping[str, Contract],
    periode: Periode,
    *,
    cutoff: date | None = None,
    day: date | None = None,
    plans: Mapping[int, YearPlan] | None = None,
    as_of: bool = False,
) -> dict[str, Arrival]:
    """What a period has of every contract, by id in order.

    Args:
        cutoff: the last day whose deliveries count; by default that of the period's decree.
        day: the day on which duties are judged; by default today in Jakarta.
        as_of: leave out what came or was released after that day, so that a past day never changes any more.

    Raises:
        PadananError: a manifest or the record of decisions can't be read.
    """
    known = plans if plans is not None else load_plans()
    today = day or datetime.now(JAKARTA).date()
    last = cutoff or cutoff_of(periode, known)
    until = today if as_of else None
    freed, decided = released(home, until), carried_by_decision(home, until)
    return {
        contract_id: _arrival(home, contracts[contract_id], periode, last, today, known, freed, decided, as_of)
        for contract_id in sorted(contracts)
    }


def _arrival(
    home: Home,
    contract: Contract,
    periode: Periode,
    cutoff: date,
    day: date,
    plans: Mapping[int, YearPlan],
    freed: set[tuple[str, str]],
    decided: set[tuple[str, str, str]],
    as_of: bool,
) -> Arrival:
    every = [item for item in manifests(home, contract.id) if not (as_of and received_on(item) > day)]
    in_force = contract.in_force(periode)
    choice = choose(home, contract, every, periode, cutoff, freed, decided) if in_force else Choice()
    landed = [item for item in every if concerns(contract, item["periode_data"], periode)]
    accepted = [item for item in landed if effective_status(item, freed) == "diterima"]
    waiting = [item for item in landed if effective_status(item, freed) == "ditahan"]
    aside = [
        item
        for item in standing_aside(home, contract.id, freed)
        if not (as_of and item["diterima"] and received_on(item) > day)
        and (item["periode_data"] is None or concerns(contract, item["periode_data"], periode))
    ]
    due = duty_deadline(contract, periode, plans)
    own = [item for item in choice.used if not item.carried]
    late = any(item.late for item in own)
    # The first day of the part that came last when late, of the one that came first when in time: what the receipts say.
    received = (max if late else min)((item.first for item in own if item.late == late), default=None)
    after = min((received_on(item) for item in accepted), default=None) if not own else None
    if not in_force:
        state = NOT_IN_FORCE
    elif after is not None:
        state, received, late = AFTER_CUTOFF, after, True
    else:
        state = _word(received, late, waiting, aside, due, day)
    return Arrival(
        contract=contract,
        in_force=in_force,
        due=due,
        used=choice.used,
        too_old=choice.too_old,
        landed=tuple(landed),
        accepted=tuple(accepted),
        waiting=tuple(waiting),
        aside=tuple(aside),
        state=state,
        received=received,
        days_late=days_late(received, due, day) if state == LATE or late or not received else 0,
    )


def _word(
    received: date | None, late: bool, waiting: Sequence[Manifest], aside: Sequence[Manifest], due: date | None, day: date
) -> str:
    state = state_of(received, late if received else None, bool(waiting), due, day)
    if received is None and not waiting and aside:
        # What came is unusable: its own word says more than that nothing usable came, until the deadline has passed.
        word = str(max(aside, key=lambda item: item["diterima"] or "")["status"])
        return word if word in (QUARANTINED, REFUSED) and state != OVERDUE else state
    return state


def standing_aside(home: Home, contract_id: str, freed: set[tuple[str, str]]) -> list[Manifest]:
    """Quarantined and refused deliveries of a producer, the last try of each file, that no accepted one has made good.

    A later delivery of the same `periode_data` and part makes a bad one good; one whose letter could not be read stands until
    its file or its bytes, or a delivery that is no part of one, are accepted after it.
    """
    good = [item for item in manifests(home, contract_id) if effective_status(item, freed) == "diterima"]
    return [
        item
        for item in quarantined(home, contract_id)
        if "~" not in item["folder"].name and not any(_makes_good(one, item) for one in good)
    ]


def unsettled(home: Home, contract_id: str) -> list[Manifest]:
    """What waits for a person, of any period: quarantined and refused ones, and held ones, that no accepted one made good.

    Raises:
        PadananError: a manifest or the record of decisions can't be read.
    """
    freed = released(home)
    every = list(manifests(home, contract_id))
    good = [item for item in every if effective_status(item, freed) == "diterima"]
    held = [item for item in every if effective_status(item, freed) == "ditahan"]
    return [
        *standing_aside(home, contract_id, freed),
        *(item for item in held if not any(_makes_good(one, item) for one in good)),
    ]


def _makes_good(good: Manifest, bad: Manifest) -> bool:
    if bad["periode_data"] is None or bad["diterima"] is None:
        # No letter, no day: what stands on disk says which came first.
        first, then = ((item["folder"] / "manifest.json").stat().st_mtime_ns for item in (bad, good))
        # A part that came in mends no other: of those only the same file, or the same bytes, make good.
        again = good["sha256"] == bad["sha256"] or good["file"] == bad["file"]
        return bool(then >= first) and (again or good["bagian"] is None)
    same = periode_start(good["periode_data"]) == periode_start(bad["periode_data"]) and good["bagian"] == bad["bagian"]
    return same and datetime.fromisoformat(good["diterima"]) >= datetime.fromisoformat(bad["diterima"])
