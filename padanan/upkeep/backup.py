"""Backup of a data home: one archive of one moment, with a signed index of every file's hash, rights and time.

What belongs to the moment is `snapshot`'s to say, unpacking `restore`'s. The HMAC key is never in the archive; it is kept
apart, as the law asks of keys and data.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from padanan.base import disk
from padanan.base.commit import building, writing
from padanan.base.digest import copy_hashed
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import FORMAT_VERSION, Home
from padanan.base.keys import key_id, load_key
from padanan.base.period import JAKARTA
from padanan.base.signing import sign
from padanan.distribution.state.copy import state_exists
from padanan.distribution.state.store import FILE
from padanan.upkeep.api_state import NAME, copied
from padanan.upkeep.snapshot import INBOX, Moved, Snapshot, State, take

INDEX = "padanan-cadangan.json"
PURPOSE = "cadangan"
# Reports are replaced and old data destroyed while the system works: then the moment is taken again, not for ever.
TRIES = 5


def backup(home: Home, target: Path) -> dict[str, Any]:
    """Writes the home's files and a signed index of them into one `.tar.gz`, all as they were at one moment.

    Returns:
        The index: format version, key id, time, rights of folders, SHA-256, rights and time of files, names of inbox files that
        were still being copied and are left out, what the API's state holds (None: never used), signature.

    Raises:
        PadananError: the target exists or lies inside the data home, or the home never stands still.
        NoSpace: the target's disk is full.
    """
    if target.exists():
        raise PadananError("berkas cadangan sudah ada", file=target, cure="pakai nama lain")
    if home.root.resolve() in target.resolve().parents:
        raise PadananError("cadangan di dalam data home sendiri", file=target, cure="tulis ke disk atau folder lain")
    if not (home.root / "format_version").exists():
        raise PadananError("bukan data home", file=home.root, cure="periksa PADANAN_HOME")
    home.seen()
    for _ in range(TRIES):
        try:
            with no_space_guard("cadangan"), writing(target, mode=0o600) as draft:
                return _write(home, take(home), draft)
        except Moved:
            continue
    raise PadananError(
        "data home terus berubah selama dicadangkan",
        file=home.root,
        cure="ulangi setelah putaran, pembuatan laporan, atau pemusnahan selesai",
    )


def _write(home: Home, found: Snapshot, draft: Path) -> dict[str, Any]:
    index: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "key_id": key_id(load_key()),
        "waktu": datetime.now(JAKARTA).isoformat(timespec="seconds"),
        "folders": {name: f"{mode:04o}" for name, mode in found.folders.items()},
        "files": {},
        "dilewati": [],
    }
    with disk.filling(draft), tarfile.open(draft, "w:gz", compresslevel=3) as archive:
        for name, (state, content) in sorted(found.records.items()):
            _add(archive, index, name, State(state.inode, len(content), state.mtime_ns, state.mode), io.BytesIO(content))
        for name, state in found.files.items():
            if name.split("/")[0] != INBOX:
                _add_file(archive, index, home.root / name, name, state)
            elif not _add_arriving(archive, index, home, name, state):
                index["dilewati"].append(name)
        # Later than the signed heads of its days, so that it holds what they name.
        index["keadaan"] = _add_state(archive, index, home) if state_exists(home) else None
        index["tanda"] = sign(PURPOSE, signed_text(index))
        content = json.dumps(index, indent=1, sort_keys=True).encode()
        entry = tarfile.TarInfo(INDEX)
        entry.size, entry.mode = len(content), 0o600
        archive.addfile(entry, io.BytesIO(content))
    return index


def signed_text(index: dict[str, Any]) -> str:
    """What the signature of an index is over: everything but itself, in its only spelling."""
    told = {name: value for name, value in index.items() if name != "tanda"}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class _Hashed:
    """Hashes what the archive reads: the index tells the bytes that are in it, read once."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self._digest.update(block)
        return block

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _add(archive: tarfile.TarFile, index: dict[str, Any], name: str, state: State, source: BinaryIO) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = state.size, state.mode, state.mtime_ns // 10**9
    hashed = _Hashed(source)
    archive.addfile(entry, hashed)
    index["files"][name] = {"sha256": hashed.hexdigest(), "mode": f"{state.mode:04o}", "mtime_ns": state.mtime_ns}


def _add_state(archive: tarfile.TarFile, index: dict[str, Any], home: Home) -> dict[str, Any]:
    """The API's state as a file of one moment; what it holds."""
    with building(home.root) as folder:
        copy = folder / FILE
        facts = copied(home, copy)
        with copy.open("rb") as source:
            _add(archive, index, NAME, State.of(copy.stat()), source)
    return facts


def _add_file(archive: tarfile.TarFile, index: dict[str, Any], path: Path, name: str, state: State) -> None:
    """One file that never changes but by being replaced.

    Raises:
        Moved: it was replaced or destroyed since it was listed.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise Moved(name) from None
    with os.fdopen(descriptor, "rb") as source:
        if State.of(os.fstat(descriptor)) != state:
            raise Moved(name)
        try:
            _add(archive, index, name, state, source)
        except OSError as error:
            if error.errno is None:  # fewer bytes than were listed
                raise Moved(name) from None
            raise
        if State.of(os.fstat(descriptor)) != state:
            raise Moved(name)


def _add_arriving(archive: tarfile.TarFile, index: dict[str, Any], home: Home, name: str, state: State) -> bool:
    """A file that a producer may be writing this moment: copied first, and left out when it changed meanwhile.

    Returns:
        Whether it is in the archive.
    """
    path = home.root / name
    with building(home.root) as folder:
        try:
            copy_hashed(path, folder / "isi")
            if State.of(os.lstat(path)) != state:
                return False
        except FileNotFoundError:
            return False
        with (folder / "isi").open("rb") as source:
            _add(archive, index, name, state, source)
    return True
