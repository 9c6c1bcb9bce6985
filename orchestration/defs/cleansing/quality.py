"""One asset per contract whose checks are the contract's rules, judged by Great Expectations in one pass.

The engine is `padanan/quality`; the rules are in `expectations/`. Nothing here knows a rule.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.checks import GAP_CHECK, GAP_DESCRIPTION, run_quality
from orchestration.contracts import loaded, owner_of, quality_key, stage_model_key
from orchestration.defs.partitions import PER_PERIODE, half_years
from orchestration.guard import explained
from orchestration.policies import POOL_WAREHOUSE
from orchestration.resources import KontrakResource, RumahResource
from orchestration.stages import CLEANSING
from orchestration.warehouse import acquire, planned
from padanan.period import Periode
from padanan.quality.suite import SHAPE_CHECKS, cleansing_rules
from padanan.rules import DIMENSIONS


def _specs() -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            quality_key(contract.id),
            deps=[stage_model_key(contract), dg.AssetKey([CLEANSING, "gap_cleansing"])],
            group_name=CLEANSING,
            description=f"Aturan mutu {contract.name}, dinilai Great Expectations atas baris staging.",
            owners=[owner_of(contract)],
            kinds={"greatexpectations", "duckdb"},
            code_version=contract.version,
            partitions_def=half_years,
        )
        for contract in loaded().values()
    ]


def _check_specs() -> list[dg.AssetCheckSpec]:
    """All are blocking, but Dagster stops only at severity ERROR, which a rule has by contract or when GX and the
    gap table disagree."""
    specs = []
    for contract in loaded().values():
        key = quality_key(contract.id)
        for rule in cleansing_rules(contract):
            specs.append(
                dg.AssetCheckSpec(
                    rule.id,
                    asset=key,
                    blocking=True,
                    partitions_def=half_years,
                    description=f"{rule.definisi} Dimensi {DIMENSIONS[rule.dimension]}. Tindak lanjut: {rule.tindak_lanjut}",
                    metadata={"ambang": rule.threshold, "level": rule.level, "penanggung_jawab": rule.penanggung_jawab},
                )
            )
        for name, description in {**SHAPE_CHECKS, GAP_CHECK: GAP_DESCRIPTION}.items():
            specs.append(dg.AssetCheckSpec(name, asset=key, blocking=True, partitions_def=half_years, description=description))
    return specs


@dg.multi_asset(
    name="mutu",
    specs=_specs(),
    check_specs=_check_specs(),
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
)
def mutu(context: dg.AssetExecutionContext, rumah: RumahResource, kontrak: KontrakResource) -> Iterator[Any]:
    """Runs every suite once (importing GX costs seconds, so not once per producer) and reports counts only."""
    periode = Periode.parse(context.partition_key)
    with explained("pemeriksaan mutu"):
        home = rumah.home()
        acquire(home)
        plan = planned(home, periode)
        outcome = run_quality(home, kontrak.all(), plan)
        # Rendered later in the same run; a check points to it so that an engineer finds the words for the count.
        report = dg.MetadataValue.url((home.reports(periode, plan["revisi"]) / "index.html").as_uri())
    for line in outcome.lines:
        context.log.warning(line)
    for contract_id, metadata in outcome.metadata.items():
        yield dg.MaterializeResult(asset_key=quality_key(contract_id), metadata={**metadata, "laporan": report})
    for check in outcome.checks:
        yield dg.AssetCheckResult(
            asset_key=quality_key(check.contract_id),
            check_name=check.name,
            passed=check.passed,
            severity=dg.AssetCheckSeverity.ERROR if check.severity == "ERROR" else dg.AssetCheckSeverity.WARN,
            metadata={**check.metadata, "laporan": report},
        )
