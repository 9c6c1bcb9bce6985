"""Opening the API's state: which database, brought to the newest form by Alembic, and transactions that writers take in turn.

What stands in the tables is said in `tables`; no query is here.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from padanan.base import disk, locks
from padanan.base.errors import PadananError, SourceUnavailable, safe_reason
from padanan.base.home import Home
from padanan.base.locks import held
from padanan.distribution.state import tables

FILE = "keadaan.sqlite"
SQLITE = "sqlite:///"
TURN = ".giliran.lock"
MIGRATIONS = Path(__file__).parent / "migrations"
_LITE: dict[str, Any] = {"timeout": 30, "check_same_thread": False}


@dataclass(frozen=True)
class Store:
    """The state of one API.

    Attributes:
        turn: the file that SQLite's writers lock in turn.
    """

    engine: Engine
    turn: Path
    _kept: list[sqlite3.Connection] = field(default_factory=list)
    _own: threading.local = field(default_factory=threading.local)
    _texts: dict[Select[Any], tuple[str, list[str]]] = field(default_factory=dict)

    @property
    def sqlite(self) -> bool:
        """Whether it is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries."""
        with self.engine.connect() as con:
            yield con

    def one(self, question: Select[Any], **values: Any) -> tuple[Any, ...] | None:
        """The first row of a question that every call asks; each time asked of the database.

        Of SQLite over a connection that this thread keeps: the way through pool and compiler costs ten times the question.

        Args:
            question: one object for all times, its values bound by name.
        """
        if not self.sqlite:
            with self.engine.connect() as asked:
                found = asked.execute(question, values).first()
            return None if found is None else tuple(found)
        con: sqlite3.Connection | None = getattr(self._own, "con", None)
        if con is None:
            con = self._own.con = sqlite3.connect(self._file, **_LITE)
            _sqlite(con, None)
            self._kept.append(con)
        if question not in self._texts:
            compiled = question.compile(dialect=self.engine.dialect)
            self._texts[question] = str(compiled), list(compiled.positiontup or ())
        said, names = self._texts[question]
        try:
            row: tuple[Any, ...] | None = con.execute(said, [values[name] for name in names]).fetchone()
        except sqlite3.Error as error:
            raise DBAPIError(said, None, error) from None
        return row

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; it stands whole or not at all."""
        if not self.sqlite:
            with self.engine.begin() as con:
                yield con
            return
        # SQLite's own waiting is a sleep that grows: writers of several processes would starve each other. The kernel's queues.
        turn = locks.take(self.turn)
        try:
            with self.engine.begin() as con:
                con.exec_driver_sql("begin immediate")
                yield con
        finally:
            turn.release()

    @property
    def _file(self) -> Path:
        return Path(str(self.engine.url.database))

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
        while self._kept:
            self._kept.pop().close()
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
            engine = create_engine(address, connect_args=_LITE, pool_size=16, max_overflow=32)
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
    return Store(engine, home.distribusi / TURN)


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
        if engine.dialect.name == "sqlite":
            # Else each table stands by itself, and a process that dies between two leaves what no later one can open.
            con.exec_driver_sql("begin")
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
