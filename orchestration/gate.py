"""Whether the padanan may begin: every producer's rules were judged for this plan, and no blocking check failed.

Judging is `checks.py`; within one run Dagster itself holds back what follows a failed blocking check.
"""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg

from orchestration.contracts import quality_key
from orchestration.failures import failed_checks
from padanan.base.errors import PadananError
from padanan.base.period import Periode
from padanan.contracts.planned import PlanData

JUDGED_PLAN = "rencana"
"""Metadata of a `mutu_*` materialisation: the plan whose rows were judged."""


def plan_mark(plan: PlanData) -> str:
    """What tells one plan from another: the first half of its inputs' hash, in groups so that it resembles no number."""
    from padanan.base.format import fingerprint

    return fingerprint(plan.inputs_hash[:32])


def let_through(instance: dg.DagsterInstance, periode: Periode, contract_ids: Collection[str], plan: PlanData) -> int:
    """Looks at the newest judgement of each producer in the period, whichever run made it.

    Returns:
        How many producers were judged.

    Raises:
        PadananError: a producer was not judged for this plan, or a blocking check of its judgement failed.
    """
    runs: dict[dg.AssetKey, str] = {}
    for contract_id in contract_ids:
        key = quality_key(contract_id)
        wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[periode.key])
        records = instance.fetch_materializations(wanted, limit=1).records
        newest = records[0].asset_materialization if records else None
        mark = newest.metadata.get(JUDGED_PLAN) if newest else None
        if mark is None or mark.value != plan_mark(plan):
            raise PadananError(
                f"aturan mutu {contract_id} belum dinilai untuk rencana {periode.label} ini",
                file=key.to_user_string(),
                cure=f"materialkan {key.to_user_string()} untuk {periode.label}, atau jalankan padanan_periode",
            )
        runs[key] = records[0].run_id
    for run_id in sorted(set(runs.values())):
        failed = [name for name in failed_checks(instance, run_id) if runs.get(_asset_of(name)) == run_id]
        if failed:
            raise PadananError(
                f"{len(failed)} pemeriksaan penghalang gagal ({', '.join(failed[:3])})",
                file="cleansing/mutu_selesai",
                cure="perbaiki penyebabnya, lalu jalankan padanan_periode",
            )
    return len(runs)


def _asset_of(name: str) -> dg.AssetKey:
    return dg.AssetKey.from_user_string(name.rsplit(":", 1)[0])
