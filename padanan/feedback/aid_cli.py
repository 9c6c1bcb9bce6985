"""`padanan bayar siap|rekon`: who may stand on a program's pay list, and money reconciled to the rupiah.

What the commands do stands in `aid`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from padanan.base.home import Home


def add_parsers(commands: Any) -> None:
    """Adds `bayar`."""
    parser = commands.add_parser(
        "bayar",
        help="lihat siapa yang siap dibayar satu program, dan cocokkan uang yang disalurkan",
        description="Orang yang rekening atau persyaratannya belum lengkap, yang meninggal menurut verivali, atau yang hasilnya "
        "bersengketa tidak masuk daftar bayar (F28). Uang realisasi dicocokkan sampai rupiah (F29).",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    ready = actions.add_parser("siap", help="hitung, dan tulis pengenal orang yang siap dibayar")
    ready.add_argument("program", metavar="PROGRAM", help="id kontrak programnya")
    ready.add_argument(
        "--out",
        type=Path,
        metavar="FILE.csv",
        help="tulis pengenalnya (bukan nama) dan sumbernya (penetapan atau adendum) ke berkas ini",
    )
    ready.set_defaults(run=_ready)
    money = actions.add_parser("rekon", help="cocokkan rupiah kiriman realisasi menurut program dan bulan")
    money.set_defaults(run=_money)


def _ready(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.feedback.aid import ADDED, WHY_NOT, pay_list, write_pay_list

    found = pay_list(Home.from_env().seen(), args.program)
    added = found.sources.count(ADDED)
    told = f", {number(added)} di antaranya dari adendum" if added else ""
    print(f"{args.program}: {number(len(found.people))} orang siap dibayar{told} ({found.basis})")
    for why, count in found.barred.items():
        print(f"  {number(count)} belum: {WHY_NOT[why]}")
    if args.out is not None:
        write_pay_list(found, args.out)
        print(f"Pengenalnya di {args.out}")
    return 0


def _money(_: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.feedback.aid import reconcile

    found = reconcile(Home.from_env().seen())
    if not found:
        print("Belum ada realisasi yang diambil.")
        return 0
    # What was taken in says nothing yet of what arrived: a transfer that failed is taken in as well.
    print(_line("program", "bulan", "dikirim", "dikembalikan", "diambil", "selisih", "tersalur", "gagal", "kembali"))
    for one in found:
        sums = (one.told, one.sent_back, one.taken, one.difference, one.paid, one.failed, one.returned)
        print(_line(one.program, one.month, *map(number, sums)))
    print("dikirim = dikembalikan + diambil + selisih; diambil = tersalur + gagal + kembali (Rp)")
    lost = sum(abs(one.difference) for one in found)
    print(f"Selisih seluruhnya Rp{number(lost)}; kepada orang yang belum dikenal Rp{number(sum(one.unknown for one in found))}.")
    return 1 if lost else 0


def _line(program: str, month: str, *sums: str) -> str:
    return f"{program:14} {month:8}" + "".join(f" {one:>16}" for one in sums)
