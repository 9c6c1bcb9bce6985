"""What has landed so far: manifests read back, and the append-only decisions of people on single deliveries.

Choosing what a run reads is `active`'s business, telling people is `status`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.errors import DeliveryError, PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, periode_of, periode_start
from padanan.base.typed import has_long_number
from padanan.contracts.contract import Contract
from padanan.records.kinds import RELEASES
from padanan.records.log import Log

RELEASE, CARRY = "lepas", "pakai_lama"


def manifests(home: Home, contract_id: str) -> Iterator[dict[str, Any]]:
    """Every landed delivery of a producer, with `folder` (a Path) added, in a fixed order.

    Raises:
        PadananError: a manifest can't be read.
    """
    for path in sorted(home.landing(contract_id).glob("period=*/delivery=*/manifest.json")):
        yield {**_load(path), "folder": path.parent}


def quarantined(home: Home, contract_id: str) -> Iterator[dict[str, Any]]:
    """Every quarantined or refused delivery of a producer, earlier tries of one file included."""
    for path in sorted((home.root / "quarantine" / contract_id).glob("*/manifest.json")):
        yield {**_load(path), "folder": path.parent}


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PadananError(
            "manifest kiriman tidak terbaca", file=path, cure="pulihkan folder kiriman itu dari cadangan"
        ) from None
    assert isinstance(data, dict)
    return data


def released(home: Home, until: date | None = None) -> set[tuple[str, str]]:
    """(contract id, sha16) of deliveries that a person released, by default up to now, else up to the end of a day.

    Raises:
        PadananError: the record was changed: each line carries the hash of the line before.
    """
    return {
        (item["contract_id"], item["sha16"])
        for item in releases(home)
        if item["keputusan"] == RELEASE and _decided_by(item, until)
    }


def carried_by_decision(home: Home, until: date | None = None) -> set[tuple[str, str, str]]:
    """(contract id, sha16, period key) of deliveries that a person lets a period read although they are too old for it.

    Raises:
        PadananError: the record was changed.
    """
    return {
        (item["contract_id"], item["sha16"], item["periode"])
        for item in releases(home)
        if item["keputusan"] == CARRY and _decided_by(item, until)
    }


def _decided_by(item: Mapping[str, Any], until: date | None) -> bool:
    return until is None or datetime.fromisoformat(item["waktu"]).astimezone(JAKARTA).date() <= until


def log_of(home: Home) -> Log:
    """`decisions/pelepasan/kiriman.jsonl`: what people decided about single deliveries."""
    return Log(home, RELEASES, "kiriman")


def releases(home: Home) -> list[Mapping[str, Any]]:
    """Every decision on a landed delivery (released, or read in spite of its age), oldest first; see `released`."""
    return list(log_of(home).read().records)


def periods_decided(home: Home) -> dict[str, tuple[str, Periode]]:
    """Producer and half-year that each decision on a delivery concerns, by a name that stays the same: whose state it changes.

    A release concerns the half-year of the delivery's own data, a carrying-over the one that may read it.

    Raises:
        PadananError: the record was changed.
    """
    return {
        ":".join(item[name] for name in ("keputusan", "contract_id", "sha16", "periode") if name in item): (
            item["contract_id"],
            Periode.parse(item["periode"]) if item["keputusan"] == CARRY else periode_of(item["periode_data"]),
        )
        for item in releases(home)
    }


def release(
    home: Home, contracts: Mapping[str, Contract], sha16: str, *, by: str, reason: str, when: datetime | None = None
) -> Mapping[str, Any]:
    """Records that a person lets a held delivery through.

    Args:
        sha16: the delivery, or an unambiguous beginning of it (at least 6 digits).
        by, reason: who and why; both are needed.

    Returns:
        The record; the earlier one when it was released already.

    Raises:
        DeliveryError: no such held delivery, an ambiguous name, or who and why are missing.
    """
    _signed(by, reason)
    item = _one(home, contracts, sha16, "ditahan")
    rules = sorted({flag["rule_id"] for flag in item["flags"] if flag["akibat"] == "tahan"})
    return _append(home, item, {"keputusan": RELEASE, "aturan": rules}, by, reason, when)


def carry(
    home: Home,
    contracts: Mapping[str, Contract],
    sha16: str,
    periode: Periode,
    *,
    by: str,
    reason: str,
    when: datetime | None = None,
) -> Mapping[str, Any]:
    """Records that a person lets a period read a delivery in spite of its age; it counts as not delivered all the same.

    Args:
        sha16: an accepted (or released) delivery, or an unambiguous beginning of it (at least 6 digits).
        by, reason: who and why; both are needed.

    Returns:
        The record; the earlier one when it was decided already.

    Raises:
        DeliveryError: no such delivery, an ambiguous name, data after the period, or who and why are missing.
    """
    _signed(by, reason)
    item = _one(home, contracts, sha16, "diterima")
    if periode_start(item["periode_data"]) > periode.end:
        raise DeliveryError(
            f"data {item['periode_data']} lebih baru dari periode {periode.label}", cure="sebut periode penetapan yang benar"
        )
    return _append(home, item, {"keputusan": CARRY, "periode": periode.key}, by, reason, when)


def _signed(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise DeliveryError("keputusan tanpa nama atau alasan", cure="isi --by dan --reason")
    if has_long_number(by) or has_long_number(reason):
        raise DeliveryError("nama atau alasan memuat nomor panjang", cure="jangan menulis NIK; sebut jumlahnya saja")


def _one(home: Home, contracts: Mapping[str, Contract], sha16: str, status: str) -> dict[str, Any]:
    """The one landed delivery of that name and status; a released one counts as accepted."""
    freed = released(home) if status == "diterima" else set()
    found = [
        item
        for contract_id in contracts
        for item in manifests(home, contract_id)
        if len(sha16) >= 6 and item["sha16"].startswith(sha16) and effective_status(item, freed) == status
    ]
    if len(found) != 1:
        raise DeliveryError(
            f"kiriman {status} dengan nilai hash itu tidak ada" if not found else "nilai hash itu cocok dengan beberapa kiriman",
            cure="lihat nilai lengkapnya dengan 'padanan status'",
        )
    return found[0]


def _append(
    home: Home, item: Mapping[str, Any], facts: dict[str, Any], by: str, reason: str, when: datetime | None
) -> Mapping[str, Any]:
    """Adds one record, or finds the decision taken already."""
    named = {"contract_id": item["contract_id"], "sha16": item["sha16"]}
    same = {**named, **{name: facts[name] for name in ("keputusan", "periode") if name in facts}}
    with log_of(home).writing() as transaction:
        for earlier in transaction.log.records:
            if all(earlier.get(name) == value for name, value in same.items()):
                return earlier
        said = {"periode_data": item["periode_data"], "bagian": item.get("bagian"), "oleh": by.strip(), "alasan": reason.strip()}
        records = transaction.compose([{**named, **facts, **said}], when or datetime.now(JAKARTA))
        transaction.commit(records)
    return records[0]


def effective_status(item: Mapping[str, Any], freed: set[tuple[str, str]]) -> str:
    """`diterima` also for a held delivery that was released."""
    status = str(item["status"])
    return "diterima" if status == "ditahan" and (item["contract_id"], item["sha16"]) in freed else status


def previous_delivery(
    home: Home, contract_id: str, *, periode_data: str, bagian: str | None, diterima: datetime
) -> dict[str, Any] | None:
    """The accepted delivery to compare with: same part, received earlier, of the newest period up to this one."""
    freed = released(home)
    start = periode_start(periode_data)
    earlier = [
        item
        for item in manifests(home, contract_id)
        if effective_status(item, freed) == "diterima"
        and item.get("bagian") == bagian
        and datetime.fromisoformat(item["diterima"]) < diterima
        and periode_start(item["periode_data"]) <= start
    ]
    return max(
        earlier,
        key=lambda item: (periode_start(item["periode_data"]), datetime.fromisoformat(item["diterima"]), item["sha16"]),
        default=None,
    )
