"""The page `docs/tables.md`, made from the dbt YAML: every published table and the staging row, column by column.

What the columns mean is written in `dbt_project/models/**/_*.yml`; nothing is described here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from padanan.errors import PadananError
from padanan.home import CHECKOUT
from padanan.yaml_source import YamlSource

# The staging row is the same for every contract; it is described with the first model.
STAGING = "stg_adminduk__penduduk"
MODELS = CHECKOUT / "dbt_project" / "models"
PAGE = CHECKOUT / "docs" / "tables.md"
# The order in which the tables follow from each other.
ORDER = (
    "padanan_record",
    "padanan_orang",
    "padanan_keluarga",
    "anggota_keluarga",
    "gap",
    "overlap",
    "sasaran",
    "row_account",
    "pasangan_bukti",
    "ukuran_bukti",
    "ganda_bukti",
    "daftar_tanpa_program",
    "bendera_periksa",
    "tanpa_dokumen",
    "pilah_disabilitas",
    "tugas",
    "prelist",
)
HEAD = """# Tabel terbitan

Dibuat dari YAML dbt (`dbt_project/models/`) oleh `python -m padanan.tables_doc`; jangan disunting di sini.

Setiap tabel terbit sebagai `published/<periode>/rev-<n>/<tabel>.parquet`. Klasifikasi: `umum`, `pribadi`, `spesifik`
(UU 27/2022). Kunci berakhiran `_key`, `id_orang` dan `id_keluarga` adalah samaran, bukan NIK atau nomor KK.
"""

STAGING_HEAD = """# Tabel kerja

Predikat aturan tahap cleansing (`expectations/rules.yaml`) berbicara tentang baris staging di bawah ini, predikat tahap
padanan tentang `padanan_record`, kriteria data sasaran tentang `padanan_orang`. Tabel staging tidak diterbitkan.
"""


def described_models(models: Path = MODELS) -> dict[str, dict[str, Any]]:
    """The published models (`meta.terbit`) and the staging row, by name, as their YAML describes them.

    Raises:
        PadananError: a table or a column lacks type, description or classification.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(models.rglob("_*.yml")):
        for model in (YamlSource(path).data or {}).get("models") or []:
            if model["name"] == STAGING or ((model.get("config") or {}).get("meta") or {}).get("terbit"):
                _check(model, path)
                found[model["name"]] = model
    missing = [name for name in ORDER if name not in found]
    if missing:
        raise PadananError(
            f"tabel terbitan tanpa uraian: {', '.join(missing)}",
            file=models,
            cure="beri config.meta.terbit: true pada modelnya di YAML dbt",
        )
    return found


def _check(model: dict[str, Any], path: Path) -> None:
    for column in [model, *(model.get("columns") or [])]:
        if not column.get("description"):
            raise PadananError(f"{model['name']}.{column['name']} tanpa uraian", file=path, cure="isi description")
    for column in model.get("columns") or []:
        if not column.get("data_type") or classification(column) not in ("umum", "pribadi", "spesifik"):
            raise PadananError(
                f"kolom {model['name']}.{column['name']} tanpa tipe atau klasifikasi",
                file=path,
                cure="isi data_type dan config.meta.klasifikasi",
            )


def classification(column: dict[str, Any]) -> str:
    """The data-protection class of a column."""
    return str(((column.get("config") or {}).get("meta") or {}).get("klasifikasi", ""))


def render(models: Path = MODELS) -> str:
    """The whole page as Markdown."""
    found = described_models(models)
    names = [*ORDER, *sorted(set(found) - {*ORDER, STAGING})]
    staging = [STAGING_HEAD, _table(found[STAGING], "Baris staging")]
    return "\n".join([HEAD, *(_table(found[name], name) for name in names), *staging])


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
