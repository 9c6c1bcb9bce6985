"""A copy of the embedded state while it is in use, by SQLite's own means.

PostgreSQL has its own; the data home's backup leaves this database out.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from padanan.base.commit import writing
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.distribution.state.store import database_url

_SQLITE = "sqlite:///"


def copy_state(home: Home, target: Path) -> None:
    """Writes the state as one moment of it, mode 0600.

    Raises:
        PadananError: it is no SQLite database, there is none, or the target stands already.
    """
    url = database_url(home)
    if not url.startswith(_SQLITE):
        raise PadananError("keadaan API ada di PostgreSQL", cure="cadangkan dengan pg_dump")
    source = Path(url.removeprefix(_SQLITE))
    if not source.exists():
        raise PadananError("keadaan API belum ada", file=source, cure="buat klien atau jalankan API dahulu")
    if target.exists():
        raise PadananError("berkas cadangan sudah ada", file=target, cure="pilih nama lain")
    with no_space_guard("cadangan keadaan API"), writing(target, mode=0o600) as draft:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(draft)) as new:
            old.backup(new)
