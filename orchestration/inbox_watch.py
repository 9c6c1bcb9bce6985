"""Which files in the inboxes ask for a landing now: settled, not asked for yet, or due to be tried again.

Taking files in is `padanan/delivery`; here only names are hashed, sizes and times looked at, and letters asked for their period.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.errors import PadananError, safe_reason
from padanan.period import Periode

if TYPE_CHECKING:
    from padanan.contract import Contract
    from padanan.home import Home

SETTLED_SECONDS = int(os.environ.get("PADANAN_INBOX_DIAM", "10"))
"""A file that changed within so many seconds may still be copied."""
MINIMUM_INTERVAL = int(os.environ.get("PADANAN_SENSOR_DETIK", "30"))
"""Seconds between two looks."""
FIRST_RETRY, LONGEST_RETRY = 15 * 60, 6 * 3600


@dataclass(frozen=True)
class Wanted:
    """A landing to start. `run_key` holds hashes only: a name may hold anything."""

    contract_id: str
    periode: Periode
    run_key: str


@dataclass
class Look:
    """What one look found: landings to start, what to remember, and lines on what could not be looked at, by a stable name."""

    wanted: list[Wanted] = field(default_factory=list)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def look(
    home: Home,
    contracts: Mapping[str, Contract],
    seen: Mapping[str, Mapping[str, Any]],
    now: datetime,
    keys: set[str],
    current: Periode,
) -> Look:
    """Looks into every inbox; what is wrong with one producer's keeps no other from being looked at.

    Args:
        seen: what the look before remembered, by contract and hashed name: `f` size and times of file and letter, `n` how
            often a landing was asked for, `t` when last (Unix seconds).
        keys: the partitions that exist.
        current: the half-year of now, for files whose letter names no period.
    """
    found = Look()
    for contract_id, contract in contracts.items():
        before = seen.get(contract_id, {})
        try:
            _inbox(home, contract, before, now, keys, current, found)
        except Exception as error:
            # Remembered as it was: a fault of today must not make old files new tomorrow.
            found.seen[contract_id] = dict(before)
            found.faults[f"inbox|{contract_id}"] = _line(f"inbox/{contract_id}", error)
    return found


def _inbox(
    home: Home,
    contract: Contract,
    before: Mapping[str, Any],
    now: datetime,
    keys: set[str],
    current: Periode,
    found: Look,
) -> None:
    from padanan.delivery.inbox import pending, state_of

    after: dict[str, Any] = {}
    for path in pending(home, contract.id):
        name = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]
        try:
            facts = state_of(path)
            known = before.get(name)
            known = known if isinstance(known, dict) and known.get("f") == facts else {}
            tries = int(known.get("n", 0))
            if tries and now.timestamp() < float(known["t"]) + min(FIRST_RETRY * 2 ** (tries - 1), LONGEST_RETRY):
                after[name] = known
                continue
            if not known and now.timestamp() - path.stat().st_mtime < SETTLED_SECONDS:
                after[name] = {"f": facts}
                continue
            again = f":{tries + 1}" if tries else ""
            found.wanted.append(
                Wanted(contract.id, _periode(path, contract, keys, current), f"{contract.id}:{content_hash(path)}{again}")
            )
            after[name] = {"f": facts, "n": tries + 1, "t": int(now.timestamp())}
        except FileNotFoundError:
            # Taken away between the listing and the look.
            continue
        except Exception as error:
            if name in before:
                after[name] = before[name]
            found.faults[f"inbox|{contract.id}|{name}"] = _line(f"inbox/{contract.id} berkas {name}", error)
    if after:
        found.seen[contract.id] = after


def content_hash(path: Path) -> str:
    """sha256 over the bytes of a file and of its letter, first 16 hex digits: a corrected letter asks anew."""
    from padanan.delivery.letter import sidecar_of

    digest = hashlib.sha256()
    for one in (path, sidecar_of(path)):
        if one is not None:
            with one.open("rb") as handle:
                digest.update(hashlib.file_digest(handle, "sha256").digest())
    return digest.hexdigest()[:16]


def _periode(path: Path, contract: Contract, keys: set[str], current: Periode) -> Periode:
    """The half-year of the data, where the letter names one that has a partition."""
    from padanan.delivery.inbox import said_of
    from padanan.delivery.letter import periode_of

    said = said_of(path, contract).periode_data
    periode = periode_of(said) if said else current
    return periode if periode.key in keys else current


def _line(place: str, error: Exception) -> str:
    cause = error.cause if isinstance(error, PadananError) else safe_reason(error)
    return f"GALAT {place}: tidak dapat dilihat ({cause}). Perbaikan: periksa hak baca dan namanya; yang lain tetap berjalan"
