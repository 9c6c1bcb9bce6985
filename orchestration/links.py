"""Links and places that metadata and alarms carry: a page of the report, a run in the UI, a path inside the data home.

Who serves those addresses is `padanan/review/report/server.py` and Dagster's webserver; nothing here reads a file.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.pages.address import base_address, page_path

DAGSTER_URL = "PADANAN_DAGSTER_URL"
DEFAULT_DAGSTER = "http://127.0.0.1:3000"


def report_page(periode: Periode, revisi: int, page: str = "index.html") -> str:
    """The address of a page of a revision's report, below PADANAN_LAPORAN_URL."""
    return base_address() + page_path(periode, revisi, page)


def run_page(run_id: str) -> str:
    """The address of a run in the UI, below PADANAN_DAGSTER_URL."""
    return f"{(os.environ.get(DAGSTER_URL) or DEFAULT_DAGSTER).rstrip('/')}/runs/{run_id}"


def automation_page() -> str:
    """The address of the UI's list of sensors and schedules."""
    return f"{(os.environ.get(DAGSTER_URL) or DEFAULT_DAGSTER).rstrip('/')}/automation"


def place(home: Home, path: Path) -> dg.PathMetadataValue:
    """A path as metadata shows it: relative to the data home, so that it is also true of a copy of the home."""
    return dg.MetadataValue.path(path.relative_to(home.root).as_posix())
