"""Covers tables whose sums form a network (places within places, by producer): exact, and fast for thousands of cells.

Every cell is an arc between two sums and the true figures are a flow, so a covered cell can have another value exactly when a
cycle of other covered cells leads around it; the cheapest such cycle says what to cover. Which arcs there are is the caller's.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

from padanan.base.suppress import LIMIT, Cell, Cover, small

Node = Hashable
Step = tuple[int, int, float, bool]
"""What can be done from a sum: the cell, the sum it leads to, its price, and which way the cell goes (True: one more)."""
# What a step costs: fewest cells first, then the smallest; a mark that says less before a cell more.
RELAXED, COVERED, COVERED_ZERO = 500, 1000, 1500


@dataclass(frozen=True)
class Arc:
    """One count: it is a part of the sum at `tail` and what the sum at `head` is made of.

    Attributes:
        fixed: printed elsewhere, never covered here.
        given: the mark that covers it elsewhere, kept.
        forced: covered whatever its size (its complement is small).
        most: what a reader knows it can't be more than; None without such a bound.
        dear: what covering it costs beside the usual price.
    """

    value: int
    tail: Node
    head: Node
    fixed: bool = False
    given: Cover | None = None
    forced: bool = False
    most: int | None = None
    dear: int = 0


def protect(arcs: Mapping[Cell, Arc]) -> dict[Cell, Cover]:
    """The cells to cover: those below 5 people, the forced ones, and as few others as leave each of them two possible values.

    Cells that nothing can protect, since all around them is printed elsewhere, keep their mark.

    Args:
        arcs: every count of the tables, in an order that the same figures always have.
    """
    net = _Net(arcs)
    for at, arc in enumerate(net.arcs):
        hidden = arc.given is not None or not arc.fixed
        if hidden and (small(arc.value) or arc.forced):
            net.free(at)
    return {cell: mark for cell, mark in zip(arcs, net.marks, strict=True) if mark is not None}


class _Net:
    def __init__(self, arcs: Mapping[Cell, Arc]) -> None:
        self.arcs = list(arcs.values())
        self.marks: list[Cover | None] = [self._first(arc) for arc in self.arcs]
        nodes: dict[Node, int] = {}
        for arc in self.arcs:
            nodes.setdefault(arc.tail, len(nodes))
            nodes.setdefault(arc.head, len(nodes))
        self.tails = [nodes[arc.tail] for arc in self.arcs]
        self.heads = [nodes[arc.head] for arc in self.arcs]
        self.around: list[list[int]] = [[] for _ in nodes]
        for at in range(len(self.arcs)):
            self.around[self.tails[at]].append(at)
            self.around[self.heads[at]].append(at)
        # Of each cell one less and one more; asked for millions of times, changed where a cell is covered.
        self.prices = [(self._price(at, False), self._price(at, True)) for at in range(len(self.arcs))]
        self.steps = [self._steps(node) for node in range(len(nodes))]

    @staticmethod
    def _first(arc: Arc) -> Cover | None:
        if arc.given is not None or arc.fixed:
            return arc.given
        if small(arc.value):
            return Cover.SMALL
        return Cover.MORE if arc.forced and arc.value >= LIMIT else Cover.ANY if arc.forced else None

    def _price(self, at: int, up: bool) -> int | None:
        """What it costs that a cell can be one more, or one less; 0 where its mark lets it, None where it never can."""
        arc, mark = self.arcs[at], self.marks[at]
        if up and arc.most is not None and arc.value >= arc.most:
            return None
        if not up and arc.value == 0:
            return None
        if mark is None:
            if arc.fixed:
                return None
            if arc.value == 0:
                return COVERED_ZERO + arc.dear
            extra = RELAXED if not up and arc.value == LIMIT else 0
            return COVERED + arc.dear + extra + min(arc.value, COVERED // 2)
        if mark is Cover.ANY or (mark is Cover.SMALL and (arc.value < LIMIT - 1 if up else arc.value > 1)):
            return 0
        if mark is Cover.MORE and (up or arc.value > LIMIT):
            return 0
        return None if arc.given is not None else RELAXED

    def _steps(self, node: int) -> list[Step]:
        """What can be done from a sum, in the order of the cells."""
        found: list[Step] = []
        for at in self.around[node]:
            up = self.tails[at] == node
            price = self.prices[at][up]
            if price is not None:
                found.append((at, self.heads[at] if up else self.tails[at], price, up))
        return found

    def move(self, at: int, up: bool) -> None:
        """Covers a cell so that it can be one more, or one less."""
        if self.prices[at][up]:
            more = self.marks[at] is None and self.arcs[at].value >= LIMIT + (not up)
            self.marks[at] = Cover.MORE if more else Cover.ANY
            self.prices[at] = self._price(at, False), self._price(at, True)
            for node in (self.tails[at], self.heads[at]):
                self.steps[node] = self._steps(node)

    def free(self, at: int) -> None:
        """Makes a cell unknown, by the cheaper of its two ways."""
        best: tuple[float, bool, list[tuple[int, bool]]] | None = None
        for up in (True, False):
            own = self.prices[at][up]
            if own is None or (best is not None and own >= best[0]):
                continue
            start, end = (self.heads[at], self.tails[at]) if up else (self.tails[at], self.heads[at])
            found = cheapest_path(self.steps, start, end, at, None if best is None else best[0] - own)
            if found is not None:
                best = (own + found[0], up, found[1])
            if best is not None and best[0] == 0:
                break
        if best is not None:
            for step, way in [(at, best[1]), *best[2]]:
                self.move(step, way)


def cheapest_path(
    steps: Sequence[Sequence[Step]],
    start: int,
    end: int,
    without: int,
    below: float | None = None,
    back: Sequence[Sequence[Step]] | None = None,
) -> tuple[float, list[tuple[int, bool]]] | None:
    """The cheapest path from a sum to another that does not use one cell, and what it costs; of equally cheap ones the nearest.

    Args:
        steps: what can be done from each sum. below: what the path must cost less than.
        back: the steps that lead into each sum, each with the sum it comes from; with them it is seen sooner that no path is
            cheap enough, which is what most searches of a decree find.

    Returns:
        The price and the cells with the way they go; None where there is no such path.
    """
    if back is not None and not _may_meet(steps, back, start, end, without, inf if below is None else below):
        return None
    known: dict[int, float] = {start: 0}
    came: dict[int, tuple[int, int, bool]] = {}
    heap: list[tuple[float, int, int]] = [(0, 0, start)]
    seen = 0
    most = inf if below is None else below
    while heap:
        spent, _, node = heappop(heap)
        if node == end:
            path = []
            while node != start:
                node, at, up = came[node]
                path.append((at, up))
            return spent, path
        if spent > known[node]:
            continue
        for at, there, price, up in steps[node]:
            total = spent + price
            if total < most and at != without and total < known.get(there, inf):
                known[there] = total
                came[there] = (node, at, up)
                seen += 1
                heappush(heap, (total, seen, there))
                if there == end:
                    most = total  # nothing dearer is worth a look
    return None


ROUNDING = 1e-6
"""Prices are added up from both ends here and from one end there: so much apart they may come out."""


def _may_meet(
    steps: Sequence[Sequence[Step]], back: Sequence[Sequence[Step]], start: int, end: int, without: int, most: float
) -> bool:
    """Whether some path may cost less than so much: looked for from both its ends, the one that was less work so far first.

    What it denies does not exist; what it allows is looked for by `cheapest_path` itself, so that of equal paths the same one is
    found with and without it.
    """
    if start == end:
        return True
    sides = (steps, back)
    known: tuple[dict[int, float], dict[int, float]] = ({start: 0}, {end: 0})
    heaps: tuple[list[tuple[float, int]], list[tuple[float, int]]] = ([(0, start)], [(0, end)])
    work = [0, 0]
    most += ROUNDING
    while heaps[0] and heaps[1]:
        if heaps[0][0][0] + heaps[1][0][0] >= most:
            return False
        side = work[1] < work[0]
        mine, others, heap = known[side], known[not side], heaps[side]
        spent, node = heappop(heap)
        if spent > mine[node]:
            continue
        work[side] += len(sides[side][node])
        for at, there, price, _ in sides[side][node]:
            total = spent + price
            if total < most and at != without and total < mine.get(there, inf):
                if total + others.get(there, inf) < most:
                    return True
                mine[there] = total
                heappush(heap, (total, there))
    return False
