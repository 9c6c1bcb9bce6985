"""Sensors of the review: a form in its inbox is taken in, a changed log makes the decision's asset anew.

Forms and log are read in `padanan/review`; here is only when.
"""

import json

import dagster as dg

from orchestration.defs.automation.jobs import putusan_periode
from orchestration.defs.automation.sensors import changed_periods, memory_of, tell
from orchestration.defs.review.decision import formulir_reviu
from orchestration.inbox_watch import look
from orchestration.resources import AlarmResource, RumahResource
from orchestration.ticks import INTERVAL_SECONDS, SETTLED_SECONDS, sensor_status


@dg.sensor(
    name="formulir_sensor",
    job=formulir_reviu,
    default_status=sensor_status(),
    minimum_interval_seconds=INTERVAL_SECONDS,
    description="Formulir keputusan baru di inbox/review/ diproses; tanda terimanya ditaruh di sebelahnya.",
)
def formulir_sensor(
    context: dg.SensorEvaluationContext, rumah: RumahResource, alarm: AlarmResource
) -> dg.SensorResult | dg.SkipReason:
    """One run per state of the inbox; a file that may still be copied waits for the next tick, one that can't be read is told."""
    import time

    from padanan.base.errors import safe_reason
    from padanan.review.decision.inbox import FOLDER, pending, state_of

    before = memory_of(context.cursor).get(FOLDER, {})
    try:
        waiting = pending(rumah.home(), settle_seconds=SETTLED_SECONDS)
        found = look(waiting, before, state_of, now=time.time(), settle_seconds=SETTLED_SECONDS)
    except Exception as error:
        text = f"inbox/{FOLDER} tidak dapat dilihat ({safe_reason(error)}). Perbaikan: periksa folder itu, izinnya, dan disknya"
        tell(context, alarm, rumah, "formulir", {FOLDER: text})
        return dg.SkipReason("inbox/review tidak dapat dilihat; lihat log tick")
    tell(context, alarm, rumah, "formulir", {FOLDER: f"inbox/{FOLDER}: {'; '.join(found.faults)}"} if found.faults else {})
    cursor = json.dumps({FOLDER: found.memory}, sort_keys=True)
    if found.key is None:
        context.update_cursor(cursor)
        return dg.SkipReason("tidak ada formulir baru di inbox/review")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"formulir:{found.key}")], cursor=cursor)


@dg.sensor(
    name="putusan_sensor",
    job=putusan_periode,
    default_status=sensor_status(),
    minimum_interval_seconds=INTERVAL_SECONDS,
    description="Catatan reviu yang bertambah membaca ulang putusan periodenya.",
)
def putusan_sensor(context: dg.SensorEvaluationContext, rumah: RumahResource) -> dg.SensorResult | dg.SkipReason:
    """One run per period and content of its log; a broken log fails in that run, with its line."""
    from padanan.records.review_log import states

    return changed_periods(context, states(rumah.home()), "putusan", "catatan reviu tidak berubah")
