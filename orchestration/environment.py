"""Environment variables that every entry point (UI, command line, tests) must agree on, with their defaults.

Settings of a stage belong to its contract or YAML, not here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from padanan.base.cycles import look_seldom
from padanan.base.home import CHECKOUT, Home

DBT_PROJECT = CHECKOUT / "dbt_project"


def storage_folder() -> Path:
    """Dagster's folder: PADANAN_DAGSTER_STORAGE, else `dagster` in the data home; whoever writes there makes it."""
    given = os.environ.get("PADANAN_DAGSTER_STORAGE")
    return Path(given).expanduser().resolve() if given else Home.from_env().root / "dagster"


def database_address() -> str | None:
    """PADANAN_DAGSTER_DB: the PostgreSQL of Dagster's runs, events and schedules; None: SQLite in `storage_folder`."""
    return os.environ.get("PADANAN_DAGSTER_DB") or None


def prepare() -> None:
    """Fills in what the caller left unset; never overrides what is set.

    - PADANAN_HOME: data home, default `<checkout>/data`.
    - PADANAN_ENV: `dev` (default) or `prod`.
    - PADANAN_DAGSTER_STORAGE: Dagster's runs, events and compute logs, default `<PADANAN_HOME>/dagster`.
    - DAGSTER_HOME: the checkout, because `dagster.yaml` is versioned with the code.
    """
    os.umask(0o077)
    look_seldom()
    os.environ["PADANAN_HOME"] = str(Home.from_env().root)
    os.environ.setdefault("PADANAN_ENV", "dev")
    os.environ.setdefault("PADANAN_DAGSTER_STORAGE", str(storage_folder()))
    os.environ.setdefault("DAGSTER_HOME", str(CHECKOUT))
    os.environ.setdefault("PADANAN_PYTHON", sys.executable)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    # dbt writes compiled SQL and a debug log; neither may hold a row, and the debug log is not needed at all.
    os.environ.setdefault("DBT_LOG_LEVEL_FILE", "none")
