"""Which file of an inbox is being opened just now, written down before it is: a file whose opening ends its process is met once.

What is done with a file that was left open belongs to `inbox`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from padanan.base import disk, locks
from padanan.base.commit import sweep, write_once
from padanan.base.home import Home

MARKS, _LOCK = ".dibuka", ".inbox.lock"


@dataclass(frozen=True)
class Mark:
    """A file that is being opened: its name, its state then, and when it arrived."""

    name: str
    state: str
    arrived: str
    by: str


@contextmanager
def alone(home: Home, contract_id: str) -> Iterator[None]:
    """One process at a time takes in a producer's inbox; another one waits. Marks that stand then were left by the dead."""
    with locks.held(home.landing(contract_id) / _LOCK):
        # A draft of a mark whose removal failed would else stay until the next file comes.
        sweep(home.landing(contract_id) / MARKS)
        yield


@contextmanager
def marked(home: Home, contract_id: str, mark: Mark) -> Iterator[None]:
    """Marks a file as being opened, on the disk before the block begins; only the death of this process leaves the mark."""
    path = _path(home, contract_id, mark.name)
    write_once(path, json.dumps(asdict(mark), sort_keys=True) + "\n")
    try:
        yield
    finally:
        unmark(home, contract_id, mark.name)


def unmark(home: Home, contract_id: str, name: str) -> None:
    """Removes a mark, which needs no room on the disk."""
    with contextlib.suppress(OSError):
        disk.unlink(_path(home, contract_id, name), missing_ok=True)


def marks(home: Home, contract_id: str) -> list[Mark]:
    """The marks that stand, by name; one that can't be read (nobody wrote it so) is none."""
    found = []
    for path in sorted((home.landing(contract_id) / MARKS).glob("*.json")):
        try:
            found.append(Mark(**json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):
            with contextlib.suppress(OSError):
                disk.unlink(path)
    return sorted(found, key=lambda mark: os.fsencode(mark.name))


def cut_off(home: Home, contract_id: str) -> frozenset[str]:
    """Names of files whose opening ended with its process; none while somebody is at work."""
    if not (home.landing(contract_id) / MARKS).is_dir():
        return frozenset()
    try:
        lock = locks.take(home.landing(contract_id) / _LOCK, wait=False)
    except OSError:
        return frozenset()
    try:
        return frozenset(mark.name for mark in marks(home, contract_id))
    finally:
        lock.release()


def _path(home: Home, contract_id: str, name: str) -> Path:
    return home.landing(contract_id) / MARKS / f"{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.json"
