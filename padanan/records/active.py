"""Which landed delivery of each producer a period reads: the newest that is accepted, in time, not superseded, not too old.

Nothing is read here but manifests; how a producer stands in a period is `arrivals`, pinning the answer the run plan's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, months_before, periode_end, periode_start
from padanan.contracts.contract import Contract
from padanan.contracts.due import concerns
from padanan.records.ledger import carried_by_decision, effective_status, manifests, released
from padanan.records.tombstone import read_nisan


@dataclass(frozen=True)
class ActiveDelivery:
    """One delivery that a period reads. `path` is relative to the data home and names part.parquet.

    `carried`: its data are of an earlier period (*terbawa*): it stands in for one that did not come, and counts as not delivered.
    `late`: the first accepted delivery of its `periode_data` and part came after the deadline; a correction is no late delivery.
    `first`: the day in Jakarta on which that first one came.
    `destroyed` is its tombstone when its content went by retention: it is still the one that counts, and can't be read.
    """

    contract_id: str
    sha16: str
    periode_data: str
    diterima: datetime
    bagian: str | None
    path: str
    rows_on: int
    folder: Path
    manifest: Mapping[str, Any]
    carried: bool
    late: bool
    first: date
    destroyed: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Choice:
    """What a period reads of one producer, and what it would read if it were not too old."""

    used: tuple[ActiveDelivery, ...] = ()
    too_old: tuple[ActiveDelivery, ...] = ()


def delivered(used: Sequence[ActiveDelivery]) -> bool:
    """Whether a producer did its duty with what a period reads: something is read, and nothing of it is carried forward."""
    return bool(used) and not any(item.carried for item in used)


def too_old(contract: Contract, periode_data: str, cutoff: date) -> bool:
    """Whether more than the contract's greatest age lies between the last day of the data and the cut-off."""
    return months_before(cutoff, contract.greatest_age) > periode_end(periode_data)


def received_on(item: Mapping[str, Any]) -> date:
    """The day in Jakarta on which a delivery came."""
    return datetime.fromisoformat(item["diterima"]).astimezone(JAKARTA).date()


def choose(
    home: Home,
    contract: Contract,
    landed: Iterable[Mapping[str, Any]],
    periode: Periode,
    cutoff: date,
    freed: set[tuple[str, str]],
    decided: set[tuple[str, str, str]],
) -> Choice:
    """What a period reads of one producer in force.

    Accepted (or released) deliveries with periode_data up to the period's end and received by the cut-off day (in Jakarta,
    that day included). Within one (periode_data, bagian) the latest received wins: a correction supersedes, both stay on
    disk. Of several periode_data the newest is read, per part; a newer whole delivery replaces older parts and the other way
    round. Data of an earlier period are carried forward, up to the contract's greatest age or by a person's decision.

    Args:
        landed: the producer's manifests.
        freed: released held deliveries.
        decided: (contract id, sha16, period key) that a person lets a period read in spite of its age.
    """
    able = [
        item
        for item in landed
        if effective_status(item, freed) == "diterima"
        and periode_start(item["periode_data"]) <= periode.end
        and received_on(item) <= cutoff
    ]
    fresh: list[Mapping[str, Any]] = []
    stale: list[Mapping[str, Any]] = []
    for item in able:
        old = too_old(contract, item["periode_data"], cutoff) and not concerns(contract, item["periode_data"], periode)
        (stale if old and (contract.id, item["sha16"], periode.key) not in decided else fresh).append(item)
    used, unused = _newest(fresh), _newest(stale)
    # What is too old is told only where it is newer than what is read.
    newest = max((periode_start(item["periode_data"]) for item in used), default=date.min)
    unused = [item for item in unused if periode_start(item["periode_data"]) > newest]
    return Choice(
        tuple(_active(home, contract, item, able, periode) for item in used),
        tuple(_active(home, contract, item, able, periode) for item in unused),
    )


def _newest(items: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    best: dict[str | None, tuple[tuple[date, datetime, str], Mapping[str, Any]]] = {}
    for item in items:
        rank = (periode_start(item["periode_data"]), datetime.fromisoformat(item["diterima"]), item["sha16"])
        if item["bagian"] not in best or rank > best[item["bagian"]][0]:
            best[item["bagian"]] = (rank, item)
    if None in best and len(best) > 1:
        newest_part = max(rank for bagian, (rank, _) in best.items() if bagian is not None)
        whole = best[None][0] > newest_part
        best = {bagian: entry for bagian, entry in best.items() if (bagian is None) == whole}
    return [best[bagian][1] for bagian in sorted(best, key=lambda value: value or "")]


def _active(
    home: Home, contract: Contract, item: Mapping[str, Any], able: Sequence[Mapping[str, Any]], periode: Periode
) -> ActiveDelivery:
    same = [one for one in able if (one["periode_data"], one["bagian"]) == (item["periode_data"], item["bagian"])]
    first = min(same, key=lambda one: (datetime.fromisoformat(one["diterima"]), one["sha16"]))
    return ActiveDelivery(
        contract_id=contract.id,
        sha16=item["sha16"],
        periode_data=item["periode_data"],
        diterima=datetime.fromisoformat(item["diterima"]),
        bagian=item["bagian"],
        path=(item["folder"] / "part.parquet").relative_to(home.root).as_posix(),
        rows_on=int(item["rows_on"]),
        folder=item["folder"],
        manifest=item,
        carried=not concerns(contract, item["periode_data"], periode),
        late=bool(first["late"]),
        first=received_on(first),
    )


def active_deliveries(home: Home, contracts: Mapping[str, Contract], periode: Periode, cutoff: date) -> list[ActiveDelivery]:
    """The deliveries that a run of a period reads, of every contract in force; see `choose`.

    Returns:
        Sorted by contract id, bagian.
    """
    freed, decided = released(home), carried_by_decision(home)
    return [
        replace(item, destroyed=read_nisan(item.folder))
        for contract_id in sorted(contracts)
        if contracts[contract_id].in_force(periode)
        for item in choose(home, contracts[contract_id], manifests(home, contract_id), periode, cutoff, freed, decided).used
    ]
