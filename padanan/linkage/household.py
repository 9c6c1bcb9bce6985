"""Relatives already matched as evidence: into this family card, into another one, and the card as a source of candidates.

How much evidence moves a pair over a threshold belongs to `decision`; split cards are kept as links, never merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from padanan.linkage.config import LinkageConfig
from padanan.linkage.model import CLASSES, centibits

Ints = npt.NDArray[np.int64]
Int8s = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
UInt64s = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

LEVELS = (
    "belum ada kerabat yang padan",
    "kerabat padan pada kartu ini",
    "kerabat padan pada kartu ini dan kartu lain",
    "kerabat padan pada kartu lain",
)
_GROUPS = 3  # KK: agrees (or one digit off), missing, differs


@dataclass(frozen=True)
class Known:
    """Links that are sure: the record, its family in the list, the family card of its resident (0 = none known)."""

    record: Ints
    family: UInt64s
    card: UInt64s

    @classmethod
    def of(cls, record: Ints, family: UInt64s, card: UInt64s) -> Known:
        """Only links whose family and card are known."""
        ok = (family != 0) & (card != 0)
        return cls(record[ok], family[ok], card[ok])


def _lookup(keys: UInt64s, values: Ints, wanted: UInt64s) -> Ints:
    """values[keys == wanted], 0 where there is none; `keys` ascending and distinct."""
    if len(keys) == 0:
        return np.zeros(len(wanted), dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)


def _joined(family: UInt64s, card: UInt64s) -> UInt64s:
    """One 64-bit key of (family, card)."""
    return np.asarray((family * np.uint64(0x9E3779B97F4A7C15)) ^ (card * np.uint64(0xC2B2AE3D27D4EB4F)))


def evidence(record: Ints, family: UInt64s, card: UInt64s, known: Known, n_records: int) -> Int8s:
    """Level of `LEVELS` of each pair; a record's own link is never its evidence.

    Args:
        record, family: list record of each pair and its family in the list.
        card: family card of each pair's resident.
        known: sure links.
        n_records: numbers of records go below it.
    """
    level = np.zeros(len(record), dtype=np.int8)
    if len(known.record) == 0 or len(record) == 0:
        return level
    families, per_family = np.unique(known.family, return_counts=True)
    pairs, per_pair = np.unique(_joined(known.family, known.card), return_counts=True)
    n_all = _lookup(families, per_family.astype(np.int64), family)
    n_here = _lookup(pairs, per_pair.astype(np.int64), _joined(family, card))
    own_card = np.zeros(n_records, dtype=np.uint64)
    own_card[known.record] = known.card
    linked = own_card[record] != 0
    n_all = n_all - linked
    n_here = n_here - (linked & (own_card[record] == card))
    usable = (family != 0) & (card != 0)
    n_other = n_all - n_here
    level[usable & (n_here > 0) & (n_other == 0)] = 1
    level[usable & (n_here > 0) & (n_other > 0)] = 2
    level[usable & (n_here <= 0) & (n_other > 0)] = 3
    return level


def bits(level: Int8s, kk_level: Ints, rival: npt.NDArray[Any], true: Bools, false_mass: Floats, config: LinkageConfig) -> Ints:
    """Hundredths of a bit of each pair's evidence, learnt per KK level and per rival explanation.

    Siblings share the card, so that a matched relative says little against "serumah" and much against "orang lain".

    Args:
        level: from `evidence`.
        kk_level: comparison level of the family card.
        rival: the non-match class that explains the pair best.
        true: pairs known to be one person.
        false_mass: weight of each pair as a non-match.
        config: bits used without labels, and the limits.
    """
    group = np.select([(kk_level == 1) | (kk_level == 2), kk_level == 0], [0, 1], 2).astype(np.int64)
    n_levels, n_classes = len(LEVELS), len(CLASSES)
    m = np.bincount(group[true] * n_levels + level[true], minlength=_GROUPS * n_levels).reshape(_GROUPS, n_levels).astype(float)
    cell = (group * n_classes + rival) * n_levels + level
    u = (
        np.bincount(cell, weights=np.rint(false_mass * 1e6), minlength=_GROUPS * n_classes * n_levels).reshape(
            _GROUPS, n_classes, n_levels
        )
        / 1e6
    )
    low, high = config.household_bits[1], config.household_bits[0]
    table = np.zeros((_GROUPS, n_classes, n_levels))
    default = np.array([0.0, config.same_card_bits, 0.0, config.other_card_bits])
    for g in range(_GROUPS):
        for c in range(n_classes):
            if m[g, 1:].sum() < 30 or u[g, c, 1:].sum() < 30:
                household = CLASSES[c] == "serumah"
                table[g, c] = np.where(
                    default > 0, default * (0.25 if household or g == 0 else 1.0), default * (0.5 if g == 0 else 1.0)
                )
                continue
            p, q = m[g, 1:] + 0.5, u[g, c, 1:] + 0.5
            table[g, c, 1:] = np.clip(np.log2(p / p.sum()) - np.log2(q / q.sum()), low, high)
    return centibits(table[group, rival.astype(np.int64), level])


def cards_to_search(record: Ints, family: UInt64s, known: Known, most: int = 4) -> tuple[Ints, UInt64s]:
    """Cards of the matched relatives of each record still without a link: (record, card), distinct.

    Args:
        record, family: records to be matched.
        known: sure links.
        most: cards of one family beyond this are a registry's error and are left out.
    """
    order = np.lexsort((known.card, known.family))
    families, cards = known.family[order], known.card[order]
    if len(families) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64)
    fresh = np.r_[True, (families[1:] != families[:-1]) | (cards[1:] != cards[:-1])]
    families, cards = families[fresh], cards[fresh]
    begin = np.searchsorted(families, family, side="left")
    count = np.searchsorted(families, family, side="right") - begin
    count[(family == 0) | (count > most)] = 0
    rows = np.repeat(np.arange(len(record)), count)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    return record[rows], cards[begin[rows] + offset]
