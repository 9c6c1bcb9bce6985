"""Candidates and their levels found by many workers, each over its own rows of the register; the same pairs as on one machine.

A pair belongs to the shard of its resident, so shards share nothing but the list. Where the workers run is their owner's matter;
everything after the comparison (model, thresholds, one-to-one, relatives) sees the whole and stays with the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from padanan.linkage import blocking, comparison
from padanan.linkage.register import Arrays, Register

MET = pa.schema([("key", pa.int8()), ("spot", pa.int32()), ("met", pa.int64())])
PAIRS = pa.schema([("left", pa.int32()), ("right", pa.int32()), ("keys", pa.uint32()), ("packed", pa.int32())])


@dataclass(frozen=True)
class Shard:
    """Register rows `first` to `end` (not included)."""

    first: int
    end: int


Task = Callable[[Shard], pa.Table]


class Workers(Protocol):
    """Whoever runs a task for each shard."""

    def shards(self, rows: int) -> Sequence[Shard]:
        """How a register of that many rows is dealt out; together every row once, ascending."""

    def run(self, task: Task, schema: pa.Schema, shards: Sequence[Shard]) -> pa.Table:
        """Answers of the task, in the order of the shards."""


@dataclass(frozen=True)
class ByTurns:
    """Workers that are this very process, one shard after the other: what a cluster's answer is measured against."""

    parts: int

    def shards(self, rows: int) -> Sequence[Shard]:
        return dealt(rows, self.parts)

    def run(self, task: Task, schema: pa.Schema, shards: Sequence[Shard]) -> pa.Table:
        tables = [task(shard) for shard in shards]
        return pa.concat_tables(tables) if tables else schema.empty_table()


def dealt(rows: int, parts: int) -> list[Shard]:
    """`rows` in at most `parts` shards of nearly equal size."""
    edges = np.linspace(0, rows, min(max(parts, 1), max(rows, 1)) + 1).astype(int)
    return [Shard(int(a), int(b)) for a, b in pairwise(edges) if b > a]


@dataclass(frozen=True)
class _Search:
    """What every worker knows: the list's codes and the register's file, which each of them can read."""

    left: Arrays
    register: Path
    cap: int
    small: int

    @cached_property
    def file(self) -> Register:
        return Register(self.register)

    @cached_property
    def keys(self) -> Any:
        return blocking.keys_for(self.file.rows, self.small)

    @cached_property
    def blocks(self) -> list[Any]:
        return blocking.blocks_of(self.left, self.keys, self.cap)

    def pieces(self, shard: Shard) -> Iterator[tuple[int, Arrays]]:
        """The shard in pieces: (register row of the first entry, code columns)."""
        return self.file.steps(blocking.codes_for(self.file.rows, self.small), (shard.first, shard.end))

    def __getstate__(self) -> dict[str, Any]:
        # Blocks and the open file are made anew by each worker.
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Count(_Search):
    """First pass: how many register rows of a shard share each block of the list."""

    def __call__(self, shard: Shard) -> pa.Table:
        met = blocking.met_in(self.keys, self.blocks, self.pieces(shard))
        parts = []
        for key, many in enumerate(met):
            spot = np.flatnonzero(many).astype(np.int32)
            parts.append(
                pa.table({"key": np.full(len(spot), key, np.int8), "spot": spot, "met": many[spot].astype(np.int64)}, schema=MET)
            )
        return pa.concat_tables(parts)


@dataclass(frozen=True)
class Compare(_Search):
    """Second pass: the pairs of a shard in blocks that all shards together leave open, with their levels.

    Attributes:
        open: of each key, which blocks stay under the cap that was used.
        people: the list as `comparison` reads it.
        limits: of the names' levels.
    """

    open: tuple[npt.NDArray[np.bool_], ...]
    people: comparison.People
    limits: comparison.Limits

    def __call__(self, shard: Shard) -> pa.Table:
        left, right, bits = blocking.pairs_in(self.keys, self.blocks, self.pieces(shard), self.open)
        size = shard.end - shard.first
        found = blocking.union(left, right - np.int32(shard.first), bits, len(self.left["dob"]), size, 0, 0, 0)
        row = found.right + np.int32(shard.first)
        con = duckdb.connect()
        try:
            con.execute("set threads=1; set enable_progress_bar=false")
            packed = comparison.compare_rows(con, self.people, self.file, found.left, row, self.limits)
        finally:
            con.close()
        return pa.table({"left": found.left, "right": row, "keys": found.keys, "packed": packed}, schema=PAIRS)


def find_and_compare(
    people: comparison.People,
    register: Register,
    workers: Workers,
    *,
    cap: int,
    per_record: int,
    small: int,
    limits: comparison.Limits,
) -> tuple[blocking.Candidates, npt.NDArray[np.int32]]:
    """The candidates of `blocking.find` and the levels of `comparison.compare_rows`, from shards.

    Args:
        people: the list. register: the prepared file, which every worker can read under its path.
        workers: who does the work.
        cap, per_record, small: as in `blocking.find`; the cap is bounded by the whole, not by a shard.
    """
    shards = workers.shards(register.rows)
    path = register.path.resolve()
    keys = blocking.keys_for(register.rows, small)
    blocks = blocking.blocks_of(people.values, keys, cap)
    counted = workers.run(Count(people.values, path, cap, small), MET, shards)
    key, spot, met = (np.asarray(counted.column(name).to_numpy()) for name in MET.names)
    for number, block in enumerate(blocks):
        here = key == number
        block.met[:] = np.bincount(spot[here], weights=met[here], minlength=len(block.met)).astype(np.int64)
    n_left = len(people.values["dob"])
    used, raw = blocking.bounded(blocks, cap, per_record, n_left)
    open_ = tuple((b.size <= used) & (b.met <= used) for b in blocks)
    found = workers.run(Compare(people.values, path, cap, small, open_, people, limits), PAIRS, shards).combine_chunks()
    left, right, bits, packed = (np.asarray(found.column(name).to_numpy()) for name in PAIRS.names)
    return blocking.Candidates(left, right, bits, used, raw, n_left * register.rows), packed
