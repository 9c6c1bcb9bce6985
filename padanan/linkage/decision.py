"""From weights to links: what rival candidates take off, and mutual-best one-to-one, vectorised.

Where the thresholds lie belongs to `threshold`; what relatives prove belongs to `household`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
UInt64s = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

_SHORT = 2**15
_MOST = 9000  # hundredths of a bit; 2^90 is certainty and still far from overflow


def rivalry(left: npt.NDArray[Any], weight: Ints) -> Ints:
    """Hundredths of a bit that the other candidates of the same record take off each pair: −log2(1 + Σ their odds).

    Args:
        left: record of each pair; ascending is cheaper.
        weight: total weight of each pair in hundredths of a bit.
    """
    if len(left) == 0:
        return np.empty(0, dtype=np.int64)
    if np.any(left[1:] < left[:-1]):
        order = np.argsort(left, kind="stable")
        out = np.empty(len(left), dtype=np.int64)
        out[order] = rivalry(left[order], weight[order])
        return out
    odds = np.exp2(np.clip(weight, -_MOST, _MOST) / 100.0)
    start = np.flatnonzero(np.r_[True, left[1:] != left[:-1]])
    count = np.diff(np.r_[start, len(left)])
    highest = np.flatnonzero(weight == np.repeat(np.maximum.reduceat(weight, start), count))
    top = np.zeros(len(left), dtype=bool)
    top[highest[np.r_[True, left[highest[1:]] != left[highest[:-1]]]]] = True
    # Summed apart from the best, or its size would swallow the others.
    behind = np.repeat(np.add.reduceat(np.where(top, 0.0, odds), start), count)
    best = np.repeat(odds[top], count)
    others = np.where(top, behind, best + np.maximum(behind - odds, 0.0))
    return -np.asarray(np.rint(100 * np.log2(1.0 + others)), dtype=np.int64)


def mutual_best(
    left: npt.NDArray[Any],
    right: npt.NDArray[Any],
    weight: Ints,
    ties: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None,
) -> Bools:
    """Greedy one-to-one by weight: a pair wins when it is the best one left of both its sides.

    Args:
        left, right: sides of each pair, as numbers.
        weight: higher wins.
        ties: what decides between equal weights, of the left and of the right sides; it must not depend on the order of
            rows. None: the earlier pair wins, so that the pairs must stand in an order of their own.

    Returns:
        Mask of winning pairs, at most one per left and one per right.
    """
    won = np.zeros(len(left), dtype=bool)
    if ties is not None:
        order = np.lexsort((ties[1], ties[0], -weight))
    else:
        # Sorting 16-bit numbers is counting.
        small = len(weight) > 0 and bool(weight.min() > -_SHORT and weight.max() < _SHORT)
        order = np.argsort((-weight).astype(np.int16) if small else -weight, kind="stable")
    if len(order) == 0:
        return won
    left, right = left[order], right[order]
    alive = np.arange(len(order))
    n_left, n_right = int(left.max()) + 1, int(right.max()) + 1
    while len(alive):
        best_left = np.empty(n_left, dtype=np.int64)
        best_right = np.empty(n_right, dtype=np.int64)
        # The last write wins, so writing backwards leaves the first, that is the best.
        best_left[left[alive][::-1]] = alive[::-1]
        best_right[right[alive][::-1]] = alive[::-1]
        here = (best_left[left[alive]] == alive) & (best_right[right[alive]] == alive)
        winners = alive[here]
        won[order[winners]] = True
        gone_left = np.zeros(n_left, dtype=bool)
        gone_right = np.zeros(n_right, dtype=bool)
        gone_left[left[winners]] = True
        gone_right[right[winners]] = True
        alive = alive[~(gone_left[left[alive]] | gone_right[right[alive]])]
    return won


def probability(weight: Ints) -> Floats:
    """Probability of hundredths of a bit of log2 odds."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(weight, -_MOST, _MOST) / 100.0)))
