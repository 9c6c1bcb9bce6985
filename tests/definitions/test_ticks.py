"""What runs by itself from installation on: everything in `prod`, in `dev` only the alarms."""

import subprocess
import sys

import pytest

ASK = """
from dagster import DefaultSensorStatus as S, DefaultScheduleStatus as C
from orchestration.definitions import defs
repository = defs().get_repository_def()
print(sorted(one.name for one in repository.sensor_defs if one.default_status is S.RUNNING), sep="")
print(sorted(one.name for one in repository.schedule_defs if one.default_status is C.RUNNING), sep="")
"""
ALARMS = ["alarm_kegagalan", "alarm_tik"]
SENSORS = [
    *ALARMS, "formulir_sensor", "inbox_sensor", "lembar_sensor", "pelepasan_sensor", "putusan_sensor", "segel_sensor",
    "umpan_balik_sensor",
]  # fmt: skip
SCHEDULES = [
    "akses_harian", "dtks_bulanan", "kalender_harian", "lp3ke_triwulanan", "padanan_semesteran", "peringatan_harian",
    "siklus_harian",
]  # fmt: skip


@pytest.mark.lambat
@pytest.mark.parametrize(("environment", "on"), [("dev", (ALARMS, [])), ("prod", (SENSORS, SCHEDULES))])
def test_all_run_by_themselves_in_prod_and_only_the_alarms_in_dev(environment, on, monkeypatch):
    monkeypatch.setenv("PADANAN_ENV", environment)
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == [str(names) for names in on]
