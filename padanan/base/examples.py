"""One example for every sub-command, shown at the end of its help.

What a command takes is said where it is defined; an example that its parser refuses fails the tests.
"""

from __future__ import annotations

import argparse

PERSON = "--oleh 'Kepala Bidang Data'"
FOUR_EYES = "--sidik 1f3a-9c2b-77de-0412 --pengusul contoh.pengusul --penyetuju contoh.penyetuju --scan berita-acara.pdf"

EXAMPLES = {
    "backup": "/mnt/cadangan/padanan-2025-12.tar.gz",
    "calendar": "--tahun 2026 --terbuka",
    "carry": f"3f2a9c1b --periode 2026-S2 {PERSON} --alasan 'berita acara 12/2026'",
    "contracts check": "",
    "contracts render": "--check",
    "decree approve": "--periode 2025-S2 --revisi 2 --number 1234/2025 --date 2025-12-29 --reviewer contoh.penetap",
    "decree documents": "--periode 2025-S2",
    "decree list": "--tahun 2025",
    "decree open-change": "--periode 2025-S2 --reason 'keberatan' --pengusul contoh.pengusul --penyetuju contoh.penyetuju",
    "deliver": "klj_2025-10.xlsx --producer klj --periode-data 2025-10",
    "explain": "dtks 3f2a9c1b",
    "kit make": "--periode 2025-S2 --producer klj",
    "klerikal export": "antrean.xlsx --periode 2025-S2",
    "klerikal import": "antrean.xlsx --nama 'Petugas Klerikal'",
    "model compare": "--periode 2025-S2 --dengan 2025-S1/1",
    "plan berita-acara": "2026 --berkas berita-acara-2026.md",
    "plan check": "2026",
    "plan show": "2026",
    "rakor agenda": "--periode 2025-S2 --berkas agenda.html",
    "rakor done": "TL-2026-003 --oleh 'Sekretariat TKPK' --catatan 'surat sudah dikirim'",
    "rakor record": "--tanggal 2026-02-10 --berkas notula.pdf --tindak-lanjut tindak-lanjut.yaml --oleh 'Sekretariat TKPK'",
    "records adopt": "pelepasan --by 'Pengelola Sistem'",
    "records list": "",
    "records repair": "pelepasan/kiriman",
    "register": "--berkas register-pemrosesan.md",
    "release": f"3f2a9c1b {PERSON} --alasan 'jumlah baris sudah dikonfirmasi produsen'",
    "report open": "--periode 2025-S2",
    "report render": "--periode 2025-S2 --revisi 1",
    "report serve": "",
    "restore": "/mnt/cadangan/padanan-2025-12.tar.gz",
    "retention": "--dry-run",
    "retention berita-acara": "--tahun 2026 --berkas pemusnahan-2026.md",
    "retention run": f"{PERSON} --saksi 'Arsiparis'",
    "retention status": "",
    "review accept": f"--periode 2025-S2 {FOUR_EYES}",
    "review compare": "--periode 2025-S2 --revisi 1 --with 2",
    "review discuss": "--periode 2025-S2 --oleh contoh.asisten --hasil lanjut",
    "review draft": "--periode 2025-S2 --oleh contoh.pelapor",
    "review form": "keputusan.xlsx --periode 2025-S2",
    "review import": "keputusan.xlsx",
    "review inbox": "",
    "review log": "--periode 2025-S2",
    "review refine": f"--periode 2025-S2 {FOUR_EYES} --alasan 'kiriman klj diperbaiki'",
    "review repair": "--periode 2025-S2",
    "review report": "--periode 2025-S2 --oleh contoh.pelapor",
    "review reviewers": "",
    "review show": "--periode 2025-S2",
    "review waive": f"--periode 2025-S2 {FOUR_EYES} --producer dtks --rule nik_kosong --kota 31.74 --alasan 'surat 7/2025'",
    "status": "--periode 2025-S2",
    "verify": "--periode 2025-S2 --replay",
    "worklist check": "31.74.01.1001.xlsx --periode 2025-S2 --revisi 1",
    "worklist expire": "--dry-run",
    "worklist hand-over": f"31.74.01.1001.xlsx --to 'Lurah Tebet Barat' --purpose 'verivali 2025-S2' {PERSON}",
    "worklist list": "--periode 2025-S2",
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
