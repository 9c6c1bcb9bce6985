"""What each comparison level is worth: m anchored on step-1 links, u of three non-match classes by EM on the pattern table.

Which pairs are accepted at which weight belongs to `threshold` and `decision`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from padanan.base.errors import PadananError
from padanan.linkage.comparison import COLUMNS, Column, level_of
from padanan.linkage.config import LinkageConfig
from padanan.linkage.levels import WIDTH

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]

CLASSES = ("orang lain", "serumah", "senama")
_FLOOR = 1e-6


@dataclass(frozen=True)
class Patterns:
    """Distinct packed levels, ascending, with the pairs of each: `levels` is (pattern, column)."""

    packed: Int32s
    levels: Ints
    inverse: npt.NDArray[np.int32]
    counts: Floats

    @classmethod
    def of(cls, packed: Int32s) -> Patterns:
        """The pattern table of pairs."""
        # Packed levels are small numbers: a table over all of them is far cheaper than sorting the pairs.
        every = np.bincount(packed, minlength=1) if len(packed) else np.zeros(1, dtype=np.int64)
        values = np.flatnonzero(every)
        counts, place = every[values], np.zeros(len(every), dtype=np.int32)
        place[values] = np.arange(len(values))
        inverse = place[packed]
        levels = (
            np.stack([level_of(values.astype(np.int32), c) for c in COLUMNS], axis=1)
            if len(values)
            else np.empty((0, len(COLUMNS)), dtype=np.int64)
        )
        return cls(values.astype(np.int32), levels, inverse, counts.astype(np.float64))

    def counted(self, chosen: npt.NDArray[Any]) -> Floats:
        """Pairs of each pattern among the pairs that `chosen` (mask or weights) marks."""
        counts = np.bincount(self.inverse, weights=chosen.astype(np.float64), minlength=len(self.packed))
        return counts.astype(np.float64)

    def weighed(self, pairs: npt.NDArray[Any], weights: Floats) -> Floats:
        """`at`, each pair counting as much as its weight."""
        # Whole millionths: the sum must not depend on the order of pairs.
        counts = np.bincount(self.inverse[pairs], weights=np.rint(weights * 1e6), minlength=len(self.packed))
        return np.asarray(counts / 1e6)

    def at(self, pairs: npt.NDArray[Any]) -> Floats:
        """Pairs of each pattern among the pairs at these positions."""
        return np.bincount(self.inverse[pairs], minlength=len(self.packed)).astype(np.float64)


@dataclass(frozen=True)
class Model:
    """A fitted Fellegi–Sunter model; probabilities are by column, then level, index 0 (missing) being 1.

    Attributes:
        m: (column, level) share of true pairs, missing ones left out.
        u: (class, column, level) likewise for each non-match class of `CLASSES`.
        prior: shares of pairs that are a match and of each class.
        extra: additive bits (column, level) of a logistic candidate, when it was chosen; `offset` its intercept in bits.
        name: which candidate was chosen.
        facts: training counts, iterations and whatever a reader compares between periods.
    """

    m: Floats
    u: Floats
    prior: Floats
    name: str = "fellegi_sunter"
    extra: Floats | None = None
    offset: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The artefact that is kept per period and revision; rounded, so that it is the same on every machine."""

        def rounded(values: Floats) -> Any:
            return np.round(values, 9).tolist()

        levels = {c.name: {level: i for i, level in enumerate(c.levels)} for c in COLUMNS}
        body = {
            "model": self.name,
            "kolom": levels,
            "kelas": list(CLASSES),
            "m": rounded(self.m),
            "u": rounded(self.u),
            "prior": rounded(self.prior),
            "bit_tambahan": None if self.extra is None else rounded(self.extra),
            "bit_awal": round(self.offset, 9),
            "fakta": dict(self.facts),
        }
        return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True)


