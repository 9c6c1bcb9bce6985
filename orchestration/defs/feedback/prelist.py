"""The prelist as all that came back leaves it: one open line a person, late ones, conflicts, events in dispute.

How a line opens and closes is `padanan/feedback/lines`.
"""

from datetime import date

import dagster as dg

from orchestration.calendar_today import today
from orchestration.defs.feedback.kinds import feedback_key
from orchestration.guard import explained
from orchestration.heads import stage_asset, stage_check
from orchestration.resources import RumahResource
from orchestration.stages import FEEDBACK
from padanan.base.period import Periode
from padanan.contracts.feedback import load_feedback

LINES = dg.AssetKey([FEEDBACK, "prelist_berjalan"])


def _day(key: str) -> date:
    """The day whose state is a period's: its last one, or today while it runs."""
    return min(Periode.parse(key).end, today())


@stage_asset(
    "Prelist yang berjalan (F24): baris terbuka, selesai, gugur, terlambat, bersengketa, dari semua yang kembali.",
    kinds={"duckdb"},
    deps=[feedback_key(name) for name in load_feedback()],
)
def prelist_berjalan(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Counts the lines of the period's last day, as known on it."""
    with explained("penyusunan prelist berjalan"):
        from padanan.feedback.cycle import counted

        found = counted(rumah.home(), _day(context.partition_key))
    return dg.MaterializeResult(metadata={"per": _day(context.partition_key).isoformat(), **found.totals()})


@stage_check("Setiap orang punya paling banyak satu baris prelist terbuka.", asset=LINES, blocking=True)
def satu_baris_per_orang(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Lines beside the people who have one."""
    with explained("pemeriksaan prelist berjalan"):
        from padanan.feedback.cycle import counted

        found = counted(rumah.home(), _day(context.partition_key))
    return dg.AssetCheckResult(
        passed=found.lines == found.people, metadata={"baris": found.lines, "orang": found.people, "ambang": 0}
    )


@stage_check("Setiap kiriman umpan balik yang terdaftar ada dan tidak berubah.", asset=LINES, blocking=True)
def peristiwa_utuh(rumah: RumahResource) -> dg.AssetCheckResult:
    """The store of events beside its register."""
    with explained("pembuktian peristiwa"):
        from padanan.records.returned import faults_of_events

        _, faults = faults_of_events(rumah.home(), load_feedback())
    return dg.AssetCheckResult(
        passed=not faults,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"kesalahan": dg.MetadataValue.md("\n".join(f"- {one}" for one in faults) or "tidak ada")},
    )


@stage_check("Tidak ada peristiwa bersengketa atau hasil instansi yang berbeda yang menunggu putusan.", asset=LINES)
def sengketa_diputuskan(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """What waits for a person."""
    with explained("pemeriksaan sengketa"):
        from padanan.feedback.cycle import counted

        found = counted(rumah.home(), _day(context.partition_key))
    return dg.AssetCheckResult(
        passed=not (found.disputes or found.conflicts),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"bersengketa": found.disputes, "orang_berbeda_hasil": found.conflicts, "ambang": 0},
    )
