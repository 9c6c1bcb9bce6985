"""Every way that Dagster starts something works: each run request against its job, each asset alone as the UI launches it.

The sensor's function alone was tested once, and no landing could be started for months: requests are resolved and executed here.
"""

import json
import os
from datetime import datetime

import dagster as dg
import pytest

from orchestration.resources import AlarmResource, KontrakResource, RumahResource
from padanan.home import Home
from padanan.period import JAKARTA
from tests.definitions.graphql_workspace import graphql
from tests.review.published_by_hand import write_published

WHOLE_CHAIN = {"padanan_periode"}
"""Jobs that are resolved here and run in tests/end_to_end: they need every producer's delivery."""

MOMENTS = [datetime(2025, 10, 16, 3, tzinfo=JAKARTA), datetime(2025, 12, 1, 2, tzinfo=JAKARTA)]


@pytest.fixture
def home(monkeypatch):
    monkeypatch.setenv("PADANAN_ENV", "dev")
    return Home.from_env().ensure()


def resources():
    return {"rumah": RumahResource(), "kontrak": KontrakResource(), "alarm": AlarmResource(lingkungan="dev", luar=False)}


def a_delivery(home):
    folder = home.inbox("klj")
    folder.mkdir(parents=True)
    path = folder / "klj_2025-11.csv"
    path.write_bytes(b"bukan kiriman")
    os.utime(path, (1, 1))


def a_form(home):
    folder = home.root / "inbox" / "review"
    folder.mkdir(parents=True)
    path = folder / "putusan.yaml"
    path.write_text("bukan formulir\n")
    os.utime(path, (1, 1))


def a_decision(home):
    from padanan.period import Periode
    from padanan.review.log import writing

    write_published(home, people=200)
    with writing(home, Periode(2025, 2)) as transaction:
        entry = {"revisi": 1, "tindakan": "perbaiki", "alasan": ["uji"]}
        transaction.commit(transaction.compose([entry], datetime(2025, 12, 1, tzinfo=JAKARTA)))


SET_UPS = {"inbox_sensor": a_delivery, "formulir_sensor": a_form, "putusan_sensor": a_decision}
"""What must lie there for a sensor to ask for a run; one that never asks for any stands in `ASKS_NOTHING`."""
ASKS_NOTHING = {"alarm_kegagalan", "alarm_tik"}


def requests_of(instance, repository, sensor):
    context = dg.build_sensor_context(instance=instance, repository_def=repository, resources=resources())
    return sensor.evaluate_tick(context).run_requests


def run(repository, instance, job_name, request):
    """Resolves the request against its job as the daemon does, and executes what it selects."""
    job = repository.get_job(job_name)
    if request.asset_selection is not None or request.asset_check_keys is not None:
        checks = set(request.asset_check_keys) if request.asset_check_keys is not None else None
        job = job.get_subset(asset_selection=set(request.asset_selection or ()), asset_check_selection=checks)
    if job_name in WHOLE_CHAIN:
        assert len(list(job.all_node_defs)) > 20
        return None
    result = job.execute_in_process(
        instance=instance,
        partition_key=request.partition_key,
        tags=request.tags,
        run_config=request.run_config,
        raise_on_error=False,
    )
    assert result.success, [event.message for event in result.all_events if event.is_failure]
    return result


@pytest.mark.feature("F08")
def test_every_sensors_requests_resolve_and_run(repository, home):
    names = {sensor.name for sensor in repository.sensor_defs}
    assert names == set(SET_UPS) | ASKS_NOTHING, "a new sensor needs a set-up here"
    for sensor in repository.sensor_defs:
        if sensor.name in ASKS_NOTHING:
            continue
        SET_UPS[sensor.name](home)
        with dg.DagsterInstance.ephemeral() as instance:
            requests = requests_of(instance, repository, sensor)
            assert requests, sensor.name
            for request in requests:
                assert run(repository, instance, sensor.job_name, request) is not None
    # What the landing was started for: the file is no longer waiting, and its fate is a failed check with its own receipt.
    assert list((home.root / "quarantine" / "klj").glob("*/tanda_terima.md"))


@pytest.mark.feature("F03")
def test_every_schedules_requests_resolve_and_run(repository, home):
    asked = set()
    for schedule in repository.schedule_defs:
        for moment in MOMENTS:
            with dg.DagsterInstance.ephemeral() as instance:
                context = dg.build_schedule_context(
                    instance=instance, scheduled_execution_time=moment, repository_def=repository, resources=resources()
                )
                for request in schedule.evaluate_tick(context).run_requests:
                    asked.add(schedule.name)
                    run(repository, instance, schedule.job_name, request)
    assert asked == {schedule.name for schedule in repository.schedule_defs}, "each asked for a run on one of the moments"


@pytest.mark.feature("F08")
def test_a_rejected_delivery_is_a_failed_check_with_its_own_receipt_and_one_alarm(repository, home):
    a_delivery(home)
    landing = dg.AssetKey(["landing", "klj"])
    job = repository.get_job("landing_produsen").get_subset(asset_selection={landing})
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            result = job.execute_in_process(instance=instance, partition_key="2025-07-01")
    checks = {one.check_name: one for one in result.get_asset_check_evaluations() if one.asset_key == landing}
    assert checks["baris_utuh"].passed and not checks["kiriman_aktif"].passed
    bad = checks["kiriman_ditolak"]
    assert not bad.passed and bad.severity == dg.AssetCheckSeverity.WARN and bad.metadata["gagal"].value == 1
    told = bad.metadata["rincian"].value
    [receipt] = (home.root / "quarantine" / "klj").glob("*/tanda_terima.md")
    assert receipt.relative_to(home.root).as_posix() in told and "Perbaikan:" in told and str(home.root) not in told
    alarms = [json.loads(line) for line in (home.root / "logs" / "alarm.jsonl").read_text().splitlines()]
    own = [alarm for alarm in alarms if alarm["tags"].get("produsen") == "klj"]
    assert len(own) == 1 and "karantina" in own[0]["title"] and "Perbaikan:" in own[0]["body"]


