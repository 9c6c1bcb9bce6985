"""Sensors of the review: a form in its inbox is taken in, a changed log makes the decision's asset anew.

Forms and log are read in `padanan/review`; here is only when.
"""

import dagster as dg

from orchestration.defs.automation.jobs import putusan_periode
from orchestration.defs.automation.sensors import changed_periods, inbox_tick
from orchestration.defs.review.decision import formulir_reviu
from orchestration.resources import AlarmResource, RumahResource
from orchestration.ticks import INTERVAL_SECONDS, sensor_status


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
    """See `inbox_tick`."""
    from padanan.review.decision.inbox import FOLDER, pending, state_of

    return inbox_tick(context, rumah, alarm, folder=FOLDER, what="formulir", pending=pending, state_of=state_of)


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
