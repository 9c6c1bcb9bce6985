"""After a run that found nothing new the UI shows the verdicts of the run before.

Dagster announces every check of a run; one that is announced and not judged was shown as skipped, in place of its last verdict.
"""

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as Status

from orchestration.defs.partitions import half_years
from orchestration.heads import check_spec
from orchestration.revisions import mark_unchanged, run_is_unchanged

pytestmark = pytest.mark.lambat

FILE, PLAN, MODEL = (dg.AssetKey(path) for path in (["landing", "berkas"], ["landing", "uji"], ["review", "uji"]))
LANDED, SEEN, JUDGED = dg.AssetCheckKey(FILE, "utuh"), dg.AssetCheckKey(PLAN, "terlihat"), dg.AssetCheckKey(MODEL, "cocok")
PERIODE = "2025-07-01"


class Told(dg.Config):
    unchanged: bool = False


@dg.asset(key=FILE, partitions_def=half_years, check_specs=[check_spec(LANDED.name, FILE, "uji")])
def file():
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name=LANDED.name, passed=True)])


@dg.asset(key=PLAN, partitions_def=half_years, deps=[FILE])
def plan(context: dg.AssetExecutionContext, config: Told):
    if config.unchanged:
        mark_unchanged(context)


@dg.asset_check(asset=PLAN, name=SEEN.name, partitions_def=half_years)
def seen():
    return dg.AssetCheckResult(passed=True)


@dg.multi_asset(
    specs=[dg.AssetSpec(MODEL, deps=[PLAN], skippable=True, partitions_def=half_years)],
    check_specs=[check_spec(JUDGED.name, MODEL, "uji")],
    can_subset=True,
)
def model(context: dg.AssetExecutionContext):
    if not run_is_unchanged(context):
        yield dg.MaterializeResult(asset_key=MODEL)
        yield dg.AssetCheckResult(asset_key=MODEL, check_name=JUDGED.name, passed=False, severity=dg.AssetCheckSeverity.WARN)


def run(instance, unchanged):
    job = dg.Definitions(
        assets=[file, plan, model], asset_checks=[seen], jobs=[dg.define_asset_job("uji", selection=dg.AssetSelection.all())],
        executor=dg.in_process_executor,
    ).resolve_job_def("uji")  # fmt: skip
    told = {"ops": {"landing__uji": {"config": {"unchanged": unchanged}}}}
    return job.execute_in_process(instance=instance, partition_key=PERIODE, run_config=told).run_id


def latest(instance, key):
    record = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    return record.status, record.run_id


def test_the_verdict_of_the_run_before_stays_the_last_one(instance):
    first = run(instance, unchanged=False)
    assert latest(instance, JUDGED) == (Status.FAILED, first)
    second = run(instance, unchanged=True)
    assert latest(instance, JUDGED) == (Status.FAILED, first), "announced by the second run, judged by the first"
    # What the second run did judge is its own: before the plan, and after it, which had taken the announcement back.
    assert latest(instance, LANDED) == latest(instance, SEEN) == (Status.SUCCEEDED, second)
    third = run(instance, unchanged=False)
    assert latest(instance, JUDGED) == (Status.FAILED, third)
