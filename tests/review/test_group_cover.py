"""The sex table's covering: what is small and what would tell it, and nothing else; sums that stand elsewhere stay open (F47)."""

import pytest

from padanan.base.suppress import ALL, LIMIT, Cover
from padanan.published import wilayah
from padanan.published.cells.declared import Declared, crossed
from padanan.published.cells.model import Cells
from padanan.published.cells.people import groups
from padanan.published.cells.places import places
from padanan.published.groups import UNKNOWN, Groups, merged_columns, split_counts


def counted(**values):
    """(people, with a gap, selected) of each sex."""
    names = {"L": "L", "P": "P", "lain": UNKNOWN}
    whole = {
        ("jk", names[name], measure): number
        for name, numbers in values.items()
        for measure, number in zip(("orang", "celah", "sasaran"), numbers, strict=True)
    }
    declared, found = Declared(), Groups(whole, {}, {}, ("jk",))
    groups(declared, found, [])
    return Cells.of(declared).split("jk", split_counts(found, "jk"))


@pytest.mark.feature("F47")
def test_a_table_without_small_cells_is_read_whole():
    made = counted(L=(510, 40, 90), P=(490, 35, 80), lain=(20, 8, 7))
    assert made.covered == {} and not made.merged
    assert made.values[ALL, "orang"] == 1020 and made.values["P", "bukan_sasaran"] == 410


@pytest.mark.feature("F47")
def test_few_unknown_people_cost_neither_men_nor_women_their_figure():
    """Three selected people of unknown sex are counted with the larger group in that measure only, which says so."""
    made = counted(L=(510, 40, 90), P=(490, 35, 80), lain=(30, 12, 3))
    assert made.covered == {(UNKNOWN, "sasaran"): Cover.MERGED, (UNKNOWN, "bukan_sasaran"): Cover.MERGED}
    assert (made.values["L", "sasaran"], made.values["P", "sasaran"], made.values[ALL, "sasaran"]) == (93, 80, 173)
    assert (made.values["L", "celah"], made.values[UNKNOWN, "celah"]) == (40, 12)
    assert made.counts_unknown("L", "sasaran") and not made.counts_unknown("L", "celah")
    assert not made.counts_unknown("P", "sasaran")
    assert (made.whole("L", "sasaran"), made.whole("L", "celah"), made.whole("P", "sasaran")) == (540, 510, 490)


@pytest.mark.feature("F47")
def test_the_rest_of_few_is_merged_too():
    """27 of 30 selected: the 27 would tell the other three."""
    made = counted(L=(510, 40, 90), P=(490, 35, 80), lain=(30, 12, 27))
    assert made.covered[UNKNOWN, "sasaran"] is Cover.MERGED and made.values["L", "sasaran"] == 117


@pytest.mark.feature("F47")
def test_few_unknown_people_in_all_are_merged_everywhere():
    made = counted(L=(490, 35, 80), P=(510, 40, 90), lain=(3, 0, 2))
    assert made.into == "P" and {"orang", "celah", "sasaran"} < made.merged
    assert (made.values["P", "orang"], made.values["P", "sasaran"], made.values["L", "sasaran"]) == (513, 92, 80)
    assert made.whole("P", "sasaran") == 513
    assert not [cell for cell, mark in made.covered.items() if mark is not Cover.MERGED]


@pytest.mark.feature("F47")
@pytest.mark.parametrize("selected", range(7))
@pytest.mark.parametrize("unknown", range(7))
def test_men_women_and_sums_are_open_whatever_the_unknown_are(unknown, selected):
    """And what is printed leaves a small number of unknown people more than one value."""
    chosen = min(unknown, selected)
    made = counted(L=(510, 40, 90), P=(490, 35, 80), lain=(unknown, 0, chosen))
    for measure in ("orang", "celah", "sasaran"):
        assert not {("L", measure), ("P", measure), (ALL, measure)} & set(made.covered)
        assert (
            made.values["L", measure]
            + made.values["P", measure]
            + (0 if measure in made.merged else made.values[UNKNOWN, measure])
            == made.values[ALL, measure]
        )
    for measure, number in (("orang", unknown), ("sasaran", chosen), ("bukan_sasaran", unknown - chosen)):
        assert (measure in made.merged) or not 0 < number < LIMIT


@pytest.mark.feature("F47")
def test_a_single_man_is_still_covered():
    """The rule of five holds for what is known as well."""
    made = counted(L=(510, 3, 90), P=(490, 35, 80))
    assert ("L", "celah") in made.covered and ("P", "celah") in made.covered and (ALL, "celah") not in made.covered


@pytest.mark.feature("F47")
def test_a_small_rest_covers_what_would_tell_it():
    """487 of 490 women have a gap: the three without are theirs to know."""
    made = counted(L=(510, 40, 90), P=(490, 487, 80), lain=(20, 8, 7))
    assert ("P", "celah") in made.covered and ("P", "orang") not in made.covered


@pytest.mark.feature("F47")
def test_sums_that_another_table_prints_stay_open():
    """All three with a gap are men: their number is open there, so the cells that tell whose it is go."""
    made = counted(L=(510, 3, 90))
    assert ("L", "celah") in made.covered and not [cell for cell in made.covered if cell[0] == ALL]


@pytest.mark.feature("F47")
def test_a_table_by_kota_merges_the_whole_column():
    """Of single cells the column's sum would tell the rest."""
    names, kotas = ["L", "P", UNKNOWN], ["a", "b"]
    counts = {("a", "L"): 50, ("a", "P"): 60, ("a", UNKNOWN): 9, ("b", "L"): 70, ("b", "P"): 40, ("b", UNKNOWN): 3}
    assert merged_columns(counts, kotas, names) == "L"
    assert merged_columns(counts | {("b", UNKNOWN): 0}, kotas, names) == ""
    assert merged_columns(counts | {("b", UNKNOWN): 5}, kotas, names) == ""


@pytest.mark.feature("F50")
def test_the_provinces_totals_are_never_covered():
    """Four and four people in two kota are told by their sum of eight: the kota go, the province stays."""
    kotas = [wilayah.Node((*wilayah.ROOT, code), code) for code in ("31.71", "31.72")]
    root = wilayah.Node(wilayah.ROOT, "DKI Jakarta", children=kotas)

    def covered(first, second):
        for node, people in ((root, first + second), (kotas[0], first), (kotas[1], second)):
            node.values["orang"] = node.values["padan"] = people
        declared = Declared()
        places(declared, wilayah.Tree(root))
        return Cells.of(declared).tree(wilayah.Tree(root)).covered

    assert {cell for cell in covered(4, 4) if cell[1] == "orang"} == {(kota.path, "orang") for kota in kotas}
    assert (wilayah.ROOT, "orang") in covered(4, 0), "di bawah lima pun provinsi ditutup"


@pytest.mark.feature("F50")
def test_the_sum_of_a_list_is_never_the_cell_that_goes():
    """Four and four can only be told by their sum of eight: the parts go, whatever they are."""

    def covered(counts):
        declared = Declared()
        made = crossed(declared, "daftar", counts, ["a", "b"], ["x"])
        return Cells.of(declared).marked(made.keys)

    made = covered({("a", "x"): 4, ("b", "x"): 4})
    assert (ALL, ALL) not in made and made["a", "x"] is made["b", "x"] is Cover.ANY
    assert covered({("a", "x"): 3})[ALL, ALL] is Cover.SMALL
