"""Sealed decrees by hand, with everything that the door reads of one; how they are made is `padanan.synthetic.decree`'s."""

import shutil
from pathlib import Path

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.synthetic.decree import PEOPLE, PROGRAMS, TWICE, nik_of, people_sql, seal_decree

PERIODE, BEFORE = Periode(2025, 2), Periode(2025, 1)

__all__ = ["BEFORE", "PEOPLE", "PERIODE", "PROGRAMS", "TWICE", "copy_home", "nik_of", "people_sql", "seal_decree"]


def copy_home(home: Home, root: Path) -> Home:
    """A home of one's own with the same decrees."""
    shutil.copytree(home.root, root)
    return Home(root)
