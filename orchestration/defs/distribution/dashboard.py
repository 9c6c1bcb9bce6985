"""The public dashboards of what was decreed.

What stands on them is in `padanan/distribution/dashboard`.
"""

import dagster as dg

from orchestration.defs.distribution.files import FILES
from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import DISTRIBUTION, REVIEW
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


BANSOS = dg.AssetKey([DISTRIBUTION, "dasbor_bansos"])


@stage_asset(
    "Dashboard Bansos dari padanan yang diterima pada reviu, bukan dari penetapan: program, asal, tumpang tindih, wilayah (F53).",
    kinds={"html", "xlsx", "parquet"},
    deps=[dg.AssetKey([REVIEW, "putusan"])],
)
def dasbor_bansos(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Makes it anew where the period has an accepted revision; where it has none, says so and writes nothing.

    Raises:
        dagster.Failure: the log of the review is broken, or a table of the revision was changed.
    """
    periode = Periode.parse(context.partition_key)
    with explained("pembuatan Dashboard Bansos"):
        from padanan.distribution.bansos import has_accepted
        from padanan.distribution.dashboard.make import make_bansos
        from padanan.published.opened import NotPublished

        home = rumah.home()
        if not has_accepted(home, periode):
            return dg.MaterializeResult(metadata={"periode": periode.label, "keadaan": "belum ada revisi yang diterima"})
        try:
            page = make_bansos(home, periode, say=context.log.info)
        except NotPublished as older:
            # A revision of before the dashboard stays what it is; nothing of the distribution waits for it.
            return dg.MaterializeResult(metadata={"periode": periode.label, "keadaan": f"tidak dibuat: {older.cause}"})
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "keadaan": "dibuat",
            "halaman": len(list(page.parent.glob("*.html"))),
            "folder": place(home, page.parent),
        }
    )
