"""Rows of a prepared decree as they are sent: every column's JSON beside the key, made once at sealing, read without a query.

What may be read is `gate`'s one condition, evaluated here once for each that is asked; the answers are those of `reading`.
"""

from __future__ import annotations

import json
import mmap
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from padanan.base import disk
from padanan.base.sql import ident
from padanan.distribution.catalogue import disability_programs
from padanan.distribution.columns import column_sql


class Permission(Protocol):
    """What of a permission (`gate`) the rows are asked by."""

    @property
    def columns(self) -> dict[str, str]: ...
    @property
    def where(self) -> str: ...
    @property
    def parameters(self) -> tuple[Any, ...]: ...


LINES, NUMBERS = "baris.arrow", "nik.arrow"
BATCH = 65_536
_PEOPLE = "sidik_orang"
_META = b"padanan_kolom"
# A condition takes an eighth of a byte a person: some hundred grants at a million people.
_KEPT_BYTES = 64 << 20
_BITS = 8_192
_END = b"}\n"
# Bytes: a value with its place in a column, what the kernel maps around one that was asked for, and how much may stay mapped.
_WIDTH, _AROUND, _MAPPED = 24, 64 << 10, 32 << 20
Places = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Rows:
    """Some rows in order: as JSON objects (bytes, one a line), their people's pseudonyms, and the last one's place."""

    count: int
    lines: bytes
    people: bytes
    last: int | None


NOBODY = Rows(0, b"", b"", None)


def write_lines(con: duckdb.DuckDBPyConnection, folder: Path, columns: Sequence[str]) -> None:
    """Writes `baris.arrow` and `nik.arrow` from the table `sasaran` of a decree that is being prepared.

    The first holds for each person, by `urut`, every column as JSON text; what a program may see of the programs is one column
    for each way of seeing it, named by its SQL. The second holds NIK (a number of 16 digits) and `urut`, sorted by both.
    """
    fields = _expressions(columns)
    texts = ", ".join(f"coalesce(to_json({sql})::varchar, 'null') as f{place}" for place, sql in enumerate(fields))
    size = int(con.execute("select count(*) from sasaran").fetchall()[0][0])
    schema = pa.schema(
        [*(pa.field(f"f{place}", pa.string()) for place in range(len(fields))), pa.field(_PEOPLE, pa.binary(16))],
        metadata={_META: json.dumps(fields).encode()},
    )
    with disk.filling(folder / LINES), pa.ipc.new_file(str(folder / LINES), schema) as writer:
        for start in range(0, size, BATCH):
            some = f"select {texts}, {_PEOPLE} from sasaran where urut >= ? and urut < ? order by urut"
            table = con.sql(some, params=[start, start + BATCH]).to_arrow_table().cast(schema).combine_chunks()
            writer.write_batch(table.to_batches()[0])
    digits = "regexp_full_match(nik, '[0-9]{16}')"
    table = con.sql(f"select nik::bigint as nik, urut::bigint as urut from nik where {digits} order by all").to_arrow_table()
    with disk.filling(folder / NUMBERS), pa.ipc.new_file(str(folder / NUMBERS), table.schema) as writer:
        writer.write_batch(
            table.combine_chunks().to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], table.schema)
        )


def _expressions(columns: Sequence[str]) -> list[str]:
    """The SQL of every column as a grant of any program may be given it."""
    found = [ident(name) for name in columns if name != "program"]
    if "program" in columns:
        found += [column_sql("program", program) for program in ("", *sorted(disability_programs()))]
    return list(dict.fromkeys(found))


def is_number(nik: str) -> bool:
    """Whether a text is a NIK as `nik.arrow` holds it."""
    return len(nik) == 16 and nik.isascii() and nik.isdigit()


