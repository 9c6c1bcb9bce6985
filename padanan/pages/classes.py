"""Classes of equal count for a map, over shares as they are printed: who reads the same figure stands in the same class.

What a class looks like is in `map_svg`; what is covered never gets here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padanan.base.format import percent

COUNT = 5


@dataclass(frozen=True)
class Class:
    """One class: its lowest and highest printed share, and how many places it has."""

    low: str
    high: str
    places: int

    @property
    def text(self) -> str:
        """Its limits in words."""
        return self.low if self.low == self.high else f"{self.low} sampai {self.high}"


@dataclass(frozen=True)
class Classes:
    """Place -> its class, 1 being the lowest; `found` are they in that order, at most `COUNT`."""

    of: Mapping[str, int]
    found: tuple[Class, ...]


def classes(shares: Mapping[str, float]) -> Classes:
    """Sorts places into classes of as equal a count as ties allow.

    Places with one printed share stand together, in the class of the middle one of them; a class that stays empty is left out.

    Args:
        shares: place -> share (0-1), of the open figures only.
    """
    ties: dict[str, list[str]] = {}
    for place in sorted(shares, key=lambda place: (shares[place], place)):
        ties.setdefault(percent(shares[place], 1), []).append(place)
    sorted_in: dict[int, list[str]] = {}
    before = 0
    for text, places in ties.items():
        middle = before + (len(places) - 1) / 2
        sorted_in.setdefault(int(COUNT * middle / len(shares)), []).append(text)
        before += len(places)
    of: dict[str, int] = {}
    found = []
    for number, texts in enumerate(sorted_in.values(), 1):
        places = [place for text in texts for place in ties[text]]
        of.update(dict.fromkeys(places, number))
        found.append(Class(texts[0], texts[-1], len(places)))
    return Classes(of, tuple(found))
