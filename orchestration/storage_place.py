"""Where Dagster writes, for `dagster.yaml`: the same folder whether or not any variable is set.

How events are stored is `event_storage.py`; this module only answers where, for all three kinds of storage.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dagster import DagsterInstance, Field, StringSource
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._serdes import ConfigurableClassData

from orchestration.environment import database_address, storage_folder
from orchestration.event_storage import MAKING, PooledSqliteStorage
from padanan.base import disk, locks

OPTIONAL = {"base_dir": Field(StringSource, is_required=False)}


def _placed(config: Any) -> dict[str, Any]:
    """The configuration with `base_dir` filled in and that folder made, readable by its owner only."""
    folder = Path(config.get("base_dir") or storage_folder())
    os.umask(0o077)
    disk.mkdir(folder, parents=True, exist_ok=True)
    return {**config, "base_dir": str(folder)}


class PlacedStorage(PooledSqliteStorage):
    """Runs, schedules and events below PADANAN_DAGSTER_STORAGE, else `<PADANAN_HOME>/dagster`; or in PADANAN_DAGSTER_DB."""

    @classmethod
    def config_type(cls) -> Any:
        """`base_dir` may be left out."""
        return OPTIONAL

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData, config_value: Any
    ) -> DagsterStorage[DagsterInstance]:
        """Dagster's constructor from `dagster.yaml`; one process at a time makes the tables.

        Webserver, daemon and code server start at once on a server's first day; two that made the tables together left a stamp
        with two heads, which no later start could read.
        """
        placed = _placed(config_value)
        with locks.held(Path(placed["base_dir"]) / MAKING):
            if address := database_address():
                # Only a server that is told of a PostgreSQL loads its driver.
                from orchestration.postgres_storage import HousePostgresStorage

                return HousePostgresStorage(address, inst_data=inst_data)
            return cls.from_local(inst_data=inst_data, **placed)


class PlacedArtifacts(LocalArtifactStorage):
    """Files of runs, in the same folder."""

    @classmethod
    def config_type(cls) -> Any:
        """`base_dir` may be left out."""
        return OPTIONAL

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> PlacedArtifacts:
        """Dagster's constructor from `dagster.yaml`."""
        return cls(inst_data=inst_data, **_placed(config_value))


class PlacedComputeLogs(LocalComputeLogManager):
    """Output of steps, in the same folder."""

    @classmethod
    def config_type(cls) -> Any:
        """As stock, but `base_dir` may be left out."""
        stock: Any = LocalComputeLogManager.config_type()
        return {**stock, **OPTIONAL}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> PlacedComputeLogs:
        """Dagster's constructor from `dagster.yaml`."""
        return cls(inst_data=inst_data, **_placed(config_value))
