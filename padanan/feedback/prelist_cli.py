"""`padanan prelist`: the running prelist in figures, by who goes there, by place, by reason, by how it stands.

How a line opens and closes is `lines`', how it is counted `cycle`'s; no person is named, and none by a pseudonym.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument

_BY = {"pelaku": "by_actor", "kelurahan": "by_place", "alasan": "by_reason"}


def add_parsers(commands: Any) -> None:
    """Adds `prelist`."""
    parser = commands.add_parser(
        "prelist",
        help="lihat prelist yang berjalan dalam angka",
        description="Baris terbuka prelist yang berjalan pada suatu hari, sebagaimana diketahui pada hari itu: satu baris "
        "per orang dengan semua alasannya. Tanpa nama.",
    )
    parser.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="hari itu; bawaan: hari ini")
    parser.add_argument("--split", choices=sorted(_BY), default="pelaku", help="pembagian tabelnya; bawaan: pelaku")
    parser.add_argument("--json", action="store_true", help="keluarkan JSON, semua pembagian")
    parser.set_defaults(run=_show)


def _show(args: argparse.Namespace) -> int:
    from padanan.base.format import day, number
    from padanan.feedback.cycle import counted

    today = args.as_of or datetime.now(JAKARTA).date()
    found = counted(Home.from_env().seen(), today)
    if args.json:
        print(json.dumps({"hari": today.isoformat(), **asdict(found)}, ensure_ascii=False, indent=1, sort_keys=True))
        return 0
    print(f"Prelist per {day(today)}: {number(found.lines)} baris terbuka, satu per orang; {number(found.late)} terlambat")
    table: dict[str, tuple[int, int]] = getattr(found, _BY[args.split])
    print(f"{args.split:45} {'terbuka':>9} {'terlambat':>10}")
    for name, (opened, late) in table.items():
        print(f"{name[:45]:45} {number(opened):>9} {number(late):>10}")
    if args.split == "alasan":
        print("Satu baris dapat punya beberapa alasan; jumlahnya lebih dari banyaknya baris.")
    told = ", ".join(f"{number(count)} {name.replace('_', ' ')}" for name, count in sorted(found.reasons.items()))
    waiting = f"{number(found.conflicts)} orang berbeda hasil, {number(found.disputes)} peristiwa bersengketa"
    print(f"Semua alasan: {told or 'belum ada'}; {waiting}")
    return 0
