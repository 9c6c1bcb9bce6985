"""Restoring a backup into an empty home: proved in a folder beside it, and put into place as a whole or not at all.

How an archive is made, and what its index says, is `backup`'s business.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from padanan.base import disk
from padanan.base.commit import building, publish, sweep
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, disk_fault, no_space_guard
from padanan.base.home import FOLDERS, FORMAT_VERSION, Home
from padanan.base.keys import key_file
from padanan.base.signing import genuine, known_signer
from padanan.upkeep.api_state import put_back
from padanan.upkeep.backup import INDEX, PURPOSE, signed_text

OTHER = "pakai salinan cadangan lain"


def restore(archive_path: Path, home: Home) -> dict[str, Any]:
    """Unpacks a backup into an empty home, proving signature, names and every file's hash before anything is put in place.

    Raises:
        PadananError: the home is not empty, the key is not the backup's, or the archive is damaged, forged or holds more
            than its index names.
        NoSpace: the home's disk is full.
    """
    # What a killed restore left is a whole home's data: it goes first, whether or not this one gets any further.
    sweep(home.root.parent, prefix=home.restore_prefix)
    sweep(archive_path.parent)
    if home.root.exists() and any(home.root.iterdir()):
        raise _not_empty(home)
    with no_space_guard("pemulihan"), building(home.root.parent, prefix=home.restore_prefix) as work:
        try:
            with tarfile.open(archive_path, "r:gz") as archive:
                _unpack(archive, work)
        except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
            told = PadananError(f"cadangan tidak terbaca ({type(error).__name__})", file=archive_path, cure=OTHER)
            raise disk_fault(error, "pemulihan") or told from None
        index = _index(archive_path, work)
        _prove(archive_path, work, index)
        disk.unlink(work / INDEX)
        _lay_out(work, index)
        put_back(Home(work), home, index)
        if not publish(work, home.root):
            raise _not_empty(home)
    home.ensure()
    return index


def _not_empty(home: Home) -> PadananError:
    return PadananError("data home tujuan tidak kosong", file=home.root, cure="pulihkan ke folder baru lalu atur PADANAN_HOME")


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Puts regular files with plain relative names below `folder`; anything else is no backup of ours.

    Written out because Python before 3.11.4 has no extraction filter.

    Raises:
        tarfile.TarError: a link, a device, a name that leads out of the folder, or one that comes twice.
    """
    for member in archive:
        name = PurePosixPath(member.name)
        content = archive.extractfile(member) if member.isreg() else None
        if content is None or name.is_absolute() or ".." in name.parts:
            raise tarfile.TarError("not a plain file")
        target = folder / name
        if target.exists():
            raise tarfile.TarError("twice")
        disk.mkdir(target.parent, parents=True, exist_ok=True)
        with content, disk.filling(target), target.open("xb") as handle:
            shutil.copyfileobj(content, handle)


def _index(archive_path: Path, work: Path) -> dict[str, Any]:
    """The index after its signature was proved: from here on what it says is what was backed up."""
    try:
        index: dict[str, Any] = json.loads((work / INDEX).read_text(encoding="utf-8"))
        version, key, mark = index["format_version"], index["key_id"], index.get("tanda")
        if not isinstance(index["files"], dict):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError):
        raise PadananError("cadangan tanpa daftar isi", file=archive_path, cure=OTHER) from None
    if version != FORMAT_VERSION:
        raise PadananError(f"cadangan berversi {version}", file=archive_path, cure="pakai versi program yang menulisnya")
    if mark is None:
        raise PadananError(
            "cadangan tanpa tanda: dari versi lama, atau tandanya dihapus",
            file=archive_path,
            cure="pulihkan dengan versi program yang menulisnya, periksa dengan 'padanan verify', lalu cadangkan lagi",
        )
    if not key_file().exists() or not known_signer(key):
        raise PadananError(
            f"kunci cadangan ini ({str(key)[:8]}) tidak ada di sini",
            file=key_file(),
            cure="pulihkan dahulu berkas kuncinya dari cadangan kunci yang terpisah, atau atur PADANAN_KEY_FILE",
        )
    if not genuine(PURPOSE, signed_text(index), mark, key):
        raise PadananError("tanda cadangan palsu: daftar isinya berubah", file=archive_path, cure=OTHER)
    return index


def _prove(archive_path: Path, work: Path, index: dict[str, Any]) -> None:
    found = {path.relative_to(work).as_posix() for path in work.rglob("*") if not path.is_dir()} - {INDEX}
    if stray := sorted(found - set(index["files"])):
        cause = f"{len(stray)} berkas di cadangan tidak ada dalam daftar isinya"
        raise PadananError(cause, file=archive_path, place=_folder(stray[0]), cure=OTHER)
    for name, facts in index["files"].items():
        if name not in found:
            raise PadananError("berkas hilang dari cadangan", file=archive_path, place=_folder(name), cure=OTHER)
        if file_sha256(work / name) != facts["sha256"]:
            raise PadananError("berkas di cadangan berubah", file=archive_path, place=_folder(name), cure=OTHER)


def _folder(name: str) -> str:
    """Where a file stands; a producer's own file name is not shown."""
    return f"pada {PurePosixPath(name).parent.as_posix()}"


def _lay_out(work: Path, index: dict[str, Any]) -> None:
    """Rights, times and folders as they were: an inbox file with another time would be taken for a new one."""
    for name in (*index["folders"], *FOLDERS):
        disk.mkdir(work / name, parents=True, exist_ok=True)
    for name, facts in index["files"].items():
        disk.chmod(work / name, int(facts["mode"], 8))
        os.utime(work / name, ns=(facts["mtime_ns"], facts["mtime_ns"]))
    for name, mode in index["folders"].items():
        disk.chmod(work / name, int(mode, 8))
