"""How a delivery folder appears: built beside its place, flushed to disk, then renamed once.

What is inside the folder is the business of `land`; a kill at any moment leaves either nothing or all of it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".tmp-"
BLOCK = 8 * 1024 * 1024


@contextmanager
def building(parent: Path) -> Iterator[Path]:
    """A private folder next to where the result will stand; whatever is left of it afterwards is removed."""
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(parent)
    folder = parent / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Removes what killed runs left: build folders whose process is gone."""
    for leftover in parent.glob(f"{PREFIX}*"):
        pid = leftover.name.removeprefix(PREFIX).split("-")[0]
        if not pid.isdigit() or not Path(f"/proc/{pid}").exists():
            shutil.rmtree(leftover, ignore_errors=True)


def copy_hashed(source: Path, target: Path) -> str:
    """Copies a file byte by byte and returns the sha256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while block := reader.read(BLOCK):
            digest.update(block)
            writer.write(block)
    return digest.hexdigest()


def publish(folder: Path, target: Path) -> bool:
    """Flushes a folder and renames it into place.

    Returns:
        False when `target` is there already (another run was faster); nothing changed then.
    """
    for base, _, files in os.walk(folder, topdown=False):
        for name in files:
            _flush(Path(base) / name)
        _flush(Path(base))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        folder.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    _flush(target.parent)
    _flush(target.parent.parent)
    return True


def replace(folder: Path, target: Path) -> None:
    """Puts a folder in the place of an older one whose content can be made again."""
    old = target.with_name(f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}")
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


def write_once(path: Path, text: str) -> None:
    """Writes a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
