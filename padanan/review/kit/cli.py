"""`padanan kit make`: what each producer gets back after a revision.

What is in a kit stands in `rows` and `make`; handing over and expiry are those of `padanan worklist`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.typed import day_argument


def add_parsers(commands: Any) -> None:
    """Adds `kit`."""
    parser = commands.add_parser(
        "kit", help="paket produsen: laporan, tanda terima, celah per baris, baris diperbaiki dan disisihkan"
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    make = actions.add_parser("make", help="tulis satu zip per produsen untuk satu revisi terbit")
    make.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    make.add_argument("--revisi", type=int, help="nomor revisi (bawaan: yang terakhir terbit)")
    make.add_argument("--producer", metavar="PRODUSEN", help="hanya produsen ini (id kontrak; bawaan: semua yang mengirim)")
    make.add_argument(
        "--expires", type=day_argument, help="hari terakhir berkas boleh ada, YYYY-MM-DD (bawaan: menurut lapangan.yaml)"
    )
    make.add_argument("--again", action="store_true", help="tulis lagi walau sudah ada atau sudah kedaluwarsa")
    make.set_defaults(run=_make)


def _make(args: argparse.Namespace) -> int:
    from padanan.review.kit.make import COUNTED, make

    home = Home.from_env().seen()
    folder, facts = make(
        home, Periode.parse(args.periode), args.revisi, now=datetime.now(JAKARTA), producer=args.producer,
        expires=args.expires, again=args.again, progress=lambda text: print(text, file=sys.stderr),
    )  # fmt: skip
    total = {name: sum(item[name] for item in facts["berkas"].values()) for name in COUNTED}
    print(
        f"{len(facts['berkas'])} paket di {folder.relative_to(home.root)}: {total['celah_per_baris']} celah, "
        f"{total['diperbaiki']} nilai diperbaiki, {total['disisihkan']} baris disisihkan; berlaku sampai {facts['kedaluwarsa']}"
    )
    return 0
