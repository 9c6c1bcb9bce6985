"""What dbt does before it opens the warehouse: a missing data home or a held file is said in one line.

dbt-duckdb loads this as a plugin (`profiles.yml`); SQL and models stay in `dbt_project/`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from padanan.base.errors import PadananError
from padanan.base.home import Home

MEMORY = ":memory:"
# DuckDB's settings that the environment may give, by the variable's name.
SETTINGS = {"PADANAN_THREADS": "threads", "PADANAN_MEMORY": "memory_limit"}


class Plugin(BasePlugin):
    """Puts the warehouse where `Home` says, and refuses one whose folder does not exist.

    A relative path in `profiles.yml` would depend on the folder that dbt was started in; DuckDB would try a missing
    folder for half a minute and then name no cure. What differs between data homes is put in here and not in `profiles.yml`,
    because dbt keeps what it read of the project only for the same profile.
    """

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Called once a dbt process, after the project was read and before the first connection.

        Macros see the same path as `target.path`.

        Raises:
            DbtRuntimeError: the folder is missing; dbt makes none, or a mistyped PADANAN_HOME would become a data home.
        """
        if self.creds is None or self.creds.path == MEMORY:
            return
        home = Home.from_env()
        if not home.warehouse.is_dir():
            raise DbtRuntimeError(str(no_warehouse(home)))
        self.creds.path = str(home.warehouse_db)
        given = {setting: os.environ[name] for name, setting in SETTINGS.items() if os.environ.get(name)}
        self.creds.settings = {**(self.creds.settings or {}), **given}

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Spilled rows lie beside the warehouse, in the data home, whatever its path."""
        if creds.path != MEMORY:
            config["temp_directory"] = str(Path(creds.path).parent / "tmp")


def no_warehouse(home: Home) -> PadananError:
    """The line for a data home without a warehouse folder."""
    return PadananError(
        "data home ini belum ada",
        file=home.warehouse,
        cure="jalankan 'make demo' atau padanan_periode, atau atur PADANAN_HOME ke data home yang ada",
    )
