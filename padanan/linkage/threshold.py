"""Thresholds by simulated absence: labelled records are judged with and without their true person in the register.

What is labelled belongs to the pipeline; measures against known truth belong to `measure`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from padanan.linkage import decision
from padanan.linkage.config import LinkageConfig
from padanan.linkage.selection import Answers, Outcomes

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
UInt64s = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Thresholds:
    """Weights in hundredths of a bit: at or above `upper` a pair is merged, from `lower` a person decides.

    Attributes:
        precision, recall: expected at `upper`; best_f1: at `lower` or above.
        absent: share of records assumed to have no person in the register.
        labels: labelled records behind it; 0 means the model's own probabilities were used.
    """

    upper: int
    lower: int
    precision: float
    recall: float
    best_f1: float
    best_at: int
    absent: float
    labels: int


@dataclass(frozen=True)
class Pool:
    """Pairs that compete: sides, weight before rivalry, and which pairs are true among labelled records."""

    left: Ints
    right: Ints
    weight: Ints
    true: Bools
    n_left: int

    def only(self, mask: Bools) -> Pool:
        """The pairs of `mask`."""
        return Pool(
            self.left[mask],
            self.right[mask],
            self.weight[mask],
            self.true[mask],
            self.n_left,
        )


def decide(pool: Pool) -> tuple[Bools, Ints]:
    """Winners of the pool and every pair's final weight (after rivalry)."""
    final = pool.weight + decision.rivalry(pool.left, pool.weight)
    return decision.mutual_best(pool.left, pool.right, final), final


def outcomes(pool: Pool, labelled: Ints) -> tuple[Ints, Bools, Bools]:
    """What labelled records would be matched to, once with and once without their person.

    Args:
        pool: pairs of all records, labelled ones among them.
        labelled: the labelled records (left numbers).

    Returns:
        Aligned (weight, correct, absent) of every winning pair of a labelled record, both ways.
    """
    marked = np.zeros(pool.n_left, dtype=bool)
    marked[labelled] = True
    half = np.zeros(pool.n_left, dtype=bool)
    half[labelled[::2]] = True
    weights, correct, absent = [], [], []
    # Half of the people are taken out at a time, so that one-to-one stays as crowded as it is.
    for gone in (half, marked & ~half):
        part = pool.only(~(pool.true & gone[pool.left]))
        won, final = decide(part)
        mine = won & marked[part.left]
        weights.append(final[mine])
        correct.append(part.true[mine])
        absent.append(gone[part.left[mine]])
    return np.concatenate(weights), np.concatenate(correct), np.concatenate(absent)


def curve(weights: Ints, correct: Bools, absent: Bools, labels: int, share: float) -> tuple[Ints, Floats, Floats, Floats]:
    """Precision, recall and F1 at every distinct weight, descending, when `share` of the records have no person."""
    if len(weights) == 0 or labels == 0:
        empty = np.empty(0)
        return np.empty(0, dtype=np.int64), empty, empty, empty
    order = np.argsort(-weights, kind="stable")
    weights, correct, absent = weights[order], correct[order], absent[order]
    mass = np.where(absent, share, 1.0 - share)
    hits = np.cumsum(np.where(correct, mass, 0.0))
    taken = np.cumsum(mass)
    last = np.r_[weights[1:] != weights[:-1], True]
    precision = hits / taken
    recall = hits / ((1.0 - share) * labels)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return weights[last], precision[last], recall[last], f1[last]


def wanted_precision(config: LinkageConfig) -> float:
    """What the labels must show, so that the asked precision holds although labels are a sample."""
    return min(config.precision + config.precision_guard, 0.9999)


def assumed_absent(absent: float, config: LinkageConfig) -> float:
    """Share of residue records reckoned without a person: the estimate, within limits."""
    return float(np.clip(max(absent, config.absent_share), 0.0, 0.6))


def choose(
    pool: Pool, labelled: Ints, absent: float, config: LinkageConfig, answers: Answers | None = None, residue: int = 0
) -> Thresholds:
    """The thresholds of one list.

    Args:
        pool: pairs of the residue and of the labelled records, NIK of the latter hidden.
        labelled: labelled records.
        absent: estimated share of residue records whose person is in no register.
        config: asked precision and fall-backs.
        answers: what people decided about pairs of the residue; they correct the precision that the labels let expect.
        residue: records to be matched, with answers.
    """
    share = assumed_absent(absent, config)
    if len(labelled) < config.training_min:
        return without_labels(share, config)
    weights, correct, gone = outcomes(pool, labelled)
    at, precision, recall, f1 = curve(weights, correct, gone, len(labelled), share)
    if len(at) == 0:
        return without_labels(share, config)
    wanted = wanted_precision(config)
    best = int(np.argmax(f1))
    # The lowest weight at which both hold: precision, and few records without a person matched to somebody.
    strangers = np.sort(weights[gone])
    taken_in = (len(strangers) - np.searchsorted(strangers, at, side="left")) / max(len(labelled), 1)
    lowest = int(at[-1])
    if answers is not None and len(answers.weight):
        # Answers speak for what people looked at: they carry the threshold no lower than the lowest of those pairs.
        plain = np.flatnonzero((precision >= wanted) & (taken_in <= config.absent_matched))
        lowest = min(int(answers.weight.min()), int(at[plain[-1]]) if len(plain) else int(at[0]))
        scaled = Outcomes.of((weights, correct, gone), share, residue, len(labelled))
        more = answers.correction(scaled, at)
        precision = np.clip(precision + more / np.maximum(scaled.above(scaled.mass, at), 1e-9), 0.0, 1.0)
        taken_in = np.maximum(taken_in - more / max(scaled.strangers, 1e-9), 0.0)
    enough = np.flatnonzero((precision >= wanted) & (taken_in <= config.absent_matched) & (at >= lowest))
    if len(enough):
        place = int(enough[-1])
    else:
        place = int(np.argmax(precision - taken_in))
    upper = int(at[place])
    floor = bits(config.automatic_probability)
    if upper < floor:
        # Labels alone would carry it to pairs that the model itself calls unsure: no person could defend such a merge.
        upper = floor
        place = max(int(np.searchsorted(-at, -floor, side="right")) - 1, 0)
    lower = int(min(at[best], upper))
    return Thresholds(
        upper, lower, float(precision[place]), float(recall[place]), float(f1[best]), int(at[best]), share, len(labelled)
    )


def bits(probability: float) -> int:
    """Hundredths of a bit of a probability."""
    return round(100 * float(np.log2(probability / (1 - probability))))


def without_labels(share: float, config: LinkageConfig) -> Thresholds:
    """Thresholds at the model's own probabilities, for a list without enough step-1 links."""
    upper, lower = bits(config.unlabelled_upper), bits(config.unlabelled_lower)
    return Thresholds(upper, lower, float("nan"), float("nan"), float("nan"), lower, share, 0)
