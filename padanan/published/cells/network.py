"""Deviations along paths: most sums of a report form a network, and in one a cell moves when others around a circle do.

It finds them far faster than a linear program; what does not fit a network stands still here and is left to `linear`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from padanan.base.circulation import Step, cheapest_path
from padanan.base.suppress import LIMIT
from padanan.published.cells.linear import EXACT, Array, Block
from padanan.published.cells.need import Need

GROUND = 0
"""The end of every cell that only one sum holds."""
STILL = (None, None)
Prices = tuple[float | None, float | None]


@dataclass(frozen=True)
class Within:
    """A count within another, and how far their difference, which nobody prints, may move; all by cell."""

    whole: int | None
    part: int | None
    slack: int

    @property
    def both(self) -> list[int]:
        """The counts that can move; the other one is printed whatever happens."""
        return [at for at in (self.whole, self.part) if at is not None]


class Network:
    """The cells of one group that two sums or fewer hold, as arcs between sums.

    A sum of a count, a part of it and what is left, which no other sum holds, is no sum here but a bound on both (`Within`).
    """

    def __init__(self, block: Block, covered: npt.NDArray[np.bool_]) -> None:
        self.block = block
        self.covered = covered.tolist()
        self.low, self.high, self.weight = block.low.tolist(), block.high.tolist(), block.weight.tolist()
        self.bounds: list[list[Within]] = [[] for _ in range(block.size)]
        self.slack: dict[int, Within] = {}
        self.moved: dict[int, int] = {}
        self.closed: set[int] = set()
        sums = self._sums()
        self.arc = [False] * block.size
        self.tails, self.heads = [GROUND] * block.size, [GROUND] * block.size
        self._turn(sums)
        self.around: list[list[int]] = [[] for _ in range(block.matrix.shape[0] + 1)]
        for at in range(block.size):
            if self.arc[at]:
                self.around[self.tails[at]].append(at)
                if self.heads[at] != self.tails[at]:
                    self.around[self.heads[at]].append(at)
        self.prices: list[Prices] = [STILL] * block.size
        self.steps: list[list[Step]] = [[] for _ in self.around]
        self.back: list[list[Step]] = [[] for _ in self.around]
        self.stale: set[int] = set()
        self._price_again(range(block.size))

    @property
    def whole(self) -> bool:
        """Whether every cell moves here as freely as it can: what is not found does not exist."""
        return all(self.arc) and not self.slack

    def _sums(self) -> list[list[tuple[int, int]]]:
        """The sums of each cell, (sum, sign), without those that only bound two counts."""
        matrix = self.block.matrix
        starts, rows, signs = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
        sums = [[(row + 1, int(sign)) for row, sign in zip(rows[a:b], signs[a:b], strict=True)] for a, b in pairwise(starts)]
        members: dict[int, list[tuple[int, int]]] = {}
        for at, found in enumerate(sums):
            for row, sign in found:
                members.setdefault(row, []).append((at, sign))
        dropped = set()
        for row, held in members.items():
            slack = next((at for at, sign in held if sign < 0 and self.block.free[at] and len(sums[at]) == 1), None)
            wholes, parts = ([at for at, sign in held if sign * side > 0 and at != slack] for side in (1, -1))
            if slack is None or len(wholes) > 1 or len(parts) > 1:
                continue
            made = Within(next(iter(wholes), None), next(iter(parts), None), slack)
            self.slack[slack] = made
            for at in made.both:
                self.bounds[at].append(made)
            dropped.add(row)
        return [[one for one in found if one[0] not in dropped] for found in sums]

    def _turn(self, sums: list[list[tuple[int, int]]]) -> None:
        """Gives each sum a direction so that cells lead from one into another; a cell that fits nowhere is no arc."""
        links: dict[int, list[tuple[int, int]]] = {}
        for at, found in enumerate(sums):
            if at in self.slack:
                continue
            if len(found) == 2:
                (one, sign), (other, opposite) = found
                links.setdefault(one, []).append((other, -sign * opposite))
                links.setdefault(other, []).append((one, -sign * opposite))
        side: dict[int, int] = {}
        for first in sorted(row for found in sums for row, _ in found):
            if first in side:
                continue
            side[first] = 1
            waiting = [first]
            while waiting:
                row = waiting.pop()
                for other, turn in links.get(row, ()):
                    if other not in side:
                        side[other] = side[row] * turn
                        waiting.append(other)
        for at, found in enumerate(sums):
            ends = [(row, sign * side[row]) for row, sign in found]
            if at in self.slack or len(ends) > 2 or (len(ends) == 2 and ends[0][1] == ends[1][1]):
                continue
            self.arc[at] = True
            for row, sign in ends:
                (self.heads if sign > 0 else self.tails)[at] = row

    def _price_again(self, cells: Iterable[int]) -> None:
        for at in cells:
            prices = self._prices(at)
            if prices != self.prices[at]:
                self.prices[at] = prices
                self.stale |= {self.tails[at], self.heads[at]}

    def _steps(self, node: int, *, into: bool = False) -> list[Step]:
        """What can be done from a sum; or the steps that lead into it, each with the sum it comes from."""
        found: list[Step] = []
        for at in self.around[node]:
            up = self.tails[at] == node
            price = self.prices[at][up != into]
            if price is not None:
                found.append((at, self.heads[at] if up else self.tails[at], price, up != into))
        return found

    def _prices(self, at: int) -> Prices:
        """What it costs that a cell is one less, and one more, than it is now."""
        if not self.arc[at] or at in self.closed:
            return STILL
        return self._price(at, -1), self._price(at, 1)

    def _price(self, at: int, way: int) -> float | None:
        now = self.moved.get(at, 0)
        if not self.low[at] - EXACT <= now + way <= self.high[at] + EXACT:
            return None
        for bound in self.bounds[at]:
            if not self._holds(bound, way if at == bound.whole else -way):
                return None
        return 0.0 if self.covered[at] or now else self.weight[at]

    def _holds(self, bound: Within, more: int = 0) -> bool:
        left = self._left(bound) + more
        return bool(self.low[bound.slack] - EXACT <= left <= self.high[bound.slack] + EXACT)

    def _left(self, bound: Within) -> int:
        whole, part = (0 if at is None else self.moved.get(at, 0) for at in (bound.whole, bound.part))
        return whole - part

    def _step(self, steps: list[tuple[int, bool]]) -> bool:
        """Moves cells by one each; whether all bounds hold then."""
        touched = set()
        for at, up in steps:
            self.moved[at] = self.moved.get(at, 0) + (1 if up else -1)
            touched.add(at)
            touched |= {other for bound in self.bounds[at] for other in bound.both}
        self._price_again(touched)
        return all(self._holds(bound) for at, _ in steps for bound in self.bounds[at])

    def find(self, need: Need, much: int, *, below: float | None = None) -> tuple[Array, int] | None:
        """A cheap deviation that moves a cell as far as it goes, no further than asked, and how far; None where it can't move.

        Args:
            need: the cell, and the way it moves. much: by how many people.
            below: what each step by one must cost less than; None without such a bound.
        """
        cell, way = need
        inner = self.slack.get(cell)
        ways: list[tuple[int | None, int]]
        ways = [(inner.part, -way), (inner.whole, way)] if inner is not None else [(cell, way)]
        best: tuple[Array, int] | None = None
        for at, side in ways:
            if at is None:
                continue
            found = self._units(at, side, much, below)
            if found is not None and (best is None or found[1] > best[1]):
                best = found
            if best is not None and best[1] == much:
                break
        return best

    def _units(self, at: int, side: int, much: int, below: float | None) -> tuple[Array, int] | None:
        done = 0
        while done < much and (self._unit(at, side, below) or self._with_partner(at, side, below)):
            done += 1
        made = self._made()
        touched = {other for at in self.moved for other in (at, *(near for bound in self.bounds[at] for near in bound.both))}
        self.moved = {}
        self._price_again(touched)
        return (made, done) if done else None

    def _unit(self, at: int, side: int, below: float | None) -> bool:
        """Moves a cell by one, others around with it; whether it could."""
        up = side > 0
        own = self.prices[at][up]
        if own is None or (below is not None and own >= below):
            return False
        start, end = (self.heads[at], self.tails[at]) if up else (self.tails[at], self.heads[at])
        limit = None if below is None else below - own
        for node in self.stale:
            self.steps[node], self.back[node] = self._steps(node), self._steps(node, into=True)
        self.stale.clear()
        found = cheapest_path(self.steps, start, end, at, limit, self.back)
        if found is None:
            return False
        steps = [(at, up), *found[1]]
        if self._step(steps):
            return True
        self._step([(one, not way) for one, way in steps])
        return False

    def _with_partner(self, at: int, side: int, below: float | None) -> bool:
        """Moves a cell by one after the count that it can't pass: all of a part are its whole, say."""
        for bound in self.bounds[at]:
            partner = bound.part if at == bound.whole else bound.whole
            before = dict(self.moved)
            if partner is None or self._holds(bound, side if at == bound.whole else -side):
                continue
            if self._unit(partner, side, below) and self._unit(at, side, below):
                return True
            changed = before.keys() | self.moved.keys()
            self.moved = before
            self._price_again(
                {other for at in changed for other in (at, *(near for bound in self.bounds[at] for near in bound.both))}
            )
        return False

    def _made(self) -> Array:
        """All that moved, the counts that nobody prints with it."""
        made = np.zeros(self.block.size)
        for at, many in self.moved.items():
            made[at] = many
            for bound in self.bounds[at]:
                made[bound.slack] = self._left(bound)
        return made

    def set(self, cells: npt.NDArray[np.int64], *, covered: bool) -> None:
        """Covers cells, or opens them."""
        for at in cells.tolist():
            self.covered[at] = covered
            self.closed.discard(at)
        self._price_again(cells.tolist())

    def read(self) -> None:
        """Takes over bounds that were widened."""
        self.low, self.high = self.block.low.tolist(), self.block.high.tolist()
        self._price_again(range(self.block.size))

    def still(self, cell: int) -> None:
        """Keeps a cell where it is until it is `set` again."""
        self.closed.add(cell)
        self._price_again([cell])

    def furthest(self, cell: int, way: int) -> float:
        """How far a cell can move if all others may; exact where the network is `whole`."""
        found = self.find((cell, way), LIMIT)
        return float(found[1]) if found else 0.0
