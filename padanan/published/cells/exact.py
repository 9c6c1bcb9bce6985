"""The fewest covered cells of one group, proved: cutting planes after Fischetti and Salazar (2000) over HiGHS.

A master program picks cells at least weight, a linear program per need tries to tell a small cell; each success forbids the pick.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

from padanan.published.cells.linear import EXACT, SLIGHT, Array, Block, dual, reach
from padanan.published.cells.need import Needs

ROUNDS = 40
NODES = 2000


def exact(block: Block, needs: Needs, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_] | None:
    """The covered cells of least weight; None where the limits of rounds and nodes end before the proof.

    Args:
        known: covered cells that meet all needs: nothing heavier is looked at.
    """
    fixed = block.free.copy()
    fixed[needs.must] = True
    choice = np.flatnonzero(~fixed)
    spent = float(block.weight[known & ~fixed].sum())
    if not spent or not len(choice):
        return known
    lines: list[Array] = []
    shown: list[Array] = []
    for _ in range(ROUNDS):
        picked = fixed.copy()
        if lines:
            held = LinearConstraint(np.array(lines), np.full(len(lines), 1 - 1e-7), np.inf)
            found = milp(
                block.weight[choice], integrality=np.ones(len(choice)), bounds=Bounds(0, 1), constraints=[held],
                options={"node_limit": NODES, "mip_rel_gap": 0},
            )  # fmt: skip
            if found.status != 0 or found.x is None:
                return None
            picked[choice] = found.x > 0.5
            if block.weight[picked & ~fixed].sum() >= spent - EXACT:
                return known
        broken = _broken(block, needs, picked, fixed, choice, shown)
        if broken is None:
            return picked
        if not broken:
            return None
        lines += broken
    return None


def _broken(
    block: Block,
    needs: Needs,
    picked: npt.NDArray[np.bool_],
    fixed: npt.NDArray[np.bool_],
    choice: npt.NDArray[np.int64],
    shown: list[Array],
) -> list[Array] | None:
    """Lines (at least 1 over the chosen cells) that a pick breaks, one for each need it leaves unmet; None where all are met.

    Args:
        shown: deviations found so far, of any pick; fresh ones are added.
    """
    share = np.where(picked, 1.0, SLIGHT)
    movable = np.flatnonzero(picked)
    fit = [one for one in shown if not np.any((one != 0) & ~picked)]
    lines, unmet = [], 0
    for (cell, way), much in needs.known.items():
        if any(way * one[cell] >= much - EXACT for one in fit):
            continue
        moved = reach(block, cell, way, movable, much, needs.hint(way))
        if moved is not None:
            shown.append(moved)
            fit.append(moved)
            continue
        unmet += 1
        weights = dual(block, cell, way, share)
        right = much - float(weights[fixed].sum())
        line = np.minimum(weights[choice], right)
        if right > EXACT and line.any():
            lines.append(np.where(line < EXACT, 0, line / right))
    return lines if unmet else None
