"""What waits in `inbox/<producer>/`, and taking it in one after another.

Each delivery's own way is `land`'s; here is only which files are deliveries and which were seen before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from padanan.base.commit import write_once
from padanan.base.errors import DeliveryError, NoSpace, PadananError, safe_reason
from padanan.base.home import Home
from padanan.base.typed import safe_name
from padanan.contracts.contract import Contract
from padanan.forms.inbox import Skipped, skipped, stamp, waiting
from padanan.landing.land import deliver
from padanan.landing.letter import LETTER, PULL, read_letter
from padanan.landing.receipt import Receipt

SEEN = "inbox.json"


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
    """Takes in everything that is pending, in the order it was received.

    One bad file is one bad file: whatever it raises, it stays pending as a fault and the others are taken in. Only a full
    disk ends the work, for nothing else could be written either.

    Args:
        options: passed to `deliver` (`plans`, `key`).

    Raises:
        NoSpace: the disk is full; what was taken in before stays.
        PadananError: the home or the list of what was seen is broken.
    """
    home.ensure()
    contract = contracts[contract_id]
    receipts: list[Receipt] = []
    faults: list[Fault] = []
    letters = {path: said_of(path, contract) for path in pending(home, contract_id)}
    for path in sorted(letters, key=lambda path: (letters[path].received, path.name)):
        try:
            state = state_of(path)
            receipt = deliver(home, contracts, contract_id, path, **options)
        except NoSpace:
            raise
        except Exception as error:
            known = error if isinstance(error, PadananError) else _unexpected(path, error)
            faults.append(Fault(safe_name(path.name), known, letters[path].periode_data))
            continue
        receipts.append(receipt)
        seen = _seen(home, contract_id)
        seen[path.name] = {"keadaan": state, "sha16": receipt.sha16, "status": receipt.status}
        write_once(home.landing(contract_id) / SEEN, json.dumps(seen, indent=1, sort_keys=True) + "\n")
    return Taken(tuple(receipts), tuple(faults))


def _unexpected(path: Path, error: Exception) -> DeliveryError:
    return DeliveryError(
        f"berkas tidak dapat diterima ({safe_reason(error)})",
        file=safe_name(path.name),
        cure="periksa berkas dan surat pengantarnya; kiriman lain tetap diterima",
    )


@dataclass(frozen=True)
class Said:
    """What a letter says about order and period; empty where it can't be read."""

    received: str = ""
    periode_data: str | None = None


def said_of(path: Path, contract: Contract) -> Said:
    """What a file's letter says, as far as it can be read; nothing is refused here."""
    try:
        letter = read_letter(path, contract)
    except Exception:
        # What is wrong with it is told when the file itself is taken in.
        return Said()
    return Said(letter.diterima.isoformat(), letter.periode_data)


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
