"""The model learnt from a run's candidates, and what it says of every plausible pair before relatives are asked.

The model's own mathematics belongs to `model`, the logistic candidate's and the plug-ins' to `toolkit`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from padanan.linkage import blocking, comparison, decision, inputs, model, rarity, threshold, toolkit
from padanan.linkage.candidates import Compared, Setting
from padanan.linkage.pairs import MARGIN, Pairs, Right, in_order

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_RANDOM = 300_000
# Hundredths of a bit: a NIK that is equal speaks this much for its label, and a label's pair that blocking did not find
# weighs so little.
_LABEL_PRIOR, _LABEL_FLOOR = 600, 1000.0
# Share of labels that must be in doubt before the model is fitted without them.
_DOUBTED = 0.002


@dataclass(frozen=True)
class Fitted:
    """The model and the plausible pairs with their weight without relatives.

    Attributes:
        completeness: share of labelled records whose person is among their candidates, NaN without labels.
        n_pairs: how many candidates were weighed. found: what blocking found, to know a pair again.
        right: the register rows that `pairs` name.
        trust: how plausible each record's label is by its own evidence, 0..1; 1 where there is none.
    """

    model: model.Model
    completeness: float
    n_pairs: int
    found: blocking.Candidates
    right: Right
    pairs: Pairs
    trust: Floats


def fit(setting: Setting, compared: Compared) -> Fitted:
    """The model, and every plausible pair's weight without relatives and plug-ins."""

    def winners(weight: Ints) -> Bools:
        won = np.zeros(len(weight), dtype=bool)
        # The best come first in any case: pairs against the odds can't take a place from them.
        here = np.flatnonzero(weight > 0)
        left, right = compared.found.left[here], compared.j[here]
        ties = setting.data.tie[left], compared.right.tie[right]
        won[here] = decision.mutual_best(left, setting.seat(left, right), weight[here], ties)
        return won

    data = setting.data
    patterns = model.Patterns.of(compared.packed)
    labelled = np.flatnonzero(data.training[compared.found.left])
    is_true = compared.right.row[compared.j[labelled]] == data.answer[compared.found.left[labelled]]
    true = labelled[is_true]
    n_residue, n_train = int((~data.training).sum()), int(data.training.sum())
    enough = n_train >= setting.config.training_min
    positive, both = patterns.at(true), patterns.at(labelled)
    expected = n_residue * (1 - setting.config.absent_share)
    random = None if enough else _random_pairs(setting, compared)
    stand_in = None
    if random is not None:
        odds = float(np.log2(max(expected, 1.0) / max(compared.found.possible, 1)))
        stand_in = model.stand_in_m(patterns, random, odds, winners, setting.config)
    residue = patterns.counts - both
    alike = None if enough else _namesakes(setting)
    fitted = model.fit(
        patterns, residue, positive if enough else None, expected, setting.config, random, stand_in, namesakes=alike
    )
    completeness = float(len(true) / n_train) if n_train else float("nan")
    scores = model.score(patterns, fitted)
    trust = _trust(setting, compared.found.left[labelled], scores.total[patterns.inverse[labelled]], is_true)
    doubted = 1.0 - trust[compared.found.left[true]]
    if enough and doubted.sum() > _DOUBTED * len(true):
        # Once more, with what wrong labels taught taken out.
        positive = patterns.weighed(true, 1.0 - doubted)
        fitted = model.fit(patterns, residue, positive, expected, setting.config, random, stand_in)
        scores = model.score(patterns, fitted)
    # Rarity is Fellegi–Sunter's own; the logistic candidate is judged with it, as its weights will be.
    rare, marks = rarity.of(setting, compared, scores, patterns)
    if "logistik" in setting.config.models and enough:
        fitted = _try_logistic(setting, compared, fitted, patterns, (labelled, true), trust, rare)
        scores = model.score(patterns, fitted)
    total = scores.total
    floor = setting.config.keep_floor * 100 - MARGIN
    # Rarity concerns few pairs; the others' fate is their pattern's.
    kept, some = (total >= floor)[patterns.inverse], np.flatnonzero(rare)
    kept[some] = total[patterns.inverse[some]] + rare[some] >= floor
    keep = np.flatnonzero(kept)
    order = in_order(compared.found.left[keep], compared.j[keep], compared.right.tie)
    keep = keep[order]
    inverse = patterns.inverse[keep]
    pairs = Pairs(
        compared.found.left[keep].astype(np.int64),
        compared.j[keep].astype(np.int64),
        compared.found.keys[keep],
        compared.packed[keep],
        total[inverse],
        rare[keep].astype(np.int64),
        np.zeros((len(keep), 0), dtype=np.int64),
        scores.rival[inverse],
        np.zeros(len(keep), dtype=np.int8),
        np.zeros(len(keep), dtype=np.int64),
        marks[keep],
    )
    return Fitted(fitted, completeness, len(compared.packed), compared.found, compared.right, pairs, trust)


def _trust(setting: Setting, left: Ints, weight: Ints, is_true: Bools) -> Floats:
    """How plausible each record's label is: its pair's weight against that of the best other candidate.

    A number typed wrongly names a stranger, whose pair weighs nothing while the person himself is among the candidates.

    Args:
        left, weight: record and weight of every pair of a labelled record. is_true: the pair is the label.
    """
    n = len(setting.data)
    own, other = np.full(n, -_LABEL_FLOOR), np.full(n, -np.inf)
    own[left[is_true]] = np.maximum(weight[is_true], -_LABEL_FLOOR)
    np.maximum.at(other, left[~is_true], weight[~is_true])
    trust = np.ones(n)
    rows = np.flatnonzero(setting.data.training)
    trust[rows] = decision.probability(_LABEL_PRIOR + own[rows] - np.maximum(other[rows], -_LABEL_FLOOR))
    return trust


