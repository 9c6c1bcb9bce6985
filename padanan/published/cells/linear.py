"""The linear programs behind the covering: how far a cell can move while all printed figures and all sums stay true.

It knows deviations from the true values and their bounds; what a cell means and which one is to be covered is `solve`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog  # type: ignore[import-untyped]
from scipy.sparse import csc_matrix, hstack  # type: ignore[import-untyped]

Array = npt.NDArray[np.float64]
FAR = 64
"""No deviation has to be larger than this for a cell below five to move by four: it bounds what is unbounded."""
EXACT = 1e-6
SLIGHT = 1e-4
"""Weighs less than any covered cell."""


@dataclass(frozen=True)
class Block:
    """Linked cells: one column a cell, one row a sum (its total +1, its parts -1).

    Attributes:
        matrix: the sums. values: the true counts. low, high: how far a covered cell may deviate, `low` <= 0 <= `high`.
        free: nothing prints the cell. total: a sum prints it. weight: what covering it costs.
    """

    matrix: csc_matrix
    values: Array
    low: Array
    high: Array
    free: npt.NDArray[np.bool_]
    total: npt.NDArray[np.bool_]
    weight: Array

    @property
    def size(self) -> int:
        """How many cells."""
        return len(self.values)

    def part(self, cells: npt.NDArray[np.int64]) -> tuple[csc_matrix, npt.NDArray[np.int64]]:
        """The sums over some of the cells, and which sums they are; all other cells stand still."""
        sub = self.matrix[:, cells]
        rows = np.unique(sub.indices)
        return sub[rows, :], rows


def furthest(block: Block, cell: int, way: int, movable: npt.NDArray[np.int64]) -> float:
    """How far one cell can move in a direction while only the movable ones do."""
    place = np.searchsorted(movable, cell)
    if place == len(movable) or movable[place] != cell:
        return 0.0
    matrix, _ = block.part(movable)
    aim = np.zeros(len(movable))
    aim[place] = -way
    bounds = np.c_[block.low[movable], block.high[movable]]
    found = linprog(aim, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds, method="highs")
    return float(-found.fun) if found.status == 0 else 0.0


def cheapest(
    block: Block, cell: int, way: int, need: float, price: Array, among: npt.NDArray[np.int64], hint: Array
) -> Array | None:
    """The deviation of cells `among` that moves one cell by `need` at the least price; None where there is none.

    Args:
        price: what moving a cell by one costs; 0 where it is covered already.
        hint: which way the others had better move (+1, -1, 0): one deviation may then serve many needs.
    """
    place = int(np.searchsorted(among, cell))
    if place == len(among) or among[place] != cell:
        return None
    matrix, _ = block.part(among)
    low, high = block.low[among].copy(), block.high[among].copy()
    low[place], high[place] = (need, need) if way > 0 else (-need, -need)
    # A deviation is its part up minus its part down, each of which costs.
    both = np.c_[np.r_[np.maximum(low, 0), np.maximum(-high, 0)], np.r_[np.maximum(high, 0), np.maximum(-low, 0)]]
    cost = np.r_[price[among] - SLIGHT * hint[among], price[among] + SLIGHT * hint[among]]
    found = linprog(
        cost, A_eq=hstack([matrix, -matrix], format="csc"), b_eq=np.zeros(matrix.shape[0]), bounds=both, method="highs"
    )
    if found.status != 0:
        return None
    return _spread(block, among, found.x[: len(among)] - found.x[len(among) :])


def _spread(block: Block, cells: npt.NDArray[np.int64], found: Array) -> Array:
    whole = np.zeros(block.size)
    whole[cells] = np.where(np.abs(found) < EXACT, 0, found)
    return whole
