"""A published revision opened for reading: its manifest, and its tables as views of one in-memory DuckDB.

It only hands out rows of grouped queries; which figures a page needs is asked in `facts`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.base.tabular import scratch
from padanan.contracts.dbt_yaml import published_models, written_columns
from padanan.published.proof import prove_opened
from padanan.published.revisions import read_manifest
from padanan.records.tombstone import gone, read_nisan

# What a record of supporting data is in place of a status of the padanan, which it never enters.
SUPPORTING_STATUS = "pendukung"
WILAYAH_SEED = CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv"


LATER = "belum diterbitkan waktu itu"
"""What a page says in the place of a figure whose column or table came after the publication."""


class NotPublished(PadananError):
    """A figure was asked of a table or column that this publication does not have: it is older than they are."""


@dataclass(frozen=True)
class Published:
    """One published revision, read-only.

    Attributes:
        columns: the columns of every table that was published, by table.
    """

    periode: Periode
    revisi: int
    manifest: Mapping[str, Any]
    manifest_sha256: str
    con: duckdb.DuckDBPyConnection
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def has(self, table: str, *columns: str) -> bool:
        """Whether the publication has the table, with these columns."""
        return table in self.columns and self.columns[table].issuperset(columns)

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """A (small, grouped) result as dictionaries.

        Raises:
            NotPublished: the query reads a table or column that came after this publication.
        """
        cursor = self._execute(query, *parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def value(self, query: str, *parameters: Any) -> int:
        """The single count of a query; raises as `rows` does."""
        rows = self._execute(query, *parameters).fetchall()
        return int(rows[0][0] or 0) if rows else 0

    def _execute(self, query: str, *parameters: Any) -> duckdb.DuckDBPyConnection:
        try:
            return self.con.execute(query, list(parameters))
        except (duckdb.BinderException, duckdb.CatalogException):
            lacking = [
                f"{name}.{column}" if name in self.columns else name
                for name in published_models()
                if re.search(rf"\b{name}\b", query)
                for column in sorted(set(written_columns(name)) - self.columns.get(name, frozenset()))
                if name not in self.columns or re.search(rf"\b{column}\b", query)
            ]
            if not lacking:
                raise
            raise NotPublished(
                f"{', '.join(dict.fromkeys(lacking))} {LATER} (revisi {self.revisi} periode {self.periode})",
                file=f"published/{self.periode.key}/rev-{self.revisi}",
                cure="baca angka itu pada terbitan yang lebih baru, atau terbitkan periode ini sebagai revisi baru",
            ) from None


def open_published(home: Home, periode: Periode, revisi: int) -> Published:
    """Opens `published/<period>/rev-<n>/`.

    Raises:
        PadananError: it is not published, or a table can't be read.
        NotPublished: it has no gaps or no records to begin with. What else an older publication lacks is told by `rows`, where
            it is asked for.
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
    prove_opened(home, periode, revisi)
    manifest = read_manifest(home, periode, revisi)
    con = scratch(home)
    try:
        columns = {
            name: _view(con, folder / f"{name}.parquet", name, home.root)
            for name in published_models()
            if name in manifest.get("tables", {}) or (folder / f"{name}.parquet").exists()
        }
        con.execute(f"create table wilayah as select * from read_csv({literal(WILAYAH_SEED)}, all_varchar=true, header=true)")
        found = Published(periode, revisi, manifest, file_sha256(path), con, columns)
        _derived(found)
    except BaseException:
        con.close()
        raise
    return found


def _view(con: duckdb.DuckDBPyConnection, path: Path, name: str, root: Path) -> frozenset[str]:
    try:
        con.execute(f"create view {name} as select * from read_parquet({literal(path)})")
        return frozenset(row[0] for row in con.execute(f"describe {name}").fetchall())
    except duckdb.Error as error:
        raise PadananError(
            f"tabel terbitan {name} tidak terbaca ({safe_reason(error)})",
            file=path.relative_to(root),
            cure="terbitkan ulang periode ini sebagai revisi baru",
        ) from None


def _derived(source: Published) -> None:
    """What several pages ask for: every record that was judged, each gap with its person and a DKI kota or none."""
    place = "kode_kota, kode_kecamatan, kode_kelurahan"
    more = f"union all select producer, record_key, '{SUPPORTING_STATUS}', {place} from rekaman_pendukung"
    judged = f"create view rekaman as select producer, record_key, status, {place} from padanan_record "
    source.rows(judged + (more if source.has("rekaman_pendukung") else ""))
    source.rows(
        """
        create table celah as
        select g.producer, g.record_key, g.rule_id, g.dimensi, g.level, r.id_orang,
          case when k.kode_kota is null then null else g.kode_kota end as kode_kota
        from gap g
        left join padanan_record r on r.producer = g.producer and r.record_key = g.record_key
        left join (select distinct kode_kota from wilayah) k on k.kode_kota = g.kode_kota
        """
    )
