"""The page `docs/tables.md`, made from the dbt YAML: every published table and the staging row, column by column.

What the columns mean is written in `dbt_project/models/**/_*.yml`; nothing is described here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from padanan.base.home import CHECKOUT
from padanan.contracts.dbt_yaml import MODELS, classification, described_models, published_models, staging_model

PAGE = CHECKOUT / "docs" / "tables.md"
HEAD = """# Tabel terbitan

Dibuat dari YAML dbt (`dbt_project/models/`) oleh `python -m padanan.generated.tables_doc`; jangan disunting di sini.

Setiap tabel terbit sebagai `published/<periode>/rev-<n>/<tabel>.parquet`. Klasifikasi: `umum`, `pribadi`, `spesifik`
(UU 27/2022). Kunci berakhiran `_key`, `id_orang` dan `id_keluarga` adalah samaran, bukan NIK atau nomor KK.
"""

STAGING_HEAD = """# Tabel kerja

Predikat aturan tahap cleansing (`expectations/rules.yaml`) berbicara tentang baris staging di bawah ini, yang ber-`satuan:
[wilayah]` tentang baris data pendukung wilayah, predikat tahap padanan tentang `padanan_record`, kriteria data sasaran
tentang `padanan_orang`. Tabel staging tidak diterbitkan.
"""


def render(models: Path = MODELS) -> str:
    """The whole page as Markdown."""
    found, people, places = described_models(models), staging_model(models=models), staging_model("wilayah", models)
    staging = [STAGING_HEAD, _table(found[people], "Baris staging"), _table(found[places], "Baris data pendukung wilayah")]
    return "\n".join([HEAD, *(_table(model, name) for name, model in published_models(models).items()), *staging])


def _table(model: dict[str, Any], title: str) -> str:
    lines = [f"## {title}", "", model["description"], "", "| kolom | tipe | klasifikasi | arti |", "|---|---|---|---|"]
    lines += [
        f"| `{column['name']}` | {column['data_type']} | {classification(column)} | {_cell(column['description'])} |"
        for column in model["columns"]
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Writes the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(CHECKOUT)} ditulis\n")


if __name__ == "__main__":
    main()
