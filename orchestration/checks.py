"""Runs the suites of all contracts in a plan once and turns the counts into what Dagster's checks carry.

The engine and the suites are `padanan/quality`; thresholds and levels come from the contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from padanan.contract import Contract
from padanan.home import Home
from padanan.quality.results import RuleResult, SuiteResult
from padanan.quality.suite import SHAPE_CHECKS, cleansing_rules
from padanan.rules import DIMENSIONS

GAP_CHECK = "gap_tanpa_aturan"
GAP_DESCRIPTION = "Setiap baris gap berasal dari aturan yang dinilai Great Expectations."


@dataclass(frozen=True)
class CheckOutcome:
    """One check of one contract; `metadata` holds counts only."""

    contract_id: str
    name: str
    passed: bool
    severity: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class QualityOutcome:
    """All checks, asset metadata by contract id, and one line per contract with failed rules."""

    checks: tuple[CheckOutcome, ...]
    metadata: dict[str, dict[str, Any]]
    lines: tuple[str, ...]


def run_quality(home: Home, contracts: Mapping[str, Contract], plan: Mapping[str, Any]) -> QualityOutcome:
    """Runs every suite of the plan's contracts in force in one pass.

    A contract that is not in force gets passed checks over no rows, marked `berlaku: false`, so that every check
    of the asset graph has an answer in every period.

    Raises:
        PadananError: the warehouse is locked or a rule can't be evaluated; see `padanan.quality.run.run_suites`.
    """
    from padanan.quality.run import run_suites

    results = {result.contract_id: result for result in run_suites(home.warehouse_db, contracts, plan=plan)}
    checks: list[CheckOutcome] = []
    metadata: dict[str, dict[str, Any]] = {}
    lines = []
    for contract_id, contract in contracts.items():
        result = results.get(contract_id)
        if result is None:
            checks += _not_in_force(contract)
            metadata[contract_id] = {"berlaku": False, "dagster/row_count": 0}
            continue
        checks += _of_suite(result)
        metadata[contract_id] = {
            "berlaku": True,
            "dagster/row_count": result.rows,
            "dagster/partition_row_count": result.rows,
            "aturan": len(result.rules),
            "aturan_gagal": sum(rule.gagal > 0 for rule in result.rules),
            "gagal": sum(rule.gagal for rule in result.rules),
            "waktu_dtk": round(result.wall_seconds, 3),
        }
        if result.errors:
            lines.append(f"{contract_id}: penghalang {', '.join(result.errors)}")
    return QualityOutcome(tuple(checks), metadata, tuple(lines))


def _of_suite(result: SuiteResult) -> list[CheckOutcome]:
    found = [_of_rule(rule) for rule in result.rules]
    for shape in result.shape:
        observed = {} if shape.observed is None else {"teramati": shape.observed}
        found.append(CheckOutcome(result.contract_id, shape.check_id, shape.success, shape.severity, observed))
    unknown = sum(result.unknown_in_gap.values())
    found.append(CheckOutcome(result.contract_id, GAP_CHECK, unknown == 0, "ERROR", {"gagal": unknown, "total": result.rows}))
    return found


def _of_rule(rule: RuleResult) -> CheckOutcome:
    metadata: dict[str, Any] = {
        "gagal": rule.gagal,
        "total": rule.total,
        "persen": round(100 * rule.rate, 3),
        "dimensi": DIMENSIONS[rule.dimension],
        "ambang": rule.threshold,
        "level": rule.level,
    }
    if rule.in_gap is not None:
        metadata["baris_gap"] = rule.in_gap
    return CheckOutcome(rule.contract_id, rule.rule_id, rule.success, rule.severity, metadata)


def _not_in_force(contract: Contract) -> list[CheckOutcome]:
    names = [rule.id for rule in cleansing_rules(contract)] + [*SHAPE_CHECKS, GAP_CHECK]
    return [CheckOutcome(contract.id, name, True, "WARN", {"gagal": 0, "total": 0, "berlaku": False}) for name in names]
