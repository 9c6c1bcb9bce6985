"""`padanan umpan-balik lembar FILE…` and `padanan worklist new`: worklists that came back, and those of lines that came since.

What becomes of a line stands in `sheets`, which lines are new in `new_lines`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument


def add_actions(actions: Any) -> None:
    """Adds `lembar` to `umpan-balik`."""
    take = actions.add_parser(
        "lembar",
        help="ambil buku kerja lapangan yang kembali terisi",
        description="Membaca buku kerja hasil 'padanan worklist make' yang sudah diisi. Baris yang benar menjadi kiriman "
        "verivali dan peristiwanya; semua kesalahan disebut sekaligus dengan lembar dan selnya. Berkas yang sama boleh diambil "
        "lagi.",
    )
    take.add_argument("berkas", nargs="+", type=Path, metavar="FILE.xlsx", help="buku kerja yang sudah diisi")
    take.set_defaults(run=_take)


def add_worklist_action(actions: Any) -> None:
    """Adds `new` to `worklist`."""
    new = actions.add_parser(
        "new",
        help="tulis buku kerja untuk baris prelist yang datang sesudah daftar kerja terbit",
        description="Menulis buku kerja per kelurahan untuk baris prelist yang dibuka umpan balik (lampid, pengaduan, muskel, "
        "warga baru) dan belum ada di buku kerja mana pun. Namanya dari berkas yang membukanya.",
    )
    new.add_argument(
        "--expires", type=day_argument, help="hari terakhir berkas boleh ada, YYYY-MM-DD (bawaan: menurut lapangan.yaml)"
    )
    new.add_argument("--again", action="store_true", help="tulis lagi baris yang sudah ada di buku kerja susulan terdahulu")
    new.set_defaults(run=_new)


def _new(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.run.new_lines import make_new

    home = Home.from_env().ensure()
    folder, facts = make_new(home, now=datetime.now(JAKARTA), expires=args.expires, again=args.again)
    if folder is None:
        print("Tidak ada baris prelist baru sejak daftar kerja terakhir.")
        return 0
    print(
        f"{len(facts['berkas'])} berkas di {folder.relative_to(home.root)}: {number(facts['jumlah']['prelist'])} baris baru; "
        f"berlaku sampai {facts['kedaluwarsa']}"
    )
    return 0


def _take(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.base.shown import safe_name
    from padanan.run.sheets import take_sheet

    home = Home.from_env().ensure()
    bad = False
    for count, path in enumerate(args.berkas, 1):
        name = safe_name(path.name)
        if len(args.berkas) > 1:
            print(f"[{count}/{len(args.berkas)}] {name}", file=sys.stderr, flush=True)
        try:
            found = take_sheet(home, path)
        except PadananError as error:
            print(error, file=sys.stderr)
            bad = True
            continue
        for told_of in found.faults:
            print(told_of.fault.error(name), file=sys.stderr)
        told = {key: number(found.account[key]) for key in ("baris", "diambil", "sudah_diambil", "salah", "kosong", "hilang")}
        print(
            f"{name}: {told['baris']} baris = {told['diambil']} diambil + {told['sudah_diambil']} sudah diambil sebelumnya + "
            f"{told['salah']} dikembalikan + {told['kosong']} kosong; {told['hilang']} hilang"
        )
        print(f"  tanda terima: {found.page}")
        bad = bad or bool(found.account["salah"] or found.account["hilang"])
    return 1 if bad else 0
