"""Finds published revisions and whether their run passed every blocking check.

Publishing is `padanan/run/publication.py`; freezing is `padanan/decree`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.failures import failed_checks
from orchestration.stages import LANDING, REVIEW
from padanan.base.errors import PadananError
from padanan.base.period import Periode

if TYPE_CHECKING:
    from padanan.base.home import Home

UNCHANGED = "padanan/tidak_berubah"
"""Tag of a run whose plan found nothing new: what follows the plan is skipped."""

PLAN_KEY, PUBLISHED_KEY = dg.AssetKey([LANDING, "rencana"]), dg.AssetKey([REVIEW, "terbitan"])


def from_scratch(context: dg.AssetExecutionContext) -> bool:
    """Whether the run was told to build the warehouse anew (`PlanConfig.bangun_ulang`): then nothing that was kept counts."""
    config: Mapping[str, Any] = context.run.run_config
    told: Mapping[str, Any] = config.get("ops", {}).get("__".join(PLAN_KEY.path), {}).get("config", {})
    return bool(told.get("bangun_ulang"))


def stands(instance: dg.DagsterInstance, home: Home, periode: Periode, revisi: int) -> bool:
    """Whether a revision lacks nothing that a run would make: published, reported on, and its checks recorded here."""
    from padanan.review.decision.form import FORM

    report = home.reports(periode, revisi)
    if not all((report / name).exists() for name in ("index.html", FORM)):
        return False
    try:
        return checks_of_revision(instance, periode, revisi)[0] > 0
    except PadananError:
        return False


def run_is_unchanged(context: dg.AssetExecutionContext) -> bool:
    """Whether this run's plan found nothing new. The run's record is asked, for its tags were added while it ran."""
    run = context.instance.get_run_by_id(context.run.run_id)
    return run is not None and UNCHANGED in run.tags


def mark_unchanged(context: dg.AssetExecutionContext) -> None:
    """Says that this run's plan found nothing new, so that what follows it is skipped and its verdicts stay those of before."""
    from orchestration.event_storage import HouseEvents

    context.instance.add_run_tags(context.run.run_id, {UNCHANGED: "ya"})
    storage = context.instance.event_log_storage
    if isinstance(storage, HouseEvents):
        storage.forget_planned_checks(context.run.run_id)


def checks_of_revision(instance: dg.DagsterInstance, periode: Periode, revisi: int) -> tuple[int, list[str]]:
    """The checks of the run that published a revision.

    Returns:
        How many checks were evaluated, and the names (`asset:check`) of the ERROR checks that failed.

    Raises:
        PadananError: no run of this Dagster storage published that revision.
    """
    published = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=PUBLISHED_KEY, asset_partitions=[periode.key]), limit=50
    ).records
    for record in published:
        materialization = record.asset_materialization
        if materialization is None or materialization.metadata["revisi"].value != revisi:
            continue
        evaluated = instance.get_records_for_run(record.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
        if not evaluated:
            # Somebody materialised the publication alone; the run that made it stands before.
            continue
        return len(evaluated), failed_checks(instance, record.run_id)
    raise PadananError(
        f"tidak ada catatan pemeriksaan untuk {periode.label} revisi {revisi}",
        cure=f"jalankan job padanan_periode untuk {periode.label} pada instans Dagster ini",
    )
