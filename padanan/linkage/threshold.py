"""Thresholds by simulated absence: labelled records are judged with and without their true person in the register.

What is labelled belongs to the pipeline; measures against known truth belong to `measure`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    """Pairs that compete: sides, weight before rivalry, which pairs are true among labelled records, which wait for a person.

    `trust` and `family` are by left record: how plausible its label is (0..1), and its family in the list (0 = none known).
    """

    left: Ints
    right: Ints
    weight: Ints
    true: Bools
    held: Bools
    trust: Floats
    family: UInt64s

    def only(self, mask: Bools | Ints) -> Pool:
        """The pairs of a mask or of positions."""
        return replace(self, **{name: getattr(self, name)[mask] for name in ("left", "right", "weight", "true", "held")})


@dataclass(frozen=True)
class Trial:
    """What labelled records would be matched to, once with and once without their person; aligned.

    Attributes:
        weight: of the winning pair, in hundredths of a bit. correct: it is the person. absent: judged without the person.
        held: a person would have been asked. record: left number. trust: of its label.
    """

    weight: Ints
    correct: Bools
    absent: Bools
    held: Bools
    record: Ints
    trust: Floats

    def only(self, mask: Bools) -> Trial:
        """The outcomes of `mask`."""
        return Trial(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))

    @property
    def merged(self) -> Trial:
        """Those that nobody would have been asked about."""
        return self.only(~self.held)

    def mass(self, share: float) -> Floats:
        """What each counts when `share` of the records have no person."""
        return np.asarray(np.where(self.absent, share, 1.0 - share) * self.trust)


def decide(pool: Pool) -> tuple[Bools, Ints]:
    """Winners of the pool and every pair's final weight (after rivalry)."""
    final = pool.weight + decision.rivalry(pool.left, pool.weight)
    return decision.mutual_best(pool.left, pool.right, final), final


def outcomes(pool: Pool, labelled: Ints) -> Trial:
    """What labelled records would be matched to, once with and once without their person.

    Args:
        pool: pairs of all records, labelled ones among them.
        labelled: the labelled records (left numbers).
    """
    marked = np.zeros(len(pool.trust), dtype=bool)
    marked[labelled] = True
    half = np.zeros(len(pool.trust), dtype=bool)
    half[labelled[::2]] = True
    found = []
    # Half of the people are taken out at a time, so that one-to-one stays as crowded as it is.
    for gone in (half, marked & ~half):
        part = pool.only(~(pool.true & gone[pool.left]))
        won, final = decide(part)
        mine = won & marked[part.left]
        record = part.left[mine]
        found.append((final[mine], part.true[mine], gone[record], part.held[mine], record))
    weight, correct, absent, held, record = (np.concatenate([row[k] for row in found]) for k in range(5))
    return Trial(weight, correct, absent, held, record, pool.trust[record])


def without_relatives(pool: Pool, labelled: Ints, trial: Trial) -> Trial:
    """The trial, harder on those without their person: once more with their family's other records left out of the list.

    Else a twin or brother would always take the resident whom the absent one resembles. The heavier outcome counts.

    Args:
        pool, labelled: as of `outcomes`, which gave `trial`.
    """
    chosen = np.zeros(len(pool.trust), dtype=bool)
    chosen[one_of_each(labelled, pool.family)] = True
    part = pool.only(chosen[pool.left] & ~pool.true)
    won, final = decide(part)
    record, weight, held = part.left[won], final[won], part.held[won]
    before = np.full(len(chosen), np.iinfo(np.int64).min, dtype=np.int64)
    before[trial.record[trial.absent]] = trial.weight[trial.absent]
    heavier = weight > before[record]
    record, weight, held = record[heavier], weight[heavier], held[heavier]
    stays = ~(trial.absent & np.isin(trial.record, record))
    kept = trial.only(stays)
    return Trial(
        np.r_[kept.weight, weight],
        np.r_[kept.correct, np.zeros(len(weight), dtype=bool)],
        np.r_[kept.absent, np.ones(len(weight), dtype=bool)],
        np.r_[kept.held, held],
        np.r_[kept.record, record],
        np.r_[kept.trust, pool.trust[record]],
    )


def one_of_each(labelled: Ints, family: UInt64s) -> Ints:
    """The first labelled record of each family that is known."""
    known = labelled[family[labelled] != 0]
    return np.asarray(known[np.unique(family[known], return_index=True)[1]])


