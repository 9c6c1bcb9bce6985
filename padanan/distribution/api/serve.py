"""BNBA calls from grant to last byte: permitted, written down before the first byte, served, written down again.

How rows are read is `reading`'s, what may be read `gate`'s; nothing is sent that the audit does not hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base.period import JAKARTA
from padanan.distribution.addendum import SERVICE as ADDED
from padanan.distribution.addendum import STATE
from padanan.distribution.api.door import Door, added_of, decree_of, lines_of
from padanan.distribution.audit import BROKEN, DONE, REFUSED, SERVED, START, Event, QuotaSpent
from padanan.distribution.clients import Client, find_client
from padanan.distribution.cursor import Cursor, read_cursor
from padanan.distribution.gate import Ask, Permission, Refused, nothing_there, permit
from padanan.distribution.oauth import Bearer
from padanan.distribution.prelist import SERVICE
from padanan.distribution.reading import Rows, chunks, joined, names_of, schema_of
from padanan.distribution.shelf import Opened
from padanan.records.chain import canonical

NDJSON, ARROW, PARQUET = "ndjson", "arrow", "parquet"
MEDIA = {
    NDJSON: "application/x-ndjson",
    ARROW: "application/vnd.apache.arrow.stream",
    PARQUET: "application/vnd.apache.parquet",
}


class Withdrawn(Exception):
    """The grant ended while its data were on the way: the answer is broken off and never looks complete."""


@dataclass(frozen=True)
class Call:
    """One permitted BNBA call."""

    door: Door
    client: Client
    opened: Opened
    permission: Permission
    service: str
    request_id: str
    after: int | None = None

    @property
    def names(self) -> list[str]:
        """The columns that are served."""
        return names_of(self.service, self.permission)

    @property
    def label(self) -> str:
        """What a cursor is of: the period of a decree, or the prelist."""
        return SERVICE if self.service == SERVICE else self.opened.periode.label

    def said(self, **more: Any) -> dict[str, Any]:
        """What the audit holds of the call."""
        grant = self.permission.grant
        return {
            "permintaan": self.request_id,
            "klien": self.client.id,
            "hibah": grant.terms.hibah,
            "hibah_versi": grant.version,
            "tujuan": self.permission.purpose,
            "layanan": self.service,
            "periode": self.opened.periode.label,
            "ke": self.opened.ke,
            "kolom": self.names,
            "saring": self.permission.filters,
            **more,
        }

    def served(self, kind: str, rows: int, people: bytes) -> Event:
        """Rows with their people as the audit holds them, counted against the grant's day."""
        return Event(kind, self.said(baris=rows), people, grant=self.permission.grant.terms.hibah, rows=rows, limit=self.limit)

    @property
    def limit(self) -> int:
        """The rows that the grant may be served in a day."""
        return self.permission.grant.terms.baris_per_hari or self.door.catalogue.batas.rows_a_day

    @property
    def headers(self) -> dict[str, str]:
        """What tells the client under which grant it was served, and until when it may keep the data."""
        grant = self.permission.grant
        until = self.door.clock().astimezone(JAKARTA).date() + timedelta(days=grant.terms.simpan_hari)
        return {"X-Hibah": f"{grant.terms.hibah}/{grant.version}", "X-Simpan-Sampai": until.isoformat()}

    def cursor(self, last: int) -> str:
        """Where the next page begins."""
        return Cursor(self.label, self.opened.ke, _asked(self.client, self.permission, self.service), last).text()

    def allowed_still(self) -> bool:
        """Whether grant and client hold at this moment: what is on the way stops with them."""
        client = find_client(self.door.store, self.client.id)
        day = self.door.clock().astimezone(JAKARTA).date()
        return client is not None and client.revoked is None and self.door.book.again(self.permission.grant, day)


def called(
    door: Door, bearer: Bearer, label: str, ask: Ask, request_id: str, *, cursor: str | None = None, more: str = ""
) -> Call:
    """A call, permitted now: grants are read at each of them.

    Args:
        label: the period of a decree; `prelist` for the lines. more: what else the cursor has to agree with.

    Raises:
        Refused: see `permitted`; the refusal is in the audit.
    """
    try:
        return permitted(door, bearer, label, ask, request_id, cursor=cursor, more=more)
    except Refused as refusal:
        door.writer.add(refused(bearer, ask, request_id, refusal))
        raise


def refused(bearer: Bearer, ask: Ask, request_id: str, refusal: Refused) -> Event:
    """A refusal as the audit holds it: whose question it was is kept, not the question, for what stood in it may be anything."""
    said = {"permintaan": request_id, "klien": bearer.client.id, "layanan": ask.service, "kode": refusal.code}
    return Event(REFUSED, said)


def permitted(
    door: Door, bearer: Bearer, label: str, ask: Ask, request_id: str, *, cursor: str | None = None, more: str = ""
) -> Call:
    """The same, with nothing written: a refusal is for the caller to write down.

    Raises:
        Refused: see `gate.permit`; 400 a cursor of another question, or of before a change.
    """
    place = read_cursor(cursor) if cursor is not None else None
    if cursor is not None and (place is None or place.period != label):
        raise _stale()
    opened = _opened(door, label, ask, place)
    if ask.service == ADDED:
        opened = added_of(door, opened)
        more = str(opened.facts[STATE])
    grants = door.book.of(bearer.client.id, bearer.client.agency, bearer.client.body, door.clock().astimezone(JAKARTA).date())
    permission = permit(grants, ask, door.catalogue, opened.columns)
    if more:
        permission.filters["lain"] = more
    if place is not None and place.asked != _asked(bearer.client, permission, ask.service):
        raise _stale()
    return Call(door, bearer.client, opened, permission, ask.service, request_id, place.after if place else None)


