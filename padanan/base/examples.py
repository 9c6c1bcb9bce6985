"""One example for every sub-command, shown at the end of its help.

What a command takes is said where it is defined; an example that its parser refuses fails the tests.
"""

from __future__ import annotations

import argparse

PERSON = "--by 'Kepala Bidang Data'"
FOUR_EYES = "--fingerprint 1f3a-9c2b-77de-0412 --pengusul contoh.pengusul --penyetuju contoh.penyetuju --scan berita-acara.pdf"

EXAMPLES = {
    "api backup": "/mnt/cadangan/keadaan-api.sqlite",
    "api openapi": "",
    "api publish": "--periode 2025-S2",
    "api resume": "--by 'Pengelola Sistem' --reason 'dicocokkan dengan surat pencabutan'",
    "api serve": "--port 8080 --url https://api.contoh.jakarta.go.id",
    "audit export": "audit-2026-11.ndjson --since 2026-11-01 --until 2026-11-30",
    "audit head": "",
    "audit readers": "000092d7f4fb29b641c4073e39998ce7",
    "audit verify": "",
    "dasbor bansos": "--periode 2025-S2",
    "dasbor make": "",
    "dasbor open": "",
    "dasbor unserved": "",
    "permohonan formulir": "permohonan.xlsx",
    "permohonan ajukan": "permohonan.xlsx --scan surat.pdf --by contoh.pengusul",
    "permohonan ubah": "p-2026-0001 permohonan.xlsx --scan surat.pdf --by contoh.pengusul",
    "permohonan forum": "p-2026-0001 --result layak --present dinsos --number BA-1/2026 --date 2026-01-20"
    " --fingerprint 0123456789abcdef --by contoh.pelapor --reason 'dibahas bersama Dinsos'",
    "permohonan putuskan": "p-2026-0001 --result setuju --number TKPK-5/2026 --date 2026-02-01"
    " --fingerprint 0123456789abcdef --by contoh.penyetuju --reason 'sesuai penilaian forum'",
    "permohonan tunjuk": "p-2026-0001 --agency dinsos --fingerprint 0123456789abcdef --by contoh.pelapor"
    " --reason 'program dijalankan bersama'",
    "permohonan tarik": "p-2026-0001 --by contoh.pengusul --reason 'lembaga menarik suratnya'",
    "permohonan hibah": "p-2026-0001 --grant klj-yayasan --client yayasan --basis 'Pergub program itu'"
    " --pengusul contoh.pelapor --penyetuju contoh.penyetuju --reason 'permohonan p-2026-0001'",
    "permohonan daftar": "--late",
    "permohonan riwayat": "p-2026-0001",
    "hibah give": "hibah-klj.yaml --pengusul contoh.pengusul --penyetuju contoh.penyetuju --reason 'keputusan TKPK 5/2026'",
    "hibah list": "",
    "hibah revoke": "klj-dinsos --by contoh.pengusul --reason 'kerja sama berakhir'",
    "klien add": "dinsos-siks --agency dinsos --scope sasaran:bnba --secret-until 2027-06-30 --by 'Pengelola Sistem'",
    "klien list": "",
    "klien renew": "dinsos-siks --secret-until 2027-12-31 --by 'Pengelola Sistem'",
    "klien revoke": "dinsos-siks --by 'Pengelola Sistem'",
    "key make-seal": "",
    "key public": "",
    "key rotate-seal": "--by 'Pengelola Sistem' --reason 'pergantian tahunan'",
    "backup": "/mnt/cadangan/padanan-2025-12.tar.gz",
    "calendar": "--year 2026 --open",
    "carry": f"3f2a9c1b --periode 2026-S2 {PERSON} --reason 'berita acara 12/2026'",
    "contracts check": "",
    "contracts render": "--check",
    "contracts template": "lampid verivali --out templat/",
    "decree approve": "--periode 2025-S2 --revisi 2 --number 1234/2025 --date 2025-12-29 --by contoh.penetap",
    "decree documents": "--periode 2025-S2",
    "decree list": "--year 2025",
    "decree open-change": "--periode 2025-S2 --reason 'keberatan' --pengusul contoh.pengusul --penyetuju contoh.penyetuju",
    "deliver": "klj_2025-10.xlsx --producer klj --periode-data 2025-10",
    "explain": "dtks 3f2a9c1b",
    "key backup": "/mnt/brankas/padanan-kunci",
    "key rotate": "--by 'Pengelola Sistem' --reason 'pergantian tahunan'",
    "key status": "",
    "key sign": "--by 'Pengelola Sistem'",
    "kit make": "--periode 2025-S2 --producer klj",
    "clerical export": "antrean.xlsx --periode 2025-S2",
    "clerical import": "antrean.xlsx --by 'Petugas Klerikal'",
    "model compare": "--periode 2025-S2 --with 2025-S1/1",
    "plan berita-acara": "2026 --out berita-acara-2026.md",
    "plan check": "2026",
    "plan show": "2026",
    "rakor agenda": "--periode 2025-S2 --out agenda.html",
    "rakor done": "TL-2026-003 --by 'Sekretariat TKPK' --note 'surat sudah dikirim'",
    "rakor record": "--date 2026-02-10 --file notula.pdf --tindak-lanjut tindak-lanjut.yaml --by 'Sekretariat TKPK'",
    "records adopt": "pelepasan --by 'Pengelola Sistem'",
    "records list": "",
    "records repair": "pelepasan/kiriman",
    "register": "--out register-pemrosesan.md",
    "release": f"3f2a9c1b {PERSON} --reason 'jumlah baris sudah dikonfirmasi produsen'",
    "report audit": "--periode 2025-S2",
    "report open": "--periode 2025-S2",
    "report render": "--periode 2025-S2 --revisi 1",
    "report serve": "",
    "restore": "/mnt/cadangan/padanan-2025-12.tar.gz",
    "retention": "--dry-run",
    "retention berita-acara": "--year 2026 --out pemusnahan-2026.md",
    "retention run": f"{PERSON} --witness 'Arsiparis'",
    "retention status": "",
    "review accept": f"--periode 2025-S2 {FOUR_EYES}",
    "review compare": "--periode 2025-S2 --revisi 1 --with 2",
    "review discuss": "--periode 2025-S2 --by contoh.asisten --result lanjut",
    "review draft": "--periode 2025-S2 --by contoh.pelapor",
    "review form": "keputusan.xlsx --periode 2025-S2",
    "review import": "keputusan.xlsx",
    "review inbox": "",
    "review log": "--periode 2025-S2",
    "review refine": f"--periode 2025-S2 {FOUR_EYES} --reason 'kiriman klj diperbaiki'",
    "review repair": "--periode 2025-S2",
    "review report": "--periode 2025-S2 --by contoh.pelapor",
    "review reviewers": "",
    "review show": "--periode 2025-S2",
    "review waive": f"--periode 2025-S2 {FOUR_EYES} --producer dtks --rule nik_kosong --kota 31.74 --reason 'surat 7/2025'",
    "simulasi": "--mode unit_corrected --sweep gkm=0.5:1.5:0.1 --folder simulasi",
    "spdci agree": "dinsos-siks --key-id kunci-1 --public-key BASE64 --callback https://siks.contoh.id --by 'Pengelola Sistem'",
    "spdci notify": "",
    "spdci send": "",
    "lp2kd make": "--year 2025 --out lp2kd-2025.docx",
    "lp3ke accept": f"matriks-2.xlsx --quarter 2025-TW4 {PERSON}",
    "lp3ke calendar": "--year 2026 --open",
    "lp3ke done": f"'2025-TW4 mendagri' --date 2026-01-28 --note 'surat 12/2026' {PERSON}",
    "lp3ke make": "--quarter 2025-TW4 --periode 2025-S2",
    "lp3ke status": "--quarter 2025-TW4",
    "status": "--periode 2025-S2",
    "umpan-balik ambil": "--producer verivali",
    "umpan-balik status": "",
    "umpan-balik kenali": "",
    "umpan-balik calon": "",
    "umpan-balik tautkan": "5d2c0a91b7e64f1d8c3a2b1f0e9d8c7b 000092d7f4fb29b641c4073e39998ce7 --result padan"
    " --pengusul contoh.pengusul --penyetuju contoh.penyetuju --reason 'KK dan alamat sama'",
    "pengaduan daftar": "--late --agency dinsos",
    "pengaduan disposisi": "JAKI-2026-00123 --agency dinsos --by contoh.pengusul --reason 'belum menerima KLJ'",
    "pengaduan jawab": "JAKI-2026-00123 --result salah_alamat --by contoh.pelapor --reason 'bukan program kami'",
    "pengaduan verifikasi": "JAKI-2026-00123 --result terima --by contoh.penyetuju --reason 'jawaban sesuai bukti'",
    "pengaduan papan": "--folder papan",
    "usul-sanggah catat": "sanggah rt 000092d7f4fb29b641c4073e39998ce7 --by contoh.pengusul"
    " --reason 'menurut RT sudah pindah ke luar kota'",
    "usul-sanggah jawab": "us-2026-0001 --result ditolak --by contoh.penyetuju --reason 'kunjungan menemukan orangnya'",
    "usul-sanggah daftar": "--late",
    "umpan-balik sengketa": "",
    "umpan-balik usul": "000092d7 --berlaku 3f2a9c1b --tidak-berlaku 77de0412 --by contoh.pengusul --reason 'akta kematian'",
    "umpan-balik putus": "3 --by contoh.penyetuju --reason 'akta diperiksa'",
    "umpan-balik lembar": "31.74.01.1001.xlsx 31.74.01.1002.xlsx",
    "mendesak daftar": "--as-of 2026-06-30",
    "mendesak usulkan": "000092d7f4fb29b641c4073e39998ce7 --by contoh.pengusul --reason 'lansia sebatang kara, sakit'",
    "mendesak tetapkan": "1 --number 45/TKPK/2026 --date 2026-06-25 --scan surat.pdf --by contoh.penetap"
    " --reason 'sesuai surat TKPK'",
    "mendesak batalkan": "2025-S2/1/adendum-1 000092d7f4fb29b641c4073e39998ce7 --by contoh.pengusul"
    " --reason 'sudah dibantu keluarganya'",
    "mendesak berkas": "2025-S2/1/adendum-1 --expires 2026-07-31",
    "mendesak salurkan": "2025-S2/1/adendum-1",
    "prelist": "--as-of 2026-06-30 --split alasan",
    "siklus halaman": "--as-of 2026-06-30 --folder siklus",
    "peringatan hitung": "",
    "peringatan daftar": "--open",
    "peringatan tanggapi": "pd-9e682935c2 --by contoh.pengusul --reason 'sudah dibahas bersama Dinsos, daftar diperiksa ulang'",
    "peringatan riwayat": "",
    "peringatan aturan": "",
    "peringatan halaman": "--folder peringatan",
    "siklus pilah": "--as-of 2026-06-30",
    "siklus panti": "--as-of 2026-06-30",
    "siklus pemutakhiran": "--since 2026-01-01",
    "sosialisasi": "--folder sosialisasi",
    "bayar rekon": "",
    "bayar siap": "klj --out siap-klj.csv",
    "pemeringkatan banding": "--periode 2025-S2",
    "pemeringkatan serah": "--periode 2025-S2",
    "person": "000092d7f4fb29b641c4073e39998ce7 --as-of 2026-06-30 --known-at 2026-07-15",
    "verify": "--periode 2025-S2 --replay",
    "worklist check": "31.74.01.1001.xlsx --periode 2025-S2 --revisi 1",
    "worklist expire": "--dry-run",
    "worklist hand-over": f"31.74.01.1001.xlsx --to 'Lurah Tebet Barat' --purpose 'verivali 2025-S2' {PERSON}",
    "worklist list": "--periode 2025-S2",
    "worklist new": "--expires 2026-09-30",
    "worklist make": "--periode 2025-S2",
}


def add_examples(parser: argparse.ArgumentParser) -> None:
    """Gives every command below `parser` its example, and its one-line help as description where it has no longer one."""
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        said = {choice.dest: choice.help for choice in action._choices_actions}
        for name, child in action.choices.items():
            child.description = child.description or said.get(name)
            example = EXAMPLES.get(child.prog.partition(" ")[2])
            if example is not None:
                child.epilog = f"contoh: {child.prog} {example}".rstrip()
            add_examples(child)
