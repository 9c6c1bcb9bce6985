"""What labels and people's answers say about the threshold: the calibration table, answers as labels of the next run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.generator import HARD, generate
from padanan.linkage import LinkResult, doubt, heldout, link, load_linkage_config, selection
from padanan.linkage.threshold import Thresholds

Hard = tuple[pa.Table, pa.Table, dict[str, str], LinkResult]
# The floor of the stated probability would hold the threshold where no label moves it.
LABELS_ALONE = load_linkage_config().model_copy(update={"automatic_probability": 0.01})


def _outcomes(seed: int, n: int = 400) -> selection.Outcomes:
    dice = np.random.default_rng(seed)
    weight = np.rint(dice.normal(0, 600, n)).astype(np.int64)
    correct = dice.random(n) < 1 / (1 + np.exp2(-weight / 100 - 2))
    absent = ~correct & (dice.random(n) < 0.3)
    return selection.Outcomes.of(weight, correct, absent, np.where(absent, 0.2, 0.8), 0.2, 500, n)


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
def test_answers_are_labels_for_the_threshold_of_the_next_run(hard: Hard) -> None:
    """Right answers on the pairs nearest under the threshold bring it down no lower than people looked, and precision stays."""
    people, register, truth, result = hard
    upper = result.thresholds.upper / 100
    waiting = [r for r in result.pairs.to_pylist() if r["status"] == "mungkin_padan" and r["bobot"] < upper]
    # What waits for another reason than its weight says nothing about the threshold.
    rows = [r for r in waiting if not r["penanda"] & doubt.HOLDS]
    first = sorted(rows, key=lambda r: (-r["bobot"], r["record_key"]))[:20]
    assert len(first) >= 5
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
