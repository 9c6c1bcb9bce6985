"""What dbt must know of the contracts while it parses: its sources and, as macros, the registries and staging models.

What a run reads (columns, rules, deliveries) comes to dbt by the run plan; only what shapes the project itself is rendered here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from padanan.contracts.contract import Contract
from padanan.contracts.parts import ANSWERED, reference, registries, stage_models

SOURCES_PATH = "dbt_project/models/staging/_sources.yml"
MACROS_PATH = "dbt_project/macros/kontrak.sql"
_MADE = "Rendered from expectations/contracts/ by `make render`: do not edit, the next rendering overwrites it."


def render_sources(contracts: Mapping[str, Contract]) -> str:
    """The dbt sources: the run plan and one table a contract, each joined to its landing asset."""
    lines = [
        f"# {_MADE}",
        "version: 2",
        "# Landing is Parquet; the models read the files that the run plan names. These entries give the lineage.",
        "sources:",
        "  - name: landing",
        "    description: Kiriman yang diterima, satu tabel per kontrak (berkas Parquet di folder landing).",
        "    tables:",
        "      - name: rencana",
        "        description: Rencana proses - kontrak yang berlaku dan kiriman yang dipakai pada satu periode dan revisi.",
        '        config: {meta: {dagster: {asset_key: ["landing", "rencana"]}}}',
    ]
    for item in (contracts[name] for names in stage_models(contracts).values() for name in names):
        lines += [
            f"      - name: {item.id}",
            f"        description: 'Kiriman yang dipakai; kolomnya menurut kontraknya di expectations/contracts/{item.id}.yaml.'",
            f'        config: {{meta: {{dagster: {{asset_key: ["landing", "{item.id}"]}}}}}}',
        ]
    return "\n".join(lines) + "\n"


def render_macros(contracts: Mapping[str, Contract]) -> str:
    """`contract_reference`, `contract_registries`, `contract_staging`, `contract_answered` and `contract_partners`, as macros.

    Returns:
        A macro file; registries are in the order of their bits, staging models in that of `parts.stage_models`.
    """
    staged = stage_models(contracts)
    placed = [contracts[name] for names in staged.values() for name in names]
    register = reference(contracts)
    known: list[dict[str, Any]] = []
    for registry in sorted(registries(contracts).values(), key=lambda item: item.bit):
        own = [item for item in placed if item.registry == registry]
        known.append(
            {
                "id": registry.id,
                "bit": registry.bit,
                "family": registry.family,
                "contracts": [item.id for item in own],
                "family_files": [item.id for item in own if item.unit == "keluarga"],
            }
        )
    facts = (
        (
            "contract_reference",
            "The register whose people everybody is matched with.",
            {"id": register.id, "registry": register.registry.id if register.registry else None, "model": register.stage_model},
        ),
        ("contract_registries", "The registries of the overlap and the contracts that deliver them.", known),
        ("contract_staging", "Staging model -> the contracts whose rows it holds.", staged),
        (
            "contract_answered",
            "The registries whose own ids are kept beside the names: contract and staging model.",
            [{"id": item.id, "model": item.stage_model} for item in placed if ANSWERED in item.roles],
        ),
        (
            "contract_partners",
            "Staging model -> the contracts whose families it counts beside its own.",
            {model: [p for p in (contracts[name].partner for name in names) if p] for model, names in staged.items()},
        ),
    )
    parts = [f"{{#- {_MADE} -#}}"]
    parts += [
        f"{{#- {said} -#}}\n{{% macro {name}() %}}{{{{ return({_jinja(value)}) }}}}{{% endmacro %}}"
        for name, said, value in facts
    ]
    return "\n\n".join(parts) + "\n"


def _jinja(value: Any) -> str:
    """A constant as Jinja reads it, one entry a line where it is a collection of collections."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n    " + ",\n    ".join(_jinja(item) for item in value) + "\n]"
    if isinstance(value, dict) and value and all(isinstance(item, list) for item in value.values()):
        return "{\n    " + ",\n    ".join(f"{json.dumps(key)}: {_jinja(item)}" for key, item in value.items()) + "\n}"
    return json.dumps(value).replace("null", "none")
