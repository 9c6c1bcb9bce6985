"""How a folder of finished pages comes into its place: with its fonts, its signed hashes, for its owner alone, in one rename.

What the pages say is the business of their makers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from padanan.base import disk
from padanan.base.commit import replace
from padanan.base.folder_proof import seal
from padanan.base.home import CHECKOUT, Home

FONTS = CHECKOUT / "padanan" / "pages" / "fonts"


def put_in_place(home: Home, made: Path, target: Path, names: Sequence[str]) -> None:
    """Adds the fonts, seals what the names say, and puts the folder where an older one may stand.

    Args:
        made: the folder that was filled, beside the target.
        names: its files that are sealed; the fonts are too.
    """
    disk.copy_tree(FONTS, made / "font")
    seal(made, target.relative_to(home.root).as_posix(), [*names, "font/"])
    for path in made.rglob("*"):
        disk.chmod(path, 0o700 if path.is_dir() else 0o600)
    replace(made, target)
