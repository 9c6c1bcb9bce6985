"""The sensor of seals: a decree that was sealed, from the UI or by command, is distributed.

Seals are read in `padanan/records`; here is only when.
"""

import dagster as dg

from orchestration.defs.automation.jobs import penyaluran_periode
from orchestration.defs.automation.sensors import changed_periods
from orchestration.resources import RumahResource
from orchestration.ticks import INTERVAL_SECONDS, sensor_status


@dg.sensor(
    name="segel_sensor",
    job=penyaluran_periode,
    default_status=sensor_status(),
    minimum_interval_seconds=INTERVAL_SECONDS,
    description="Penetapan yang baru disegel disalurkan: berkas API dan dasbor.",
)
def segel_sensor(context: dg.SensorEvaluationContext, rumah: RumahResource) -> dg.SensorResult | dg.SkipReason:
    """One run per seal; a broken seal fails in that run, with its file."""
    from padanan.records.seals import sealed_counts

    return changed_periods(context, sealed_counts(rumah.home()), "segel", "tidak ada penetapan baru yang disegel")
