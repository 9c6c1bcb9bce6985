"""Dagster's SQLite storage with connections that stay open, because a run here stores some 2,000 check events.

Stock SQLite storage opens, commits with fsync, checkpoints and closes up to six times per check event: 657 rule
checks then cost minutes on a busy disk. Every entry point passes here, so here the pool of
the warehouse gets its row before the first run. Stock Dagster reads the same files.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster import DagsterInstance
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, _event_logs_directory, _runs_directory
from dagster._serdes import ConfigurableClassData
from sqlalchemy.pool import StaticPool

from orchestration.environment import storage_folder
from orchestration.policies import POOL_WAREHOUSE
from orchestration.run_storage import PeriodRunStorage
from padanan.base import locks

MAKING = ".dibuat.lock"
"""Held while a process makes what it finds missing: a server's services start at once."""
BUSY_SECONDS = 60
OPEN_RUNS = 8
WRITERS = 1
"""Runs that may hold the warehouse at once: DuckDB has one writer, so this is no matter of taste."""


def _open_engine(address: str) -> sa.Engine:
    """One connection for a file. In WAL mode `synchronous=NORMAL` cannot corrupt it; a power cut may lose the last
    events of a run, which is then run again."""
    engine = sa.create_engine(address, poolclass=StaticPool, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


class HouseEvents(SqlEventLogStorage):
    """What the house asks of an event log besides storing events; before the kind of database."""

    def making_lock(self) -> Path:
        """Held while something is made that must be made once."""
        return storage_folder() / MAKING

    def register_instance(self, instance: DagsterInstance) -> None:
        """Called by every process that opens the instance; gives the pool its one slot if it has no row yet.

        Stock Dagster writes a pool's row when the queue first meets a run of it, but after reading which pools have a limit: the
        runs of that first look all start together. A limit that a person has set stays.
        """
        super().register_instance(instance)
        with locks.held(self.making_lock()):
            if POOL_WAREHOUSE not in {pool.name for pool in self.get_pool_limits()}:
                self.set_concurrency_slots(POOL_WAREHOUSE, WRITERS)

    def forget_planned_checks(self, run_id: str) -> None:
        """Takes back the checks that a run announced and has not judged, so that their last verdict stays the last one.

        Dagster notes every check of a run as planned when the run begins, and shows one that is never judged as skipped: the
        verdict before it is then shown nowhere. One that is judged after all is noted anew.
        """
        checks = AssetCheckExecutionsTable.c
        planned = checks.execution_status == AssetCheckExecutionRecordStatus.PLANNED.value
        with self.index_connection() as connection:
            connection.execute(AssetCheckExecutionsTable.delete().where(checks.run_id == run_id, planned))


class PooledEventLogStorage(HouseEvents, SqliteEventLogStorage):
    """The event log, with the index and the last few runs kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, sa.Engine] = OrderedDict()
        self._has_checks = False
        super().__init__(base_dir, inst_data)

    def making_lock(self) -> Path:
        """In the folder of these files."""
        return Path(self._base_dir) / MAKING

    @property
    def supports_asset_checks(self) -> bool:
        """Whether the schema has the table of checks; stock asks SQLite twice per check event."""
        self._has_checks = self._has_checks or super().supports_asset_checks
        return self._has_checks

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection
            if shard != INDEX_SHARD_NAME:
                # The UI follows a run by watching its file, which in WAL mode changes only at a checkpoint.
                os.utime(self.path_for_shard(shard))

    def _engine(self, shard: str) -> sa.Engine:
        engine = self._engines.pop(shard, None) or _open_engine(self.conn_string_for_shard(shard))
        self._engines[shard] = engine
        while len(self._engines) > OPEN_RUNS:
            oldest = next(name for name in self._engines if name != INDEX_SHARD_NAME)
            self._engines.pop(oldest).dispose()
        return engine

    def dispose(self) -> None:
        """Closes every file; SQLite then folds the write-ahead log back."""
        super().dispose()
        with self._db_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()


class PooledSqliteStorage(DagsterSqliteStorage):
    """Runs, schedules and events in SQLite below `base_dir`, as `storage: sqlite` lays them out."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._run_storage = PeriodRunStorage.from_local(_runs_directory(base_dir))
        self._event_log_storage = PooledEventLogStorage(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Any) -> PooledSqliteStorage:
        """Dagster's constructor from `dagster.yaml`."""
        return cls.from_local(inst_data=inst_data, **config_value)
