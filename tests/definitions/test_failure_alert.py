"""A failed run reaches the alert sink with its one line (F50: alert sink used by the failure sensor)."""

import json

import dagster as dg
import pytest

from orchestration.defs.automation.sensors import alarm_kegagalan
from orchestration.failures import explain_run
from orchestration.guard import explained
from orchestration.resources import AlarmResource
from padanan.base.errors import DeliveryError


@dg.op
def failing():
    with explained("uji"):
        raise DeliveryError("berkas terpotong", file="inbox/klj/a.xlsx", cure="minta kirim ulang")


@dg.op
def crashing():
    raise ValueError("nilai rahasia 3175094512680007")


@dg.job
def failing_job():
    failing()


@dg.job
def crashing_job():
    crashing()


def failed_run(job, instance):
    result = job.execute_in_process(instance=instance, raise_on_error=False, tags={"padanan/periode": "2025-S2"})
    assert not result.success
    return result


@pytest.mark.feature("F50")
def test_failure_sensor_writes_the_line_to_the_alert_file(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_ALERT_FILE", str(tmp_path / "alarm.jsonl"))
    monkeypatch.setenv("PADANAN_DAGSTER_URL", "https://padanan.invalid/")
    with dg.DagsterInstance.ephemeral() as instance:
        result = failed_run(failing_job, instance)
        context = dg.build_run_status_sensor_context(
            sensor_name="alarm_kegagalan",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
            resources={"alarm": AlarmResource(lingkungan="dev", luar=False)},
        ).for_run_failure()
        alarm_kegagalan(context)
    (line,) = (tmp_path / "alarm.jsonl").read_text().splitlines()
    alert = json.loads(line)
    assert alert["title"] == "Run failing_job gagal"
    assert alert["body"] == "GALAT inbox/klj/a.xlsx: berkas terpotong. Perbaikan: minta kirim ulang"
    assert alert["tags"]["periode"] == "2025-S2" and alert["tags"]["job"] == "failing_job"
    assert alert["link"] == f"https://padanan.invalid/runs/{result.run_id}"


def test_an_unexplained_crash_is_told_without_its_message():
    with dg.DagsterInstance.ephemeral() as instance:
        result = failed_run(crashing_job, instance)
        line = explain_run(instance, result.run_id)
    assert line.startswith("GALAT crashing:") and "Perbaikan:" in line
    assert "3175" not in line
