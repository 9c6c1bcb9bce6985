"""`padanan backup` and `padanan restore`: arguments in, one or two lines out.

What an archive holds and how it is proved stands in `backup` and `restore`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.upkeep.backup import backup
from padanan.upkeep.restore import restore


def add_parsers(commands: Any) -> None:
    """Adds `backup` and `restore`."""
    parser = commands.add_parser("backup", help="cadangkan data home ke satu berkas .tar.gz (kunci tidak ikut)")
    parser.add_argument("berkas", metavar="FILE", type=Path, help="berkas .tar.gz yang ditulis, di luar data home")
    parser.set_defaults(run=_backup)
    parser = commands.add_parser("restore", help="pulihkan cadangan ke data home yang kosong")
    parser.add_argument("berkas", metavar="FILE", type=Path, help="berkas .tar.gz dari 'padanan backup'")
    parser.set_defaults(run=_restore)


def _backup(args: argparse.Namespace) -> int:
    index = backup(Home.from_env(), args.berkas)
    print(f"{len(index['files'])} berkas dicadangkan. Simpan kunci secara terpisah: padanan key backup FILE")
    if left := len(index["dilewati"]):
        print(f"{left} berkas di inbox masih disalin produsen dan tidak ikut; ikut pada cadangan berikutnya.")
    return 0


def _restore(args: argparse.Namespace) -> int:
    index = restore(args.berkas, Home.from_env())
    print(f"{len(index['files'])} berkas dipulihkan dan cocok dengan sidiknya.")
    return 0
