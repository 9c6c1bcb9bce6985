"""Runs the suites of all contracts in a plan once and turns the counts into what Dagster's checks carry.

The engine and the suites are `padanan/cleansing`; thresholds and levels come from the contracts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg

from padanan.base.format import number
from padanan.base.home import Home
from padanan.cleansing import words
from padanan.cleansing.results import RuleResult, SuiteResult
from padanan.cleansing.suite import SHAPE_CHECKS, cleansing_rules
from padanan.contracts.contract import Contract
from padanan.contracts.planned import PlanData
from padanan.contracts.rules import DIMENSIONS, Rule

GAP_CHECK = "gap_sama_dengan_aturan"
GAP_DESCRIPTION = "Tabel celah berisi tepat baris yang dihitung Great Expectations, aturan demi aturan."
TABLE_CHECKS = {**SHAPE_CHECKS, GAP_CHECK: GAP_DESCRIPTION}


def severity(blocking: bool) -> dg.AssetCheckSeverity:
    """A check that blocks fails with ERROR, the only severity that stops a run; every other one only warns."""
    return dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN


def rule_blocks(rule: Rule) -> bool:
    """Whether the contract says that a run must stop at this rule; by default a broken rule is a line in the report."""
    return rule.severity == "ERROR"


@dataclass(frozen=True)
class CheckOutcome:
    """One check of one contract: `sentence` is for people, `metadata` holds counts only."""

    contract_id: str
    name: str
    passed: bool
    blocking: bool
    sentence: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class QualityOutcome:
    """All checks, asset metadata by contract id, and one line per contract with failed rules."""

    checks: tuple[CheckOutcome, ...]
    metadata: dict[str, dict[str, Any]]
    lines: tuple[str, ...]


def run_quality(home: Home, contracts: Mapping[str, Contract], plan: PlanData, ids: Collection[str]) -> QualityOutcome:
    """Runs the suites of the contracts `ids` that the plan has in force, in one pass.

    A contract that is not in force gets passed checks over no rows, marked `berlaku: false`, so that every check
    of the asset graph has an answer in every period.

    Raises:
        PadananError: the warehouse is locked or a rule can't be evaluated; see `padanan.cleansing.run.run_suites`.
    """
    from padanan.cleansing.run import run_suites

    in_force = [item.id for item in plan.contracts if item.in_force and item.id in ids]
    suites = run_suites(home.warehouse_db, contracts, in_force, plan=plan) if in_force else []
    results = {result.contract_id: result for result in suites}
    checks: list[CheckOutcome] = []
    metadata: dict[str, dict[str, Any]] = {}
    lines = []
    for contract_id, contract in contracts.items():
        if contract_id not in ids:
            continue
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
        seen = {"teramati": shape.observed, "ambang": shape.expected}
        found.append(CheckOutcome(result.contract_id, shape.check_id, shape.success, True, words.shape_sentence(shape), seen))
    differing = len(result.disagreeing)
    counts: dict[str, Any] = {"teramati": differing, "ambang": 0}
    if differing:
        counts["rincian"] = words.gap_differences(result)
    found.append(CheckOutcome(result.contract_id, GAP_CHECK, not differing, True, words.gap_sentence(result), counts))
    return found


def _of_rule(rule: RuleResult) -> CheckOutcome:
    """Every number in metadata becomes a plot of its own: only the share and its threshold, both in percent, are numbers."""
    metadata: dict[str, Any] = {
        "persen": round(100 * rule.rate, 3),
        "ambang": round(100 * rule.limit, 3),
        "gagal": number(rule.gagal),
        "total": number(rule.total),
        "dimensi": DIMENSIONS[rule.dimension],
        "level": rule.level,
    }
    blocking = rule.severity == "ERROR"
    return CheckOutcome(rule.contract_id, rule.rule_id, rule.success, blocking, words.rule_sentence(rule), metadata)


def _not_in_force(contract: Contract) -> list[CheckOutcome]:
    blocking = {**{rule.id: rule_blocks(rule) for rule in cleansing_rules(contract)}, **dict.fromkeys(TABLE_CHECKS, True)}
    return [
        CheckOutcome(contract.id, name, True, blocks, words.NOT_IN_FORCE, {"berlaku": False}) for name, blocks in blocking.items()
    ]
