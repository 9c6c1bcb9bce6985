"""The files that the API reads of a sealed decree, shown by one rename, and the checks that they are what was sealed.

Preparing and showing are in `padanan/distribution`.
"""

import dagster as dg

from orchestration.guard import explained
from orchestration.heads import stage_asset, stage_check
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import DECREE, DISTRIBUTION
from padanan.base.period import Periode

FILES = dg.AssetKey([DISTRIBUTION, "berkas_api"])


@stage_asset(
    "Berkas satu penetapan bagi API: tetap, terurut, hanya dari berkas yang disegel; API berpindah tanpa permintaan yang gagal.",
    kinds={"duckdb", "json"},
    deps=[dg.AssetKey([DECREE, "penetapan"])],
)
def berkas_api(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Prepares the newest decree of the period and shows it; repeated it changes nothing.

    Raises:
        dagster.Failure: nothing is sealed, or files are not what was sealed.
    """
    periode = Periode.parse(context.partition_key)
    with explained("penyaluran penetapan"):
        from padanan.distribution.prepare import prepared_folder
        from padanan.distribution.shelf import publish_decree
        from padanan.records.seals import newest_seal

        home = rumah.home()
        said = publish_decree(home, periode)
        seal = newest_seal(home, periode)
        assert seal is not None, "it was published"
        folder = prepared_folder(home, periode, seal.ke)
    return dg.MaterializeResult(
        metadata={
            "periode": periode.label,
            "ke": seal.ke,
            "nomor": seal.data["nomor"],
            "dagster/row_count": seal.data["jumlah_orang"],
            "penetapan_terlihat": len(said["ada"]),
            "folder": place(home, folder),
        }
    )


@stage_check("Segel penetapan, tanda tangannya dan berkasnya sesuai satu sama lain.", asset=FILES)
def segel_terbukti(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """The seal that the files were made from, as it stands now; `padanan verify` proves the whole period."""
    periode = Periode.parse(context.partition_key)
    with explained("pembuktian segel"):
        from padanan.distribution.daily import seal_faults

        faults = seal_faults(rumah.home(), periode)
    told = "\n".join(f"- {fault}" for fault in faults) or "tidak ada"
    return dg.AssetCheckResult(passed=not faults, metadata={"kesalahan": dg.MetadataValue.md(told)})


@stage_check("Jumlah orang pada berkas API, pada agregat dan pada segel sama.", asset=FILES)
def jumlah_sama(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Counted in the file itself, told by the aggregate, and written in the seal."""
    periode = Periode.parse(context.partition_key)
    with explained("pencocokan jumlah"):
        from padanan.distribution.daily import counted

        counts = counted(rumah.home(), periode)
    return dg.AssetCheckResult(passed=len(set(counts.values())) == 1, metadata=dict(counts))
