"""Where the names of an addendum's people lie: a file for people and one for the agencies' door, both handed over by register.

What stands in them is `padanan/feedback`'s work, who may read them through the door `padanan/distribution`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.forms import handover
from padanan.records.addenda import Addendum

NAMES, DOOR = "bnba.csv", "orang.parquet"
AS_PUT = "id_adendum"
"""Column of the door's file: the pseudonym under which somebody was put on the addendum, by which the register takes them off."""


def folder_of(home: Home, one: Addendum, *, door: bool = False) -> Path:
    """`adendum/<period>/rev-ke-<n>-adendum-<k>`, with `-api` at its end for the door's."""
    name = f"rev-ke-{one.ke}-adendum-{one.number}{'-api' if door else ''}"
    return home.root / handover.ADDENDA / one.periode.key / name


def shown_at_door(home: Home, one: Addendum) -> bool:
    """Whether the door's file of an addendum stands."""
    return (folder_of(home, one, door=True) / handover.MANIFEST).is_file()


def proved_door(home: Home, one: Addendum) -> tuple[Path, Mapping[str, Any]]:
    """The door's file of an addendum and its facts, after both were compared with the signed register.

    Raises:
        PadananError: it is missing, was changed, or the register does not name it.
    """
    folder = folder_of(home, one, door=True)
    return folder / DOOR, handover.proved(home, folder)
