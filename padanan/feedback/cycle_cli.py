"""`padanan siklus halaman|pilah|panti|pemutakhiran`: the reviewers' page, figures split, residents of panti, updates; no person.

What the page shows is `cycle_page`'s; counting stands in `cycle_groups`, `institutions` and `cycle_updates`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument

if TYPE_CHECKING:
    from padanan.pages.table import Table


def add_parsers(commands: Any) -> None:
    """Adds `siklus`."""
    parser = commands.add_parser(
        "siklus",
        help="siklus pemutakhiran: halaman bagi reviu, angka terpilah, penghuni panti, pemutakhiran per kota dan bulan",
        description="Dari yang kembali dari lapangan (F24, F47, F59). Angka di bawah lima dan yang dapat mengungkapnya ditutup.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    page = actions.add_parser(
        "halaman",
        help="tulis halaman siklus bagi reviu, tanpa data pribadi",
        description="Baris prelist yang terbuka, ditutup dan terlambat menurut instansi, wilayah, alasan, umur dan bulan pada "
        "satu halaman, dengan buku kerjanya. Jumlah kecil ditutup.",
    )
    page.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="hari itu; bawaan: hari ini")
    page.add_argument("--folder", type=Path, metavar="FOLDER", help="folder yang ditulis; bawaan: reports/PERIODE/siklus")
    page.set_defaults(run=_page)
    told = (
        ("pilah", "baris terbuka, hasil, pengaduan dan bantuan menurut jenis kelamin dan umur", _split),
        ("panti", "penghuni panti menurut kota, jenis panti dan Adminduk", _institutions),
        ("pemutakhiran", "orang yang dimutakhirkan menurut kota dan bulan", _updates),
    )
    for name, words, run in told:
        one = actions.add_parser(name, help=words)
        one.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan hari itu; bawaan: hari ini")
        one.add_argument("--json", action="store_true", help="keluarkan JSON")
        if run is _updates:
            one.add_argument("--since", type=day_argument, metavar="YYYY-MM-DD", help="dari bulan hari itu; bawaan: enam bulan")
        one.set_defaults(run=run)


def _day(args: argparse.Namespace) -> date:
    day: date = args.as_of or datetime.now(JAKARTA).date()
    return day


def _page(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.feedback.cycle import standing_on
    from padanan.feedback.cycle_page import BOOK, PAGE, page_of, write, write_in_home

    home, today = Home.from_env(), _day(args)
    if args.folder is not None and args.folder.exists():
        others = {one.name for one in args.folder.iterdir()} - {PAGE, BOOK} if args.folder.is_dir() else {"-"}
        if others:
            # The folder is replaced as a whole: what somebody else keeps there is never taken away.
            raise PadananError(
                "--folder bukan folder, atau memuat berkas lain", file=args.folder, cure="sebut folder yang kosong atau belum ada"
            )
    home = home.seen() if args.folder is not None else home.ensure()
    with standing_on(home, today) as standing:
        made = page_of(standing)
    print(write(made, args.folder) if args.folder is not None else write_in_home(home, made))
    return 0


def _print(args: argparse.Namespace, tables: Sequence[Table], *notes: str) -> int:
    from padanan.pages.table import as_lines

    if args.json:
        made = [
            {"id": one.id, "judul": one.caption, "kolom": [column.full for column in one.columns],
             "baris": [[cell.text for cell in line.cells] for line in one.rows]}
            for one in tables
        ]  # fmt: skip
        print(json.dumps({"hari": _day(args).isoformat(), "tabel": made}, ensure_ascii=False, indent=1))
        return 0
    for one in tables:
        print("\n".join(as_lines(one)), end="\n\n")
    for note in notes:
        print(note)
    return 0


def _split(args: argparse.Namespace) -> int:
    from padanan.feedback.cycle_groups import NO_DISABILITY, groups, tables

    return _print(args, tables(groups(Home.from_env().seen(), _day(args))), NO_DISABILITY)


def _institutions(args: argparse.Namespace) -> int:
    from padanan.feedback.institutions import residents, tables

    found = residents(Home.from_env().seen(), _day(args))
    if not found.delivered:
        print("Belum ada kiriman panti: penghuninya tidak diukur.")
        return 0
    return _print(args, tables(found))


def _updates(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.base.period import months_before
    from padanan.feedback.cycle_updates import updates, updates_table

    day = _day(args)
    since = args.since or months_before(day, 5)
    if not months_before(day, 36) <= since <= day:
        raise PadananError("di luar 36 bulan sebelum hari itu", place="--since", cure="tulis hari di dalamnya")
    return _print(args, [updates_table(updates(Home.from_env().seen(), day, since))])
