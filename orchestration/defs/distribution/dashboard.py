"""The public dashboards of what was decreed.

What stands on them is in `padanan/distribution/dashboard`.
"""

import dagster as dg

from orchestration.defs.distribution.files import FILES
from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.links import place
from orchestration.resources import RumahResource
from padanan.base.period import Periode


@stage_asset(
    "Dasbor untuk umum: profil kemiskinan, wilayah, program, kebutuhan, tren, dan tabel unduhan dengan metadatanya.",
    kinds={"html", "xlsx", "parquet"},
    deps=[FILES],
)
def dasbor(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Makes the dashboards of all decrees that are shown; the same decrees give the same bytes.

    Raises:
        dagster.Failure: no decree is shown, or a prepared file was changed.
    """
    with explained("pembuatan dasbor"):
        from padanan.distribution.dashboard.make import make_dashboard

        home = rumah.home()
        page = make_dashboard(home, say=context.log.info)
        pages = len(list(page.parent.glob("*.html")))
    label = Periode.parse(context.partition_key).label
    return dg.MaterializeResult(metadata={"periode": label, "halaman": pages, "folder": place(home, page.parent)})
