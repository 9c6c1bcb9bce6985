"""One entry, `link`: a list against the prepared register, from candidates to decided pairs with their reasons.

Each step's own logic belongs to its module; reading runs, writing warehouses and wiring belong elsewhere.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from padanan.linkage import blocking, comparison, decision, household, inputs, model, output, prepare, threshold, toolkit
from padanan.linkage.config import LinkageConfig, load_linkage_config
from padanan.linkage.pairs import Pairs, Right, in_order
from padanan.linkage.register import numbers
from padanan.linkage.result import LinkResult

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

# Pairs this far under the floor can't come back through relatives, rarity or a plug-in.
_MARGIN = 800
# A pair this unlikely neither wins nor takes anything noticeable off a rival.
_HOPELESS = -1000
_RANDOM = 300_000


class _Run:
    """State of one run; `link` calls its steps in order."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, data: inputs.Inputs, config: LinkageConfig, raw: tuple[Any, Any], started: float
    ) -> None:
        self.con, self.data, self.config, self.raw = con, data, config, raw
        self.seconds: dict[str, float] = {}
        self._clock = started
        self.register_sql = f"(select file_row_number as row, * from read_parquet('{data.register.path}', file_row_number=true))"
        self.frequency: dict[str, npt.NDArray[Any]] = {}
        self.ruled = output.Rulings.none()

    def lap(self, name: str) -> None:
        """Keeps the CPU seconds since the last lap."""
        now = time.process_time()
        self.seconds[name] = round(now - self._clock, 3)
        self._clock = now

    def candidates(self) -> None:
        """Blocks, then packs the levels while the register passes by."""
        file, people = self.data.register, self.data.people
        small = file.rows <= self.config.small_register
        codes = (*blocking.CODES, *(blocking.SMALL_CODES if small else ()))
        found = blocking.find(
            people.values,
            lambda: file.steps(codes),
            file.rows,
            cap=self.config.block_cap,
            per_record=self.config.candidates_per_record,
            small=self.config.small_register,
        )
        self.found = found
        self.lap("penyekatan")
        self.packed = self._compare(found.left, found.right)
        self.lap("perbandingan")
        new = np.r_[True, found.right[1:] != found.right[:-1]] if len(found) else np.empty(0, dtype=bool)
        rows = found.right[new].astype(np.int64)
        self.right = self._right(rows)
        self.i, self.j, self.keys = found.left, np.cumsum(new, dtype=np.int32) - np.int32(1), found.keys

    def _right(self, rows: Ints) -> Right:
        table = self.data.register.take(rows, ("kk", "tie"))
        return Right(rows, numbers(table, "kk"), numbers(table, "tie"))

    def _compare(self, i: Ints, row: Ints) -> npt.NDArray[np.int32]:
        limits = comparison.Limits.of(self.config)
        return comparison.compare_rows(self.con, self.data.people, self.data.register, i, row, limits)

    def fit(self) -> None:
        """The model, and every plausible pair's weight without relatives."""
        data = self.data
        patterns = model.Patterns.of(self.packed)
        labelled = np.flatnonzero(data.training[self.i])
        true = labelled[self.right.row[self.j[labelled]] == data.answer[self.i[labelled]]]
        n_residue, n_train = int((~data.training).sum()), int(data.training.sum())
        enough = n_train >= self.config.training_min
        positive, both = patterns.at(true), patterns.at(labelled)
        expected = n_residue * (1 - self.config.absent_share)
        random = None if enough else self._random_pairs()
        stand_in = None
        if random is not None:
            odds = float(np.log2(max(expected, 1.0) / max(self.found.possible, 1)))
            stand_in = model.stand_in_m(patterns, random, odds, self._winners, self.config)
        residue = patterns.counts - both
        self.model = model.fit(patterns, residue, positive if enough else None, expected, self.config, random, stand_in)
        self.completeness = float(len(true) / n_train) if n_train else float("nan")
        scores = model.score(patterns, self.model)
        if "logistik" in self.config.models and enough:
            self._try_logistic(patterns, labelled, true)
            scores = model.score(patterns, self.model)
        total = scores.total
        floor = self.config.keep_floor * 100 - _MARGIN
        here, bits = self._rarity(scores, patterns)
        # Rarity concerns few pairs; the others' fate is their pattern's.
        kept = (total >= floor)[patterns.inverse]
        kept[here] = total[patterns.inverse[here]] + bits >= floor
        keep = np.flatnonzero(kept)
        rare = np.zeros(len(keep), dtype=np.int64)
        shown = kept[here]
        rare[np.searchsorted(keep, here[shown])] = bits[shown]
        order = in_order(self.i[keep], self.j[keep], self.right.tie)
        keep, rare = keep[order], rare[order]
        inverse = patterns.inverse[keep]
        self.pairs = Pairs(
            self.i[keep].astype(np.int64),
            self.j[keep].astype(np.int64),
            self.keys[keep],
            self.packed[keep],
            total[inverse],
            rare,
            np.zeros((len(keep), 0), dtype=np.int64),
            scores.rival[inverse],
            np.zeros(len(keep), dtype=np.int8),
            np.zeros(len(keep), dtype=np.int64),
        )
        self.n_pairs = len(self.packed)
        del self.packed, self.i, self.j, self.keys
        if self.config.plug_ins:
            self.pairs.plug = self._plug_ins(self.pairs)
        self.lap("model")

    def _winners(self, weight: Ints) -> Bools:
        won = np.zeros(len(weight), dtype=bool)
        # The best come first in any case: pairs against the odds can't take a place from them.
        here = np.flatnonzero(weight > 0)
        left, right = self.i[here], self.j[here]
        ties = self.data.tie[left], self.right.tie[right]
        won[here] = decision.mutual_best(left, self._seat(left, right), weight[here], ties)
        return won

    def _random_pairs(self) -> npt.NDArray[np.float64] | None:
        """Level shares of pairs that have nothing to do with each other."""
        n_left, n_right = len(self.data.people), len(self.right.row)
        if n_left < 2 or n_right < 2:
            return None
        dice = np.random.default_rng(20240701)
        # By content, not by place in the file.
        order = np.argsort(self.right.tie, kind="stable")
        i, j = dice.integers(0, n_left, _RANDOM), order[dice.integers(0, n_right, _RANDOM)]
        by_row = np.argsort(j, kind="stable")
        patterns = model.Patterns.of(self._compare(i[by_row], self.right.row[j[by_row]]))
        return model.normalised(model.level_counts(patterns.levels, patterns.counts), self.config.smoothing)

    def _rarity(self, scores: model.PatternScore, patterns: model.Patterns) -> tuple[Ints, Ints]:
        """(pairs whose names are equal, hundredths of a bit that the name's rarity adds to each)."""
        place = [c.name for c in comparison.COLUMNS].index("nama")
        here = np.flatnonzero((patterns.levels[:, place] == 1)[patterns.inverse])
        if len(here) == 0:
            return here, np.empty(0, dtype=np.int64)
        keys = self.data.people["name_key"][self.i[here]]
        wanted = np.unique(keys)
        met = self.data.register.matching("name_key", wanted)
        many = np.bincount(met["spot"], minlength=len(wanted))[np.searchsorted(wanted, keys)].astype(np.float64)
        inverse = patterns.inverse[here]
        chance = 1.0 - decision.probability(scores.total[inverse])
        exact = np.ones(len(here), dtype=bool)
        return here, model.rarity(many, exact, scores.share_random[inverse], chance, self.config.rarity_max)

    def _try_logistic(self, patterns: model.Patterns, labelled: Ints, true: Ints) -> None:
        """Takes the logistic candidate if it does better on labelled records it has not seen."""
        rows = np.flatnonzero(self.data.training)
        cut = int(len(rows) * self.config.fit_share)
        order = np.argsort(self.data.tie[rows], kind="stable")
        fit_rows, test_rows = np.sort(rows[order[:cut]]), np.sort(rows[order[cut:]])
        in_fit = np.zeros(len(self.data), dtype=bool)
        in_fit[fit_rows] = True
        seen, seen_true = labelled[in_fit[self.i[labelled]]], true[in_fit[self.i[true]]]
        positive = patterns.at(seen_true)
        columns = [k for k, c in enumerate(comparison.COLUMNS) if c.name != "nik"]
        got = toolkit.logistic_bits(patterns.levels, positive, patterns.at(seen) - positive, columns)
        if got is None:
            return
        bits, offset = got
        nik = next(k for k, c in enumerate(comparison.COLUMNS) if c.name == "nik")
        share = self.model.prior[1:] / self.model.prior[1:].sum()
        plain = np.round(np.log2(self.model.m) - np.log2(np.tensordot(share, self.model.u, axes=1)), 4)
        bits[nik] = plain[nik]
        # What no label can show is not learnt from labels.
        for k, column in enumerate(comparison.COLUMNS):
            closed = [column.levels.index(name) for name in self.config.refused.get(column.name, ()) if name in column.levels]
            bits[k, closed] = np.maximum(bits[k, closed], plain[k, closed])
        logistic = replace(self.model, extra=bits, offset=offset, name="logistik")
        f1 = {}
        mine = labelled[~in_fit[self.i[labelled]]]
        mine = mine[in_order(self.i[mine], self.j[mine], self.right.tie)]
        left, right, truth = self.i[mine], self.j[mine], np.isin(mine, true)
        for name, candidate in (("fellegi_sunter", self.model), ("logistik", logistic)):
            weight = model.score(patterns, candidate).total[patterns.inverse[mine]]
            pool = self._pool(left, right, weight, truth)
            outcome = threshold.outcomes(pool, test_rows)
            curve = threshold.curve(*outcome, len(test_rows), self.config.absent_share)
            f1[name] = float(curve[3].max()) if len(curve[3]) else 0.0
        self.model = replace(self.model, facts={**self.model.facts, "f1_uji": {k: round(v, 5) for k, v in f1.items()}})
        if f1["logistik"] > f1["fellegi_sunter"] + self.config.logistic_margin or "fellegi_sunter" not in self.config.models:
            self.model = replace(logistic, facts=self.model.facts)

    def _seat(self, left: Ints, right: Ints) -> Ints:
        """What a pair competes for: a resident has one place in each producer's list."""
        return np.asarray(right.astype(np.int64) * self.data.n_sources + self.data.source[left])

    def _pool(self, left: Ints, right: Ints, weight: Ints, true: Bools) -> threshold.Pool:
        return threshold.Pool(left, self._seat(left, right), weight, true, len(self.data))

    def _plug_ins(self, pairs: Pairs) -> Ints:
        """Bits of the user's own comparisons for plausible pairs; m from labelled true pairs, u from the others."""
        true = self.true(pairs)
        labelled = self.data.training[pairs.left]
        doubt = np.where(labelled, np.where(true, 0.0, 1.0), 1.0 - decision.probability(pairs.base + pairs.rarity))
        out = []
        for spec in self.config.plug_ins:
            left = output.raw_column(self.con, self.raw[0], spec.column, self.data.record, "daftar")
            right_keys = output.register_keys(self.con, self.register_sql, self.right.row)
            right = output.raw_column(self.con, self.raw[1], spec.column, right_keys, "acuan")
            level = toolkit.plug_in_level(
                spec, pd.DataFrame({spec.column: left}), pd.DataFrame({spec.column: right}), pairs.left, pairs.right
            )
            sure = true if true.sum() >= self.config.training_min else decision.probability(pairs.base + pairs.rarity) > 0.99
            table = toolkit.plug_in_bits(spec, level, sure, doubt, self.config.smoothing)
            out.append(model.centibits(table)[level])
        return np.stack(out, axis=1) if out else np.zeros((len(pairs.left), 0), dtype=np.int64)

    def true(self, pairs: Pairs) -> Bools:
        """Mask of labelled pairs that are one person."""
        return np.asarray(self.data.training[pairs.left] & (self.right.row[pairs.right] == self.data.answer[pairs.left]))

    def relatives(self, accepted: Bools | None) -> None:
        """Evidence of relatives from step-1 links and, when given, from accepted pairs of the residue."""
        data, pairs = self.data, self.pairs
        known = self._known(accepted)
        n_records = len(data) + len(data.known_list)
        card = self.right.card[pairs.right]
        pairs.kin = household.evidence(pairs.left, data.family[pairs.left], card, known, n_records)
        true = self.true(pairs)
        without = pairs.base + pairs.rarity + pairs.plug.sum(axis=1)
        doubt = np.where(data.training[pairs.left], np.where(true, 0.0, 1.0), 1.0 - decision.probability(without))
        kk_level = comparison.level_of(pairs.packed, comparison.column("kk"))
        pairs.kin_bits = household.bits(pairs.kin, kk_level, pairs.rival, true, doubt, self.config)

    def _known(self, accepted: Bools | None) -> household.Known:
        data = self.data
        record = np.where(data.known_work >= 0, data.known_work, len(data) + np.arange(len(data.known_list)))
        family, card = data.known_family, data.known_card
        if accepted is not None and accepted.any():
            left, right = self.pairs.left[accepted], self.pairs.right[accepted]
            record = np.r_[record, left]
            family, card = np.r_[family, data.family[left]], np.r_[card, self.right.card[right]]
        return household.Known.of(record, family, card)

    def expand(self, accepted: Bools) -> None:
        """New candidates: people on the family cards of relatives already matched."""
        data, config = self.data, self.config
        linked = np.zeros(len(data), dtype=bool)
        linked[self.pairs.left[accepted]] = True
        open_ = np.flatnonzero(~linked)
        record, card = household.cards_to_search(open_, data.family[open_], self._known(accepted))
        if len(record) == 0:
            return
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
        seen = self.found.right.astype(np.uint64) << np.uint64(32) | self.found.left.astype(np.uint64)
        pair = np.unique(row.astype(np.uint64) << np.uint64(32) | left.astype(np.uint64))
        place = np.minimum(np.searchsorted(seen, pair), max(len(seen) - 1, 0))
        pair = pair[seen[place] != pair] if len(seen) else pair
        if len(pair) == 0:
            return
        row, left = (pair >> np.uint64(32)).astype(np.int64), (pair & np.uint64(0xFFFFFFFF)).astype(np.int64)
        packed = self._compare(left, row)
        rows, position = np.unique(row, return_inverse=True)
        fresh = self._right(rows)
        patterns = model.Patterns.of(packed)
        scores = model.score(patterns, self.model)
        start = len(self.right.row)
        # A row may stand twice among the right sides: one-to-one must see one person, so known rows keep their place.
        order = np.argsort(self.right.row, kind="stable")
        spot = np.minimum(np.searchsorted(self.right.row[order], fresh.row), max(start - 1, 0))
        old = self.right.row[order][spot] == fresh.row if start else np.zeros(len(rows), dtype=bool)
        target = np.where(old, order[spot] if start else 0, start + np.cumsum(~old) - 1)
        self.right = Right(
            np.r_[self.right.row, fresh.row[~old]],
            np.r_[self.right.card, fresh.card[~old]],
            np.r_[self.right.tie, fresh.tie[~old]],
        )
        n = len(pair)
        extra = Pairs(
            left,
            target[position],
            np.full(n, 1 << blocking.CARD_BIT, dtype=np.uint32),
            packed,
            scores.total[patterns.inverse],
            np.zeros(n, dtype=np.int64),
            np.zeros((n, len(self.config.plug_ins)), dtype=np.int64),
            scores.rival[patterns.inverse],
            np.zeros(n, dtype=np.int8),
            np.zeros(n, dtype=np.int64),
        )
        if self.config.plug_ins:
            extra.plug = self._plug_ins(extra)
        # What a person refused does not come back by way of a relative's card.
        extra = output.apply_rulings(extra, self.ruled, self.right)
        self.pairs = Pairs.join(self.pairs, extra.take(extra.base >= self.config.keep_floor * 100 - _MARGIN), self.right.tie)

    def taken(self, simulated: bool) -> Bools:
        """Pairs whose place a step-1 link of that list already holds; in the simulation a training record holds nothing."""
        data, n = self.data, self.data.n_sources
        held = data.known_row * n + data.known_source
        seats = self.right.row[self.pairs.right] * n + data.source[self.pairs.left]
        return np.isin(seats, held[data.known_work < 0] if simulated else held)

    def labelled(self) -> tuple[Pairs, threshold.Pool]:
        """Pairs that compete when labelled records are judged, and their pool."""
        part = self.pairs.take(~self.taken(True) & (self.pairs.weight >= _HOPELESS))
        return part, self._pool(part.left, part.right, part.weight, self.true(part))

    def thresholds(self) -> threshold.Thresholds:
        """Thresholds for the pairs as they stand."""
        rows = np.flatnonzero(self.data.training)
        answers, residue = output.answers(self), len(self.data) - len(rows)
        return threshold.choose(self.labelled()[1], rows, self.absent(), self.config, answers, residue)

    def absent(self) -> float:
        """Share of residue records for which no candidate is likely."""
        mine = ~self.data.training[self.pairs.left]
        n = int((~self.data.training).sum())
        if not n:
            return 0.0
        best = np.zeros(len(self.data))
        np.maximum.at(best, self.pairs.left[mine], decision.probability(self.pairs.weight[mine]))
        return float(1.0 - best.sum() / n)

    def accepted(self, limits: threshold.Thresholds) -> Bools:
        """Mask of pairs of the residue that are merged without a person."""
        won, final = self.decide()
        return won & (final >= limits.upper)

    def decide(self) -> tuple[Bools, Ints]:
        """(winning pairs of the residue, final weight of every pair); pairs to taken people never win."""
        pairs = self.pairs
        free = ~self.data.training[pairs.left] & ~self.taken(False) & (pairs.weight >= _HOPELESS)
        won = np.zeros(len(pairs.left), dtype=bool)
        final = pairs.weight.copy()
        here = np.flatnonzero(free)
        part = pairs.take(here)
        winners, weights = threshold.decide(self._pool(part.left, part.right, part.weight, np.zeros(len(here), dtype=bool)))
        won[here], final[here] = winners, weights
        return won, final


