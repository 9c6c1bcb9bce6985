"""A published revision opened for reading: its manifest, and its tables as views of one in-memory DuckDB.

It only hands out rows of grouped queries; which figures a page needs is asked in `facts`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.base.tabular import scratch
from padanan.records.tombstone import gone, read_nisan

# The five registries whose overlap is counted, in the order of the picture.
REGISTRIES: Mapping[str, str] = {"adminduk": "Adminduk", "dtks": "DTKS", "p3ke": "P3KE", "carik": "Carik", "dtsen": "DTSEN"}
# Table -> the columns the report reads; more may stand in the file.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "padanan_record": (
        "producer",
        "record_key",
        "entity_key",
        "status",
        "id_orang",
        "kode_kota",
        "kode_kecamatan",
        "kode_kelurahan",
    ),
    "padanan_orang": ("id_orang", "status_identitas", "tgl_lahir", "jk", "kode_kota", "kode_kecamatan", "kode_kelurahan"),
    "padanan_keluarga": ("id_keluarga", "sumber", "id_keluarga_gabung", "jumlah_kepala", "terpecah"),
    "anggota_keluarga": ("id_keluarga", "id_orang"),
    "gap": ("producer", "record_key", "entity_key", "rule_id", "level", "dimensi", "kode_kota"),
    "overlap": ("satuan", "tingkat", "kode_wilayah", "kombinasi", *REGISTRIES, "jumlah"),
    "sasaran": ("id_orang", "terpilih", "kriteria_gagal"),
    "row_account": ("tahap", "producer", "masuk", "lanjut", "disisihkan"),
}
# Tables that revisions of before did not publish; a page says so where one is missing.
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "daftar_tanpa_program": ("id_orang", "sebab", "kode_kota"),
    "bendera_periksa": ("id_orang", "program", "bukti", "kode_kota"),
    "tanpa_dokumen": ("id_orang", "kode_kota"),
    "pilah_disabilitas": ("kode_kota", "disabilitas", "terpilih", "ada_celah", "jumlah"),
}
WILAYAH_SEED = CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv"


@dataclass(frozen=True)
class Published:
    """One published revision, read-only."""

    periode: Periode
    revisi: int
    manifest: Mapping[str, Any]
    manifest_sha256: str
    con: duckdb.DuckDBPyConnection
    optional: frozenset[str] = frozenset()

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """A (small, grouped) result as dictionaries."""
        cursor = self.con.execute(query, list(parameters))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def value(self, query: str, *parameters: Any) -> int:
        """The single count of a query."""
        row = self.con.execute(query, list(parameters)).fetchone()
        return int(row[0] or 0) if row else 0


def open_published(home: Home, periode: Periode, revisi: int) -> Published:
    """Opens `published/<period>/rev-<n>/`.

    Raises:
        PadananError: it is not published, a table is missing, or a table lacks a column that the report reads.
    """
    folder = home.published(periode, revisi)
    path = folder / "manifest.json"
    if not path.exists():
        raise PadananError(
            f"revisi {revisi} periode {periode} belum terbit",
            file=folder.relative_to(home.root),
            cure="jalankan job padanan_periode",
        )
    if (nisan := read_nisan(folder)) is not None:
        raise PadananError(
            f"tabel terbitan revisi {revisi} periode {periode} {gone(nisan)}",
            file=folder.relative_to(home.root),
            cure="pakai laporan dan penetapan yang ada",
        )
    con = scratch(home)
    try:
        for name, needed in NEEDED.items():
            _view(con, folder / f"{name}.parquet", name, needed, home.root)
        optional = {name: needed for name, needed in OPTIONAL.items() if (folder / f"{name}.parquet").exists()}
        for name, needed in optional.items():
            _view(con, folder / f"{name}.parquet", name, needed, home.root)
        con.execute(f"create table wilayah as select * from read_csv({literal(WILAYAH_SEED)}, all_varchar=true, header=true)")
        _derived(con)
    except BaseException:
        con.close()
        raise
    return Published(periode, revisi, json.loads(path.read_bytes()), file_sha256(path), con, frozenset(optional))


def _view(con: duckdb.DuckDBPyConnection, path: Path, name: str, needed: tuple[str, ...], root: Path) -> None:
    cure = "terbitkan ulang periode ini sebagai revisi baru"
    try:
        con.execute(f"create view {name} as select * from read_parquet({literal(path)})")
        have = {row[0] for row in con.execute(f"describe {name}").fetchall()}
    except duckdb.Error as error:
        raise PadananError(
            f"tabel terbitan {name} tidak terbaca ({safe_reason(error)})", file=path.relative_to(root), cure=cure
        ) from None
    missing = [column for column in needed if column not in have]
    if missing:
        raise PadananError(f"tabel {name} tanpa kolom {', '.join(missing)}", file=path.relative_to(root), cure=cure)


def _derived(con: duckdb.DuckDBPyConnection) -> None:
    """What several pages ask for: each gap with its person, each person with a DKI address or none."""
    con.execute(
        """
        create table celah as
        select g.producer, g.record_key, g.rule_id, g.dimensi, g.level, r.id_orang,
          case when k.kode_kota is null then null else g.kode_kota end as kode_kota
        from gap g
        left join padanan_record r on r.producer = g.producer and r.record_key = g.record_key
        left join (select distinct kode_kota from wilayah) k on k.kode_kota = g.kode_kota
        """
    )
