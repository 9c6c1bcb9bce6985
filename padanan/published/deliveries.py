"""What came, late, held or not at all: the delivery facts of one period, from the manifests in landing and quarantine.

The pinned deliveries are those of the published manifest; judging a delivery was done when it landed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from padanan.base.format import month
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.contract import Contract
from padanan.contracts.due import concerns
from padanan.contracts.feedback import NEWCOMERS
from padanan.published.opened import Published
from padanan.records.arrivals import Arrival, arrivals
from padanan.records.ledger import manifests


@dataclass(frozen=True)
class Delivery:
    """One delivery of a producer as the reviewer needs it."""

    sha16: str
    periode_data: str
    diterima: date | None
    bagian: str | None
    status: str
    late: bool
    carried: bool
    rows_in: int | None
    rows_on: int
    rows_aside: int | None
    flags: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class ProducerDeliveries:
    """All deliveries of one contract for the period."""

    contract: Contract
    in_force: bool
    due: date | None
    used: tuple[Delivery, ...]
    waiting: tuple[Delivery, ...]
    too_old: tuple[str, ...]
    cutoff: date

    @property
    def delivered(self) -> bool:
        """Whether the period has what this producer owes it; what is carried forward is no delivery."""
        return bool(self.used) and not self.carried

    @property
    def carried(self) -> tuple[str, ...]:
        """The `periode_data` that are read although they are of an earlier period (*terbawa*)."""
        return tuple(sorted({item.periode_data for item in self.used if item.carried}))

    @property
    def state(self) -> str:
        """`tidak_berlaku`, `belum_ada`, `ditahan` (only held or unusable ones came), `terbawa`, `terlambat` or `tepat_waktu`."""
        if self.carried:
            return "terbawa"
        if self.used:
            return "terlambat" if any(item.late for item in self.used) else "tepat_waktu"
        if not self.in_force:
            return "tidak_berlaku"
        return "ditahan" if self.waiting else "belum_ada"

    @property
    def last(self) -> date | None:
        """The newest day on which a used delivery came."""
        return max((item.diterima for item in self.used if item.diterima), default=None)

    @property
    def rows_on(self) -> int:
        """Rows that went on to the cleansing."""
        return sum(item.rows_on for item in self.used)

    @property
    def on_time(self) -> float | None:
        """Ketepatan waktu: share of the rows that came before the deadline; None when nothing came or nothing is owed.

        Rows carried forward did not come in time; before the deadline that can't be said yet.
        """
        if not self.in_force or not self.rows_on or (self.carried and not (self.due and self.due < self.cutoff)):
            return None
        return sum(item.rows_on for item in self.used if not item.late and not item.carried) / self.rows_on

    @property
    def flags(self) -> tuple[Mapping[str, str], ...]:
        """Distinct warnings over all used and waiting deliveries."""
        seen: dict[str, Mapping[str, str]] = {}
        for item in (*self.used, *self.waiting):
            for flag in item.flags:
                seen.setdefault(str(flag.get("rule_id")), flag)
        return tuple(seen.values())


@dataclass(frozen=True)
class Lacking:
    """Names of producers that owe something: nothing came, only held or unusable ones came, older data stand in (with month)."""

    missing: tuple[str, ...]
    held: tuple[str, ...]
    carried: tuple[str, ...]


def lacking(items: Iterable[ProducerDeliveries]) -> Lacking:
    """Who did not deliver, for the recommendation and the documents."""
    found = list(items)
    return Lacking(
        tuple(item.contract.name for item in found if item.state == "belum_ada"),
        tuple(item.contract.name for item in found if item.state == "ditahan"),
        tuple(
            f"{item.contract.name} ({', '.join(map(month, item.carried))})" for item in found if item.carried and item.in_force
        ),
    )


def deliveries(home: Home, contracts: Mapping[str, Contract], source: Published) -> dict[str, ProducerDeliveries]:
    """The deliveries of every contract, by contract id in the contracts' order."""
    pinned: dict[str, list[dict[str, Any]]] = {}
    for item in source.manifest.get("deliveries") or ():
        pinned.setdefault(item["contract"], []).append(item)
    cutoff = date.fromisoformat(str(source.manifest["cutoff"])[:10])
    newcomers = source.manifest.get(NEWCOMERS)
    if newcomers:
        pinned[NEWCOMERS] = [newcomers]
    found = arrivals(home, contracts, source.periode, cutoff=cutoff)
    result = {}
    for contract in contracts.values():
        arrival, own = found[contract.id], pinned.get(contract.id, [])
        landed = {item["sha16"]: item for item in manifests(home, contract.id)} if own else {}
        result[contract.id] = ProducerDeliveries(
            contract,
            # What a run made of the feedback is owed by nobody, and never late.
            arrival.in_force and contract.id != NEWCOMERS,
            arrival.due,
            used=tuple(_delivery(item, landed.get(item["sha16"], {}), arrival, source.periode) for item in own),
            waiting=tuple(
                _delivery(item, item, arrival, source.periode)
                for item in sorted((*arrival.waiting, *arrival.aside), key=lambda item: item["sha16"])
                if item["sha16"] not in {one["sha16"] for one in own}
            ),
            too_old=tuple(sorted({item.periode_data for item in arrival.too_old})),
            cutoff=cutoff,
        )
    return result


def _delivery(item: Mapping[str, Any], manifest: Mapping[str, Any], arrival: Arrival, periode: Periode) -> Delivery:
    received, due = _day(item.get("diterima") or manifest.get("diterima")), arrival.due
    # What the run pinned says it first: of a correction, whether the delivery that it corrects was late.
    late = item.get("terlambat", manifest.get("late"))
    data = str(item.get("periode_data") or "")
    aside = manifest.get("rows_aside")
    return Delivery(
        sha16=str(item["sha16"]) if "sha16" in item else str(manifest.get("sha16", "")),
        periode_data=data,
        diterima=received,
        bagian=item.get("bagian"),
        status=str(manifest.get("status") or "diterima"),
        late=bool(late) if late is not None else bool(received and due and received > due),
        carried=bool(data) and not concerns(arrival.contract, data, periode),
        rows_in=manifest.get("rows_in"),
        rows_on=int(item.get("rows_on") or 0),
        rows_aside=sum(int(value) for value in aside.values()) if isinstance(aside, Mapping) else aside,
        flags=tuple(flag for flag in manifest.get("flags") or () if isinstance(flag, Mapping)),
    )


def _day(value: Any) -> date | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment.astimezone(JAKARTA) if moment.tzinfo else moment).date()
