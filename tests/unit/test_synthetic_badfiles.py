"""The corpus of damaged deliveries: complete, reproducible, each with its letter; landing's verdicts are its own tests."""

import hashlib

from padanan.contracts.contract import load_contracts
from padanan.synthetic.badfiles import write_bad_files

KINDS = {
    "kutip_nyasar", "terpotong", "sandi_cp1252", "utf16", "judul_baris_4", "sel_gabung", "nik_angka", "tanggal_serial",
    "judul_ganda", "kosong", "zip_bernama_xlsx", "bita_nul", "akhir_baris_campur", "sel_rumus", "pemisah_salah",
    "kolom_tertukar", "dua_periode", "kolom_wajib_hilang", "kolom_tak_disepakati", "kolom_dikosongkan",
    "parquet_terpotong", "judul_saja", "baris_timpang", "total_kendali", "bom_sep",
}  # fmt: skip


def test_the_corpus_is_complete_and_reproducible(tmp_path):
    contracts = load_contracts()
    files = write_bad_files(tmp_path / "a", contracts)
    again = write_bad_files(tmp_path / "b", contracts)
    assert len(files) >= 25 and {bad.name for bad in files} >= KINDS
    assert {bad.expected for bad in files} == {"diterima", "ditahan", "karantina"}
    for one, two in zip(files, again, strict=True):
        assert one.path.with_name(one.path.name + ".pengantar.yaml").exists()
        assert one.path.parent.name == one.contract_id
        if one.path.suffix != ".xlsx":  # a workbook's properties carry the hour it was made
            assert hashlib.sha256(one.path.read_bytes()).digest() == hashlib.sha256(two.path.read_bytes()).digest()


def test_landing_needs_a_predecessor_only_where_history_decides(tmp_path):
    files = write_bad_files(tmp_path, load_contracts())
    assert {bad.name for bad in files if bad.before} == {"kolom_dikosongkan", "volume_jatuh"}
