"""What became of a delivery already, found again by its name, its arrival and its bytes: for a process that died before it told.

Nothing is taken in here.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path

from padanan.base.digest import digest_regular
from padanan.base.home import Home
from padanan.contracts.contract import Contract
from padanan.landing.arrival import SEEN_BY_SYSTEM, Arrival
from padanan.landing.letter import PULL, shown_name
from padanan.landing.receipt import Receipt, receipt_page
from padanan.records.delivery_proof import RECEIPTS
from padanan.records.ledger import manifests, quarantined


def duplicate_paper(home: Home, contract_id: str, sha16: str, arrived: str, name: str) -> Path:
    """Where the receipt of a duplicate lies, without its suffix: one for each name and arrival."""
    stamp = hashlib.sha256(f"{arrived}|".encode() + os.fsencode(name)).hexdigest()[:8]
    return home.landing(contract_id) / RECEIPTS / f"duplikat-{sha16}-{stamp}"


DIED = "proses_mati"
"""The rule of a file that was set aside because a process of ours died over it."""


def first_arrival(home: Home, contract_id: str, sha256: str, arrival: Arrival) -> Arrival:
    """When these very bytes first came, where a process of ours died over them and they were put in the inbox once more.

    No producer misses a deadline because our machine stopped. An arrival that somebody set stays.

    Raises:
        PadananError: a manifest can't be read.
    """
    if arrival.by != SEEN_BY_SYSTEM:
        return arrival
    died = (
        Arrival(datetime.fromisoformat(item["diterima"]), item["diterima_oleh"])
        for item in quarantined(home, contract_id)
        if item["sha256"] == sha256 and [flag["rule_id"] for flag in item["flags"]] == [DIED]
    )
    return min([arrival, *died], key=lambda one: one.moment)


def delivered_before(home: Home, contract: Contract, path: Path, arrival: Arrival) -> Receipt | None:
    """The receipt of a file that was landed, set aside or told to be a duplicate with this very arrival; None when it was not.

    Raises:
        PadananError: a manifest can't be read.
        OSError: the file can't be read.
    """
    shown = shown_name(path.name, contract)
    try:
        digest = digest_regular(path)
    except OSError:
        digest = None
    if digest is not None:
        arrival = first_arrival(home, contract.id, digest, arrival)
    arrived = arrival.moment.isoformat()
    for item in (*manifests(home, contract.id), *quarantined(home, contract.id)):
        # What was pulled from a database, or refused unread, has no fingerprint of this file.
        same = item["sha256"] in (digest, None) or path.name.endswith(PULL)
        if same and (item["file"], item["diterima"]) == (shown, arrived):
            folder = item.pop("folder")
            return Receipt(contract.id, item["status"], item["sha16"], folder, item, receipt_page(folder))
    if digest is not None:
        paper = duplicate_paper(home, contract.id, digest[:16], arrived, path.name)
        told = paper.with_suffix(".json")
        page = receipt_page(told.parent, paper.name)
        if page.exists() and told.exists():
            manifest = json.loads(told.read_text(encoding="utf-8"))
            return Receipt(contract.id, "duplikat", digest[:16], told.parent, manifest, page)
    return None
