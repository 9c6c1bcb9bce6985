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


@dataclass(frozen=True)
class Rulings:
    """What people decided: entity number in `kerja`, register row, and whether it is the same person."""

    left: Ints
    row: Ints
    same: Bools

    @classmethod
    def none(cls) -> Rulings:
        """Nobody has decided anything."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=bool))

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection, register_sql: str, table: pa.Table | None, entities: pa.Array) -> Rulings:
        """Rulings that concern this run's records."""
        if table is None or table.num_rows == 0:
            return cls.none()
        con.register("putusan", table)
        con.register("entitas", pa.table({"entity_key": entities, "urut": np.arange(len(entities))}))
        got = con.execute(
            f"""select e.urut, r.row, p.keputusan = 'padan' as sama from putusan p join entitas e on e.entity_key = p.entity_key
            join {register_sql} r on r.record_key = p.register_key where p.keputusan in ('padan', 'bukan') order by 1, 2"""
        ).to_arrow_table()
        con.unregister("putusan")
        con.unregister("entitas")
        return cls(
            got.column(0).to_numpy(),
            got.column(1).to_numpy().astype(np.int64),
            got.column(2).to_numpy(zero_copy_only=False).astype(bool),
        )


RULED = 8000  # hundredths of a bit: a person's word outranks any evidence


def words(pairs: Pairs, ruled: Rulings, right: Right) -> Ints:
    """+1 where a person confirmed the pair, −1 where one refused it, else 0."""
    mine = (pairs.left.astype(np.uint64) << np.uint64(32)) | right.row[pairs.right].astype(np.uint64)
    word = (ruled.left.astype(np.uint64) << np.uint64(32)) | ruled.row.astype(np.uint64)
    return np.isin(mine, word[ruled.same]).astype(np.int64) - np.isin(mine, word[~ruled.same]).astype(np.int64)


def apply_rulings(pairs: Pairs, ruled: Rulings, right: Right) -> Pairs:
    """Lifts confirmed pairs above every threshold, sinks refused ones under every floor; only candidates can be confirmed."""
    if len(ruled.left):
        return replace(pairs, base=pairs.base + RULED * words(pairs, ruled, right))
    return pairs
