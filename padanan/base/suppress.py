"""Small cells: from how many people on a count may be printed, and what is printed in the place of a covered one.

Which cells are covered is decided in `published.cells` over all tables together, below the kota in `published.gap_places`.
"""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum

from padanan.base.format import number

LIMIT = 5
Cell = Hashable


class Cover(Enum):
    """Why a cell is covered, with what a reader may conclude from it: SMALL 1-4, MORE at least 5, ANY nothing.

    MERGED: its people are counted in another cell of the same sum, which says so; the model never gives it.
    """

    SMALL = "<5"
    MORE = "ditutup"
    ANY = "ditutup "
    MERGED = "digabung"

    @property
    def text(self) -> str:
        """What is printed in the cell's place."""
        return self.value.strip()


ALL = "*"


def small(value: int) -> bool:
    """Whether too few people stand behind a count for it to be printed."""
    return 0 < value < LIMIT


def printed(value: int) -> str:
    """A count that stands alone, as it may be printed."""
    return Cover.SMALL.text if small(value) else number(value)
