"""Sensors: a file in an inbox starts its producer's landing; a failed run raises an alert.

Taking files in is `padanan/delivery`; sending alerts is `padanan/alert.py`.
"""

import hashlib
import json
from pathlib import Path

import dagster as dg

from orchestration.contracts import landing_key, loaded
from orchestration.defs.automation.jobs import landing_produsen
from orchestration.defs.partitions import periode_at
from orchestration.links import run_page
from orchestration.resources import AlarmResource, RumahResource

SETTLED_SECONDS = 10


def content_hash(path: Path) -> str:
    """sha256 of a file's bytes, first 16 hex digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:16]


def _fingerprint(path: Path) -> tuple[str, str]:
    """A file as the cursor remembers it: hashed name (a name may hold anything) and size with time of change."""
    facts = path.stat()
    return hashlib.sha256(path.name.encode()).hexdigest()[:16], f"{facts.st_size}:{facts.st_mtime_ns}"


@dg.sensor(
    name="inbox_sensor",
    job=landing_produsen,
    minimum_interval_seconds=30,
    description="Berkas baru di inbox seorang produsen menjalankan penerimaan produsen itu untuk periode berjalan.",
)
def inbox_sensor(context: dg.SensorEvaluationContext, rumah: RumahResource) -> dg.SensorResult | dg.SkipReason:
    """One run per content: the run key is the producer and the content's hash.

    A file that is still growing waits for the next tick. The cursor remembers hashed names, sizes and times, so
    that a large file is hashed once only.
    """
    from datetime import UTC, datetime

    from padanan.delivery.inbox import pending

    home = rumah.home()
    now = datetime.now(UTC)
    seen: dict[str, dict[str, str]] = json.loads(context.cursor or "{}")
    remembered: dict[str, dict[str, str]] = {}
    requests = []
    for contract_id in loaded():
        before, after = seen.get(contract_id, {}), {}
        for path in pending(home, contract_id):
            name, facts = _fingerprint(path)
            if before.get(name) == f"{facts}:jalan":
                after[name] = f"{facts}:jalan"
                continue
            if before.get(name) != facts and now.timestamp() - path.stat().st_mtime < SETTLED_SECONDS:
                after[name] = facts
                continue
            after[name] = f"{facts}:jalan"
            requests.append(
                dg.RunRequest(
                    run_key=f"{contract_id}:{content_hash(path)}",
                    partition_key=periode_at(now).key,
                    asset_selection=[landing_key(contract_id)],
                    tags={"padanan/produsen": contract_id, "padanan/periode": periode_at(now).label},
                )
            )
        if after:
            remembered[contract_id] = after
    cursor = json.dumps(remembered, sort_keys=True)
    if not requests:
        context.update_cursor(cursor)
        return dg.SkipReason("tidak ada kiriman baru di inbox")
    return dg.SensorResult(run_requests=requests, cursor=cursor)


@dg.run_failure_sensor(
    name="alarm_kegagalan",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Run yang gagal dikirim ke berkas alarm, surel, dan webhook yang disetel.",
)
def alarm_kegagalan(context: dg.RunFailureSensorContext, alarm: AlarmResource) -> None:
    """Sends the failed step with its one-line cause and cure; never a stack trace or a library's message."""
    from orchestration.failures import explain_run
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
                "periode": run.tags.get("padanan/periode", run.tags.get("dagster/partition", "-")),
                "lingkungan": alarm.lingkungan,
            },
        )
    )
    for sink, reason in result.failed.items():
        context.log.warning(f"alarm lewat {sink} gagal: {reason}")
