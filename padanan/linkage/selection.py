"""What people's answers say about the threshold: how answers already given move it.

The threshold's own rule belongs to `threshold`, what answers teach about pairs alike to `lessons`.
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