def _opened(door: Door, label: str, ask: Ask, place: Cursor | None) -> Opened:
    if ask.service != SERVICE:
        return decree_of(door, label, place.ke if place else None)
    found = lines_of(door, place.ke if place else None)
    if found is None:
        # A snapshot is kept for a few days only: who was too slow begins anew, and loses no line.
        raise nothing_there() if place is None else _stale()
    return found


def _stale() -> Refused:
    return Refused(400, "kursor-usang", "Kursor tidak dikenal, atau pertanyaannya atau hibahnya sudah berubah; mulai lagi.")


def _asked(client: Client, permission: Permission, service: str) -> str:
    grant = permission.grant
    facts = [client.id, grant.terms.hibah, grant.version, permission.purpose, service, permission.names, permission.filters]
    return hashlib.sha256(canonical({"f": facts}).encode()).hexdigest()[:32]


def answered(call: Call, read: Callable[[Call], Rows]) -> Rows:
    """One answer that fits into memory: started in the audit, read, written down with its people, then handed out.

    Raises:
        Refused: 429 the rows of the day are used up.
    """
    steps, failed = answering(call, read), None
    while True:
        try:
            event = next(steps) if failed is None else steps.throw(failed)
        except StopIteration as ended:
            rows: Rows = ended.value
            return rows
        failed = None
        try:
            call.door.writer.add(event)
        except BaseException as error:
            failed = error


def answering(call: Call, read: Callable[[Call], Rows]) -> Generator[Event, None, Rows]:
    """The steps of `answered`: each event has to lie on the disk before the next step is taken, or its failure is thrown in."""
    yield Event(START, call.said())
    try:
        rows = read(call)
        if not call.allowed_still():
            raise nothing_there()
        yield call.served(DONE, rows.count, rows.people)
    except QuotaSpent:
        yield Event(BROKEN, {"permintaan": call.request_id, "klien": call.client.id, "sebab": "kuota-habis"})
        raise spent() from None
    except BaseException as error:
        yield Event(BROKEN, {"permintaan": call.request_id, "klien": call.client.id, "sebab": _why(error)})
        raise
    return rows


def spent() -> Refused:
    """What is said when the rows of a grant's day are used up."""
    return Refused(429, "kuota-habis", "Kuota baris hibah ini untuk hari ini habis.")


def _why(error: BaseException) -> str:
    if isinstance(error, Refused):
        return error.code
    return {"Withdrawn": "hibah-berakhir", "GeneratorExit": "klien-pergi"}.get(type(error).__name__, type(error).__name__)


def streamed(call: Call, form: str) -> Iterator[bytes]:
    """Everything, chunk by chunk: before each one the grant is looked at again and its people are written down.

    The first step, up to the first bytes, is taken at once, so that a refusal is still a proper answer.

    Raises:
        Refused: 429 the rows of the day are used up, before anything was sent.
    """
    body = _stream(call, form)
    try:
        first = next(body)
    except StopIteration:
        return iter(())
    return _after(first, body)


def _after(first: bytes, body: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from body


def _stream(call: Call, form: str) -> Iterator[bytes]:
    call.door.writer.add(Event(START, call.said(bentuk=form)))
    sent = 0
    try:
        sink = _Sink()
        writer = _writer(call, form, sink)
        for batch, people, count in chunks(call.opened, call.service, call.permission, as_json=form == NDJSON):
            if not call.allowed_still():
                raise Withdrawn()
            call.door.writer.add(call.served(SERVED, count, people))
            if writer is None:
                yield _lines(batch)
            else:
                writer.write_batch(batch)
                yield sink.taken()
            sent += count
        if writer is not None:
            writer.close()
            yield sink.taken()
        call.door.writer.add(Event(DONE, {"permintaan": call.request_id, "klien": call.client.id, "baris": sent}))
    except QuotaSpent:
        call.door.writer.add(Event(BROKEN, {"permintaan": call.request_id, "klien": call.client.id, "sebab": "kuota-habis"}))
        raise spent() from None
    except BaseException as error:
        said = {"permintaan": call.request_id, "klien": call.client.id, "baris": sent, "sebab": _why(error)}
        call.door.writer.add(Event(BROKEN, said))
        raise


def _lines(batch: pa.RecordBatch) -> bytes:
    return joined(pa.chunked_array([batch.column(0)]))


class _Sink:
    """A file that only remembers what was written since it was last asked."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, content: Any) -> int:
        part = bytes(content)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def taken(self) -> bytes:
        content = b"".join(self._parts)
        self._parts.clear()
        return content


def _writer(call: Call, form: str, sink: _Sink) -> Any:
    if form == NDJSON:
        return None
    schema = schema_of(call.opened, call.service, call.permission)
    if form == ARROW:
        return pa.ipc.new_stream(sink, schema)
    return pq.ParquetWriter(sink, schema, compression="zstd")
