"""Every way that Dagster starts work resolves: all run requests of all sensors and schedules, and each asset alone.

Incident: a check that could not be subset made every landing fail at the tick, and only the sensor's function was tested.
"""

import os
import time
from datetime import datetime

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorType

from orchestration.environment import prepare
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.contract import load_contracts
from padanan.contracts.feedback import load_feedback
from padanan.landing.inbox import process_inbox
from padanan.records.ledger import release
from padanan.review.decision.form import write_form
from tests.definitions.graphql_workspace import PLAN, graphql, launched_alone
from tests.definitions.test_release_sensor import FUTURE, deliver
from tests.distribution.decree_by_hand import seal_decree
from tests.review.decided_by_hand import accept_all, publish
from tests.review.published_by_hand import PERIODE

WHOLE_CHAIN = {"padanan_periode"}
"""Jobs that take minutes: resolved here, run in tests/end_to_end."""


def settled(path, content=b"x\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - 3600,) * 2)


def files_of_two_producers(home):
    for contract_id in ("klj", "carik", "dtks"):
        settled(home.inbox(contract_id) / f"{contract_id}_2025-10.csv")


def decision_form(home):
    publish(home, people=300)
    path = home.inbox("review") / "putusan.yaml"
    write_form(home, PERIODE, 1, path)
    os.utime(path, (time.time() - 3600,) * 2)


def decided_period(home):
    publish(home, people=300)
    accept_all(home)


def released_delivery(home):
    deliver(home, FUTURE)
    (receipt,) = process_inbox(home, load_contracts(), "dtks").receipts
    release(home, load_contracts(), receipt.sha16, by="uji", reason="uji")


def sealed_period(home):
    seal_decree(home, PERIODE)


def field_results(home):
    """Two kinds of feedback: one that nobody is known by yet, one that can't be read."""
    row = "V1,DPPAPP,Siti,04/11/2025,,,Orang Uji,01/02/1970,,DITEMUKAN,,,,,"
    head = ",".join(f'"{column.source}"' for column in load_feedback()["verivali"].columns)
    settled(home.inbox("verivali") / "verivali_2025-11.csv", f"{head}\n{row}\n".encode())
    settled(home.inbox("realisasi") / "realisasi_2025-11.csv")


def filled_worklist(home):
    """What is no workbook: its receipt says so, and the run succeeds."""
    publish(home, people=300)
    settled(home.inbox("lembar") / "31.71.01.1001-gambir.xlsx")


SENSORS = {
    "lembar_sensor": filled_worklist,
    "umpan_balik_sensor": field_results,
    "segel_sensor": sealed_period,
    "inbox_sensor": files_of_two_producers,
    "formulir_sensor": decision_form,
    "putusan_sensor": decided_period,
    "pelepasan_sensor": released_delivery,
}
"""What has to lie in the home for a sensor to ask for runs; a new sensor needs a line here."""

SCHEDULES = {
    "padanan_semesteran": datetime(2025, 12, 1, 2, tzinfo=JAKARTA),
    "dtks_bulanan": datetime(2025, 11, 16, 3, tzinfo=JAKARTA),
    "akses_harian": datetime(2025, 11, 16, 0, 30, tzinfo=JAKARTA),
    "kalender_harian": datetime(2025, 11, 16, 6, tzinfo=JAKARTA),
    "siklus_harian": datetime(2025, 11, 16, 5, tzinfo=JAKARTA),
    "lp3ke_triwulanan": datetime(2026, 1, 1, 4, tzinfo=JAKARTA),
    "peringatan_harian": datetime(2025, 11, 16, 6, 30, tzinfo=JAKARTA),
}
"""A moment at which a schedule asks for a run; a new schedule needs a line here."""


ASKS = {"decree/penetapan"}
"""Assets that can't be started without an answer: the Governor's number and date."""


@pytest.fixture
def home(monkeypatch):
    home = Home.from_env().ensure()
    monkeypatch.setenv("PADANAN_DAGSTER_STORAGE", str(home.root / "dagster"))
    (home.root / "demo.json").write_text("{}")
    return home


def executed(repository, instance, job_name, request):
    """The request resolved as the daemon does it (job and subset), and run unless it is the whole chain."""
    job = repository.get_job(request.job_name or job_name)
    checks = request.asset_check_keys
    subset = job.get_subset(
        asset_selection=set(request.asset_selection or ()), asset_check_selection=set(checks) if checks is not None else None
    )
    if job.name in WHOLE_CHAIN:
        return True
    result = subset.execute_in_process(
        instance=instance, partition_key=request.partition_key, tags=request.tags, run_config=request.run_config or None,
        raise_on_error=False,
    )  # fmt: skip
    wanted = set(request.asset_selection or job.asset_layer.selected_asset_keys)
    assert {event.asset_key for event in result.get_asset_materialization_events()} == wanted
    return result.success


def test_every_sensor_and_schedule_has_a_set_up(repository):
    starters = {one.name for one in repository.sensor_defs if one.sensor_type is not SensorType.RUN_STATUS}
    assert starters == set(SENSORS) | {"alarm_tik"}, "an alarm starts no run"
    assert {one.name for one in repository.schedule_defs} == set(SCHEDULES)


@pytest.mark.lambat
@pytest.mark.feature("F08")
@pytest.mark.parametrize("name", sorted(SENSORS))
def test_every_run_that_a_sensor_asks_for_resolves_and_runs(repository, home, name):
    SENSORS[name](home)
    sensor = repository.get_sensor_def(name)
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.build_sensor_context(
            instance=instance, repository_def=repository, sensor_name=name, resources=repository.get_top_level_resources()
        ) as context:
            tick = sensor.evaluate_tick(context)
        assert tick.run_requests, tick.skip_message
        for request in tick.run_requests:
            assert executed(repository, instance, sensor.job_name, request), request.run_key


@pytest.mark.feature("F08")
@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_every_run_that_a_schedule_asks_for_resolves_and_runs(repository, home, name):
    schedule = repository.get_schedule_def(name)
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.build_schedule_context(
            instance=instance, repository_def=repository, scheduled_execution_time=SCHEDULES[name],
            resources=repository.get_top_level_resources(),
        ) as context:  # fmt: skip
            tick = schedule.evaluate_tick(context)
        assert tick.run_requests, tick.skip_message
        for request in tick.run_requests:
            assert executed(repository, instance, schedule.job_name, request), request.run_key


@pytest.mark.lambat
@pytest.mark.feature("F08")
def test_every_asset_resolves_alone_on_the_ui_launch_path(repository, home, monkeypatch):
    """The plan is what a launch computes before the run exists; a check that can't be subset fails here."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    prepare()
    with graphql() as ask:
        selectors = launched_alone(ask)
        failed = {}
        for key, selector in selectors.items():
            answer = ask(PLAN, pipeline=selector)["executionPlanOrError"]
            if key in ASKS:
                assert answer["__typename"] == "RunConfigValidationInvalid", "the launchpad asks for what has no default"
            elif answer["__typename"] != "ExecutionPlan":
                failed[key] = answer.get("message", answer["__typename"])[:300]
            elif key not in {"/".join(item["path"]) for item in answer["assetKeys"]}:
                failed[key] = "not in its own plan"
    assert failed == {}
    assert set(selectors) == {key.to_user_string() for key in repository.asset_graph.executable_asset_keys}
