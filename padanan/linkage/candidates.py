"""What a run works on, and its candidates: pairs found by blocking, with their levels packed.

What a level is worth is learnt in `fit`; how blocks are searched and fields compared belongs to `blocking` and `comparison`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from padanan.base.sql import literal
from padanan.linkage import blocking, comparison, prepare, shards, threshold
from padanan.linkage.config import LinkageConfig
from padanan.linkage.inputs import Inputs
from padanan.linkage.pairs import Pairs, Right
from padanan.linkage.register import numbers

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Setting:
    """What every step of a run reads and none changes: connection, inputs, parameters, and the raw tables for plug-ins."""

    con: duckdb.DuckDBPyConnection
    data: Inputs
    config: LinkageConfig
    raw: tuple[prepare.Source, prepare.Source]

    @property
    def register_sql(self) -> str:
        """The prepared register with its row numbers, as a sub-query."""
        return f"(select file_row_number as row, * from read_parquet({literal(self.data.register.path)}, file_row_number=true))"

    def right(self, rows: Ints) -> Right:
        """Register rows, ascending, as the right sides of pairs."""
        table = self.data.register.take(rows, ("kk", "tie", "given", "name_letters"))
        return Right(rows, *(numbers(table, name) for name in ("kk", "tie", "given", "name_letters")))

    def compare(self, i: Ints, row: Ints) -> npt.NDArray[np.int32]:
        """Packed levels of (list record, register row), rows ascending."""
        limits = comparison.Limits.of(self.config)
        return comparison.compare_rows(self.con, self.data.people, self.data.register, i, row, limits)

    def seat(self, left: Ints, right: Ints) -> Ints:
        """What a pair competes for: a resident has one place in each producer's list."""
        return np.asarray(right.astype(np.int64) * self.data.n_sources + self.data.source[left])

    def pool(
        self,
        left: Ints,
        right: Ints,
        weight: Ints,
        true: Bools,
        held: Bools | None = None,
        trust: npt.NDArray[np.float64] | None = None,
    ) -> threshold.Pool:
        """Pairs that compete with each other; none waits for a person and every label is trusted unless it is said."""
        return threshold.Pool(
            left,
            self.seat(left, right),
            weight,
            true,
            np.zeros(len(left), dtype=bool) if held is None else held,
            np.ones(len(self.data)) if trust is None else trust,
            self.data.family,
        )

    def true(self, pairs: Pairs, right: Right) -> Bools:
        """Mask of labelled pairs that are one person."""
        return np.asarray(self.data.training[pairs.left] & (right.row[pairs.right] == self.data.answer[pairs.left]))


@dataclass(frozen=True)
class Compared:
    """Pairs that blocking found: position `j` in `right`, levels packed; left sides and keys are those of `found`.

    The largest arrays of a run: nothing after `fit` holds on to them.
    """

    found: blocking.Candidates
    j: npt.NDArray[np.int32]
    packed: npt.NDArray[np.int32]
    right: Right


def block(setting: Setting) -> blocking.Candidates:
    """The pairs that share a key."""
    file, config = setting.data.register, setting.config
    codes = blocking.codes_for(file.rows, config.small_register)
    return blocking.find(
        setting.data.people.values,
        lambda: file.steps(codes),
        file.rows,
        cap=config.block_cap,
        per_record=config.candidates_per_record,
        small=config.small_register,
    )


def compare(setting: Setting, found: blocking.Candidates) -> Compared:
    """The pairs with their levels, packed while the register passes by."""
    return _compared(setting, found, setting.compare(found.left, found.right))


def by_workers(setting: Setting, workers: shards.Workers) -> Compared:
    """`block` and `compare` by others, over shards of the register."""
    config = setting.config
    found, packed = shards.find_and_compare(
        setting.data.people,
        setting.data.register,
        workers,
        cap=config.block_cap,
        per_record=config.candidates_per_record,
        small=config.small_register,
        limits=comparison.Limits.of(config),
    )
    return _compared(setting, found, packed)


def _compared(setting: Setting, found: blocking.Candidates, packed: npt.NDArray[np.int32]) -> Compared:
    new = np.r_[True, found.right[1:] != found.right[:-1]] if len(found) else np.empty(0, dtype=bool)
    right = setting.right(found.right[new].astype(np.int64))
    return Compared(found, np.cumsum(new, dtype=np.int32) - np.int32(1), packed, right)
