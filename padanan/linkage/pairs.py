"""Judged pairs and the register rows they name, as aligned arrays.

What a pair is worth belongs to `fit` and `relatives`; what it becomes in a table belongs to `output`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
UInt64s = npt.NDArray[np.uint64]

MARGIN = 800
"""Hundredths of a bit: pairs this far under the floor can't come back through relatives, rarity or a plug-in."""


def in_order(left: Ints, right: Ints, tie: UInt64s) -> npt.NDArray[np.int64]:
    """The order of pairs that decides between equal weights: by record, then by the resident's hash, never by its row."""
    return np.lexsort((tie[right], left))


@dataclass(frozen=True)
class Pairs:
    """Judged pairs `in_order`, aligned arrays; weights in hundredths of a bit.

    `left` is a row of `kerja`, `right` a position in `Right`; `base` is the weight without relatives and rivals, `marks` are
    those of `doubt`.
    """

    left: Ints
    right: Ints
    keys: npt.NDArray[np.uint32]
    packed: npt.NDArray[np.int32]
    base: Ints
    rarity: Ints
    plug: Ints
    rival: npt.NDArray[np.int8]
    kin: npt.NDArray[np.int8]
    kin_bits: Ints
    marks: npt.NDArray[np.uint8]

    def take(self, chosen: npt.NDArray[Any]) -> Pairs:
        """The pairs of a mask or of positions."""
        return Pairs(**{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})

    @classmethod
    def join(cls, first: Pairs, second: Pairs, tie: UInt64s) -> Pairs:
        """Both in order; `tie` is of the right sides."""
        both = cls(**{n: np.concatenate([getattr(first, n), getattr(second, n)]) for n in cls.__dataclass_fields__})
        return both.take(in_order(both.left, both.right, tie))

    @property
    def weight(self) -> Ints:
        """Weight with relatives, before rivals."""
        return np.asarray(self.base + self.rarity + self.plug.sum(axis=1) + self.kin_bits)


@dataclass(frozen=True)
class Right:
    """Register rows that are a candidate somewhere: row number, family card, tie, given name's hash, marks of the name's letters.

    Positions are pairs' `right`.
    """

    row: Ints
    card: UInt64s
    tie: UInt64s
    given: npt.NDArray[np.uint32]
    letters: UInt64s
