"""Which files of a drop folder wait to be taken in: whole ones, standing still, that were not looked at as they are now.

What a file is, how it is taken in and what is remembered of it belongs to each inbox.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from padanan.base.typed import UNFINISHED


def waiting(
    folder: Path,
    *,
    ours: Callable[[Path], bool],
    state_of: Callable[[Path], str],
    seen: Callable[[], Mapping[str, str]],
    settle_seconds: float = 0,
) -> list[Path]:
    """The files that wait, in the order of their names; none where there is no folder.

    Args:
        ours: whether a file is of the kind that this inbox takes in; may raise OSError.
        state_of: what changes when the file, or what belongs to it, does; may raise OSError.
        seen: the state of each file, by name, when it was looked at last.
        settle_seconds: leave out files that changed within so many seconds: they may still be copied.
    """
    if not folder.is_dir():
        return []
    known, now = seen(), time.time()
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or path.name.lower().endswith(UNFINISHED):
            continue
        try:
            if not ours(path) or not path.is_file() or known.get(path.name) == state_of(path):
                continue
            if now - path.stat().st_mtime >= settle_seconds:
                found.append(path)
        except FileNotFoundError:
            # Taken away between the listing and the look.
            continue
        except OSError:
            # What can't be looked at waits too: taking it in tells why it can't be.
            found.append(path)
    return found
