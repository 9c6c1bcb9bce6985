"""dbt call 2: padanan, review tables and the data sasaran, after the rules have been checked and the evidence weighed.

The stage of each model follows from its folder; how dbt is called is in `orchestration/dbt_bridge.py`.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.dbt_bridge import CALL_2, PadananDbt, StageTranslator, manifest, run_dbt
from orchestration.defs.cleansing.gate import GATE
from orchestration.defs.padanan.evidence import EVIDENCE
from orchestration.defs.partitions import PER_PERIODE
from orchestration.policies import POOL_WAREHOUSE
from orchestration.resources import RumahResource


@dbt_assets(
    name="dbt_panggilan_2",
    manifest=manifest(),
    select=f"tag:{CALL_2}",
    # Entry models wait for the gate of the rule checks and for the padanan by evidence, whose files they read.
    dagster_dbt_translator=StageTranslator(after=[GATE, *EVIDENCE]),
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
)
def dbt_panggilan_2(context: dg.AssetExecutionContext, dbt: PadananDbt, rumah: RumahResource) -> Iterator[Any]:
    """Matched records, people, families, overlaps, gap union, row account and data sasaran."""
    yield from run_dbt(context, dbt, rumah.home, what=CALL_2)
