"""What waits in `inbox/<producer>/`, and taking it in one after another.

Each delivery's own way is `land`'s; here is only which files are deliveries and which were seen before.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.commit import sweep, write_once
from padanan.base.errors import DeliveryError, DiskFault, PadananError, safe_reason
from padanan.base.home import Home
from padanan.contracts.contract import Contract
from padanan.forms.inbox import Skipped, skipped, stamp, waiting
from padanan.landing.arrival import SET, Arrival, arrivals_of, now, spent
from padanan.landing.land import deliver
from padanan.landing.letter import LETTER, PULL, read_letter, shown_name
from padanan.landing.opened import Mark, alone, marked, marks, unmark
from padanan.landing.raw import Flag
from padanan.landing.receipt import Receipt
from padanan.landing.settled import DIED, delivered_before
from padanan.records.key_register import key_of

SEEN = "inbox.json"
LEFT_OPEN = Flag(
    DIED,
    "karantina",
    "prosesnya mati ketika berkas ini dibuka; tidak dibuka lagi",
    "periksa berkasnya; bila proses dihentikan orang atau listrik padam, taruh lagi berkas itu di inbox (waktu tibanya tetap)",
)


def pending(home: Home, contract_id: str, *, settle_seconds: float = 0) -> list[Path]:
    """Files that were not taken in yet (or changed since), oldest name first.

    Args:
        settle_seconds: leave out files that changed within so many seconds: they may still be copied.
    """
    return waiting(
        home.inbox(contract_id),
        ours=_ours,
        state_of=state_of,
        seen=lambda: {name: facts["keadaan"] for name, facts in _seen(home, contract_id).items()},
        settle_seconds=settle_seconds,
    )


def passed_by(home: Home, contract_id: str) -> list[Skipped]:
    """What lies in a producer's inbox and is no delivery."""
    return skipped(home.inbox(contract_id), ours=lambda path: _ours(path) or path.name.endswith(LETTER))


def _ours(path: Path) -> bool:
    return path.name.endswith(PULL) or not path.name.endswith((".yaml", ".yml"))


@dataclass(frozen=True)
class Fault:
    """A file that could not be taken in and stays pending: `error` says why, `periode_data` what a readable letter says."""

    file: str
    error: PadananError
    periode_data: str | None


@dataclass(frozen=True)
class Taken:
    """What became of an inbox: a receipt for each file that was taken in, a fault for each that was not."""

    receipts: tuple[Receipt, ...]
    faults: tuple[Fault, ...]


def process_inbox(home: Home, contracts: Mapping[str, Contract], contract_id: str, **options: Any) -> Taken:
    """Takes in everything that is pending, in the order it arrived; what a process that died had open is settled first.

    One bad file is one bad file: whatever it raises, it stays pending as a fault and the others are taken in. Only a full
    disk, or another fault of the machine, ends the work: nothing else could be written either.

    Args:
        options: passed to `deliver` (`plans`).

    Raises:
        DiskFault: the disk is full or can't be written, or no more files can be opened; what was taken in before stays.
        PadananError: the home or the list of what was seen is broken, or the key is lost, swapped or open to others: no file is
            at fault then, and none is called so.
    """
    home.ensure()
    # Also when nothing waits: what a killed run left holds people.
    sweep(home.landing(contract_id))
    contract = contracts[contract_id]
    with alone(home, contract_id):
        if marks(home, contract_id) or pending(home, contract_id):
            options["ring"] = key_of(home)
        receipts = _left_open(home, contracts, contract_id, **options)
        faults: list[Fault] = []
        arrivals = arrived(home, contract, pending(home, contract_id))
        for path, arrival in sorted(arrivals.items(), key=lambda one: (one[1].moment, os.fsencode(one[0].name))):
            try:
                state = state_of(path)
                with marked(home, contract_id, Mark(path.name, state, arrival.moment.isoformat(), arrival.by)):
                    receipt = deliver(home, contracts, contract_id, path, arrival=arrival, **options)
                    _remember(home, contract_id, path.name, state, receipt)
            except DiskFault:
                raise
            except Exception as error:
                known = error if isinstance(error, PadananError) else _unexpected(path, contract, error)
                faults.append(Fault(shown_name(path.name, contract), known, said_of(path, contract).periode_data))
                continue
            receipts.append(receipt)
    return Taken(tuple(receipts), tuple(faults))


