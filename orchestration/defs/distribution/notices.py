"""What subscribers are told of a decree that is shown: notices by SPDCI, beside the distribution and never in its way.

Who is told what is in `padanan/distribution/spdci`.
"""

import dagster as dg

from orchestration.defs.distribution.files import FILES
from orchestration.guard import explained
from orchestration.heads import stage_asset, stage_check
from orchestration.resources import RumahResource
from orchestration.stages import DISTRIBUTION
from padanan.base.period import Periode

NOTICES = dg.AssetKey([DISTRIBUTION, "pemberitahuan"])


@stage_asset(
    "Pemberitahuan penetapan terbaru kepada sistem instansi yang berlangganan (SPDCI); gagalnya tidak membatalkan penyaluran.",
    kinds={"json"},
    deps=[FILES],
)
def pemberitahuan(context: dg.AssetExecutionContext, rumah: RumahResource) -> dg.MaterializeResult[None]:
    """Lays the notices and sends what is due; what does not arrive is tried again by the running API.

    Raises:
        dagster.Failure: the API's state can't be opened; tried again first where it only does not answer.
    """
    with explained("pemberitahuan kepada pelanggan"):
        from padanan.distribution.cli import HOST, PORT
        from padanan.distribution.server import public_url
        from padanan.distribution.spdci.told import tell_subscribers

        told = tell_subscribers(rumah.home(), public_url(HOST, PORT, None))
    # Numbers alone: neither who subscribed nor whom a notice is about.
    return dg.MaterializeResult(
        metadata={
            "periode": Periode.parse(context.partition_key).label,
            "disiapkan": told.laid,
            "sampai": told.arrived,
            "menunggu": told.waiting,
            "ditinggalkan": told.given_up,
        }
    )


@stage_check("Tidak ada panggilan balik yang ditinggalkan sesudah semua percobaan.", asset=NOTICES)
def pemberitahuan_sampai(context: dg.AssetCheckExecutionContext, rumah: RumahResource) -> dg.AssetCheckResult:
    """Warns: the subscriber was not reached, and asks for itself by a search."""
    with explained("pemeriksaan pemberitahuan"):
        from padanan.distribution.spdci.told import given_up

        count = given_up(rumah.home())
    return dg.AssetCheckResult(passed=not count, severity=dg.AssetCheckSeverity.WARN, metadata={"ditinggalkan": count})
