"""What labelled records would be matched to: with their person, without, and with a fault that step 1 refuses.

Thresholds are chosen in `threshold`, probabilities in `calibration`; nothing is learnt here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from padanan.linkage import blocking, comparison, model, threshold
from padanan.linkage.config import LinkageConfig
from padanan.linkage.judged import Judged
from padanan.linkage.pairs import Pairs

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# A record plays each of three parts once: its person is gone, it says something else of him, it is as it is.
_PARTS = 3
# Most of the true pairs may have one: a list in which one name stands in every row would ask for more than all.
_FAULTS_MOST = 0.5
# Hundredths of a bit: a pair that blocking would not have found.
_UNFOUND = -100_000
_NAME = frozenset({"skeleton", "t1", "t2", "t3"})
_DAY = frozenset({"dob", "day_month", "month_day"})
# Parts of blocking keys that a pair no longer shares at a level that step 1 refuses.
_LOST = {
    ("nama", "agak_mirip"): _NAME,
    ("nama", "kata_depan_sama"): frozenset({"skeleton"}),
    ("nama", "beda"): _NAME,
    ("lahir", "taksiran"): _DAY,
    ("lahir", "tahun_sama"): _DAY,
    ("lahir", "beda"): _DAY | {"year"},
}


@dataclass(frozen=True)
class Seen:
    """Simulated outcomes of the labelled records' pairs; aligned.

    Attributes:
        weight: after rivalry, hundredths of a bit. correct: it is the person. won: mutually best.
        mass: how many residue records' outcomes it stands for, up to a common factor. record: left number.
    """

    weight: Ints
    correct: Bools
    won: Bools
    mass: Floats
    record: Ints

    def only(self, mask: Bools) -> Seen:
        """The outcomes of `mask`."""
        return Seen(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Fault:
    """A level that step 1 refuses: its column's place, itself, its share of true pairs, the keys that still find such a pair."""

    column: int
    level: int
    share: float
    keys: np.uint32


def faults(m: Floats, config: LinkageConfig) -> list[Fault]:
    """The levels of `refused`, with the share that the model gives them.

    Labels passed step 1, so that they never show these levels though true pairs of the residue have them; a probability learnt
    from labels alone would call every such pair a stranger's.
    """
    found = []
    for k, column in enumerate(comparison.COLUMNS):
        for name in config.refused.get(column.name, ()):
            level = column.levels.index(name)
            found.append(Fault(k, level, float(m[k, level]), _found_by(_LOST.get((column.name, name), frozenset()))))
    return found


def _found_by(lost: frozenset[str]) -> np.uint32:
    """Blocking keys, as their bitmask, that have an arm without any of these parts."""
    mask = 1 << blocking.CARD_BIT
    for bit, (_, arms) in enumerate(blocking.ALL_KEYS):
        if any(not lost & {word for part in arm for word in part.split()} for arm in arms):
            mask |= 1 << bit
    return np.uint32(mask)


def outcomes(judged: Judged, part: Pairs, pool: threshold.Pool, rows: Ints, floor: int) -> Seen:
    """Every pair of the labelled records above the floor, each record judged three times.

    Args:
        part, pool: pairs that compete, their weight as other labels taught it (`heldout.weights`).
        rows: labelled records that may be judged by these weights.
        floor: hundredths of a bit under which a pair is not kept.
    """
    config, n = judged.setting.config, len(judged.setting.data)
    known = faults(judged.model.m, config)
    order = rows[np.argsort(judged.setting.data.tie[rows], kind="stable")]
    turn, kind = np.full(n, -1), np.full(n, -1)
    turn[order] = np.arange(len(order)) % _PARTS
    kind[order] = np.arange(len(order)) // _PARTS % max(len(known), 1)
    faulty, can = _with_fault(judged, part, pool, kind, known)
    shares = np.array([fault.share for fault in known] or [0.0])
    shares *= min(1.0, _FAULTS_MOST / max(float(shares.sum()), 1e-9))
    share = threshold.assumed_absent(judged.absent(), config)
    found = []
    for role in range(_PARTS):
        gone, changed = turn == role, (turn == (role + 1) % _PARTS) & bool(known)
        here = np.flatnonzero(~(pool.true & gone[pool.left]))
        weight = np.where(changed[pool.left[here]], faulty[here], pool.weight[here])
        won, final = threshold.decide(replace(pool.only(here), weight=weight))
        mine = (turn[pool.left[here]] >= 0) & (final >= floor) & (can[here] | ~changed[pool.left[here]])
        place, won, final = here[mine], won[mine], final[mine]
        record = pool.left[place]
        sound = (1.0 - share) * np.where(changed[record], shares[kind[record]] * len(shares), 1.0 - shares.sum())
        mass = np.where(gone[record], share, sound) * pool.trust[record]
        found.append((final, pool.true[place], won, mass, record))
    return Seen(*(np.concatenate([row[k] for row in found]) for k in range(5)))


def _with_fault(judged: Judged, part: Pairs, pool: threshold.Pool, kind: Ints, known: list[Fault]) -> tuple[Ints, Bools]:
    """(weight of every pair, the labelled ones with their record's fault; mask of pairs that can have it)."""
    weight, can = pool.weight.copy(), np.ones(len(pool.left), dtype=bool)
    here = np.flatnonzero(pool.true)
    if not known or not len(here):
        return weight, can
    before = part.packed[here]
    after, there = before.copy(), np.zeros(len(here), dtype=bool)
    keys = np.array([fault.keys for fault in known], dtype=np.uint32)
    fate = kind[part.left[here]]
    for number, fault in enumerate(known):
        mine, column = fate == number, comparison.COLUMNS[fault.column]
        after[mine] = comparison.with_level(before[mine], column, fault.level)
        there[mine] = comparison.level_of(before[mine], column) > 0
    patterns = model.Patterns.of(np.concatenate([before, after]))
    total = model.score(patterns, judged.model).total[patterns.inverse]
    # Rarity counts for what is equal: with another name or date there is little left of it.
    weight[here] += total[len(here) :] - total[: len(here)] - part.rarity[here]
    weight[here[(part.keys[here] & keys[np.maximum(fate, 0)]) == 0]] = _UNFOUND
    can[here] = there
    return weight, can
