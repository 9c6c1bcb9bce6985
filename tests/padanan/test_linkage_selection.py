"""What labels and people's answers say about the threshold: held-out calibration, the expected shift of an open pair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.generator import HARD, generate
from padanan.linkage import LinkResult, heldout, link, load_linkage_config, selection
from padanan.linkage.threshold import Thresholds

Hard = tuple[pa.Table, pa.Table, dict[str, str], LinkResult]
LIMITS = {"precision": 0.95, "strangers": 0.05}
# The floor of the stated probability would hold the threshold where no label moves it.
LABELS_ALONE = load_linkage_config().model_copy(update={"automatic_probability": 0.01})


def _outcomes(seed: int, n: int = 400) -> selection.Outcomes:
    dice = np.random.default_rng(seed)
    weight = np.rint(dice.normal(0, 600, n)).astype(np.int64)
    correct = dice.random(n) < 1 / (1 + np.exp2(-weight / 100 - 2))
    absent = ~correct & (dice.random(n) < 0.3)
    return selection.Outcomes.of(weight, correct, absent, np.where(absent, 0.2, 0.8), 0.2, 500, n)


def _threshold(outcomes: selection.Outcomes, answers: selection.Answers, grid: np.ndarray) -> float:
    left = selection.surplus(outcomes, answers, grid, **LIMITS)
    return float(grid[np.flatnonzero(left >= 0)].min(initial=grid.max() + 1))


@pytest.mark.feature("F14")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shift_is_the_threshold_moved_by_either_answer(seed: int) -> None:
    """The closed form equals adding one answer and looking for the threshold again, weighted by the answer's chance."""
    outcomes, none = _outcomes(seed), selection.Answers.none()
    grid = np.unique(outcomes.weight)
    upper = _threshold(outcomes, none, grid)
    weight = np.arange(int(upper) - 900, int(upper) + 300, 7)
    stated = 1 / (1 + np.exp2(-weight / 100))
    got = selection.shift(outcomes, none, int(upper), weight, stated, **LIMITS)
    chance = outcomes.chance(weight, stated)
    left = selection.surplus(outcomes, none, grid, **LIMITS)
    for w, p, found in zip(weight, chance, got, strict=True):
        with_padan = grid[left + (1 - p) * (grid <= w) >= 0].min(initial=int(upper))
        padan = min(max(with_padan, w), upper) if with_padan <= w else upper
        bukan = upper
        if w >= upper:
            bukan = min(grid[left - p * (grid <= w) >= 0].min(initial=grid.max() + 1), w + 1)
            bukan = max(bukan, upper)
        assert found == pytest.approx((p * (upper - padan) + (1 - p) * (bukan - upper)) / 100, abs=2e-4)
    assert got.max() > 0.01 and (got == 0).any()