def start_m(config: LinkageConfig) -> Floats:
    """m when nothing is known, from the configuration; levels it leaves out get what remains, evenly."""
    m = np.ones((len(COLUMNS), WIDTH))
    for k, column in enumerate(COLUMNS):
        given = config.m_start.get(column.name, {})
        n = len(column.levels) - 1
        left = max(1.0 - sum(given.values()), 0.0)
        absent = [name for name in column.levels[1:] if name not in given]
        share = np.array([float(given.get(name, left / max(len(absent), 1))) for name in column.levels[1:]])
        share = np.maximum(share, _FLOOR)
        m[k, 1 : n + 1] = share / share.sum()
    return m


def with_refused(m: Floats, begin: Floats, refused: Mapping[str, Any]) -> Floats:
    """m of the labels, corrected where step 1 itself decides: levels it refuses keep `begin`'s share, the rest shrinks.

    A label is a pair that passed step 1; a birth date wrong in two parts never does, though true pairs have it. Where labels
    show refused levels all the same (one name in a whole list), these together can ask for more than everything: the rest
    keeps at least its own share of what `begin` leaves it, so that no share is ever negative.
    """
    out = m.copy()
    for k, column in enumerate(COLUMNS):
        closed = [column.levels.index(name) for name in refused.get(column.name, ()) if name in column.levels]
        if not closed:
            continue
        share = np.maximum(begin[k, closed], m[k, closed])
        openly = [i for i in range(1, len(column.levels)) if i not in closed]
        open_ = m[k, openly].sum()
        rest = max(1.0 - share.sum(), open_ * (1.0 - begin[k, closed].sum()))
        out[k, closed] = share if rest == 1.0 - share.sum() else share / share.sum() * (1.0 - rest)
        out[k, openly] = m[k, openly] / open_ * rest
    return out


def level_counts(levels: Ints, weights: Floats) -> Floats:
    """Weighted counts (column, level); sums run in pattern order, so that they don't depend on threads."""
    counts = [np.bincount(levels[:, k], weights=weights, minlength=WIDTH)[:WIDTH] for k in range(levels.shape[1])]
    return np.stack(counts).astype(np.float64)


def normalised(counts: Floats, smoothing: float, base: Floats | None = None) -> Floats:
    """Shares by level without the missing one; `base` are pseudo-counts' shares (default even)."""
    out = np.ones_like(counts)
    for k, column in enumerate(COLUMNS[: len(counts)]):
        n = len(column.levels) - 1
        prior = np.full(n, 1.0 / n) if base is None else base[k, 1 : n + 1]
        row = counts[k, 1 : n + 1] + smoothing * n * prior
        out[k, 1 : n + 1] = np.maximum(row / row.sum(), _FLOOR) if row.sum() > 0 else prior
    return out


def log_likelihood(levels: Ints, table: Floats) -> Floats:
    """log2 P(pattern) under one class, missing levels counting 0."""
    logs = np.log2(table)
    total = np.zeros(len(levels))
    for k in range(levels.shape[1]):
        total += logs[k][levels[:, k]]
    return total


def _start_u(overall: Floats) -> Floats:
    """First guess of the three classes, from the levels of all candidate pairs."""
    u = np.stack([overall, overall, overall])
    names = [c.name for c in COLUMNS]

    def blend(row: int, name: str, share: Mapping[str, float]) -> None:
        column = COLUMNS[names.index(name)]
        n = len(column.levels) - 1
        guess = np.array([share.get(level, 0.0) for level in column.levels[1:]])
        rest = max(1.0 - guess.sum(), 0.0)
        base = u[row, names.index(name), 1 : n + 1]
        u[row, names.index(name), 1 : n + 1] = (
            np.maximum(guess + rest * base, _FLOOR) / np.maximum(guess + rest * base, _FLOOR).sum()
        )

    for row, guesses in (
        (
            0,
            {
                "kk": {"beda": 0.99},
                "nama": {"beda": 0.55, "kata_depan_sama": 0.2},
                "alamat": {"beda": 0.95},
                "nik": {"beda": 0.98},
            },
        ),
        (
            1,
            {
                "kk": {"sama": 0.88},
                "nama": {"beda": 0.85},
                "lahir": {"beda": 0.9},
                "ibu": {"sama": 0.5},
                "alamat": {"sama": 0.85},
                "wilayah": {"rt_sama": 0.9},
                "nik": {"beda": 0.9},
            },
        ),
        (2, {"kk": {"beda": 0.99}, "nama": {"sama": 0.7, "bunyi_sama": 0.15}, "alamat": {"beda": 0.95}, "nik": {"beda": 0.98}}),
    ):
        for name, share in guesses.items():
            blend(row, name, share)
    return u


