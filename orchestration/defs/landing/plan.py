"""The run plan: which delivery of each producer a revision pins.

The choice itself is `padanan.runplan`; landing's files are `deliveries.py`.
"""

import dagster as dg
from pydantic import Field

from orchestration.contracts import landing_key, loaded
from orchestration.defs.partitions import PER_PERIODE, half_years
from orchestration.guard import explained
from orchestration.policies import OWNER, POOL_WAREHOUSE
from orchestration.resources import KontrakResource, RumahResource
from orchestration.stages import LANDING
from padanan.period import Periode


class PlanConfig(dg.Config):
    """`batas`: the last day (ISO date) whose deliveries count; by default the day of the period's decree."""

    batas: str | None = Field(
        default=None, description="Hari terakhir kiriman dihitung, misalnya 2025-12-01; kosong: hari penetapan."
    )


@dg.asset(
    key=dg.AssetKey([LANDING, "rencana"]),
    group_name=LANDING,
    deps=[landing_key(contract_id) for contract_id in loaded()],
    description="Rencana satu revisi: kontrak yang berlaku dan satu kiriman per produsen, ditetapkan pada tanggal batas.",
    owners=[OWNER],
    kinds={"json"},
    code_version="1",
    partitions_def=half_years,
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
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

        from orchestration.warehouse import acquire
        from padanan.runplan import write_plan

        home = rumah.home()
        acquire(home)
        plan = write_plan(home, kontrak.all(), periode, cutoff=date.fromisoformat(config.batas) if config.batas else None)
    context.instance.add_run_tags(context.run.run_id, {"padanan/periode": periode.label, "padanan/revisi": str(plan.revisi)})
    context.log.info(f"rencana {periode.label} revisi {plan.revisi}")
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "revisi": plan.revisi,
            "batas": plan.cutoff.isoformat(),
            "tidak_berubah": bool(plan.unchanged),
            "jumlah_kiriman": sum(len(c["deliveries"]) for c in plan.data["contracts"]),
            "belum_mengirim": [c["id"] for c in plan.data["contracts"] if c["in_force"] and not c["deliveries"]],
        }
    )
