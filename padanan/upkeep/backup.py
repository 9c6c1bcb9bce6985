"""Backup and restore of a data home: one archive with a hash of every file, tried before it is trusted.

The HMAC key is never in the archive; it is kept apart, as the law asks of keys and data.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import tarfile
from pathlib import Path, PurePosixPath
from typing import Any

from padanan.base import disk
from padanan.base.commit import building, publish, writing
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import FOLDERS, FORMAT_VERSION, Home
from padanan.base.keys import key_file, key_id, load_key

# The warehouse is rebuilt from landing by any run; locks, scratch and the demo's database server are not data;
# worklists and kits hold names that go on a day which an archive would not keep.
LEFT_OUT = ("warehouse", "dagster", "postgres", "logs", "truth", "worklists", "kit")
INDEX = "padanan-cadangan.json"


def backup(home: Home, target: Path) -> dict[str, Any]:
    """Writes the home's files and an index of their hashes into one `.tar.gz`.

    Returns:
        The index: format version, key id, files with SHA-256.

    Raises:
        PadananError: the target exists, or lies inside the data home.
    """
    if target.exists():
        raise PadananError("berkas cadangan sudah ada", file=target, cure="pakai nama lain")
    if home.root in target.resolve().parents:
        raise PadananError("cadangan di dalam data home sendiri", file=target, cure="tulis ke disk atau folder lain")
    if not (home.root / "format_version").exists():
        raise PadananError("bukan data home", file=home.root, cure="periksa PADANAN_HOME")
    files = sorted(
        path
        for path in home.root.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.relative_to(home.root).parts[0] not in LEFT_OUT
        and not any(part.startswith(".tmp-") for part in path.relative_to(home.root).parts)
    )
    index: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "key_id": key_id(load_key()) if key_file().exists() else None,
        "files": {},
    }
    with (
        no_space_guard("cadangan"),
        writing(target, mode=0o600) as draft,
        disk.filling(draft),
        tarfile.open(draft, "w:gz", compresslevel=3) as archive,
    ):
        for path in files:
            name = path.relative_to(home.root).as_posix()
            index["files"][name] = file_sha256(path)
            archive.add(path, arcname=name, recursive=False)
        content = json.dumps(index, indent=1, sort_keys=True).encode()
        entry = tarfile.TarInfo(INDEX)
        entry.size, entry.mode = len(content), 0o600
        archive.addfile(entry, io.BytesIO(content))
    return index


def restore(archive_path: Path, home: Home) -> dict[str, Any]:
    """Unpacks a backup into an empty home, proving every file's hash before anything is put in place.

    Raises:
        PadananError: the home is not empty, the archive is damaged, or a file's hash differs.
    """
    if home.root.exists() and any(home.root.iterdir()):
        raise _not_empty(home)
    with no_space_guard("pemulihan"), building(home.root.parent) as work:
        try:
            with tarfile.open(archive_path, "r:gz") as archive:
                _unpack(archive, work)
        except (tarfile.TarError, OSError, EOFError) as error:
            raise PadananError(
                f"cadangan tidak terbaca ({type(error).__name__})", file=archive_path, cure="pakai salinan cadangan lain"
            ) from None
        index = _checked_index(archive_path, work)
        disk.unlink(work / INDEX)
        for name in FOLDERS:
            disk.mkdir(work / name, exist_ok=True)
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
        tarfile.TarError: a link, a device, or a name that leads out of the folder.
    """
    for member in archive:
        name = PurePosixPath(member.name)
        content = archive.extractfile(member) if member.isreg() else None
        if content is None or name.is_absolute() or ".." in name.parts:
            raise tarfile.TarError("not a plain file")
        target = folder / name
        disk.mkdir(target.parent, parents=True, exist_ok=True)
        with content, disk.filling(target), target.open("xb") as handle:
            shutil.copyfileobj(content, handle)
        disk.chmod(target, member.mode & 0o700)


def _checked_index(archive_path: Path, work: Path) -> dict[str, Any]:
    try:
        index: dict[str, Any] = json.loads((work / INDEX).read_text())
    except (OSError, ValueError):
        raise PadananError("cadangan tanpa daftar isi", file=archive_path, cure="pakai salinan cadangan lain") from None
    if index["format_version"] != FORMAT_VERSION:
        raise PadananError(
            f"cadangan berversi {index['format_version']}", file=archive_path, cure="pakai versi program yang menulisnya"
        )
    for name, digest in index["files"].items():
        path = work / PurePosixPath(name)
        if not path.is_file():
            raise PadananError("berkas hilang dari cadangan", file=name, cure="pakai salinan cadangan lain")
        if file_sha256(path) != digest:
            raise PadananError("berkas di cadangan berubah", file=name, cure="pakai salinan cadangan lain")
    return index


def add_parsers(commands: Any) -> None:
    """Adds `backup` and `restore`."""
    parser = commands.add_parser("backup", help="cadangkan data home ke satu berkas .tar.gz (kunci tidak ikut)")
    parser.add_argument("berkas", metavar="FILE", type=Path, help="berkas .tar.gz yang ditulis, di luar data home")
    parser.set_defaults(run=_backup)
    parser = commands.add_parser("restore", help="pulihkan cadangan ke data home yang kosong")
    parser.add_argument("berkas", metavar="FILE", type=Path, help="berkas .tar.gz dari 'padanan backup'")
    parser.set_defaults(run=_restore)


def _backup(args: argparse.Namespace) -> int:
    index = backup(Home.from_env(), args.berkas)
    print(f"{len(index['files'])} berkas dicadangkan. Simpan kunci secara terpisah: padanan key backup FILE")
    return 0


def _restore(args: argparse.Namespace) -> int:
    index = restore(args.berkas, Home.from_env())
    print(f"{len(index['files'])} berkas dipulihkan dan cocok dengan sidiknya.")
    key_now = key_id(load_key()) if key_file().exists() else None
    if index["key_id"] and key_now != index["key_id"]:
        print(f"Perhatian: kunci sekarang bukan kunci cadangan ini ({index['key_id']}); pulihkan berkas kuncinya.")
    return 0
