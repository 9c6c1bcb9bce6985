"""What dbt's YAML says of models and columns: the one place where the row's types are written.

Rendering it for readers is `generated`'s work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT
from padanan.base.yaml_source import YamlSource

# The staging row is the same for every contract; it is described with the first model.
STAGING = "stg_adminduk__penduduk"


MODELS = CHECKOUT / "dbt_project" / "models"


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
