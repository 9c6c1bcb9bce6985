"""One asset per contract whose checks are the contract's rules, judged by Great Expectations in one pass.

The engine is `padanan/cleansing`; the rules are in `expectations/`. Nothing here knows a rule.
"""

from collections.abc import Collection, Iterator
from typing import Any

import dagster as dg

from orchestration.checks import TABLE_CHECKS, rule_blocks, run_quality, severity
from orchestration.contracts import loaded, owner_of, quality_key, stage_model_key
from orchestration.defs.partitions import PER_PERIODE
from orchestration.gate import JUDGED_PLAN, plan_mark
from orchestration.guard import explained
from orchestration.heads import asset_spec, check_spec
from orchestration.links import report_page
from orchestration.policies import POOL_WAREHOUSE
from orchestration.resources import KontrakResource, RumahResource
from orchestration.stages import CLEANSING
from orchestration.warehouse import acquire, planned
from padanan.base.errors import PadananError
from padanan.base.period import Periode
from padanan.cleansing.suite import cleansing_rules
from padanan.contracts.rules import DIMENSIONS


def _specs() -> list[dg.AssetSpec]:
    return [
        asset_spec(
            quality_key(contract.id),
            f"Aturan mutu {contract.name}, dinilai Great Expectations atas baris staging.",
            kinds={"greatexpectations", "duckdb"},
            owner=owner_of(contract),
            version=contract.version,
            deps=[stage_model_key(contract), dg.AssetKey([CLEANSING, "gap_cleansing"])],
        )
        for contract in loaded().values()
    ]


def _check_specs() -> list[dg.AssetCheckSpec]:
    """One check a rule, and those of the table; only what can stop a run is declared blocking (`orchestration/checks.py`)."""
    specs = []
    for contract in loaded().values():
        key = quality_key(contract.id)
        for rule in cleansing_rules(contract):
            specs.append(
                check_spec(
                    rule.id,
                    key,
                    f"{rule.definisi} Dimensi {DIMENSIONS[rule.dimension]}. Tindak lanjut: {rule.tindak_lanjut}",
                    blocking=rule_blocks(rule),
                    metadata={"level": rule.level, "penanggung_jawab": rule.owners},
                )
            )
        for name, description in TABLE_CHECKS.items():
            specs.append(check_spec(name, key, description, blocking=True))
    return specs


@dg.multi_asset(
    name="mutu",
    specs=_specs(),
    check_specs=_check_specs(),
    # One producer may be judged again alone, from the UI too.
    can_subset=True,
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
)
def mutu(context: dg.AssetExecutionContext, rumah: RumahResource, kontrak: KontrakResource) -> Iterator[Any]:
    """Runs the selected suites in one step (importing GX costs seconds, so not once per producer) and reports counts only.

    Raises:
        dagster.Failure: the warehouse is locked or holds another period, a rule can't be evaluated, or a contract
            changed since the code location was loaded.
    """
    periode = Periode.parse(context.partition_key)
    assets, checks = context.selected_asset_keys, context.selected_asset_check_keys
    asked = assets | {key.asset_key for key in checks}
    with explained("pemeriksaan mutu"):
        from padanan.published.report import producer_page

        home = rumah.home()
        acquire(home)
        plan = planned(home, periode)
        ids = [contract_id for contract_id in loaded() if quality_key(contract_id) in asked]
        outcome = run_quality(home, kontrak.all(), plan, ids)
        judged = {dg.AssetCheckKey(quality_key(check.contract_id), check.name): check for check in outcome.checks}
        _complete(asked - {quality_key(contract_id) for contract_id in outcome.metadata}, checks - judged.keys())
        # Rendered later in the same run; there an engineer finds the words for the count.
        pages = {
            contract_id: producer_page(contract_id) if facts["berlaku"] else "mutu.html"
            for contract_id, facts in outcome.metadata.items()
        }
        report = {
            contract_id: dg.MetadataValue.url(report_page(periode, plan.revisi, page)) for contract_id, page in pages.items()
        }
    for line in outcome.lines:
        context.log.warning(line)
    for contract_id, facts in outcome.metadata.items():
        if (key := quality_key(contract_id)) in assets:
            told: dict[str, Any] = {**facts, "laporan": report[contract_id], JUDGED_PLAN: plan_mark(plan)}
            yield dg.MaterializeResult(asset_key=key, metadata=told)
    for check_key, check in judged.items():
        if check_key in checks:
            yield dg.AssetCheckResult(
                asset_key=check_key.asset_key,
                check_name=check_key.name,
                passed=check.passed,
                severity=severity(check.blocking),
                description=check.sentence,
                metadata={**check.metadata, "laporan": report[check.contract_id]},
            )


def _complete(assets: Collection[dg.AssetKey], checks: Collection[dg.AssetCheckKey]) -> None:
    """An output of a step that may be subset is not required: what is missing would pass for judged."""
    missing = sorted([*(key.to_user_string() for key in assets), *(key.to_user_string() for key in checks)])
    if missing:
        raise PadananError(
            f"{len(missing)} pemeriksaan tidak dinilai ({missing[0]})",
            file="expectations/contracts",
            cure="kontrak atau aturan berubah: muat ulang lokasi kode di Dagster, lalu jalankan ulang",
        )
