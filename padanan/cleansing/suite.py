"""Contract to suite: the GX configuration of one producer as plain data, and the `expectations/gx/` files made from it.

Nothing runs here and Great Expectations is not imported; rules come from the contract and are never written here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from padanan.contracts.contract import Contract
from padanan.contracts.dbt_yaml import columns_of, staging_model
from padanan.contracts.rules import Rule

DATASOURCE = "gudang"
BATCH = "semua_baris"
ROWS_PARAMETER = "jumlah_baris"
WAREHOUSE_VARIABLE = "PADANAN_WAREHOUSE_DB"
# Counts only: no list of failing values may enter a result.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
CONNECT_ARGS = {"read_only": True, "config": {"autoinstall_known_extensions": False}}
SEVERITY = {"ERROR": "critical", "WARN": "warning"}
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "padanan/expectations/gx")
FOLDERS = ("expectations", "validation_definitions", "checkpoints")

# Checks of the table's shape; the decree would be wrong without them, so each is an ERROR.
SHAPE_CHECKS = {
    "bentuk_kolom": "Semua kolom baku staging ada.",
    "bentuk_jumlah_baris": "Jumlah baris staging sama dengan jumlah baris kiriman yang dipakai.",
    "bentuk_record_key_kosong": "Setiap baris punya record_key.",
    "bentuk_record_key_ganda": "Tidak ada record_key yang berulang.",
}


def stage_columns(contract: Contract) -> tuple[str, ...]:
    """The columns of a contract's staging row: that of people and families, or that of places (dbt's YAML, `docs/tables.md`)."""
    return columns_of(staging_model(contract.unit))


def cleansing_rules(contract: Contract) -> tuple[Rule, ...]:
    """The contract's rules that speak about the staging row."""
    return tuple(rule for rule in contract.rules if rule.stage == "cleansing")


def stable_id(*parts: str) -> str:
    """An id that depends on the names alone; GX's own are random, and a rendered file must not change by itself."""
    return str(uuid.uuid5(NAMESPACE, "/".join(parts)))


def batch_query(contract: Contract, stage_model: str | None = None) -> str:
    """The rows that a contract's suite judges: its own rows of its staging model.

    Args:
        contract: the contract.
        stage_model: another table of the same shape, for benchmarks.
    """
    return f"SELECT * FROM {stage_model or contract.stage_model} WHERE producer = '{contract.id}'"


def suite_config(contract: Contract) -> dict[str, Any]:
    """The `ExpectationSuite` of a contract as GX stores it.

    Returns:
        name, id, meta, notes and expectations; one expectation a rule, after the table-shape checks.
    """
    return {
        "name": contract.id,
        "id": stable_id("suite", contract.id),
        "meta": {"kontrak": contract.id, "versi": contract.version, "produsen": contract.owner},
        "notes": None,
        "expectations": [*_shape(contract), *(_rule(contract, rule) for rule in cleansing_rules(contract))],
    }


def _expectation(
    contract: Contract, name: str, kind: str, kwargs: dict[str, Any], severity: str, description: str, meta: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": kind,
        "id": stable_id("expectation", contract.id, name),
        "kwargs": kwargs,
        "meta": {"rule_id": name, **meta},
        "severity": SEVERITY[severity],
        "description": description,
    }


def _shape(contract: Contract) -> Iterable[dict[str, Any]]:
    scalars = {
        "bentuk_record_key_kosong": "count(*) filter (where record_key is null)",
        "bentuk_record_key_ganda": "count(record_key) - count(distinct record_key)",
    }
    for name, description in SHAPE_CHECKS.items():
        if name == "bentuk_kolom":
            kind = "expect_table_columns_to_match_set"
            kwargs: dict[str, Any] = {"column_set": list(stage_columns(contract)), "exact_match": False}
        elif name == "bentuk_jumlah_baris":
            kind, kwargs = "expect_table_row_count_to_equal", {"value": {"$PARAMETER": ROWS_PARAMETER}}
        else:
            kind = "expect_sql_scalar_between"
            kwargs = {"rule_id": name, "sql": scalars[name], "min_value": 0, "max_value": 0}
        yield _expectation(contract, name, kind, kwargs, "ERROR", description, {"bentuk": True})


def _rule(contract: Contract, rule: Rule) -> dict[str, Any]:
    kwargs = {
        "rule_id": rule.id,
        "applies_when": rule.condition,
        "not_when": list(rule.not_when),
        "fails_when": rule.fails_when,
        "mostly": round(rule.mostly, 9),
    }
    meta = {
        "nama": rule.name,
        "dimensi": rule.dimension,
        "level": rule.level,
        "ambang": rule.threshold,
        "tindak_lanjut": rule.tindak_lanjut,
        "penanggung_jawab": list(rule.penanggung_jawab),
        "ditutup_oleh": list(rule.masked_by),
        "hari": rule.hari,
    }
    return _expectation(contract, rule.id, "expect_sql_rule", kwargs, rule.severity, rule.definisi, meta)


