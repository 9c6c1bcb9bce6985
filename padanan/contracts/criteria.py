"""The criteria of the data sasaran, read from `expectations/sasaran.yaml`.

Judging people by them is dbt's work (`review/sasaran`); here they are only read and checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import expectations_dir
from padanan.contracts.rules import PLAIN_CAST


def load_criteria(folder: Path | None = None) -> dict[str, Any]:
    """The criteria with their parameters filled into the predicates.

    Returns:
        `{"versi", "parameter", "sumber_desil", "urutan_domisili", "kriteria": [{"id", "keterangan", "lolos"}]}`.

    Raises:
        ContractError: a criterion misses a field or uses a plain cast.
    """
    source = YamlSource((folder or expectations_dir()) / "sasaran.yaml")
    data = source.data or {}
    for name in ("version", "sumberDesil", "urutanDomisili", "kriteria"):
        if not data.get(name):
            raise source.error((name,), f"kriteria tanpa '{name}'", f"isi '{name}'")
    parameters = data.get("parameter") or {}
    criteria = []
    for index, item in enumerate(data["kriteria"]):
        for name in ("id", "keterangan", "lolos"):
            if not item.get(name):
                raise source.error(("kriteria", index, name), f"kriteria tanpa '{name}'", f"isi '{name}'")
        predicate = " ".join(str(item["lolos"]).split())
        if PLAIN_CAST.search(predicate):
            raise source.error(("kriteria", index, "lolos"), "predikat memakai cast biasa", "pakai try_cast")
        for key, value in parameters.items():
            predicate = predicate.replace("{" + key + "}", str(value))
        if "{" in predicate:
            raise source.error(("kriteria", index, "lolos"), "parameter tidak dikenal", "isi parameter itu di 'parameter'")
        criteria.append({"id": item["id"], "keterangan": item["keterangan"], "lolos": predicate})
    return {
        "versi": str(data["version"]),
        "parameter": parameters,
        "sumber_desil": list(data["sumberDesil"]),
        "urutan_domisili": list(data["urutanDomisili"]),
        "kriteria": criteria,
    }
