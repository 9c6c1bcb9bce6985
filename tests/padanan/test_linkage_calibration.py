"""The stated probability: what outcomes it is learnt from, that it rises, and that it is kept on pairs whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage import promise
from benchmarks.linkage.generator import DEFAULT, HARD, generate
from padanan.linkage import calibration, decision, heldout, link, load_linkage_config, measure, model, simulation
from padanan.linkage.blocking import ALL_KEYS, CARD_BIT
from padanan.linkage.comparison import COLUMNS, level_of, with_level

CONFIG = load_linkage_config()


def _seen(n: int, *, offset: float, seed: int = 1) -> simulation.Seen:
    dice = np.random.default_rng(seed)
    weight = np.rint(dice.normal(0, 500, n)).astype(np.int64)
    correct = dice.random(n) < decision.probability((weight + 100 * offset).astype(np.int64))
    return simulation.Seen(weight, correct, np.ones(n, dtype=bool), np.ones(n), np.arange(n))


@pytest.mark.feature("F14")
def test_the_curve_finds_what_outcomes_show_and_rises() -> None:
    """Outcomes four bits surer than the weight says are stated so; the curve never falls; what lost is learnt apart."""
    won = _seen(40_000, offset=4)
    lost = replace(_seen(10_000, offset=-9, seed=2), won=np.zeros(10_000, dtype=bool))
    both = simulation.Seen(*(np.r_[getattr(won, k), getattr(lost, k)] for k in simulation.Seen.__dataclass_fields__))
    curve = calibration.fit(both)
    assert (np.diff(curve.won) >= 0).all() and (np.diff(curve.lost) >= 0).all()
    at = np.arange(-600, 601, 100)
    yes, no = np.ones(len(at), dtype=bool), np.zeros(len(at), dtype=bool)
    assert np.abs(curve.of(at, yes) - decision.probability(at + 400)).max() < 0.04
    assert curve.of(at, no).max() < 0.2 and curve.outcomes == 50_000
    least = curve.least(0.9)
    assert curve.of(np.array([least]), yes[:1])[0] >= 0.9 > curve.of(np.array([least - 26]), yes[:1])[0]


@pytest.mark.feature("F14")
def test_an_outcome_counts_as_much_as_its_label_is_plausible() -> None:
    """Wrong labels weigh nothing: with them as without them."""
    good = _seen(5_000, offset=0)
    wrong = replace(good, correct=~good.correct, mass=np.zeros(5_000))
    both = simulation.Seen(*(np.r_[getattr(good, k), getattr(wrong, k)] for k in simulation.Seen.__dataclass_fields__))
    at, yes = np.arange(-500, 501, 50), np.ones(21, dtype=bool)
    assert np.abs(calibration.fit(both).of(at, yes) - calibration.fit(good).of(at, yes)).max() < 0.03


@pytest.mark.feature("F14")
def test_few_outcomes_are_drawn_towards_the_models_own() -> None:
    """Three failures at one weight do not make a certainty of the contrary, nor do three hits."""
    three = simulation.Seen(np.full(3, 300), np.zeros(3, dtype=bool), np.ones(3, dtype=bool), np.ones(3), np.arange(3))
    told = calibration.fit(three).of(np.array([300]), np.array([True]))[0]
    assert 0.05 < told < 0.6
    assert calibration.Curve.none().of(np.array([300]), np.array([True]))[0] == decision.probability(np.array([300]))[0]


def test_a_level_is_put_in_place_of_another() -> None:
    """Only that comparison changes."""
    packed = np.array([sum(1 << c.shift for c in COLUMNS), 0], dtype=np.int32)
    for which in COLUMNS:
        got = with_level(packed, which, len(which.levels) - 1)
        assert (level_of(got, which) == len(which.levels) - 1).all()
        for other in COLUMNS:
            if other is not which:
                assert (level_of(got, other) == level_of(packed, other)).all()


@pytest.mark.feature("F14")
def test_a_fault_is_found_by_keys_that_do_not_need_what_it_changed() -> None:
    """Another year is found by no key with a date, another name by none with a word of it; a relative's card finds all."""
    faults = simulation.faults(model.start_m(CONFIG), CONFIG)
    known = {(COLUMNS[f.column].name, COLUMNS[f.column].levels[f.level]): f for f in faults}
    assert set(known) == {(name, level) for name, levels in CONFIG.refused.items() for level in levels}
    assert known["lahir", "beda"].share == pytest.approx(CONFIG.m_start["lahir"]["beda"], abs=1e-6)
    for (name, level), fault in known.items():
        found = [arms for bit, (_, arms) in enumerate(ALL_KEYS) if int(fault.keys) >> bit & 1]
        assert int(fault.keys) >> CARD_BIT & 1 and (("kk",),) in found
        used = {word for arms in found for arm in arms[:1] for part in arm for word in part.split()}
        assert "skeleton" not in used if name == "nama" else "dob" not in used
        assert ("year" in used) == (level != "beda" or name == "nama")


