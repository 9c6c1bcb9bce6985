"""What people decided about pairs before: read from their decisions, and laid upon the pairs of this run.

What their answers say about the threshold belongs to `selection`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from padanan.linkage.pairs import Pairs, Right

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
UInt64s = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Rulings:
    """What people decided: entity number in `kerja`, register row, and whether it is the same person.

    `unsure` are the pairs (`_pair`) that reviewers looked at and could not settle: they doubt, or they disagree.
    """

    left: Ints
    row: Ints
    same: Bools
    unsure: UInt64s

    @classmethod
    def none(cls) -> Rulings:
        """Nobody has decided anything."""
        none = np.empty(0, dtype=np.int64)
        return cls(none, none, np.empty(0, dtype=bool), none.astype(np.uint64))

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection, register_sql: str, table: pa.Table | None, entities: pa.Array) -> Rulings:
        """Rulings that concern this run's records."""
        if table is None or table.num_rows == 0:
            return cls.none()
        con.register("putusan", table)
        con.register("entitas", pa.table({"entity_key": entities, "urut": np.arange(len(entities))}))
        got = con.sql(
            f"""select e.urut, r.row, p.keputusan = 'padan' as sama, p.keputusan in ('padan', 'bukan') as jelas
            from putusan p join entitas e on e.entity_key = p.entity_key
            join {register_sql} r on r.record_key = p.register_key order by 1, 2"""
        ).to_arrow_table()
        con.unregister("putusan")
        con.unregister("entitas")
        left, row = got.column(0).to_numpy(), got.column(1).to_numpy().astype(np.int64)
        same, clear = (got.column(k).to_numpy(zero_copy_only=False).astype(bool) for k in (2, 3))
        return cls(left[clear], row[clear], same[clear], _pair(left[~clear], row[~clear]))

    def unsettled(self, pairs: Pairs, right: Right) -> Bools:
        """Pairs that reviewers looked at and could not settle."""
        return np.isin(_pair(pairs.left, right.row[pairs.right]), self.unsure)


def _pair(left: Ints, row: Ints) -> UInt64s:
    """One number of a pair."""
    return np.asarray((left.astype(np.uint64) << np.uint64(32)) | row.astype(np.uint64))


RULED = 8000  # hundredths of a bit: a person's word outranks any evidence


def words(pairs: Pairs, ruled: Rulings, right: Right) -> Ints:
    """+1 where a person confirmed the pair, −1 where one refused it, else 0."""
    mine, word = _pair(pairs.left, right.row[pairs.right]), _pair(ruled.left, ruled.row)
    return np.isin(mine, word[ruled.same]).astype(np.int64) - np.isin(mine, word[~ruled.same]).astype(np.int64)


def apply_rulings(pairs: Pairs, ruled: Rulings, right: Right) -> Pairs:
    """Lifts confirmed pairs above every threshold, sinks refused ones under every floor; only candidates can be confirmed."""
    if len(ruled.left):
        return replace(pairs, base=pairs.base + RULED * words(pairs, ruled, right))
    return pairs
