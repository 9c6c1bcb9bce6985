"""Counts of people by something and kota, small cells and their complements covered: a table with sums both ways.

What is counted is asked by the page; the rule of covering is in `suppress`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from padanan.base.suppress import ALL, LIMIT, Cell, Cover, Sum, cover
from padanan.pages.table import Cell as Shown
from padanan.pages.table import count


@dataclass(frozen=True)
class Crosstab:
    """Counts by (row, column); `ALL` is a sum."""

    values: Mapping[Cell, int]
    covered: Mapping[Cell, Cover]

    def cell(self, row: str, column: str) -> Shown:
        """One count as it may be shown."""
        return count(self.values[row, column], self.covered.get((row, column)))

    def line(self, row: str, columns: Sequence[str]) -> tuple[Shown, ...]:
        """The sum of a row and its counts."""
        return tuple(self.cell(row, column) for column in (ALL, *columns))


def crosstab(
    counts: Mapping[tuple[str, str], int],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    sums_down: bool = True,
    totals: Mapping[str, int] | None = None,
    known: Collection[Cell] = frozenset(),
    also: Mapping[Cell, Cover] | None = None,
) -> Crosstab:
    """Adds the sums and covers what must be.

    Args:
        counts: people by (row, column).
        rows, columns: their ids, in the table's order; others count for nothing.
        sums_down: whether columns add up over the rows.
        totals: distinct people by column, shown instead of the sum where a person may stand in several rows. Cells are
            covered as if they added up: a distinct total bounds its parts too.
        known: cells that another table shows anyway.
        also: cells that another table covers; they stay covered here.
    """
    values: dict[Cell, int] = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    sums = []
    for row in rows:
        values[row, ALL] = sum(counts.get((row, column), 0) for column in columns)
        sums.append(Sum((row, ALL), tuple((row, column) for column in columns)))
    if sums_down:
        for column in (*columns, ALL):
            values[ALL, column] = sum(values[row, column] for row in rows)
            sums.append(Sum((ALL, column), tuple((row, column) for row in rows)))
        sums.append(Sum((ALL, ALL), tuple((ALL, column) for column in columns)))
    # The sum of all is what a list is known by: it is never the cell that goes so that a part can't be told.
    whole = {(ALL, ALL)} if sums_down and values[ALL, ALL] >= LIMIT else set()
    covered = cover(values, sums, fixed=frozenset(known) | whole)
    if totals is not None:
        values.update({(ALL, column): totals.get(column, 0) for column in columns})
        values[ALL, ALL] = sum(totals.get(column, 0) for column in columns)
        covered.update({(ALL, column): Cover.SMALL for column in (*columns, ALL) if 0 < values[ALL, column] < LIMIT})
    return Crosstab(values, {**covered, **{cell: mark for cell, mark in (also or {}).items() if cell in values}})
