"""Publishes a revision once everything before it has passed.

Writing and renaming are in `padanan/run/publication.py`; the row account's check is `accounting.py`.
"""

import dagster as dg

from orchestration.dbt_bridge import CALL_2, stage_models
from orchestration.defs.partitions import PER_PERIODE, half_years
from orchestration.guard import explained
from orchestration.links import place
from orchestration.policies import OWNER, POOL_WAREHOUSE
from orchestration.resources import RumahResource
from orchestration.stages import REVIEW
from padanan.base.period import Periode


@dg.asset(
    key=dg.AssetKey([REVIEW, "terbitan"]),
    group_name=REVIEW,
    deps=stage_models(CALL_2),
    description="Tabel terbit satu revisi (`published/<periode>/rev-<n>`), ditaruh sekaligus setelah semua lulus.",
    owners=[OWNER],
    kinds={"parquet", "duckdb"},
    code_version="1",
    partitions_def=half_years,
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
)
def terbitan(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Publishes; unchanged inputs keep the revision that exists.

    Raises:
        dagster.Failure: the warehouse holds another period, or writing failed; nothing half-published.
    """
    periode = Periode.parse(context.partition_key)
    with explained("penerbitan tabel"):
        import json

        from orchestration.warehouse import acquire, planned
        from padanan.published.run_plan import read_plan
        from padanan.run.publication import publish

        home = rumah.home()
        acquire(home)
        planned(home, periode)
        folder = publish(home, read_plan(home))
        manifest = json.loads((folder / "manifest.json").read_text())
    revisi = int(folder.name.removeprefix("rev-"))
    context.instance.add_run_tags(context.run.run_id, {"padanan/revisi": str(revisi)})
    rows = {name: table.get("rows", 0) for name, table in manifest.get("tables", {}).items()}
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": revisi,
            "folder": place(home, folder),
            "dagster/row_count": sum(rows.values()),
            "dagster/partition_row_count": sum(rows.values()),
            **{f"baris_{name}": count for name, count in rows.items()},
        }
    )
