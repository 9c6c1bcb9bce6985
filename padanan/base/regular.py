"""Files that others put somewhere: opened only when they are regular files, never through a link, never waited for.

Which names count, and what becomes of a refused one, belongs to each inbox.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

_KINDS = (
    (stat.S_ISLNK, "tautan"),
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipa (FIFO)"),
    (stat.S_ISSOCK, "soket"),
    (stat.S_ISCHR, "perangkat"),
    (stat.S_ISBLK, "perangkat"),
)
FOLDER = "folder"


class NotRegular(OSError):
    """What lies there is no regular file; `kind` is the word for it (`tautan`, `pipa (FIFO)`, `folder`, …)."""

    def __init__(self, kind: str) -> None:
        super().__init__(errno.EINVAL, f"bukan berkas biasa: {kind}")
        self.kind = kind


def odd_kind(path: Path) -> str | None:
    """The word for what is no regular file, links not followed; None for a regular file.

    Raises:
        OSError: it can't be looked at, or is not there.
    """
    return _kind(os.lstat(path).st_mode)


def _kind(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    return next((word for test, word in _KINDS if test(mode)), "bukan berkas")


def is_regular(path: Path) -> bool:
    """Whether a regular file lies there, links not followed; no error whatever is wrong with the name."""
    try:
        return odd_kind(path) is None
    except (OSError, ValueError):
        return False


def open_regular(path: Path) -> BufferedReader:
    """A regular file, opened for reading; what was put in its place meanwhile is refused as well.

    Raises:
        NotRegular: a link, FIFO, device, socket or folder.
        OSError: it can't be opened.
    """
    if kind := odd_kind(path):
        raise NotRegular(kind)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise NotRegular("tautan" if error.errno == errno.ELOOP else "soket") from None
        raise
    if kind := _kind(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotRegular(kind)
    return open(descriptor, "rb")  # noqa: PTH123


def read_regular(path: Path, most: int) -> bytes | None:
    """The bytes of a regular file; None when it holds more than `most`.

    Raises:
        NotRegular, OSError: see `open_regular`.
    """
    with open_regular(path) as handle:
        data = handle.read(most + 1)
    return data if len(data) <= most else None