def arrived(home: Home, contract: Contract, paths: Sequence[Path]) -> dict[Path, Arrival]:
    """When each file arrived, recorded now for those that nobody saw before; what vanished meanwhile is left out.

    Of files that are first seen together the one whose letter names the earlier day came first, then the one changed earlier.
    """
    order = {}
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            order[path] = (said_of(path, contract).claimed, os.lstat(path).st_mtime_ns, os.fsencode(path.name))
    found = arrivals_of(home, contract.id, sorted(order, key=order.__getitem__))
    return {path: found[path.name] for path in paths if path.name in found}


def _remember(home: Home, contract_id: str, name: str, state: str, receipt: Receipt) -> None:
    seen = _seen(home, contract_id)
    seen[name] = {"keadaan": state, "sha16": receipt.sha16, "status": receipt.status}
    write_once(home.landing(contract_id) / SEEN, json.dumps(seen, indent=1, sort_keys=True) + "\n")
    if receipt.manifest.get("diterima_oleh") == SET:
        spent(home, contract_id, name)


def _left_open(home: Home, contracts: Mapping[str, Contract], contract_id: str, **options: Any) -> list[Receipt]:
    """What a process that died had open: it was landed by then, and only the record of it is made up; else it is set aside."""
    receipts = []
    for mark in marks(home, contract_id):
        path = home.inbox(contract_id) / mark.name
        seen, state = _seen(home, contract_id).get(mark.name, {}), _state_or_none(path)
        if state == mark.state and seen.get("keadaan") != state:
            arrival = Arrival(datetime.fromisoformat(mark.arrived), mark.by)
            receipt = delivered_before(home, contracts[contract_id], path, arrival)
            if receipt is None:
                receipt = deliver(home, contracts, contract_id, path, arrival=arrival, unopened=LEFT_OPEN, **options)
            _remember(home, contract_id, mark.name, state, receipt)
            receipts.append(receipt)
        unmark(home, contract_id, mark.name)
    return receipts


def _state_or_none(path: Path) -> str | None:
    try:
        return state_of(path) or None
    except OSError:
        return None


def _unexpected(path: Path, contract: Contract, error: Exception) -> DeliveryError:
    return DeliveryError(
        f"berkas tidak dapat diterima ({safe_reason(error)})",
        file=shown_name(path.name, contract),
        cure="periksa berkas dan surat pengantarnya; kiriman lain tetap diterima",
    )


@dataclass(frozen=True)
class Said:
    """What a letter says about order and period; empty where it can't be read."""

    claimed: str = ""
    periode_data: str | None = None


def said_of(path: Path, contract: Contract) -> Said:
    """What a file's letter says, as far as it can be read; nothing is refused here."""
    try:
        letter = read_letter(path, contract, now())
    except Exception:
        # What is wrong with it is told when the file itself is taken in.
        return Said()
    return Said(letter.claimed.isoformat() if letter.claimed else "", letter.periode_data)


def state_of(path: Path) -> str:
    """Size and time of change of a file and of its letter, links not followed.

    Raises:
        OSError: either can't be looked at.
    """
    return " ".join(filter(None, (stamp(path), stamp(path.with_name(path.name + LETTER)))))


def _seen(home: Home, contract_id: str) -> dict[str, dict[str, str]]:
    path = home.landing(contract_id) / SEEN
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PadananError(
            "daftar kiriman yang sudah diproses tidak terbaca",
            file=path,
            cure="hapus berkas itu; kiriman yang sama akan dikenali sebagai duplikat",
        ) from None
    assert isinstance(data, dict)
    return data