def use_instance(home, monkeypatch):
    """The persistent instance of dagster.yaml, its storage inside the home."""
    from orchestration.environment import prepare

    monkeypatch.setenv("PADANAN_DAGSTER_STORAGE", str(home.root / "dagster"))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    prepare()


LAUNCHABLE = """query($assetKeys: [AssetKeyInput!]) { assetNodes(assetKeys: $assetKeys) {
  assetKey { path } jobNames opNames assetChecksOrError { ... on AssetChecks { checks { name jobNames } } } } }"""
PLAN = """query($pipeline: PipelineSelector!, $mode: String!, $config: RunConfigData!) {
  executionPlanOrError(pipeline: $pipeline, mode: $mode, runConfigData: $config) {
    __typename ... on ExecutionPlan { steps { key } } ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } } } }"""


def test_each_asset_alone_resolves_from_the_uis_launch_path(repository, home, monkeypatch):
    """As the UI sends it: the implicit job, one asset, and all the checks that stand on it."""
    use_instance(home, monkeypatch)
    failed = {}
    with graphql() as ask:
        nodes = ask(LAUNCHABLE, assetKeys=None)["assetNodes"]
        assert len(nodes) >= 85
        for node in nodes:
            path = node["assetKey"]["path"]
            checks = [
                {"assetKey": {"path": path}, "name": check["name"]} for check in node["assetChecksOrError"].get("checks", [])
            ]
            [job] = [name for name in node["jobNames"] if name.startswith("__ASSET_JOB")]
            selector = {
                "repositoryLocationName": "padanan",
                "repositoryName": "__repository__",
                "pipelineName": job,
                "assetSelection": [{"path": path}],
                "assetCheckSelection": checks,
            }
            plan = ask(PLAN, pipeline=selector, mode="default", config={})["executionPlanOrError"]
            name = "/".join(path)
            if plan["__typename"] == "RunConfigValidationInvalid":
                # The Governor's decree: number and date have no default, and are asked for.
                assert name == "decree/penetapan", plan
            elif plan["__typename"] != "ExecutionPlan" or not plan["steps"]:
                failed[name] = plan
    assert not failed


def test_default_states_are_those_of_the_environment(monkeypatch):
    from orchestration.policies import schedules_start, sensors_start

    for environment, running in (("prod", True), ("dev", False)):
        monkeypatch.setenv("PADANAN_ENV", environment)
        assert (sensors_start() == dg.DefaultSensorStatus.RUNNING) is running
        assert (schedules_start() == dg.DefaultScheduleStatus.RUNNING) is running
        assert sensors_start(always=True) == dg.DefaultSensorStatus.RUNNING


def test_in_prod_every_sensor_and_schedule_runs_from_installation_on(tmp_path):
    import subprocess
    import sys

    code = (
        "from orchestration.definitions import defs; r = defs().get_repository_def();"
        "print(sorted({i.default_status.value for i in [*r.sensor_defs, *r.schedule_defs]}))"
    )
    env = {
        **os.environ,
        "PADANAN_ENV": "prod",
        "PADANAN_HOME": str(tmp_path / "data"),
        "PADANAN_DAGSTER_STORAGE": str(tmp_path / "d"),
    }
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['RUNNING']"


def test_a_failed_tick_is_an_alarm_until_a_tick_succeeds(home, monkeypatch):
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
    from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, TickData, TickStatus
    from dagster._utils.error import SerializableErrorInfo

    from orchestration.health import failed_ticks

    origin = RemoteInstigatorOrigin(
        RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("padanan"), "__repository__"), "inbox_sensor"
    )
    use_instance(home, monkeypatch)
    with dg.DagsterInstance.get() as instance:
        state = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING)
        instance.add_instigator_state(state)
        assert failed_ticks(instance, "dev") == {}
        for number, (status, alarm) in enumerate(((TickStatus.SUCCESS, 0), (TickStatus.FAILURE, 1), (TickStatus.SUCCESS, 0))):
            instance.create_tick(
                TickData(
                    instigator_origin_id=state.instigator_origin_id,
                    instigator_name="inbox_sensor",
                    instigator_type=InstigatorType.SENSOR,
                    status=status,
                    timestamp=1_700_000_000.0 + 60 * number,
                    selector_id=state.selector_id,
                    run_ids=[],
                    error=SerializableErrorInfo("galat", [], "Error") if status == TickStatus.FAILURE else None,
                )
            )
            found = failed_ticks(instance, "dev")
            assert len(found) == alarm and all(one.title == "Tik inbox_sensor gagal" for one in found.values())


def test_a_code_location_that_does_not_load_is_an_alarm(tmp_path, monkeypatch):
    from orchestration.watch import location_fault
    from padanan.contract import expectations_dir

    assert location_fault("dev") == {}
    import shutil

    shutil.copytree(expectations_dir(), tmp_path / "expectations")
    broken = tmp_path / "expectations" / "contracts" / "klj.yaml"
    broken.write_text(broken.read_text().replace("satuan, value: orang", "satuan, value: siapa"))
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(tmp_path / "expectations"))
    (alert,) = location_fault("dev").values()
    assert "tidak dapat dimuat" in alert.title and "klj.yaml" in alert.body and "satuan tidak dikenal" in alert.body
