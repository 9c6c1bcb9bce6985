"""The state as one SQLite file of one moment, from either kind of database, and such a file put into an empty database.

What a backup does with it is `upkeep.api_state`'s. Tokens are in no copy: whoever was let in since then asks again.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from padanan.base import disk
from padanan.base.commit import writing
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.distribution.state import tables
from padanan.distribution.state.store import SQLITE, Store, database_url, open_store

BLOCK = 5_000


def state_exists(home: Home) -> bool:
    """Whether there may be a state: a database that was named, or the home's own once the API was used."""
    url = database_url(home)
    return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).exists()


def copy_state(home: Home, target: Path) -> None:
    """Writes the state as one moment of it, mode 0600, also while the API runs.

    Raises:
        PadananError: there is none, it does not answer, or the target stands already.
    """
    if not state_exists(home):
        raise PadananError("keadaan API belum ada", file=home.distribusi, cure="buat klien atau jalankan API dahulu")
    if target.exists():
        raise PadananError("berkas cadangan sudah ada", file=target, cure="pilih nama lain")
    url = database_url(home)
    with no_space_guard("cadangan keadaan API"), writing(target, mode=0o600) as draft, disk.filling(draft):
        if url.startswith(SQLITE):
            source = Path(url.removeprefix(SQLITE))
            with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(draft)) as new:
                old.backup(new)
        else:
            with closing(open_store(home, url)) as live, closing(open_store(home, f"{SQLITE}{draft}")) as made:
                copy_rows(live, made)
        _without_tokens(draft)


def _without_tokens(path: Path) -> None:
    with closing(sqlite3.connect(path)) as con:
        # One file, without a log beside it.
        con.execute("pragma journal_mode = delete")
        con.execute(f"delete from {tables.token.name}")
        con.commit()


def copy_rows(source: Store, target: Store) -> None:
    """Copies every row but tokens into an empty state, all of one moment of the source, in one transaction of the target.

    Raises:
        PadananError: the target holds something.
    """
    with source.reading() as raw, target.writing() as into:
        if not empty(into):
            raise PadananError(
                "basis data keadaan API tujuan tidak kosong", cure="buat basis data baru lalu atur PADANAN_API_DB kepadanya"
            )
        con = raw if source.sqlite else raw.execution_options(isolation_level="REPEATABLE READ", stream_results=True)
        if source.sqlite:
            con.exec_driver_sql("begin")
        # The row that a new database is made with.
        into.execute(delete(tables.head))
        for table in tables.metadata.sorted_tables:
            if table is tables.token:
                continue
            for block in con.execute(select(table)).mappings().partitions(BLOCK):
                into.execute(insert(table), [dict(row) for row in block])


def empty(con: Connection) -> bool:
    """Whether a state holds no client and no event."""
    return not any(con.execute(select(func.count()).select_from(table)).scalar_one() for table in (tables.client, tables.audit))
