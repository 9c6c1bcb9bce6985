"""Files in which names leave: worklists for the field and the producers' kits, made only when somebody asks for them.

What they hold is in `padanan/review/worklist` and `padanan/review/kit`; they are no part of `padanan_periode`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import dagster as dg

from orchestration.defs.partitions import PER_PERIODE, half_years
from orchestration.guard import explained
from orchestration.links import place
from orchestration.policies import OWNER, POOL_WAREHOUSE
from orchestration.resources import RumahResource
from orchestration.stages import REVIEW
from padanan.base.period import JAKARTA, Periode


@dg.asset(
    key=dg.AssetKey([REVIEW, "daftar_tugas"]),
    group_name=REVIEW,
    deps=[dg.AssetKey([REVIEW, name]) for name in ("terbitan", "tugas", "prelist")],
    description="Buku kerja lapangan per kelurahan (`worklists/<periode>/rev-<n>`); memuat data pribadi dan punya masa berlaku.",
    owners=[OWNER],
    kinds={"xlsx"},
    code_version="1",
    partitions_def=half_years,
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
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


@dg.asset(
    key=dg.AssetKey([REVIEW, "paket_produsen"]),
    group_name=REVIEW,
    deps=[dg.AssetKey([REVIEW, name]) for name in ("terbitan", "laporan_mutu", "gap")],
    description="Satu zip per produsen (`kit/<periode>/rev-<n>`): laporan, tanda terima, celah, baris diperbaiki dan disisihkan.",
    owners=[OWNER],
    kinds={"xlsx", "html"},
    code_version="1",
    partitions_def=half_years,
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
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
