"""The delivered cells behind events: each landed part that still stands, proved, and its cells that say something.

What is taken from the cells is its reader's affair (`newcomers`, `entrants`); a part that went by retention is passed by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from padanan.base.home import Home
from padanan.base.sql import ident, literal
from padanan.contracts.blanks import Blanks
from padanan.feedback.typed_rows import RAW
from padanan.records.delivery_proof import prove_read
from padanan.records.ledger import manifests


def parts(
    con: duckdb.DuckDBPyConnection, home: Home, named: str, progress: Callable[[str], None] = lambda _: None
) -> Iterator[tuple[str, str, Path]]:
    """(contract, sha16, part) of each delivery that a table names by `kontrak` and `sha16`, in their order.

    Raises:
        PadananError: a part was changed after it landed.
    """
    deliveries = con.execute(f"select distinct kontrak, sha16 from {named} order by 1, 2").fetchall()
    for place, (contract_id, sha16) in enumerate(deliveries, 1):
        progress(f"[{place}/{len(deliveries)}] {contract_id}")
        item = next((one for one in manifests(home, contract_id) if one["sha16"] == sha16), None)
        part = Path(item["folder"]) / "part.parquet" if item else None
        if part is None or not part.exists():
            continue
        prove_read(home, [part.relative_to(home.root).as_posix()])
        yield str(contract_id), str(sha16), part


def raw(columns: list[str], blanks: Blanks, part: Path) -> str:
    """The delivered cells of a part that say something, as `<kolom>_mentah`; null where it has no such column."""
    there = set(pq.read_schema(part).names)
    cells = ", ".join(
        f"case when {blanks.sql(ident(name), name)} then null else trim({ident(name)}) end as {ident(name + RAW)}"
        for name in columns
        if name in there
    )
    missing = ", ".join(f"null::varchar as {ident(name + RAW)}" for name in columns if name not in there)
    return f"select _baris, _record_key, {', '.join(filter(None, (cells, missing)))} from read_parquet({literal(part)})"
