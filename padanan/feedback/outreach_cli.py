"""`padanan sosialisasi`: the kelurahan with people who lack a program that no session reached, on the screen and as a workbook.

What is counted stands in `outreach`.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument


def add_parsers(commands: Any) -> None:
    """Adds `sosialisasi`."""
    parser = commands.add_parser(
        "sosialisasi",
        help="lihat kelurahan yang warganya belum menerima program dan lama tanpa sosialisasi",
        description="Jangkauan sosialisasi (F55, §3.4) di samping daftar orang yang belum menerima program (F33). Angka di "
        "bawah lima dan yang dapat mengungkapnya ditutup.",
    )
    parser.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan hari itu; bawaan: hari ini")
    parser.add_argument("--folder", type=Path, metavar="FOLDER", help="tulis juga sebagai buku kerja ke folder ini")
    parser.add_argument("--json", action="store_true", help="keluarkan JSON")
    parser.set_defaults(run=_show)


def _show(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.base.format import day, number
    from padanan.feedback.outreach import as_json, coverage, list_table, write_book
    from padanan.pages.table import as_lines

    if args.folder is not None and args.folder.exists() and not args.folder.is_dir():
        raise PadananError("--folder bukan folder", file=args.folder, cure="sebut folder, yang dibuat bila belum ada")
    found = coverage(Home.from_env().seen(), args.as_of or datetime.now(JAKARTA).date())
    if args.json:
        print(json.dumps(as_json(found), ensure_ascii=False, indent=1))
    else:
        listed = found.forgotten()
        if found.first is None:
            print("Belum ada kiriman sosialisasi: setiap kelurahan yang warganya belum menerima program tercantum.")
        print("\n".join(as_lines(list_table(found))))
        print(f"{number(len(listed))} dari {number(len(found.rows))} kelurahan, keadaan {day(found.day)}")
    if args.folder is not None:
        print(f"Ditulis: {write_book(found, args.folder)}")
    return 0
