"""Covering linked tables: whoever knows every printed figure, what the marks mean and all sums can't tell a small cell.

The attack here is written anew from the declared cells and the marks alone, as a reader would set it up.
"""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from padanan.base.suppress import ALL, LIMIT, Cover, small
from padanan.contracts.contract import expectations_dir
from padanan.contracts.rules import load_catalogue
from padanan.published.cells.declared import Declared, crossed
from padanan.published.cells.linear import Unbound
from padanan.published.cells.model import Cells
from padanan.published.cells.places import rule_key, rules
from padanan.published.cells.solve import groups, in_order, solve
from padanan.published.facts import KotaCount

FAR = 10_000


def interval(declared, marks, cell):
    """Least and greatest value of a cell for a reader."""
    keys = list(declared.values)
    bounds = []
    for key in keys:
        value = declared.values[key]
        if key in declared.unseen or marks.get(key) is Cover.ANY:
            bounds.append((0, FAR))
        elif key not in marks:
            bounds.append((value, value))
        elif marks[key] is Cover.SMALL:
            bounds.append((1, LIMIT - 1))
        else:
            # A covered cell of five and more is taken to be known as such, a covered zero as anything.
            bounds.append((LIMIT, FAR) if value >= LIMIT else (0, FAR))
    matrix = np.zeros((len(declared.sums), len(keys)))
    place = {key: at for at, key in enumerate(keys)}
    for line, (total, parts) in enumerate(declared.sums):
        matrix[line, place[total]] = 1
        for part in parts:
            matrix[line, place[part]] -= 1
    found = []
    for way in (1, -1):
        aim = np.zeros(len(keys))
        aim[place[cell]] = way
        result = linprog(aim, A_eq=matrix if len(matrix) else None, b_eq=np.zeros(len(matrix)) if len(matrix) else None,
                         bounds=bounds, method="highs")  # fmt: skip
        assert result.status == 0, result.message
        found.append(round(way * result.fun))
    return found[0], found[1]


def assert_protected(declared, solved):
    for key, value in declared.values.items():
        if key in declared.key:
            assert key not in solved.marks
        elif small(value) and key not in declared.unguarded:
            assert key in solved.marks or key in declared.unseen
            low, high = interval(declared, solved.marks, key)
            least, most = solved.weaker.get(key, (1, LIMIT - 1))
            if key in solved.untold:
                assert low == high
            else:
                assert low <= least and high >= most and low < high, (key, value, low, high, least, most)


@st.composite
def linked(draw):
    """Two tables that share their columns' sums, a part of one of them counted apart, a hierarchy below a cell."""
    counts = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 30])
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    names = [f"k{n}" for n in range(columns)]
    into = Declared()
    table = {(f"a{row}", name): draw(counts) for row in range(rows) for name in names}
    first = crossed(into, "satu", table, [f"a{row}" for row in range(rows)], names)
    other = {}
    for name in names:
        left = first.values[ALL, name]
        for row in ("b0", "b1"):
            other[row, name] = draw(st.integers(0, left))
            left -= other[row, name]
        other["b2", name] = left
    keys = {(ALL, name): first.keys[ALL, name] for name in (*names, ALL)}
    crossed(into, "dua", other, ["b0", "b1", "b2"], names, keys=keys)
    into.count("bagian", draw(st.integers(0, first.values["a0", ALL])))
    into.rest(first.keys["a0", ALL], ["bagian"], "bukan bagian")
    cell = first.keys["a0", "k0"]
    below = [draw(st.integers(0, into.values[cell]))]
    below.append(into.values[cell] - below[0])
    into.sum(cell, [into.count(("bawah", n), value) for n, value in enumerate(below)])
    return into


@settings(max_examples=25, deadline=None)
@given(linked())
def test_no_small_cell_of_linked_tables_can_be_told(declared):
    assert_protected(declared, solve(declared))


@settings(max_examples=25, deadline=None)
@given(linked(), st.randoms(use_true_random=False))
def test_equal_cells_give_equal_marks_in_whatever_order_they_were_declared(declared, chance):
    """A query's groups come in another order each time; two prints that cover differently tell what the other hides."""

    def mixed(them):
        them = list(them)
        chance.shuffle(them)
        return them

    sums = [(total, tuple(mixed(parts))) for total, parts in mixed(declared.sums)]
    other = dataclasses.replace(declared, values=dict(mixed(declared.values.items())), sums=sums)
    assert solve(other).marks == solve(declared).marks


