"""The store of events: what each delivery of feedback said, one immutable signed folder a delivery, registered in a chain.

Events are only added. What a person's state is on a day is `state`'s question, what a row must be to become an event `judge`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import signed_hashes
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_today
from padanan.base.sql import literal
from padanan.records.kinds import FEEDBACK
from padanan.records.log import Log

EVENTS, FAULTS, ACCOUNT = "peristiwa.parquet", "celah.parquet", "akun.json"
TAKEN = "diambil"
"""What a record of the register says when a delivery was taken in."""
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
KEYED = ("id_peristiwa", "kunci", "isi", "membatalkan", "id_orang")
WHAT = "peristiwa umpan balik"
CURE = "pulihkan folder umpan_balik dan decisions/umpan_balik dari cadangan"


def folder_of(home: Home, contract_id: str, sha16: str) -> Path:
    """Where the events of a delivery lie."""
    return home.umpan_balik / contract_id / f"delivery={sha16}"


def log_of(home: Home, contract_id: str) -> Log:
    """`decisions/umpan_balik/<contract>.jsonl`: which deliveries were taken in, with the hashes of their events."""
    return Log(home, FEEDBACK, contract_id)


def taken(home: Home, contract_id: str) -> list[Mapping[str, Any]]:
    """The deliveries of a contract that were taken in, oldest first.

    Raises:
        PadananError: the register was changed.
    """
    return [record for record in log_of(home, contract_id).read().records if record["jenis"] == TAKEN]


def open_events(con: duckdb.DuckDBPyConnection, home: Home, contracts: Mapping[str, Any], *, known_at: date | None = None) -> int:
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
            path = folder_of(home, contract_id, str(record["sha16"])) / EVENTS
            _prove(home, path, record)
            columns = ", ".join(COLUMNS)
            if record["kunci_hmac"] != ring.names[-1]:
                register_today(con, ring, str(record["kunci_hmac"]))
                columns = ", ".join(f"hmac_kini({name}) as {name}" if name in KEYED else name for name in COLUMNS)
            con.execute(f"insert into peristiwa select {columns} from read_parquet({literal(path)})")
    return int(con.execute("select count(*) from peristiwa").fetchall()[0][0])


def _prove(home: Home, path: Path, record: Mapping[str, Any]) -> None:
    if not path.is_file() or file_sha256(path) != record["peristiwa_sha256"]:
        what = "berubah" if path.exists() else "hilang"
        raise PadananError(f"{WHAT} {what}", file=path.relative_to(home.root), cure=CURE)


def faults_of_events(home: Home, contracts: Mapping[str, Any]) -> list[PadananError]:
    """Everything that is wrong with the store: events that are missing or were changed, folders that no register names."""
    found: list[PadananError] = []
    for contract_id in contracts:
        try:
            records = taken(home, contract_id)
        except PadananError as error:
            found.append(error)
            continue
        for record in records:
            folder = folder_of(home, contract_id, str(record["sha16"]))
            try:
                signed_hashes(home.root, folder, what=WHAT, cure=CURE)
                _prove(home, folder / EVENTS, record)
            except PadananError as error:
                found.append(error)
        known = {str(record["sha16"]) for record in records}
        for folder in sorted((home.umpan_balik / contract_id).glob("delivery=*")):
            if folder.name.removeprefix("delivery=") not in known:
                found.append(
                    PadananError(
                        "peristiwa belum terdaftar: prosesnya mati sebelum mencatatnya",
                        file=folder.relative_to(home.root),
                        cure="jalankan 'padanan umpan-balik ambil'; pengambilan diselesaikan",
                    )
                )
    return found
