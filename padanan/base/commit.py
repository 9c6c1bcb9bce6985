"""How a file or a folder comes into its place: made beside it, flushed to disk, then renamed once.

What is inside is the business of whoever makes it; a kill at any moment leaves either the old or the new, whole.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".tmp-"
_DRAFT = re.compile(r"\.tmp-([0-9]+)-[0-9a-z]+")


@contextmanager
def building(parent: Path) -> Iterator[Path]:
    """A private folder next to where the result will stand; whatever is left of it afterwards is removed."""
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(parent)
    folder = _draft(parent)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Removes what killed runs left: drafts of folders and files whose process is gone."""
    for leftover in parent.glob(f"{PREFIX}*"):
        # What bears another name is not ours: a restored home's parent is anybody's folder.
        if (name := _DRAFT.fullmatch(leftover.name)) and not Path(f"/proc/{name[1]}").exists():
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def publish(folder: Path, target: Path) -> bool:
    """Flushes a folder and renames it into place, where nothing or an empty folder stands.

    Returns:
        False when `target` is there already (another run was faster); nothing changed then.
    """
    for base, _, files in os.walk(folder, topdown=False):
        for name in files:
            flush(Path(base) / name)
        flush(Path(base))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        folder.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    flush(target.parent)
    # Where the parent was made just now, its own entry is new as well; what lies further up may be closed to us.
    with contextlib.suppress(PermissionError):
        flush(target.parent.parent)
    return True


def replace(folder: Path, target: Path) -> None:
    """Puts a folder in the place of an older one whose content can be made again."""
    old = _draft(target.parent)
    if target.exists():
        target.rename(old)
    publish(folder, target)
    shutil.rmtree(old, ignore_errors=True)


def retire(target: Path) -> None:
    """Moves an older folder aside under the next free number: nothing that was written is overwritten."""
    if target.exists():
        number = 1
        while (older := target.with_name(f"{target.name}~{number}")).exists():
            number += 1
        target.rename(older)


@contextmanager
def writing(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """A draft beside a file's place, which takes that place when the block ends, and is removed when it fails.

    Args:
        mode: the file's rights; by default those that the block, or the process's umask, gave the draft.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path.parent)
    try:
        yield draft
        if mode is not None:
            draft.chmod(mode)
        put(draft, path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def put(draft: Path, path: Path) -> None:
    """Flushes a finished file and renames it into place, over an older one."""
    flush(draft)
    draft.replace(path)
    flush(path.parent)


def write_once(path: Path, text: str, *, mode: int | None = None) -> None:
    """Writes a small file whole or not at all; see `writing`."""
    with writing(path, mode=mode) as draft:
        draft.write_text(text, encoding="utf-8")


def _draft(parent: Path) -> Path:
    """A name that no other draft bears, with the process in it: `sweep` asks whether it still runs."""
    return parent / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"


def flush(path: Path) -> None:
    """Waits until a file's bytes, or a folder's entries, lie on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
