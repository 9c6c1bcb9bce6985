"""All events as one table: what each delivery of feedback said, whatever day and whichever key it came with.

Which deliveries there are, and whether their bytes are those that were registered, is `padanan/records/returned`'s; what a
person's state is on a day is `state`'s question.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import duckdb

from padanan.base.home import Home
from padanan.base.keys import load_ring, register_today
from padanan.base.sql import literal
from padanan.records.returned import proved_events, taken

COLUMNS = {
    "id_peristiwa": "varchar",
    "kontrak": "varchar",
    "sha16": "varchar",
    "baris": "bigint",
    "kunci": "varchar",
    "isi": "varchar",
    "membatalkan": "varchar",
    "terjadi": "date",
    "dicatat": "date",
    "id_orang": "varchar",
    "cara": "varchar",
    "hasil": "varchar",
    "instansi": "varchar",
    "program": "varchar",
    "masa": "varchar",
    "nilai": "bigint",
    "sifat": "varchar",
    "mendesak": "boolean",
    "kode_kelurahan": "varchar",
    "sampai": "date",
    "sengketa": "varchar",
}
"""The columns of an event.

`kunci` names what the sender numbered, `isi` its content (both keyed hashes), `membatalkan` the `kunci` that it takes back;
`terjadi` is the day it happened, `dicatat` the day it came; `id_orang` is a person of the padanan, or of a newcomer (`cara` =
`baru`), null where it speaks of nobody; `nilai` is rupiah, people or a desil; `sengketa` the rules for which it waits for a
person.
"""
TAKEN_BACK = """exists (select 1 from peristiwa c where c.membatalkan = p.kunci and c.membatalkan <> c.kunci
  and c.instansi is not distinct from p.instansi)"""
"""SQL over an event `p` of the table `peristiwa`: another one of its agency takes it back.

Numbers are each sender's own: what DPPAPP found is not Dinsos' to take back. Whatever becomes of the other event, this holds.
"""
KEYED = ("id_peristiwa", "kunci", "isi", "membatalkan", "id_orang")


def open_events(con: duckdb.DuckDBPyConnection, home: Home, contracts: Iterable[str], *, known_at: date | None = None) -> int:
    """Makes the table `peristiwa` of all events recorded up to a day, each delivery's bytes compared with the register first.

    Args:
        contracts: of which kinds.
        known_at: the last day of `dicatat`; by default all.

    Returns:
        How many events there are.

    Raises:
        PadananError: a file is missing or was changed, or the register was.
    """
    listed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    con.execute(f"create or replace table peristiwa ({listed})")
    ring = load_ring(home)
    for contract_id in contracts:
        for record in taken(home, contract_id):
            if known_at is not None and str(record["dicatat"]) > known_at.isoformat():
                continue
            path = proved_events(home, contract_id, record)
            columns = ", ".join(COLUMNS)
            if record["kunci_hmac"] != ring.names[-1]:
                register_today(con, ring, str(record["kunci_hmac"]))
                columns = ", ".join(f"hmac_kini({name}) as {name}" if name in KEYED else name for name in COLUMNS)
            con.execute(f"insert into peristiwa select {columns} from read_parquet({literal(path)})")
    return int(con.execute("select count(*) from peristiwa").fetchall()[0][0])
