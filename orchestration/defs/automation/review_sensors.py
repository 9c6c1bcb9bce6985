"""Sensors of the review: a form in its inbox is taken in, a changed log makes the decision's asset anew.

Forms and log are read in `padanan/review`; here is only when.
"""

import hashlib
import json
import os
from contextlib import suppress

import dagster as dg

from orchestration.defs.automation.jobs import putusan_periode
from orchestration.defs.partitions import half_years
from orchestration.defs.review.decision import formulir_reviu
from orchestration.inbox_watch import MINIMUM_INTERVAL, SETTLED_SECONDS
from orchestration.policies import sensors_start
from orchestration.resources import RumahResource
from padanan.period import Periode


@dg.sensor(
    name="formulir_sensor",
    job=formulir_reviu,
    minimum_interval_seconds=MINIMUM_INTERVAL,
    default_status=sensors_start(),
    description="Formulir keputusan baru di inbox/review diproses; tanda terimanya ditaruh di sebelahnya.",
)
def formulir_sensor(context: dg.SensorEvaluationContext, rumah: RumahResource) -> dg.SensorResult | dg.SkipReason:
    """One run per state of the inbox; a file that may still be copied waits for the next tick."""
    from padanan.review.inbox import pending

    waiting = pending(rumah.home(), settle_seconds=SETTLED_SECONDS)
    facts = []
    for path in waiting:
        # A form that is taken away while we look is no fault, and keeps no other waiting.
        with suppress(OSError):
            facts.append((os.fsencode(path.name), path.stat().st_size, path.stat().st_mtime_ns))
    state = hashlib.sha256(repr(facts).encode()).hexdigest()[:16] if facts else ""
    if not facts or state == context.cursor:
        return dg.SkipReason("tidak ada formulir baru di inbox/review")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"formulir:{state}")], cursor=state)


@dg.sensor(
    name="putusan_sensor",
    job=putusan_periode,
    minimum_interval_seconds=MINIMUM_INTERVAL,
    default_status=sensors_start(),
    description="Catatan reviu yang bertambah membaca ulang putusan periodenya.",
)
def putusan_sensor(context: dg.SensorEvaluationContext, rumah: RumahResource) -> dg.SensorResult | dg.SkipReason:
    """One run per period and content of its log; a broken log fails in that run, with its line."""
    from padanan.review.log import folder_of

    known: dict[str, str] = json.loads(context.cursor or "{}")
    keys = set(half_years.get_partition_keys())
    now = {}
    for path in sorted(folder_of(rumah.home()).glob("????-??-01.jsonl")):
        if path.stem in keys:
            now[path.stem] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    requests = [
        dg.RunRequest(run_key=f"putusan:{key}:{digest}", partition_key=key, tags={"padanan/periode": Periode.parse(key).label})
        for key, digest in now.items()
        if known.get(key) != digest
    ]
    cursor = json.dumps(now, sort_keys=True)
    if not requests:
        context.update_cursor(cursor)
        return dg.SkipReason("catatan reviu tidak berubah")
    return dg.SensorResult(run_requests=requests, cursor=cursor)
