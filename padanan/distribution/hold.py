"""After a restore the door stays shut until a person has looked at who may read: what was revoked since the backup lives again.

Restoring is `upkeep`'s; here is only the mark, who lifts it, and what the audit then says.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.distribution.audit import RESTORED, AuditWriter, Event
from padanan.distribution.audit_proof import verify_audit
from padanan.distribution.state.store import Store

FILE = "ditahan.json"


def held_path(home: Home) -> Path:
    """`distribusi/ditahan.json`."""
    return home.distribusi / FILE


def hold(home: Home, facts: dict[str, Any]) -> None:
    """Shuts the door of a home that is being restored.

    Args:
        facts: `cadangan` (when the backup was made), `kejadian` and `hash` (its last event), `dilanjutkan` (whether the database
            that was there goes on, newer than the backup), `kesalahan` (what the proof of the audit found).
    """
    disk.mkdir(home.distribusi, parents=True, exist_ok=True)
    write_once(held_path(home), json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n", mode=0o600)


def held_facts(home: Home) -> dict[str, Any] | None:
    """What was written when the home was restored; None where nothing is held."""
    try:
        found: dict[str, Any] = json.loads(held_path(home).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def refuse_held(home: Home) -> None:
    """Raises PadananError while nobody has looked."""
    if held_path(home).exists():
        raise PadananError(
            "API ditahan sesudah pemulihan: hibah dan klien yang dicabut sesudah cadangan hidup kembali di dalamnya",
            file=held_path(home).relative_to(home.root),
            cure="periksa 'padanan hibah list' dan 'padanan klien list', cabut yang tidak berlaku lagi, lalu "
            "'padanan api resume --by NAMA --reason TEKS'",
        )


def resume(home: Home, store: Store, writer: AuditWriter, *, by: str, reason: str, now: datetime) -> None:
    """Opens the door again; the audit says from which backup it goes on, since when, and who looked.

    Raises:
        PadananError: nothing is held, or the audit does not prove.
    """
    facts = held_facts(home)
    if facts is None:
        raise PadananError("API tidak sedang ditahan", cure="jalankan 'padanan api serve'")
    for fault in verify_audit(home, store).faults:
        raise fault
    said = {name: facts[name] for name in ("cadangan", "kejadian", "hash", "dilanjutkan")}
    writer.add(Event(RESTORED, {**said, "oleh": by, "alasan": reason, "dibuka": now.isoformat(timespec="seconds")}))
    disk.unlink(held_path(home))
