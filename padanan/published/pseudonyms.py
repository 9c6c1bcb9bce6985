"""Published tables of before a change of the key, read with today's pseudonyms, so that two publications know the same people.

The files stay as they were published; how a pseudonym becomes today's is `base.keys`' affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow.parquet as pq

from padanan.base.home import Home
from padanan.base.keys import load_ring, register_today
from padanan.base.period import Periode
from padanan.base.sql import ident, literal
from padanan.published.revisions import read_manifest

KEYED = frozenset(
    {
        "record_key", "entity_key", "nik_key", "kk_key", "id_orang", "id_orang_kepala", "record_key_acuan", "record_key_calon",
        "register_key", "sidik_identitas",
    }
)  # fmt: skip
"""The columns of published tables that hold pseudonyms as they were made."""
HASHED = frozenset({"id_keluarga", "id_keluarga_adminduk", "id_keluarga_gabung", "kartu_anggota", "kelompok"})
"""Columns that may hold a hash over a pseudonym, which nothing can translate: compared neither between two keys nor between a
publication that keyed them and one of before, which left families of a registry under a plain hash of their own number."""


def today(home: Home, con: duckdb.DuckDBPyConnection, which: tuple[Periode, int], table: str, *, other: Mapping[str, Any]) -> str:
    """A table of a publication for a query: as it lies there, or with today's pseudonyms where another key was in use.

    Args:
        other: the manifest of what it is compared with; where both were made in one way with one key nothing is translated.

    Raises:
        PadananError: the publication was made with a key that the ring does not hold.
    """
    folder = home.published(*which)
    path = folder / f"{table}.parquet"
    plain = f"read_parquet({literal(path)})"
    manifest = read_manifest(home, *which)
    made_with = manifest.get("key_id")
    alike = manifest.get("samaran") == other.get("samaran")
    if made_with is None or (made_with == other.get("key_id") and alike):
        return plain
    ring, columns = load_ring(home), pq.read_schema(path).names
    replaced = [f"null::varchar as {ident(name)}" for name in columns if name in HASHED]
    if made_with != ring.names[-1]:
        register_today(con, ring, made_with)
        replaced += [f"hmac_kini({ident(name)}) as {ident(name)}" for name in columns if name in KEYED]
    return f"(select * replace ({', '.join(replaced)}) from {plain})" if replaced else plain
