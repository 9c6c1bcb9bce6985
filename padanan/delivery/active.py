"""Which landed delivery of each producer a period reads: the newest that is accepted, in time, and not superseded.

Nothing is read here but manifests; pinning the answer in a revision is the run plan's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.contract import Contract
from padanan.delivery.ledger import effective_status, manifests, released
from padanan.delivery.letter import periode_start
from padanan.home import Home
from padanan.period import JAKARTA, Periode
from padanan.retention.tombstone import read_nisan


@dataclass(frozen=True)
class ActiveDelivery:
    """One delivery that a period reads. `path` is relative to the data home and names part.parquet.

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
    destroyed: Mapping[str, Any] | None = None


def active_deliveries(home: Home, contracts: Mapping[str, Contract], periode: Periode, cutoff: date) -> list[ActiveDelivery]:
    """The deliveries that count for a period.

    Per contract in force: accepted (or released) deliveries with periode_data up to the period's end and received
    by the cut-off day (in Jakarta, that day included). Within one (periode_data, bagian) the latest received wins:
    a correction supersedes, both stay on disk. Of several periode_data the newest is read, per part; a newer whole
    delivery replaces older parts and the other way round.

    Returns:
        Sorted by contract id, bagian.
    """
    freed = released(home)
    chosen: list[ActiveDelivery] = []
    for contract_id in sorted(contracts):
        if not contracts[contract_id].in_force(periode):
            continue
        best: dict[str | None, tuple[tuple[date, datetime, str], dict[str, Any]]] = {}
        for item in manifests(home, contract_id):
            received = datetime.fromisoformat(item["diterima"])
            start = periode_start(item["periode_data"])
            if effective_status(item, freed) != "diterima" or start > periode.end or received.astimezone(JAKARTA).date() > cutoff:
                continue
            rank = (start, received, item["sha16"])
            if item["bagian"] not in best or rank > best[item["bagian"]][0]:
                best[item["bagian"]] = (rank, item)
        if None in best and len(best) > 1:
            newest_part = max(rank for bagian, (rank, _) in best.items() if bagian is not None)
            whole = best[None][0] > newest_part
            best = {bagian: entry for bagian, entry in best.items() if (bagian is None) == whole}
        for bagian in sorted(best, key=lambda value: value or ""):
            item = best[bagian][1]
            chosen.append(
                ActiveDelivery(
                    contract_id=contract_id,
                    sha16=item["sha16"],
                    periode_data=item["periode_data"],
                    diterima=datetime.fromisoformat(item["diterima"]),
                    bagian=bagian,
                    path=(item["folder"] / "part.parquet").relative_to(home.root).as_posix(),
                    rows_on=int(item["rows_on"]),
                    folder=item["folder"],
                    manifest=item,
                    destroyed=read_nisan(item["folder"]),
                )
            )
    return chosen
