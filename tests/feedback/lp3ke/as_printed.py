# ruff: noqa: E501
"""Tabel 3.3-3.6 of Kepsekda 75/2023 as its scanned text has them, typed from the document; rows broken over a page are joined.

Nothing of the code stands here: what the code prints is held against it.
"""

M1_HEADS = [
    "Pelaksanaan PPKE oleh Pemerintah Daerah Provinsi | Status Pelaksanaan | | Stakeholders yang terlibat | Tantangan | Rekomendasi/ Keterangan",
    "| Ya | Tidak | | |",
    "(1) | (2) | | (3) | (4) | (5)",
]  # fmt: skip
M1_ROWS = """
1. Koordinasi Pelaksanaan PPKE
a. Fasilitasi kepada kabupaten/kota untuk penyiapan/penyusunan dokumen Rencana Penanggulangan Kemiskinan Daerah (RPKD) atau tingkat provinsi dan memastikan kemiskinan ekstrem masuk di dalam dokumen tersebut.
b. Fasilitasi kepada kabupaten/kota untuk integrasi dokumen RPKD ke dalam dokumen Rencana Pembangunan Jangka Menengah (RPJMD) atau tingkat provinsi dan memastikan kemiskinan ekstrem masuk di dalam dokumen tersebut.
c. Melaksanakan rapat koordinasi terkait PPKE yang melibatkan OPD pemangku kepentingan dan nonpemerintah di tingkat provinsi.
d. Berpartisipasi pada rapat koordinasi yang diselenggarakan pemerintah pusat dan pemerintah kabupaten/kota terkait PPKE.
e. Mensosialisasikan pemanfaatan data P3KE kepada OPD di tingkat provinsi, kabupaten/kota dan nonpemerintah di lingkup provinsi sebagai data Sasaram penanganan PKE.
f. Melakukan koordinasi dengan Kemenko PMK terkait pemanfaatan data.
g. Menganalisis data P3KE (termasuk identifikasi validitas NIK tagging program dan analisis penerima manfaat).
h. Memadankan data P3KE dengan data penerima bantuan yang dimiliki oleh OPD di tingkat provinsi.
i. Mendapat hasil verifikasi dan validasi data P3KE yang dilakukan oleh Kabupaten/Kota
3. Menyusun program dan kegiatan pada Rencana Kerja Pemerintah Daerah Provinsi pada Anggaran Pendapatan dan Belanja Daerah Provinsi
a. Melakukan penyiapan/penyusunan dokumen Rencana Kerja Pemerintah Daerah (RKPD) tingkat provinsi dan memastikan kemiskinan ekstrem masuk di dalam dokumen tersebut.
b. Melakukan penyiapan/penyusunan dokumen Rencana Aksi Tahunan (RAT) tingkat provinsi dan memastikan kemiskinan ekstrem masuk di dalam dokumen tersebut.
c. Menyusun program dan kegiatan pemerintah daerah provinsi dengan memperhatikan tiga strategi PPKE (pengurangan beban pengeluaran masyarakat, peningkatan pendapatan masyarakat, dan penurunan jumlah kantong kemiskinan).
d. Mengalokasikan APBD provinsi tahun berjalan untuk membiayai program dan kegiatan terkait ketiga strategi PPKE.
e. Memastikan penggunaan data P3KE untuk menentukan sasaran penerima program/bantuan di tingkat provinsi.
4. Melakukan pembinaan dan pengawasan kepada Bupati/Walikota terkait pelaksanaan PPKE
a. Melakukan pembinaan kepada kabupaten/kota dalam menyusun perencanaan program dan kegiatan dengan memperhatikan ketiga strategi PPKE.
b. Memantau pelaksanaan PPKE di kabupaten/kota.
c. Menindaklanjuti pengaduan terkait upaya/program, PPKE dalam kewenangan pemerintah daerah provinsi
d. Memberikan arahan/rekomendasi kepada kabupaten/kota terkait pelaksanaan PPKE berdasarkan hasil pemantauan, laporan dan penanganan pengaduan.
5. Menyampaikan laporan hasil pelaksanaan PPKE kepada Menteri Dalam Negeri dengan tembusan kepada Menteri Koordinator Bidang Pembangunan Manusia dan Kebudayaan setiap 3 (tiga) bulan sekali
a. Melaporkan sasaran penerima manfaat berdasarkan P3KE melalui laman https://p3ke.kemerkopmk.go.id/
b. Melaporkan hasil data balikan P3KE melalui laman https://p3ke.kemerkopmk.go.id/
c. Menerima Laporan dari pemerintah daerah kabupaten/kota terkait pelaksanaan program dan kegiatan PPKE.
d. Melaporkan hasil pelaksanaan PPKE triwulan kepada Mendagri dengan tembusan kepada Menko PMK dan Menko Perekonomian
""".strip().splitlines()
M2_HEADS = [
    "No | Tujuan Program | Perangkat Daerah Pelaksana | Kode | Program | Kegiatan /Sub Kegiatan | Alokasi | Sumber | Lokasi (Kecamatan/ Kelurahan/ Desa) | Sasaran Penerima Manfaat | Kendala Pelaksanaan | Besaran Manfaat | Waktu Penyaluran | Durasi Pemberian Bantuan",
    "| | | | | | (Rp) | Pembiayaan | | | | | |",
    "(1) | (2) | (3) | (4) | (5) | (6) | (7) | (8) | (9) | (10) | (11) | (12) | (13) | (14)",
]
M2_NOTES = """
(1) No urut
(2) Diisi menurut tiga strategi program: 1. Mengurangi beban pengeluaran 2. Meningkatkan pendapatan 3. Mengurangi kantong-kantong kemiskinan
(3) Diisi dengan nama unit pelaksanaan kegiatan atau perangkat daerah penanggung jawab
(4) Diisi kodifikasi berdasarkan DPA APBD atau disesuaikan dengan sumber pembiayaan (kolom 8)
(5) Diisi dengan nama program terkait PPKE sesuai nomenklatur dokumen anggaran
(6) Diisi dengan nama kegiatan /sub kegiatan terkait PPKE sesuai nomenklatur dokumen anggaran
(7) Diisi dengan jumlah atau besaran anggaran dalam rupiah untuk kegiatan dan program
(8) Diisi dengan sumber pembiayaan untuk program, kegiatan/ sub kegiatan antara lain: APBN, APBD, APBDes dan sumber lain (Lembaga donor, LSM, Dunia Usaha, Masyarakat, dsb.)
(9) Diisi dengan nama kecamatan/ desa/ Kelurahan lokasi kegiatan
(10) Diisi dengan jumlah rumah tangga/ individu dan/atau kelompok masyarakat yang menjadi sasaran program dan kegiatan
(11) Diisi dengan kendala pelaksanaan program PPKE
(12) Diisi dengan besaran nilai bantuan yang diberikan ke setiap penerima manfaat
(13) Diisi dengan waktu pelaksanaan penyaluran kegiatan/ program untuk mengetahui apakah pada triwulan N ada penyaluran atau tidak
(14) Diisi dengan informasi durasi pemberian bantuan (misal: setiap bulan, per triwulan dsb.)
""".strip().splitlines()
M3_HEADS = [
    "ID Keluarga P3KE | ID Individu P3KE | Nama | NIK | Perbaikan NIK | Jenis Kelamin | Hubungan dengan Kepala Keluarga | Verifikasi | Ditetapkan Kepala Daerah | Penerima Program Pusat | | | Penerima Program Daerah",
    "| | | | | | | | | PKH | BSPS | | Dana Desa",
    "(1) | (2) | (3) | (4) | (5) | (6) | (7) | (8) | (9) | (10) | | | (11)",
]
M3_NOTES = """
(1) s.d. (4) Kolom ini tidak boleh diubah oleh Daerah
(5) Kolom perbaikan NIK, jika terdapat kesalahan pada NIK. Jika tidak, maka dikosongkan.
(6) Pilih Lelaki/Perempuan
(7) Pilih Hubungan dengan Kepala Keluarga (Kepala Keluarga, Istri, Anak, dsb)
(8) Kolom verifikasi yang dilakukan dalam proses Musyawarah Desa/Kelurahan (Musdes/Muskel). Isi dengan: Menggagal, Ditemukan, Pindah.
(9) Kolom penetapan Kepala Daerah, diisi Ya jika sudah ditetapkan, diisi Tidak jika tidak/belum/sedang dalam tahap penetapan.
(10) Kolom ini dapat ditambahkan ke kanan untuk setiap program pemerintah pusat yang diterima di daerah tersebut. Tidak diberikan keterangan waktu karena akan terlalu panjang. Sehingga cukup diberikan taggung sesuai dengan kondisi terkini pada saat waktu pelaporan data balikan tersebut. Program Pemerintah Pusat di antaranya adalah PKH, Program Sembako, PIP/KIP, BSPS, Program Lansia atau Penyandang Disabilitas di luar PKH.
(11) Kolom ini dapat ditambahkan ke kanan untuk setiap program pemerintah daerah yang diberikan di daerah tersebut. ditambahkan dengan kode nomenklatur untuk masing-masing program. Tidak diberikan keterangan waktu karena akan terlalu panjang. Sehingga cukup diberikan taggung sesuai dengan kondisi terkini pada saat waktu pelaporan data balikan tersebut.
""".strip().splitlines()
M4_HEADS = [
    "No. | Perangkat Daerah | Tugas sesuai dengan Instruksi Gubernur Nomor 34 Tahun 2022 | Nama Program | Indikator Keberhasilan | Capaian | *Dampak | Keterangan",
    "(1) | (2) | (3) | (4) | (5) | (6) | (7) | (8)",
]
M4_NOTES = """
(2) Diisi dengan nama perangkat daerah pelaksana program
(3) Diisi dengan tugas perangkat daerah sesuai dengan Ingub Nomor 34 Tahun 2022
(4) Diisi nama program PKE yang dilaksanakan
(5) Diisi dengan indikator keberhasilan dari program yang dilaksanakan.
(6) Diisi dengan realisasi capaian indikator atau anggaran dari program yang dilaksanakan
(7) Diisi dengan dampak yang diterima oleh masyarakat dari adanya program tersebut *khusus untuk pelaksanaan evaluasi di triwulan terakhir
(8) Diisi dengan informasi yang berkaitan dengan program seperti kendala, rencana tindak lanjut atau pun lainnya.
""".strip().splitlines()
TITLES = {
    1: "Matriks 1 Perkembangan Pelaksanaan PPKE Triwulan",
    2: "Matriks 2 Pemetaan Program/Kegiatan dan Anggaran Triwulan",
    3: "Matriks 3 Data balikan P3KE Pemerintah Daerah Kabupaten/Kota XX",
    4: "Matriks 4 Kesesuaian Tugas dan Fungsi Perangkat Daerah dalam Pelaksanaan Percepatan PKE dengan Instruksi Gubernur Nomor 34 Tahun 2022",
}