@pytest.mark.feature("F14")
@pytest.mark.parametrize("profile", [DEFAULT, HARD], ids=["default", "hard"])
def test_the_stated_probability_is_kept(profile: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Over two seeds that nothing was tuned on; pairs merged without a person, nearly all sure, are left out: they would hide
    the rest."""
    folder = tmp_path_factory.mktemp("janji")
    parts = [promise.seen(folder, profile, seed, CONFIG, (8_000, 60_000)) for seed in (411, 412)]  # type: ignore[arg-type]
    stated, right, merged = (np.concatenate([part[k] for part in parts]) for k in range(3))
    every, _ = measure.expected_error(measure.calibration(stated, right, promise.BINS), promise.LEAST)
    unsure, most = measure.expected_error(measure.calibration(stated[~merged], right[~merged], promise.BINS), promise.LEAST)
    assert every <= 0.005 and unsure <= 0.03 and most <= 0.15


@pytest.mark.feature("F14")
def test_a_list_without_labels_states_the_models_own(tmp_path: object) -> None:
    """Too few links by NIK: nothing is calibrated, the table is empty, and the list says so."""
    made = generate(tmp_path, 1500, 6000, DEFAULT, 5)  # type: ignore[arg-type]
    people = pq.read_table(made.list)
    none = pa.table({"record_key": pa.array([], pa.string()), "register_key": pa.array([], pa.string())})
    got = link(people, pq.read_table(made.register), CONFIG, step1=none)
    assert got.thresholds.labels == 0 and got.calibration == () and any("terlalu sedikit" in note for note in got.notes)
    own = np.round(decision.probability(np.rint(got.pairs.column("bobot").to_numpy() * 100).astype(np.int64)), 6)
    assert (got.pairs.column("peluang").to_numpy() == own).all()


@pytest.mark.feature("F14")
def test_whoever_stands_twice_in_a_list_is_not_stated_as_a_stranger(tmp_path: Path) -> None:
    """One resident, two records: the second lost him to the first, waits for a person, and keeps what its own evidence says."""
    made = generate(tmp_path, 3000, 12_000, DEFAULT, 6)
    people = pq.read_table(made.list)
    first = link(people, pq.read_table(made.register), CONFIG)
    sure = first.links.filter(pc.greater(first.links.column("bobot"), 20.0)).column("record_key")[:60]
    again = people.filter(pc.is_in(people.column("record_key"), sure.combine_chunks()))
    for name in ("record_key", "entity_key"):
        place = again.column_names.index(name)
        again = again.set_column(place, name, pc.binary_join_element_wise(again.column(name), "lagi", "-"))
    got = link(pa.concat_tables([people, again]), pq.read_table(made.register), CONFIG)
    twice = [
        row for row in got.records.to_pylist() if row["record_key"].endswith("-lagi") or row["record_key"] in sure.to_pylist()
    ]
    waiting = [row for row in twice if row["status"] == "mungkin_padan"]
    assert len(waiting) > 40
    own = decision.probability(np.rint(np.array([row["bobot"] for row in waiting]) * 100).astype(np.int64))
    assert [row["peluang"] for row in waiting] == pytest.approx(own, abs=1e-6) and own.min() > 0.5


def test_expected_error_counts_bins_that_hold_enough() -> None:
    """Two bins of 60 and one of 10: the small one does not count."""
    stated = np.r_[np.full(60, 0.1), np.full(60, 0.9), np.full(10, 0.5)]
    right = np.r_[np.zeros(60), np.ones(60), np.zeros(10)].astype(bool)
    error, most = measure.expected_error(measure.calibration(stated, right, 10), 50)
    assert error == pytest.approx(0.1) and most == pytest.approx(0.1)
    assert np.isnan(measure.expected_error(measure.calibration(stated[:3], right[:3], 10), 50)[0])


@pytest.mark.parametrize(
    ("label", "stated", "low", "seen", "high", "verdict"),
    [
        (17, 0.97, 0.02, 0.12, 0.34, heldout.FEW),
        (17, 0.12, 0.02, 0.12, 0.34, heldout.FEW),
        (90, 0.97, 0.06, 0.12, 0.21, heldout.BROKEN),
        (90, 0.20, 0.06, 0.12, 0.21, heldout.KEPT),
        (9000, 0.9999, 0.9985, 0.9991, 0.9995, heldout.KEPT),
    ],
)
def test_a_line_is_never_called_kept_against_what_was_seen(
    label: int, stated: float, low: float, seen: float, high: float, verdict: str
) -> None:
    """Few labels say nothing; a wide gap is a broken promise, one under half a point is none."""
    line = {"n": 3 * label, "label": label, "dinyatakan": stated, "teramati": seen, "teramati_bawah": low, "teramati_atas": high}
    assert heldout.verdict(line) == verdict
