"""Opening the API's state: which database, brought to the newest form by Alembic, and transactions that writers take in turn.

What stands in the tables is said in `tables`; no query is here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import SQLAlchemyError

from padanan.base import disk
from padanan.base.errors import PadananError, SourceUnavailable, safe_reason
from padanan.base.home import Home
from padanan.base.locks import held
from padanan.distribution.state import tables

FILE = "keadaan.sqlite"
SQLITE = "sqlite:///"
MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Store:
    """The state of one API."""

    engine: Engine

    @property
    def sqlite(self) -> bool:
        """Whether it is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries."""
        with self.engine.connect() as con:
            yield con

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; it stands whole or not at all."""
        with self.engine.begin() as con:
            if self.sqlite:
                con.exec_driver_sql("begin immediate")
            yield con

    @contextmanager
    def in_turn(self) -> Iterator[Connection]:
        """A transaction that no other writer of the audit runs beside, in whatever process: the chain can't fork."""
        with self.writing() as con:
            if not self.sqlite:
                # The row is there since the first migration; who holds it is alone.
                con.execute(select(tables.head.c.no).where(tables.head.c.id == 1).with_for_update())
            yield con

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()


def database_url(home: Home) -> str:
    """PADANAN_API_DB, or SQLite in the data home."""
    return os.environ.get("PADANAN_API_DB") or f"{SQLITE}{home.distribusi / FILE}"


def open_store(home: Home, url: str | None = None) -> Store:
    """The state of a home, its tables made or brought to the newest form.

    Raises:
        PadananError: the database does not answer (SourceUnavailable), or is of a newer version of this program.
    """
    address = url or database_url(home)
    try:
        if address.startswith("sqlite"):
            disk.mkdir(home.distribusi, parents=True, exist_ok=True)
            engine = create_engine(
                address, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=16, max_overflow=32
            )
            event.listen(engine, "connect", _sqlite)
        else:
            # psycopg 3 is the driver that is pinned; a plain address names it too.
            plain = address.replace("postgresql://", "postgresql+psycopg://", 1)
            engine = create_engine(plain, pool_size=16, max_overflow=32, pool_pre_ping=True)
        with held(home.distribusi / ".migrasi.lock"):
            _migrate(engine)
    except SQLAlchemyError as error:
        raise SourceUnavailable(
            f"basis data keadaan API tidak dapat dibuka ({safe_reason(error)})",
            cure="periksa PADANAN_API_DB dan apakah server PostgreSQL berjalan",
        ) from None
    return Store(engine)


def _sqlite(connection: Any, _: Any) -> None:
    # Transactions are begun by us, at once for writing: two readers that both want to write would wait for each other.
    connection.isolation_level = None
    cursor = connection.cursor()
    for line in ("pragma journal_mode = wal", "pragma synchronous = full", "pragma foreign_keys = on"):
        cursor.execute(line)
    cursor.close()


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as con:
        config.attributes["connection"] = con
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise PadananError(
                "keadaan API dari versi program yang lebih baru", cure="pakai versi program itu, atau pulihkan cadangannya"
            ) from None
        con.commit()


def utc_check(con: Connection) -> int:
    """One trivial query: whether the state answers."""
    return int(con.execute(text("select 1")).scalar_one())
