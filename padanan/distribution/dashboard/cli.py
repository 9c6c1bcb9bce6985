"""`padanan dasbor …`: arguments in, where the pages stand out.

Making them is `make`'s.
"""

from __future__ import annotations

import argparse
from typing import Any

from padanan.base.home import Home


def add_parsers(commands: Any) -> None:
    """Adds `dasbor`."""
    parser = commands.add_parser("dasbor", help="profil kemiskinan untuk umum: halaman dan tabel dari data yang sudah ditetapkan")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    made = actions.add_parser(
        "make",
        help="buat halaman dan berkas unduhan",
        description="Dari angka tertutup semua penetapan yang disalurkan; tidak membuka berkas yang memuat orang.",
    )
    made.set_defaults(run=_make)
    shown = actions.add_parser("open", help="cetak jalur index.html dasbor yang sudah dibuat")
    shown.set_defaults(run=_open)


def _make(args: argparse.Namespace) -> int:
    from padanan.distribution.dashboard.make import make_dashboard

    print(make_dashboard(Home.from_env(), say=print))
    return 0


def _open(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.distribution.dashboard.make import dashboard_folder

    page = dashboard_folder(Home.from_env()) / "index.html"
    if not page.exists():
        raise PadananError("dasbor belum dibuat", cure="jalankan 'padanan dasbor make'")
    print(page)
    return 0
