"""What the landed rows of feedback say of people by name: for files in which names leave, never for a table that stays.

Who is told of is the caller's choice; a delivery whose content went by retention says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from padanan.base.home import Home
from padanan.base.sql import ident, literal
from padanan.contracts import cells
from padanan.feedback.state import HOLDING
from padanan.records.ledger import manifests

TOLD = "sebutan"
"""The table that `tell` makes."""
SHOWN = ("nik", "no_kk", "nama", "alamat", "rt", "rw", "jk")
"""Its columns besides `id_orang` and `tgl_lahir`."""


def tell(con: duckdb.DuckDBPyConnection, home: Home, contracts: Iterable[str], people: str) -> None:
    """Makes `sebutan`: of each person the newest holding row that names them; `open_state` must have made its tables.

    Args:
        people: a query of the identifiers.
    """
    con.execute(
        f"create or replace table asal as select h.id_orang, h.kontrak, h.sha16, h.baris, h.terjadi, h.id_peristiwa "
        f"from {HOLDING} h where h.id_orang in ({people})"
    )
    nothing = ", ".join(f"null::varchar as {name}" for name in SHOWN) + ", null::date as tgl_lahir"
    told = " union all ".join(
        [f"select null::varchar as id_orang, {nothing}, null::date as terjadi, null::varchar as id_peristiwa where false"]
        + [arm for contract_id in contracts for arm in _rows(con, home, contract_id)]
    )
    con.execute(
        f"""create or replace table {TOLD} as select * from ({told}) qualify row_number() over (
          partition by id_orang order by (nama is not null) desc, terjadi desc, id_peristiwa desc) = 1"""
    )


def _rows(con: duckdb.DuckDBPyConnection, home: Home, contract_id: str) -> Iterator[str]:
    wanted = {one[0] for one in con.execute("select distinct sha16 from asal where kontrak = ?", [contract_id]).fetchall()}
    for item in manifests(home, contract_id) if wanted else ():
        part = Path(item["folder"]) / "part.parquet"
        if item["sha16"] not in wanted or not part.exists():
            continue
        names = set(pq.read_schema(part).names)
        if "nama" not in names:
            continue
        shown = {name: f"trim(p.{ident(name)})" if name in names else "null::varchar" for name in SHOWN}
        shown["nik"] = cells.sixteen("p.nik") if "nik" in names else "null::varchar"
        born = cells.day("p.tgl_lahir") if "tgl_lahir" in names else "null::date"
        listed = ", ".join(f"{sql} as {name}" for name, sql in shown.items())
        yield (
            f"select a.id_orang, {listed}, {born} as tgl_lahir, a.terjadi, a.id_peristiwa from asal a "
            f"join read_parquet({literal(part)}, hive_partitioning = false) p on p._baris = a.baris "
            f"where a.kontrak = {literal(contract_id)} and a.sha16 = {literal(str(item['sha16']))}"
        )
