"""The sex table's covering: what is small and what would tell it, and nothing else; sums that stand elsewhere stay open (F47)."""

import pytest

from padanan.base.suppress import ALL
from padanan.published.groups import UNKNOWN, Groups, covered_counts


def counted(**values):
    """(people, with a gap, selected) of each sex."""
    names = {"L": "L", "P": "P", "lain": UNKNOWN}
    whole = {
        ("jk", names[name], measure): number
        for name, numbers in values.items()
        for measure, number in zip(("orang", "celah", "sasaran"), numbers, strict=True)
    }
    return covered_counts(Groups(whole, {}, {}, ("jk",)), "jk")


@pytest.mark.feature("F47")
def test_a_table_without_small_cells_is_read_whole():
    values, covered = counted(L=(510, 40, 90), P=(490, 35, 80), lain=(20, 8, 7))
    assert covered == {}
    assert values[ALL, "orang"] == 1020 and values["P", "bukan_sasaran"] == 410


@pytest.mark.feature("F47")
def test_a_small_cell_takes_what_would_tell_it_and_no_more():
    """Three selected people of unknown sex: their number and the other part of those people, and another sex's two."""
    _, covered = counted(L=(510, 40, 90), P=(490, 35, 80), lain=(30, 12, 3))
    assert {(UNKNOWN, "sasaran"), (UNKNOWN, "bukan_sasaran"), ("P", "sasaran"), ("P", "bukan_sasaran")} <= set(covered)
    assert all(value != ALL and measure in ("sasaran", "bukan_sasaran") for value, measure in covered)


@pytest.mark.feature("F47")
def test_a_single_person_is_covered_too():
    _, covered = counted(L=(510, 40, 90), P=(490, 35, 80), lain=(30, 1, 10))
    assert (UNKNOWN, "celah") in covered and (UNKNOWN, "bukan_celah") in covered


@pytest.mark.feature("F47")
def test_sums_that_another_table_prints_stay_open():
    """All three with a gap are men: their number is open there, so the cells that tell whose it is go."""
    _, covered = counted(L=(510, 3, 90))
    assert ("L", "celah") in covered and not [cell for cell in covered if cell[0] == ALL]
