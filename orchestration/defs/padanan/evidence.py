"""The padanan by evidence between the two dbt calls: the prepared register, then links, clusters and their figures.

The matching is `padanan/linkage` and `padanan/evidence`; its parameters are `expectations/linkage.yaml`.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.contracts import loaded, quality_key
from orchestration.defs.partitions import PER_PERIODE, half_years
from orchestration.guard import explained
from orchestration.policies import OWNER, POOL_WAREHOUSE
from orchestration.resources import KontrakResource, RumahResource
from orchestration.stages import CLEANSING, PADANAN
from orchestration.warehouse import acquire, planned
from padanan.period import Periode

REGISTER = dg.AssetKey([PADANAN, "acuan_siap"])
EVIDENCE = dg.AssetKey([PADANAN, "bukti"])
STEP_1 = [dg.AssetKey([PADANAN, "padanan_cocok"]), dg.AssetKey([PADANAN, "padanan_identitas"])]
FAIRNESS = "kewajaran"


@dg.asset(
    key=REGISTER,
    group_name=PADANAN,
    # A failed blocking rule stops the matching before it starts.
    deps=[dg.AssetKey([CLEANSING, "stg_adminduk__penduduk"]), *STEP_1, *(quality_key(contract_id) for contract_id in loaded())],
    description="Penduduk Adminduk yang disiapkan untuk dipadankan dengan bukti; sekali untuk setiap cuplikan Adminduk.",
    owners=[OWNER],
    kinds={"parquet", "duckdb"},
    code_version="1",
    partitions_def=half_years,
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
)
def acuan_siap(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Prepares the register, or finds it prepared.

    Raises:
        dagster.Failure: step 1's tables are missing, or the disk is full.
    """
    with explained("penyiapan acuan Adminduk"):
        import pyarrow.parquet as pq

        from padanan.evidence import prepared_register
        from padanan.runplan import read_plan

        home = rumah.home()
        acquire(home)
        planned(home, Periode.parse(context.partition_key))
        path = prepared_register(home, read_plan(home))
        rows = pq.read_metadata(path).num_rows
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "cuplikan": path.parent.name})


@dg.asset(
    key=EVIDENCE,
    group_name=PADANAN,
    deps=[REGISTER, *STEP_1],
    description="Pasangan, tautan dan klaster menurut bukti untuk rekaman yang tidak padan lewat NIK, beserta modelnya.",
    owners=[OWNER],
    kinds={"parquet", "duckdb"},
    code_version="1",
    partitions_def=half_years,
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
    check_specs=[
        dg.AssetCheckSpec(
            FAIRNESS,
            asset=EVIDENCE,
            description="Tidak ada kelompok (n >= 200) yang tingkat padannya lebih dari 5 poin di bawah keseluruhan (95%).",
        )
    ],
)
def bukti(context: dg.AssetExecutionContext, rumah: RumahResource, kontrak: KontrakResource) -> Iterator[Any]:
    """Matches what step 1 left over; the fairness check warns and never stops a run.

    Raises:
        dagster.Failure: step 1's tables are missing or a clerical decision can't be read.
    """
    with explained("pemadanan dengan bukti"):
        from padanan.evidence import match_period
        from padanan.runplan import read_plan

        home = rumah.home()
        acquire(home)
        planned(home, Periode.parse(context.partition_key))
        result = match_period(home, read_plan(home), kontrak.all())
    yield dg.MaterializeResult(
        asset_key=EVIDENCE,
        metadata={
            "dagster/row_count": sum(result.statuses.values()),
            **{f"rekaman_{status}": count for status, count in result.statuses.items()},
            "konflik_klerikal": result.conflicts,
            "model": dg.MetadataValue.json({name: dict(facts) for name, facts in result.models.items()}),
        },
    )
    for warning in result.warnings[:20]:
        context.log.warning(f"kewajaran: {warning['kelompok']} pada {warning['producer']} padan {warning['persen']:.1f}%")
    yield dg.AssetCheckResult(
        asset_key=EVIDENCE,
        check_name=FAIRNESS,
        passed=not result.warnings,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "gagal": len(result.warnings),
            "kelompok": dg.MetadataValue.json([dict(w) for w in result.warnings[:50]]),
        },
    )
