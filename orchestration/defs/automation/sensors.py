"""Sensors: a file in an inbox starts its producer's landing; a failed run or a failed tick raises an alert.

Which files ask for a landing is decided in `orchestration/inbox_watch.py`; sending alerts is `padanan/alert.py`.
"""

import json

import dagster as dg

from orchestration.calendar_today import today
from orchestration.contracts import landing_key, loaded
from orchestration.defs.automation.jobs import landing_produsen
from orchestration.defs.partitions import half_years, periode_at
from orchestration.health import failed_ticks
from orchestration.inbox_watch import MINIMUM_INTERVAL, look
from orchestration.links import run_page
from orchestration.policies import sensors_start
from orchestration.resources import AlarmResource, RumahResource


@dg.sensor(
    name="inbox_sensor",
    job=landing_produsen,
    minimum_interval_seconds=MINIMUM_INTERVAL,
    default_status=sensors_start(),
    description="Berkas baru di inbox seorang produsen menjalankan penerimaannya, untuk periode datanya bila terbaca.",
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, rumah: RumahResource, alarm: AlarmResource
) -> dg.SensorResult | dg.SkipReason:
    """One run per content of a file and its letter; a fault of one producer's inbox keeps no other waiting.

    A file that is still growing waits for the next tick; one that is still there after its run (no answer of its source, say)
    is tried again, after 15 minutes and then ever more seldom.
    """
    from datetime import UTC, datetime

    from padanan.alert import Alert, send_new

    home, now = rumah.home(), datetime.now(UTC)
    seen = json.loads(context.cursor or "{}")
    found = look(home, loaded(), seen, now, set(half_years.get_partition_keys()), periode_at(now))
    for name, line in found.faults.items():
        context.log.warning(line)
        alert = Alert(title="Inbox tidak terbaca", body=line, level="peringatan", tags={"lingkungan": alarm.lingkungan})
        send_new(home, {name: alert}, today(), alarm.send)
    cursor = json.dumps(found.seen, sort_keys=True)
    if not found.wanted:
        context.update_cursor(cursor)
        return dg.SkipReason("tidak ada kiriman baru di inbox")
    requests = [
        dg.RunRequest(
            run_key=item.run_key,
            partition_key=item.periode.key,
            asset_selection=[landing_key(item.contract_id)],
            tags={"padanan/produsen": item.contract_id, "padanan/periode": item.periode.label},
        )
        for item in found.wanted
    ]
    return dg.SensorResult(run_requests=requests, cursor=cursor)


@dg.sensor(
    name="alarm_tik",
    minimum_interval_seconds=60,
    default_status=sensors_start(always=True),
    description="Sensor atau jadwal yang tiknya gagal dikirim ke berkas alarm, surel, dan webhook yang disetel.",
)
def alarm_tik(context: dg.SensorEvaluationContext, rumah: RumahResource, alarm: AlarmResource) -> dg.SkipReason:
    """One alarm for each sensor or schedule whose last tick failed; its own are seen by `orchestration.watch` only."""
    from padanan.alert import send_new

    alerts = failed_ticks(context.instance, alarm.lingkungan)
    for name in send_new(rumah.home(), alerts, today(), alarm.send):
        context.log.warning(alerts[name].title)
    return dg.SkipReason(f"{len(alerts)} sensor atau jadwal gagal pada tik terakhirnya")


@dg.run_failure_sensor(
    name="alarm_kegagalan",
    default_status=sensors_start(always=True),
    description="Run yang gagal dikirim ke berkas alarm, surel, dan webhook yang disetel.",
)
def alarm_kegagalan(context: dg.RunFailureSensorContext, alarm: AlarmResource) -> None:
    """Sends the failed step with its one-line cause and cure; never a stack trace or a library's message."""
    from orchestration.failures import explain_run
    from orchestration.run_storage import period_of
    from padanan.alert import Alert

    run = context.dagster_run
    explanation = explain_run(context.instance, run.run_id)
    result = alarm.send(
        Alert(
            title=f"Run {run.job_name} gagal",
            body=explanation,
            link=run_page(run.run_id),
            tags={
                "job": run.job_name,
                "run": run.run_id,
                "periode": period_of(run.tags) or "-",
                "lingkungan": alarm.lingkungan,
            },
        )
    )
    for sink, reason in result.failed.items():
        context.log.warning(f"alarm lewat {sink} gagal: {reason}")
