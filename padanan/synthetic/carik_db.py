"""Loads Carik's four tables (bangunan, rumah_tangga, keluarga, individu) into a PostgreSQL by COPY.

How they are pulled into landing is `padanan.landing`; which values they hold is decided before.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
import yaml

from padanan.base.errors import SourceUnavailable

# Table -> its key among the standard columns, and database column -> standard column.
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "bangunan": (
        "id_bangunan",
        {
            "id_bangunan": "id_bangunan",
            "kelompok_dasawisma": "kelompok_dasawisma",
            "alamat": "alamat",
            "rt": "rt",
            "rw": "rw",
            "kode_kelurahan": "kode_kelurahan",
            "kelurahan": "kelurahan",
            "kecamatan": "kecamatan",
            "kota": "kota",
            "provinsi": "provinsi",
        },
    ),
    "rumah_tangga": ("id_rumah_tangga", {"id_rumah_tangga": "id_rumah_tangga", "id_bangunan": "id_bangunan"}),
    "keluarga": (
        "id_keluarga_sumber",
        {"id_keluarga": "id_keluarga_sumber", "id_rumah_tangga": "id_rumah_tangga", "no_kk": "no_kk"},
    ),
    "individu": (
        "id_sumber",
        {
            "id_individu": "id_sumber",
            "id_keluarga": "id_keluarga_sumber",
            "nik": "nik",
            "nama": "nama",
            "tempat_lahir": "tempat_lahir",
            "tanggal_lahir": "tgl_lahir",
            "jenis_kelamin": "jenis_kelamin",
            "hubungan_keluarga": "shdk",
            "status_kawin": "status_kawin",
            "nama_ibu": "nama_ibu",
            "pendidikan": "pendidikan",
            "pekerjaan": "pekerjaan",
            "disabilitas": "disabilitas",
        },
    ),
}


def load(texts: Mapping[str, pa.StringArray], *, url: str | None, folder: Path) -> None:
    """Makes schema `carik` anew and fills it.

    Args:
        texts: text by standard column, one entry per person.
        url: a PostgreSQL; None starts the embedded one on `folder` for the time of loading.

    Raises:
        SourceUnavailable: no server answers.
    """
    if url is None:
        from padanan.synthetic.embedded_postgres import EmbeddedPostgres

        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        server: Any = EmbeddedPostgres(folder)
    else:
        server = nullcontext()
    with server as running:
        address = (url or running.url).replace("postgresql+psycopg://", "postgresql://")
        try:
            with psycopg.connect(address) as connection, connection.cursor() as cursor:
                cursor.execute("drop schema if exists carik cascade")
                cursor.execute("create schema carik")
                for table, (key, columns) in TABLES.items():
                    _load_table(cursor, table, key, columns, texts)
        except psycopg.OperationalError:
            raise SourceUnavailable(
                "PostgreSQL Carik tidak menjawab", cure="periksa PADANAN_CARIK_URL atau jalankan tanpa variabel itu"
            ) from None


def _load_table(
    cursor: psycopg.Cursor[Any], table: str, key: str, columns: dict[str, str], texts: Mapping[str, pa.StringArray]
) -> None:
    names = ", ".join(f"{name} text" for name in columns)
    cursor.execute(f"create table carik.{table} ({names})")
    if table == "individu":
        index = np.arange(len(texts[key]))
    else:
        index = np.sort(np.unique(np.asarray(texts[key].to_pandas()).astype(str), return_index=True)[1])
    at = pa.array(index)
    data = pa.table({name: texts[column].take(at) for name, column in columns.items()})
    buffer = BytesIO()
    pacsv.write_csv(data, buffer, pacsv.WriteOptions(include_header=False, quoting_style="needed"))
    with cursor.copy(f"copy carik.{table} from stdin (format csv)") as copy:
        copy.write(buffer.getbuffer())
    cursor.execute(f"create index on carik.{table} ({next(iter(columns))})")


def write_order(path: Path, periode_data: str, received: datetime) -> None:
    """The pull order `<name>.tarik.yaml` that lies in Carik's inbox."""
    order = {"url_env": "PADANAN_CARIK_URL", "periode_data": periode_data, "diterima": received.isoformat()}
    path.write_text(yaml.safe_dump(order, sort_keys=True), encoding="utf-8")
