"""Who the people of the padanan are for a count: where they live, sex, age group, known to Adminduk or not; no name, no number.

Counting them is the work of whoever asks; the figures come from the newest publication that was known on a day.
"""

from __future__ import annotations

from datetime import date

import duckdb

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.feedback.lines import revision_known
from padanan.published.groups import UNKNOWN
from padanan.published.opened import WILAYAH_SEED
from padanan.published.proof import prove_opened

RESIDENTS, PLACES = "warga", "wilayah"
NOWHERE = "-"
"""The code of a place that nobody knows."""


def open_residents(con: duckdb.DuckDBPyConnection, home: Home, known_at: date | None) -> tuple[Periode, int] | None:
    """Makes `warga(id_orang, kode_kelurahan, jk, umur, terdaftar)` and `wilayah`; empty people before anything is published.

    Args:
        known_at: the last cut-off day of the publication; None for the newest.

    Returns:
        Which publication it was.

    Raises:
        PadananError: the publication was changed.
    """
    con.execute(
        f"create or replace table {PLACES} as select * from read_csv({literal(WILAYAH_SEED)}, all_varchar=true, header=true)"
    )
    found = revision_known(home, known_at)
    if found is None:
        con.execute(
            f"create or replace table {RESIDENTS} (id_orang varchar, kode_kelurahan varchar, jk varchar, umur varchar, "
            "terdaftar boolean)"
        )
        return None
    periode, number, _ = found
    prove_opened(home, periode, number)
    path = literal(home.published(periode, number) / "padanan_orang.parquet")
    has = {str(one[0]) for one in con.execute(f"describe select * from read_parquet({path})").fetchall()}
    age = f"coalesce(kelompok_umur, '{UNKNOWN}')" if "kelompok_umur" in has else f"'{UNKNOWN}'"
    con.execute(
        f"""create or replace table {RESIDENTS} as select id_orang, kode_kelurahan,
        case when jk in ('L', 'P') then jk else '{UNKNOWN}' end as jk, {age} as umur,
        status_identitas = 'terdaftar' as terdaftar from read_parquet({path})"""
    )
    return periode, number


def known_places(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str, str]]:
    """Kelurahan code -> (kota, kecamatan, kelurahan) in words, of every kelurahan of DKI; `open_residents` made the table."""
    rows = con.execute(f"select kode_kelurahan, kota, kecamatan, kelurahan from {PLACES} order by 1").fetchall()
    return {str(code): (str(kota), str(kecamatan), str(kelurahan)) for code, kota, kecamatan, kelurahan in rows}


def kota_of(code: str) -> str:
    """The code of a kelurahan's kota: `31.71` of `31.71.01.1001`, `-` of none."""
    return code if code == NOWHERE else code[:5]


def kecamatan_of(code: str) -> str:
    """The code of a kelurahan's kecamatan: `31.71.01` of `31.71.01.1001`, `-` of none."""
    return code if code == NOWHERE else code[:8]
