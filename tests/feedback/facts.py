"""Events written straight into the table that a state is folded from, for tests of the fold alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from padanan.feedback.events import COLUMNS

DAY = date(2026, 1, 1)


def event(kontrak: str, hasil: str, terjadi: date, dicatat: date, **more: Any) -> dict[str, Any]:
    """An event; its number is its content unless `kunci` says another."""
    content = {"kontrak": kontrak, "hasil": hasil, "terjadi": terjadi, "id_orang": "a", **more}
    content.pop("sha16", None)
    isi = hashlib.md5(repr(sorted(content.items(), key=str)).encode()).hexdigest()
    kunci = more.get("kunci", isi)
    return {
        **dict.fromkeys(COLUMNS),
        "mendesak": False, "sha16": "x", "baris": 1, "instansi": "dppapp", "cara": "nik",
        **content,
        "dicatat": dicatat, "isi": isi, "kunci": kunci, "id_peristiwa": hashlib.md5(f"{kunci}{isi}".encode()).hexdigest(),
    }  # fmt: skip


def store(events: Iterable[Mapping[str, Any]], decisions: Iterable[tuple[str, bool]] = ()) -> duckdb.DuckDBPyConnection:
    """A connection with `peristiwa` and `putusan`, in the order given."""
    con = duckdb.connect(config={"threads": 1})
    con.execute(f"create table peristiwa ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
    if rows := [{name: one[name] for name in COLUMNS} for one in events]:
        given = pa.Table.from_pylist(rows)
        con.execute("insert into peristiwa select * from given")
        del given
    con.execute("create table putusan (id_peristiwa varchar, berlaku boolean)")
    for one in decisions:
        con.execute("insert into putusan values (?, ?)", list(one))
    return con


def table(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple[Any, ...]]:
    """A table's rows in a fixed order."""
    return sorted(con.execute(f"from {name}").fetchall(), key=repr)
