"""The jobs by name: what an operator starts by hand, a schedule or a sensor starts by itself.

Assets are chosen by stage group, so a new producer or model joins without a change here.
"""

import dagster as dg

from orchestration.contracts import landing_key, loaded
from orchestration.stages import CLEANSING, DECREE, LANDING, PADANAN, REVIEW

DRAFT = dg.AssetSelection.assets(dg.AssetKey([DECREE, "rancangan"]))

landing_produsen = dg.define_asset_job(
    "landing_produsen",
    selection=dg.AssetSelection.assets(*[landing_key(contract_id) for contract_id in loaded()]),
    description="Menerima isi inbox satu atau semua produsen. Tidak menyentuh gudang.",
    tags={"padanan/tahap": LANDING},
)

padanan_periode = dg.define_asset_job(
    "padanan_periode",
    selection=dg.AssetSelection.groups(LANDING, CLEANSING, PADANAN, REVIEW, DECREE) - DRAFT,
    description="Satu periode dari kiriman sampai tabel terbit dan laporan mutu.",
    tags={"padanan/tahap": REVIEW},
)

rancangan_periode = dg.define_asset_job(
    "rancangan_periode",
    selection=DRAFT,
    description="Membekukan rancangan data sasaran dari revisi terbit yang lulus semua pemeriksaan penghalang.",
    tags={"padanan/tahap": DECREE},
)
