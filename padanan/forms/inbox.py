"""Which files of a drop folder wait to be taken in, and which are passed by: the one scan of every inbox.

What a file is, how it is taken in and what is remembered of it belongs to each inbox. Nothing is opened here, no link followed.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from padanan.base.commit import write_once
from padanan.base.regular import FOLDER, odd_kind
from padanan.base.shown import safe_name
from padanan.contracts.delivery import load_delivery_rules

SEEN = ".diperiksa.json"
DONE = "selesai"
"""Where an inbox puts what it took in."""


@dataclass(frozen=True)
class Skipped:
    """What lies in an inbox and is no delivery: its name, made safe to print, and why."""

    name: str
    reason: str


def waiting(
    folder: Path,
    *,
    ours: Callable[[Path], bool],
    state_of: Callable[[Path], str],
    seen: Callable[[], Mapping[str, str]],
    settle_seconds: float = 0,
) -> list[Path]:
    """The files that wait, in the order of their names; none where there is no folder.

    A link, pipe, device or socket waits too: taking it in refuses it by name. A folder or an ignored name never waits.

    Args:
        ours: whether a file is of the kind that this inbox takes in, by its name.
        state_of: what changes when the file, or what belongs to it, does; may raise OSError.
        seen: the state of each file, by name, when it was looked at last.
        settle_seconds: leave out files that changed within so many seconds: they may still be copied.
    """
    if not folder.is_dir():
        return []
    known, now = seen(), time.time()
    found = []
    for path, _ in _entries(folder, ours, passed_by=False):
        try:
            if known.get(path.name) != state_of(path) and now - os.lstat(path).st_mtime >= settle_seconds:
                found.append(path)
        except FileNotFoundError:
            # Taken away between the listing and the look.
            continue
        except OSError:
            # What can't be looked at waits too: taking it in tells why it can't be.
            found.append(path)
    return found


def skipped(folder: Path, *, ours: Callable[[Path], bool], own: Callable[[str], bool] = lambda _: False) -> list[Skipped]:
    """What `waiting` passes by: ignored names, folders, and links, pipes or devices under a name that this inbox does not take.

    Args:
        own: names that this inbox itself puts there.
    """
    if not folder.is_dir():
        return []
    found = _entries(folder, ours, passed_by=True)
    return [Skipped(safe_name(path.name, (folder.name,))[:120], reason) for path, reason in found if not own(path.name)]


def _entries(folder: Path, ours: Callable[[Path], bool], *, passed_by: bool) -> Iterator[tuple[Path, str]]:
    """Each entry that waits, or each that is passed by with its reason, by name."""
    rules = load_delivery_rules()
    for path in sorted(folder.iterdir(), key=os.fsencode):
        reason = rules.ignored(path.name)
        if reason is None:
            try:
                kind = odd_kind(path)
            except FileNotFoundError:
                continue
            except OSError:
                kind = None
            if kind == FOLDER:
                reason = "folder: taruh berkasnya langsung di inbox"
            elif kind is not None and not ours(path):
                reason = f"bukan berkas biasa: {kind}"
        if passed_by and reason is not None:
            yield path, reason
        elif not passed_by and reason is None and ours(path):
            yield path, ""


def stamp(path: Path) -> str:
    """Size and time of change of what lies there, a link itself included; empty when nothing does.

    Raises:
        OSError: it can't be looked at.
    """
    try:
        stat = os.lstat(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return ""
        raise
    return f"{stat.st_size}:{stat.st_mtime_ns}"


def seen(folder: Path) -> dict[str, str]:
    """The state of each file of a folder, by name, when it was looked at last; what can't be read was never seen."""
    try:
        data = json.loads((folder / SEEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def remember(path: Path, state: str) -> None:
    """Notes beside a file in which state it was looked at; of files that are gone nothing is kept."""
    known = {name: value for name, value in seen(path.parent).items() if (path.parent / name).exists()}
    write_once(path.parent / SEEN, json.dumps({**known, path.name: state}, indent=1, sort_keys=True) + "\n")


def beside(path: Path, suffix: str) -> Path:
    """Where a paper about a file lies: its name and a suffix, shortened where no disk could hold such a name."""
    name = os.fsencode(path.name)
    room = 250 - len(suffix.encode()) - 9
    if len(name) <= room + 9:
        return path.with_name(path.name + suffix)
    digest = sha256(name).hexdigest()[:8]
    return path.with_name(f"{name[:room].decode('utf-8', 'ignore')}~{digest}{suffix}")
