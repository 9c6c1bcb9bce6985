"""The sensor of seals: a decree that was sealed, from the UI or by command, is distributed.

Seals are read in `padanan/records`; here is only when.
"""

import json

import dagster as dg

from orchestration.defs.automation.jobs import penyaluran_periode
from orchestration.defs.partitions import half_years
from orchestration.resources import RumahResource
from orchestration.ticks import INTERVAL_SECONDS, sensor_status
from padanan.base.period import Periode


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

    known: dict[str, int] = json.loads(context.cursor or "{}")
    keys = set(half_years.get_partition_keys())
    now = {key: ke for key, ke in sealed_counts(rumah.home()).items() if key in keys}
    requests = [
        dg.RunRequest(run_key=f"segel:{key}:{ke}", partition_key=key, tags={"padanan/periode": Periode.parse(key).label})
        for key, ke in now.items()
        if known.get(key) != ke
    ]
    cursor = json.dumps(now, sort_keys=True)
    if not requests:
        context.update_cursor(cursor)
        return dg.SkipReason("tidak ada penetapan baru yang disegel")
    return dg.SensorResult(run_requests=requests, cursor=cursor)
