"""The four printed forms (Kepsekda 75/2023, Tabel 3.3-3.6): titles, rows of headings, fixed rows, instructions, to the letter.

What was mended of the scanned text stands in `MENDED`; how a form looks in a workbook is `sheets`' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MENDED: Mapping[str, str] = {
    "PPKF": "PPKE",
    "Sasaram": "Sasaran",
    "kemerkopmk": "kemenkopmk",
    "Menggagal": "Meninggal",
    "taggung": "tagging",
    "Lelaki/Perempuan": "Laki-laki/Perempuan",
    "program, PPKE": "program PPKE",
}
"""Misread in the scan of the guide, and what stands here instead; the word that other places of the same guide have."""
HEADING_2 = "2. [Pemanfaatan dan analisis data P3KE]"
"""Lost in the print between the rows 1.d and e: named in brackets."""


@dataclass(frozen=True)
class Form:
    """One matrix as printed.

    Attributes:
        above: rows of headings over the last one; None goes on with the cell to its left, an empty text with the cell above.
        numbers: the last row of headings, `(1)`, `(2)`, ...
        notes: (what, text): the instructions under the table.
    """

    number: int
    table: str
    title: str
    above: tuple[tuple[str | None, ...], ...]
    numbers: tuple[str | None, ...]
    notes: tuple[tuple[str, str], ...]


M1 = Form(
    1,
    "Tabel 3.3",
    "Matriks 1 Perkembangan Pelaksanaan PPKE Triwulan",
    (
        (
            "Pelaksanaan PPKE oleh Pemerintah Daerah Provinsi",
            "Status Pelaksanaan",
            None,
            "Stakeholders yang terlibat",
            "Tantangan",
            "Rekomendasi/ Keterangan",
        ),
        ("", "Ya", "Tidak", "", "", ""),
    ),
    ("(1)", "(2)", None, "(3)", "(4)", "(5)"),
    (),
)
M2 = Form(
    2,
    "Tabel 3.4",
    "Matriks 2 Pemetaan Program/Kegiatan dan Anggaran Triwulan",
    (
        (
            "No",
            "Tujuan Program",
            "Perangkat Daerah Pelaksana",
            "Kode",
            "Program",
            "Kegiatan /Sub Kegiatan",
            "Alokasi",
            "Sumber",
            "Lokasi (Kecamatan/ Kelurahan/ Desa)",
            "Sasaran Penerima Manfaat",
            "Kendala Pelaksanaan",
            "Besaran Manfaat",
            "Waktu Penyaluran",
            "Durasi Pemberian Bantuan",
        ),
        ("", "", "", "", "", "", "(Rp)", "Pembiayaan", "", "", "", "", "", ""),
    ),
    tuple(f"({number})" for number in range(1, 15)),
    (
        ("(1)", "No urut"),
        (
            "(2)",
            "Diisi menurut tiga strategi program:\n1. Mengurangi beban pengeluaran\n2. Meningkatkan pendapatan\n"
            "3. Mengurangi kantong-kantong kemiskinan",
        ),
        ("(3)", "Diisi dengan nama unit pelaksanaan kegiatan atau perangkat daerah penanggung jawab"),
        ("(4)", "Diisi kodifikasi berdasarkan DPA APBD atau disesuaikan dengan sumber pembiayaan (kolom 8)"),
        ("(5)", "Diisi dengan nama program terkait PPKE sesuai nomenklatur dokumen anggaran"),
        ("(6)", "Diisi dengan nama kegiatan /sub kegiatan terkait PPKE sesuai nomenklatur dokumen anggaran"),
        ("(7)", "Diisi dengan jumlah atau besaran anggaran dalam rupiah untuk kegiatan dan program"),
        (
            "(8)",
            "Diisi dengan sumber pembiayaan untuk program, kegiatan/ sub kegiatan antara lain: APBN, APBD, APBDes dan sumber "
            "lain "
            "(Lembaga donor, LSM, Dunia Usaha, Masyarakat, dsb.)",
        ),
        ("(9)", "Diisi dengan nama kecamatan/ desa/ Kelurahan lokasi kegiatan"),
        (
            "(10)",
            "Diisi dengan jumlah rumah tangga/ individu dan/atau kelompok masyarakat yang menjadi sasaran program dan kegiatan",
        ),
        ("(11)", "Diisi dengan kendala pelaksanaan program PPKE"),
        ("(12)", "Diisi dengan besaran nilai bantuan yang diberikan ke setiap penerima manfaat"),
        (
            "(13)",
            "Diisi dengan waktu pelaksanaan penyaluran kegiatan/ program untuk mengetahui apakah pada triwulan N ada penyaluran "
            "atau tidak",
        ),
        ("(14)", "Diisi dengan informasi durasi pemberian bantuan (misal: setiap bulan, per triwulan dsb.)"),
    ),
)
M3_TITLE = "Matriks 3 Data balikan P3KE Pemerintah Daerah Kabupaten/Kota"
M3_HEADS = (
    "ID Keluarga P3KE",
    "ID Individu P3KE",
    "Nama",
    "NIK",
    "Perbaikan NIK",
    "Jenis Kelamin",
    "Hubungan dengan Kepala Keluarga",
    "Verifikasi",
    "Ditetapkan Kepala Daerah",
)
M3_CENTRAL, M3_LOCAL = "Penerima Program Pusat", "Penerima Program Daerah"
_UNTIMED = (
    "Tidak diberikan keterangan waktu karena akan terlalu panjang. Sehingga cukup diberikan tagging sesuai dengan kondisi "
    "terkini "
    "pada saat waktu pelaporan data balikan tersebut."
)
M3_NOTES = (
    ("(1) s.d. (4)", "Kolom ini tidak boleh diubah oleh Daerah"),
    ("(5)", "Kolom perbaikan NIK, jika terdapat kesalahan pada NIK. Jika tidak, maka dikosongkan."),
    ("(6)", "Pilih Laki-laki/Perempuan"),
    ("(7)", "Pilih Hubungan dengan Kepala Keluarga (Kepala Keluarga, Istri, Anak, dsb)"),
    (
        "(8)",
        "Kolom verifikasi yang dilakukan dalam proses Musyawarah Desa/Kelurahan (Musdes/Muskel). Isi dengan: Meninggal, "
        "Ditemukan, "
        "Pindah.",
    ),
    (
        "(9)",
        "Kolom penetapan Kepala Daerah, diisi Ya jika sudah ditetapkan, diisi Tidak jika tidak/belum/sedang dalam tahap "
        "penetapan.",
    ),
    (
        "(10)",
        "Kolom ini dapat ditambahkan ke kanan untuk setiap program pemerintah pusat yang diterima di daerah tersebut. "
        f"{_UNTIMED} Program Pemerintah Pusat di antaranya adalah PKH, Program Sembako, PIP/KIP, BSPS, Program Lansia atau "
        "Penyandang Disabilitas di luar PKH.",
    ),
    (
        "(11)",
        "Kolom ini dapat ditambahkan ke kanan untuk setiap program pemerintah daerah yang diberikan di daerah tersebut. "
        f"ditambahkan dengan kode nomenklatur untuk masing-masing program. {_UNTIMED}",
    ),
)
M4 = Form(
    4,
    "Tabel 3.6",
    "Matriks 4 Kesesuaian Tugas dan Fungsi Perangkat Daerah dalam Pelaksanaan Percepatan PKE dengan Instruksi Gubernur Nomor 34 "
    "Tahun 2022",
    (
        (
            "No.",
            "Perangkat Daerah",
            "Tugas sesuai dengan Instruksi Gubernur Nomor 34 Tahun 2022",
            "Nama Program",
            "Indikator Keberhasilan",
            "Capaian",
            "*Dampak",
            "Keterangan",
        ),
    ),
    tuple(f"({number})" for number in range(1, 9)),
    (
        ("(2)", "Diisi dengan nama perangkat daerah pelaksana program"),
        ("(3)", "Diisi dengan tugas perangkat daerah sesuai dengan Ingub Nomor 34 Tahun 2022"),
        ("(4)", "Diisi nama program PKE yang dilaksanakan"),
        ("(5)", "Diisi dengan indikator keberhasilan dari program yang dilaksanakan."),
        ("(6)", "Diisi dengan realisasi capaian indikator atau anggaran dari program yang dilaksanakan"),
        (
            "(7)",
            "Diisi dengan dampak yang diterima oleh masyarakat dari adanya program tersebut *khusus untuk pelaksanaan "
            "evaluasi di "
            "triwulan terakhir",
        ),
        (
            "(8)",
            "Diisi dengan informasi yang berkaitan dengan program seperti kendala, rencana tindak lanjut atau pun lainnya.",
        ),
    ),
)


def m3(kota: str, central: tuple[str, ...], local: tuple[str, ...]) -> Form:
    """Matriks 3 with one column a program: those of the centre under (10), those of the daerah under (11).

    Args:
        kota: what stands for the XX of the printed title.
    """
    programs = (*central, *local)
    first = (M3_CENTRAL, *(None for _ in central[1:]), M3_LOCAL, *(None for _ in local[1:]))
    return Form(
        3,
        "Tabel 3.5",
        f"{M3_TITLE} {kota}",
        ((*M3_HEADS, *first), (*("" for _ in M3_HEADS), *programs)),
        (*(f"({number})" for number in range(1, 10)), "(10)", *(None for _ in central[1:]), "(11)", *(None for _ in local[1:])),
        M3_NOTES,
    )


_REPORTED = "melalui laman https://p3ke.kemenkopmk.go.id/"
M1_ROWS: tuple[tuple[str, str], ...] = (
    ("", "1. Koordinasi Pelaksanaan PPKE"),
    (
        "1a",
        "a. Fasilitasi kepada kabupaten/kota untuk penyiapan/penyusunan dokumen Rencana Penanggulangan Kemiskinan Daerah "
        "(RPKD) atau "
        "tingkat provinsi dan memastikan kemiskinan ekstrem masuk di dalam dokumen tersebut.",
    ),
    (
        "1b",
        "b. Fasilitasi kepada kabupaten/kota untuk integrasi dokumen RPKD ke dalam dokumen Rencana Pembangunan Jangka Menengah "
        "(RPJMD) atau tingkat provinsi dan memastikan kemiskinan ekstrem masuk di dalam dokumen tersebut.",
    ),
    (
        "1c",
        "c. Melaksanakan rapat koordinasi terkait PPKE yang melibatkan OPD pemangku kepentingan dan nonpemerintah di tingkat "
        "provinsi.",
    ),
    (
        "1d",
        "d. Berpartisipasi pada rapat koordinasi yang diselenggarakan pemerintah pusat dan pemerintah kabupaten/kota terkait "
        "PPKE.",
    ),
    ("", HEADING_2),
    (
        "2e",
        "e. Mensosialisasikan pemanfaatan data P3KE kepada OPD di tingkat provinsi, kabupaten/kota dan nonpemerintah di lingkup "
        "provinsi sebagai data Sasaran penanganan PKE.",
    ),
    ("2f", "f. Melakukan koordinasi dengan Kemenko PMK terkait pemanfaatan data."),
    ("2g", "g. Menganalisis data P3KE (termasuk identifikasi validitas NIK tagging program dan analisis penerima manfaat)."),
    ("2h", "h. Memadankan data P3KE dengan data penerima bantuan yang dimiliki oleh OPD di tingkat provinsi."),
    ("2i", "i. Mendapat hasil verifikasi dan validasi data P3KE yang dilakukan oleh Kabupaten/Kota"),
    (
        "",
        "3. Menyusun program dan kegiatan pada Rencana Kerja Pemerintah Daerah Provinsi pada Anggaran Pendapatan dan Belanja "
        "Daerah "
        "Provinsi",
    ),
    (
        "3a",
        "a. Melakukan penyiapan/penyusunan dokumen Rencana Kerja Pemerintah Daerah (RKPD) tingkat provinsi dan memastikan "
        "kemiskinan "
        "ekstrem masuk di dalam dokumen tersebut.",
    ),
    (
        "3b",
        "b. Melakukan penyiapan/penyusunan dokumen Rencana Aksi Tahunan (RAT) tingkat provinsi dan memastikan kemiskinan ekstrem "
        "masuk di dalam dokumen tersebut.",
    ),
    (
        "3c",
        "c. Menyusun program dan kegiatan pemerintah daerah provinsi dengan memperhatikan tiga strategi PPKE (pengurangan beban "
        "pengeluaran masyarakat, peningkatan pendapatan masyarakat, dan penurunan jumlah kantong kemiskinan).",
    ),
    (
        "3d",
        "d. Mengalokasikan APBD provinsi tahun berjalan untuk membiayai program dan kegiatan terkait ketiga strategi PPKE.",
    ),
    ("3e", "e. Memastikan penggunaan data P3KE untuk menentukan sasaran penerima program/bantuan di tingkat provinsi."),
    ("", "4. Melakukan pembinaan dan pengawasan kepada Bupati/Walikota terkait pelaksanaan PPKE"),
    (
        "4a",
        "a. Melakukan pembinaan kepada kabupaten/kota dalam menyusun perencanaan program dan kegiatan dengan memperhatikan "
        "ketiga "
        "strategi PPKE.",
    ),
    ("4b", "b. Memantau pelaksanaan PPKE di kabupaten/kota."),
    (
        "4c",
        "c. Menindaklanjuti pengaduan terkait upaya/program PPKE dalam kewenangan pemerintah daerah provinsi",
    ),
    (
        "4d",
        "d. Memberikan arahan/rekomendasi kepada kabupaten/kota terkait pelaksanaan PPKE berdasarkan hasil pemantauan, "
        "laporan dan "
        "penanganan pengaduan.",
    ),
    (
        "",
        "5. Menyampaikan laporan hasil pelaksanaan PPKE kepada Menteri Dalam Negeri dengan tembusan kepada Menteri Koordinator "
        "Bidang Pembangunan Manusia dan Kebudayaan setiap 3 (tiga) bulan sekali",
    ),
    ("5a", f"a. Melaporkan sasaran penerima manfaat berdasarkan P3KE {_REPORTED}"),
    ("5b", f"b. Melaporkan hasil data balikan P3KE {_REPORTED}"),
    (
        "5c",
        "c. Menerima Laporan dari pemerintah daerah kabupaten/kota terkait pelaksanaan program dan kegiatan PPKE.",
    ),
    (
        "5d",
        "d. Melaporkan hasil pelaksanaan PPKE triwulan kepada Mendagri dengan tembusan kepada Menko PMK dan Menko Perekonomian",
    ),
)
"""(key, text) of Matriks 1; a heading has no key and nothing is asked of it."""
YES_NO = ("Ya", "Tidak")
FOUND, MOVED, DEAD = "Ditemukan", "Pindah", "Meninggal"
VERIFIED = (DEAD, FOUND, MOVED)
MALE, FEMALE = SEXES = ("Laki-laki", "Perempuan")
RELATIONS: Mapping[int, str] = {
    1: "Kepala Keluarga", 2: "Suami", 3: "Istri", 4: "Anak", 5: "Menantu", 6: "Cucu", 7: "Orang Tua", 8: "Mertua",
    9: "Famili Lain", 10: "Pembantu", 11: "Lainnya",
}  # fmt: skip
"""SIAK's relations as people read them; `(7)` names the first of them and "dsb"."""
