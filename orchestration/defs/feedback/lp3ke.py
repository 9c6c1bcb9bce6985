"""LP3KE: the first edition of each quarter that is over, and what of it is out or late; files with names, never with every run.

What a matrix holds and when it is due is in `padanan/feedback/lp3ke`.
"""

from datetime import datetime
from typing import Any

import dagster as dg

from orchestration.defs.distribution.files import FILES
from orchestration.defs.feedback.prelist import LINES
from orchestration.guard import explained
from orchestration.heads import stage_asset, stage_check
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import FEEDBACK
from padanan.base.period import JAKARTA, Periode

LP3KE = dg.AssetKey([FEEDBACK, "lp3ke"])


def _now() -> datetime:
    return datetime.now(JAKARTA)


@stage_asset(
    "LP3KE kedua triwulan periode ini (F38-F42): Matriks 1-4 sebagai XLSX dan DOCX dengan suratnya; Matriks 3 memuat nama.",
    kinds={"xlsx", "docx"},
    deps=[FILES, LINES],
)
def lp3ke(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Makes an edition of each quarter that is over and has none; further ones are made by people (`padanan lp3ke make`).

    Raises:
        dagster.Failure: a decree, an event or a register was changed, or the disk is full.
    """
    with explained("pembuatan LP3KE"):
        from padanan.feedback.lp3ke.period import make_due

        home = rumah.home()
        found = make_due(home, Periode.parse(context.partition_key), now=_now(), progress=context.log.info)
    metadata: dict[str, Any] = {"per": _now().date().isoformat()}
    for one in found:
        metadata[one.quarter.label] = one.state if one.folder is None else f"{one.state}: {place(home, one.folder)}"
    return dg.MaterializeResult(metadata=metadata)


@stage_check("Setiap triwulan yang sudah berakhir punya edisi LP3KE.", asset=LP3KE)
def edisi_dibuat(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Warns: no decree stood from which one could be made."""
    with explained("pemeriksaan edisi LP3KE"):
        from padanan.feedback.lp3ke.period import without_edition

        missing = without_edition(rumah.home(), Periode.parse(context.partition_key), _now().date())
    return dg.AssetCheckResult(
        passed=not missing,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"tanpa_edisi": ", ".join(one.label for one in missing) or "tidak ada"},
    )


@stage_check("Semua buku kerja LP3KE yang keluar sudah diterima kembali.", asset=LP3KE)
def matriks_kembali(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Warns: which workbooks are out says `padanan lp3ke status`."""
    with explained("pemeriksaan matriks LP3KE"):
        from padanan.feedback.lp3ke.period import open_of

        found = open_of(rumah.home(), Periode.parse(context.partition_key), _now().date())
    waiting = {one.quarter.label: one.waiting for one in found}
    return dg.AssetCheckResult(
        passed=not sum(waiting.values()),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"belum_kembali": sum(waiting.values()), "ambang": 0, **waiting},
    )


@stage_check("Tidak ada LP3KE yang lewat tenggat menurut kalender pelaporan (§3.6.2.k-l).", asset=LP3KE)
def lp3ke_tepat_waktu(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Warns: a late report is a line for people and stops no run."""
    with explained("pemeriksaan tenggat LP3KE"):
        from padanan.feedback.lp3ke.period import open_of

        found = open_of(rumah.home(), Periode.parse(context.partition_key), _now().date())
    late = [duty for one in found for duty in one.overdue]
    told = "\n".join(f"- {duty.subject}: tenggat {duty.due.isoformat()}, {duty.owner}" for duty in late) or "tidak ada"
    return dg.AssetCheckResult(
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"lewat": len(late), "ambang": 0, "kewajiban": dg.MetadataValue.md(told)},
    )
