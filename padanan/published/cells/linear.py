"""The linear programs behind the covering: how far a cell can move while all printed figures and all sums stay true.

It knows deviations from the true values and their bounds; what a cell means and which one is to be covered is `solve`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
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
PRIMAL = 4
"""HiGHS' `simplex_strategy`: another aim leaves an answer feasible, which is what the primal simplex goes on from."""


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


class Unbound:
    """How far a cell can move when all others may: one linear program a group, solved again from where the last answer left it.

    Only the aim and what was loosened since differ from one question to the next, so an answer costs a few steps of the primal
    simplex, where a program set up anew costs fifty milliseconds; hundreds of small cells are asked of at every decree.
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._low, self._high = block.low.copy(), block.high.copy()
        model, still = highspy.HighsLp(), np.zeros(block.matrix.shape[0])
        model.num_col_, model.num_row_ = block.size, len(still)
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(block.size), block.low, block.high
        model.row_lower_, model.row_upper_ = still, still
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = block.matrix.indptr, block.matrix.indices
        model.a_matrix_.value_ = block.matrix.data
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        # Presolve throws the last answer away; one thread, because who covers has its processes beside each other already.
        for option, value in (("output_flag", False), ("presolve", "off"), ("threads", 1), ("simplex_strategy", PRIMAL)):
            self._solver.setOptionValue(option, value)
        self._solver.passModel(model)

    def furthest(self, cell: int, way: int) -> float:
        """How far one cell can move in a direction."""
        low, high = self._block.low, self._block.high
        for changed in np.flatnonzero((self._low != low) | (self._high != high)).tolist():
            self._solver.changeColBounds(changed, low[changed], high[changed])
            self._low[changed], self._high[changed] = low[changed], high[changed]
        self._solver.changeColCost(cell, -way)
        self._solver.run()
        solved = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = -float(self._solver.getObjectiveValue()) if solved else 0.0
        self._solver.changeColCost(cell, 0.0)
        return found


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
