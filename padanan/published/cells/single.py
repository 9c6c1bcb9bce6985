"""Groups that one sum holds together, of which a report has hundreds: every choice is tried by arithmetic, no program is solved.

Groups with more sums, or too many cells to try, are left to `solve`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from padanan.published.cells.linear import EXACT, Block
from padanan.published.cells.need import Needs

MOST = 10
"""Cells of which every subset is tried."""


def single(block: Block, needs: Needs) -> npt.NDArray[np.bool_] | None:
    """The covered cells of least weight; None where this is not one sum of few cells, or nothing meets the needs."""
    if block.matrix.shape[0] != 1:
        return None
    fixed = block.free.copy()
    fixed[needs.must] = True
    choice = np.flatnonzero(~fixed)
    if len(choice) > MOST:
        return None
    sign = block.matrix.toarray()[0]
    # What each cell gives when it moves so that the rest of the sum must grow (column 0) or shrink (column 1).
    give = np.c_[np.where(sign > 0, -block.low, block.high), np.where(sign > 0, block.high, -block.low)]
    held = give[fixed].sum(axis=0)
    ask = np.zeros(2)
    for (cell, way), much in needs.known.items():
        side = 0 if way * sign[cell] > 0 else 1
        ask[side] = max(ask[side], much - held[side] + give[cell, side])
    subsets = (np.arange(2 ** len(choice))[:, None] >> np.arange(len(choice))) & 1
    enough = (subsets @ give[choice] >= ask - EXACT).all(axis=1)
    if not enough.any():
        return None
    weights = np.where(enough, subsets @ block.weight[choice], np.inf)
    best = fixed.copy()
    best[choice] = subsets[int(np.argmin(weights))].astype(bool)
    return best
