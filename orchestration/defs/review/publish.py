"""Publishes a revision once everything before it has passed.

Writing and renaming are in `padanan/run/publication.py`; the row account's check is `accounting.py`.
"""

import dagster as dg

from orchestration.dbt_bridge import CALL_2, stage_models
from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.links import place
from orchestration.resources import RumahResource
from padanan.base.period import Periode


@stage_asset(
    "Tabel terbit satu revisi (`published/<periode>/rev-<n>`), ditaruh sekaligus setelah semua lulus.",
    kinds={"parquet", "duckdb"},
    deps=stage_models(CALL_2),
    warehouse=True,
)
def terbitan(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Publishes; unchanged inputs keep the revision that exists.

    Raises:
        dagster.Failure: the warehouse holds another period, or writing failed; nothing half-published.
    """
    periode = Periode.parse(context.partition_key)
    with explained("penerbitan tabel"):
        from orchestration.warehouse import acquire, planned
        from padanan.published.revisions import published_revisions
        from padanan.published.run_plan import read_plan
        from padanan.run.publication import publish

        home = rumah.home()
        acquire(home)
        planned(home, periode)
        folder = publish(home, read_plan(home))
        revisi = int(folder.name.removeprefix("rev-"))
        manifest = dict(published_revisions(home, periode))[revisi]
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
