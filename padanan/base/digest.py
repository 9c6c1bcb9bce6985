"""The SHA-256 of files, as manifests, seals and registers keep it.

What a fingerprint proves belongs to whoever keeps it; the hash over a table's rows belongs to `tabular`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from padanan.base import disk
from padanan.base.regular import open_regular

BLOCK = 8 * 1024 * 1024


def file_sha256(path: Path, *, first: bytes = b"") -> str:
    """The SHA-256 of a file's bytes, hexadecimal.

    Args:
        first: what is hashed before them, where the file does not say all.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, lambda: hashlib.sha256(first)).hexdigest()


def files_sha256(files: Iterable[tuple[str, Path]]) -> str:
    """One SHA-256 over several files, in their order: what each is called, then its bytes.

    Raises:
        OSError: one can't be read.
    """
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def copy_hashed(source: Path, target: Path) -> str:
    """Copies a regular file byte by byte and returns the SHA-256 of what was copied.

    Raises:
        NotRegular: the source is a link, pipe, device or folder; it may be what somebody else put there.
        OSError: either can't be read or written.
    """
    digest = hashlib.sha256()
    with open_regular(source) as reader, disk.filling(target), target.open("wb") as writer:
        while block := reader.read(BLOCK):
            digest.update(block)
            writer.write(block)
    return digest.hexdigest()
