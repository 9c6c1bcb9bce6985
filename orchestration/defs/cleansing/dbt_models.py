"""dbt call 1: reference seeds, staging models, gap rows of cleansing, and step 1 of the padanan (by NIK).

The models are in `dbt_project/`; how dbt is called is in `orchestration/dbt_bridge.py`.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.dbt_bridge import CALL_1, PadananDbt, StageTranslator, manifest, run_dbt
from orchestration.defs.partitions import PER_PERIODE
from orchestration.policies import POOL_WAREHOUSE
from orchestration.resources import RumahResource
from orchestration.revisions import PLAN_KEY


@dbt_assets(
    name="dbt_panggilan_1",
    manifest=manifest(),
    select=f"tag:{CALL_1}",
    exclude="tag:uji",
    dagster_dbt_translator=StageTranslator(after=[PLAN_KEY]),
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
)
def dbt_panggilan_1(context: dg.AssetExecutionContext, dbt: PadananDbt, rumah: RumahResource) -> Iterator[Any]:
    """Staging, gap rows and matches by NIK; waits for the run plan, which waits for every delivery."""
    yield from run_dbt(context, dbt, rumah.home, what=CALL_1)
