"""Early warning (F45): series judged and recorded, each alert sent once; beside it the outreach that is missing (F55).

What is judged, and what was told before, is `padanan/feedback/warning`'s.
"""

from datetime import datetime, timedelta

import dagster as dg

from orchestration.defs.feedback.prelist import LINES, day_of
from orchestration.guard import explained
from orchestration.heads import stage_asset, stage_check
from orchestration.resources import AlarmResource, RumahResource
from orchestration.stages import FEEDBACK
from padanan.base.period import JAKARTA

WARNINGS = dg.AssetKey([FEEDBACK, "peringatan"])
SHOWN = 20


@stage_asset(
    "Peringatan dini (F45): angka terbitan dan umpan balik yang berubah tajam atau melewati ambang, disampaikan sekali.",
    kinds={"duckdb"},
    deps=[LINES],
)
def peringatan(context: dg.AssetExecutionContext, rumah: RumahResource, alarm: AlarmResource) -> dg.MaterializeResult[None]:
    """Judges all series up to the period's last day, or up to today while it runs, and sends what began."""
    with explained("penghitungan peringatan dini"):
        from padanan.feedback.warning.run import compute

        home, now = rumah.home(), datetime.now(JAKARTA)
        found = compute(home, day_of(context.partition_key), now=now, progress=context.log.info)
        # Those of the last days too: what a process recorded and died before sending is sent by the next one, nothing twice.
        recent = [one for one in found.standing if one.recorded > now.date() - timedelta(days=3)]
        alerts = {
            f"peringatan|{one.id}": alarm.alert(
                found.rules.rules[one.rule].keterangan if one.rule in found.rules.rules else one.rule,
                f"{one.told}. Aturan {one.rule} {one.version}; dilihat {', '.join(one.viewers)}. Perbaikan: periksa angkanya, "
                f"lalu 'padanan peringatan tanggapi {one.id}'",
                level="peringatan",
                perihal=one.rule,
            )
            for one in recent
        }
        for line in alarm.send_once(home, alerts):
            context.log.warning(line)
    lines = [f"- {one.id}: {one.told}" for one in found.standing[:SHOWN]]
    if len(found.standing) > SHOWN:
        lines.append(f"- … dan {len(found.standing) - SHOWN} lagi: `padanan peringatan daftar`")
    return dg.MaterializeResult(
        metadata={
            "per": found.day.isoformat(),
            "versi_aturan": found.rules.version,
            "deret": len(found.series.points),
            "baru": len(found.begun),
            "berlaku": len(found.standing),
            "peringatan": dg.MetadataValue.md("\n".join(lines) or "tidak ada"),
        }
    )


@stage_check("Setiap peringatan dini yang berlaku sudah ditanggapi seseorang.", asset=WARNINGS)
def peringatan_ditanggapi(rumah: RumahResource) -> dg.AssetCheckResult:
    """What stands and nobody answered."""
    with explained("pemeriksaan peringatan dini"):
        from padanan.feedback.warning.register import alerts

        waiting = [one for one in alerts(rumah.home()) if one.standing and not one.notes]
    return dg.AssetCheckResult(
        passed=not waiting,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"teramati": len(waiting), "ambang": 0, "nomor": ", ".join(one.id for one in waiting[:SHOWN]) or "–"},
    )


@stage_check("Setiap kelurahan dengan orang berhak yang belum menerima program terjangkau sosialisasi.", asset=WARNINGS)
def sosialisasi_menjangkau(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Kelurahan without a session (F55); nothing to judge before a list of F33 is published."""
    with explained("pemeriksaan jangkauan sosialisasi"):
        from padanan.feedback.outreach import coverage_or_none

        found = coverage_or_none(rumah.home(), day_of(context.partition_key))
    listed = [] if found is None else found.forgotten()
    return dg.AssetCheckResult(
        passed=not listed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "teramati": len(listed),
            "ambang": 0,
            "terbitan": found.publication if found else "belum ada",
            "kiriman_sosialisasi": "belum ada" if found is None or found.first is None else f"sejak {found.first.isoformat()}",
            "kelurahan": ", ".join(one.name for one in listed[:SHOWN]) or "–",
        },
    )
