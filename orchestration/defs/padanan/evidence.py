"""The padanan by evidence between the two dbt calls: prepared register, candidates, model, links, clusters, with their checks.

The matching is `padanan/linkage` and `padanan/evidence`; its parameters are `expectations/linkage.yaml`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.checks import severity
from orchestration.contracts import loaded, stage_model_key
from orchestration.defs.cleansing.gate import GATE
from orchestration.defs.partitions import PER_PERIODE
from orchestration.guard import explained
from orchestration.heads import asset_spec, check_spec, stage_asset
from orchestration.policies import POOL_WAREHOUSE
from orchestration.resources import KontrakResource, MesinResource, RumahResource
from orchestration.revisions import from_scratch
from orchestration.stages import PADANAN
from orchestration.warehouse import acquire, planned
from padanan.base.format import decimal, number, shares
from padanan.base.period import Periode
from padanan.contracts.parts import reference

REGISTER = dg.AssetKey([PADANAN, "acuan_siap"])
CANDIDATES, MODEL, LINKS, CLUSTERS = (
    dg.AssetKey([PADANAN, name]) for name in ("calon_pasangan", "model_bukti", "tautan_bukti", "klaster_bukti")
)
EVIDENCE = (CANDIDATES, MODEL, LINKS, CLUSTERS)
STEP_1 = [dg.AssetKey([PADANAN, "padanan_cocok"]), dg.AssetKey([PADANAN, "padanan_identitas"])]
COMPLETENESS, PRECISION, FAIRNESS = "kelengkapan", "presisi_harapan", "kewajaran"
SUBJECTS = {COMPLETENESS: "Kelengkapan penyekatan", PRECISION: "Presisi yang diharapkan di ambang otomatis"}
SHOWN = 50


@stage_asset(
    "Penduduk Adminduk yang disiapkan untuk dipadankan dengan bukti; sekali untuk setiap cuplikan Adminduk.",
    kinds={"parquet", "duckdb"},
    # A failed blocking check stops the matching before it starts.
    deps=[GATE, stage_model_key(reference(loaded())), *STEP_1],
    warehouse=True,
)
def acuan_siap(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Prepares the register, or finds it prepared.

    Raises:
        dagster.Failure: step 1's tables are missing, or the disk is full.
    """
    with explained("penyiapan acuan Adminduk"):
        from padanan.evidence import prepared_register, register_rows
        from padanan.published.run_plan import read_plan

        home = rumah.home()
        acquire(home)
        planned(home, Periode.parse(context.partition_key))
        path = prepared_register(home, read_plan(home))
        rows = register_rows(path)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "cuplikan": path.parent.name})


