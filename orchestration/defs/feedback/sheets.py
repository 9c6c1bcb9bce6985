"""Filled worklists that come back: a job over `inbox/lembar/`, and the sensor that starts it.

What becomes of a line stands in `padanan/run/sheets`, which files wait in `padanan/run/sheets_inbox`.
"""

import json

import dagster as dg

from orchestration.defs.automation.sensors import memory_of, tell
from orchestration.guard import explained
from orchestration.inbox_watch import look
from orchestration.links import place
from orchestration.resources import AlarmResource, RumahResource
from orchestration.stages import FEEDBACK
from orchestration.ticks import INTERVAL_SECONDS, SETTLED_SECONDS, sensor_status


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
    """One run per state of the inbox; a file that may still be copied waits for the next tick, one that can't be read is told."""
    import time

    from padanan.base.errors import safe_reason
    from padanan.forms.inbox import stamp
    from padanan.run.sheets_inbox import FOLDER, pending

    before = memory_of(context.cursor).get(FOLDER, {})
    try:
        waiting = pending(rumah.home(), settle_seconds=SETTLED_SECONDS)
        found = look(waiting, before, stamp, now=time.time(), settle_seconds=SETTLED_SECONDS)
    except Exception as error:
        text = f"inbox/{FOLDER} tidak dapat dilihat ({safe_reason(error)}). Perbaikan: periksa folder itu, izinnya, dan disknya"
        tell(context, alarm, rumah, "lembar", {FOLDER: text})
        return dg.SkipReason("inbox/lembar tidak dapat dilihat; lihat log tick")
    tell(context, alarm, rumah, "lembar", {FOLDER: f"inbox/{FOLDER}: {'; '.join(found.faults)}"} if found.faults else {})
    cursor = json.dumps({FOLDER: found.memory}, sort_keys=True)
    if found.key is None:
        context.update_cursor(cursor)
        return dg.SkipReason("tidak ada lembar baru di inbox/lembar")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"lembar:{found.key}")], cursor=cursor)