def link(
    list_table: prepare.Source,
    register: prepare.Source,
    config: LinkageConfig | None = None,
    *,
    step1: pa.Table | None = None,
    cache: Path | None = None,
    snapshot: str | None = None,
    prepared: Path | None = None,
    decisions: pa.Table | None = None,
) -> LinkResult:
    """Matches the people of a list whom step 1 left over, by evidence.

    Args:
        list_table: Arrow table or Parquet path with staging columns (SPEC §5); `record_key` is required, any other column
            may be absent or empty. Records of one `entity_key` are one person and share their link. With a column
            `producer`, several lists are judged in one run: one model, one pair of thresholds, one-to-one in each of them.
        register: the same for Adminduk, one row per resident.
        config: parameters; default `expectations/linkage.yaml`.
        step1: (record_key, register_key) of links by NIK; computed here when None. They train the model, take their
            residents and tell where relatives are.
        cache: where the prepared register is kept; without it, it is prepared for this run only.
        snapshot: hash of the register's content, when the caller knows it.
        prepared: a register prepared before (`prepare_register`); `register` is then read for plug-ins only.
        decisions: (entity_key, register_key, keputusan 'padan' | 'bukan') by people; they outrank the model.

    Returns:
        The same result for the same rows, whatever their order and the number of threads.

    Raises:
        PadananError: a missing file or record_key, a double record_key, a plug-in that can't be loaded.
    """
    config = config or load_linkage_config()
    started = time.process_time()
    # Names lie there while the engine overflows: beside the register that a home keeps, on its disk.
    with tempfile.TemporaryDirectory(prefix=".padanan-", dir=prepared and Path(prepared).parent) as folder:
        path = prepared or prepare.prepare_register(
            register,
            cache or Path(folder),
            snapshot or inputs.snapshot_hash(register),
            memory=config.memory,
            threads=config.threads,
        )
        con = inputs.connect(config)
        try:
            con.execute(f"set temp_directory='{folder}'")
            return _link(started, con, inputs_of(con, list_table, path, step1, config), config, (list_table, register), decisions)
        finally:
            con.close()


