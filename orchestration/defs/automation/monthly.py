"""A schedule for each registry that delivers monthly (§3.1.2.c): what lies in its inbox is landed in the middle of the month.

Which registries those are stands in their contracts; the other schedules are in `schedules.py`.
"""

import dagster as dg

from orchestration.contracts import landing_key, loaded
from orchestration.defs.automation.jobs import landing_produsen
from orchestration.defs.partitions import TIMEZONE, periode_at
from orchestration.ticks import schedule_status
from padanan.contracts.contract import Contract

MONTHLY = "bulanan"


def monthly(contract: Contract) -> dg.ScheduleDefinition:
    """`<contract>_bulanan`: lands the month's delivery; says why not once the registry is no longer in force."""
    name = contract.registry.name if contract.registry else contract.name

    @dg.schedule(
        name=f"{contract.id}_bulanan",
        job=landing_produsen,
        cron_schedule="0 3 16 * *",
        execution_timezone=TIMEZONE,
        default_status=schedule_status(),
        description=f"Tanggal 16 pukul 03.00 WIB: menerima {name} bulan berjalan dan memperbarui status kiriman.",
    )
    def land(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        periode = periode_at(context.scheduled_execution_time)
        if not contract.in_force(periode):
            return dg.SkipReason(f"{name} tidak berlaku pada {periode.label}")
        return dg.RunRequest(
            run_key=f"{contract.id}-{context.scheduled_execution_time:%Y-%m}",
            partition_key=periode.key,
            asset_selection=[landing_key(contract.id)],
            tags={"padanan/periode": periode.label, "padanan/produsen": contract.id},
        )

    return land


@dg.definitions
def monthly_registries() -> dg.Definitions:
    """One schedule a monthly registry."""
    found = [item for item in loaded().values() if item.kind == "registri" and item.cadence == MONTHLY]
    return dg.Definitions(schedules=[monthly(item) for item in found])
