"""Filled worklists that come back: a job over `inbox/lembar/`, and the sensor that starts it.

What becomes of a line stands in `padanan/run/sheets`, which files wait in `padanan/run/sheets_inbox`.
"""

import dagster as dg

from orchestration.defs.automation.sensors import inbox_tick
from orchestration.guard import explained
from orchestration.links import place
from orchestration.resources import AlarmResource, RumahResource
from orchestration.stages import FEEDBACK
from orchestration.ticks import INTERVAL_SECONDS, sensor_status


@dg.op(description="Mengambil buku kerja lapangan di inbox/lembar/; setiap berkas mendapat tanda terima di sebelahnya.")
def ambil_lembar(context: dg.OpExecutionContext, rumah: RumahResource) -> None:
    """Takes in every waiting workbook; one with faults is no failed run, its receipt names them by cell.

    Raises:
        dagster.Failure: nothing is published, or the store is broken.
    """
    with explained("pengambilan lembar lapangan"):
        from padanan.run.sheets_inbox import folder_of, process

        home = rumah.home()
        results = process(home)
    left = sum(not result.whole for result in results)
    context.log.info(f"{len(results) - left} lembar diambil utuh, {left} sebagian atau ditolak")
    context.add_output_metadata({"utuh": len(results) - left, "bersisa": left, "folder": place(home, folder_of(home))})


@dg.job(
    name="lembar_lapangan",
    description="Mengambil buku kerja lapangan yang kembali dari inbox/lembar/.",
    tags={"padanan/tahap": FEEDBACK},
    executor_def=dg.in_process_executor,
)
def lembar_lapangan() -> None:
    """One step: the inbox of worklists."""
    ambil_lembar()


@dg.sensor(
    name="lembar_sensor",
    job=lembar_lapangan,
    default_status=sensor_status(),
    minimum_interval_seconds=INTERVAL_SECONDS,
    description="Buku kerja lapangan baru di inbox/lembar/ diambil; tanda terimanya ditaruh di sebelahnya.",
)
def lembar_sensor(
    context: dg.SensorEvaluationContext, rumah: RumahResource, alarm: AlarmResource
) -> dg.SensorResult | dg.SkipReason:
    """See `inbox_tick`."""
    from padanan.forms.inbox import stamp
    from padanan.run.sheets_inbox import FOLDER, pending

    return inbox_tick(context, rumah, alarm, folder=FOLDER, what="lembar", pending=pending, state_of=stamp)