def fit(
    patterns: Patterns,
    residue: Floats,
    labelled: Floats | None,
    expected: float,
    config: LinkageConfig,
    random: Floats | None = None,
    stand_in: Floats | None = None,
    strangers: float | None = None,
    learn: bool = False,
    namesakes: float | None = None,
) -> Model:
    """Fits the model on the pattern table.

    Args:
        patterns: of all pairs.
        residue: pairs per pattern among records to be matched.
        labelled: true pairs per pattern among training records (NIK hidden); None when there are too few.
        expected: how many residue pairs are expected to be matches, for the first prior.
        config: smoothing, iterations, first guesses.
        random: (column, level) shares among random pairs; without labels it holds what would let a class pass for "same person".
        stand_in: m without labels, from `stand_in_m`.
        strangers: with `random`, how many pairs there are before blocking. "Other person" is then held at that many pairs,
            spread over the patterns as random pairs are. Fitted to the candidates instead it would take what blocking
            picked them by for what strangers share: whoever has the same birth date was found by it.
        learn: without labels, m is EM's too, drawn towards its start by `config.m_strength` pairs a column.
        namesakes: how many pairs of different people with an equal name there are at most. Where little but names can be
            compared, chance and "same person" look alike to EM, and it would call nearly every equal name chance.

    Returns:
        m is held at the labels' shares (at `stand_in`'s without them), except NIK's, whose faults the
        labels can't show; u and the priors are EM's.
    """
    levels = patterns.levels
    begin = start_m(config)
    nik = next(k for k, c in enumerate(COLUMNS) if c.name == "nik")
    if labelled is None:
        m = begin.copy() if stand_in is None else stand_in.copy()
    else:
        m = normalised(level_counts(levels, labelled), config.smoothing, begin)
        m = with_refused(m, begin, config.refused)
    m[nik] = begin[nik]
    strength = np.full(len(COLUMNS), config.m_strength if learn and labelled is None else np.inf)
    strength[nik] = 50.0
    free = np.isfinite(strength)
    anchor = m.copy()
    total = max(float(residue.sum()), 1.0)
    name = next(k for k, c in enumerate(COLUMNS) if c.name == "nama")
    equal = levels[:, name] == 1
    overall = normalised(level_counts(levels, residue), config.smoothing)
    u = _start_u(overall)
    held: dict[int, list[int]] = {}
    if labelled is None and random is not None:
        names = [c.name for c in COLUMNS]
        every = list(range(len(COLUMNS)))
        # Nothing anchors m: two people of one house still have chance's names and dates, namesakes chance's everything else.
        held = {0: [], 1: [names.index(n) for n in ("nik", "nama", "lahir")], 2: [k for k in every if names[k] != "nama"]}
        u[0] = random
        for c, columns in held.items():
            u[c, columns] = random[columns]
        if strangers is not None:
            held[0] = every
            # Relatives of one house are no chance pairs: twins are born on one day, brothers are named alike.
            u[1] = _shared_at_home(u[1], config)
    known = {c: u[c, columns] for c, columns in held.items()}
    share = min(max(expected / total, 1e-6), 0.5)
    prior = np.array([share, *(np.array([0.5, 0.35, 0.15]) * (1 - share))])
    # Pairs that blocking left out are strangers too, so that these shares add up to more than 1 until the end.
    fixed = bool(held) and strangers is not None
    if fixed:
        prior[1] = max(float(strangers or 0.0), 1.0) / total
    rounds, factor = 0, 1.0
    for _ in range(config.iterations if len(levels) else 0):
        rounds += 1
        joint = (
            np.stack([log_likelihood(levels, m), *(log_likelihood(levels, u[c]) for c in range(len(CLASSES)))])
            + np.log2(prior)[:, None]
        )
        top = joint.max(axis=0)
        chance = np.exp2(joint - top)
        chance = chance / chance.sum(axis=0) * residue
        if namesakes is not None:
            chance, factor = at_most(chance, equal, namesakes)
        mass = chance.sum(axis=1)
        new_prior = np.maximum(mass / total, 1e-9)
        if fixed:
            new_prior[1] = prior[1]
        else:
            new_prior /= new_prior.sum()
        new_u = np.stack([normalised(level_counts(levels, chance[c + 1]), config.smoothing) for c in range(len(CLASSES))])
        for c, columns in held.items():
            new_u[c, columns] = known[c]
        new_m = m.copy()
        counts = level_counts(levels, chance[0])
        for k in np.flatnonzero(free):
            n = len(COLUMNS[k].levels) - 1
            row = counts[k, 1 : n + 1] + strength[k] * anchor[k, 1 : n + 1]
            new_m[k, 1 : n + 1] = np.maximum(row / row.sum(), _FLOOR)
        moved = max(np.abs(new_u - u).max(), np.abs(new_prior - prior).max(), np.abs(new_m - m).max())
        u, prior, m = new_u, new_prior, new_m
        if moved < config.tolerance:
            break
    facts = {
        "pasangan_residu": int(residue.sum()),
        "pola": len(levels),
        "label": 0 if labelled is None else int(labelled.sum()),
        "berlabuh": labelled is not None,
        "iterasi": rounds,
    }
    if fixed:
        prior = prior / prior.sum()
    # An equal name is as rare among other people as the bound makes it: what is said of a pair must agree with what was learnt.
    u[:, name, 1] = np.maximum(u[:, name, 1] * factor, _FLOOR)
    return Model(m, u, prior, facts=facts)


