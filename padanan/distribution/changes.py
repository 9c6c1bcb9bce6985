"""What differs between two decrees: people added, removed and changed, each with its cause, as one sorted table.

Both sides are prepared files and the sealed publication; nothing is guessed where the cause is not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.sql import ident, literal
from padanan.records.seals import Seal, made_with

_PLACE = ("kode_kota", "kode_kecamatan", "kode_kelurahan")
SINCE = f"""
create table perubahan (
  sejak varchar, id_orang varchar, jenis varchar, sebab varchar, kolom_berubah varchar[], sidik_orang blob, nik varchar,
  {", ".join(f"{name} varchar, {name}_dulu varchar" for name in _PLACE)}, program_semua varchar[], program_semua_dulu varchar[]
)
"""
"""A person's place and programs stand as they are and as they were: who moved out of a grant's wilayah was removed from it."""
# What an agency acts upon; an address spelled otherwise is a change too, a new flag is.
COMPARED = (
    "nik", "no_kk", "nama", "tgl_lahir", "jk", "kelompok_umur", "alamat", "rt", "rw", "kode_kota", "kode_kecamatan",
    "kode_kelurahan", "desil", "tingkat", "status_identitas", "program", "bendera",
)  # fmt: skip


def since_name(seal: Seal) -> str:
    """What an agency writes to name an earlier decree: `2025-S2/1`."""
    return f"{seal.periode.label}/{seal.ke}"


def comparable(home: Home, seal: Seal, earlier: Seal) -> bool:
    """Whether people bear the same pseudonyms in two decrees: made with the same key, as their publications say.

    After the key was replaced everybody is called otherwise, and who keeps the data by those names can't apply a difference.
    Where a publication is gone, the decrees are compared only if there never was another key.
    """
    names = {made_with(home, one) for one in (seal, earlier)}
    return len(names) == 1 and (None not in names or len(load_ring(home).keys) == 1)


def write_changes(
    con: duckdb.DuckDBPyConnection, home: Home, seal: Seal, earlier: Seal, database: Path, tables: Mapping[str, Path]
) -> None:
    """Adds the differences to one earlier decree to `perubahan` of the file that is being made.

    Args:
        con: the new file, its table `sasaran` filled.
        database: the earlier decree's prepared file.
        tables: the sealed tables of the new decree; its publication says why somebody is not selected any more.
    """
    con.execute(f"attach {literal(database)} as dahulu (read_only)")
    try:
        old = {
            row[0] for row in con.execute("select column_name from duckdb_columns() where database_name = 'dahulu'").fetchall()
        }
        new = {row[0] for row in con.execute("describe sasaran").fetchall()}
        both = [name for name in COMPARED if name in old & new]
        # The names of what differs, set-based: one expression a column, put together.
        differing = ", ".join(f"case when k.{ident(one)} is distinct from d.{ident(one)} then '{one}' end" for one in both)
        changed = f"list_filter([{differing}], lambda x: x is not null)"
        since = literal(since_name(earlier))
        now = _criteria(tables.get("terbitan_sasaran"))
        then = _criteria(home.published(earlier.periode, int(earlier.data["revisi"])) / "sasaran.parquet")
        con.execute(
            f"insert into perubahan select {since}, k.id_orang, 'ubah', 'isi_berubah', {changed}, {_row('k', 'd')}"
            f" from sasaran k join dahulu.sasaran d using (id_orang) where len({changed}) > 0"
        )
        con.execute(
            f"insert into perubahan select {since}, k.id_orang, 'tambah', case when s.id_orang is null then 'orang_baru'"
            f" else 'dahulu_' || coalesce(nullif(s.kriteria_gagal, ''), 'lain') end, [], {_row('k', None)}"
            f" from sasaran k anti join dahulu.sasaran d using (id_orang) left join {then} s on s.id_orang = k.id_orang"
        )
        con.execute(
            f"insert into perubahan select {since}, d.id_orang, 'hapus', case when s.id_orang is null then"
            f" 'tidak_ada_lagi_di_sumber' else coalesce(nullif(s.kriteria_gagal, ''), 'lain') end, [], {_row(None, 'd')}"
            f" from dahulu.sasaran d anti join sasaran k using (id_orang) left join {now} s on s.id_orang = d.id_orang"
        )
    finally:
        con.execute("detach dahulu")


def _criteria(published: Path | None) -> str:
    """Why a publication did not select somebody; where it is gone nobody is known in it."""
    if published is None or not published.is_file():
        return "(select null::varchar as id_orang, null::varchar as kriteria_gagal)"
    return f"read_parquet({literal(published)})"


def _row(now: str | None, then: str | None) -> str:
    """Pseudonym, number, places and programs of a row of `perubahan`."""
    who = now or then

    def of(alias: str | None, name: str) -> str:
        return f"{alias}.{name}" if alias else "null"

    places = [of(alias, name) for name in _PLACE for alias in (now, then)]
    programs = [of(alias, "program_semua") for alias in (now, then)]
    return ", ".join([f"{who}.sidik_orang", f"{who}.nik", *places, *programs])
