"""The gate between cleansing and padanan: one asset after every producer's rules, before everything that matches people.

What it looks at is `orchestration/gate.py`.
"""

import dagster as dg

from orchestration.contracts import loaded, quality_key
from orchestration.gate import let_through
from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.resources import RumahResource
from orchestration.stages import CLEANSING
from orchestration.warehouse import planned
from padanan.base.period import Periode

GATE = dg.AssetKey([CLEANSING, "mutu_selesai"])


@stage_asset(
    "Gerbang: aturan mutu semua produsen sudah dinilai untuk rencana ini dan tidak ada penghalang. "
    "Pemadanan menunggu aset ini saja.",
    kinds={"greatexpectations"},
    deps=[quality_key(contract_id) for contract_id in loaded()],
)
def mutu_selesai(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Opens when every producer was judged; skipped by Dagster when a blocking check of this run failed.

    Raises:
        dagster.Failure: started alone, and a producer was not judged for the warehouse's plan or is blocked.
    """
    periode = Periode.parse(context.partition_key)
    with explained("gerbang mutu"):
        judged = let_through(context.instance, periode, loaded(), planned(rumah.home(), periode))
    return dg.MaterializeResult(metadata={"periode": periode.label, "produsen_dinilai": judged})