def _namesakes(setting: Setting) -> float:
    """How many pairs of a list's record and another person of the register bear one name, as the register counts its names."""
    data = setting.data
    many = data.register.count("name_key", data.people["name_key"])[~data.training]
    # Whoever is in the register is one of those who bear the name there.
    return float(np.maximum(many - 1.0, 0.0).sum() + setting.config.absent_share * (many >= 1.0).sum())


def _random_pairs(setting: Setting, compared: Compared) -> npt.NDArray[np.float64] | None:
    """Level shares of pairs that have nothing to do with each other."""
    n_left, n_right = len(setting.data.people), len(compared.right.row)
    if n_left < 2 or n_right < 2:
        return None
    dice = np.random.default_rng(20240701)
    # By content, not by place in the file.
    order = np.argsort(compared.right.tie, kind="stable")
    i, j = dice.integers(0, n_left, _RANDOM), order[dice.integers(0, n_right, _RANDOM)]
    by_row = np.argsort(j, kind="stable")
    patterns = model.Patterns.of(setting.compare(i[by_row], compared.right.row[j[by_row]]))
    return model.normalised(model.level_counts(patterns.levels, patterns.counts), setting.config.smoothing)


def _try_logistic(
    setting: Setting,
    compared: Compared,
    plain_model: model.Model,
    patterns: model.Patterns,
    pairs: tuple[Ints, Ints],
    trust: Floats,
    rare: Ints,
) -> model.Model:
    """The logistic candidate if it does better on labelled records it has not seen, else the model that was given.

    Args:
        pairs: of labelled records, and those of them that are labels.
        trust: of each record's label. rare: what rarity adds to each pair.
    """
    labelled, true = pairs
    rows = np.flatnonzero(setting.data.training)
    cut = int(len(rows) * setting.config.fit_share)
    order = np.argsort(setting.data.tie[rows], kind="stable")
    fit_rows, test_rows = np.sort(rows[order[:cut]]), np.sort(rows[order[cut:]])
    in_fit = np.zeros(len(setting.data), dtype=bool)
    in_fit[fit_rows] = True
    seen, seen_true = labelled[in_fit[compared.found.left[labelled]]], true[in_fit[compared.found.left[true]]]
    positive = patterns.weighed(seen_true, trust[compared.found.left[seen_true]])
    columns = [k for k, c in enumerate(comparison.COLUMNS) if c.name != "nik"]
    got = toolkit.logistic_bits(patterns.levels, positive, patterns.at(seen) - positive, columns)
    if got is None:
        return plain_model
    bits, offset = got
    nik = next(k for k, c in enumerate(comparison.COLUMNS) if c.name == "nik")
    share = plain_model.prior[1:] / plain_model.prior[1:].sum()
    plain = np.round(np.log2(plain_model.m) - np.log2(np.tensordot(share, plain_model.u, axes=1)), 4)
    bits[nik] = plain[nik]
    # What no label can show is not learnt from labels.
    for k, column in enumerate(comparison.COLUMNS):
        closed = [column.levels.index(name) for name in setting.config.refused.get(column.name, ()) if name in column.levels]
        bits[k, closed] = np.maximum(bits[k, closed], plain[k, closed])
    logistic = replace(plain_model, extra=bits, offset=offset, name="logistik")
    f1 = {}
    mine = labelled[~in_fit[compared.found.left[labelled]]]
    mine = mine[in_order(compared.found.left[mine], compared.j[mine], compared.right.tie)]
    left, right, truth = compared.found.left[mine], compared.j[mine], np.isin(mine, true)
    for name, candidate in (("fellegi_sunter", plain_model), ("logistik", logistic)):
        weight = model.score(patterns, candidate).total[patterns.inverse[mine]] + rare[mine]
        pool = setting.pool(left, right, weight, truth, trust=trust)
        trial = threshold.outcomes(pool, test_rows)
        curve = threshold.curve(trial, float(trust[test_rows].sum()), setting.config.absent_share)
        f1[name] = float(curve[3].max()) if len(curve[3]) else 0.0
    facts = {**plain_model.facts, "f1_uji": {k: round(v, 5) for k, v in f1.items()}}
    if f1["logistik"] > f1["fellegi_sunter"] + setting.config.logistic_margin or "fellegi_sunter" not in setting.config.models:
        return replace(logistic, facts=facts)
    return replace(plain_model, facts=facts)


def plug_in_bits(setting: Setting, right_sides: Right, pairs: Pairs) -> Ints:
    """Bits of the user's own comparisons for plausible pairs; m from labelled true pairs, u from the others."""
    true = setting.true(pairs, right_sides)
    labelled = setting.data.training[pairs.left]
    doubt = np.where(labelled, np.where(true, 0.0, 1.0), 1.0 - decision.probability(pairs.base + pairs.rarity))
    out = []
    for spec in setting.config.plug_ins:
        left = inputs.raw_column(setting.con, setting.raw[0], spec.column, setting.data.record, "daftar")
        right_keys = inputs.register_keys(setting.con, setting.register_sql, right_sides.row)
        right = inputs.raw_column(setting.con, setting.raw[1], spec.column, right_keys, "acuan")
        level = toolkit.plug_in_level(
            spec, pd.DataFrame({spec.column: left}), pd.DataFrame({spec.column: right}), pairs.left, pairs.right
        )
        sure = true if true.sum() >= setting.config.training_min else decision.probability(pairs.base + pairs.rarity) > 0.99
        table = toolkit.plug_in_bits(spec, level, sure, doubt, setting.config.smoothing)
        out.append(model.centibits(table)[level])
    return np.stack(out, axis=1) if out else np.zeros((len(pairs.left), 0), dtype=np.int64)
