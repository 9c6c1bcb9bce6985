"""Loaders of an `expectations/` folder whose answer is kept in this process while no file of that folder changes.

What is loaded belongs to the loader; the bytes of a single YAML text are kept by `yaml_source`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

from padanan.base.digest import files_sha256
from padanan.base.regular import is_regular

V = TypeVar("V")
_FOLDERS = 8
"""So many folders' answers are kept of each loader: a program has one, tests have many."""


def by_content(place: Callable[[], Path]) -> Callable[[Callable[[Path], dict[str, V]]], Callable[..., dict[str, V]]]:
    """Makes `load(folder)` a loader that may be asked as often as one likes.

    A main job asks for the contracts hundreds of times, and each time was a twentieth of a second of parsing and checking. An
    answer is given again only where every YAML file of the folder still has the same bytes; the mapping is the caller's own, what
    it holds is shared and must stay as it is. A fault is never kept.

    Args:
        place: the folder when none is named.
    """

    def decorate(load: Callable[[Path], dict[str, V]]) -> Callable[..., dict[str, V]]:
        kept: OrderedDict[Path, tuple[str, dict[str, V]]] = OrderedDict()

        @wraps(load)
        def loaded(folder: Path | None = None) -> dict[str, V]:
            base = folder or place()
            before = _bytes_of(base)
            found = kept.get(base)
            if found is None or found[0] != before:
                found = (before, load(base))
                # What changed while it was read is of no known content.
                if before and _bytes_of(base) == before:
                    kept[base] = found
                    while len(kept) > _FOLDERS:
                        kept.popitem(last=False)
            return dict(found[1])

        return loaded

    return decorate


def _bytes_of(base: Path) -> str:
    """SHA-256 of every YAML file of a folder and of the folders in it; empty where one is no regular file or can't be read."""
    files = sorted([*base.glob("*.yaml"), *base.glob("*/*.yaml")])
    try:
        if all(map(is_regular, files)):
            return files_sha256((str(path.relative_to(base)), path) for path in files)
    except OSError:
        pass
    return ""