def at_most(chance: Floats, equal: npt.NDArray[np.bool_], namesakes: float) -> tuple[Floats, float]:
    """The posterior nearest to `chance` by which no more than `namesakes` pairs of an equal name are of different people.

    Args:
        chance: (1 + class, pattern) pairs, "same person" first. equal: the patterns with an equal name.

    Returns:
        The posterior, and the one factor by which every share of other people was taken down before each pattern was made
        whole again (posterior regularization, Ganchev et al. 2010); 1 when there was nothing to do.
    """
    same, others = chance[0, equal], chance[1:, equal]
    strange = others.sum(axis=0)
    if float(strange.sum()) <= namesakes:
        return chance, 1.0
    low, high = 0.0, 1.0
    for _ in range(50):
        factor = (low + high) / 2
        all_of = same + strange
        left = all_of * (factor * strange) / np.maximum(same + factor * strange, 1e-300)
        low, high = (factor, high) if float(left.sum()) <= namesakes else (low, factor)
    out = chance.copy()
    share = all_of / np.maximum(same + low * strange, 1e-300)
    out[1:, equal] = others * low * share
    out[0, equal] = same * share
    return out, low


def _shared_at_home(u: Floats, config: LinkageConfig) -> Floats:
    """Random pairs' shares with what two people of one house share beyond chance (`config.kin_share`)."""
    out = u.copy()
    for k, column in enumerate(COLUMNS):
        told = config.kin_share.get(column.name, {})
        given = {column.levels.index(name): share for name, share in told.items() if name in column.levels}
        levels = slice(1, len(column.levels))
        out[k, levels] *= 1.0 - sum(given.values())
        for level, share in given.items():
            out[k, level] += share
    return out


