"""Breaks one operation of the seam (`padanan/base/disk.py`) in a forked child, and tells what became of the work.

Which work is broken stands in `scenarios`; how often, in `sweep`.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from padanan.base import disk
from padanan.base.errors import known

KILL, POWER = "SIGKILL", "PADAM"
"""A process that is killed; and a machine that loses power: what was not flushed is half there."""
ERRORS = ("ENOSPC", "EDQUOT", "EMFILE", "EROFS", "EFBIG", "EIO")
STUCK = " terus"
"""After the name of an error: from that operation on every one fails, the clearing up included."""
DONE, NAMED, UNEXPECTED = 0, 3, 4


@dataclass
class Breaker:
    """The hook: counts operations and breaks the one that it was told to.

    Attributes:
        at: which operation, from 1; 0 breaks none.
        how: `KILL`, `POWER` or the name of a system error, perhaps with `STUCK`.
        root: where files lie that lose what was not flushed.
    """

    at: int
    how: str
    root: Path
    seen: list[tuple[str, str]] = field(default_factory=list)
    flushed: dict[tuple[int, int], int] = field(default_factory=dict)
    dirty: set[tuple[int, int]] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __call__(self, operation: str, path: Path) -> None:
        with self.lock:
            self._follow(operation, path)
            if operation == disk.FLUSHED:
                return  # what stands on the disk then is what the next operation finds
            self.seen.append((operation, str(path)))
            later = self.how.endswith(STUCK) and 0 < self.at < len(self.seen)
            if len(self.seen) != self.at and not later:
                return
            if self.how == POWER:
                self._lose()
            if self.how in (KILL, POWER):
                os.kill(os.getpid(), signal.SIGKILL)
            if operation == disk.WRITTEN and path.is_file():
                os.truncate(path, path.stat().st_size // 2)
            code = getattr(errno, self.how.removesuffix(STUCK))
            raise OSError(code, os.strerror(code), str(path))

    def _follow(self, operation: str, path: Path) -> None:
        if operation == disk.WRITTEN and path.is_file():
            self.dirty.add(_file(path))
        elif operation == disk.FLUSHED and path.is_file():
            self.dirty.discard(_file(path))
            self.flushed[_file(path)] = path.stat().st_size

    def _lose(self) -> None:
        for base, _, names in os.walk(self.root):
            for name in names:
                path = Path(base) / name
                if not path.is_symlink() and _file(path) in self.dirty:
                    kept = self.flushed.get(_file(path), 0)
                    os.truncate(path, kept + max(0, path.stat().st_size - kept) // 2)


def _file(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_dev, state.st_ino


@dataclass(frozen=True)
class Outcome:
    """How the child ended: its code (negative for a signal), what it said, and the operations it came to."""

    code: int
    text: str
    seen: tuple[tuple[str, str], ...]


def in_child(act: Callable[[Path], None], root: Path, *, at: int = 0, how: str = KILL, told: Path | None = None) -> Outcome:
    """Runs some work in a forked child with one operation broken; `told` is where the child says how it ended."""
    told = told or root.with_name(f"{root.name}.hasil")
    child = os.fork()
    if child == 0:
        breaker = Breaker(at, how, root)
        code, text = UNEXPECTED, ""
        try:
            disk.hook = breaker
            act(root)
            code = DONE
        except Exception as error:
            # As the command line and a step of Dagster tell it.
            fault = known(error)
            code, text = (NAMED, str(fault)) if fault is not None else (UNEXPECTED, traceback.format_exc())
        finally:
            disk.hook = None
            try:
                told.write_text(json.dumps([text, breaker.seen]))
            finally:
                # Whatever happens, the child never goes on as its parent.
                os._exit(code)
    _, status = os.waitpid(child, 0)
    text, seen = json.loads(told.read_text()) if told.exists() else ("", [])
    told.unlink(missing_ok=True)
    return Outcome(os.waitstatus_to_exitcode(status), text, tuple((one[0], one[1]) for one in seen))


def tree(root: Path) -> dict[str, str]:
    """Every file and folder below a folder: rights, and for files the SHA-256 of their bytes."""
    found = {}
    for path in sorted(root.rglob("*")):
        mode = f"{path.stat().st_mode & 0o7777:04o}"
        name = path.relative_to(root).as_posix()
        found[name] = mode if path.is_dir() else f"{mode} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return found
