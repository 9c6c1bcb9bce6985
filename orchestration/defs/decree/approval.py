"""Seals a decree from Dagster: the same as `padanan decree approve`, for those who work in the UI.

Conditions and seal are in `padanan/decree/approve.py`; without a decision of the review nothing is sealed.
"""

from datetime import date
from pathlib import Path

import dagster as dg
from pydantic import Field

from orchestration.defs.review.decision import DECISION
from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import DECREE
from padanan.base.period import Periode

APPROVAL = dg.AssetKey([DECREE, "penetapan"])


class ApprovalConfig(dg.Config):
    """The Governor's penetapan: `nomor` and `tanggal` (ISO) of the decree, `petugas` who records it, `pindaian` a file."""

    revisi: int = Field(description="Revisi yang diterima reviu dan sudah dibekukan.")
    nomor: str = Field(description="Nomor Keputusan Gubernur, misalnya 721 Tahun 2025.")
    tanggal: str = Field(description="Tanggal penetapan, misalnya 2025-12-15.")
    petugas: str = Field(description="Id petugas yang mencatat, menurut daftar reviewer.")
    ke: int = Field(default=1, description="Penetapan ke berapa pada periode ini; perubahan pertama adalah 2.")
    pindaian: str | None = Field(default=None, description="Jalur pindaian keputusan yang ditandatangani.")


@stage_asset(
    "Penetapan: data sasaran yang disegel dengan nomor, tanggal, hash, kepala catatan reviu, dan lampirannya.",
    kinds={"parquet"},
    deps=[DECISION, dg.AssetKey([DECREE, "rancangan"])],
)
def penetapan(context: dg.AssetExecutionContext, config: ApprovalConfig, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Seals the drafted revision; repeated with the same facts it changes nothing.

    Raises:
        dagster.Failure: the review did not accept it, a step is missing, or number, date, `ke` or who records is wrong.
    """
    periode = Periode.parse(context.partition_key)
    with explained("penetapan"):
        from padanan.base.errors import PadananError
        from padanan.base.format import fingerprint
        from padanan.decree.approve import Approval, approve
        from padanan.records.seals import seals

        try:
            day = date.fromisoformat(config.tanggal)
        except ValueError:
            raise PadananError("tanggal tidak terbaca", place="tanggal", cure="tulis seperti 2025-12-15") from None
        home = rumah.home()
        scan = Path(config.pindaian) if config.pindaian else None
        folder = approve(home, Approval(periode, config.revisi, config.ke, config.nomor.strip(), day, config.petugas, scan))
        seal = next(item for item in seals(home, periode) if item.ke == config.ke).data
    context.instance.add_run_tags(context.run.run_id, {"padanan/revisi": str(config.revisi)})
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": config.revisi,
            "ke": config.ke,
            "nomor": seal["nomor"],
            "tanggal": seal["tanggal"],
            "dagster/row_count": seal["jumlah_orang"],
            "sidik_baris": fingerprint(seal["row_hash"]),
            "kepala_catatan": fingerprint(seal["kepala_log"]),
            "folder": place(home, folder),
        }
    )
