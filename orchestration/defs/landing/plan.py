"""The run plan: which delivery of each producer a revision pins.

The choice itself is `padanan.run.plan`; landing's files are `deliveries.py`.
"""

import dagster as dg
from pydantic import Field

from orchestration.contracts import landing_key, loaded
from orchestration.guard import explained
from orchestration.heads import stage_asset
from orchestration.resources import KontrakResource, RumahResource
from orchestration.revisions import mark_unchanged
from padanan.base.period import Periode


class PlanConfig(dg.Config):
    """What one run may be told.

    `batas`: the last day (ISO date) whose deliveries count; by default the day of the period's decree. `bangun_ulang`: build the
    warehouse anew for a revision that is published already (worklists and kits read names from it).
    """

    batas: str | None = Field(
        default=None, description="Hari terakhir kiriman dihitung, misalnya 2025-12-01; kosong: hari penetapan."
    )
    bangun_ulang: bool = Field(
        default=False, description="Bangun gudang lagi walaupun tidak ada masukan yang berubah, misalnya untuk daftar tugas."
    )


@stage_asset(
    "Rencana satu revisi: kontrak yang berlaku dan satu kiriman per produsen, ditetapkan pada tanggal batas.",
    kinds={"json"},
    deps=[landing_key(contract_id) for contract_id in loaded()],
    warehouse=True,
)
def rencana(
    context: dg.AssetExecutionContext, config: PlanConfig, rumah: RumahResource, kontrak: KontrakResource
) -> dg.MaterializeResult[None]:
    """Writes the plan and tags the run with period and revision.

    Raises:
        dagster.Failure: the period is sealed, a registry has no delivery, or another run holds the warehouse.
    """
    periode = Periode.parse(context.partition_key)
    with explained("penyusunan rencana"):
        from datetime import date

        from orchestration.revisions import stands
        from orchestration.warehouse import acquire
        from padanan.contracts.planned import store
        from padanan.run.plan import make_plan

        home = rumah.home()
        acquire(home)
        plan = make_plan(home, kontrak.all(), periode, cutoff=date.fromisoformat(config.batas) if config.batas else None)
        done = plan.unchanged and not config.bangun_ulang and stands(context.instance, home, periode, plan.revisi)
        if not done:
            store(home, plan.data)
    tags = {"padanan/periode": periode.label, "padanan/revisi": str(plan.revisi)}
    context.instance.add_run_tags(context.run.run_id, tags)
    if done:
        mark_unchanged(context)
        context.log.info(
            f"tidak ada masukan yang berubah: revisi {plan.revisi} {periode.label} tetap, langkah berikutnya dilewati; "
            "isi bangun_ulang: true bila gudang perlu dibangun lagi untuk revisi ini"
        )
    else:
        context.log.info(f"rencana {periode.label} revisi {plan.revisi}")
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": plan.revisi,
            "batas": plan.cutoff.isoformat(),
            "tidak_berubah": bool(plan.unchanged),
            "dilewati": done,
            "jumlah_kiriman": sum(len(contract.deliveries) for contract in plan.data.contracts),
            "warga_baru_masuk": sum(item.rows_on for item in plan.data.warga_baru.deliveries) if plan.data.warga_baru else 0,
            "belum_mengirim": [contract.id for contract in plan.data.contracts if contract.missing],
        }
    )
