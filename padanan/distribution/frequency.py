"""How often somebody called within the last minute, counted together by every process of this machine.

A store for the moving window of `limits`, in a SQLite file of its own: what is in it is worth a minute, so that nothing waits for
the disk. What is counted, and what happens to who calls too often, is `api.door`'s.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
import threading
import time
from pathlib import Path

from limits.storage import MovingWindowSupport

from padanan.base import disk
from padanan.base.errors import PadananError

FILE = "kekerapan.sqlite"
_TIME = struct.Struct("<d")
# Every so many calls, what nobody asks for any more is removed.
_SWEEP, _OLD = 5_000, 3_600
_TABLE = """create table if not exists kekerapan (
    kunci blob primary key, nomor integer not null, terakhir real not null, waktu blob not null) without rowid"""
_CHANGE = """insert into kekerapan (kunci, nomor, terakhir, waktu) values (?, 1, ?, ?) on conflict (kunci)
    do update set nomor = nomor + 1, terakhir = excluded.terakhir, waktu = excluded.waktu where nomor = ?"""


class SharedWindow(MovingWindowSupport):
    """The moments of everybody's newest calls: exact however many processes count.

    Who called is kept as a hash: what a caller writes as his name may be anything.

    Args:
        path: the file, made (mode 0600) where it is missing.

    Raises:
        PadananError: it is no such file.
    """

    def __init__(self, path: Path) -> None:
        disk.mkdir(path.parent, parents=True, exist_ok=True)
        os.close(disk.opened(path, os.O_RDWR | os.O_CREAT))
        try:
            self._con = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
            for line in ("pragma journal_mode = wal", "pragma synchronous = off", _TABLE):
                self._con.execute(line)
        except sqlite3.Error:
            raise PadananError(
                "berkas kekerapan panggilan tidak dapat dibuka",
                file=path,
                cure="hapus berkas itu; ia dibuat lagi dengan sendirinya",
            ) from None
        self._lock = threading.Lock()
        self._calls = 0

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Counts a call unless there were `limit` within the last `expiry` seconds."""
        name = _hashed(key)
        with self._lock:
            self._sweep()
            while True:
                row = self._con.execute("select nomor, waktu from kekerapan where kunci = ?", (name,)).fetchone()
                number, moments = row if row is not None else (0, b"")
                now = time.time()
                # The call that the newest one would push out of the window.
                place = len(moments) - _TIME.size * (limit - amount + 1)
                if amount > limit or (place >= 0 and _TIME.unpack_from(moments, place)[0] > now - expiry):
                    return False
                moments = (moments + _TIME.pack(now) * amount)[-_TIME.size * limit :]
                # Another process that was faster changed the number: looked at again.
                if self._con.execute(_CHANGE, (name, now, moments, number)).rowcount == 1:
                    return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Since when, and how many calls there were within the window."""
        with self._lock:
            row = self._con.execute("select waktu from kekerapan where kunci = ?", (_hashed(key),)).fetchone()
        now = time.time()
        found = [one for (one,) in _TIME.iter_unpack(row[0] if row else b"") if one > now - expiry][-limit:]
        return (found[0] if found else now), len(found)

    def reset(self) -> None:
        """Forgets every call."""
        with self._lock:
            self._con.execute("delete from kekerapan")

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._con.close()

    def _sweep(self) -> None:
        self._calls += 1
        if self._calls % _SWEEP == 0:
            self._con.execute("delete from kekerapan where terakhir < ?", (time.time() - _OLD,))


def _hashed(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()
