"""At least two decreed periods and two rakor a year: checks on the decree's draft, and the alarm that goes out.

Counting and when it is an alarm are in `padanan/upkeep/calendar/twice.py`.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.calendar_today import today
from orchestration.guard import explained
from orchestration.links import run_page
from orchestration.resources import AlarmResource, KontrakResource, RumahResource
from orchestration.stages import DECREE

DRAFT_KEY = dg.AssetKey([DECREE, "rancangan"])
SUBJECTS = {
    "dua_penetapan_setahun": ("penetapan", "Sedikitnya dua periode ditetapkan setahun (§3.1.4.a)."),
    "dua_rakor_setahun": ("rakor", "Sedikitnya dua rapat koordinasi setahun (§3.2.2.b)."),
}


@dg.multi_asset_check(
    name="dua_kali_setahun",
    # Of a year and of today, not of a half-year, so not partitioned.
    specs=[
        dg.AssetCheckSpec(name, asset=DRAFT_KEY, description=f"{text} Dinilai untuk tahun berjalan dan tahun lalu.")
        for name, (_, text) in SUBJECTS.items()
    ],
    can_subset=True,
)
def dua_kali_setahun(
    context: dg.AssetCheckExecutionContext, rumah: RumahResource, kontrak: KontrakResource, alarm: AlarmResource
) -> Iterator[dg.AssetCheckResult]:
    """Judges this year and the one before, whose alarm falls due when it has ended; new signals go to the alert sinks."""
    with explained("pemeriksaan penetapan dan rakor"):
        from padanan.upkeep.calendar.twice import ALARM
        from padanan.upkeep.calendar.year import build

        home, day = rumah.home(), today()
        found = {year: build(home, kontrak.all(), year, day=day).signals for year in (day.year - 1, day.year)}
        faults = {
            f"{year}|{signal.subject}|{signal.level}": alarm.alert(
                f"{signal.level.capitalize()} {signal.subject} {year}",
                f"{signal.text}. Perbaikan: {signal.cure}",
                level="galat" if signal.level == ALARM else "peringatan",
                tahun=str(year),
                perihal=signal.subject,
            )
            for year, signals in found.items()
            for signal in signals
        }
        for line in alarm.send_once(home, faults, day=day, link=run_page(context.run.run_id)):
            context.log.warning(line)
    for name, (subject, _) in SUBJECTS.items():
        if dg.AssetCheckKey(DRAFT_KEY, name) not in context.selected_asset_check_keys:
            continue
        told = {year: one for year, signals in found.items() for one in signals if one.subject == subject}
        yield dg.AssetCheckResult(
            asset_key=DRAFT_KEY,
            check_name=name,
            passed=not told,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(one.text for one in told.values())
            or f"Tidak ada peringatan {subject} untuk {' dan '.join(map(str, found))}; sedikitnya 2 setahun.",
            metadata={
                "per": day.isoformat(),
                **{f"{year}": f"{one.level}: {one.text}. Perbaikan: {one.cure}" for year, one in told.items()},
            },
        )
