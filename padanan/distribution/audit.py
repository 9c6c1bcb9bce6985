"""The audit of the door: who asked what for which purpose, what was served of whom, before the first byte and at the end.

Events are only added, each with the hash of the one before, by one writer at a time; proving and exporting them is
`audit_proof`'s. No NIK, name or address is ever in it: people are pseudonyms made for the audit alone.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.base.signing import genuine, sign, signer
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store
from padanan.records.chain import EMPTY_HEAD, canonical

START, SERVED, DONE, BROKEN, REFUSED, TOKEN, CLIENT, UPLOAD, REQUEST, RESTORED = (
    "mulai", "sajian", "selesai", "putus", "ditolak", "token", "klien", "umpan_balik", "permohonan", "dipulihkan",
)  # fmt: skip
HEAD_PURPOSE = "kepala audit distribusi"
PERSON_BYTES = 16
CURE = "pulihkan basis data keadaan API dari cadangan, simpan yang sekarang sebagai bukti, dan laporkan"


class QuotaSpent(Exception):
    """A grant's rows of the day are used up: nothing of the event was written but the refusal."""


@dataclass(frozen=True)
class Event:
    """One line of the audit.

    Attributes:
        said: everything but what the chain adds.
        people: pseudonyms of the people served, 16 bytes each, end to end.
        grant, rows, limit: whose quota the rows of this event count against; no event that exceeds it is written.
    """

    kind: str
    said: Mapping[str, Any]
    people: bytes = b""
    grant: str | None = None
    rows: int = 0
    limit: int = 0


def head_text(number: int, digest: str) -> str:
    """What the head's signature is over."""
    return f"{number}|{digest}"


def event_hash(content: str) -> str:
    """The hash of an event's only spelling; anybody can compute it."""
    return hashlib.sha256(content.encode()).hexdigest()


def append(con: Connection, events: Sequence[Event], now: datetime) -> list[QuotaSpent | None]:
    """Adds events after the head, inside a transaction of `Store.in_turn`.

    Returns:
        For each event None, or why it was not written.

    Raises:
        PadananError: the head was changed by somebody without the key; nothing is added to it.
    """
    number, digest, key, mark = con.execute(
        select(tables.head.c.no, tables.head.c.hash, tables.head.c.kunci, tables.head.c.tanda).where(tables.head.c.id == 1)
    ).one()
    empty = number == 0 and digest == EMPTY_HEAD
    if not empty and not genuine(HEAD_PURPOSE, head_text(number, digest), mark, key):
        raise PadananError("kepala audit distribusi berubah", cure=CURE)
    rows, outcome = [], list[QuotaSpent | None]()
    for event in events:
        if event.grant is not None and event.rows and not _within_quota(con, event, now):
            outcome.append(QuotaSpent())
            continue
        number += 1
        said: dict[str, Any] = {
            "no": number,
            "waktu": now.isoformat(timespec="milliseconds"),
            "jenis": event.kind,
            **event.said,
            "sebelum": digest,
        }
        if event.people:
            said["orang"] = [len(event.people) // PERSON_BYTES, hashlib.sha256(event.people).hexdigest()]
        content = canonical(said)
        digest = event_hash(content)
        rows.append({"no": number, "isi": content, "orang": event.people or None, "hash": digest})
        outcome.append(None)
    if rows:
        con.execute(insert(tables.audit), rows)
        name = signer()
        con.execute(
            update(tables.head)
            .where(tables.head.c.id == 1)
            .values(no=number, hash=digest, kunci=name, tanda=sign(HEAD_PURPOSE, head_text(number, digest)))
        )
    return outcome


def _within_quota(con: Connection, event: Event, now: datetime) -> bool:
    """Adds the event's rows to the day's count of its grant, unless that would exceed it."""
    day = now.astimezone(JAKARTA).date().isoformat()
    place = (tables.quota.c.hibah == event.grant) & (tables.quota.c.hari == day)
    used = con.execute(select(tables.quota.c.baris).where(place)).scalar()
    if (used or 0) + event.rows > event.limit:
        return False
    dialect = sqlite if con.dialect.name == "sqlite" else postgresql
    added: Any = dialect.insert(tables.quota).values(hibah=event.grant, hari=day, baris=event.rows)
    con.execute(
        added.on_conflict_do_update(index_elements=["hibah", "hari"], set_={"baris": tables.quota.c.baris + added.excluded.baris})
    )
    return True


def used_rows(store: Store, grant: str, now: datetime) -> int:
    """The rows that a grant was served today."""
    day = now.astimezone(JAKARTA).date().isoformat()
    with store.reading() as con:
        place = (tables.quota.c.hibah == grant) & (tables.quota.c.hari == day)
        return int(con.execute(select(tables.quota.c.baris).where(place)).scalar() or 0)


@dataclass
class AuditWriter:
    """Writes the events of many requests of one process in few transactions: who adds one waits until it lies on the disk."""

    store: Store
    _queue: SimpleQueue[tuple[tuple[Event, ...], Future[None]] | None] = field(default_factory=SimpleQueue)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *events: Event) -> None:
        """Writes events that stand or fall together with their transaction, in this order.

        Raises:
            QuotaSpent: the rows of the grant are used up; that event was not written, its rows must not be served.
            PadananError: the audit can't be written; nothing may be served then.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
                self._thread.start()
        done: Future[None] = Future()
        self._queue.put((events, done))
        done.result()

    def close(self) -> None:
        """Writes what waits, then ends."""
        with self._lock:
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join()
                self._thread = None

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, ending = [first], False
            while not self._queue.empty() and len(batch) < 256:
                if (one := self._queue.get()) is None:
                    ending = True
                    break
                batch.append(one)
            self._write(batch)
            if ending:
                return

    def _write(self, batch: list[tuple[tuple[Event, ...], Future[None]]]) -> None:
        try:
            with self.store.in_turn() as con:
                outcome = append(con, [event for events, _ in batch for event in events], datetime.now(JAKARTA))
        except BaseException as error:
            for _, done in batch:
                done.set_exception(error)
            return
        start = 0
        for events, done in batch:
            spent = next((one for one in outcome[start : start + len(events)] if one is not None), None)
            start += len(events)
            if spent is None:
                done.set_result(None)
            else:
                done.set_exception(spent)
