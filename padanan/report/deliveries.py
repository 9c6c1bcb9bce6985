"""What came, late, held or not at all: the delivery facts of one period, from the manifests in landing and quarantine.

The pinned deliveries are those of the published manifest; judging a delivery was done when it landed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from padanan.calendar.due import duty_deadline
from padanan.contract import Contract
from padanan.delivery.ledger import effective_status, manifests, quarantined, released
from padanan.home import Home
from padanan.period import JAKARTA, Periode
from padanan.plan import load_plans
from padanan.report.published import Published


@dataclass(frozen=True)
class Delivery:
    """One delivery of a producer as the reviewer needs it."""

    sha16: str
    periode_data: str
    diterima: date | None
    bagian: str | None
    status: str
    late: bool
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

    @property
    def state(self) -> str:
        """`tidak_berlaku`, `belum_ada`, `ditahan` (only held or quarantined ones came), `terlambat` or `tepat_waktu`."""
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
        """Ketepatan waktu: share of the rows that came before the deadline; None when nothing came or nothing is owed."""
        if not self.in_force or not self.rows_on:
            return None
        return sum(item.rows_on for item in self.used if not item.late) / self.rows_on

    @property
    def flags(self) -> tuple[Mapping[str, str], ...]:
        """Distinct warnings over all used and waiting deliveries."""
        seen: dict[str, Mapping[str, str]] = {}
        for item in (*self.used, *self.waiting):
            for flag in item.flags:
                seen.setdefault(str(flag.get("rule_id")), flag)
        return tuple(seen.values())


def deliveries(home: Home, contracts: Mapping[str, Contract], source: Published) -> dict[str, ProducerDeliveries]:
    """The deliveries of every contract, by contract id in the contracts' order."""
    plans, freed = load_plans(), released(home)
    pinned: dict[str, list[dict[str, Any]]] = {}
    for item in source.manifest.get("deliveries") or ():
        pinned.setdefault(item["contract"], []).append(item)
    result = {}
    for contract in contracts.values():
        due = duty_deadline(contract, source.periode, plans)
        landed = _landed(home, contract.id, freed)
        own = pinned.get(contract.id, [])
        used = tuple(_delivery(item, landed.get(item["sha16"], {}), due) for item in own)
        waiting = tuple(
            _delivery(manifest, manifest, due)
            for sha16, manifest in sorted(landed.items())
            if manifest.get("status") in ("ditahan", "karantina")
            and sha16 not in {item["sha16"] for item in own}
            and _concerns(manifest, source.periode, date.fromisoformat(str(source.manifest["cutoff"])[:10]))
        )
        result[contract.id] = ProducerDeliveries(contract, contract.in_force(source.periode), due, used, waiting)
    return result


def _landed(home: Home, contract_id: str, freed: set[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    found = {item["sha16"]: {**item, "status": item.get("status", "karantina")} for item in quarantined(home, contract_id)}
    for item in manifests(home, contract_id):
        found[item["sha16"]] = {**item, "status": effective_status(item, freed)}
    return found


def _delivery(item: Mapping[str, Any], manifest: Mapping[str, Any], due: date | None) -> Delivery:
    received = _day(item.get("diterima") or manifest.get("diterima"))
    late = manifest.get("late")
    aside = manifest.get("rows_aside")
    return Delivery(
        sha16=str(item["sha16"]) if "sha16" in item else str(manifest.get("sha16", "")),
        periode_data=str(item.get("periode_data") or ""),
        diterima=received,
        bagian=item.get("bagian"),
        status=str(manifest.get("status") or "diterima"),
        late=bool(late) if late is not None else bool(received and due and received > due),
        rows_in=manifest.get("rows_in"),
        rows_on=int(item.get("rows_on") or 0),
        rows_aside=sum(int(value) for value in aside.values()) if isinstance(aside, Mapping) else aside,
        flags=tuple(flag for flag in manifest.get("flags") or () if isinstance(flag, Mapping)),
    )


def _concerns(manifest: Mapping[str, Any], periode: Periode, cutoff: date) -> bool:
    """A held or refused delivery belongs to the period when its data do, or when it came in its half-year before the cut-off."""
    received = _day(manifest.get("diterima"))
    data = str(manifest.get("periode_data") or "")[:7]
    if f"{periode.start:%Y-%m}" <= data <= f"{periode.end:%Y-%m}":
        return True
    return received is not None and periode.start <= received <= cutoff


def _day(value: Any) -> date | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment.astimezone(JAKARTA) if moment.tzinfo else moment).date()
