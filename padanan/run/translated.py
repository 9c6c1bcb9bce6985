"""Deliveries of before a change of the key, with today's pseudonyms: copies in the warehouse; the landed rows stay as they are.

Which key a delivery was landed with stands in its manifest; how a pseudonym becomes today's is `base.keys`' affair.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from padanan.base import disk
from padanan.base.commit import building, publish
from padanan.base.digest import known_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.folder_proof import differing, seal, signed_hashes
from padanan.base.home import Home
from padanan.base.keys import KeyRing
from padanan.base.tabular import copy_to, scratch
from padanan.contracts.planned import TRANSLATED
from padanan.records.active import ActiveDelivery
from padanan.records.landed_rows import KEYED, keys_today

_MANIFEST = "manifest.json"


def translated(home: Home, ring: KeyRing, active: Iterable[ActiveDelivery]) -> dict[str, str]:
    """Where the rows of each delivery are read: where they landed, or a copy with today's pseudonyms.

    Copies that no delivery of the run needs are removed: no name outlives its delivery there.

    Returns:
        Landed path of `part.parquet` -> path to read, both relative to the data home.

    Raises:
        PadananError: a delivery was landed with a key that the ring does not hold.
    """
    base, paths = home.root / TRANSLATED / ring.names[-1], {}
    wanted: set[Path] = set()
    for item in active:
        path, made_with = str(item.path), item.manifest.get("key_id")
        if made_with in (None, ring.names[-1]):
            paths[path] = path
            continue
        folder = base / Path(path).parent
        wanted.add(folder)
        if not _whole(home, folder):
            _translate(home, ring, item, folder, str(made_with))
        paths[path] = (folder / Path(path).name).relative_to(home.root).as_posix()
    for folder in sorted((home.root / TRANSLATED).glob("*/landing/*/period=*/delivery=*")):
        if folder not in wanted:
            disk.remove_tree(folder)
    return paths


def _whole(home: Home, folder: Path) -> bool:
    """Whether a copy stands and is what was written."""
    if not folder.exists():
        return False
    try:
        hashes = signed_hashes(home.root, folder, what="terjemahan", cure="")
    except PadananError:
        return False
    return next(differing(home.root, folder, hashes, what="terjemahan", cure="", digest=known_sha256), None) is None


def _translate(home: Home, ring: KeyRing, item: ActiveDelivery, folder: Path, made_with: str) -> None:
    con = scratch(home)
    try:
        with no_space_guard("terjemahan kiriman"), building(folder.parent) as temporary:
            for name in KEYED:
                query = keys_today(con, ring, item.folder / name, made_with)
                copy_to(con, query, temporary / name, options=", compression zstd")
            disk.copy(item.folder / _MANIFEST, temporary / _MANIFEST)
            seal(temporary, folder.relative_to(home.root).as_posix(), [*KEYED, _MANIFEST])
            if folder.exists():
                disk.remove_tree(folder)
            if not publish(temporary, folder):
                place = folder.relative_to(home.root)
                raise PadananError("terjemahan ini sedang ditulis putaran lain", file=place, cure="ulangi sesudahnya")
    finally:
        con.close()
