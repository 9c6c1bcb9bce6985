"""Sensor of decisions on single deliveries: what a person released or let be carried over is landed anew.

The record is `padanan/records/ledger.py`; without this the producer's mark would stay until its next delivery.
"""

import json

import dagster as dg

from orchestration.contracts import landing_key, loaded
from orchestration.defs.automation.jobs import landing_produsen
from orchestration.defs.partitions import half_years, periode_at
from orchestration.resources import RumahResource
from orchestration.ticks import INTERVAL_SECONDS, sensor_status


@dg.sensor(
    name="pelepasan_sensor",
    job=landing_produsen,
    default_status=sensor_status(),
    minimum_interval_seconds=INTERVAL_SECONDS,
    description="Keputusan atas satu kiriman (dilepas, atau dipakai terbawa) memperbarui penerimaan produsennya.",
)
def pelepasan_sensor(context: dg.SensorEvaluationContext, rumah: RumahResource) -> dg.SensorResult | dg.SkipReason:
    """A run for the half-year that a decision concerns and one for the current one: a landing of mixed files, or of a period
    without a partition, put its mark there.

    The run key is the decision's own name, so that a lost cursor starts nothing twice. A broken record fails the tick, which
    `alarm_tik` tells.
    """
    from datetime import UTC, datetime

    from padanan.records.ledger import periods_decided

    try:
        known = set(json.loads(context.cursor or "[]"))
    except (ValueError, TypeError):
        known = set()
    decided = periods_decided(rumah.home())
    keys, current = set(half_years.get_partition_keys()), periode_at(datetime.now(UTC))
    requests = [
        dg.RunRequest(
            run_key=f"pelepasan:{name}:{one.key}",
            partition_key=one.key,
            asset_selection=[landing_key(contract_id)],
            tags={"padanan/produsen": contract_id, "padanan/periode": one.label},
        )
        for name, (contract_id, periode) in decided.items()
        if name not in known and contract_id in loaded()
        for one in sorted({periode, current}, key=lambda one: one.key)
        if one.key in keys
    ]
    cursor = json.dumps(sorted(decided))
    if not requests:
        context.update_cursor(cursor)
        return dg.SkipReason("tidak ada keputusan baru atas kiriman")
    return dg.SensorResult(run_requests=requests, cursor=cursor)
