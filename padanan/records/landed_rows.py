"""The rows of a landed delivery with today's pseudonyms, whichever key they were landed with.

Copies of them for a run are `padanan/run/translated`'s; how a pseudonym becomes today's is `base.keys`' affair.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from padanan.base.keys import KeyRing, register_today
from padanan.base.sql import ident, literal

PART = "part.parquet"
KEYED = {PART: ("_record_key", "_entity_key", "_nik_key", "_kk_key"), "rejects.parquet": ("_record_key",)}
"""The pseudonyms among the columns of a landed file."""


def keys_today(con: duckdb.DuckDBPyConnection, ring: KeyRing, file: Path, made_with: str) -> str:
    """A landed file as a query, its pseudonyms today's; registers `hmac_kini`, so it is asked before another is registered.

    Raises:
        PadananError: the ring does not hold that key.
    """
    register_today(con, ring, made_with)
    today = ", ".join(f"hmac_kini({ident(column)}) as {ident(column)}" for column in KEYED[file.name])
    return f"select * replace ({today}) from read_parquet({literal(file)}, hive_partitioning = false)"


def rows_today(con: duckdb.DuckDBPyConnection, ring: KeyRing, part: Path) -> str:
    """The landed rows of a delivery as a relation: as they lie, or with today's pseudonyms after a change of the key.

    Raises:
        PadananError: the ring does not hold the key of the delivery.
    """
    made_with = _made_with(part)
    if made_with in (None, ring.names[-1]):
        return f"read_parquet({literal(part)}, hive_partitioning = false)"
    return f"({keys_today(con, ring, part, str(made_with))})"


def key_today(con: duckdb.DuckDBPyConnection, ring: KeyRing, part: Path, column: str) -> str:
    """One pseudonym of a delivery's rows as today's, in SQL; see `rows_today`."""
    made_with = _made_with(part)
    if made_with in (None, ring.names[-1]):
        return ident(column)
    register_today(con, ring, str(made_with))
    return f"hmac_kini({ident(column)})"


def _made_with(part: Path) -> str | None:
    found = json.loads(part.with_name("manifest.json").read_text(encoding="utf-8")).get("key_id")
    return None if found is None else str(found)
