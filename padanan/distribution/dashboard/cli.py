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
    told = actions.add_parser(
        "unserved",
        help="tiap instansi: berapa orang yang berhak atas programnya dan belum menerimanya",
        description="Dari angka tertutup penetapan terbaru yang disalurkan; orangnya hanya lewat API (prioritas).",
    )
    told.set_defaults(run=_unserved)
    shown = actions.add_parser("open", help="cetak jalur index.html dasbor yang sudah dibuat")
    shown.set_defaults(run=_open)


def _make(args: argparse.Namespace) -> int:
    from padanan.distribution.dashboard.make import make_dashboard

    print(make_dashboard(Home.from_env(), say=print))
    return 0


def _unserved(_: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.distribution.dashboard.figures import newest, read_figures, shown_decrees
    from padanan.distribution.dashboard.tables import unserved

    home = Home.from_env().seen()
    decrees = shown_decrees(home)
    if not decrees:
        raise PadananError("belum ada penetapan yang disalurkan", cure="jalankan dahulu 'padanan api publish --periode …'")
    figures = newest([read_figures(home, periode, ke) for periode, ke in decrees])
    made = unserved(figures)
    for row in made.rows:
        agency, program, served, waiting = (cell.text for cell in row.cells[:4])
        print(f"{agency}, {program}: {waiting} orang belum dilayani, {served} menerima")
    print(
        f"{figures.label}: {len(made.rows)} program." if made.rows else f"{figures.label}: tidak ada program yang haknya diukur."
    )
    return 0


def _open(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.distribution.dashboard.make import dashboard_folder

    page = dashboard_folder(Home.from_env()) / "index.html"
    if not page.exists():
        raise PadananError("dasbor belum dibuat", cure="jalankan 'padanan dasbor make'")
    print(page)
    return 0
