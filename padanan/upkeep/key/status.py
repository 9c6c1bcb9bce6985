"""What the key stands for: where it lies, since when it is in use, and how much is signed with which one.

Nothing of a key is shown but its short name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.folder_proof import FILE
from padanan.base.home import Home
from padanan.base.keys import holds_anything, key_file, load_ring
from padanan.records.key_register import BEGUN, CHANGED, log_of
from padanan.records.log import logs

_FOLDERS = {"landing": "kiriman", "quarantine": "kiriman", "published": "terbitan", "decree": "rancangan"}


def lines(home: Home) -> Iterator[str]:
    """The answer, a line at a time.

    Raises:
        PadananError: the key is lost, open or damaged; or the register of keys is broken.
    """
    if not key_file().exists() and not holds_anything(home.root):
        yield f"Belum ada kunci; dibuat pada kiriman pertama di {key_file()}."
        return
    ring = load_ring(home)
    begun = {one["kunci_kini"]: one for one in log_of(home).read().records if one["tindakan"] in (BEGUN, CHANGED)}
    yield f"Berkas kunci: {key_file()}"
    signed = _signed(home)
    for name in reversed(ring.names):
        use = "dipakai" if name == ring.names[-1] else "untuk membuktikan tanda lama"
        since = f"sejak {begun[name]['waktu'][:10]}" if name in begun else "sejak sebelum ada register kunci"
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(signed.pop(name, Counter()).items()))
        yield f"Kunci {_shown(name)}: {use}, {since}; menandai {counts or 'belum apa pun'}"
        if name in begun and begun[name].get("oleh"):
            yield f"  diganti oleh {begun[name]['oleh']}: {begun[name]['alasan']}"
    for name, counted in sorted(signed.items()):
        raise PadananError(
            f"{sum(counted.values())} tanda dibuat dengan kunci {_shown(name)} yang tidak ada di berkas kunci",
            file=key_file(),
            cure="pulihkan berkas kunci dari cadangannya",
        )


def _shown(name: str) -> str:
    return f"{name[:4]}-{name[4:]}"


def _signed(home: Home) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for folder, kind in _FOLDERS.items():
        for path in (home.root / folder).rglob(FILE):
            if (name := _key(path)) is not None:
                found.setdefault(name, Counter())[kind] += 1
    for log in logs(home):
        for record in log.read().records:
            found.setdefault(str(record["kunci"]), Counter())["catatan"] += 1
    return found


def _key(path: Path) -> str | None:
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        return str(content["kunci"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # named by `padanan verify`