@dg.multi_asset(
    name="bukti",
    # One step makes all four: candidates, model, links and clusters are passed on in memory, and written together or not at all.
    specs=[
        asset_spec(key, text, kinds={kind, "duckdb"}, deps=deps, skippable=False)
        for key, deps, text, kind in (
            (
                CANDIDATES,
                [REGISTER, *STEP_1],
                "Pasangan yang dibandingkan, dan yang disimpan dengan bobot setiap kolom.",
                "parquet",
            ),
            (MODEL, [CANDIDATES], "Model padanan setiap daftar: m, u, ambang, kalibrasi, banyaknya label.", "json"),
            (LINKS, [CANDIDATES, MODEL], "Satu status akhir untuk setiap rekaman yang tidak padan lewat NIK.", "parquet"),
            (CLUSTERS, [LINKS], "Orang tanpa penduduk yang sama di beberapa daftar, dan yang tercatat dua kali.", "parquet"),
        )
    ],
    # Whichever of them is asked for, all four are made and told (`bukti`).
    can_subset=True,
    backfill_policy=PER_PERIODE,
    pool=POOL_WAREHOUSE,
    check_specs=[
        check_spec(
            COMPLETENESS,
            CANDIDATES,
            "Bagian pasangan yang diketahui yang ditemukan penyekatan tidak di bawah ambang pada satu pun daftar.",
        ),
        check_spec(
            PRECISION,
            MODEL,
            "Presisi yang diharapkan di ambang otomatis tidak di bawah ambang pada satu pun daftar.",
        ),
        check_spec(
            FAIRNESS,
            LINKS,
            "Tidak ada kelompok (n >= 200) yang tingkat padannya lebih dari 5 poin di bawah keseluruhan (95%).",
        ),
    ],
)
def bukti(
    context: dg.AssetExecutionContext, rumah: RumahResource, kontrak: KontrakResource, mesin: MesinResource
) -> Iterator[Any]:
    """Matches what step 1 left over; the checks warn and never stop a run.

    Raises:
        dagster.Failure: step 1's tables are missing or a clerical decision can't be read.
    """
    with explained("pemadanan dengan bukti"):
        from padanan.evidence import Keeping, match_period
        from padanan.linkage import load_linkage_config
        from padanan.published.run_plan import read_plan
        from padanan.run.code_version import code_version

        home, config = rumah.home(), load_linkage_config()
        acquire(home)
        plan = planned(home, Periode.parse(context.partition_key))
        keeping = Keeping.ANEW if from_scratch(context) else Keeping.ALL
        if code_version() != plan.code_version:
            keeping = Keeping.NOTHING
        with mesin.workers(home) as workers:
            result = match_period(home, read_plan(home), kontrak.all(), config, workers, keeping)
    counts = dict(result.counts)
    pairs, stored = counts.pop("pasangan"), counts.pop("pasangan_disimpan")
    metadata: dict[dg.AssetKey, dict[str, Any]] = {
        CANDIDATES: {"dagster/row_count": stored, "pasangan_dibandingkan": pairs},
        MODEL: {
            "dagster/row_count": len(result.models),
            "model": dg.MetadataValue.json({name: dict(facts) for name, facts in result.models.items()}),
        },
        LINKS: {
            "dagster/row_count": sum(result.statuses.values()),
            **{f"rekaman_{status}": count for status, count in result.statuses.items()},
            "konflik_klerikal": result.conflicts,
        },
        CLUSTERS: {"dagster/row_count": counts.pop("rekaman_klaster"), **counts},
    }
    for key, facts in metadata.items():
        if key in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=key, metadata=facts)
        else:
            # Its files were written with the others', so that its history has to say so.
            context.log_event(dg.AssetMaterialization(key, metadata=facts, partition=context.partition_key))
    for warning in result.warnings[:20]:
        context.log.warning(f"kewajaran: {warning['kelompok']} pada {warning['producer']} padan {decimal(warning['persen'])}%")
    observed = {name: facts for name, facts in result.models.items() if facts["label"]}
    for check in (
        _check(COMPLETENESS, CANDIDATES, result.low_completeness, _least(observed, "kelengkapan"), config.completeness_min),
        _check(PRECISION, MODEL, result.low_precision, _least(observed, "presisi_harapan"), config.precision_min),
        _fairness(result.warnings, config.group_points),
    ):
        assert check.asset_key is not None and check.check_name is not None
        if dg.AssetCheckKey(check.asset_key, check.check_name) in context.selected_asset_check_keys:
            yield check


def _least(models: Mapping[str, Mapping[str, Any]], field: str) -> float | None:
    return min((facts[field] for facts in models.values() if facts[field] is not None), default=None)


def _check(
    name: str, asset: dg.AssetKey, found: Sequence[Mapping[str, Any]], observed: float | None, limit: float
) -> dg.AssetCheckResult:
    """A warning with the least share that was observed and the threshold it was held against, both in percent."""
    told, bound = shares(0 if observed is None else observed, 1, limit)
    what = "tidak diukur: tidak ada daftar berlabel" if observed is None else f"terendah {told} dari semua daftar berlabel"
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not found,
        severity=severity(blocking=False),
        description=f"{SUBJECTS[name]} {what}; ambang {bound}.",
        metadata={
            "persen": "tidak diukur" if observed is None else round(100 * observed, 3),
            "ambang": round(100 * limit, 3),
            "rincian": dg.MetadataValue.json([dict(item) for item in found[:SHOWN]]),
        },
    )


def _fairness(found: Sequence[Mapping[str, Any]], points: float) -> dg.AssetCheckResult:
    """A warning with how many groups are matched clearly less often than all."""
    return dg.AssetCheckResult(
        asset_key=LINKS,
        check_name=FAIRNESS,
        passed=not found,
        severity=severity(blocking=False),
        description=f"{number(len(found))} kelompok padan lebih dari {decimal(points)} poin di bawah keseluruhan; ambang 0.",
        metadata={
            "teramati": len(found),
            "ambang": 0,
            "rincian": dg.MetadataValue.json([dict(item) for item in found[:SHOWN]]),
        },
    )
