"""The parts of the padanan by evidence against slow, obvious versions of themselves."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from padanan.base.errors import PadananError
from padanan.linkage import comparison, decision, household, measure, model, names, threshold
from padanan.linkage.clusters import merge_all, merge_one_per_source
from padanan.linkage.config import load_linkage_config
from padanan.linkage.pairs import in_order


def _bcd(digits: str) -> int:
    return int(digits, 16)


def _slow_digits(a: str, b: str) -> int:
    if a == b:
        return 1
    differ = [i for i in range(16) if a[i] != b[i]]
    if min(differ) >= 12:
        return 3
    if len(differ) == 1:
        return 2
    if len(differ) == 2 and differ[1] == differ[0] + 1 and a[differ[0]] == b[differ[1]] and a[differ[1]] == b[differ[0]]:
        return 2
    return 4


@pytest.mark.feature("F14")
def test_digit_levels_equal_a_digit_by_digit_comparison() -> None:
    """XOR and popcount once called 12 → 21 and 12 → 30 alike: only a true swap is one typing error."""
    dice = np.random.default_rng(3)
    left, right = [], []
    for _ in range(4000):
        a = "".join(map(str, dice.integers(0, 10, 16)))
        b = list(a)
        for _ in range(int(dice.integers(0, 3))):
            place = int(dice.integers(0, 15))
            if dice.random() < 0.5:
                b[place], b[place + 1] = b[place + 1], b[place]
            else:
                b[place] = str(dice.integers(0, 10))
        left.append(a)
        right.append("".join(b))
    got = comparison.digits_level(
        np.array([_bcd(v) for v in left], np.uint64), np.array([_bcd(v) for v in right], np.uint64), prefix=True
    )
    assert got.tolist() == [_slow_digits(a, b) for a, b in zip(left, right, strict=True)]
    assert set(got.tolist()) == {1, 2, 3, 4}
    none = comparison.digits_level(np.array([0, 5], np.uint64), np.array([7, 0], np.uint64), prefix=False)
    assert none.tolist() == [0, 0]


@pytest.mark.feature("F14")
@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (19800512, 19800512, "sama"),
        (19800512, 19801205, "tertukar"),
        (19800512, 19800513, "dua_bagian"),
        (19800512, 19810512, "dua_bagian"),
        (19800101, 19800512, "taksiran"),
        (19800512, 19800713, "tahun_sama"),
        (19800512, 19790714, "beda"),
        (0, 19800512, "kosong"),
    ],
)
def test_birth_levels(left: int, right: int, level: str) -> None:
    """Each way a birth date is written wrong has its own level."""
    got = comparison.birth_level(np.array([left], np.int32), np.array([right], np.int32))
    assert comparison.column("lahir").levels[int(got[0])] == level


@pytest.mark.feature("F13")
def test_names_are_coded_by_their_tokens_whatever_order_and_spelling() -> None:
    """Order, old spelling and the short forms of frequent tokens change nothing; another token does."""
    texts = ["MUHAMMAD SOEKARNO", "SUKARNO MOH", "M SUKARNO", "SITI DJUBAEDAH", "ST JUBAEDAH", "SUKARNA MUHAMMAD", None, ""]
    codes = names.encode(pa.array(texts, pa.string()), names.TokenDictionary())
    assert codes.key[0] == codes.key[1] == codes.key[2] != codes.key[5]
    assert codes.key[3] == codes.key[4]
    assert codes.skeleton[0] == codes.skeleton[5]
    assert codes.key[6] == codes.key[7] == 0 and codes.skeleton[6] == 0
    assert codes.text.to_pylist()[6:] == [None, None]
    # The generic token does not stand for the person.
    assert codes.tokens[0][0] == codes.tokens[0][1] == codes.tokens[0][2] != 0


@pytest.mark.feature("F14")
def test_mutual_best_equals_a_plain_greedy_loop_and_ignores_row_order() -> None:
    """The vectorised rounds give what sorting all pairs and taking them one by one gives."""
    dice = np.random.default_rng(5)
    pairs = sorted({(int(a), int(b)) for a, b in dice.integers(0, 60, (900, 2))})
    left, right = np.array(pairs).T
    weight = dice.integers(0, 12, len(pairs))
    tie_left, tie_right = dice.permutation(60).astype(np.uint64), dice.permutation(60).astype(np.uint64)
    won = decision.mutual_best(left, right, weight, (tie_left[left], tie_right[right]))
    seen_left, seen_right, slow = set(), set(), set()
    for k in sorted(range(len(pairs)), key=lambda k: (-weight[k], tie_left[left[k]], tie_right[right[k]])):
        if left[k] not in seen_left and right[k] not in seen_right:
            slow.add(k)
            seen_left.add(left[k])
            seen_right.add(right[k])
    assert set(np.flatnonzero(won)) == slow
    order = dice.permutation(len(pairs))
    ties = tie_left[left[order]], tie_right[right[order]]
    again = decision.mutual_best(left[order], right[order], weight[order], ties)
    assert {tuple(p) for p in np.stack([left, right], 1)[won]} == {
        tuple(p) for p in np.stack([left[order], right[order]], 1)[again]
    }


@pytest.mark.feature("F14")
def test_rivalry_is_what_other_candidates_odds_take_off() -> None:
    """log2 odds after rivals = own − log2(1 + Σ others), also when one candidate dwarfs the rest."""
    left = np.array([0, 0, 0, 1, 2, 2])
    weight = np.array([300, 100, -200, 500, 4000, 100])
    got = decision.rivalry(left, weight)
    for k in range(len(left)):
        others = sum(2 ** (weight[m] / 100) for m in range(len(left)) if m != k and left[m] == left[k])
        assert got[k] == pytest.approx(-100 * np.log2(1 + others), abs=1)
    order = np.random.default_rng(2).permutation(len(left))
    assert decision.rivalry(left[order], weight[order]).tolist() == got[order].tolist()


@pytest.mark.feature("F14")
@pytest.mark.parametrize("far", [0, 10**6])
def test_pairs_in_order_need_no_ties(far: int) -> None:
    """Pairs ordered by their ties give the same winners without them, also when a weight needs more than 16 bits."""
    dice = np.random.default_rng(7)
    left, right = np.array(sorted({(int(a), int(b)) for a, b in dice.integers(0, 50, (800, 2))})).T
    weight = dice.integers(-8, 8, len(left)) * (far or 1)
    tie = dice.permutation(50).astype(np.uint64)
    order = in_order(left, right, tie)
    left, right, weight = left[order], right[order], weight[order]
    with_ties = decision.mutual_best(left, right, weight, (left, tie[right]))
    assert np.array_equal(decision.mutual_best(left, right, weight), with_ties) and with_ties.any()


@pytest.mark.feature("F14")
def test_threshold_by_simulated_absence_counts_both_worlds() -> None:
    """A record whose person is gone and who then takes a sibling lowers precision by the absent share only."""
    weights = np.array([900, 800, 700, 600])
    correct, absent = np.array([True, True, False, True]), np.array([False, False, True, False])
    trial = threshold.Trial(weights, correct, absent, np.zeros(4, dtype=bool), np.arange(4), np.ones(4))
    at, precision, recall, _ = threshold.curve(trial, 4, 0.2)
    assert at.tolist() == [900, 800, 700, 600]
    assert precision[1] == 1 and precision[2] == pytest.approx(1.6 / 1.8) and precision[3] == pytest.approx(2.4 / 2.6)
    assert recall[3] == pytest.approx(3 / 4)


@pytest.mark.feature("F12")
def test_relatives_count_only_others_and_tell_this_card_from_another() -> None:
    """A record's own earlier link once served as its relative's evidence."""
    known = household.Known.of(np.array([0, 1, 2]), np.array([7, 7, 8], np.uint64), np.array([100, 100, 300], np.uint64))
    record = np.array([0, 3, 3, 4, 5])
    family = np.array([7, 7, 7, 8, 9], np.uint64)
    card = np.array([100, 100, 200, 200, 100], np.uint64)
    assert household.evidence(record, family, card, known, 6).tolist() == [1, 1, 3, 3, 0]
    alone = household.Known.of(np.array([0]), np.array([7], np.uint64), np.array([100], np.uint64))
    assert household.evidence(np.array([0]), np.array([7], np.uint64), np.array([100], np.uint64), alone, 1).tolist() == [0]


@pytest.mark.feature("F12")
def test_cards_of_matched_relatives_are_searched_once_each() -> None:
    """A family with two cards (a split KK) gives both; a record without family gives none."""
    known = household.Known.of(np.array([0, 1, 2]), np.array([7, 7, 7], np.uint64), np.array([100, 100, 200], np.uint64))
    record, card = household.cards_to_search(np.array([3, 4]), np.array([7, 0], np.uint64), known)
    assert sorted(zip(record.tolist(), card.tolist(), strict=True)) == [(3, 100), (3, 200)]


@pytest.mark.feature("F14")
def test_clusters_hold_one_record_per_source_best_edges_first() -> None:
    """A chain a1–b1–a2 must not put two records of source A into one person."""
    source = np.array([0, 1, 0, 2])
    tie = np.arange(4, dtype=np.uint64)
    merged = merge_one_per_source(4, np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([500, 900, 300]), tie, source)
    assert merged[1] == merged[2] == merged[3] != merged[0]
    assert len(set(merge_all(4, np.array([0, 1]), np.array([1, 2])).tolist())) == 2


@pytest.mark.feature("F14")
def test_no_cluster_ever_holds_two_records_of_one_source() -> None:
    """Whatever the edges, the constraint holds, and joined records are connected."""
    dice = np.random.default_rng(9)
    n = 300
    edges = np.array([(a, b) for a, b in dice.integers(0, n, (2500, 2)) if a < b])
    source = dice.integers(0, 6, n)
    merged = merge_one_per_source(
        n, edges[:, 0], edges[:, 1], dice.integers(0, 50, len(edges)), np.arange(n, dtype=np.uint64), source
    )
    frame = pd.DataFrame({"cluster": merged, "source": source})
    assert not frame.duplicated().any()
    whole = merge_all(n, edges[:, 0], edges[:, 1])
    assert all(len(set(whole[merged == c])) == 1 for c in set(merged.tolist()))
    assert len(set(merged.tolist())) < n


@pytest.mark.feature("F14")
def test_match_rate_by_group_warns_only_when_the_interval_is_clear() -> None:
    """A group of 300 that is matched 20 points less often warns; the same share in 30 people does not."""
    config = load_linkage_config()
    n = 2000
    people = pa.table(
        {
            "record_key": [str(i) for i in range(n)],
            "nama_bersih": ["SUKARNI" if i < 300 else "BUDI SANTOSA" for i in range(n)],
            "jk": ["P" if i < 30 else "L" for i in range(n)],
            "kode_kelurahan": ["31.71.01.1001"] * n,
        }
    )
    matched = pa.table({"record_key": [str(i) for i in range(n)], "padan": [not (i < 300 and i % 10 < 3) for i in range(n)]})
    rows = {row["kelompok"]: row for row in measure.by_group(people, matched, "2025-12-31", config).to_pylist()}
    assert rows["nama satu kata"]["n"] == 300 and rows["nama satu kata"]["peringatan"]
    assert rows["perempuan"]["n"] == 30 and not rows["perempuan"]["peringatan"]
    assert rows["tanpa KK"]["n"] == n and rows["semua"]["persen"] == pytest.approx(100 * (1 - 90 / n))
    assert "anak" not in rows


@pytest.mark.feature("F14")
def test_calibration_and_interval() -> None:
    """Bins add up to all pairs; an empty bin says NaN, not 0; Wilson's interval holds the share."""
    p = np.array([0.05, 0.95, 0.97, 1.0])
    got = measure.calibration(p, np.array([False, True, True, True])).to_pylist()
    assert sum(row["n"] for row in got) == 4 and got[-1]["benar"] == 1 and np.isnan(got[4]["benar"])
    low, high = measure.wilson(80, 100)
    assert low < 0.8 < high and (low, high) == (pytest.approx(0.7111, abs=1e-3), pytest.approx(0.8666, abs=1e-3))


