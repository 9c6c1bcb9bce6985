"""The jobs by name: what an operator starts by hand, a schedule or a sensor starts by itself.

Assets are chosen by stage group, so a new producer or model joins without a change here.
"""

import dagster as dg

from orchestration.contracts import landing_key, loaded
from orchestration.defs.decree.calendar import dua_kali_setahun
from orchestration.defs.decree.documents import FOLLOWING
from orchestration.defs.distribution.access import catatan_akses_utuh
from orchestration.defs.feedback.lp3ke import LP3KE
from orchestration.defs.feedback.prelist import LINES, PAGE, SHOWN
from orchestration.defs.landing.calendar import tenggat_kiriman
from orchestration.stages import CLEANSING, DECREE, DISTRIBUTION, FEEDBACK, LANDING, PADANAN, REVIEW

CALENDAR = dg.AssetSelection.checks(tenggat_kiriman, dua_kali_setahun)
"""What depends on the day and not on a run's data: judged daily, in a job of its own."""

DRAFT = dg.AssetSelection.assets(dg.AssetKey([DECREE, "rancangan"]), dg.AssetKey([DECREE, "dokumen"]))

# What people decide is never part of a run that a schedule starts.
DECISION = dg.AssetSelection.assets(dg.AssetKey([REVIEW, "putusan"]))
# Report, form and documents name the state of the review: whoever reads a new decision makes them anew.
DOCUMENTS = dg.AssetSelection.assets(dg.AssetKey([DECREE, "dokumen"]))
REPORT = dg.AssetSelection.assets(dg.AssetKey([REVIEW, "laporan_mutu"]))
DISTRIBUTED = dg.AssetSelection.groups(DISTRIBUTION)
"""What agencies and everybody get to see: after a seal, never with a period's run."""
ACCESSES = dg.AssetSelection.checks(catatan_akses_utuh)
APPROVAL = dg.AssetSelection.assets(dg.AssetKey([DECREE, "penetapan"]))
FIELD = dg.AssetSelection.assets(dg.AssetKey([REVIEW, "daftar_tugas"]), dg.AssetKey([REVIEW, "paket_produsen"]))
"""Files with names: made when somebody asks for them, not with every run."""

CYCLE = dg.AssetSelection.assets(LINES, PAGE, SHOWN)
REPORTING = dg.AssetSelection.assets(LP3KE)
"""Papers with names: made when a quarter is over, or when somebody asks."""

landing_produsen = dg.define_asset_job(
    "landing_produsen",
    selection=dg.AssetSelection.assets(*[landing_key(contract_id) for contract_id in loaded()]) - CALENDAR,
    description="Menerima isi inbox satu atau semua produsen. Tidak menyentuh gudang.",
    tags={"padanan/tahap": LANDING},
)

padanan_periode = dg.define_asset_job(
    "padanan_periode",
    selection=dg.AssetSelection.groups(LANDING, CLEANSING, PADANAN, REVIEW, DECREE)
    - DRAFT
    - FIELD
    - CALENDAR
    - DECISION
    - APPROVAL,
    description="Satu periode dari kiriman sampai tabel terbit dan laporan mutu.",
    tags={"padanan/tahap": REVIEW},
)

rancangan_periode = dg.define_asset_job(
    "rancangan_periode",
    selection=DRAFT - CALENDAR,
    description="Membekukan rancangan dari revisi terbit yang lulus semua pemeriksaan penghalang, lalu menyusun dokumennya.",
    tags={"padanan/tahap": DECREE},
)

putusan_periode = dg.define_asset_job(
    "putusan_periode",
    selection=DECISION | REPORT | DOCUMENTS,
    description="Membaca keadaan reviu satu periode dari catatannya, dan membuat ulang laporan, formulir dan dokumen yang "
    "menyebutnya; dari revisi yang diterima juga Dashboard Bansos.",
    tags={"padanan/tahap": REVIEW, FOLLOWING: "ya"},
)

penetapan_periode = dg.define_asset_job(
    "penetapan_periode",
    selection=APPROVAL,
    description="Mencatat penetapan Gubernur dan menyegel data sasaran; nomor, tanggal dan petugas diisi pada konfigurasi.",
    tags={"padanan/tahap": DECREE},
)

tugas_periode = dg.define_asset_job(
    "tugas_periode",
    selection=FIELD,
    description="Menulis daftar tugas lapangan per kelurahan dan paket tiap produsen dari revisi terbit; memuat data pribadi.",
    tags={"padanan/tahap": REVIEW},
)

penyaluran_periode = dg.define_asset_job(
    "penyaluran_periode",
    selection=DISTRIBUTED - ACCESSES,
    description="Menyalurkan penetapan yang disegel: berkas API dan dasbor untuk umum, dengan pembuktiannya.",
    tags={"padanan/tahap": DISTRIBUTION},
)

umpan_balik_periode = dg.define_asset_job(
    "umpan_balik_periode",
    selection=dg.AssetSelection.groups(FEEDBACK) - REPORTING,
    description="Mengambil hasil lapangan yang menunggu di inbox, mengenali warga baru dan menyusun prelist yang berjalan dengan "
    "halamannya. Tidak menyentuh gudang.",
    tags={"padanan/tahap": FEEDBACK},
)

siklus_pemutakhiran = dg.define_asset_job(
    "siklus_pemutakhiran",
    selection=CYCLE,
    description="Menyusun prelist hari ini, halaman siklus bagi reviu dan potret baris bagi instansi. Tidak menyentuh gudang.",
    tags={"padanan/tahap": FEEDBACK},
)

lp3ke_triwulan = dg.define_asset_job(
    "lp3ke_triwulan",
    selection=REPORTING,
    description="Membuat LP3KE triwulan yang sudah berakhir dan menilai yang belum kembali atau terlambat; memuat data pribadi.",
    tags={"padanan/tahap": FEEDBACK},
)

peringatan_dini = dg.define_asset_job(
    "peringatan_dini",
    selection=dg.AssetSelection.assets(dg.AssetKey([FEEDBACK, "peringatan"])),
    description="Menilai deret peringatan dini dan menyampaikan yang baru, sekali. Tidak menyentuh gudang.",
    tags={"padanan/tahap": FEEDBACK},
)

pemeriksaan_akses = dg.define_asset_job(
    "pemeriksaan_akses",
    selection=ACCESSES,
    description="Membuktikan catatan akses API hari ini dan menandai kepalanya. Tidak menyentuh gudang.",
    tags={"padanan/tahap": DISTRIBUTION},
)

pemeriksaan_kalender = dg.define_asset_job(
    "pemeriksaan_kalender",
    selection=CALENDAR,
    description="Menilai kalender hari ini: kiriman lewat tenggat, dua penetapan dan dua rakor setahun. Tidak menyentuh gudang.",
    tags={"padanan/tahap": LANDING},
)
