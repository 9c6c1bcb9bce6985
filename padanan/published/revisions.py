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
    """The published revisions of a period with their manifests, oldest first.

    Raises:
        PadananError: a manifest can't be read.
    """
    return [(number, read_manifest(home, periode, number)) for number in revision_numbers(home, periode)]


def revision_numbers(home: Home, periode: Periode) -> list[int]:
    """The numbers of the published revisions of a period; no manifest is opened.

    A folder counts without its manifest too: publishing made both in one rename, so somebody took it away, and whoever reads the
    revision must say so instead of passing it by.
    """
    names = (path.name.removeprefix("rev-") for path in home.published(periode).glob("rev-*"))
    return sorted(int(name) for name in names if name.isdigit())


def read_manifest(home: Home, periode: Periode, revisi: int) -> dict[str, Any]:
    """The manifest of a published revision.

    Raises:
        PadananError: it can't be read.
    """
    path = home.published(periode, revisi) / "manifest.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise PadananError(
            "manifest terbitan tidak terbaca",
            file=path.relative_to(home.root),
            cure="pulihkan folder published dari cadangan; 'padanan verify' menyebut semua yang berubah",
        )
    return found


def published_periods(home: Home) -> list[Periode]:
    """Every period that has a published revision, oldest first."""
    found = (Periode.parse(path.name) for path in sorted((home.root / "published").glob("????-??-??")))
    return [periode for periode in found if published_revisions(home, periode)]


def earlier_revision(home: Home, periode: Periode, revisi: int) -> tuple[Periode, int] | None:
    """The published revision before, else the newest one of the nearest period before; None when there is none."""
    own = [number for number, _ in published_revisions(home, periode) if number < revisi]
    if own:
        return periode, own[-1]
    earlier = [one for one in published_periods(home) if one.key < periode.key]
    return (earlier[-1], newest_revision(home, earlier[-1])) if earlier else None


def newest_revision(home: Home, periode: Periode) -> int:
    """The newest published revision.

    Raises:
        PadananError: nothing is published.
    """
    return chosen_revision(home, periode, None)[1]


def chosen_revision(home: Home, periode: Periode | None, revisi: int | None) -> tuple[Periode, int]:
    """The published revision that somebody names.

    Args:
        periode: by default the latest that has one. revisi: by default its newest.

    Raises:
        PadananError: nothing is published, or not that revision.
    """
    if periode is None:
        known = published_periods(home)
        if not known:
            raise PadananError("belum ada yang terbit", file="published", cure="jalankan job padanan_periode")
        periode = known[-1]
    found = [number for number, _ in published_revisions(home, periode)]
    if not found:
        raise PadananError(
            f"belum ada revisi terbit untuk {periode.label}",
            file=f"published/{periode.key}",
            cure=f"jalankan job padanan_periode untuk {periode.label}",
        )
    if revisi is None:
        return periode, found[-1]
    if revisi not in found:
        raise PadananError(
            f"revisi {revisi} periode {periode.label} belum terbit",
            file=f"published/{periode.key}",
            cure=f"pilih revisi yang terbit: {', '.join(map(str, found))}",
        )
    return periode, revisi


def periods(home: Home) -> list[Periode]:
    """Every period that has a publication, identities, a decree or decisions."""
    keys = {path.name for name in ("published", "identitas", "decree") for path in (home.root / name).glob("????-??-??")}
    keys |= {path.name.split(".")[0] for path in (home.decisions / "reviu").glob("????-??-??.*")}
    return [Periode.parse(key) for key in sorted(keys)]