@settings(max_examples=25, deadline=None)
@given(linked(), st.randoms(use_true_random=False))
def test_how_far_a_cell_can_move_is_the_same_whatever_was_asked_before(declared, chance):
    """One solver answers all questions of a group, also after bounds were widened; a program made anew is the judge."""
    for _, block, _ in groups(in_order(declared), {}):
        asked = Unbound(block)
        for _ in range(12):
            cell, way = chance.randrange(block.size), chance.choice((1, -1))
            if chance.random() < 0.3:
                block.low[cell], block.high[cell] = -block.values[cell], block.high[cell] + LIMIT
            aim = np.zeros(block.size)
            aim[cell] = -way
            still = np.zeros(block.matrix.shape[0])
            found = linprog(aim, A_eq=block.matrix, b_eq=still, bounds=np.c_[block.low, block.high], method="highs")
            assert asked.furthest(cell, way) == pytest.approx(-found.fun, abs=1e-6)


def table(*values, total=True):
    into = Declared()
    whole = into.count("semua", sum(values), total=total)
    into.sum(whole, [into.count(place, value) for place, value in enumerate(values)])
    return into


def test_one_part_that_is_its_whole_key_total_is_told():
    """Nothing hides three people who are all of a list that is printed."""
    into = table(3)
    into.key.add("semua")
    assert solve(into).untold == {0}


def test_the_parts_of_a_printed_sum_below_five_say_nothing_at_all():
    into = table(2, 1, 0, 0)
    into.key.add("semua")
    solved = solve(into)
    assert solved.marks == dict.fromkeys(range(4), Cover.ANY) and set(solved.weaker) == {0, 1}
    assert interval(into, solved.marks, 0) == (0, 3)


@pytest.mark.parametrize(
    ("values", "covered"),
    [
        ((2, 40, 900), {0, 1}),  # the smallest that is large enough
        ((2, 5, 900), {0, 2}),  # five can't give anything: it is known to be five or more
        ((2, 3, 900), {0, 1}),  # two small ones hide each other
        ((1, 1, 900), {0, 1, 2}),  # their sum of two would tell both
        ((30, 40, 900), set()),
    ],
)
def test_the_fewest_cells_go(values, covered):
    into = table(*values)
    assert set(solve(into).marks) == covered
    assert_protected(into, solve(into))


def test_what_a_threshold_tells_counts():
    """Twenty that must be eighteen at least, since the threshold is passed, give only two."""
    into = table(4, 20, 50)
    assert set(solve(into).marks) == {0, 1}
    into.at_least[1] = 18
    into.at_most[1] = 21
    assert set(solve(into).marks) == {0, 2}


def test_one_quantity_has_one_value():
    into = table(4, 20)
    with pytest.raises(ValueError, match="two values"):
        into.count(0, 5)
    with pytest.raises(ValueError, match="do not add up"):
        into.sum("semua", [0])


def test_people_in_several_rows_bound_their_rows():
    """Six distinct people and a row of six leave nothing for whoever else stands in another row: that row may be anything."""
    into = Declared()
    crossed(into, "daftar", {("a", "x"): 6, ("b", "x"): 2, ("a", "y"): 9, ("b", "y"): 0}, ["a", "b"], ["x", "y"],
            totals={"x": 7, "y": 9})  # fmt: skip
    assert_protected(into, solve(into))


