"""The sub-commands `rakor agenda`, `rakor record` and `rakor done`: arguments in, papers and records out.

The agenda is made in `agenda`, records are kept in `rakor`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.default_period import HELP as PERIODE_HELP
from padanan.base.default_period import chosen_periode
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument


def add_parsers(commands: Any) -> None:
    """Adds `rakor` with its three actions."""
    parser = commands.add_parser("rakor", help="rapat koordinasi TKPK: susun agenda, catat notula dan tindak lanjut")
    actions = parser.add_subparsers(dest="aksi", metavar="TINDAKAN", required=True)
    make = actions.add_parser(
        "agenda",
        help="susun agenda dari keadaan siklus",
        description="Menyusun agenda rapat koordinasi (§3.2.2) dari kiriman, reviu, penghalang, tenggat, dan tindak lanjut.",
    )
    make.add_argument("--periode", help=f"periode penetapan, misalnya 2025-S2; {PERIODE_HELP}")
    make.add_argument("--date", type=day_argument, metavar="YYYY-MM-DD", help="hari rapat (bawaan: menurut rencana)")
    make.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan pada tanggal itu (bawaan: hari ini)")
    make.add_argument("--out", type=Path, metavar="FILE", help="tulis ke berkas .html atau .md (bawaan: layar)")
    make.set_defaults(run=_agenda)
    keep = actions.add_parser(
        "record",
        help="catat rakor yang sudah berlangsung",
        description="Menyimpan notula (pindaian atau teks) dan tindak lanjut. Catatan hanya ditambah dan bertanda.",
    )
    keep.add_argument("--date", type=day_argument, required=True, metavar="YYYY-MM-DD", help="hari rapat")
    keep.add_argument("--file", type=Path, required=True, metavar="FILE", help="pindaian atau teks notula")
    keep.add_argument(
        "--tindak-lanjut",
        type=Path,
        metavar="FILE.yaml",
        help="daftar: uraian, penanggungJawab, tenggat",
    )
    keep.add_argument("--by", required=True, metavar="NAMA", help="yang mencatat")
    keep.set_defaults(run=_record)
    done = actions.add_parser("done", help="catat tindak lanjut yang selesai")
    done.add_argument("nomor", metavar="NOMOR", help="misalnya TL-2026-003, dari 'padanan calendar'")
    done.add_argument("--date", type=day_argument, metavar="YYYY-MM-DD", help="hari selesai (bawaan: hari ini)")
    done.add_argument("--by", required=True, metavar="NAMA", help="yang menyelesaikan")
    done.add_argument("--note", required=True, metavar="TEKS", help="hasilnya, tanpa nama atau nomor orang")
    done.set_defaults(run=_done)


def _agenda(args: argparse.Namespace) -> int:
    from padanan.contracts.contract import load_contracts
    from padanan.upkeep.calendar.agenda import agenda, as_markdown, as_page
    from padanan.upkeep.calendar.show import write_text

    day = args.as_of or datetime.now(JAKARTA).date()
    home = Home.from_env().seen()
    chosen = chosen_periode(home, args, args.as_of)
    found = agenda(home, load_contracts(), chosen.periode, day=day, meeting=args.date)
    if chosen.note:
        print(chosen.note, file=sys.stderr)
    if args.out is None:
        print(as_markdown(found))
        return 0
    write_text(args.out, as_page(found) if args.out.suffix.lower() in (".html", ".htm") else as_markdown(found))
    print(f"Ditulis: {args.out}")
    return 0


def _record(args: argparse.Namespace) -> int:
    from padanan.base.format import day as tanggal
    from padanan.base.format import fingerprint
    from padanan.upkeep.calendar.rakor import meetings_held, read_follow_ups, record_meeting
    from padanan.upkeep.calendar.twice import LEAST

    home = Home.from_env().ensure()
    items = read_follow_ups(args.tindak_lanjut) if args.tindak_lanjut else []
    record = record_meeting(home, args.date, args.file, items, by=args.by)
    print(f"Rakor {tanggal(args.date)} dicatat, notula {fingerprint(record['sha256'][:16])}.")
    for item in record["tindak_lanjut"]:
        print(f"  {item['nomor']} {item['uraian']} ({item['penanggung_jawab']}, tenggat {item['tenggat']})")
    held = sum(one.year == args.date.year for one in meetings_held(home))
    print(f"{held} rakor tercatat pada {args.date.year}, paling sedikit {LEAST} (§3.2.2.b).")
    return 0


def _done(args: argparse.Namespace) -> int:
    from padanan.base.format import day as tanggal
    from padanan.upkeep.calendar.rakor import finish

    day = args.date or datetime.now(JAKARTA).date()
    finish(Home.from_env().ensure(), args.nomor, day, by=args.by, note=args.note)
    print(f"{args.nomor} selesai {tanggal(day)}.")
    return 0
