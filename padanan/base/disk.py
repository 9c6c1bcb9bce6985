"""The one seam to the disk: every write, rename, flush, folder and removal of the house is one call of this module.

What is written, and when it takes its place, belongs to `commit` and to who calls it; here a test can count and break each
operation (`hook`), which in production is one comparison with None.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BEFORE, WRITTEN, FLUSHED = "buat", "tulis", "siram"
"""Names of operations: a file is about to be made; its bytes are written and not yet flushed; they lie on the disk."""

hook: Callable[[str, Path], None] | None = None
"""For tests only (tests/faults): told each operation and its path before it is done, `WRITTEN` and `FLUSHED` after it."""


def told(operation: str, path: Path) -> None:
    """Tells the hook, where there is one."""
    if hook is not None:
        hook(operation, path)


@contextmanager
def filling(*paths: Path) -> Iterator[None]:
    """A block in which another library (Parquet, DuckDB, ZIP, XLSX) makes these files: two operations each."""
    for path in paths:
        told(BEFORE, path)
    yield
    for path in paths:
        told(WRITTEN, path)


def write_bytes(path: Path, content: bytes) -> None:
    """Makes a file, or writes it anew; not flushed."""
    with filling(path):
        path.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """The same of a text, UTF-8 with line breaks as they are."""
    write_bytes(path, text.encode())


def copy(source: Path, target: Path) -> None:
    """Copies a file's bytes, not its rights; not flushed."""
    with filling(target):
        shutil.copyfile(source, target)


def copy_tree(source: Path, target: Path) -> None:
    """Copies a folder's files, not their rights; not flushed."""
    mkdir(target)
    for path in sorted(source.iterdir()):
        (copy_tree if path.is_dir() else copy)(path, target / path.name)


def opened(path: Path, flags: int) -> int:
    """A descriptor (mode 0600 where the file is made by it), to be closed by the caller."""
    told("buka", path)
    return os.open(path, flags, 0o600)


def pwrite(descriptor: int, content: bytes, place: int, path: Path) -> None:
    """Writes all bytes at a place of an open file."""
    told(BEFORE, path)
    rest = memoryview(content)
    while rest:
        written = os.pwrite(descriptor, rest, place)
        rest, place = rest[written:], place + written
    told(WRITTEN, path)


def append(descriptor: int, content: bytes, path: Path) -> None:
    """Writes all bytes at the end of a file that was opened for appending."""
    told(BEFORE, path)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    told(WRITTEN, path)


def truncate(descriptor: int, size: int, path: Path) -> None:
    """Cuts an open file."""
    told("potong", path)
    os.ftruncate(descriptor, size)


def fsync(descriptor: int, path: Path) -> None:
    """Waits until an open file's bytes, or a folder's entries, lie on the disk."""
    told("fsync", path)
    os.fsync(descriptor)
    told(FLUSHED, path)


def flush(path: Path) -> None:
    """The same by name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fsync(descriptor, path)
    finally:
        os.close(descriptor)


def mkdir(path: Path, *, parents: bool = False, exist_ok: bool = False, mode: int = 0o700) -> None:
    """Makes a folder; nothing is done, and nothing told, where it may stand and does."""
    if exist_ok and path.is_dir():
        return
    if parents and not path.parent.is_dir():
        mkdir(path.parent, parents=True, exist_ok=True, mode=mode)
    told("mkdir", path)
    path.mkdir(mode=mode, exist_ok=exist_ok)


def rename(source: Path, target: Path) -> None:
    """Renames a file over another one, or a folder to where nothing or an empty folder stands."""
    told("rename", target)
    source.replace(target)


def move(source: Path, target: Path) -> None:
    """Renames a file, or copies and removes it where the target lies on another disk."""
    told("rename", target)
    shutil.move(source, target)


def link(source: Path, target: Path) -> None:
    """Gives a file a second name, which nothing may bear yet.

    Raises:
        FileExistsError: something bears it.
    """
    told("link", target)
    target.hardlink_to(source)


def symlink(source: Path, target: Path) -> None:
    """A link that leads from `target`, which nothing may bear yet, to `source`."""
    told("symlink", target)
    target.symlink_to(source)


def unlink(path: Path, *, missing_ok: bool = False) -> None:
    """Removes a file."""
    if missing_ok and not path.exists() and not path.is_symlink():
        return
    told("unlink", path)
    path.unlink(missing_ok=missing_ok)


def remove_tree(path: Path, *, ignore_errors: bool = False) -> None:
    """Removes a folder with everything below it."""
    try:
        told("rmtree", path)
        shutil.rmtree(path, ignore_errors=ignore_errors)
    except OSError:
        if not ignore_errors:
            raise


def chmod(path: Path, mode: int) -> None:
    """Sets a path's rights."""
    told("chmod", path)
    path.chmod(mode)
