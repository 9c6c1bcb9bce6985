"""The row account as a blocking check: nothing is published when a stage lost or invented a row.

Each stage counts for itself in dbt; adding up is `padanan/cleansing/accounting.py`.
"""

import dagster as dg

from orchestration.defs.partitions import half_years
from orchestration.guard import explained
from orchestration.policies import POOL_WAREHOUSE
from orchestration.resources import RumahResource
from orchestration.stages import CLEANSING, LANDING, PADANAN, REVIEW
from padanan.base.format import number

COUNTED = (LANDING, CLEANSING, PADANAN)
"""The stages whose rows hand over to one another; review and decree hold people, not records."""

ROW_ACCOUNT = dg.AssetKey([REVIEW, "row_account"])


@dg.asset_check(
    asset=ROW_ACCOUNT,
    name="baris_utuh",
    blocking=True,
    partitions_def=half_years,
    pool=POOL_WAREHOUSE,
    description="Per produsen dan tahap: masuk = lanjut + sisih, dan lanjut = masuk tahap berikutnya.",
)
def baris_utuh(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Fails with the places (stage, producer, numbers); see `account_violations`."""
    with explained("pemeriksaan hitungan baris"):
        from padanan.base.warehouse import connect_warehouse
        from padanan.cleansing.accounting import account_violations

        with connect_warehouse(rumah.home()) as con:
            violations = account_violations(con, COUNTED)
            total = con.execute("select count(*) from row_account").fetchall()[0][0]
    for violation in violations[:20]:
        context.log.error(str(violation))
    return dg.AssetCheckResult(
        passed=not violations,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{number(len(violations))} dari {number(total)} hitungan (produsen dan tahap) tidak sama; ambang 0.",
        metadata={"teramati": len(violations), "ambang": 0, "contoh": [str(v) for v in violations[:5]]},
    )
