"""Dagster's runs, events and schedules in a real PostgreSQL, by PADANAN_DAGSTER_DB alone: what the house adds holds there too."""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as Status

from orchestration.event_storage import WRITERS
from orchestration.policies import POOL_WAREHOUSE
from orchestration.postgres_storage import HousePostgresStorage
from orchestration.run_storage import PERIODE_TAG
from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT
from tests.definitions.test_storage_made_once import PROCESSES, _opens
from tests.definitions.test_verdicts_stay import JUDGED, PERIODE, run

pytestmark = pytest.mark.lambat


@pytest.fixture
def in_postgres(postgres_database, monkeypatch):
    monkeypatch.setenv("PADANAN_DAGSTER_DB", postgres_database)
    return postgres_database


def counted(address, table):
    engine = sa.create_engine(address)
    with engine.connect() as con:
        found = con.exec_driver_sql(f"select count(*) from {table}").scalar_one()
    engine.dispose()
    return found


def test_a_run_its_events_its_checks_and_its_label_are_found_there_and_nowhere_else(in_postgres, instance, tmp_path):
    run(instance, unchanged=False)
    (found,) = instance.get_runs()
    assert found.tags[PERIODE_TAG] == "2025-S2" and found.tags["dagster/partition"] == PERIODE
    assert counted(in_postgres, "runs") == 1 and counted(in_postgres, "event_logs") > 5
    assert {pool.name: pool.limit for pool in instance.event_log_storage.get_pool_limits()}[POOL_WAREHOUSE] == WRITERS
    assert not list((tmp_path / "dagster").rglob("*.db"))
    # A process that opens the storage later reads the same run.
    with dg.DagsterInstance.get() as other:
        assert [one.run_id for one in other.get_runs()] == [found.run_id]


def test_a_run_that_found_nothing_new_leaves_the_verdicts_standing(in_postgres, instance):
    for unchanged in (False, True):
        run(instance, unchanged=unchanged)
    newest = instance.event_log_storage.get_latest_asset_check_execution_by_key([JUDGED])[JUDGED]
    assert newest.status == Status.FAILED, "judged in the first run, announced and taken back in the second"


@pytest.mark.lambat
def test_what_somebody_switches_on_by_command_stands_there(in_postgres, instance):
    command = [str(Path(sys.executable).parent / "dagster"), "sensor", "start", "inbox_sensor", "-w", "workspace.yaml"]
    told = subprocess.run(command, cwd=CHECKOUT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-500:]
    assert [one.name for one in instance.all_instigator_state()] == ["inbox_sensor"] and counted(in_postgres, "instigators") == 1


def test_processes_that_start_together_find_one_storage(in_postgres, tmp_path):
    spawn = multiprocessing.get_context("fork")
    together, told = spawn.Barrier(PROCESSES), spawn.Queue()
    processes = [spawn.Process(target=_opens, args=(str(tmp_path / "dagster"), together, told)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    assert [told.get(timeout=60) for _ in processes] == ["made"] * PROCESSES
    for process in processes:
        process.join(60)
    assert counted(in_postgres, "concurrency_limits") == 1


def test_a_server_that_is_not_there_is_told_without_its_password(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(PadananError) as told:
        HousePostgresStorage("postgresql://padanan:rahasia-sekali@127.0.0.1:1/dagster")
    assert "PADANAN_DAGSTER_DB" in str(told.value) and "rahasia-sekali" not in str(told.value)
