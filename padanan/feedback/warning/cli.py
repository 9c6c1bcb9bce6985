"""`padanan peringatan hitung|daftar|tanggapi|riwayat|aturan|halaman`: early warning on the screen; no person is named.

What is counted stands in `run`, what was told in `register`, the page in `page`.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument

if TYPE_CHECKING:
    from padanan.feedback.warning.register import Alert


def add_parsers(commands: Any) -> None:
    """Adds `peringatan`."""
    parser = commands.add_parser(
        "peringatan",
        help="peringatan dini: angka yang berubah tajam atau melewati ambang, disampaikan sekali",
        description="Kepsekda 75/2023 §3.2.1.k (F45). Aturan dan ambangnya di expectations/peringatan.yaml, berversi. Setiap "
        "peringatan dicatat sekali di decisions/peringatan; ia padam sendiri ketika angkanya kembali.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    count = actions.add_parser("hitung", help="hitung semua deret, catat peringatan yang baru dan yang padam")
    count.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan sampai hari itu; bawaan: hari ini")
    count.set_defaults(run=_count)
    listed = actions.add_parser("daftar", help="peringatan yang pernah dicatat, dengan siapa yang melihat dan tanggapannya")
    listed.add_argument("--open", action="store_true", help="hanya yang berlaku, tanpa yang sudah padam")
    listed.add_argument("--rule", metavar="ATURAN", help="hanya dari aturan itu")
    listed.add_argument("--json", action="store_true", help="keluarkan JSON")
    listed.set_defaults(run=_list)
    reply = actions.add_parser("tanggapi", help="catat bahwa seseorang melihat peringatan dan apa yang dilakukan")
    reply.add_argument("nomor", metavar="NOMOR", help="nomor peringatan, pd-…")
    reply.add_argument("--by", required=True, metavar="ID", help="petugas yang menanggapi")
    reply.add_argument("--reason", required=True, metavar="TEKS", help="apa yang ditemukan atau dilakukan, tanpa nama dan NIK")
    reply.set_defaults(run=_answer)
    history = actions.add_parser("riwayat", help="semua yang tercatat: versi aturan, mulai, padam, tanggapan")
    history.set_defaults(run=_history)
    rules = actions.add_parser("aturan", help="aturan yang berlaku dengan ambangnya")
    rules.set_defaults(run=_rules)
    page = actions.add_parser("halaman", help="tulis peringatan yang berlaku sebagai halaman dengan gambar deretnya")
    page.add_argument("--folder", required=True, type=Path, metavar="FOLDER", help="folder tempat halaman ditulis")
    page.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan sampai hari itu; bawaan: hari ini")
    page.set_defaults(run=_page)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _count(args: argparse.Namespace) -> int:
    from padanan.base.format import day, number
    from padanan.feedback.warning.run import compute

    now = datetime.now(JAKARTA)
    found = compute(Home.from_env().ensure(), args.as_of or now.date(), now=now, progress=_say)
    for one in found.begun:
        _show(one)
    print(
        f"Per {day(found.day)}: {number(len(found.begun))} peringatan baru, {number(len(found.standing))} berlaku; "
        f"{number(len(found.series.points))} deret dinilai, aturan versi {found.rules.version}"
    )
    return 0


def _show(one: Alert) -> None:
    from padanan.base.format import short_day

    ended = "disampaikan lagi pada" if one.again else "padam pada"
    state = "berlaku" if one.standing else f"{ended} {one.ended}"
    print(f"{one.id}  {one.rule} {one.version}; {state}")
    print(f"  {one.told}")
    print(f"  dilihat {', '.join(one.viewers)}; dicatat {short_day(one.recorded)}")
    for who, when, words in one.notes:
        print(f"  ditanggapi {who}, {short_day(when)}: {words}")


def _list(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.feedback.warning.register import alerts, as_json

    found = alerts(Home.from_env().seen())
    chosen = [one for one in found if (one.standing or not args.open) and args.rule in (None, one.rule)]
    if args.json:
        print(json.dumps([as_json(one) for one in chosen], ensure_ascii=False, indent=1))
        return 0
    for one in chosen:
        _show(one)
    print(f"{number(sum(one.standing for one in found))} berlaku dari {number(len(found))} yang pernah dicatat")
    return 0


def _answer(args: argparse.Namespace) -> int:
    from padanan.feedback.warning.register import answer
    from padanan.records.refusal import fields_as_options

    with fields_as_options():
        _show(answer(Home.from_env().ensure(), args.nomor, by=args.by, reason=args.reason, now=datetime.now(JAKARTA)))
    return 0


def _history(_: argparse.Namespace) -> int:
    from padanan.feedback.warning.register import history

    for line in history(Home.from_env().seen()) or ["Belum ada yang tercatat; jalankan 'padanan peringatan hitung'."]:
        print(line)
    return 0


def _rules(_: argparse.Namespace) -> int:
    from padanan.contracts.early_warning import load_early_warning
    from padanan.feedback.warning.register import rule_lines

    found = load_early_warning()
    print(f"Aturan peringatan dini versi {found.version}")
    for name, rule in found.rules.items():
        print("\n".join(rule_lines(name, rule)))
    return 0


def _page(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.feedback.warning.page import write_page

    if args.folder.exists() and not args.folder.is_dir():
        raise PadananError("--folder bukan folder", file=args.folder, cure="sebut folder, yang dibuat bila belum ada")
    today = datetime.now(JAKARTA).date()
    print(write_page(args.folder, Home.from_env().seen(), args.as_of or today, today=today, progress=_say))
    return 0
