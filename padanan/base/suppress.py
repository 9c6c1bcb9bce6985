"""Small cells: which figures of a table must be covered, and which others so that none can be subtracted back.

It works on sums that a reader can see ("total = its parts"); which sums a page shows is the page's business.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from padanan.base.format import number

LIMIT = 5
Cell = Hashable


class Cover(Enum):
    """Why a cell is covered, with what a reader may conclude from it: SMALL 1-4, MORE at least 5, ANY nothing.

    MERGED: its people are counted in another cell of the same sum, which says so; `cover` never gives it.
    """

    SMALL = "<5"
    MORE = "ditutup"
    ANY = "ditutup "
    MERGED = "digabung"

    @property
    def text(self) -> str:
        """What is printed in the cell's place."""
        return self.value.strip()


@dataclass(frozen=True)
class Sum:
    """One sum a reader can do: `total` = all `parts`. Every cell is named by a key of the table."""

    total: Cell
    parts: tuple[Cell, ...]


def cover(values: Mapping[Cell, int], sums: Iterable[Sum], fixed: Collection[Cell] = frozenset()) -> dict[Cell, Cover]:
    """The cells to cover (below 5 people, and the cell that would let a reader subtract).

    A cell of 1 to 4 becomes `<5`. Then, as long as the sums pin such a cell to one value, the smallest other cell of
    that sum is covered too, a part before a total. Where nothing but zeros is left, the whole small part of the sum is
    covered without saying how small it is.

    Args:
        values: every count that a reader could see or derive.
        sums: the sums between them.
        fixed: cells that are printed elsewhere anyway and stay open.

    Returns:
        The covered cells.
    """
    covered = {cell: Cover.SMALL for cell, value in values.items() if 0 < value < LIMIT and cell not in fixed}
    lines = [line for line in sums if line.parts]
    loosened: set[Sum] = set()
    while True:
        targets = _exposed(values, covered, lines, fixed)
        fresh: set[Cell] = set()
        for line in lines:
            members = (line.total, *line.parts)
            if fresh.intersection(members) or not targets.intersection(members):
                continue  # a line that just changed is looked at again with new bounds
            extra = _next_cell(values, covered, line, fixed)
            if extra is not None:
                covered[extra] = Cover.MORE
                fresh.add(extra)
            elif line not in loosened:
                small = [cell for cell in line.parts if values[cell] < LIMIT and cell not in fixed]
                covered.update(dict.fromkeys(small, Cover.ANY))
                fresh.update(small)
                loosened.add(line)
        if not fresh:
            return _without_derivable(values, covered, lines)


def _without_derivable(values: Mapping[Cell, int], covered: Mapping[Cell, Cover], lines: list[Sum]) -> dict[Cell, Cover]:
    """Opens cells again that the sums tell anyway: covering them protects nobody. Small cells always stay covered."""
    bounds = bounds_of(values, covered, lines)
    return {cell: mark for cell, mark in covered.items() if 0 < values[cell] < LIMIT or bounds[cell][0] != bounds[cell][1]}


def _exposed(values: Mapping[Cell, int], covered: Mapping[Cell, Cover], lines: list[Sum], fixed: Collection[Cell]) -> set[Cell]:
    """Small cells that can be worked out, and the covered cells around them through which that is possible."""
    bounds = bounds_of(values, covered, lines)
    pinned = {cell for cell in covered if bounds[cell][0] == bounds[cell][1]}
    exposed = {cell for cell in pinned if values[cell] < LIMIT and values[cell] > 0}
    growing = bool(exposed)
    while growing:
        growing = False
        for line in lines:
            members = (line.total, *line.parts)
            if exposed.intersection(members) and _next_cell(values, covered, line, fixed) is None:
                more = pinned.intersection(members) - exposed
                growing |= bool(more)
                exposed |= more
    return exposed


def _next_cell(values: Mapping[Cell, int], covered: Mapping[Cell, Cover], line: Sum, fixed: Collection[Cell]) -> Cell | None:
    open_parts = [cell for cell in line.parts if cell not in covered and values[cell] > 0 and cell not in fixed]
    if open_parts:
        return min(open_parts, key=lambda cell: (values[cell], str(cell)))
    total = line.total
    return total if total not in covered and values[total] > 0 and total not in fixed else None


def bounds_of(values: Mapping[Cell, int], covered: Mapping[Cell, Cover], lines: Iterable[Sum]) -> dict[Cell, tuple[int, int]]:
    """What a reader who knows the method can conclude: the least and greatest value of every cell.

    Args:
        values: the true counts; of covered ones only the mark is used.
        covered: the covered cells.
        lines: the sums the reader can do.
    """
    lines = list(lines)
    top = max((values[line.total] for line in lines), default=0) + LIMIT
    ranges = {Cover.SMALL: (1, LIMIT - 1), Cover.MORE: (LIMIT, top), Cover.ANY: (0, top)}
    bounds = {cell: ranges[covered[cell]] if cell in covered else (value, value) for cell, value in values.items()}
    touched = [line for line in lines if any(cell in covered for cell in (line.total, *line.parts))]
    changed = True
    while changed:
        changed = False
        for line in touched:
            low = sum(bounds[cell][0] for cell in line.parts)
            high = sum(bounds[cell][1] for cell in line.parts)
            changed |= _narrow(bounds, line.total, low, high)
            total_low, total_high = bounds[line.total]
            for cell in line.parts:
                own_low, own_high = bounds[cell]
                changed |= _narrow(bounds, cell, total_low - (high - own_high), total_high - (low - own_low))
                low, high = low - own_low + bounds[cell][0], high - own_high + bounds[cell][1]
    return bounds


def _narrow(bounds: dict[Cell, tuple[int, int]], cell: Cell, low: int, high: int) -> bool:
    old = bounds[cell]
    if old[0] == old[1]:
        return False
    new = (max(old[0], low), min(old[1], high))
    if new == old or new[0] > new[1]:
        return False
    bounds[cell] = new
    return True


ALL = "*"


def small(value: int) -> bool:
    """Whether too few people stand behind a count for it to be printed."""
    return 0 < value < LIMIT


def printed(value: int) -> str:
    """A count that stands alone, as it may be printed."""
    return Cover.SMALL.text if small(value) else number(value)
