"""The prepared register as a file of row groups: a pass over some of its columns, or some of its rows.

How the file is made belongs to `prepare`; what its codes mean to a pair belongs to `blocking` and `comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from padanan.linkage.lookup import Lookup

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]

# Rows of a pass that are worked on at once: their arrays stay in the processor's cache.
STEP = 1 << 16
TALLY = 22
HELD_BYTES = 1 << 29
"""What a register that several lists are matched with may hold of its columns: two million residents whole, of eleven some."""
KIND: Mapping[str, Any] = {
    "t1": np.uint32,
    "t2": np.uint32,
    "t3": np.uint32,
    "mother1": np.uint32,
    "given": np.uint32,
    "n_tokens": np.uint8,
    "dob": np.int32,
    "jk": np.uint8,
    "kel": np.int64,
    "rt": np.int16,
    "rw": np.int16,
}


def numbers(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """A code column as an array; NULL is 0, of rt and rw −1."""
    value = table.column(name)
    if value.null_count:
        value = pc.fill_null(value, pa.scalar(-1 if name in ("rt", "rw") else 0, value.type))
    return np.asarray(value.to_numpy()).astype(KIND.get(name, np.uint64), copy=False)


def slices(arrays: Arrays, start: int = 0) -> Iterator[tuple[int, Arrays]]:
    """Arrays cut into steps: (row of the first entry, arrays)."""
    n = len(next(iter(arrays.values()))) if arrays else 0
    for begin in range(0, n, STEP):
        yield start + begin, {name: value[begin : begin + STEP] for name, value in arrays.items()}


def span(rows: npt.NDArray[Any], start: int, size: int) -> tuple[int, int]:
    """Where row numbers `start` to `start + size` begin and end among ascending ones."""
    # In the numbers' own type: else millions of them would be converted at every call.
    low, high = np.searchsorted(rows, np.array([start, start + size], dtype=rows.dtype))
    return int(low), int(high)


class Register:
    """A prepared file (`prepare.prepare_register`), its rows numbered from 0.

    Args:
        path: the Parquet file.
        hold: bytes of columns that are kept once they are unpacked, for whoever matches several lists with one register.
    """

    def __init__(self, path: Path, hold: int = 0) -> None:
        self.path = path
        self._file = pq.ParquetFile(path)
        self.rows = int(self._file.metadata.num_rows)
        self._tallies: dict[str, npt.NDArray[np.int32]] = {}
        self._held: dict[tuple[int, str], pa.ChunkedArray] = {}
        self._room = hold

    def tables(self, columns: Sequence[str], wanted: npt.NDArray[Any] | None = None) -> Iterator[tuple[int, pa.Table]]:
        """Row groups of some columns, one at a time: (row of the first entry, table).

        Args:
            columns: what is read.
            wanted: row numbers, ascending; groups that hold none of them are passed over.
        """
        start = 0
        for group in range(self._file.num_row_groups):
            size = self._file.metadata.row_group(group).num_rows
            low, high = (0, 1) if wanted is None else span(wanted, start, size)
            if high > low:
                yield start, self._group(group, columns)
            start += size

    def _group(self, group: int, columns: Sequence[str]) -> pa.Table:
        missing = [name for name in columns if (group, name) not in self._held]
        if not missing:
            return pa.table({name: self._held[group, name] for name in columns})
        read = self._file.read_row_group(group, columns=missing, use_threads=False)
        table = (
            read
            if len(missing) == len(columns)
            else pa.table({name: read.column(name) if name in missing else self._held[group, name] for name in columns})
        )
        # What came first stays: every list passes by the whole register, so that of a full store the oldest is asked for next.
        for name in missing:
            if read.column(name).nbytes <= self._room:
                self._room -= read.column(name).nbytes
                self._held[group, name] = read.column(name)
        return table

    def steps(self, columns: Sequence[str], rows: tuple[int, int] | None = None) -> Iterator[tuple[int, Arrays]]:
        """The register in pieces of `STEP` rows: (row of the first entry, code columns).

        Args:
            columns: what is read.
            rows: only those from the first to before the second.
        """
        first, end = rows or (0, self.rows)
        for start, table in self.tables(columns, None if rows is None else np.arange(first, end)):
            low, high = max(first - start, 0), min(end - start, table.num_rows)
            yield from slices({name: numbers(table, name)[low:high] for name in columns}, start + low)

    def take(self, rows: npt.NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        """Some rows, ascending, with their numbers as `row`."""
        parts = []
        for start, table in self.tables(columns, rows):
            low, high = span(rows, start, table.num_rows)
            part = table.take(pa.array(rows[low:high] - start)) if high - low < table.num_rows else table
            parts.append(part.append_column("row", pa.array(rows[low:high])))
        schema = pa.schema([*(self._file.schema_arrow.field(name) for name in columns), ("row", pa.int64())])
        return pa.concat_tables(parts) if parts else schema.empty_table()

    def tally(self, column: str) -> npt.NDArray[np.int32]:
        """How many rows have each code modulo 2^`TALLY`; exact for dates, and nearly so where distinct codes are few (names).

        The last tallies are kept: a run asks for the same ones again and again.
        """
        if column not in self._tallies:
            total = np.zeros(1 << TALLY, dtype=np.int32)
            for _, table in self.tables((column,)):
                np.add.at(total, numbers(table, column).astype(np.int64) & ((1 << TALLY) - 1), 1)
            self._tallies[column] = total
        return self._tallies[column]

    def count(self, column: str, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """How many rows have each of these codes in `column` (0 counts for missing ones too, and says nothing)."""
        wanted, back = np.unique(values.astype(np.uint64), return_inverse=True)
        lookup, many = Lookup(wanted), np.zeros(len(wanted), dtype=np.int64)
        for _, arrays in self.steps((column,)):
            many += np.bincount(lookup.find(arrays[column].astype(np.uint64))[1], minlength=len(wanted))
        return many[back].astype(np.float64)

    def matching(self, column: str, wanted: npt.NDArray[Any], extra: Sequence[str] = ()) -> dict[str, npt.NDArray[Any]]:
        """Rows whose code in `column` is one of `wanted` (ascending, distinct): row, spot in `wanted`, `extra` columns."""
        lookup = Lookup(wanted.astype(np.uint64, copy=False))
        parts: list[dict[str, npt.NDArray[Any]]] = []
        for start, arrays in self.steps((column, *extra)):
            at, spot = lookup.find(arrays[column].astype(np.uint64, copy=False))
            parts.append({"row": at + start, "spot": spot, **{name: arrays[name][at] for name in extra}})
        names = ("row", "spot", *extra)
        return {n: np.concatenate([p[n] for p in parts]) if parts else np.empty(0, dtype=np.int64) for n in names}
