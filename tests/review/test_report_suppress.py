"""Covered cells can't be worked out: an attacker with brute force finds no small cell with only one possible value (F50)."""

import itertools
import random
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from padanan.base.suppress import Cover, Sum, bounds_of, cover


def table(rows: list[list[int]], fixed_totals: bool = False):
    """A table with row totals, column totals and a grand total as cells and sums."""
    height, width = len(rows), len(rows[0])
    values = {(r, c): rows[r][c] for r in range(height) for c in range(width)}
    values |= {(r, "T"): sum(rows[r]) for r in range(height)} | {("T", c): sum(row[c] for row in rows) for c in range(width)}
    values["T", "T"] = sum(map(sum, rows))
    sums = [Sum((r, "T"), tuple((r, c) for c in range(width))) for r in [*range(height), "T"]]
    sums += [Sum(("T", c), tuple((r, c) for r in range(height))) for c in [*range(width), "T"]]
    return values, sums


def possible(values, covered, sums, cell, most: int) -> set[int]:
    """By trying everything: the values that a covered cell can have, given the open cells, the marks and the sums."""
    hidden = sorted(covered, key=str)
    ranges = [
        range(1, 5) if covered[name] is Cover.SMALL else range(5 if covered[name] is Cover.MORE else 0, most + 1)
        for name in hidden
    ]
    found = set()
    for guess in itertools.product(*ranges):
        world = {**values, **dict(zip(hidden, guess, strict=True))}
        if all(world[line.total] == sum(world[part] for part in line.parts) for line in sums):
            found.add(world[cell])
    return found


@pytest.mark.feature("F50")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=2))
def test_brute_force_finds_no_small_cell(rows):
    values, sums = table(rows)
    covered = cover(values, sums)
    assert all(cell in covered for cell, value in values.items() if 0 < value < 5)
    guesses = prod({Cover.SMALL: 4, Cover.MORE: 14, Cover.ANY: 19}[mark] for mark in covered.values())
    assume(guesses <= 60_000)  # more are too many to try; the bounds are tested below
    for cell in covered:
        if 0 < values[cell] < 5:
            alone = sum(1 for value in values.values() if value) == 4 and values["T", "T"] == values[cell]
            assert alone or len(possible(values, covered, sums, cell, 18)) > 1, (rows, cell, covered)


@pytest.mark.feature("F50")
def test_bounds_leave_every_small_cell_open():
    chance = random.Random(5)
    for _ in range(30):
        rows = [[chance.choice([0, 0, 1, 2, 4, 7, 12, 40, 90]) for _ in range(5)] for _ in range(6)]
        values, sums = table(rows)
        covered = cover(values, sums)
        bounds = bounds_of(values, covered, sums)
        pinned = [cell for cell in covered if 0 < values[cell] < 5 and bounds[cell][0] == bounds[cell][1]]
        assert not pinned, (rows, pinned)


def test_one_small_cell_takes_a_second_one_with_it():
    values, sums = {"a": 3, "b": 40, "c": 60, "T": 103}, [Sum("T", ("a", "b", "c"))]
    assert cover(values, sums) == {"a": Cover.SMALL, "b": Cover.MORE}


def test_two_small_cells_that_the_sum_would_tell():
    """1 + 1 = 2 can only be 1 and 1: a third cell is covered."""
    values, sums = {"a": 1, "b": 1, "c": 60, "T": 62}, [Sum("T", ("a", "b", "c"))]
    assert cover(values, sums)["c"] is Cover.MORE
    values, sums = {"a": 2, "b": 3, "c": 60, "T": 65}, [Sum("T", ("a", "b", "c"))]
    assert set(cover(values, sums)) == {"a", "b"}


def test_a_fixed_total_hides_the_zeros_too():
    """All 2 gaps of a rule lie in one kota and the total is printed elsewhere: no kota of that rule says anything."""
    values, sums = {"a": 2, "b": 0, "c": 0, "T": 2}, [Sum("T", ("a", "b", "c"))]
    covered = cover(values, sums, fixed={"T"})
    assert {cell: mark.text for cell, mark in covered.items()} == {"a": "ditutup", "b": "ditutup", "c": "ditutup"}


def test_nothing_small_nothing_covered():
    values, sums = table([[5, 0], [12, 9]])
    assert cover(values, sums) == {}


def test_what_the_sums_tell_anyway_is_not_covered():
    """A small part, its rest, and a total that stands alone in its own sum: the total needs no cover."""
    values = {"part": 2, "rest": 300, "total": 302, "other": 900, "all": 1202}
    sums = [Sum("total", ("part", "rest")), Sum("all", ("total", "other"))]
    assert cover(values, sums) == {"part": Cover.SMALL, "rest": Cover.MORE}
