"""`padanan records list|repair|adopt`: what is recorded, and mending after a crash or a change of version.

Keeping and proving is `log`; what a record means belongs to its owner.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.commit import put
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import clean_person
from padanan.records.kinds import CLERICAL, KINDS, RELEASES, Kind

# The one file of a kind whose records lay in one file before they were signed.
NAMES = {RELEASES.folder: "kiriman", CLERICAL.folder: "keputusan"}


def add_parsers(commands: Any) -> None:
    """Adds `records`."""
    parser = commands.add_parser(
        "records",
        help="lihat catatan keputusan dan register; perbaiki setelah komputer mati",
        description="Semua keputusan orang dan register tersimpan berantai dan bertanda di decisions/.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    show = actions.add_parser("list", help="tampilkan setiap berkas catatan dan apakah ia utuh")
    show.set_defaults(run=_list)
    mend = actions.add_parser(
        "repair",
        help="sisihkan catatan terakhir yang terpotong ketika komputer mati",
    )
    mend.add_argument("berkas", metavar="JENIS/NAMA", help="seperti ditampilkan 'padanan records list'")
    mend.set_defaults(run=_repair)
    old = actions.add_parser(
        "adopt",
        help="tandai catatan dari versi lama",
        description="Catatan pelepasan dan keputusan klerikal versi lama belum bertanda. Periksa isinya, lalu tandai.",
    )
    old.add_argument("jenis", choices=[kind.folder for kind in KINDS if kind.old], help="jenis catatan")
    old.add_argument("--by", required=True, metavar="NAMA", help="siapa yang memeriksa isinya")
    old.set_defaults(run=_adopt)


def _list(_: argparse.Namespace) -> int:
    from padanan.records.log import logs

    home, bad, shown = Home.from_env(), 0, 0
    for log in logs(home):
        shown += 1
        try:
            found = log.read()
            print(f"{log.kind.folder}/{log.name}: {len(found.records)} catatan, kepala {_short(found.head)}, utuh")
        except PadananError as error:
            bad += 1
            print(error, file=sys.stderr)
    if not shown:
        print("Belum ada catatan.")
    return 1 if bad else 0


def _short(head: str) -> str:
    # In groups of four: no run of digits looks like a NIK.
    return "-".join(head[at : at + 4] for at in range(0, 16, 4))


def _repair(args: argparse.Namespace) -> int:
    from padanan.records.log import logs

    log = next((one for one in logs(Home.from_env()) if f"{one.kind.folder}/{one.name}" == args.berkas), None)
    if log is None:
        raise PadananError(f"berkas catatan '{args.berkas[:60]}' tidak ada", cure="lihat namanya dengan 'padanan records list'")
    count = log.repair()
    print(f"{count} bita catatan terpotong disisihkan." if count else "Tidak ada yang terpotong.")
    return 0


def _adopt(args: argparse.Namespace) -> int:
    kind = next(one for one in KINDS if one.folder == args.jenis)
    count = adopt(Home.from_env().ensure(), kind, clean_person(args.by), datetime.now(JAKARTA))
    print(f"{count} catatan ditandai; berkas lama disimpan sebagai decisions/{kind.old}.lama.")
    return 0


def adopt(home: Home, kind: Kind, by: str, now: datetime) -> int:
    """Signs the records of before they were signed, all or nothing, with the time at which each was decided.

    A kill in between leaves the old file: the next call finds its records adopted and only puts it aside.

    Returns:
        How many records the old file held.

    Raises:
        PadananError: there is no old file, or a line of it can't be read.
    """

    from padanan.records.log import Log

    assert kind.old is not None
    old = home.decisions / kind.old
    if not old.exists():
        raise PadananError("tidak ada catatan versi lama", file=f"decisions/{kind.old}", cure="tidak perlu melakukan apa-apa")
    entries = _old_entries(home, old, by)
    log = Log(home, kind, NAMES[kind.folder])
    with log.writing(adopting=True) as transaction:
        known = {record.get("sidik_asal") for record in transaction.log.records}
        fresh = [entry for entry in entries if entry["sidik_asal"] not in known]
        transaction.commit(transaction.compose(fresh, now))
    put(old, old.with_name(f"{old.name}.lama"))
    return len(entries)


def _old_entries(home: Home, old: Path, by: str) -> list[Mapping[str, Any]]:
    entries: list[Mapping[str, Any]] = []
    for number, line in enumerate(old.read_bytes().splitlines(), 1):
        try:
            entry = json.loads(line)
            datetime.fromisoformat(entry["waktu"])
        except (ValueError, KeyError, TypeError):
            raise PadananError(
                "baris catatan lama tidak terbaca",
                file=old.relative_to(home.root),
                place=f"baris {number}",
                cure="pulihkan berkas itu dari cadangan, atau hapus baris yang terpotong",
            ) from None
        entry.pop("sebelum", None)
        mark = hashlib.sha256(line + str(number).encode()).hexdigest()
        entries.append({**entry, "ditandai_oleh": by, "sidik_asal": mark})
    return entries
