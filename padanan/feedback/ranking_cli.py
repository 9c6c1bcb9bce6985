"""`padanan pemeringkatan serah|banding`: synchronised data go to the ranking body, and what came back is told.

What the commands do stands in `ranking`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.typed import day_argument


def add_parsers(commands: Any) -> None:
    """Adds `pemeringkatan`."""
    parser = commands.add_parser(
        "pemeringkatan",
        help="serahkan data yang sudah sinkron untuk diperingkat, dan bandingkan balikannya",
        description="Berkas untuk lembaga pemeringkat (F30, F31) hanya ditulis bila tidak ada sengketa. Balikannya diterima "
        "sebagai umpan balik jenis desil; ID SERAH dikembalikan tanpa diubah.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    give = actions.add_parser("serah", help="tulis berkas yang diserahkan; memuat nama, punya masa berlaku")
    _which(give)
    give.add_argument("--expires", type=day_argument, metavar="YYYY-MM-DD", help="hari terakhir berkas boleh ada")
    give.add_argument(
        "--new", action="store_true", help="hanya warga baru yang siap masuk putaran berikutnya dan belum pernah diserahkan"
    )
    give.set_defaults(run=_give)
    back = actions.add_parser("banding", help="berapa yang kembali, berapa yang hilang, berapa yang bertambah")
    _which(back)
    back.set_defaults(run=_compare)


def _which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--periode", help="periode penetapan, misalnya 2025-S2; bawaan: yang terakhir terbit")
    parser.add_argument("--revisi", type=int, help="revisi terbitnya; bawaan: yang terakhir")


def _give(args: argparse.Namespace) -> int:
    from padanan.feedback.ranking import hand_over, hand_over_newcomers

    home = Home.from_env().ensure()
    if args.new:
        later, facts = hand_over_newcomers(
            home,
            now=datetime.now(JAKARTA),
            expires=args.expires,
            progress=lambda line: print(line, file=sys.stderr, flush=True),
        )
        if later is None:
            print("Tidak ada warga baru yang siap dan belum diserahkan.")
            return 0
        return _told(home, later, facts)
    folder, facts = hand_over(
        home,
        Periode.parse(args.periode) if args.periode else None,
        args.revisi,
        now=datetime.now(JAKARTA),
        expires=args.expires,
        progress=lambda line: print(line, file=sys.stderr, flush=True),
    )
    return _told(home, folder, facts)


def _told(home: Home, folder: Path, facts: Mapping[str, Any]) -> int:
    from padanan.base.format import number

    print(
        f"{number(facts['jumlah']['orang'])} orang di {folder.relative_to(home.root)} untuk {facts['lembaga']}; berlaku sampai "
        f"{facts['kedaluwarsa']}. Catat penyerahannya dengan 'padanan worklist hand'."
    )
    return 0


def _compare(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.feedback.ranking import compare

    found = compare(Home.from_env().seen(), Periode.parse(args.periode) if args.periode else None, args.revisi)
    print(
        f"Diserahkan {number(found.handed)} orang: {number(found.back)} kembali dengan desil, {number(found.lost)} belum kembali."
    )
    print(f"{number(found.added)} orang kembali tanpa pernah diserahkan.")
    return 1 if found.added else 0