class Lines:
    """The opened files of one decree; they never change, so that what was found in them once stays found."""

    def __init__(self, folder: Path, con: duckdb.DuckDBPyConnection) -> None:
        with (folder / LINES).open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._touched = 0
        with pa.ipc.open_file(pa.BufferReader(pa.py_buffer(self._map))) as reader:
            self._batches = [reader.get_batch(place) for place in range(reader.num_record_batches)]
            fields: list[str] = json.loads(reader.schema.metadata[_META])
        with pa.ipc.open_file(pa.memory_map(str(folder / NUMBERS))) as reader:
            numbers = reader.get_batch(0)
        self._fields = {sql: place for place, sql in enumerate(fields)}
        self._people = len(fields)
        self._niks, self._places = (numbers.column(name).to_numpy() for name in ("nik", "urut"))
        self._con = con
        # As it was written: every batch but the last one is as long as the first.
        self._step = self._batches[0].num_rows if self._batches else BATCH
        self.size = sum(batch.num_rows for batch in self._batches)
        self._known: OrderedDict[tuple[str, tuple[Any, ...]], Places] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def serves(self, permission: Permission) -> bool:
        """Whether these files hold what a permission shows; they do unless rules changed since the decree was prepared."""
        return bool(permission.columns) and all(sql in self._fields for sql in permission.columns.values())

    def known(self, permission: Permission) -> bool:
        """Whether reading under this permission needs no query any more."""
        return permission.where == "true" or (permission.where, permission.parameters) in self._known

    def page(self, permission: Permission, *, after: int | None, size: int) -> Rows:
        """The next rows after a place."""
        start = (-1 if after is None else after) + 1
        return self._rows(permission, self._next(permission, start, size))

    def find(self, permission: Permission, nik: str) -> Rows:
        """The rows of one NIK that the permission shows; two of them are for the caller to refuse."""
        return self._rows(permission, np.array([one for one in self.places(nik) if self._shown(permission, one)], np.int64))

    def places(self, nik: str) -> list[int]:
        """The places of everybody who bears a NIK, the permission not asked."""
        if not is_number(nik):
            return []
        first, last = np.searchsorted(self._niks, [int(nik), int(nik) + 1])
        return [int(one) for one in self._places[first:last]]

    def chunks(self, permission: Permission, size: int) -> Iterator[tuple[pa.RecordBatch, bytes, int]]:
        """Everything that the permission shows, in chunks of so many rows: one column of lines, pseudonyms, rows."""
        start = 0
        while len(places := self._next(permission, start, size)):
            parts = list(self._joined(permission, places))
            column = pa.concat_arrays([lines for lines, _ in parts])
            yield pa.record_batch([column], ["baris"]), b"".join(people for _, people in parts), len(places)
            start = int(places[-1]) + 1

    def _matching(self, permission: Permission) -> Places | None:
        """Who meets the condition: None for everybody, places (int64), or a bit for each place (uint8), whichever is smaller."""
        if permission.where == "true":
            return None
        key = (permission.where, permission.parameters)
        with self._lock:
            if (found := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return found
        cursor = self._con.cursor()
        try:
            sql = f"select urut::bigint as urut from sasaran where {permission.where} order by urut"
            places = cursor.sql(sql, params=list(permission.parameters)).to_arrow_table().column(0).to_numpy()
        finally:
            cursor.close()
        found = np.ascontiguousarray(places, np.int64)
        if len(found) * 64 > self.size:
            bits = np.zeros(self.size, np.uint8)
            bits[found] = 1
            found = np.packbits(bits, bitorder="little")
        with self._lock:
            if key not in self._known:
                self._known[key] = found
                self._bytes += found.nbytes
                while self._bytes > _KEPT_BYTES and len(self._known) > 1:
                    self._bytes -= self._known.popitem(last=False)[1].nbytes
        return found

    def _shown(self, permission: Permission, place: int) -> bool:
        found = self._matching(permission)
        if found is None:
            return True
        if found.dtype == np.uint8:
            return bool(found[place >> 3] >> (place & 7) & 1)
        at = int(np.searchsorted(found, place))
        return at < len(found) and int(found[at]) == place

    def _next(self, permission: Permission, start: int, size: int) -> Places:
        found = self._matching(permission)
        if found is None:
            return np.arange(start, max(start, min(start + size, self.size)))
        if found.dtype != np.uint8:
            first = int(np.searchsorted(found, start))
            return found[first : first + size]
        parts, got, window = list[Places](), 0, _BITS
        while start < self.size and got < size:
            first = start >> 3
            bits = np.unpackbits(found[first : first + (window >> 3)], bitorder="little")
            bits[: start & 7] = 0
            part = np.flatnonzero(bits)[: size - got] + (first << 3)
            parts.append(part)
            got, start, window = got + len(part), (first << 3) + window, window * 4
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def _rows(self, permission: Permission, places: Places) -> Rows:
        if not len(places):
            return NOBODY
        parts = [(_bytes(lines), people) for lines, people in self._joined(permission, places)]
        lines, people = parts[0] if len(parts) == 1 else (b"".join(one) for one in zip(*parts, strict=True))
        return Rows(len(places), lines, people, int(places[-1]))

    def _joined(self, permission: Permission, places: Places) -> Iterator[tuple[pa.Array[Any], bytes]]:
        """Lines and pseudonyms of places in order, block by block."""
        keys = _keys(tuple(permission.columns))
        held = [self._fields[sql] for sql in permission.columns.values()]
        for number in range(int(places[0]) // self._step, int(places[-1]) // self._step + 1):
            low, high = np.searchsorted(places, [number * self._step, (number + 1) * self._step])
            if low == high:
                continue
            batch, some = self._batches[number], places[low:high] - number * self._step
            first, count = int(some[0]), int(high - low)
            span = int(some[-1]) - first + 1
            if span == count:
                columns = [batch.column(one).slice(first, count) for one in (*held, self._people)]
            else:
                wanted = pa.Array.from_buffers(pa.int64(), count, [None, pa.py_buffer(np.ascontiguousarray(some, np.int64))])
                columns = [batch.column(one).take(wanted) for one in (*held, self._people)]
            parts = [part for pair in zip(keys[:-1], columns[:-1], strict=True) for part in pair]
            yield pc.binary_join_element_wise(*parts, keys[-1], ""), _fixed(columns[-1])
            self._touch(len(columns) * (min(span * _WIDTH, count * _AROUND) + _AROUND))

    def _touch(self, size: int) -> None:
        """Gives mapped pages back to the system now and then: they stay in its cache, and are no memory of this process."""
        self._touched += size
        if self._touched > _MAPPED:
            self._touched = 0
            self._map.madvise(mmap.MADV_DONTNEED)


@lru_cache(maxsize=256)
def _keys(names: tuple[str, ...]) -> tuple[pa.Scalar[Any], ...]:
    """What stands before each value of a row, and after the last one."""
    texts = [f"{'{' if place == 0 else ','}{json.dumps(name)}:" for place, name in enumerate(names)]
    return tuple(pa.scalar(text) for text in (*texts, _END.decode()))


def _bytes(column: pa.Array[Any]) -> bytes:
    """The values of a text column without nulls, end to end."""
    _, offsets, content = column.buffers()
    places = np.frombuffer(offsets, np.int32)
    return memoryview(content)[places[column.offset] : places[column.offset + len(column)]].tobytes()


def _fixed(column: pa.Array[Any]) -> bytes:
    width = 16
    return memoryview(column.buffers()[1])[column.offset * width : (column.offset + len(column)) * width].tobytes()
