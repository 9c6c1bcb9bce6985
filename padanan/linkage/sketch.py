"""A list's rows in the order of their keys, of which only those that a run works on are prepared.

Which rows those are is `inputs`' question; what preparing is stands in `prepare`.
"""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from padanan.base.errors import PadananError
from padanan.linkage import prepare

Ints = npt.NDArray[np.int64]
TABLE = "daftar_ringan"
"""The temporary table (row, record_key, entity_key, family) of the list that is being read."""


class Sketch:
    """A list's rows in the order of their keys, of which only those that a run works on are prepared.

    Of ten million records nine are links by NIK, of which a run needs no more than the family: to clean and encode their names
    costs more time and memory than all else.

    Attributes:
        n: how many. tie, family: hash of the entity and code of the family of each (0: none). shared: whether another record
        may be of the same entity (hashes are compared). named: whether a prepared row has a name.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, relation: str) -> None:
        self._con, self._relation = con, relation
        con.execute(
            f"""create or replace temp table {TABLE} as select row_number() over (order by record_key) - 1 as row, *,
            record_key is not distinct from lag(record_key) over (order by record_key) as kembar
            from ({prepare.keys_sql(prepare.columns_of(con, relation), relation)})"""
        )
        self.n, twice, self._born = con.execute(
            f"select count(*), count(*) filter (kembar or record_key is null), count(*) filter (ada_lahir) from {TABLE}"
        ).fetchall()[0]
        if twice:
            raise PadananError("record_key tidak unik pada daftar", cure="beri satu record_key per baris (lihat landing)")
        got = con.execute(
            f"""select hash(entity_key) as tie, coalesce(family, 0) as family, hash(entity_key) in (
            select hash(entity_key) from {TABLE} group by 1 having count(*) > 1) as shared from {TABLE} order by row"""
        ).fetchnumpy()
        self.tie = np.asarray(got["tie"], dtype=np.uint64)
        self.family = np.asarray(got["family"], dtype=np.uint64)
        self.shared = np.asarray(got["shared"], dtype=bool)
        self.named = np.zeros(self.n, dtype=bool)
        self._place = np.full(self.n, -1, dtype=np.int64)
        self._parts: list[pa.Table] = []
        self._rows = 0

    def prepare(self, rows: Ints) -> None:
        """Prepares rows that are not yet."""
        rows = np.sort(rows[self._place[rows] < 0])
        if not len(rows):
            return
        con = self._con
        relation = self._relation
        if len(rows) < self.n:
            con.register("baris_perlu", pa.table({"row": rows}))
            con.execute(
                f"create or replace temp table kunci_perlu as select record_key from {TABLE} semi join baris_perlu using (row)"
            )
            con.unregister("baris_perlu")
            relation = f"(select m.* from {self._relation} m semi join kunci_perlu k on k.record_key = m.record_key::varchar)"
        table = prepare.prepare_table(con, relation).combine_chunks()
        # Rows are numbered in the order of their keys.
        table = table.take(pc.sort_indices(table.column("record_key")))
        self._place[rows] = self._rows + np.arange(len(rows))
        self._rows += len(rows)
        self._parts.append(table)
        self.named[rows] = np.asarray(pc.is_valid(table.column("name")).to_numpy(zero_copy_only=False), dtype=bool)

    def prepared(self, rows: Ints) -> pa.Table:
        """Prepared columns of some rows, in their order."""
        self.prepare(rows)
        if len(self._parts) != 1:
            self._parts = [pa.concat_tables(self._parts or [prepare.SCHEMA.empty_table()]).combine_chunks()]
        return self._parts[0].take(pa.array(self._place[rows])).combine_chunks()

    def keys(self, rows: Ints) -> pa.Array:
        """record_key of some rows, ascending."""
        self._con.register("baris_perlu", pa.table({"row": rows}))
        got = self._con.sql(f"select record_key from {TABLE} semi join baris_perlu using (row) order by row").to_arrow_table()
        self._con.unregister("baris_perlu")
        return got.column(0).combine_chunks()

    def nowhere(self) -> list[str]:
        """Notes on what not one record has; asked after the labels, which look for names until they find enough."""
        some = {"nama": bool(self.named.any()), "tanggal lahir": bool(self._born)}
        return [
            f"tidak ada satu pun {what}: padanan hanya dari kolom lain" for what, there in some.items() if self.n and not there
        ]

    def close(self) -> None:
        """Drops what it made in the connection."""
        self._con.execute(f"drop table {TABLE}; drop table if exists kunci_perlu")
