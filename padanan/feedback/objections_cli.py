"""`padanan usul-sanggah catat|jawab|daftar`: what is proposed or objected about a person, and the answer it got.

What is kept and refused is `objections`'; arguments go in and lines come out.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument


def add_parsers(commands: Any) -> None:
    """Adds `usul-sanggah`."""
    parser = commands.add_parser(
        "usul-sanggah",
        help="usul dan sanggahan tentang seseorang: dicatat, didatangi, dijawab orang lain",
        description="Sebuah usul atau sanggahan membuka baris prelist dan tidak mengubah status siapa pun.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    new = actions.add_parser("catat", help="catat usul atau sanggahan tentang seseorang")
    new.add_argument("arah", metavar="ARAH", help="usul atau sanggah")
    new.add_argument("dari", metavar="DARI", help="warga, rt atau instansi")
    new.add_argument("id", metavar="ID", nargs="?", help="pengenal orang dari daftar tugas (bukan NIK)")
    new.add_argument("--number", metavar="NOMOR", help="nomor tiket pengaduan, sebagai ganti atau di samping ID")
    new.add_argument("--date", type=day_argument, metavar="YYYY-MM-DD", help="hari disampaikan; bawaan: hari ini")
    new.set_defaults(run=_record)
    reply = actions.add_parser("jawab", help="catat jawaban beralasan, oleh orang lain daripada pencatatnya")
    reply.add_argument("nomor", metavar="NOMOR", help="misalnya us-2026-0001")
    reply.add_argument("--result", required=True, metavar="HASIL", help="diterima atau ditolak")
    reply.add_argument("--number", metavar="NOMOR", help="nomor putusan atau berita acara yang terkait")
    reply.set_defaults(run=_answer)
    for one in (new, reply):
        one.add_argument("--by", required=True, metavar="ID", help="petugas yang mencatat")
        one.add_argument("--reason", required=True, metavar="TEKS", help="mengapa, tanpa nama dan NIK")
    listed = actions.add_parser("daftar", help="usul dan sanggahan dengan tenggat, jawaban dan baris prelistnya")
    listed.add_argument("--late", action="store_true", help="hanya yang belum dijawab dan lewat waktu")
    listed.add_argument("--open", action="store_true", help="hanya yang belum dijawab")
    listed.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan pada hari itu; bawaan: hari ini")
    listed.set_defaults(run=_list)


def _record(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.base.format import day
    from padanan.contracts.feedback import load_catalogue
    from padanan.feedback.complaints import Rules, complaints, one, ticket_key
    from padanan.feedback.objections import record
    from padanan.feedback.whose import kind_of
    from padanan.records.refusal import fields_as_options

    home, now = Home.from_env().ensure(), datetime.now(JAKARTA)
    ticket, person = None, args.id
    if args.number:
        complaint = one(complaints(home, Rules.load(), now.date()), ticket_key(home, args.number))
        ticket = complaint.tiket
        if person not in (None, complaint.id_orang):
            raise PadananError("pengaduan itu tentang orang lain", place="ID", cure="tulis salah satu saja")
        person = complaint.id_orang
    if person is None:
        raise PadananError(
            "orangnya belum disebut",
            place="ID",
            cure="tulis ID, atau nomor tiket pengaduan yang menyebut orangnya dengan --number",
        )
    way = kind_of(home, person)
    with fields_as_options():
        made = record(
            home, arah=args.arah, dari=args.dari, id_orang=person, cara=way, tiket=ticket, day=args.date or now.date(),
            days=load_catalogue().usul_sanggah.hari, by=args.by, reason=args.reason, now=now,
        )  # fmt: skip
    print(f"{made.nomor} dicatat; dijawab paling lambat {day(made.due)}.")
    return 0


def _answer(args: argparse.Namespace) -> int:
    from padanan.feedback.objections import answer
    from padanan.records.refusal import fields_as_options

    home, now = Home.from_env().ensure(), datetime.now(JAKARTA)
    with fields_as_options():
        made = answer(home, args.nomor, args.result, by=args.by, reason=args.reason, decision=args.number, now=now)
    print(f"{made.nomor} {made.result}{', lewat waktu' if made.late(now.date()) else ''}.")
    return 0


def _list(args: argparse.Namespace) -> int:
    from padanan.base.format import number, short_day
    from padanan.feedback.objections import listed
    from padanan.feedback.whose import lines_of

    today = args.as_of or datetime.now(JAKARTA).date()
    home = Home.from_env().seen()
    found = listed(home, today)
    lines = lines_of(home, today) if found else {}
    for one in found:
        waits = one.answered is None
        if ((args.open or args.late) and not waits) or (args.late and not one.late(today)):
            continue
        end = f"dijawab {short_day(one.answered)}: {one.result}" if one.answered else f"ditunggu sampai {short_day(one.due)}"
        late = " LEWAT" if one.late(today) else ""
        more = f"; putusan {one.keputusan}" if one.keputusan else ""
        more += "; dari pengaduan" if one.tiket else ""
        line = lines.get(one.nomor, "-")
        print(f"{one.nomor} {one.arah} dari {one.dari} tentang {one.id_orang}: {end}{late}; prelist {line}{more}")
    print(f"{number(len(found))} usul dan sanggahan")
    return 0
