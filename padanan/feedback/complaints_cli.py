"""`padanan pengaduan daftar|disposisi|jawab|verifikasi|papan`: complaints from the citizen's day to the verified answer.

What a step needs is `complaint_steps`', where a complaint stands `complaints`'; arguments go in and lines come out.
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
    """Adds `pengaduan`."""
    parser = commands.add_parser(
        "pengaduan",
        help="tindak lanjut pengaduan warga: disposisi, jawaban, verifikasi, papan kemajuan",
        description="Kepsekda 75/2023 §3.5. Pengaduan mendarat dengan 'padanan deliver' dan 'padanan umpan-balik ambil'.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    listed = actions.add_parser("daftar", help="pengaduan dengan cabang, keadaan, tenggat dan instansi yang disarankan")
    listed.add_argument("--late", action="store_true", help="hanya yang ditunggu dan lewat waktu")
    listed.add_argument("--open", action="store_true", help="hanya yang belum selesai")
    listed.add_argument("--agency", metavar="INSTANSI", help="hanya yang ada pada instansi itu")
    listed.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan pada hari itu; bawaan: hari ini")
    listed.add_argument("--json", action="store_true", help="keluarkan JSON")
    listed.set_defaults(run=_list)
    send = actions.add_parser("disposisi", help="serahkan pengaduan kepada instansi; juga sesudah salah alamat")
    send.add_argument("--agency", required=True, metavar="INSTANSI", help="id instansi tujuan")
    send.set_defaults(run=_dispose)
    reply = actions.add_parser("jawab", help="catat jawaban instansi, atau kembalikan yang salah alamat")
    reply.add_argument("--result", required=True, metavar="HASIL", help="ditangani atau salah_alamat")
    reply.set_defaults(run=_answer)
    check = actions.add_parser("verifikasi", help="catat verifikasi Diskominfo atas jawaban")
    check.add_argument("--result", required=True, metavar="HASIL", help="terima atau tolak")
    check.set_defaults(run=_verify)
    for one in (send, reply, check):
        one.add_argument("nomor", metavar="NOMOR", help="nomor tiket CRM")
        one.add_argument("--by", required=True, metavar="ID", help="petugas yang mengambil langkah ini")
        one.add_argument("--reason", required=True, metavar="TEKS", help="apa yang diminta atau dilakukan, tanpa nama dan NIK")
        one.add_argument("--date", type=day_argument, metavar="YYYY-MM-DD", help="hari langkahnya; bawaan: hari ini")
    board = actions.add_parser("papan", help="tulis papan kemajuan sebagai halaman, tanpa data pribadi")
    board.add_argument("--folder", required=True, type=Path, metavar="FOLDER", help="folder tempat halaman ditulis")
    board.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan pada hari itu; bawaan: hari ini")
    board.set_defaults(run=_board)


def _list(args: argparse.Namespace) -> int:
    from padanan.base.format import number, short_day
    from padanan.feedback.complaint_steps import DONE
    from padanan.feedback.complaints import BRANCH_NAMES, Rules, as_json, complaints

    today = args.as_of or datetime.now(JAKARTA).date()
    found = complaints(Home.from_env().seen(), Rules.load(), today)
    chosen = [
        one
        for one in found
        if (not args.late or one.overdue(today))
        and (not args.open or one.course.state != DONE)
        and args.agency in (None, one.course.agency)
    ]
    if args.json:
        print(json.dumps([as_json(one, today) for one in chosen], ensure_ascii=False, indent=1))
        return 0
    for one in chosen:
        late = f" LEWAT: {', '.join(one.late(today))}" if one.overdue(today) else ""
        print(f"{one.nomor or one.tiket[:8]}  {BRANCH_NAMES[one.cabang]}; {one.course.state.replace('_', ' ')}{late}")
        print(
            f"  masuk {short_day(one.masuk)} lewat {one.channel.nama}, {one.jenis.replace('_', ' ')}; disposisi paling lambat "
            f"{short_day(one.disposition_due)}, jawab {short_day(one.answer_due)}"
        )
        where = f"pada {one.course.agency}" if one.course.agency else f"disarankan {', '.join(one.advised) or '-'}"
        more = f"; belum menerima {', '.join(one.lacks)}" if one.lacks else ""
        form = "; berikan formulir: belum ada NIK, atau nama dengan tanggal lahir" if one.form else ""
        print(f"  {where}{more}; prelist {'terbuka' if one.line else 'tidak ada'}{form}")
    print(f"{number(len(chosen))} dari {number(len(found))} pengaduan")
    return 0


def _step(args: argparse.Namespace, take: Any) -> int:
    from padanan.feedback.complaint_steps import Act
    from padanan.feedback.complaints import Rules, complaints, one, ticket_key
    from padanan.records.refusal import fields_as_options

    home, rules, now = Home.from_env().ensure(), Rules.load(), datetime.now(JAKARTA)
    key = ticket_key(home, args.nomor)
    each = one(complaints(home, rules, now.date()), key)
    with fields_as_options():
        take(home, each, rules, Act(args.by, args.reason, now, args.date))
    print("Dicatat.")
    return 0


def _dispose(args: argparse.Namespace) -> int:
    from padanan.feedback.complaint_steps import dispose

    return _step(
        args, lambda home, each, rules, act: dispose(home, each.tiket, each.masuk, each.channel, rules.agencies, args.agency, act)
    )


def _answer(args: argparse.Namespace) -> int:
    from padanan.feedback.complaint_steps import answer

    return _step(
        args, lambda home, each, rules, act: answer(home, each.tiket, each.masuk, each.channel, rules.agencies, args.result, act)
    )


def _verify(args: argparse.Namespace) -> int:
    from padanan.feedback.complaint_steps import verify

    return _step(
        args, lambda home, each, rules, act: verify(home, each.tiket, each.masuk, each.channel, rules.agencies, args.result, act)
    )


def _board(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.feedback.complaint_board import write_board
    from padanan.feedback.complaints import Rules, complaints

    if args.folder.exists() and not args.folder.is_dir():
        raise PadananError("--folder bukan folder", file=args.folder, cure="sebut folder, yang dibuat bila belum ada")
    today, rules = args.as_of or datetime.now(JAKARTA).date(), Rules.load()
    print(write_board(args.folder, complaints(Home.from_env().seen(), rules, today), rules, today))
    return 0
