"""What is published: the revisions of each period with their manifests.

Opening one is `opened`'s business, making one `run`'s.
"""

from __future__ import annotations

import json
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode


def published_revisions(home: Home, periode: Periode) -> list[tuple[int, dict[str, Any]]]:
    """The published revisions of a period with their manifests, oldest first."""
    found = []
    for path in home.published(periode).glob("rev-*/manifest.json"):
        number = path.parent.name.removeprefix("rev-")
        if number.isdigit():
            found.append((int(number), json.loads(path.read_text(encoding="utf-8"))))
    return sorted(found, key=lambda item: item[0])


def earlier_revision(home: Home, periode: Periode, revisi: int) -> tuple[Periode, int] | None:
    """The published revision before, else the newest one of the nearest period before; None when there is none."""
    own = [number for number, _ in published_revisions(home, periode) if number < revisi]
    if own:
        return periode, own[-1]
    keys = sorted(path.name for path in home.published(periode).parent.glob("*-*-01") if path.name < periode.key)
    for key in reversed(keys):
        earlier = Periode.parse(key)
        if numbers := published_revisions(home, earlier):
            return earlier, numbers[-1][0]
    return None


def newest_revision(home: Home, periode: Periode) -> int:
    """The newest published revision.

    Raises:
        PadananError: nothing is published.
    """
    found = published_revisions(home, periode)
    if not found:
        raise PadananError(
            f"belum ada revisi terbit untuk {periode.label}",
            file=f"published/{periode.key}",
            cure=f"jalankan job padanan_periode untuk {periode.label}",
        )
    return found[-1][0]


def periods(home: Home) -> list[Periode]:
    """Every period that has a publication, a decree or decisions."""
    keys = {path.name for name in ("published", "decree") for path in (home.root / name).glob("????-??-??")}
    keys |= {path.name.split(".")[0] for path in (home.decisions / "reviu").glob("????-??-??.*")}
    return [Periode.parse(key) for key in sorted(keys)]
