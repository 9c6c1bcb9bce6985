"""What is judged: points of a series, each a figure as a reader of what is printed knows it.

Where the figures come from is `published_series`' and `field_series`' business, what follows from them `judge`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from padanan.base.format import number
from padanan.base.suppress import LIMIT, Cover
from padanan.contracts.early_warning import PROVINCE
from padanan.published.cells.declared import Key
from padanan.published.cells.model import Cells

DKI = "DKI Jakarta"


@dataclass(frozen=True)
class Known:
    """What a reader knows of a count: it lies between `low` and `high` (None: nobody can say), and is printed as `text`.

    Alerts follow from this alone: one about a covered figure tells no more than its mark does.
    """

    low: int
    high: int | None
    text: str

    @classmethod
    def of(cls, value: int, mark: Cover | None = None) -> Known:
        """A count and what covers it."""
        if mark is None:
            return cls(value, value, number(value))
        return cls(1, LIMIT - 1, mark.text) if mark is Cover.SMALL else cls(0, None, mark.text)

    @classmethod
    def cell(cls, cells: Cells, key: Key) -> Known:
        """A cell of a model.

        Raises:
            KeyError: nobody declared it.
        """
        return cls.of(cells.value(key), cells.mark(key))


@dataclass(frozen=True)
class Point:
    """One figure of a series.

    Attributes:
        order: its place in time, as text that sorts. name: the same for people: `2026-S1 r1`, `Mei 2026`.
        value: the figure. whole: what it is a part of, or who stands behind it.
    """

    order: str
    name: str
    value: Known
    whole: Known | None = None


class Where(NamedTuple):
    """One series of a kind: which level and place, and which part of it (a kind of complaint, a producer and its rule)."""

    series: str
    level: str
    code: str
    part: str = ""


@dataclass
class SeriesSet:
    """All series, their points oldest first, and the words for places and parts."""

    points: dict[Where, list[Point]] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=lambda: {(PROVINCE, ""): DKI})
    parts: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, where: Where, point: Point) -> None:
        """Adds a point after those that are there."""
        self.points.setdefault(where, []).append(point)

    def join(self, other: SeriesSet) -> None:
        """Takes in the series of another source; no series has two."""
        self.points |= other.points
        self.places |= other.places
        self.parts |= other.parts

    def place(self, where: Where) -> str:
        """A place in words."""
        return self.places.get((where.level, where.code), where.code or DKI)

    def part(self, where: Where) -> str:
        """A part in words; empty where a series has none."""
        return self.parts.get((where.series, where.part), where.part)


def of_series(points: Mapping[Where, list[Point]], name: str, levels: Iterable[str], parts: Iterable[str]) -> list[Where]:
    """The series of a kind at some levels, and of some parts where any are named."""
    wanted, only = set(levels), set(parts)
    return [one for one in points if one.series == name and one.level in wanted and (not only or one.part in only)]
