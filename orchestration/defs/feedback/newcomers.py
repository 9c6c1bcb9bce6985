"""Newcomers that the field told of, compared with everybody of the newest publication before the prelist is folded.

How they are compared is in `padanan/feedback/newcomers`, what people decide about them in `padanan/feedback/links`.
"""

from datetime import datetime

import dagster as dg

from orchestration.defs.feedback.kinds import feedback_key
from orchestration.guard import explained
from orchestration.heads import stage_asset, stage_check
from orchestration.resources import RumahResource
from orchestration.stages import FEEDBACK
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.feedback import load_feedback

KNOWN = dg.AssetKey([FEEDBACK, "warga_dikenali"])


@stage_asset(
    "Warga baru dari lapangan dibandingkan dengan semua orang pada terbitan terbaru; yang pasti ditautkan, lainnya menunggu.",
    kinds={"jsonl"},
    deps=[feedback_key(name) for name in load_feedback()],
)
def warga_dikenali(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Compares those who are not linked yet, whatever period the run is of; what was found already is not recorded again.

    Raises:
        dagster.Failure: an event, a landed row, the publication or the register was changed.
    """
    with explained("pengenalan warga baru"):
        from padanan.feedback.newcomers import compare, told
        from padanan.feedback.people import newest

        home, label = rumah.home(), Periode.parse(context.partition_key).label
        if newest(home) is None:
            return dg.MaterializeResult(metadata={"periode": label, "keadaan": "belum ada terbitan untuk dibandingkan"})
        found = compare(home, now=datetime.now(JAKARTA), progress=context.log.info)
    return dg.MaterializeResult(metadata={"periode": label, "keadaan": "dibandingkan", **told(found)})


@stage_check("Tidak ada warga baru yang mungkin sudah ada di data dan menunggu keputusan dua orang.", asset=KNOWN)
def calon_diputuskan(rumah: RumahResource) -> dg.AssetCheckResult:
    """Warns: until somebody decides, a newcomer stays one of their own, and nobody is lost."""
    with explained("pemeriksaan calon"):
        from padanan.feedback.links import standing

        queue = standing(rumah.home()).queue
    return dg.AssetCheckResult(
        passed=not queue,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"warga_menunggu": len({one.sementara for one in queue}), "pasangan": len(queue), "ambang": 0},
    )