def validation_config(contract: Contract) -> dict[str, Any]:
    """The `ValidationDefinition` that binds a contract's suite to its rows."""
    return {
        "name": contract.id,
        "id": stable_id("validation", contract.id),
        "data": {
            "datasource": {"name": DATASOURCE, "id": stable_id("datasource")},
            "asset": {"name": contract.id, "id": stable_id("asset", contract.id)},
            "batch_definition": {"name": BATCH, "id": stable_id("batch", contract.id)},
        },
        "suite": {"name": contract.id, "id": stable_id("suite", contract.id)},
    }


def checkpoint_config(contract: Contract) -> dict[str, Any]:
    """The `Checkpoint` of a contract; it sets the result format and has no action that sends anything anywhere."""
    return {
        "name": contract.id,
        "id": stable_id("checkpoint", contract.id),
        "validation_definitions": [{"name": contract.id, "id": stable_id("validation", contract.id)}],
        "actions": [],
        "result_format": RESULT_FORMAT,
    }


def context_config(contracts: Iterable[Contract]) -> dict[str, Any]:
    """`great_expectations.yml`: stores in this folder, one DuckDB data source, no docs site, no telemetry."""

    def store(class_name: str, backend: dict[str, Any]) -> dict[str, Any]:
        return {"class_name": class_name, "store_backend": backend}

    def files(folder: str) -> dict[str, Any]:
        backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": f"{folder}/"}
        # Without this GX drops a file with a random id beside the suites.
        return {**backend, "suppress_store_backend_id": True}

    return {
        "config_version": 4.0,
        "analytics_enabled": False,
        "data_context_id": stable_id("context"),
        "progress_bars": {"globally": False},
        "stores": {
            "expectations_store": store("ExpectationsStore", files("expectations")),
            "validation_definition_store": store("ValidationDefinitionStore", files("validation_definitions")),
            "checkpoint_store": store("CheckpointStore", files("checkpoints")),
            # Results stay in memory: a run's counts are kept by Padanan, not as files beside the rules.
            "validation_results_store": store("ValidationResultsStore", {"class_name": "InMemoryStoreBackend"}),
        },
        "expectations_store_name": "expectations_store",
        "validation_results_store_name": "validation_results_store",
        "checkpoint_store_name": "checkpoint_store",
        "data_docs_sites": {},
        "fluent_datasources": {
            DATASOURCE: {
                "type": "duckdb",
                "id": stable_id("datasource"),
                "connection_string": f"duckdb:///${{{WAREHOUSE_VARIABLE}}}",
                "kwargs": {"connect_args": CONNECT_ARGS},
                "assets": {
                    contract.id: {
                        "type": "query",
                        "id": stable_id("asset", contract.id),
                        "query": batch_query(contract),
                        "batch_definitions": {BATCH: {"id": stable_id("batch", contract.id)}},
                    }
                    for contract in contracts
                },
            }
        },
    }


HEADER = """\
# Rendered from expectations/contracts/ by `make render`: do not edit, the next rendering overwrites it.
# How to open it: expectations/README.md.
"""


def context_files(contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Every file of the GX context by its path inside the folder: the same contracts give the same bytes."""
    ordered = [contracts[name] for name in sorted(contracts)]
    config = yaml.safe_dump(context_config(ordered), sort_keys=True, allow_unicode=True, width=120)
    files = {"great_expectations.yml": HEADER + config, ".gitignore": "uncommitted/\n"}
    for contract in ordered:
        parts = (suite_config(contract), validation_config(contract), checkpoint_config(contract))
        for folder, part in zip(FOLDERS, parts, strict=True):
            text = json.dumps(part, indent=2, ensure_ascii=False, sort_keys=True)
            files[f"{folder}/{contract.id}.json"] = text + "\n"
    return files


def render_gx_context(contracts: Mapping[str, Contract], folder: Path) -> list[Path]:
    """Writes the GX file context and removes rendered files of contracts that no longer exist.

    Args:
        contracts: all contracts.
        folder: usually `expectations/gx`.

    Returns:
        The files whose content changed or that went away, relative to the folder.
    """
    files = context_files(contracts)
    changed = []
    for name, text in files.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(Path(name))
    for stale in stale_files(contracts, folder):
        (folder / stale).unlink()
        changed.append(stale)
    return changed


def stale_files(contracts: Mapping[str, Contract], folder: Path) -> list[Path]:
    """JSON files in the rendered folders that no contract gives."""
    files = context_files(contracts)
    found = (path.relative_to(folder) for part in FOLDERS for path in sorted((folder / part).glob("*.json")))
    return [path for path in found if path.as_posix() not in files]
