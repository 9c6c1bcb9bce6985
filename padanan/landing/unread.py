"""Records where no record is read: above the row of labels, and on sheets that carry no such row.

Rows are only recognised here, never read: a delivery that holds some is not taken as whole. Rows below the labels that are no
records belong to `no_record`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

# Marks of a record beside labels: a number, or a day.
_MARK = re.compile(r"[0-9]{6}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}")
# The number of a person or family, also one digit short or long, or the code of a kelurahan of Jakarta: what no title, guide or
# recapitulation holds in a cell of its own.
_NUMBER = re.compile(r"31\.?[0-9]{2}\.?[0-9]{2}\.?[0-9]{4}|[0-9]{15,17}")
_AROUND = re.compile(r"[\s'\"=`´‘’ʼ]+|(?<=[0-9]{2})[ .-](?=[0-9]{2})|\.0$")
_SHORTEST = 10
# A row with fewer filled cells is a title or a note.
FEWEST_CELLS = 3


def records_above(rows: Sequence[Sequence[str]], mapping: Iterable[int]) -> tuple[int, ...]:
    """Which of the rows above the labels look like records: their agreed columns filled by half and a number or day among them.

    Args:
        rows: the rows above, as text.
        mapping: the agreed columns' places.

    Returns:
        Their places among the rows, from 0.
    """
    places = list(mapping)
    least = max(FEWEST_CELLS, len(places) // 2)
    found = []
    for index, row in enumerate(rows):
        filled = [cell for place in places if place < len(row) and (cell := row[place].strip())]
        if len(filled) >= least and any(_MARK.search(cell) for cell in filled):
            found.append(index)
    return tuple(found)


def holds_records(rows: Iterable[Sequence[Any]]) -> bool:
    """Whether any row of a sheet holds the number of a person, family or kelurahan in a cell of its own, beside other cells."""
    for row in rows:
        if any(_is_number(cell) for cell in row) and sum(cell not in ("", None) for cell in row) >= FEWEST_CELLS:
            return True
    return False


def _is_number(cell: Any) -> bool:
    if isinstance(cell, float):
        return abs(cell) >= 3.1e9 and _NUMBER.fullmatch(f"{cell:.0f}") is not None
    if isinstance(cell, str):
        return len(cell) >= _SHORTEST and _NUMBER.fullmatch(_AROUND.sub("", cell)) is not None
    return False
