"""Covered cells can't be worked out: an attacker with brute force finds no small cell with only one possible value (F50)."""

import itertools
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from padanan.base.suppress import Cover
from padanan.published.cells.declared import Declared, crossed
from padanan.published.cells.solve import solve


def table(rows: list[list[int]]):
    """A table with row totals, column totals and a grand total, none of them a key total."""
    height, width = [str(r) for r in range(len(rows))], [str(c) for c in range(len(rows[0]))]
    into = Declared()
    counts = {(r, c): rows[int(r)][int(c)] for r in height for c in width}
    crossed(into, "tabel", counts, height, width, total=False)
    return into


def possible(declared, covered, cell, most: int) -> set[int]:
    """By trying everything: the values that a covered cell can have, given the open cells, the marks and the sums."""
    hidden = sorted(covered, key=str)
    ranges = [
        range(1, 5) if covered[name] is Cover.SMALL else range(5 if covered[name] is Cover.MORE else 0, most + 1)
        for name in hidden
    ]
    found = set()
    for guess in itertools.product(*ranges):
        world = {**declared.values, **dict(zip(hidden, guess, strict=True))}
        if all(world[total] == sum(world[part] for part in parts) for total, parts in declared.sums):
            found.add(world[cell])
    return found


@pytest.mark.feature("F50")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=2))
def test_brute_force_finds_no_small_cell(rows):
    declared = table(rows)
    covered = solve(declared).marks
    assert all(cell in covered for cell, value in declared.values.items() if 0 < value < 5)
    guesses = prod({Cover.SMALL: 4, Cover.MORE: 21, Cover.ANY: 26}[mark] for mark in covered.values())
    assume(guesses <= 60_000)  # more are too many to try; `tests/unit/test_covering` attacks larger tables
    for cell in covered:
        if 0 < declared.values[cell] < 5:
            assert len(possible(declared, covered, cell, 25)) > 1, (rows, cell, covered)
