"""The page `docs/tables.md`, made from the dbt YAML: every published table and the staging row, column by column.

What the columns mean is written in `dbt_project/models/**/_*.yml`; nothing is described here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from padanan.base.home import CHECKOUT
from padanan.contracts.dbt_yaml import (
    KEPT,
    KEYED,
    KEYED_EACH,
    MODELS,
    classification,
    described_models,
    identity_model,
    published_models,
    publishing,
    staging_model,
)

PAGE = CHECKOUT / "docs" / "tables.md"
HEAD = """# Tabel terbitan

Dibuat dari YAML dbt (`dbt_project/models/`) oleh `python -m padanan.generated.tables_doc`; jangan disunting di sini.

Setiap tabel terbit sebagai `published/<periode>/rev-<n>/<tabel>.parquet`. Klasifikasi: `umum`, `pribadi`, `spesifik`
(UU 27/2022). Kunci berakhiran `_key`, `id_orang` dan `id_keluarga` adalah samaran, bukan NIK atau nomor KK. Tidak satu pun tabel
terbitan memuat NIK, nomor KK, nama, alamat atau hari lahir; siapa orangnya hanya ada pada [identitas](#identitas).
"""
IDENTITY_HEAD = """# Identitas

Bukan tabel terbitan: satu berkas setiap revisi di `identitas/<periode>/rev-<n>/identitas.parquet`, hanya terbaca pemiliknya
(0600), dengan masa simpan sendiri (`expectations/retensi.yaml`) dan sidik pada manifest terbitannya. Dibaca hanya oleh daftar
kerja, paket produsen, pembekuan dan API; `docs/protection.md` menerangkannya. Rancangan dan penetapan menyimpan orang
terpilih dari berkas ini sebagai `bnba.parquet` yang ikut tersegel.
"""

STAGING_HEAD = """# Tabel kerja

Predikat aturan tahap cleansing (`expectations/rules.yaml`) berbicara tentang baris staging di bawah ini, yang ber-`satuan:
[wilayah]` tentang baris data pendukung wilayah, predikat tahap padanan tentang `padanan_record`, kriteria data sasaran
tentang `padanan_orang`, dengan kolomnya yang tinggal di gudang. Tabel staging tidak diterbitkan.
"""


def render(models: Path = MODELS) -> str:
    """The whole page as Markdown."""
    found, people, places = described_models(models), staging_model(models=models), staging_model("wilayah", models)
    staging = [STAGING_HEAD, _table(found[people], "Baris staging"), _table(found[places], "Baris data pendukung wilayah")]
    apart = identity_model(models)
    tables = [HEAD, *(_table(model, name) for name, model in published_models(models).items())]
    return "\n".join([*tables, IDENTITY_HEAD, _table(found[apart], apart), *staging])


def _table(model: dict[str, Any], title: str) -> str:
    lines = [f"## {title}", "", model["description"], "", "| kolom | tipe | klasifikasi | arti |", "|---|---|---|---|"]
    lines += [
        f"| `{column['name']}` | {column['data_type']} | {classification(column)} | {_told(column)} |"
        for column in model["columns"]
    ]
    return "\n".join(lines) + "\n"


def _told(column: dict[str, Any]) -> str:
    """What a column means, and that it is not published as it stands."""
    apart = {
        KEPT: " **Tidak terbit: tinggal di gudang kerja.**",
        KEYED: " **Terbit sebagai HMAC.**",
        KEYED_EACH: " **Tiap isinya terbit sebagai HMAC.**",
    }
    return " ".join(column["description"].split()).replace("|", "\\|") + apart.get(publishing(column) or "", "")


def main() -> None:
    """Writes the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(CHECKOUT)} ditulis\n")


if __name__ == "__main__":
    main()
