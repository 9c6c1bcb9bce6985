"""How a file or a folder comes into its place: made beside it, flushed to disk, then renamed once.

What is inside is the business of whoever makes it; a kill at any moment leaves either the old or the new, whole.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from padanan.base import disk, locks

PREFIX = ".tmp-"
# Of a file: the draft lies alone in a draft folder, so that files and folders are owned and swept in one way.
_FILE = "isi"
_NAME = r"[0-9]+-[0-9a-z]+"
# What a file system without locks answers (network disks): nobody sweeps there then either.
NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EINVAL, errno.ENOSYS)


@contextmanager
def building(parent: Path, *, prefix: str = PREFIX) -> Iterator[Path]:
    """A private folder next to where the result will stand; whatever is left of it afterwards is removed.

    Args:
        prefix: what its name begins with, where others sweep for it by that beginning.
    """
    disk.mkdir(parent, parents=True, exist_ok=True)
    sweep(parent, prefix=prefix)
    with _owned(parent, prefix) as folder:
        yield folder


def sweep(parent: Path, *, prefix: str = PREFIX) -> None:
    """Removes what killed runs left: drafts of folders and files that nobody holds any more.

    Whether somebody does is asked of the kernel and not of a process number: two containers that share a home each have a
    process 7, and a number is given again.
    """
    drafts = re.compile(re.escape(prefix) + _NAME)
    with contextlib.suppress(OSError), os.scandir(parent) as found:
        # What bears another name is not ours: a restored home's parent is anybody's folder.
        leftovers = [parent / entry.name for entry in found if drafts.fullmatch(entry.name)]
        for leftover in leftovers:
            _sweep_one(leftover)


def _sweep_one(leftover: Path) -> None:
    if leftover.is_symlink() or not leftover.is_dir():
        # Versions before wrote the draft of a file under such a name; nobody does any more.
        with contextlib.suppress(OSError):
            disk.unlink(leftover, missing_ok=True)
        return
    # Held, or on a file system that can't tell, or swept by somebody else just now: it stays.
    with contextlib.suppress(OSError):
        lock = locks.take_folder(leftover, wait=False)
        disk.remove_tree(leftover, ignore_errors=True)
        lock.release()


@contextmanager
def _owned(parent: Path, prefix: str = PREFIX) -> Iterator[Path]:
    """A draft folder that this process holds a lock on as long as the block; the kernel gives it back when it is killed."""
    folder, lock = _make(parent, prefix)
    try:
        yield folder
    finally:
        try:
            # Removed while it is held: nobody else then removes it at the same time.
            if folder.exists():
                disk.remove_tree(folder, ignore_errors=True)
        finally:
            if lock is not None:
                lock.release()


def _make(parent: Path, prefix: str) -> tuple[Path, locks.Lock | None]:
    while True:
        # The process in the name is for people who look; nobody decides by it.
        folder = parent / f"{prefix}{os.getpid()}-{secrets.token_hex(4)}"
        disk.mkdir(folder)
        try:
            lock = locks.take_folder(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno not in NO_LOCKS:
                disk.remove_tree(folder, ignore_errors=True)
                raise
            lock = None
        if folder.exists():
            return folder, lock
        # Taken for a leftover between its making and its lock.
        if lock is not None:
            lock.release()


def publish(folder: Path, target: Path) -> bool:
    """Flushes a folder and renames it into place, where nothing or an empty folder stands.

    Returns:
        False when `target` is there already (another run was faster); nothing changed then.
    """
    _settle(folder)
    return _place(folder, target)


def _settle(folder: Path) -> None:
    for base, _, files in os.walk(folder, topdown=False):
        for name in files:
            disk.flush(Path(base) / name)
        disk.flush(Path(base))


def _place(folder: Path, target: Path) -> bool:
    disk.mkdir(target.parent, parents=True, exist_ok=True)
    try:
        disk.rename(folder, target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    disk.flush(target.parent)
    # Where the parent was made just now, its own entry is new as well; what lies further up may be closed to us.
    with contextlib.suppress(PermissionError):
        disk.flush(target.parent.parent)
    return True


def replace(folder: Path, target: Path) -> None:
    """Puts a folder in the place of an older one whose content can be made again; when it fails the older one stays."""
    disk.mkdir(target.parent, parents=True, exist_ok=True)
    _settle(folder)
    with _owned(target.parent) as aside:
        older = aside / _FILE
        if target.exists():
            disk.rename(target, older)
        try:
            _place(folder, target)
        except OSError:
            if older.exists() and not target.exists():
                disk.rename(older, target)
            raise


def retire(target: Path) -> None:
    """Moves an older folder aside under the next free number: nothing that was written is overwritten."""
    if target.exists():
        number = 1
        while (older := target.with_name(f"{target.name}~{number}")).exists():
            number += 1
        disk.rename(target, older)


@contextmanager
def writing(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """A draft beside a file's place, which takes that place when the block ends, and is removed when it fails.

    Args:
        mode: the file's rights; by default those that the block, or the process's umask, gave the draft.
    """
    with building(path.parent) as folder:
        draft = folder / _FILE
        yield draft
        if mode is not None:
            disk.chmod(draft, mode)
        put(draft, path)


def put(draft: Path, path: Path) -> None:
    """Flushes a finished file and renames it into place, over an older one."""
    disk.flush(draft)
    disk.rename(draft, path)
    disk.flush(path.parent)


def write_once(path: Path, text: str, *, mode: int | None = None) -> None:
    """Writes a small file whole or not at all; see `writing`."""
    with writing(path, mode=mode) as draft:
        disk.write_text(draft, text)


def write_first(path: Path, text: str, *, mode: int | None = None) -> bool:
    """Writes a small file whole where none stands yet; of several processes at once one wins.

    Returns:
        False when `path` is there already; nothing changed then.
    """
    with building(path.parent) as folder:
        draft = folder / _FILE
        disk.write_text(draft, text)
        if mode is not None:
            disk.chmod(draft, mode)
        disk.flush(draft)
        try:
            disk.link(draft, path)
        except FileExistsError:
            return False
        disk.flush(path.parent)
    return True
