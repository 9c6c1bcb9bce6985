"""Proving deliveries: the signed hashes of manifest and receipts, and the manifest's hashes of rows and originals.

What a run reads is proved when it first reads it, everything by `padanan verify`; how hashes are signed is `base.folder_proof`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256, known_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import FILE, differing, signed_hashes
from padanan.base.home import Home
from padanan.contracts.retention import RECEIPT
from padanan.records.tombstone import NISAN, proved

WHAT = "kiriman"
CURE = "pulihkan folder kiriman itu dari cadangan"
RECEIPTS = "tanda_terima"
"""The folder of the receipts of copies, beside the deliveries of a producer."""
_MANIFEST = "manifest.json"
WORDS = (_MANIFEST, *RECEIPT)
"""What a delivery says of itself."""
ROWS = ("part.parquet", "rejects.parquet")
"""Its rows."""


def prove_landed(home: Home) -> None:
    """Proves the signed words of every landed delivery, its manifest among them: from these a run chooses what it reads.

    Raises:
        PadananError: the first fault; `padanan verify` names them all.
    """
    for folder in sorted(home.root.glob("landing/*/period=*/delivery=*")):
        for fault in _faults(home, folder, rows=False, whole=False):
            raise fault


def prove_read(home: Home, parts: Iterable[str]) -> None:
    """Proves the files of the deliveries that a run is about to read; unchanged ones once a process.

    Args:
        parts: paths of `part.parquet`, relative to the data home.

    Raises:
        PadananError: a file is missing, was changed, or its manifest was.
    """
    for part in parts:
        for fault in _faults(home, (home.root / part).parent, rows=True, whole=False):
            raise fault


def faults_of_deliveries(home: Home) -> tuple[int, list[PadananError]]:
    """How many deliveries there are, and everything that is wrong with them, quarantined ones and receipts of copies included."""
    landed = sorted(home.root.glob("landing/*/period=*/delivery=*"))
    aside = sorted(path for path in home.root.glob("quarantine/*/*") if path.is_dir() and not path.name.startswith("."))
    faults = [fault for folder in (*landed, *aside) for fault in _faults(home, folder, rows=True, whole=True)]
    for folder in sorted(home.root.glob(f"landing/*/{RECEIPTS}")):
        faults += _faults_of_receipts(home, folder)
    return len(landed) + len(aside), faults


def _faults(home: Home, folder: Path, *, rows: bool, whole: bool) -> Iterator[PadananError]:
    """Faults of one delivery.

    Args:
        rows: also the files that its manifest names. whole: each file anew, and those that nothing names.
    """
    try:
        hashes = signed_hashes(home.root, folder, what=WHAT, cure=CURE)
        # Destroyed by retention is no tampering, if the signed register says so; what was to stay is proved all the same.
        destroyed = proved(home, folder) is not None
    except PadananError as error:
        yield error
        return
    digest = file_sha256 if whole else known_sha256
    # Of what is older than the hashes in manifests, rows and originals are in the signed list themselves.
    if not whole:
        hashes = {name: value for name, value in hashes.items() if (rows and name in ROWS) or name in WORDS}
    if destroyed:
        hashes = {name: value for name, value in hashes.items() if (folder / name).exists()}
    found = list(differing(home.root, folder, hashes, what=WHAT, cure=CURE, digest=digest))
    yield from found
    if destroyed or not rows or any(fault.file and fault.file.endswith(_MANIFEST) for fault in found):
        return
    named = hashes_of(json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
    if not whole:
        named = {name: value for name, value in named.items() if name in ROWS}
    yield from differing(home.root, folder, named, what=WHAT, cure=CURE, digest=digest)
    if whole:
        yield from _unnamed(home, folder, {*hashes, *named, FILE, NISAN})


def hashes_of(manifest: Any) -> dict[str, str]:
    """The hashes of rows and originals that a delivery's manifest names; none in one of before they were hashed."""
    return {str(name): str(facts["sha256"]) for name, facts in manifest.get("files", {}).items()}


def _unnamed(home: Home, folder: Path, known: set[str]) -> Iterator[PadananError]:
    inside = ((path, path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())
    strangers = [path for path, name in inside if name.as_posix() not in known and f"{name.parts[0]}/" not in known]
    if strangers:
        # Without its name, which may hold a person's.
        yield PadananError(
            f"{len(strangers)} berkas yang tidak tercatat di folder kiriman",
            file=folder.relative_to(home.root),
            cure="keluarkan berkas itu dari folder kiriman",
        )


def _faults_of_receipts(home: Home, folder: Path) -> Iterator[PadananError]:
    for receipt in sorted(folder.glob("duplikat-*.json")):
        if receipt.name.endswith(f".{FILE}"):
            continue
        mark = f"{receipt.stem}.{FILE}"
        try:
            hashes = signed_hashes(home.root, folder, what="tanda terima", cure=CURE, file=mark)
        except PadananError as error:
            yield error
            continue
        yield from differing(home.root, folder, hashes, what="tanda terima", cure=CURE)
