"""Proving a publication: every table's bytes against its manifest.

Nothing is mended here; drafts and seals are proved where they are made.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256, known_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import FILE, differing, signed_hashes
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.records.tombstone import NISAN, gone, proved, read_nisan

WHAT = "terbitan"
CURE = "pulihkan dari cadangan, atau terbitkan revisi baru; jangan membekukan revisi ini"
_DRAFTS = "decree/????-??-??/dokumen/rev-*"
# What is made of publications and can be made again, by the pattern of its folders: what it is called, how it is made.
_MADE = {
    "reports/????-??-??/rev-*": ("laporan", "buat lagi dengan 'padanan report render'"),
    _DRAFTS: ("dokumen", "buat lagi dengan 'padanan decree documents'"),
}


def verify_published(home: Home, periode: Periode, revisi: int) -> dict[str, Any]:
    """The manifest of a published revision, after every table's file hash was compared with it.

    Raises:
        PadananError: not published, or a file differs; the file is named.
    """
    manifest, faults = faults_of_published(home, periode, revisi)
    if faults:
        raise faults[0]
    if (nisan := read_nisan(home.published(periode, revisi))) is not None:
        raise PadananError(
            f"tabel terbitan {gone(nisan)}",
            file=home.published(periode, revisi).relative_to(home.root),
            cure="pakai penetapan yang ada; revisi ini tidak dapat dibekukan atau diputar ulang",
        )
    return manifest


def faults_of_published(
    home: Home, periode: Periode, revisi: int, *, digest: Callable[[Path], str] = file_sha256
) -> tuple[dict[str, Any], list[PadananError]]:
    """The manifest of a published revision, and each file that is missing or differs from it.

    Raises:
        PadananError: the revision is not published.
    """
    folder = home.published(periode, revisi)
    if folder.exists() and not (folder / "manifest.json").exists():
        return {}, [PadananError("manifest terbitan hilang", file=(folder / "manifest.json").relative_to(home.root), cure=CURE)]
    if not folder.exists():
        raise PadananError(
            f"revisi {revisi} periode {periode} belum terbit",
            file=folder.relative_to(home.root),
            cure="jalankan job padanan_periode",
        )
    if signature := faults_of_manifest(home, folder, digest):
        return {}, signature
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    try:
        # Destroyed by retention is no tampering, but only if the signed register says so.
        if proved(home, folder) is not None:
            return manifest, []
    except PadananError as error:
        return manifest, [error]
    files = {f"{name}.parquet": facts for name, facts in manifest["tables"].items()} | manifest.get("files", {})
    faults = [
        PadananError(
            f"berkas terbitan {'berubah' if (folder / name).exists() else 'hilang'}",
            file=(folder / name).relative_to(home.root),
            cure=CURE,
        )
        for name, facts in files.items()
        if not (folder / name).exists() or digest(folder / name) != facts["sha256"]
    ]
    return manifest, faults


def faults_of_manifest(home: Home, folder: Path, digest: Callable[[Path], str] = file_sha256) -> list[PadananError]:
    """What is wrong with a publication's manifest: not signed, signed without the key, or changed since."""
    try:
        hashes = signed_hashes(home.root, folder, what=WHAT, cure=CURE)
    except PadananError as error:
        return [error]
    return list(differing(home.root, folder, hashes, what=WHAT, cure=CURE, digest=digest))


def prove_opened(home: Home, periode: Periode, revisi: int) -> None:
    """Proves what is about to be read of a publication; unchanged files once a process.

    Raises:
        PadananError: manifest or tables are not what was published; the file is named.
    """
    for fault in faults_of_published(home, periode, revisi, digest=known_sha256)[1]:
        raise fault


def faults_of_made(home: Home) -> tuple[int, list[PadananError]]:
    """How many reports and sets of drafts of documents there are, and each file of them that is missing or changed.

    A draft that was changed is none: officials work on drafts (`edited_drafts`).
    """
    found: list[PadananError] = []
    folders = [(kind, path) for kind in _MADE for path in sorted(home.root.glob(kind)) if not (path / NISAN).exists()]
    for kind, folder in folders:
        what, cure = _MADE[kind]
        try:
            hashes = signed_hashes(home.root, folder, what=what, cure=cure, unsigned=cure)
        except PadananError as error:
            found.append(error)
            continue
        if kind == _DRAFTS:
            hashes = {name: digest for name, digest in hashes.items() if not _plain(folder / name)}
        found += differing(home.root, folder, hashes, what=what, cure=cure)
    return len(folders), found


def edited_drafts(home: Home) -> list[Path]:
    """Drafts of documents, relative to the home, whose bytes are not what this program wrote: people changed or added them."""
    found: list[Path] = []
    for folder in sorted(home.root.glob(_DRAFTS)):
        if not (folder / NISAN).exists():
            with contextlib.suppress(PadananError):  # a fault of its own, see `faults_of_made`
                found += edited_in(home, folder)
    return [path.relative_to(home.root) for path in found]


def edited_in(home: Home, folder: Path) -> list[Path]:
    """The same of one folder.

    Raises:
        PadananError: nothing proves which of its files are as we made them.
    """
    what, cure = _MADE[_DRAFTS]
    hashes = signed_hashes(home.root, folder, what=what, cure=cure, unsigned=cure)
    return [
        path
        for path in sorted(folder.iterdir())
        if path.name != FILE and _plain(path) and hashes.get(path.name) != file_sha256(path)
    ]


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
