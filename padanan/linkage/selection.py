"""What people's answers say about the threshold: how answers already given move it, and which open pair would move it most.

The threshold's own rule belongs to `threshold`; the queue as a workbook belongs to `padanan/evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Labelled outcomes around a weight from which its chance is read.
_NEIGHBOURS = 50


@dataclass(frozen=True)
class Outcomes:
    """What labelled records won, with and without their person (`threshold.outcomes`), as weights ascending.

    Attributes:
        weight: hundredths of a bit. correct: the pair is the person. absent: its record was judged without its person.
        mass: how many residue records each outcome stands for. strangers: residue records without a person.
    """

    weight: Ints
    correct: Bools
    absent: Bools
    mass: Floats
    strangers: float

    @classmethod
    def of(cls, weight: Ints, correct: Bools, absent: Bools, mass: Floats, share: float, residue: int, labels: float) -> Outcomes:
        """Outcomes scaled to the residue.

        Args:
            weight, correct, absent, mass: aligned (`threshold.Trial`).
            share: of residue records without a person in the register.
            residue, labels: records to be matched, and labelled ones (by their trust).
        """
        order = np.argsort(weight, kind="stable")
        scale = residue / max(labels, 1.0)
        return cls(weight[order], correct[order], absent[order], mass[order] * scale, share * residue)

    def above(self, value: Floats, at: Ints) -> Floats:
        """Sum of a value of the outcomes at or above each weight."""
        sums = np.r_[np.cumsum(value[::-1])[::-1], 0.0]
        return np.asarray(sums[np.searchsorted(self.weight, at, side="left")])

    def chance(self, weight: Ints, stated: Floats) -> Floats:
        """Chance that a pair of this weight is the person: the share among the labelled outcomes around it.

        Args:
            weight: of each pair. stated: the model's probability, which counts as one outcome more.
        """
        n = len(self.weight)
        if n == 0:
            return stated
        hits = np.r_[0.0, np.cumsum(np.where(self.correct, self.mass, 0.0))]
        taken = np.r_[0.0, np.cumsum(self.mass)]
        middle = np.searchsorted(self.weight, weight, side="left")
        low = np.clip(middle - _NEIGHBOURS // 2, 0, n)
        high = np.clip(middle + _NEIGHBOURS // 2, 0, n)
        one = float(self.mass.mean())
        return np.asarray((hits[high] - hits[low] + one * stated) / (taken[high] - taken[low] + one))


@dataclass(frozen=True)
class Answers:
    """Pairs that people decided: their weight by evidence alone, the model's probability, and the answer."""

    weight: Ints
    stated: Floats
    same: Bools

    @classmethod
    def none(cls) -> Answers:
        """No answers."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=bool))

    def correction(self, outcomes: Outcomes, at: Ints) -> Floats:
        """Σ (answer − expected) over the answers at or above each weight of `at`.

        A difference estimator: the labelled records say what the residue's pairs are expected to be, an answer replaces
        that expectation where a person has looked (Särndal, Swensson, Wretman, Model Assisted Survey Sampling, 1992, ch. 6).
        """
        if len(self.weight) == 0:
            return np.zeros(len(at))
        order = np.argsort(self.weight, kind="stable")
        gap = (self.same - outcomes.chance(self.weight, self.stated))[order]
        above = np.r_[np.cumsum(gap[::-1])[::-1], 0.0]
        return np.asarray(above[np.searchsorted(self.weight[order], at, side="left")])


def surplus(outcomes: Outcomes, answers: Answers, at: Ints, precision: float, strangers: float) -> Floats:
    """How many wrong links more each weight could bear as a threshold: the smaller of what its two limits leave.

    Args:
        at: weights.
        precision: asked of what lies at or above; strangers: most of the records without a person that may lie there.

    Returns:
        Residue records; negative where a limit is broken.
    """
    right = outcomes.above(outcomes.mass * (np.where(outcomes.correct, 1.0, 0.0) - precision), at)
    alone = strangers * outcomes.strangers - outcomes.above(np.where(outcomes.absent, outcomes.mass, 0.0), at)
    return np.asarray(np.minimum(right, alone) + answers.correction(outcomes, at))


def shift(
    outcomes: Outcomes,
    answers: Answers,
    upper: int,
    weight: Ints,
    stated: Floats,
    *,
    precision: float,
    strangers: float,
    floor: float = -np.inf,
) -> Floats:
    """Bits by which the automatic threshold is expected to move when a person answers each pair.

    The threshold is the lowest weight u whose `surplus` s(u) is not negative. The answer "padan" on a pair at weight w with
    chance p adds 1 − p to s(u) for every u ≤ w, "bukan" takes p off:

        shift = p · |u(padan) − u| + (1 − p) · |u(bukan) − u|

    which is the expected model change of active learning (Settles, Active Learning Literature Survey, 2009, §3.3) with the
    threshold as the model.

    Args:
        outcomes: labelled outcomes, scaled to the residue. answers: given so far.
        upper: the threshold now, in hundredths of a bit.
        weight, stated: of the open pairs.
        precision, strangers: the threshold's two limits.
        floor: no answer carries the threshold under it, in hundredths of a bit.

    Returns:
        Bits, 0 where neither answer moves the threshold.
    """
    grid = np.unique(outcomes.weight)[::-1]
    if len(grid) == 0:
        return np.zeros(len(weight))
    left = surplus(outcomes, answers, grid, precision, strangers)
    # Best surplus at or below each weight, falling: how far down a gain can carry the threshold.
    reach = np.maximum.accumulate(left[::-1])[::-1]
    p = outcomes.chance(weight, stated)
    now = float(upper)
    down = np.searchsorted(-reach, 1.0 - p, side="right") - 1  # the last place with reach >= -(1 - p)
    lower = np.where(down >= 0, grid[np.maximum(down, 0)], now).astype(float)
    # The gain counts at or below the pair, and the threshold goes no lower than people have looked.
    seen = np.minimum(weight, answers.weight.min()) if len(answers.weight) else weight
    padan = np.where(lower <= weight, np.minimum(np.maximum(np.maximum(lower, seen), floor), now), now)
    up = np.searchsorted(-reach, -p, side="right") - 1  # the last place with reach >= p
    higher = np.where(up >= 0, grid[np.maximum(up, 0)], grid[0] + 1).astype(float)
    # Just over the pair nothing is lost, so that the threshold never has to go further; under the threshold nothing changes.
    bukan = np.where(weight >= upper, np.maximum(np.minimum(higher, weight + 1.0), now), now)
    return np.asarray(np.round((p * (now - padan) + (1.0 - p) * (bukan - now)) / 100.0, 4))
