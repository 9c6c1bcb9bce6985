"""What waits in `inbox/<producer>/`, and taking it in one after another.

Each delivery's own way is `land`'s; here is only which files are deliveries and which were seen before.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from padanan.contract import Contract
from padanan.delivery.commit import write_once
from padanan.delivery.land import deliver
from padanan.delivery.letter import LETTER, PULL, read_letter
from padanan.delivery.raw import DamagedFile
from padanan.delivery.receipt import Receipt
from padanan.errors import DeliveryError, PadananError
from padanan.home import Home

SEEN = "inbox.json"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".swp", LETTER)


def pending(home: Home, contract_id: str, *, settle_seconds: float = 0) -> list[Path]:
    """Files that were not taken in yet (or changed since), oldest name first.

    Args:
        settle_seconds: leave out files that changed within so many seconds: they may still be copied.
    """
    folder = home.inbox(contract_id)
    if not folder.is_dir():
        return []
    seen = _seen(home, contract_id)
    now = time.time()
    found = []
    for path in sorted(folder.iterdir()):
        name = path.name
        if not path.is_file() or name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED):
            continue
        if name.endswith((".yaml", ".yml")) and not name.endswith(PULL):
            continue
        state = _state(path)
        if seen.get(name, {}).get("keadaan") == state or now - path.stat().st_mtime < settle_seconds:
            continue
        found.append(path)
    return found


def process_inbox(home: Home, contracts: Mapping[str, Contract], contract_id: str, **options: Any) -> list[Receipt]:
    """Takes in everything that is pending, in the order it was received.

    A file that can't be taken in stays pending. When the reason is outside it (no server, no space) the run stops
    there; else the others are taken in first, so that one file can't block a producer.

    Args:
        options: passed to `deliver` (`plans`, `key`).

    Returns:
        One receipt per file.

    Raises:
        DeliveryError: the first file that failed, after the others were taken in.
    """
    home.ensure()
    contract = contracts[contract_id]
    receipts = []
    failed: DeliveryError | None = None
    for path in sorted(pending(home, contract_id), key=lambda path: (_received(path, contract), path.name)):
        state = _state(path)
        try:
            receipt = deliver(home, contracts, contract_id, path, **options)
        except DeliveryError as error:
            failed = failed or error
            continue
        receipts.append(receipt)
        seen = _seen(home, contract_id)
        seen[path.name] = {"keadaan": state, "sha16": receipt.sha16, "status": receipt.status}
        write_once(home.landing(contract_id) / SEEN, json.dumps(seen, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    if failed is not None:
        raise failed
    return receipts


def _state(path: Path) -> str:
    """Size and time of change of a file and of its letter."""
    parts = []
    for one in (path, path.with_name(path.name + LETTER)):
        if one.exists():
            stat = one.stat()
            parts.append(f"{stat.st_size}:{stat.st_mtime_ns}")
    return " ".join(parts)


def _received(path: Path, contract: Contract) -> str:
    try:
        return read_letter(path, contract).diterima.isoformat()
    except DamagedFile:
        return ""


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
