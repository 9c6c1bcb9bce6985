"""`padanan spdci …`: what was agreed with a client, callbacks that are due, notices of a decree.

What the commands do stands in the modules beside this one; clients and grants are made with `padanan klien` and `padanan hibah`.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA


def add_parsers(commands: Any) -> None:
    """Adds `spdci`."""
    parser = commands.add_parser(
        "spdci", help="SPDCI Social Registry API: kesepakatan dengan klien, panggilan balik, pemberitahuan"
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    agree = actions.add_parser(
        "agree",
        help="catat kunci dan alamat panggilan balik seorang klien",
        description="Menggantikan catatan sebelumnya. Klien tanpa catatan ini tidak dilayani lewat SPDCI.",
    )
    agree.add_argument("id", metavar="ID", help="klien dari 'padanan klien list'; sama dengan sender_id")
    agree.add_argument("--key-id", metavar="NAMA", help="unique_key_id pada tanda tangannya")
    agree.add_argument("--public-key", metavar="BASE64", help="kunci publik Ed25519, base64 dari 32 bita")
    agree.add_argument("--callback", metavar="URL", help="alamat https; panggilan balik ke URL/registry/on-search dan seterusnya")
    agree.add_argument("--unsigned", action="store_true", help="terima pesan tanpa tanda tangan (uji coba saja)")
    agree.add_argument("--by", required=True, metavar="NAMA", help="siapa yang mencatatnya")
    agree.set_defaults(run=_agree)
    notify = actions.add_parser(
        "notify", help="siapkan pemberitahuan penetapan terbaru bagi pelanggan; diulang tidak mengirim dua kali"
    )
    notify.set_defaults(run=_notify)
    send = actions.add_parser("send", help="kirim panggilan balik yang waktunya tiba; API yang berjalan melakukannya sendiri")
    send.set_defaults(run=_send)


def _door() -> Any:
    from padanan.distribution.api.door import open_door
    from padanan.distribution.cli import HOST, PORT
    from padanan.distribution.server import public_url

    return open_door(Home.from_env().ensure(), public_url(HOST, PORT, None))


def _agree(args: argparse.Namespace) -> int:
    from padanan.base.typed import clean_person
    from padanan.distribution.spdci.partners import register

    door = _door()
    try:
        register(
            door.writer,
            client=args.id,
            by=clean_person(args.by),
            now=datetime.now(JAKARTA),
            key_name=args.key_id,
            public=args.public_key,
            address=args.callback,
            must_sign=not args.unsigned,
        )
    finally:
        door.close()
    print(f"Kesepakatan SPDCI dengan {args.id} tercatat.")
    return 0


def _notify(_: argparse.Namespace) -> int:
    from padanan.distribution.spdci.callbacks import announce_newest

    door = _door()
    try:
        laid = announce_newest(door)
    finally:
        door.close()
    print(f"{laid} pemberitahuan disiapkan.")
    return 0


def _send(_: argparse.Namespace) -> int:
    from padanan.distribution.spdci.callbacks import deliver_due, post
    from padanan.distribution.spdci.names import load_names

    door = _door()
    try:
        arrived = deliver_due(door, load_names(), post)
    finally:
        door.close()
    print(f"{arrived} panggilan balik sampai.")
    return 0
