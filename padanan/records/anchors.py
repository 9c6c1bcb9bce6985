"""What of the records a publication saw: number and hash of the newest of each file, so that one taken away or put back is seen.

A file and its head, both deleted or both replaced by their copies of last month, are whole in themselves; only something signed
later tells of them. Whether a file is whole in itself belongs to `log`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.records.kinds import KEYS, KINDS
from padanan.records.log import Log, logs

ENTRY = "catatan"
"""The manifest's field."""
# The register of keys begins anew with the first command that finds none, and names the key that the deliveries prove.
_SEEN = tuple(kind for kind in KINDS if kind != KEYS)


def seen(home: Home) -> dict[str, dict[str, Any]]:
    """`<kind>/<name>` to `no` and `hash` of the newest record, of every file that holds one.

    Raises:
        PadananError: a file is not whole.
    """
    found = {}
    for log in logs(home, *_SEEN):
        records = log.read()
        if records.records:
            found[f"{log.kind.folder}/{log.name}"] = {"no": len(records.records), "hash": records.head}
    return found


def lost(home: Home, manifest: Mapping[str, Any]) -> list[PadananError]:
    """The files of records that a publication saw and that hold less now, or something else; none for a publication of before.

    A file that is not whole in itself is left to whoever proves the files.
    """
    kinds = {kind.folder: kind for kind in _SEEN}
    faults = []
    for name, newest in sorted((manifest.get(ENTRY) or {}).items()):
        folder, _, file = str(name).partition("/")
        if folder not in kinds:
            continue
        log = Log(home, kinds[folder], file)
        try:
            records = log.read().records
        except PadananError:
            continue
        number = int(newest["no"])
        if len(records) < number or records[number - 1]["hash"] != newest["hash"]:
            faults.append(
                PadananError(
                    f"{log.kind.what} yang ada ketika revisi {manifest.get('revisi')} terbit hilang: {number} catatan saat itu, "
                    f"{len(records)} sekarang",
                    file=log.path.relative_to(home.root),
                    cure=f"pulihkan folder decisions/{folder} dari cadangan terbaru",
                )
            )
    return faults