def test_a_large_group_of_linked_trees_is_protected():
    """Three levels of 240 cells of two measures, one of which is part of the other."""
    rng = np.random.default_rng(1)
    into = Declared()
    kelurahan = {(kota, kec, kel): int(rng.integers(0, 40)) for kota in range(3) for kec in range(6) for kel in range(6)}
    for measure, share in (("orang", 1), ("sasaran", 3)):
        for path, value in kelurahan.items():
            into.count((measure, *path), value // share)
        for kota in range(3):
            for kec in range(6):
                parts = [(measure, kota, kec, kel) for kel in range(6)]
                into.sum(into.count((measure, kota, kec), sum(into.values[part] for part in parts)), parts)
            parts = [(measure, kota, kec) for kec in range(6)]
            into.sum(into.count((measure, kota), sum(into.values[part] for part in parts)), parts)
        parts = [(measure, kota) for kota in range(3)]
        into.sum(into.count((measure,), sum(into.values[part] for part in parts), total=True), parts)
    for path in [key[1:] for key in into.values if key[0] == "orang"]:
        into.rest(("orang", *path), [("sasaran", *path)], ("bukan", *path))
    solved = solve(into)
    assert_protected(into, solved)


def two_kotas(*kotas):
    """Kelurahan of kota, whose sums are dear, below a province that is a key total."""
    into = Declared()
    for name, values in zip("AB", kotas, strict=True):
        parts = [into.count((name, place), value) for place, value in enumerate(values)]
        into.sum(into.count((name,), sum(values)), parts)
        into.weights[name,] = 100.0
    into.sum(into.count("provinsi", sum(map(sum, kotas)), total=True), [("A",), ("B",)])
    return into


def test_a_kotas_sum_is_covered_only_where_nothing_else_protects():
    """3 beside 5, which is known to be five or more, may be 1 to 3: four would cost the sums of both kota."""
    into = two_kotas((3, 5), (20, 30))
    solved = solve(into)
    assert set(solved.marks) == {("A", 0), ("A", 1)} and solved.weaker == {("A", 0): (1, 3)}
    assert_protected(into, solved)
    into = two_kotas((3, 0), (20, 30))  # a kota of three people: its own sum and that of another
    solved = solve(into)
    assert {("A",), ("B",), ("A", 0)} <= set(solved.marks)
    assert_protected(into, solved)


def test_sums_that_form_a_network_need_no_linear_program(monkeypatch):
    """Places within places and a table of rows and columns are covered along paths alone: a report has thousands of them."""

    def refused(*_):
        raise AssertionError("a linear program was asked")

    monkeypatch.setattr("padanan.published.cells.solve.cheapest", refused)
    monkeypatch.setattr("padanan.published.cells.solve.Unbound", refused)
    into = two_kotas((3, 5, 8), (20, 30, 0))
    crossed(into, "tabel", {("a", "x"): 3, ("b", "x"): 40, ("a", "y"): 50, ("b", "y"): 70}, ["a", "b"], ["x", "y"])
    assert_protected(into, solve(into))


def test_a_part_does_not_pass_its_whole_on_the_way():
    """All six people of k0 are selected: they can't be seven, so k2 must hide the three of k1."""
    into = Declared()
    for measure, values in (("orang", (6, 40, 30)), ("sasaran", (6, 3, 20))):
        parts = [into.count((measure, f"k{n}"), value) for n, value in enumerate(values)]
        into.sum(into.count(measure, sum(values), total=True), parts)
    for n in range(3):
        into.rest(("orang", f"k{n}"), [("sasaran", f"k{n}")], ("bukan", f"k{n}"))
    solved = solve(into)
    assert set(solved.marks) == {("sasaran", "k1"), ("sasaran", "k2")}
    assert_protected(into, solved)


def test_equal_counts_are_covered_once_in_a_process():
    """What was covered is not covered again, and another figure is."""
    assert Cells.of(two_kotas((3, 5), (20, 30))).solved is Cells.of(two_kotas((3, 5), (20, 30))).solved
    assert Cells.of(two_kotas((3, 6), (20, 30))).solved is not Cells.of(two_kotas((3, 5), (20, 30))).solved


def test_no_more_can_fail_than_were_judged():
    """Six of eight fail below a threshold of 99%: the search for the least blocking count once asked for nine of eight."""
    rule = dataclasses.replace(load_catalogue(expectations_dir())["alamat_tidak_lengkap"], threshold=0.99)
    of_rule = SimpleNamespace(producer="dtks", rule=rule, gagal=6, orang=6, terpilih=0)
    facts = SimpleNamespace(
        rules=[of_rule],
        kotas=[KotaCount("dtks", rule, "31.71", 6, 8, 6)],
        kota_names={"31.71": "Jakarta Pusat"},
        kota_rows={("dtks", "31.71"): 20},
        rows={"dtks": 20},
    )
    declared = Declared()
    rules(declared, facts)
    assert declared.at_most[rule_key("dtks", rule.id, "31.71")] == 8
