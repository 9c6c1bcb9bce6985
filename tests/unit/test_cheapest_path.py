"""A path looked for from both its ends first is the path that is found from one, or none where there is none."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from padanan.base.circulation import Step, cheapest_path

NODES = 7
ARCS = st.lists(
    st.tuples(
        st.integers(0, NODES - 1),
        st.integers(0, NODES - 1),
        st.sampled_from([None, 0.0, 0.1, 0.2, 500.0, 1003.0]),
        st.sampled_from([None, 0.0, 0.3, 1000.0]),
    ),
    max_size=16,
)


def networks(arcs: list[tuple[int, int, float | None, float | None]]) -> tuple[list[list[Step]], list[list[Step]]]:
    """Steps from each sum and into it; a cell goes one way for one price, the other way for another, or not at all."""
    steps: list[list[Step]] = [[] for _ in range(NODES)]
    back: list[list[Step]] = [[] for _ in range(NODES)]
    for at, (tail, head, more, less) in enumerate(arcs):
        for start, end, price, up in ((tail, head, more, True), (head, tail, less, False)):
            if price is not None:
                steps[start].append((at, end, price, up))
                back[end].append((at, start, price, up))
    return steps, back


@settings(max_examples=400, deadline=None)
@given(
    arcs=ARCS,
    start=st.integers(0, NODES - 1),
    end=st.integers(0, NODES - 1),
    without=st.integers(0, 5),
    below=st.none() | st.sampled_from([0.0, 0.1, 0.3, 0.5, 1000.0, 1000.3, 1503.0, 2e4]),
)
def test_looking_from_both_ends_first_changes_no_answer(
    arcs: list[tuple[int, int, float | None, float | None]], start: int, end: int, without: int, below: float | None
) -> None:
    steps, back = networks(arcs)
    assert cheapest_path(steps, start, end, without, below, back) == cheapest_path(steps, start, end, without, below)


def test_a_path_that_costs_just_less_than_allowed_is_found() -> None:
    """Tenths added up from the end come out dearer than from the start; two cells lead nowhere, so the end looks further."""
    steps, back = networks([(0, 1, 0.3, None), (1, 2, 0.2, None), (2, 3, 0.1, None), (0, 5, 0.0, None), (0, 6, 0.0, None)])
    price = (0.3 + 0.2) + 0.1
    assert price < 0.3 + (0.2 + 0.1)
    assert cheapest_path(steps, 0, 3, 9, price, back) is None
    assert cheapest_path(steps, 0, 3, 9, math.nextafter(price, 1), back) == (price, [(2, True), (1, True), (0, True)])
