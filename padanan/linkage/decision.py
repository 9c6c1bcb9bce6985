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

_MOST = 9000  # hundredths of a bit; 2^90 is certainty and still far from overflow


def rivalry(left: npt.NDArray[Any], weight: Ints, n_left: int) -> Ints:
    """Hundredths of a bit that the other candidates of the same record take off each pair: −log2(1 + Σ their odds).

    Args:
        left: record of each pair.
        weight: total weight of each pair in hundredths of a bit.
        n_left: number of records.
    """
    if len(left) == 0:
        return np.empty(0, dtype=np.int64)
    odds = np.exp2(np.clip(weight, -_MOST, _MOST) / 100.0)
    order = np.lexsort((-weight, left))
    first = np.r_[True, left[order][1:] != left[order][:-1]]
    top = np.zeros(len(left), dtype=bool)
    top[order[first]] = True
    # Summed apart from the best, or its size would swallow the others.
    ordered, mine = odds[order], left[order]
    behind = np.bincount(mine, weights=np.where(first, 0.0, ordered), minlength=n_left)
    best = np.bincount(mine, weights=np.where(first, ordered, 0.0), minlength=n_left)
    others = np.where(top, behind[left], best[left] + np.maximum(behind[left] - odds, 0.0))
    return -np.asarray(np.rint(100 * np.log2(1.0 + others)), dtype=np.int64)


def mutual_best(
    left: npt.NDArray[Any], right: npt.NDArray[Any], weight: Ints, left_tie: npt.NDArray[Any], right_tie: npt.NDArray[Any]
) -> Bools:
    """Greedy one-to-one by weight: a pair wins when it is the best one left of both its sides.

    Args:
        left, right: sides of each pair, as numbers.
        weight: higher wins.
        left_tie, right_tie: what decides between equal weights; must not depend on the order of rows.

    Returns:
        Mask of winning pairs, at most one per left and one per right.
    """
    won = np.zeros(len(left), dtype=bool)
    order = np.lexsort((right_tie, left_tie, -weight))
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
