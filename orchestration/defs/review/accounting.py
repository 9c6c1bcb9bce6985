"""The row account as a blocking check: nothing is published when a stage lost or invented a row.

Each stage counts for itself in dbt; adding up is `padanan/cleansing/accounting.py`.
"""

import dagster as dg

from orchestration.guard import explained
from orchestration.heads import stage_check
from orchestration.resources import RumahResource
from orchestration.stages import CLEANSING, LANDING, PADANAN, REVIEW
from padanan.base.format import number

COUNTED = (LANDING, CLEANSING, PADANAN)
"""The stages whose rows hand over to one another; review and decree hold people, not records."""

ROW_ACCOUNT = dg.AssetKey([REVIEW, "row_account"])


@stage_check(
    "Per produsen dan tahap: masuk = lanjut + sisih, dan lanjut = masuk tahap berikutnya.",
    asset=ROW_ACCOUNT,
    blocking=True,
    warehouse=True,
)
def baris_utuh(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Fails with the places (stage, producer, numbers); see `account_violations`."""
    with explained("pemeriksaan hitungan baris"):
        from padanan.cleansing.accounting import judged_account

        violations, total = judged_account(rumah.home(), COUNTED)
    for violation in violations[:20]:
        context.log.error(str(violation))
    return dg.AssetCheckResult(
        passed=not violations,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{number(len(violations))} dari {number(total)} hitungan (produsen dan tahap) tidak sama; ambang 0.",
        metadata={"teramati": len(violations), "ambang": 0, "contoh": [str(v) for v in violations[:5]]},
    )