def curve(trial: Trial, labels: float, share: float) -> tuple[Ints, Floats, Floats, Floats]:
    """Precision, recall and F1 at every distinct weight, descending, when `share` of the records have no person.

    Args:
        trial: from `outcomes`.
        labels: trust of all labelled records together.
    """
    if len(trial.weight) == 0 or labels <= 0:
        empty = np.empty(0)
        return np.empty(0, dtype=np.int64), empty, empty, empty
    order = np.argsort(-trial.weight, kind="stable")
    weights, correct, mass = trial.weight[order], trial.correct[order], trial.mass(share)[order]
    hits = np.cumsum(np.where(correct, mass, 0.0))
    taken = np.cumsum(mass)
    last = np.r_[weights[1:] != weights[:-1], True]
    precision = hits / np.maximum(taken, 1e-12)
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
    pool: Pool,
    labelled: Ints,
    absent: float,
    config: LinkageConfig,
    answers: Answers | None = None,
    residue: int = 0,
    floor: int | None = None,
) -> Thresholds:
    """The thresholds of one list.

    Args:
        pool: pairs of the residue and of the labelled records, NIK of the latter hidden.
        labelled: labelled records.
        absent: estimated share of residue records whose person is in no register.
        config: asked precision and fall-backs.
        answers: what people decided about pairs of the residue; they correct the precision that the labels let expect.
        residue: records to be matched, with answers.
        floor: the automatic threshold lies no lower, hundredths of a bit; None: where the model's own probability is the least
            that may be merged.
    """
    share = assumed_absent(absent, config)
    if len(labelled) < config.training_min:
        return without_labels(share, config)
    trial = outcomes(pool, labelled)
    labels = float(pool.trust[labelled].sum())
    every, _, _, f1 = curve(trial, labels, share)
    trial = without_relatives(pool, labelled, trial).merged
    at, precision, recall, _ = curve(trial, labels, share)
    if len(at) == 0:
        return without_labels(share, config)
    wanted = wanted_precision(config)
    best = int(np.argmax(f1))
    # The lowest weight at which both hold: precision, and few records without a person matched to somebody.
    order = np.argsort(trial.weight[trial.absent], kind="stable")
    strangers, trust = trial.weight[trial.absent][order], trial.trust[trial.absent][order]
    above = np.r_[np.cumsum(trust[::-1])[::-1], 0.0]
    taken_in = above[np.searchsorted(strangers, at, side="left")] / max(labels, 1e-9)
    lowest = int(at[-1])
    if answers is not None and len(answers.weight):
        # Answers speak for what people looked at: they carry the threshold no lower than the lowest of those pairs.
        plain = np.flatnonzero((precision >= wanted) & (taken_in <= config.absent_matched))
        lowest = min(int(answers.weight.min()), int(at[plain[-1]]) if len(plain) else int(at[0]))
        scaled = Outcomes.of(trial.weight, trial.correct, trial.absent, trial.mass(share), share, residue, labels)
        more = answers.correction(scaled, at)
        precision = np.clip(precision + more / np.maximum(scaled.above(scaled.mass, at), 1e-9), 0.0, 1.0)
        taken_in = np.maximum(taken_in - more / max(scaled.strangers, 1e-9), 0.0)
    enough = np.flatnonzero((precision >= wanted) & (taken_in <= config.absent_matched) & (at >= lowest))
    if len(enough):
        place = int(enough[-1])
    else:
        place = int(np.argmax(precision - taken_in))
    upper = int(at[place])
    floor = bits(config.automatic_probability) if floor is None else floor
    if upper < floor:
        # Labels alone would carry it to pairs that the model itself calls unsure: no person could defend such a merge.
        upper = floor
        place = max(int(np.searchsorted(-at, -floor, side="right")) - 1, 0)
    lower = int(min(every[best], upper))
    return Thresholds(
        upper, lower, float(precision[place]), float(recall[place]), float(f1[best]), int(every[best]), share, len(labelled)
    )


def bits(probability: float) -> int:
    """Hundredths of a bit of a probability."""
    return round(100 * float(np.log2(probability / (1 - probability))))


def without_labels(share: float, config: LinkageConfig) -> Thresholds:
    """Thresholds at the model's own probabilities, for a list without enough step-1 links."""
    upper, lower = bits(config.unlabelled_upper), bits(config.unlabelled_lower)
    return Thresholds(upper, lower, float("nan"), float("nan"), float("nan"), lower, share, 0)
