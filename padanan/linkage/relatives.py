"""What relatives prove: evidence of links that stand, laid upon pairs, and candidates found on relatives' family cards.

How much such evidence is worth belongs to `household`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from padanan.linkage import blocking, comparison, decision, doubt, household, model
from padanan.linkage.fit import plug_in_bits
from padanan.linkage.judged import HOPELESS, Judged
from padanan.linkage.pairs import MARGIN, Pairs, Right
from padanan.linkage.register import TALLY
from padanan.linkage.rulings import apply_rulings

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]


def relatives(judged: Judged, accepted: Bools | None) -> Judged:
    """Evidence of relatives from step-1 links and, when given, from accepted pairs of the residue."""
    data, config, pairs = judged.setting.data, judged.setting.config, judged.pairs
    known = _known(judged, accepted)
    n_records = len(data) + len(data.known_list)
    card = judged.right.card[pairs.right]
    kin = household.evidence(pairs.left, data.family[pairs.left], card, known, n_records)
    true = judged.setting.true(pairs, judged.right)
    without = pairs.base + pairs.rarity + pairs.plug.sum(axis=1)
    unsure = np.where(data.training[pairs.left], np.where(true, 0.0, 1.0), 1.0 - decision.probability(without))
    kk_level = comparison.level_of(pairs.packed, comparison.column("kk"))
    bits = household.bits(kin, kk_level, pairs.rival, true, unsure, config)
    return replace(judged, pairs=replace(pairs, kin=kin, kin_bits=bits))


def marked(judged: Judged) -> Judged:
    """The pairs with what keeps them from being merged without a person (`doubt`), as they stand."""
    data = judged.setting.data
    register = data.register

    def borne(given: Ints) -> npt.NDArray[np.float64]:
        return np.asarray(register.tally("given")[given & ((1 << TALLY) - 1)], dtype=np.float64)

    # Hopeless pairs are never merged; whether a person should see them does not matter.
    here = np.flatnonzero(judged.pairs.weight >= HOPELESS)
    part = doubt.marked(judged.pairs.take(here), data.people, judged.right, borne, doubt.least_borne(register.rows))
    marks = judged.pairs.marks.copy()
    marks[here] = part.marks
    return replace(judged, pairs=replace(judged.pairs, marks=marks))


def _known(judged: Judged, accepted: Bools | None) -> household.Known:
    data = judged.setting.data
    record = np.where(data.known_work >= 0, data.known_work, len(data) + np.arange(len(data.known_list)))
    # A label that its own evidence contradicts proves nothing about relatives.
    sound = (data.known_work < 0) | (judged.trust[data.known_work] >= 0.5)
    record, family, card = record[sound], data.known_family[sound], data.known_card[sound]
    if accepted is not None and accepted.any():
        left, right = judged.pairs.left[accepted], judged.pairs.right[accepted]
        record = np.r_[record, left]
        family, card = np.r_[family, data.family[left]], np.r_[card, judged.right.card[right]]
    return household.Known.of(record, family, card)


def expand(judged: Judged, accepted: Bools) -> Judged:
    """New candidates: people on the family cards of relatives already matched."""
    data, config = judged.setting.data, judged.setting.config
    linked = np.zeros(len(data), dtype=bool)
    linked[judged.pairs.left[accepted]] = True
    open_ = np.flatnonzero(~linked)
    record, card = household.cards_to_search(open_, data.family[open_], _known(judged, accepted))
    if len(record) == 0:
        return judged
    wanted = np.unique(card)
    met = data.register.matching("kk", wanted)
    few = (np.bincount(met["spot"], minlength=len(wanted)) <= config.card_candidates)[met["spot"]]
    order = np.argsort(met["spot"][few], kind="stable")
    got = {"kk": wanted[met["spot"][few][order]], "row": met["row"][few][order]}
    begin = np.searchsorted(got["kk"], card, side="left")
    count = np.searchsorted(got["kk"], card, side="right") - begin
    left = np.repeat(record, count)
    offset = np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)
    row = got["row"][np.repeat(begin, count) + offset].astype(np.int64)
    seen = judged.found.right.astype(np.uint64) << np.uint64(32) | judged.found.left.astype(np.uint64)
    pair = np.unique(row.astype(np.uint64) << np.uint64(32) | left.astype(np.uint64))
    place = np.minimum(np.searchsorted(seen, pair), max(len(seen) - 1, 0))
    pair = pair[seen[place] != pair] if len(seen) else pair
    if len(pair) == 0:
        return judged
    row, left = (pair >> np.uint64(32)).astype(np.int64), (pair & np.uint64(0xFFFFFFFF)).astype(np.int64)
    packed = judged.setting.compare(left, row)
    rows, position = np.unique(row, return_inverse=True)
    fresh = judged.setting.right(rows)
    patterns = model.Patterns.of(packed)
    scores = model.score(patterns, judged.model)
    start = len(judged.right.row)
    # A row may stand twice among the right sides: one-to-one must see one person, so known rows keep their place.
    order = np.argsort(judged.right.row, kind="stable")
    spot = np.minimum(np.searchsorted(judged.right.row[order], fresh.row), max(start - 1, 0))
    old = judged.right.row[order][spot] == fresh.row if start else np.zeros(len(rows), dtype=bool)
    target = np.where(old, order[spot] if start else 0, start + np.cumsum(~old) - 1)
    right = Right(
        np.r_[judged.right.row, fresh.row[~old]],
        np.r_[judged.right.card, fresh.card[~old]],
        np.r_[judged.right.tie, fresh.tie[~old]],
        np.r_[judged.right.given, fresh.given[~old]],
        np.r_[judged.right.letters, fresh.letters[~old]],
    )
    n = len(pair)
    extra = Pairs(
        left,
        target[position],
        np.full(n, 1 << blocking.CARD_BIT, dtype=np.uint32),
        packed,
        scores.total[patterns.inverse],
        np.zeros(n, dtype=np.int64),
        np.zeros((n, len(config.plug_ins)), dtype=np.int64),
        scores.rival[patterns.inverse],
        np.zeros(n, dtype=np.int8),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.uint8),
    )
    if config.plug_ins:
        extra = replace(extra, plug=plug_in_bits(judged.setting, right, extra))
    # What a person refused does not come back by way of a relative's card.
    extra = apply_rulings(extra, judged.ruled, right)
    joined = Pairs.join(judged.pairs, extra.take(extra.base >= config.keep_floor * 100 - MARGIN), right.tie)
    return replace(judged, right=right, pairs=joined)
