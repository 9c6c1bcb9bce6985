"""The published tables and files by name, with the columns that order them.

Writing them is `run.publication`'s work, reading them `opened`'s.
"""

from __future__ import annotations

# Table -> the columns that name a row: the files are ordered by them.
TABLES = {
    "padanan_record": "producer, record_key",
    "padanan_orang": "id_orang",
    "padanan_keluarga": "id_keluarga",
    "anggota_keluarga": "id_keluarga, id_orang, record_key",
    "gap": "producer, record_key, rule_id",
    "overlap": "all",
    "sasaran": "id_orang",
    "row_account": "all",
    "pasangan_bukti": "producer, record_key, bobot desc, register_key",
    "ukuran_bukti": "all",
    "ganda_bukti": "producer, jenis, kelompok, record_key",
    "daftar_tanpa_program": "id_orang",
    "bendera_periksa": "id_orang, program, bukti",
    "tanpa_dokumen": "id_orang",
    "pilah_disabilitas": "all",
    "tugas": "id_tugas",
    "prelist": "id_orang",
}


# What the pairs were judged with: parameters, training counts and thresholds, comparable between revisions.
MODEL = "model_bukti.json"
