"""A table of counts by something and something else, as the model of cells declares it: its figures with their marks.

What is counted and how it adds up is declared in `published.cells`; what the table is called, in its page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from padanan.base.suppress import ALL, Cover
from padanan.pages.table import Cell, counted
from padanan.published.cells.declared import Cross
from padanan.published.cells.model import Cells


@dataclass(frozen=True)
class Crosstab:
    """Counts by (row, column); `ALL` is a sum."""

    cells: Cells
    cross: Cross

    @property
    def values(self) -> Mapping[tuple[str, str], int]:
        """The true counts."""
        return self.cross.values

    @property
    def covered(self) -> Mapping[tuple[str, str], Cover]:
        """The covered ones."""
        return {cell: mark for cell, key in self.cross.keys.items() if (mark := self.cells.mark(key))}

    @property
    def rows(self) -> tuple[str, ...]:
        """What its lines are, in their order."""
        return self.cross.rows

    @property
    def columns(self) -> tuple[str, ...]:
        """What its columns are, in their order."""
        return self.cross.columns

    def cell(self, row: str, column: str) -> Cell:
        """One count as it may be shown."""
        return counted(self.cells, self.cross.keys[row, column])

    def line(self, row: str, columns: Sequence[str] | None = None) -> tuple[Cell, ...]:
        """The sum of a row and its counts."""
        return tuple(self.cell(row, column) for column in (ALL, *(self.columns if columns is None else columns)))


def crosstab(cells: Cells, name: str) -> Crosstab:
    """A table by the name under which it was declared."""
    return Crosstab(cells, cells.cross(name))
