"""Finding many 64-bit codes in a set of them: a small table rules out most, a second one leads to the rest.

What the codes stand for belongs to the callers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

UInt64s = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)


class Lookup:
    """Distinct 64-bit codes and where each stands.

    Args:
        codes: distinct.
    """

    def __init__(self, codes: UInt64s) -> None:
        self.codes = codes
        # About 16 places for each code, so that few strangers pass; one or two codes share a bucket.
        self._bits = min(max(int(len(codes) * 16).bit_length(), 8), 24)
        buckets = max(self._bits - 4, 4)
        self._wide = np.int64(self._bits - buckets)
        place = self._place(codes)
        self._met = np.zeros(1 << self._bits, dtype=bool)
        self._met[place] = True
        self._order = np.argsort(place, kind="stable").astype(np.int32)
        self._sorted = codes[self._order]
        held = np.bincount(place >> self._wide, minlength=1 << buckets)
        self._start = np.r_[0, np.cumsum(held)].astype(np.int32)

    def _place(self, values: UInt64s) -> Ints:
        # The product's upper bits depend on every bit of the value; the fold keeps its own upper bits from being lost.
        place = values ^ (values >> np.uint64(32))
        place *= _MULTIPLIER
        place >>= np.uint64(64 - self._bits)
        return place.view(np.int64)

    def find(self, values: UInt64s, there: Bools | None = None) -> tuple[Ints, Ints]:
        """(positions in `values`, ascending; spots in `codes`) of the values among the codes and marked in `there`."""
        place = self._place(values)
        maybe = self._met.take(place, mode="wrap")
        if there is not None:
            maybe &= there
        at = np.flatnonzero(maybe)
        bucket = place[at] >> self._wide
        asked = values[at]
        try_, end = self._start[bucket].astype(np.int64), self._start[bucket + 1]
        spot = np.full(len(at), -1, dtype=np.int64)
        open_ = np.flatnonzero(try_ < end)
        while len(open_):
            here = try_[open_]
            same = self._sorted[here] == asked[open_]
            spot[open_[same]] = self._order[here[same]]
            open_ = open_[~same]
            try_[open_] += 1
            open_ = open_[try_[open_] < end[open_]]
        found = spot >= 0
        return at[found], spot[found]
