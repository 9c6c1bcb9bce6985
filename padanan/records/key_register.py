"""`decisions/kunci`: which key a home bears since when, and who changed it why; the key itself stands nowhere here.

Reading the key is `base.keys`' work, changing it `upkeep.key.rotate`'s; here a lost, swapped or older key is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import KeyRing, key_file, load_ring
from padanan.base.period import JAKARTA
from padanan.records.kinds import KEYS
from padanan.records.log import Log

BEGUN, INTENDED, CHANGED, SIGNED = "mulai", "akan_diganti", "diganti", "tandai"
"""What a record says: the home's first key, a change that is about to be made, one that was made, older folders signed."""
_CURE = "pulihkan berkas kunci terbaru dari cadangannya, atau atur PADANAN_KEY_FILE ke kunci data home ini"


def log_of(home: Home) -> Log:
    """`decisions/kunci/kunci.jsonl`."""
    return Log(home, KEYS, "kunci")


def standing(home: Home) -> Mapping[str, Any] | None:
    """The newest record that names the home's key (`kunci_kini`); None in a home that bears none yet.

    Raises:
        PadananError: the register was changed, or signed with a key that this program does not have.
    """
    return next((one for one in reversed(log_of(home).read().records) if one["tindakan"] in (BEGUN, CHANGED)), None)


def prove_key(home: Home) -> KeyRing:
    """The keys, after they were compared with what the home says of its own; nothing is written.

    Raises:
        PadananError: the key is lost, swapped, or older than the home's last one.
    """
    ring = load_ring(home)
    _fits(home, ring, standing(home))
    return ring


def key_of(home: Home) -> KeyRing:
    """The keys as `prove_key`; a home that bears none yet bears this one from now on, and an interrupted change is completed.

    Raises:
        PadananError: see `prove_key`.
    """
    ring = load_ring(home)
    now = standing(home)
    _fits(home, ring, now)
    if now is None or now["kunci_kini"] != ring.names[-1]:
        with log_of(home).writing() as transaction:
            if (entry := _missing(transaction.log.records, ring)) is not None:
                transaction.commit(transaction.compose([entry], datetime.now(JAKARTA)))
    return ring


def _missing(records: tuple[Mapping[str, Any], ...], ring: KeyRing) -> dict[str, Any] | None:
    """The record that a home's first key, or a change that was killed before it was recorded, still lacks."""
    now = next((one for one in reversed(records) if one["tindakan"] in (BEGUN, CHANGED)), None)
    if now is None:
        return {"tindakan": BEGUN, "kunci_kini": ring.names[-1]}
    if now["kunci_kini"] == ring.names[-1]:
        return None
    wished = next((one for one in reversed(records) if one["tindakan"] == INTENDED and one["kunci_kini"] == ring.names[-1]), {})
    # Several homes may share a key: the others learn of its change when they next write.
    why = {"oleh": wished.get("oleh", "berkas kunci bersama"), "alasan": wished.get("alasan", "diganti di data home lain")}
    return {"tindakan": CHANGED, "dari": now["kunci_kini"], "kunci_kini": ring.names[-1], **why}


def _fits(home: Home, ring: KeyRing, now: Mapping[str, Any] | None) -> None:
    """A home with a register was proved when that was read: each record is signed with the key that it names."""
    if now is not None:
        return
    # A home of before the register: its deliveries name the key of their pseudonyms.
    for path in sorted(home.root.glob("landing/*/period=*/delivery=*/manifest.json")):
        try:
            name = json.loads(path.read_text(encoding="utf-8")).get("key_id")
        except (OSError, ValueError, AttributeError):
            continue  # named where deliveries are proved
        if name and name not in ring.names:
            raise PadananError(
                f"kunci yang dipakai ({ring.names[-1]}) bukan kunci kiriman yang ada ({str(name)[:8]})",
                file=key_file(),
                cure=_CURE,
            )
