"""The quality report of a revision.

Its content and form are in `padanan/report/`.
"""

import dagster as dg

from orchestration.defs.partitions import PER_PERIODE, half_years
from orchestration.guard import explained
from orchestration.policies import OWNER
from orchestration.resources import RumahResource
from orchestration.stages import REVIEW
from padanan.period import Periode


@dg.asset(
    key=dg.AssetKey([REVIEW, "laporan_mutu"]),
    group_name=REVIEW,
    deps=[dg.AssetKey([REVIEW, "terbitan"])],
    description="Laporan mutu untuk reviu TKPK: HTML tanpa jaringan, tanpa NIK, nama, atau alamat.",
    owners=[OWNER],
    kinds={"html"},
    code_version="1",
    partitions_def=half_years,
    backfill_policy=PER_PERIODE,
)
def laporan_mutu(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Renders the report of the newest published revision of the period.

    Raises:
        dagster.Failure: nothing is published for the period yet.
    """
    periode = Periode.parse(context.partition_key)
    with explained("pembuatan laporan mutu"):
        from orchestration.revisions import newest_revision
        from padanan.report import render_report
        from padanan.review.form import lay_out_form

        home = rumah.home()
        revisi = newest_revision(home, periode)
        page = render_report(home, periode, revisi)
        form = lay_out_form(home, periode, revisi)
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": revisi,
            "laporan": dg.MetadataValue.url(page.as_uri()),
            "berkas": dg.MetadataValue.path(str(page)),
            "formulir": dg.MetadataValue.path(str(form)),
        }
    )
