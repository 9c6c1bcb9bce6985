"""The audit of the door: who asked what for which purpose, what was served of whom, before the first byte and at the end.

Events are only added, each with the hash of the one before, by one writer at a time; proving and exporting them is
`audit_proof`'s. No NIK, name or address is ever in it: people are pseudonyms made for the audit alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

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
    number, digest, key, mark = con.execute(_HEAD).one()
    empty = number == 0 and digest == EMPTY_HEAD
    if not empty and not genuine(HEAD_PURPOSE, head_text(number, digest), mark, key):
        raise PadananError("kepala audit distribusi berubah", cure=CURE)
    rows, outcome, quota = list[Any](), list[QuotaSpent | None](), _Quota(con, events, now)
    when = now.isoformat(timespec="milliseconds")
    for event in events:
        if not quota.lets(event):
            outcome.append(QuotaSpent())
            continue
        number += 1
        said: dict[str, Any] = {"no": number, "waktu": when, "jenis": event.kind, **event.said, "sebelum": digest}
        if event.people:
            said["orang"] = [len(event.people) // PERSON_BYTES, hashlib.sha256(event.people).hexdigest()]
        content = canonical(said)
        digest = event_hash(content)
        rows.append((number, content, event.people or None, digest))
        outcome.append(None)
    quota.keep(con)
    if rows:
        _add_rows(con, "audit (no, isi, orang, hash)", rows)
        name = signer()
        con.execute(
            _NEW_HEAD, {"no": number, "hash": digest, "kunci": name, "tanda": sign(HEAD_PURPOSE, head_text(number, digest))}
        )
    return outcome


_HEAD = select(tables.head.c.no, tables.head.c.hash, tables.head.c.kunci, tables.head.c.tanda).where(tables.head.c.id == 1)
_NEW_HEAD = update(tables.head).where(tables.head.c.id == 1)
# What SQLite of any age takes as values of one statement is 999.
_AT_ONCE = 240


def _add_rows(con: Connection, into: str, rows: Sequence[Sequence[Any]], after: str = "") -> None:
    """Many rows in one statement: one by one each of them waits for whatever else this process is doing."""
    mark = "?" if con.dialect.name == "sqlite" else "%s"
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        marks = ", ".join([f"({', '.join([mark] * len(some[0]))})"] * len(some))
        con.exec_driver_sql(f"insert into {into} values {marks}{after}", tuple(value for row in some for value in row))


class _Quota:
    """The rows that the grants of some events were served today; who writes in turn is alone with them."""

    def __init__(self, con: Connection, events: Sequence[Event], now: datetime) -> None:
        self._day = now.astimezone(JAKARTA).date().isoformat()
        self._changed = set[str]()
        names = {event.grant for event in events if event.grant is not None and event.rows}
        found: Sequence[Any] = ()
        if names:
            places = (tables.quota.c.hari == self._day) & tables.quota.c.hibah.in_(sorted(names))
            found = con.execute(select(tables.quota.c.hibah, tables.quota.c.baris).where(places)).all()
        self._used = {str(name): int(rows) for name, rows in found}

    def lets(self, event: Event) -> bool:
        """Counts an event's rows, unless that would exceed the day's limit."""
        if event.grant is None or not event.rows:
            return True
        used = self._used.get(event.grant, 0) + event.rows
        if used > event.limit:
            return False
        self._used[event.grant] = used
        self._changed.add(event.grant)
        return True

    def keep(self, con: Connection) -> None:
        """Writes the new counts."""
        rows = [(name, self._day, self._used[name]) for name in sorted(self._changed)]
        if rows:
            after = " on conflict (hibah, hari) do update set baris = excluded.baris"
            _add_rows(con, "kuota (hibah, hari, baris)", rows, after)


def used_rows(store: Store, grant: str, now: datetime) -> int:
    """The rows that a grant was served today."""
    day = now.astimezone(JAKARTA).date().isoformat()
    with store.reading() as con:
        place = (tables.quota.c.hibah == grant) & (tables.quota.c.hari == day)
        return int(con.execute(select(tables.quota.c.baris).where(place)).scalar() or 0)


# After a batch of several, others are on their way: waiting this long (seconds) for them makes fewer and larger transactions.
_GATHERED, _CROWD = 0.003, 2
_LARGEST = 512


class _Loop(NamedTuple):
    """Who waits in an event loop."""

    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class _Waiting(NamedTuple):
    """Events, and who waits until they lie on the disk."""

    events: tuple[Event, ...]
    done: Future[None] | _Loop


@dataclass
class AuditWriter:
    """Writes the events of many requests of one process in few transactions: who adds one waits until it lies on the disk."""

    store: Store
    _queue: SimpleQueue[_Waiting | None] = field(default_factory=SimpleQueue)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *events: Event) -> None:
        """Writes events that stand or fall together with their transaction, in this order.

        Raises:
            QuotaSpent: the rows of the grant are used up; that event was not written, its rows must not be served.
            PadananError: the audit can't be written; nothing may be served then.
        """
        done: Future[None] = Future()
        self._take(_Waiting(events, done))
        done.result()

    async def adding(self, *events: Event) -> None:
        """The same for who waits in an event loop; one who goes away while waiting takes nothing back.

        Raises:
            QuotaSpent, PadananError: see `add`.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._take(_Waiting(events, _Loop(loop, done)))
        await done

    @contextmanager
    def changing(self, *events: Event) -> Iterator[Connection]:
        """A transaction that changes the state, with the events that tell of it: whoever dies in it leaves both or neither.

        Raises:
            PadananError: the audit can't be written; nothing changed then.
        """
        with self.store.in_turn() as con:
            yield con
            append(con, events, datetime.now(JAKARTA))

    def _take(self, one: _Waiting) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, args=(self._queue,), name="audit", daemon=True)
                self._thread.start()
            self._queue.put(one)

    def close(self) -> None:
        """Writes what waits, then ends."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._queue.put(None)
                self._queue = SimpleQueue()  # who comes after the end is written by the next thread
        if thread is not None:
            thread.join()

    def _run(self, queue: SimpleQueue[_Waiting | None]) -> None:
        crowded = False
        while (first := queue.get()) is not None:
            if crowded:
                time.sleep(_GATHERED)
            batch, ending = [first], False
            while not queue.empty() and len(batch) < _LARGEST:
                if (one := queue.get()) is None:
                    ending = True
                    break
                batch.append(one)
            self._write(batch)
            crowded = len(batch) > _CROWD
            if ending:
                return

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            with self.store.in_turn() as con:
                outcome = append(con, [event for one in batch for event in one.events], datetime.now(JAKARTA))
        except BaseException as error:
            _tell([(one.done, error) for one in batch])
            return
        told, start = list[tuple[Future[None] | _Loop, BaseException | None]](), 0
        for one in batch:
            end = start + len(one.events)
            told.append((one.done, next((spent for spent in outcome[start:end] if spent is not None), None)))
            start = end
        _tell(told)


def _tell(outcomes: Sequence[tuple[Future[None] | _Loop, BaseException | None]]) -> None:
    """Tells everybody who waits, a loop once for all of its own."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[None], BaseException | None]]] = {}
    for waiting, error in outcomes:
        if isinstance(waiting, _Loop):
            loops.setdefault(waiting.loop, []).append((waiting.done, error))
        else:
            _settle(waiting, error)
    for loop, mine in loops.items():
        with suppress(RuntimeError):  # a loop that ended: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, mine)


def _settle_all(outcomes: Sequence[tuple[asyncio.Future[None], BaseException | None]]) -> None:
    for done, error in outcomes:
        if not done.done():
            _settle(done, error)


def _settle(done: Future[None] | asyncio.Future[None], error: BaseException | None) -> None:
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