def inputs_of(
    con: duckdb.DuckDBPyConnection, people: prepare.Source, path: Path, step1: pa.Table | None, config: LinkageConfig
) -> inputs.Inputs:
    """`inputs.read`, apart so that callers can look at what a run would work on."""
    return inputs.read(con, people, path, step1, config)


def _link(
    started: float,
    con: duckdb.DuckDBPyConnection,
    data: inputs.Inputs,
    config: LinkageConfig,
    raw: tuple[Any, Any],
    decisions: pa.Table | None,
) -> LinkResult:
    run = _Run(con, data, config, raw, started)
    run.lap("masukan")
    run.candidates()
    run.fit()
    run.ruled = output.Rulings.read(con, run.register_sql, decisions, data.entity)
    run.pairs = output.apply_rulings(run.pairs, run.ruled, run.right)
    limits = threshold.without_labels(config.absent_share, config)
    accepted: Bools | None = None
    for turn in range(max(config.household_rounds, 1)):
        run.relatives(accepted)
        limits = run.thresholds()
        accepted = run.accepted(limits)
        if turn == 0:
            run.expand(accepted)
            # Expansion renumbers the pairs.
            run.relatives(None)
            accepted = run.accepted(limits)
    run.relatives(accepted)
    limits = run.thresholds()
    run.lap("keputusan")
    return output.build(run, limits)
