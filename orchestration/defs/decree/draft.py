"""Freezes the draft (rancangan) of a period's data sasaran.

Snapshot and hashes are in `padanan/decree`; only an approval makes a decree of a draft.
"""

import dagster as dg
from pydantic import Field

from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import REVIEW
from padanan.base.period import Periode


class DraftConfig(dg.Config):
    """`revisi`: which published revision to freeze; by default the newest."""

    revisi: int | None = Field(default=None, description="Revisi terbit yang dibekukan; kosong: yang terbaru.")


@stage_asset(
    "Rancangan data sasaran satu revisi: salinan beku dengan hash berkas dan hash baris kanonik.",
    kinds={"parquet"},
    deps=[dg.AssetKey([REVIEW, "terbitan"]), dg.AssetKey([REVIEW, "laporan_mutu"])],
)
def rancangan(context: dg.AssetExecutionContext, config: DraftConfig, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Freezes a revision whose run passed every blocking check.

    Raises:
        dagster.Failure: a check failed or was never made, nothing is published, or the period is sealed.
    """
    periode = Periode.parse(context.partition_key)
    with explained("pembekuan rancangan"):
        from orchestration.revisions import checks_of_revision
        from padanan.base.errors import PadananError
        from padanan.decree.freeze import freeze_draft
        from padanan.published.revisions import newest_revision

        home = rumah.home()
        revisi = config.revisi or newest_revision(home, periode)
        total, failed = checks_of_revision(context.instance, periode, revisi)
        if failed or total == 0:
            what = f"{len(failed)} pemeriksaan penghalang gagal ({', '.join(failed[:3])})" if failed else "belum diperiksa"
            raise PadananError(
                f"revisi {revisi} periode {periode.label} belum layak dibekukan: {what}",
                cure="perbaiki penyebabnya, jalankan padanan_periode, lalu bekukan revisi yang baru",
            )
        context.instance.add_run_tags(context.run.run_id, {"padanan/revisi": str(revisi)})
        folder = freeze_draft(home, periode, revisi)
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": revisi,
            "status": "rancangan",
            "folder": place(home, folder),
            "pemeriksaan": total,
        }
    )
