"""The probability that a pair is stated with: what simulated outcomes of labels show at its weight, by isotonic regression.

How outcomes are simulated belongs to `simulation`, held-out weights to `heldout`; thresholds are chosen in `threshold`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression  # type: ignore[import-untyped]

from padanan.linkage import decision, heldout, simulation, threshold
from padanan.linkage.judged import HOPELESS, Judged
from padanan.linkage.simulation import Seen

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Hundredths of a bit: outcomes are read at this step, and beyond the ends nothing changes any more.
_STEP, _LOW, _HIGH = 25, -1000, 4000
# Outcomes that a guess counts as at every step, for winners the model's own probability: what few labels show is drawn there.
_OWN = 0.5


@dataclass(frozen=True)
class Curve:
    """Stated probability by weight, of pairs that won their one-to-one and of those that lost it.

    Attributes:
        weight: ascending, hundredths of a bit. won, lost: probability at each; both rise.
        outcomes: simulated outcomes of labels behind it; 0 means the model's own probability is stated.
    """

    weight: Ints
    won: Floats
    lost: Floats
    outcomes: int

    @classmethod
    def none(cls) -> Curve:
        """Nothing is known but the model's own probability."""
        empty = np.empty(0)
        return cls(np.empty(0, dtype=np.int64), empty, empty, 0)

    def of(self, weight: Ints, won: Bools) -> Floats:
        """Probability of pairs."""
        if not self.outcomes:
            return decision.probability(weight)
        return np.asarray(
            np.where(won, np.interp(weight, self.weight, self.won), np.interp(weight, self.weight, self.lost)), dtype=np.float64
        )

    def least(self, probability: float) -> int:
        """The smallest weight at which a winning pair has at least this probability."""
        if not self.outcomes:
            return threshold.bits(probability)
        place = int(np.searchsorted(self.won, probability, side="left"))
        return int(self.weight[min(place, len(self.weight) - 1)])


def fit(seen: Seen) -> Curve:
    """The curve of outcomes (isotonic regression, Barlow et al. 1972, by pooling adjacent violators).

    Weighted by mass: how plausible the label is, and how often such an outcome is met in the residue.
    """
    if not len(seen.weight):
        return Curve.none()
    grid = np.arange(_LOW, _HIGH + 1, _STEP)
    scale = len(seen.mass) / max(float(seen.mass.sum()), 1e-12)
    place = np.clip(np.rint((seen.weight - _LOW) / _STEP).astype(np.int64), 0, len(grid) - 1)

    def rising(side: Bools, own: Floats | None) -> Floats:
        # Whole millionths: the sum must not depend on the order of pairs.
        mass = np.rint(seen.mass * scale * 1e6) * side
        taken = np.bincount(place, mass, len(grid)) / 1e6
        hits = np.bincount(place, mass * seen.correct, len(grid)) / 1e6
        # Whoever lost did so to a better pair: its weight says little, so that all of them together are the guess.
        guess = (hits.sum() + _OWN) / (taken.sum() + 2 * _OWN) if own is None else own
        share = (hits + _OWN * guess) / (taken + _OWN)
        return np.asarray(np.clip(isotonic_regression(share, weights=taken + _OWN).x, 0.0, 1.0))

    return Curve(grid, rising(seen.won, decision.probability(grid)), rising(~seen.won, None), len(seen.weight))


@dataclass(frozen=True)
class Calibrated:
    """The curve of a run and its table on outcomes that other outcomes' curves state (`heldout.table`)."""

    curve: Curve
    table: list[dict[str, Any]]


def learn(judged: Judged) -> Calibrated:
    """The curve of a finished run, from labels that did not teach the weights they are judged by.

    The table is cross-fitted: of two halves of the labels each is stated by the curve of the other. Without enough labels the
    model's own probability is stated, and the table is empty.
    """
    part, pool = judged.labelled()
    weight, rows = heldout.weights(judged, part)
    if len(rows) < judged.setting.config.training_min:
        return Calibrated(Curve.none(), [])
    floor = max(int(judged.setting.config.keep_floor * 100), HOPELESS)
    seen = simulation.outcomes(judged, part, replace(pool, weight=weight), rows, floor)
    half = np.zeros(len(judged.setting.data), dtype=bool)
    half[rows[np.argsort(judged.setting.data.tie[rows], kind="stable")][::2]] = True
    first = half[seen.record]
    stated = np.where(first, fit(seen.only(~first)).of(seen.weight, seen.won), fit(seen.only(first)).of(seen.weight, seen.won))
    return Calibrated(fit(seen), heldout.table(stated, seen.correct, seen.mass, seen.record))
