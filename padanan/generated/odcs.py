"""`expectations/odcs/`: each contract as whole ODCS v3.1, with the full `quality` list that follows from the catalogue.

For readers and tools outside; nothing here is read back, and what applies where is decided in `padanan.contracts.rule_use`.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import Contract
from padanan.contracts.rules import Rule

# Our dimensions in ODCS's words.
DIMENSIONS = {
    "K": "completeness",
    "V": "conformity",
    "U": "uniqueness",
    "C": "consistency",
    "T": "timeliness",
    "A": "accuracy",
}
HEAD = """\
# Rendered by `make render` from expectations/contracts/{name} and expectations/rules.yaml: do not edit.
"""


def render_odcs(contracts: Mapping[str, Contract], folder: Path) -> None:
    """Writes the folder anew: one file a contract, the same bytes for the same contracts."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for contract in contracts.values():
        text = yaml.safe_dump(odcs(contract), sort_keys=False, allow_unicode=True, width=130)
        head = HEAD.format(name=contract.path.name)
        (folder / contract.path.name).write_text(head + text, encoding="utf-8", newline="\n")


def odcs(contract: Contract) -> dict[str, Any]:
    """The contract's file as data, its exceptions replaced by the rules that it has; one that is not here says why."""
    data: dict[str, Any] = YamlSource(contract.path).data
    table, *rest = data["schema"]
    reasons = {
        line["name"]: line["implementation"]["tidakBerlaku"]
        for line in table.get("quality") or []
        if "tidakBerlaku" in line["implementation"]
    }
    quality = [_rule(rule) for rule in contract.rules]
    quality += [{"name": name, "type": "text", "description": f"Tidak berlaku: {why}"} for name, why in reasons.items()]
    # Readers outside know no register of agencies: the team is told by name.
    data["customProperties"] = [{"property": "produsen", "value": contract.owner}, *data["customProperties"]]
    return {**data, "schema": [{**table, "quality": quality}, *rest], "team": {"name": contract.owner}}


def _rule(rule: Rule) -> dict[str, Any]:
    implementation = {
        "nama": rule.name,
        "tahap": rule.stage,
        "level": rule.level,
        "berlaku": rule.condition,
        "gagal": rule.fails_when,
        "rincian": rule.rincian,
        "ditutupOleh": list(rule.masked_by) or None,
        "ambang": rule.threshold,
        "minimalCatatan": rule.minimum,
        "mostly": round(rule.mostly, 9),
        "tindakLanjut": rule.tindak_lanjut,
        "penanggungJawab": list(rule.penanggung_jawab),
        "hari": rule.hari,
    }
    return {
        "name": rule.id,
        "type": "custom",
        "engine": "padanan",
        "description": rule.definisi,
        "dimension": DIMENSIONS[rule.dimension],
        "severity": {"ERROR": "error", "WARN": "warning"}[rule.severity],
        "implementation": {key: value for key, value in implementation.items() if value is not None},
    }
