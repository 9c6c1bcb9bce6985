"""What each delivery rule is called on a receipt: the one list of their names in words.

When a rule is broken is decided in `checks` and by the readers; rules on rows have their names in `rules.yaml`.
"""

from __future__ import annotations

WORDS = {
    "akhir_terbuka": "Berkas mungkin terpotong",
    "baris_kembar": "Baris kembar",
    "baris_kosong_semu": "Baris berisi yang terbaca kosong",
    "baris_tak_terbaca": "Baris tidak terbaca",
    "baris_tersembunyi": "Baris tersembunyi",
    "bentuk_beda": "Bentuk berkas lain dari yang disepakati",
    "berkas_rusak": "Berkas rusak atau tidak terbaca",
    "bukan_berkas": "Bukan berkas biasa",
    "bukan_rekaman": "Baris yang bukan rekaman orang atau keluarga",
    "di_luar_masa_berlaku": "Periode data di luar masa berlaku kesepakatan",
    "dua_periode": "Beberapa periode dalam satu berkas",
    "duplikat": "Berkas yang sama sudah diterima",
    "encoding_campur": "Huruf tidak terbaca",
    "id_angka": "Nomor identitas tersimpan sebagai angka",
    "isi_berulang": "Isi sama dengan kiriman lain",
    "judul_bergeser": "Baris judul bergeser",
    "judul_di_tengah": "Baris judul di tengah data",
    "judul_lain": "Baris judul kedua dengan susunan lain",
    "kelurahan_nihil": "Kelurahan yang tadinya ada kini tanpa baris",
    "kelurahan_tanpa_baris": "Kelurahan tanpa baris",
    "kolom_hilang": "Kolom wajib tidak ada",
    "kolom_kosong": "Kolom yang tadinya terisi kini kosong",
    "kolom_opsional_hilang": "Kolom yang disepakati tidak ditemukan",
    "kolom_tak_disepakati": "Kolom di luar kesepakatan",
    "kolom_tersembunyi": "Kolom tersembunyi",
    "kolom_tertukar": "Isi kolom tampak tertukar",
    "kutip_rangkap": "Tanda kutip rangkap",
    "kutip_tunggal": "Tanda kutip tunggal",
    "lembar_beda": "Susunan kolom antarlembar berbeda",
    "lembar_ganda": "Beberapa lembar berjudul sama",
    "lembar_penuh": "Lembar penuh, mungkin terpotong",
    "lembar_tak_dibaca": "Lembar berisi data yang tidak dibaca",
    "lembar_tersembunyi": "Lembar tersembunyi",
    "pembaca_berhenti": "Berkas tidak dapat diolah sampai selesai",
    "pemisah_beda": "Pemisah kolom lain dari yang disepakati",
    "pemisah_ekor": "Pemisah berlebih di akhir baris",
    "penanggalan_1904": "Penanggalan buku kerja sejak 1904",
    "pengakuan_tiba": "Tanggal kirim di surat pengantar meragukan",
    "pengantar_rusak": "Surat pengantar tidak dapat dipakai",
    "periode_beda": "Periode data lain di surat dan di berkas",
    "proses_mati": "Pengolahan terhenti ketika berkas dibuka",
    "rumus_tanpa_nilai": "Rumus tanpa hasil tersimpan",
    "rumus_teks": "Isi berbentuk rumus teks",
    "sel_gabung": "Sel gabung",
    "sel_rumus": "Sel berisi rumus",
    "tanpa_periode": "Periode data tidak diketahui",
    "tanpa_perjanjian": "Tanpa perjanjian yang berlaku",
    "tanpa_rencana": "Tahun tanpa rencana data",
    "terlalu_besar": "Berkas terlalu besar",
    "terlambat": "Terlambat",
    "total_kendali": "Jumlah baris tidak cocok",
    "volume_berubah": "Jumlah baris berubah banyak",
}


def rule_words(rule_id: str) -> str:
    """The rule's name in words; of one from another version of this program, its id with spaces."""
    return WORDS.get(rule_id) or rule_id.replace("_", " ").capitalize()
