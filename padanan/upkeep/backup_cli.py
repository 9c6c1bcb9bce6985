"""`padanan backup` and `padanan restore`: arguments in, one or two lines out.

What an archive holds and how it is proved stands in `backup` and `restore`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from padanan.base.home import Home


def add_parsers(commands: Any) -> None:
    """Adds `backup` and `restore`."""
    parser = commands.add_parser("backup", help="cadangkan data home ke satu berkas .tar.gz (kunci tidak ikut)")
    parser.add_argument("berkas", metavar="FILE", type=Path, help="berkas .tar.gz yang ditulis, di luar data home")
    parser.set_defaults(run=_backup)
    parser = commands.add_parser("restore", help="pulihkan cadangan ke data home yang kosong")
    parser.add_argument("berkas", metavar="FILE", type=Path, help="berkas .tar.gz dari 'padanan backup'")
    parser.add_argument(
        "--former",
        metavar="HOME",
        type=Path,
        help="data home sebelum kehilangan, bila masih terbaca: hibah dan klien yang berbeda disebut",
    )
    parser.set_defaults(run=_restore)


def _backup(args: argparse.Namespace) -> int:
    from padanan.upkeep.backup import backup

    index = backup(Home.from_env(), args.berkas)
    print(f"{len(index['files'])} berkas dicadangkan. Simpan kunci secara terpisah: padanan key backup FILE")
    if left := len(index["dilewati"]):
        print(f"{left} berkas di inbox masih disalin produsen dan tidak ikut; ikut pada cadangan berikutnya.")
    if state := index["keadaan"]:
        print(f"Keadaan API ikut: {state['klien']} klien, catatan akses sampai kejadian {state['kejadian']}.")
    return 0


def _restore(args: argparse.Namespace) -> int:
    from padanan.distribution.hold import held_facts
    from padanan.upkeep.api_state import standing
    from padanan.upkeep.restore import restore

    home = Home.from_env()
    former = None if args.former is None else Home(args.former.expanduser().resolve()).seen()
    index = restore(args.berkas, home)
    print(f"{len(index['files'])} berkas dipulihkan dan cocok dengan sidiknya.")
    for line in standing(home, former):
        print(line)
    faults = (held_facts(home) or {}).get("kesalahan", [])
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0
