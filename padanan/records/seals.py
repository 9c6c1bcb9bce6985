"""Which decrees stand: the seals under `decree/<period>/ke-<n>/`, read back.

Making one is `approve`, proving one is `verify`; here nothing is judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.signing import genuine
from padanan.records.chain import canonical
from padanan.records.review_log import read_log
from padanan.records.steps import change_open

SEAL = "segel.json"
DECREED = "ditetapkan"
SEAL_PURPOSE = "segel"


@dataclass(frozen=True)
class Seal:
    """One penetapan: `ke` 1 is the period's first, later ones are its perubahan."""

    periode: Periode
    ke: int
    folder: Path
    data: Mapping[str, Any]

    @property
    def path(self) -> Path:
        """The seal's file."""
        return self.folder / SEAL


def seal_text(seal: Mapping[str, Any]) -> str:
    """What the seal's own signature is over: everything else in it, the annex's hashes included."""
    return canonical({name: value for name, value in seal.items() if name != "tanda"})


def genuine_seal(seal: Mapping[str, Any]) -> bool:
    """Whether a seal was written with a key of ours."""
    return genuine(SEAL_PURPOSE, seal_text(seal), seal["tanda"])


def seal_folder(home: Home, periode: Periode, ke: int) -> Path:
    """`decree/<period>/ke-<n>`."""
    return home.decree(periode) / f"ke-{ke}"


def seals(home: Home, periode: Periode) -> tuple[Seal, ...]:
    """The period's decrees, oldest first.

    Raises:
        PadananError: a seal can't be read.
    """
    found = []
    for path in home.decree(periode).glob(f"ke-*/{SEAL}"):
        number = path.parent.name.removeprefix("ke-")
        if not number.isdigit():
            continue
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            status = data["status"]
        except (OSError, ValueError, KeyError, TypeError):
            raise PadananError(
                "segel tidak terbaca", file=path.relative_to(home.root), cure="pulihkan folder decree dari cadangan"
            ) from None
        if status == DECREED:
            found.append(Seal(periode, int(number), path.parent, data))
    return tuple(sorted(found, key=lambda seal: seal.ke))


def sealed_counts(home: Home) -> dict[str, int]:
    """Period key -> how many decrees of it are sealed, from the folders alone: asked every minute, read by nobody here."""
    counts: dict[str, int] = {}
    for path in sorted(home.root.glob(f"decree/*/ke-*/{SEAL}")):
        key = path.parent.parent.name
        counts[key] = counts.get(key, 0) + 1
    return counts


def changed_tables(seal: Seal, digest: Callable[[Path], str]) -> list[Path]:
    """The tables of a decree that are missing, or not those that were sealed; those with names where they lie apart."""
    named = [seal.data, *([seal.data["bnba"]] if "bnba" in seal.data else [])]
    paths = {seal.folder / one["file"]: one["sha256"] for one in named}
    return [path for path, sealed in paths.items() if not path.is_file() or digest(path) != sealed]


def newest_seal(home: Home, periode: Periode) -> Seal | None:
    """The period's decree in force, if one stands."""
    return next(reversed(seals(home, periode)), None)


def in_force(home: Home, day: date | None = None) -> Seal | None:
    """The decree in force: the newest of the newest period that has one; None before there is any.

    Args:
        day: on that day, by the decrees' own dates; by default the newest of all.

    Raises:
        PadananError: a seal can't be read.
    """
    for path in sorted((home.root / "decree").glob("????-??-??"), reverse=True):
        for seal in reversed(seals(home, Periode.parse(path.name))):
            if day is None or str(seal.data["tanggal"]) <= day.isoformat():
                return seal
    return None


def made_with(home: Home, seal: Seal) -> str | None:
    """The key of a decree's pseudonyms, as its publication says; None where the publication is gone."""
    try:
        path = home.published(seal.periode, int(seal.data["revisi"])) / "manifest.json"
        return str(json.loads(path.read_text(encoding="utf-8"))["key_id"])
    except (OSError, ValueError, KeyError):
        return None


def closed(home: Home, periode: Periode) -> Seal | None:
    """The seal that forbids new revisions and drafts; None while the period is open, or a perubahan was opened.

    Raises:
        PadananError: the seal or the review log is broken.
    """
    seal = newest_seal(home, periode)
    return seal if seal is not None and change_open(read_log(home, periode)) is None else None


def approved(home: Home, year: int) -> tuple[Seal, ...]:
    """Every decree of the year's two periods, in order (§3.1.4.a asks for at least two a year).

    A perubahan changes its period's decree and is listed too; whoever counts towards two counts the periods, `ke == 1`.
    """
    return tuple(seal for half in (1, 2) for seal in seals(home, Periode(year, half)))
