"""The sub-command `calendar`: arguments in, table and files out.

What is due is in `year`, how it looks in `show` and `page`.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.default_period import year_of
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument, year_argument


def add_parsers(commands: Any) -> None:
    """Adds `calendar`."""
    show = commands.add_parser(
        "calendar",
        help="lihat kalender setahun: tenggat, yang tepat waktu, terlambat, dan lewat",
        description="Menampilkan semua kewajiban satu tahun menurut rencana data: kiriman, penetapan, rakor, rencana tahun "
        "berikutnya, dan tindak lanjut rakor, dengan keadaannya pada satu tanggal.",
    )
    show.add_argument(
        "--year", type=year_argument, metavar="TAHUN", help="misalnya 2026 (bawaan: dari --as-of, lalu dari periode bawaan)"
    )
    show.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan pada tanggal itu (bawaan: hari ini)")
    show.add_argument("--open", action="store_true", help="hanya yang belum selesai")
    show.add_argument("--json", action="store_true", help="keluarkan JSON")
    show.add_argument("--ics", type=Path, metavar="FILE", help="tulis tenggat sebagai berkas kalender kantor (.ics)")
    show.add_argument("--html", type=Path, metavar="FILE", help="tulis halaman kalender (HTML, tanpa jaringan)")
    show.set_defaults(run=_calendar)


def _calendar(args: argparse.Namespace) -> int:
    from padanan.contracts.contract import load_contracts
    from padanan.contracts.plan import all_plans
    from padanan.upkeep.calendar.show import ics, table, write_text
    from padanan.upkeep.calendar.year import build

    day = args.as_of or datetime.now(JAKARTA).date()
    home = Home.from_env().seen()
    year, note = year_of(home, args.year, args.as_of)
    plans = all_plans()
    if args.ics and year not in plans:
        raise PadananError(
            f"tahun {year} tidak punya rencana data, jadi tidak punya tenggat",
            file="expectations/plans",
            cure=f"tulis expectations/plans/{year}.yaml",
        )
    calendar = build(home, load_contracts(), year, day=day, plans=plans)
    if note:
        print(note, file=sys.stderr)
    written = []
    if args.ics:
        write_text(args.ics, ics(calendar, plans[year].minutes.day).decode())
        written.append(args.ics)
    if args.html:
        from padanan.upkeep.calendar.page import standalone

        write_text(args.html, standalone(calendar))
        written.append(args.html)
    if args.json:
        print(json.dumps(calendar.as_dict(), ensure_ascii=False, indent=1))
    elif not written:
        print(table(calendar, only_open=args.open))
    for path in written if not args.json else ():
        print(f"Ditulis: {path}")
    return 0
