"""`padanan key …`: arguments in, one line per answer out.

What the commands do stands in the modules beside this one.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import clean_person


def add_parsers(commands: Any) -> None:
    """Adds `key`."""
    parser = commands.add_parser("key", help="kunci tanda dan pseudonim: apa yang ditandai dengannya")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    told = actions.add_parser("status", help="di mana kunci, sejak kapan, dan apa yang ditandai dengannya")
    told.set_defaults(run=_status)
    copy = actions.add_parser(
        "backup",
        help="tulis salinan kunci untuk disimpan terpisah",
        description="Berkasnya rahasia (hak 0600): pemiliknya dapat menandai dan mengenali orang. Jangan simpan bersama data.",
    )
    copy.add_argument("berkas", metavar="FILE", type=Path, help="berkas yang ditulis, di luar data home dan folder kunci")
    copy.set_defaults(run=_backup)
    change = actions.add_parser(
        "rotate",
        help="ganti kunci; keputusan dan tanda lama tetap berlaku",
        description="Kunci lama disimpan di berkas kunci untuk membuktikan tanda lama. Putaran berikutnya membuka revisi baru.",
    )
    change.add_argument("--by", required=True, metavar="NAMA", help="siapa yang mengganti")
    change.add_argument("--reason", required=True, metavar="TEKS", help="mengapa diganti")
    change.set_defaults(run=_rotate)
    public = actions.add_parser(
        "public",
        help="cetak kunci publik segel (berkas allowed_signers bagi ssh-keygen)",
        description="Dengan ini siapa pun membuktikan segel dan kepala audit tanpa program ini; lihat docs/api.md.",
    )
    public.set_defaults(run=_public)
    make = actions.add_parser("make-seal", help="buat kunci segel Ed25519 sekarang (kalau tidak, dibuat pada penetapan pertama)")
    make.set_defaults(run=_make_seal)
    again = actions.add_parser(
        "rotate-seal",
        help="ganti kunci segel; segel lama tetap terbukti dengan kunci publiknya",
        description="Kunci pribadi yang lama dihapus: tidak ada lagi yang ditandai dengannya.",
    )
    again.add_argument("--by", required=True, metavar="NAMA", help="siapa yang mengganti")
    again.add_argument("--reason", required=True, metavar="TEKS", help="mengapa diganti")
    again.set_defaults(run=_rotate_seal)
    old = actions.add_parser(
        "sign",
        help="tandai kiriman, terbitan dan rancangan dari versi lama",
        description="Mencocokkan dahulu setiap sidik dan hitungan; yang tidak cocok disebut dan tidak ditandai.",
    )
    old.add_argument("--by", required=True, metavar="NAMA", help="siapa yang memeriksa isinya")
    old.set_defaults(run=_sign)


def _status(_: argparse.Namespace) -> int:
    from padanan.upkeep.key.status import lines

    for line in lines(Home.from_env().seen()):
        print(line)
    return 0


def _backup(args: argparse.Namespace) -> int:
    from padanan.upkeep.key.rotate import copy_key

    ring = copy_key(Home.from_env().seen(), args.berkas)
    print(f"{len(ring.keys)} kunci disalin (terbaru {ring.names[-1]}). Simpan terpisah dari data dan cadangannya.")
    return 0


def _rotate(args: argparse.Namespace) -> int:
    from padanan.records.decided import clean_reason
    from padanan.upkeep.key.rotate import rotate

    reason = clean_reason(args.reason, field="alasan")
    if not reason:
        raise PadananError("alasan kosong", cure="isi --reason dalam satu kalimat")
    ring = rotate(Home.from_env().ensure(), by=clean_person(args.by), reason=reason, now=datetime.now(JAKARTA))
    print(f"Kunci diganti: {ring.names[-2]} menjadi {ring.names[-1]}. Cadangkan sekarang dengan 'padanan key backup FILE'.")
    print("Putaran berikutnya menerjemahkan pseudonim lama dan membuka revisi baru.")
    return 0


def _public(_: argparse.Namespace) -> int:
    from padanan.records.seal_keys import allowed_signers

    text = allowed_signers(Home.from_env().seen())
    if not text:
        raise PadananError("belum ada kunci segel", cure="jalankan 'padanan key make-seal'")
    print(text, end="")
    return 0


def _make_seal(_: argparse.Namespace) -> int:
    from padanan.base.sshsig import fingerprint, seal_key_file
    from padanan.records.seal_keys import sealing_key

    key = sealing_key(Home.from_env().ensure())
    print(f"Kunci segel {fingerprint(key.public)} di {seal_key_file()}. Simpan salinannya terpisah dari data.")
    return 0


def _rotate_seal(args: argparse.Namespace) -> int:
    from padanan.base.sshsig import fingerprint
    from padanan.records.decided import clean_reason
    from padanan.records.seal_keys import rotate_sealing_key

    reason = clean_reason(args.reason, field="alasan")
    if not reason:
        raise PadananError("alasan kosong", cure="isi --reason dalam satu kalimat")
    home = Home.from_env().ensure()
    key = rotate_sealing_key(home, by=clean_person(args.by), reason=reason, now=datetime.now(JAKARTA))
    print(f"Kunci segel sekarang {fingerprint(key.public)}. Edarkan lagi 'padanan key public' kepada instansi.")
    return 0


def _sign(args: argparse.Namespace) -> int:
    from padanan.upkeep.key.sign_old import sign_old

    outcome = sign_old(Home.from_env().seen(), clean_person(args.by), datetime.now(JAKARTA))
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    told = ", ".join(f"{count} {kind}" for kind, count in outcome.signed.items())
    print(f"Ditandai: {told}." if told else "Tidak ada yang perlu ditandai.")
    return 1 if outcome.faults else 0