def stand_in_m(
    patterns: Patterns, random: Floats, odds: float, winners: Callable[[Ints], npt.NDArray[np.bool_]], config: LinkageConfig
) -> Floats:
    """m without labels: each column's levels among one-to-one pairs that are sure without that column.

    Args:
        patterns: of all pairs.
        random: (column, level) shares among random pairs.
        odds: log2 of the prior odds of a random pair.
        winners: mask of the mutual-best pairs for weights given in hundredths of a bit.
        config: m to begin with, smoothing.
    """
    begin = start_m(config)
    m = begin.copy()
    sure = 500  # hundredths of a bit: 32 to 1 without the column itself
    for _ in range(3):
        tables = np.log2(m) - np.log2(random)
        parts = np.stack([tables[k][patterns.levels[:, k]] for k in range(len(COLUMNS))], axis=1)
        total = odds + parts.sum(axis=1)
        won = patterns.counted(winners(centibits(total)[patterns.inverse]))
        fresh = m.copy()
        for k in range(len(COLUMNS)):
            mass = np.where(centibits(total - parts[:, k]) >= sure, won, 0.0)
            fresh[k] = normalised(level_counts(patterns.levels, mass), 2.0, begin)[k]
        m = fresh
    return m


@dataclass(frozen=True)
class PatternScore:
    """Weights of each pattern in hundredths of a bit: `parts` is (pattern, column); total = start + parts + rest.

    Attributes:
        rival: number of the class in `CLASSES` that explains the pattern best if it is no match.
        start: prior odds against that class; rest: what the other classes take off (never above 0).
        share_random: chance, among non-matches, that the pair is not of one household (rarity of a name counts only there).
    """

    parts: Ints
    rival: npt.NDArray[np.int8]
    start: Ints
    rest: Ints
    share_random: Floats

    @property
    def total(self) -> Ints:
        """Match weight with its prior: log2 of the odds that the pair is one person, in hundredths of a bit."""
        return np.asarray(self.start + self.rest + self.parts.sum(axis=1))


def centibits(bits: Floats) -> Ints:
    """Bits as whole hundredths: sums are exact, so printed parts add up and no thread order changes a link.

    Raises:
        PadananError: a weight is no number. As a whole number it would be the smallest there is, and sums of two such turn
            round to the largest: a pair that nobody judged would be a match at probability 1.
    """
    if not np.isfinite(bits).all():
        raise PadananError(
            "bobot padanan tidak dapat dihitung: peluang suatu tingkat nol atau negatif",
            cure="periksa m_awal dan serumah di expectations/linkage.yaml; bila wajar, laporkan; tak satu pun diputuskan",
        )
    return np.asarray(np.rint(bits * 100), dtype=np.int64)


def score(patterns: Patterns, model: Model) -> PatternScore:
    """Weights of each pattern, additive by column against its likeliest other explanation."""
    levels, columns = patterns.levels, range(len(COLUMNS))
    joint = np.stack([log_likelihood(levels, model.u[c]) for c in range(len(CLASSES))]) + np.log2(model.prior[1:])[:, None]
    rival = joint.argmax(axis=0) if len(levels) else np.empty(0, dtype=np.int64)
    best = joint.max(axis=0) if len(levels) else np.empty(0)
    odds = np.exp2(joint - best)
    mixed = best + np.log2(odds.sum(axis=0))
    household = CLASSES.index("serumah")
    share_random = 1.0 - odds[household] / odds.sum(axis=0)
    if model.extra is not None:
        parts = np.stack([model.extra[k][levels[:, k]] for k in columns], axis=1)
        start = np.full(len(levels), model.offset)
        rest = np.zeros(len(levels))
    else:
        logs_m, logs_u = np.log2(model.m), np.log2(model.u)
        parts = np.stack([logs_m[k][levels[:, k]] - logs_u[rival, k, levels[:, k]] for k in columns], axis=1)
        start = np.log2(model.prior[0]) - np.log2(model.prior[1:])[rival]
        rest = best - mixed
    return PatternScore(
        centibits(parts),
        rival.astype(np.int8),
        centibits(start),
        centibits(rest),
        np.where(share_random < 1e-9, 0.0, share_random),
    )


def describe(column: Column, level: int) -> str:
    """A level in words for the reader."""
    return column.labels[level] if level < len(column.labels) else "?"