@pytest.mark.feature("F14")
def test_packed_columns_do_not_overlap() -> None:
    """Two comparisons sharing a bit would change each other's level."""
    spans = [(c.shift, c.shift + c.bits) for c in comparison.COLUMNS]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans)) and spans[-1][1] == comparison.BITS < 31
    assert all(len(c.levels) <= 2**c.bits for c in comparison.COLUMNS)


@given(st.lists(st.floats(0.0, 1e6), min_size=128, max_size=128))
def test_shares_of_labels_that_contradict_step_1_stay_shares(counts: list[float]) -> None:
    """Whatever levels the labels show, also those that step 1 refuses: each share lies in (0, 1] and a column's add up to 1."""
    config = load_linkage_config()
    begin = model.start_m(config)
    table = np.resize(np.array(counts), begin.shape)
    got = model.with_refused(model.normalised(table, config.smoothing, begin), begin, config.refused)
    for k, column in enumerate(comparison.COLUMNS):
        shares = got[k, 1 : len(column.levels)]
        assert (shares > 0).all() and (shares <= 1).all()
        assert shares.sum() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_weight_that_is_no_number_stops_the_run(wrong: float) -> None:
    """As a whole number it would be the smallest there is, and two of them added the largest: a match nobody judged."""
    assert model.centibits(np.array([1.234, -0.5])).tolist() == [123, -50]
    with pytest.raises(PadananError, match="tidak dapat dihitung"):
        model.centibits(np.array([1.0, wrong]))
