"""When runs start by the calendar, in Jakarta's time.

Decree dates are agreed in `expectations/plans/`; a test holds the cron lines against them. Days of LP3KE follow from
`expectations/lp3ke.yaml` and are asked for each morning.
"""

from datetime import datetime

import dagster as dg

from orchestration.defs.automation.jobs import (
    lp3ke_triwulan,
    padanan_periode,
    pemeriksaan_akses,
    pemeriksaan_kalender,
    peringatan_dini,
    siklus_pemutakhiran,
)
from orchestration.defs.partitions import TIMEZONE, half_years, periode_at
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


@dg.schedule(
    name="siklus_harian",
    job=siklus_pemutakhiran,
    cron_schedule="0 5 * * *",
    execution_timezone=TIMEZONE,
    default_status=schedule_status(),
    description="Setiap hari pukul 05.00 WIB: prelist hari itu, halaman siklus dan potret baris bagi instansi.",
)
def siklus_harian(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The period is the half-year of the tick."""
    periode = periode_at(_moment(context))
    key = f"siklus-{_moment(context):%Y-%m-%d}"
    return dg.RunRequest(run_key=key, partition_key=periode.key, tags={"padanan/periode": periode.label})


@dg.schedule(
    name="lp3ke_triwulanan",
    job=lp3ke_triwulan,
    cron_schedule="0 4 * * *",
    execution_timezone=TIMEZONE,
    default_status=schedule_status(),
    description="Sehari sesudah triwulan berakhir: LP3KE-nya dibuat. Sehari sesudah tenggatnya: yang belum disampaikan disebut.",
)
def lp3ke_triwulanan(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Most mornings nothing is asked for; which days count is `padanan/feedback/lp3ke/period`'s answer."""
    from padanan.base.period import JAKARTA, Periode
    from padanan.feedback.lp3ke.period import quarter_to_look_at

    day = _moment(context).astimezone(JAKARTA).date()
    quarter = quarter_to_look_at(day)
    if quarter is None:
        return dg.SkipReason("hari ini bukan hari sesudah akhir triwulan atau tenggat LP3KE")
    periode = Periode.of(quarter.end)
    if periode.key not in half_years.get_partition_keys():
        return dg.SkipReason(f"{quarter.label} dari sebelum periode yang ada di sini")
    tags = {"padanan/periode": periode.label, "padanan/triwulan": quarter.label}
    return dg.RunRequest(run_key=f"lp3ke-{quarter.key}-{day.isoformat()}", partition_key=periode.key, tags=tags)


@dg.schedule(
    name="peringatan_harian",
    job=peringatan_dini,
    cron_schedule="30 6 * * *",
    execution_timezone=TIMEZONE,
    default_status=schedule_status(),
    description="Setiap hari pukul 06.30 WIB: deret terbitan dan umpan balik dinilai, peringatan yang baru disampaikan sekali.",
)
def peringatan_harian(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run a day, of the half-year of the tick."""
    moment = _moment(context)
    return dg.RunRequest(run_key=f"peringatan-{moment:%Y-%m-%d}", partition_key=periode_at(moment).key)
