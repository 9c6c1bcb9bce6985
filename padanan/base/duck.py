"""The private in-memory DuckDB that landing works in (bounded memory, its spill files in the data home), and a row alone of any.

Queries belong to the modules that ask them; nothing here opens the warehouse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk

MEMORY = "3GB"
THREADS = 2
ROWS_A_THREAD = 122_880
"""DuckDB's row group: of fewer rows a second thread gets nothing, and costs a third more processor time by waiting for it."""


@contextmanager
def private_duckdb(work: Path, rows: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that lives as long as the block.

    Args:
        work: a private folder; spill files go below it.
        rows: how many it will work on, where that is known.
    """
    threads = THREADS if rows is None else max(1, min(THREADS, -(-rows // ROWS_A_THREAD)))
    spill = work / "duckdb"
    disk.mkdir(spill, parents=True, exist_ok=True)
    con = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY,
            "threads": threads,
            "temp_directory": str(spill),
            "extension_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        con.execute("set TimeZone = 'Asia/Jakarta'")
        con.execute("set enable_progress_bar = false")
        yield con
    finally:
        con.close()


def first_row(con: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row of a small result, None where there is none.

    The result is read to its end: after `fetchone` the connection counts it as unfinished, and refuses other work (DuckDB 2.0).
    """
    found: tuple[Any, ...] | None = next(iter(con.execute(query, parameters).fetchall()), None)
    return found
