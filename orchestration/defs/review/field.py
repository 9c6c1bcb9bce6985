"""Files in which names leave: worklists for the field and the producers' kits, made only when somebody asks for them.

What they hold is in `padanan/review/worklist` and `padanan/review/kit`; they are no part of `padanan_periode`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import dagster as dg

from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import REVIEW
from padanan.base.period import JAKARTA, Periode


@stage_asset(
    "Buku kerja lapangan per kelurahan (`worklists/<periode>/rev-<n>`); memuat data pribadi dan punya masa berlaku.",
    kinds={"xlsx"},
    deps=[dg.AssetKey([REVIEW, name]) for name in ("terbitan", "tugas", "prelist")],
    warehouse=True,
)
def daftar_tugas(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Writes the worklists of the newest published revision; files that stand already are left alone.

    Raises:
        dagster.Failure: nothing is published, or the warehouse holds another revision.
    """
    with explained("penulisan daftar tugas lapangan"):
        from padanan.review.worklist.make import make

        home = rumah.home()
        folder, facts = make(home, Periode.parse(context.partition_key), now=_now(), progress=context.log.info)
    counts = {f"jumlah_{name}": count for name, count in facts["jumlah"].items()}
    return dg.MaterializeResult(metadata={**_facts(facts), **counts, "folder": place(home, folder)})


@stage_asset(
    "Satu zip per produsen (`kit/<periode>/rev-<n>`): laporan, tanda terima, celah, baris diperbaiki dan disisihkan.",
    kinds={"xlsx", "html"},
    deps=[dg.AssetKey([REVIEW, name]) for name in ("terbitan", "laporan_mutu", "gap", "celah_terjawab")],
    warehouse=True,
)
def paket_produsen(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Writes the kits of the newest published revision; files that stand already are left alone.

    Raises:
        dagster.Failure: nothing is published, the warehouse holds another revision, or the report is not there yet.
    """
    with explained("penulisan paket produsen"):
        from padanan.review.kit.make import COUNTED, make

        home = rumah.home()
        folder, facts = make(home, Periode.parse(context.partition_key), now=_now(), progress=context.log.info)
    counts = {name: sum(item[name] for item in facts["berkas"].values()) for name in COUNTED}
    return dg.MaterializeResult(metadata={**_facts(facts), **counts, "folder": place(home, folder)})


def _now() -> datetime:
    return datetime.now(JAKARTA)


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "periode": facts["periode"],
        "revisi": facts["revisi"],
        "banyak_berkas": len(facts["berkas"]),
        "berlaku_sampai": facts["kedaluwarsa"],
    }
