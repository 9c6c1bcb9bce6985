"""`padanan key …`: arguments in, one line per answer out.

What the commands do stands in the modules beside this one.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import has_long_number


def add_parsers(commands: Any) -> None:
    """Adds `key`."""
    parser = commands.add_parser("key", help="kunci tanda dan pseudonim: apa yang ditandai dengannya")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    old = actions.add_parser(
        "sign",
        help="tandai kiriman, terbitan dan rancangan dari versi lama",
        description="Mencocokkan dahulu setiap sidik dan hitungan; yang tidak cocok disebut dan tidak ditandai.",
    )
    old.add_argument("--by", required=True, metavar="NAMA", help="siapa yang memeriksa isinya")
    old.set_defaults(run=_sign)


def _sign(args: argparse.Namespace) -> int:
    from padanan.upkeep.key.sign_old import sign_old

    outcome = sign_old(Home.from_env().seen(), _person(args.by), datetime.now(JAKARTA))
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    told = ", ".join(f"{count} {kind}" for kind, count in outcome.signed.items())
    print(f"Ditandai: {told}." if told else "Tidak ada yang perlu ditandai.")
    return 1 if outcome.faults else 0


def _person(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > 80 or not text.isprintable() or has_long_number(text):
        raise PadananError("nama kosong atau tidak sah", cure="isi --by dengan nama petugas, tanpa nomor")
    return text
