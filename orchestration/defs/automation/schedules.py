"""When runs start by the calendar, in Jakarta's time.

Decree dates are agreed in `expectations/plans/`; a test holds the cron lines against them.
"""

from datetime import datetime

import dagster as dg

from orchestration.defs.automation.jobs import padanan_periode, pemeriksaan_akses, pemeriksaan_kalender
from orchestration.defs.partitions import TIMEZONE, periode_at
from orchestration.ticks import schedule_status


def _moment(context: dg.ScheduleEvaluationContext) -> datetime:
    return context.scheduled_execution_time


@dg.schedule(
    name="padanan_semesteran",
    job=padanan_periode,
    cron_schedule="0 2 1 6,12 *",
    execution_timezone=TIMEZONE,
    default_status=schedule_status(),
    description="1 Juni dan 1 Desember pukul 02.00 WIB, sedikitnya dua pekan sebelum tanggal penetapan.",
)
def padanan_semesteran(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The period that is being prepared is the half-year of the tick."""
    periode = periode_at(_moment(context))
    return dg.RunRequest(run_key=f"semesteran-{periode.key}", partition_key=periode.key, tags={"padanan/periode": periode.label})


@dg.schedule(
    name="kalender_harian",
    job=pemeriksaan_kalender,
    cron_schedule="0 6 * * *",
    execution_timezone=TIMEZONE,
    default_status=schedule_status(),
    description="Setiap hari pukul 06.00 WIB: kiriman yang lewat tenggat, dua penetapan dan dua rakor setahun.",
)
def kalender_harian(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run a day."""
    return dg.RunRequest(run_key=f"kalender-{_moment(context):%Y-%m-%d}")


@dg.schedule(
    name="akses_harian",
    job=pemeriksaan_akses,
    cron_schedule="30 0 * * *",
    execution_timezone=TIMEZONE,
    default_status=schedule_status(),
    description="Setiap hari pukul 00.30 WIB: catatan akses API dibuktikan, kepalanya ditandai, yang tidak utuh diberitahukan.",
)
def akses_harian(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run a day."""
    return dg.RunRequest(run_key=f"akses-{_moment(context):%Y-%m-%d}")