@pytest.mark.feature("F14")
def test_an_answer_as_expected_changes_nothing_and_a_surprise_does() -> None:
    """The difference estimator adds answer − expectation: half "padan" where half is expected cancels out."""
    outcomes = _outcomes(5)
    at = np.unique(outcomes.weight)
    middle = int(at[len(at) // 2])
    chance = float(outcomes.chance(np.array([middle]), np.array([0.5]))[0])
    two = selection.Answers(np.array([middle, middle]), np.array([0.5, 0.5]), np.array([True, False]))
    got = two.correction(outcomes, at)
    assert got[at <= middle] == pytest.approx(1 - 2 * chance) and (got[at > middle] == 0).all()
    assert (selection.Answers.none().correction(outcomes, at) == 0).all()


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Hard:
    """A very hard list, wrong days and years among it: list, register, truth, result."""
    faults = replace(HARD, dob_day=0.15, dob_year=0.15, kk_missing=0.8, address_missing=0.8, name_typo=0.3)
    made = generate(tmp_path_factory.mktemp("klerikal"), 3000, 20_000, faults, 0)
    people, register, truth = (pq.read_table(p) for p in (made.list, made.register, made.truth))
    answer = dict(zip(truth["record_key"].to_pylist(), truth["register_key"].to_pylist(), strict=True))
    return people, register, answer, link(people, register, LABELS_ALONE)


@pytest.mark.feature("F14")
def test_no_answer_is_expected_to_carry_the_threshold_under_the_floor() -> None:
    """At the floor nothing is moved downwards; above it at most down to it."""
    outcomes, none = _outcomes(2), selection.Answers.none()
    grid = np.unique(outcomes.weight)
    upper = int(_threshold(outcomes, none, grid))
    weight = np.arange(upper - 900, upper)
    stated = 1 / (1 + np.exp2(-weight / 100))
    free = selection.shift(outcomes, none, upper, weight, stated, **LIMITS)
    held = selection.shift(outcomes, none, upper, weight, stated, floor=upper, **LIMITS)
    near = selection.shift(outcomes, none, upper, weight, stated, floor=upper - 10, **LIMITS)
    assert free.max() > 0 and (held == 0).all() and (near <= free).all() and near.max() <= 0.1 < free.max()


@pytest.mark.feature("F14")
def test_answers_are_labels_for_the_threshold_of_the_next_run(hard: Hard) -> None:
    """Right answers on the queue's first pairs bring the threshold down no lower than people looked, and precision stays."""
    people, register, truth, result = hard
    rows = [r for r in result.pairs.to_pylist() if r["status"] == "mungkin_padan"]
    rows.sort(key=lambda r: -r["geser_ambang"])
    assert len(rows) >= 20 and rows[0]["geser_ambang"] > 0
    first = [r for r in rows[:20] if r["geser_ambang"] > 0]
    words = pa.table(
        {
            "entity_key": [r["entity_key"] for r in first],
            "register_key": [r["register_key"] for r in first],
            "keputusan": ["padan" if truth[r["record_key"]] == r["register_key"] else "bukan" for r in first],
        }
    )
    again = link(people, register, LABELS_ALONE, decisions=words)
    assert again.thresholds.upper != result.thresholds.upper
    lowest = min(r["bobot"] for r in first) * 100
    # Relatives that the answers settle move the answered pairs themselves a little.
    assert again.thresholds.upper >= min(lowest, result.thresholds.upper) - 150
    counted = again.clerical
    assert counted["padan"] + counted["bukan"] == len(first)
    assert counted["padan_otomatis"] <= counted["padan_klerikal"] <= counted["padan"]
    links = again.links.to_pylist()
    assert sum(truth[r["record_key"]] == r["register_key"] for r in links) >= 0.995 * len(links)


@pytest.mark.feature("F14")
def test_calibration_has_every_bin_and_as_many_labels_as_there_are(hard: Hard) -> None:
    """Bins cover 0 to 1 without a hole; sure pairs are right as often as they say, within the interval."""
    table = hard[3].calibration
    assert [row["bawah"] for row in table] == list(heldout.EDGES[:-1])
    assert [row["atas"] for row in table] == list(heldout.EDGES[1:])
    labels = hard[3].thresholds.labels
    assert labels < sum(row["n"] for row in table)
    assert all(0 < row["label"] <= min(row["n"], labels) for row in table if row["n"])
    for row in table:
        if row["n"]:
            assert row["teramati_bawah"] <= row["teramati"] <= row["teramati_atas"]
            assert row["bawah"] - 1e-9 <= row["dinyatakan"] <= row["atas"] + 1e-9
    sure = table[-1]
    assert sure["n"] > 1000 and sure["teramati_atas"] >= 0.999 and sure["teramati"] >= 0.995


def test_calibration_table_of_known_shares() -> None:
    """Four outcomes of one half and weights that differ: the observed share is the weighted one."""
    half = np.full(4, 0.5)
    got = heldout.table(half, np.array([True, True, True, False]), np.array([1.0, 1.0, 1.0, 3.0]), np.array([1, 2, 2, 3]))
    filled = [row for row in got if row["n"]]
    assert len(filled) == 1 and filled[0]["dinyatakan"] == 0.5 and filled[0]["teramati"] == 0.5
    assert (filled[0]["n"], filled[0]["label"]) == (4, 3)
    assert filled[0]["teramati_bawah"] < 0.2 and filled[0]["teramati_atas"] > 0.8


def test_clerical_answers_are_truth_for_both_thresholds() -> None:
    """Counts at or above each threshold."""
    answers = selection.Answers(np.array([900, 300, 100, 350]), np.full(4, 0.9), np.array([True, True, False, False]))
    limits = Thresholds(500, 200, 0.99, 0.9, 0.99, 200, 0.1, 1000)
    got = heldout.clerical(answers, limits)
    assert got == {
        "padan": 2, "bukan": 2, "padan_otomatis": 1, "bukan_otomatis": 0, "padan_klerikal": 2, "bukan_klerikal": 1,
    }  # fmt: skip
