"""The SHA-256 of files, as manifests, seals and registers keep it.

What a fingerprint proves belongs to whoever keeps it; the hash over a table's rows belongs to `tabular`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from padanan.base import disk
from padanan.base.regular import open_regular

BLOCK = 8 * 1024 * 1024
# A file changed so lately may change again without its times telling.
_SETTLED_NS = 2_000_000_000
_known: dict[Path, tuple[tuple[int, ...], str]] = {}


def file_sha256(path: Path, *, first: bytes = b"") -> str:
    """The SHA-256 of a file's bytes, hexadecimal.

    Args:
        first: what is hashed before them, where the file does not say all.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, lambda: hashlib.sha256(first)).hexdigest()


def digest_regular(path: Path) -> str:
    """The same of what somebody else put there: only of a regular file, links not followed.

    Raises:
        NotRegular, OSError: see `padanan.base.regular`.
    """
    with open_regular(path) as handle:
        return hashlib.file_digest(handle, hashlib.sha256).hexdigest()


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


def tree_sha256(folder: Path, known: Mapping[Path, str] | None = None) -> str:
    """One SHA-256 over the bytes of all files below a folder; their names are left out: they may say anything.

    Args:
        known: hashes that were computed already, when the files were written.

    Raises:
        OSError: one can't be read.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    hashes = sorted((known or {}).get(path) or file_sha256(path) for path in files)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def known_sha256(path: Path) -> str:
    """The SHA-256 of a file, computed once a process as long as its size, its times and its inode stay the same.

    Raises:
        OSError: it can't be read.
    """
    found = path.stat()
    state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    remembered, digest = _known.get(path, (None, ""))
    if remembered != state:
        digest = file_sha256(path)
        if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > _SETTLED_NS:
            _known[path] = (state, digest)
    return digest
