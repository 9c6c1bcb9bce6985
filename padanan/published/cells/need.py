"""What the small cells of one group need: how far each must be able to move, and the deviations that show it can.

A need that nothing can meet is lowered here, and said; how cells are chosen to meet them is in `solve` and `exact`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from padanan.base.suppress import LIMIT
from padanan.published.cells.linear import EXACT, Array, Block

Need = tuple[int, int]
"""A cell and a direction, +1 or -1."""
UP, DOWN = 1, -1
Far = Callable[[int], tuple[float, float]]
"""How far a cell can move up and down if all others may."""


@dataclass
class Needs:
    """The needs of one group.

    Attributes:
        must: cells that are covered whatever it costs. known: (cell, direction) -> how far it must be able to move.
        shown: (cell, direction) -> a deviation that does it.
        loose: small cells that are marked without saying that they are below five.
        weaker: cells whose needs were lowered to what is possible, with the interval left. untold: those that can't move at all.
        small: the cells that have needs.
    """

    must: npt.NDArray[np.int64]
    values: Array
    known: dict[Need, float] = field(default_factory=dict)
    shown: dict[Need, Array] = field(default_factory=dict)
    loose: set[int] = field(default_factory=set)
    weaker: dict[int, tuple[int, int]] = field(default_factory=dict)
    small: list[int] = field(default_factory=list)
    untold: set[int] = field(default_factory=set)
    stale: bool = False

    @classmethod
    def of(cls, block: Block, must: npt.NDArray[np.int64], loose: Iterable[int] = ()) -> Needs:
        """The needs of a group; `must` are its small cells and those covered for another reason, `loose` those without a size."""
        made = cls(must[~block.free[must]], block.values, loose=set(loose))
        for cell in must:
            value = block.values[cell]
            if not 0 < value < LIMIT:
                continue
            made.small.append(int(cell))
            if int(cell) in made.loose:
                made.weaker[int(cell)] = (0, int(value + block.high[cell]))
                made._want(int(cell), UP, block.high[cell])
                made._want(int(cell), DOWN, value)
            else:
                made._want(int(cell), UP, min(LIMIT - 1 - value, block.high[cell]))
                made._want(int(cell), DOWN, min(value - 1, -block.low[cell]))
        return made

    def _want(self, cell: int, way: int, much: float) -> None:
        if much > 0:
            self.known[cell, way] = float(much)
        else:
            self.known.pop((cell, way), None)
        self.shown.pop((cell, way), None)

    def unmet(self) -> list[Need]:
        """The needs for which no deviation is known, the farthest first: what serves it often serves the others."""
        return sorted((need for need in self.known if need not in self.shown), key=lambda need: (-self.known[need], need))

    def much(self, cell: int, way: int) -> float:
        """How far the cell must be able to move."""
        return self.known[cell, way]

    def hint(self, way: int) -> Array:
        """Which way each cell had better move for the needs still unmet; where both, the given one."""
        found = np.zeros(len(self.values))
        for side in (-way, way):
            found[[cell for cell, asked in self.known if asked == side and (cell, asked) not in self.shown]] = side
        return found

    def witness(self, found: Array) -> None:
        """Notes every need that a deviation meets, and that its reverse would not: bounds differ by direction."""
        for (cell, way), much in self.known.items():
            if (cell, way) not in self.shown and way * found[cell] >= much - EXACT:
                self.shown[cell, way] = found

    def settle_for(self, need: Need, much: int) -> None:
        """Lowers a need to what was found for it."""
        self._want(*need, much)

    def left(self) -> tuple[dict[int, tuple[int, int]], set[int]]:
        """The cells that can't move over the whole of 1 to 4, with the interval they have, and those that can't move at all."""
        weaker, untold = {}, set()
        for cell in self.small:
            value = int(self.values[cell])
            low, high = value - int(self.known.get((cell, DOWN), 0)), value + int(self.known.get((cell, UP), 0))
            if low == high:
                untold.add(cell)
            elif low > 1 or high < LIMIT - 1:
                weaker[cell] = low, high
        return weaker, untold

    def lower(self, block: Block, cell: int, far: Far) -> None:
        """Lowers needs that nothing can meet: to what covering everything gives, the small cell marked without its size."""
        self.loosen(block, cell)
        self._settle(block, [cell], far)
        if cell in self.untold:
            lines = block.matrix[np.unique(block.matrix[:, [cell]].indices), :]
            around = [int(other) for other in np.unique(lines.indices) if 0 < self.values[other] < LIMIT]
            for other in around:
                self.loosen(block, other)
            self._settle(block, [cell], far)

    def loosen(self, block: Block, cell: int) -> None:
        """Marks a small cell without its size, where that can be: needs that were lowered before may now be less low."""
        if block.free[cell] or cell in self.loose:
            return
        self.loose.add(cell)
        self.stale = True
        block.low[cell] = -block.values[cell]
        block.high[cell] = block.high[cell] + LIMIT

    def again(self, block: Block, far: Far) -> bool:
        """Looks at all lowered needs once more where later cells were loosened; whether it did."""
        if not self.stale:
            return False
        self.stale = False
        self._settle(block, sorted(self.weaker.keys() | self.untold), far)
        return True

    def _settle(self, block: Block, cells: Iterable[int], far: Far) -> None:
        for cell in sorted(cells):
            value = int(block.values[cell])
            up, down = (int(much + EXACT) for much in far(cell))
            up, down = min(up, max(LIMIT - 1 - value, 0 if down else 1)), min(down, max(value - 1, 0 if up else 1))
            self.untold.discard(cell)
            self.weaker.pop(cell, None)
            for way, much in ((UP, up), (DOWN, down)):
                if self.known.get((cell, way), 0) != much:
                    self._want(cell, way, much)
            if up + down == 0:
                self.untold.add(cell)
            elif up < LIMIT - 1 - value or down < value - 1:
                self.weaker[cell] = (value - down, value + up)
