"""Locks between processes: a file that one of them holds, given back by the kernel when its holder ends.

What is protected, and what a person is told who has to wait, belongs to whoever takes the lock.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from padanan.base import disk


class Lock:
    """A lock that is held until `release`, or until this process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Gives the lock back; to be called once."""
        # Said aloud: a process that was forked meanwhile holds the same lock and would keep it.
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)


def take(path: Path, *, wait: bool = True) -> Lock:
    """Takes the lock that a file stands for; the file is made (mode 0600) and stays, for its name is the lock's.

    Args:
        wait: wait for another holder; else refuse at once.

    Raises:
        BlockingIOError: another holder has it, and `wait` is false.
        OSError: the file can't be made.
    """
    disk.mkdir(path.parent, parents=True, exist_ok=True)
    return _locked(disk.opened(path, os.O_RDWR | os.O_CREAT), wait=wait)


def take_folder(path: Path, *, wait: bool = True) -> Lock:
    """Takes a folder that is there as a lock; nothing is made.

    Raises:
        BlockingIOError: another holder has it, and `wait` is false.
        OSError: there is no such folder, or its file system knows no such locks.
    """
    return _locked(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW), wait=wait)


def _locked(descriptor: int, *, wait: bool) -> Lock:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        os.close(descriptor)
        raise
    return Lock(descriptor)


@contextmanager
def held(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Holds a lock as long as the block; see `take`."""
    lock = take(path, wait=wait)
    try:
        yield
    finally:
        lock.release()
