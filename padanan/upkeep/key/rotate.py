"""Changing the key: a new one joins the ring, pseudonyms are translated when they are read, old signatures stay provable.

What a killed change leaves, `records.key_register` completes or nobody notices: the ring is replaced by one rename.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from padanan.base import locks
from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import KEY_BYTES, KeyRing, key_file, key_id, ring_text
from padanan.records.key_register import INTENDED, key_of, log_of, prove_key
from padanan.records.log import prove_all


def rotate(home: Home, *, by: str, reason: str, now: datetime) -> KeyRing:
    """Makes a new key and puts it into use; the others stay in the ring.

    Who and why is recorded before the ring is replaced: killed before, the home keeps its key; killed after, the next command
    that writes completes the record.

    Returns:
        The new ring.

    Raises:
        PadananError: a record is broken, the key is not the home's, or another change is under way.
    """
    try:
        lock = locks.take(key_file().parent / ".kunci.lock", wait=False)
    except BlockingIOError:
        raise PadananError(
            "kunci sedang diganti proses lain", file=key_file(), cure="tunggu sampai selesai lalu ulangi"
        ) from None
    try:
        prove_all(home)
        ring = key_of(home)
        fresh = secrets.token_bytes(KEY_BYTES)
        wish = {"tindakan": INTENDED, "dari": ring.names[-1], "kunci_kini": key_id(fresh), "oleh": by, "alasan": reason}
        log_of(home).append([wish], now)
        write_once(key_file().resolve(), ring_text(KeyRing((*ring.keys, fresh))), mode=0o600)
        return key_of(home)
    finally:
        lock.release()


def copy_key(home: Home, target: Path) -> KeyRing:
    """Writes the whole ring into a file of its own (mode 0600), for safe keeping apart from data and backups.

    Returns:
        The ring that was written.

    Raises:
        PadananError: the target exists, lies in the data home or beside the key itself, or can't be written.
    """
    ring = prove_key(home)
    place = target.expanduser().resolve()
    if place.exists():
        raise PadananError("berkas cadangan kunci sudah ada", file=target, cure="pakai nama lain")
    if home.root.resolve() in place.parents:
        raise PadananError(
            "cadangan kunci di dalam data home", file=target, cure="tulis ke disk atau folder lain, terpisah dari data"
        )
    if place.parent == key_file().resolve().parent:
        raise PadananError("cadangan kunci di folder kuncinya sendiri", file=target, cure="tulis ke disk atau folder lain")
    if not place.parent.is_dir():
        raise PadananError(
            "folder tujuan tidak ada", file=target.parent, cure="buat foldernya dahulu, hanya untuk pengelola kunci"
        )
    write_once(place, ring_text(ring), mode=0o600)
    return ring
