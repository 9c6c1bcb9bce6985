"""The quality report of a revision.

Its content and form are in `padanan/review/report/`.
"""

import dagster as dg

from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.links import place, report_page
from orchestration.resources import RumahResource
from orchestration.stages import REVIEW
from padanan.base.period import Periode


@stage_asset(
    "Laporan mutu untuk reviu TKPK: HTML tanpa jaringan, tanpa NIK, nama, atau alamat.",
    kinds={"html"},
    deps=[dg.AssetKey([REVIEW, "terbitan"])],
)
def laporan_mutu(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Renders report and form of the newest published revision, and of every other whose report tells another standing.

    They name the state of the review and the head of its log, so the job that reads a new decision makes them anew.

    Raises:
        dagster.Failure: nothing is published for the period yet, or the review's log was changed.
    """
    periode = Periode.parse(context.partition_key)
    with explained("pembuatan laporan mutu"):
        from padanan.published.revisions import newest_revision
        from padanan.review.decision.form import FORM
        from padanan.review.decision.show import accepted_revision
        from padanan.run.follow import stale
        from padanan.run.report import render_report

        home = rumah.home()
        revisi = newest_revision(home, periode)
        page = render_report(home, periode, revisi)
        form = page.with_name(FORM)
        accepted = accepted_revision(home, periode)
        for other in sorted({*stale(home, periode), *([accepted] if accepted else [])} - {revisi}):
            render_report(home, periode, other)
        link = report_page(periode, revisi)
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": revisi,
            "laporan": dg.MetadataValue.url(link),
            "berkas": place(home, page),
            "formulir": place(home, form),
        }
    )
