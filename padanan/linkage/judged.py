"""Pairs of a run as they stand: who competes, who wins, where thresholds lie, and what people answered before.

How pairs got their weights belongs to `fit` and `relatives`; what becomes of them in a table belongs to `output`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from padanan.linkage import blocking, decision, doubt, model, threshold
from padanan.linkage.candidates import Setting
from padanan.linkage.pairs import Pairs, Right
from padanan.linkage.rulings import RULED, Rulings, words
from padanan.linkage.selection import Answers

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

# A pair this unlikely neither wins nor takes anything noticeable off a rival.
HOPELESS = -1000


@dataclass(frozen=True)
class Judged:
    """Weighed pairs with the model that weighed them and the rulings laid upon them; a step that adds to them gives a new one.

    Attributes:
        completeness, n_pairs, found, trust: see `fit.Fitted`.
        right: the register rows that `pairs` name.
    """

    setting: Setting
    model: model.Model
    completeness: float
    n_pairs: int
    found: blocking.Candidates
    ruled: Rulings
    right: Right
    pairs: Pairs
    trust: npt.NDArray[np.float64]

    def asked(self) -> Bools:
        """Pairs that wait for a person whatever they weigh, unless one has decided them."""
        return np.asarray(doubt.held(self.pairs) & (words(self.pairs, self.ruled, self.right) == 0))

    def taken(self, simulated: bool) -> Bools:
        """Pairs whose place a step-1 link of that list already holds; in the simulation a training record holds nothing."""
        data, n = self.setting.data, self.setting.data.n_sources
        held = data.known_row * n + data.known_source
        seats = self.right.row[self.pairs.right] * n + data.source[self.pairs.left]
        return np.isin(seats, held[data.known_work < 0] if simulated else held)

    def labelled(self) -> tuple[Pairs, threshold.Pool]:
        """Pairs that compete when labelled records are judged, and their pool."""
        part = self.pairs.take(~self.taken(True) & (self.pairs.weight >= HOPELESS))
        true, held = self.setting.true(part, self.right), doubt.held(part)
        return part, self.setting.pool(part.left, part.right, part.weight, true, held, self.trust)

    def thresholds(self, floor: int | None = None) -> threshold.Thresholds:
        """Thresholds for the pairs as they stand; the automatic one never under `floor` (`threshold.choose`)."""
        rows = np.flatnonzero(self.setting.data.training)
        answers, residue = self.answers(), len(self.setting.data) - len(rows)
        return threshold.choose(self.labelled()[1], rows, self.absent(), self.setting.config, answers, residue, floor)

    def absent(self) -> float:
        """Share of residue records for which no candidate is likely."""
        mine = ~self.setting.data.training[self.pairs.left]
        n = int((~self.setting.data.training).sum())
        if not n:
            return 0.0
        best = np.zeros(len(self.setting.data))
        np.maximum.at(best, self.pairs.left[mine], decision.probability(self.pairs.weight[mine]))
        return float(1.0 - best.sum() / n)

    def accepted(self, limits: threshold.Thresholds) -> Bools:
        """Mask of pairs of the residue that are merged without a person."""
        won, final = self.decide()
        return won & (final >= limits.upper) & ~self.asked()

    def decide(self) -> tuple[Bools, Ints]:
        """(winning pairs of the residue, final weight of every pair); pairs to taken people never win."""
        pairs = self.pairs
        free = ~self.setting.data.training[pairs.left] & ~self.taken(False) & (pairs.weight >= HOPELESS)
        won = np.zeros(len(pairs.left), dtype=bool)
        final = pairs.weight.copy()
        here = np.flatnonzero(free)
        part = pairs.take(here)
        winners, weights = threshold.decide(
            self.setting.pool(part.left, part.right, part.weight, np.zeros(len(here), dtype=bool))
        )
        won[here], final[here] = winners, weights
        return won, final

    def torn(self, won: Bools, final: Ints, lower: int) -> Bools:
        """The best pair of each record that surely is one of its candidates, though none of them alone stands out.

        Args:
            won, final: of `decide`. lower: weight from which a person decides.
        """
        pairs = self.pairs
        free = np.flatnonzero(~self.setting.data.training[pairs.left] & ~self.taken(False) & (pairs.weight >= HOPELESS))
        odds = np.zeros(len(self.setting.data))
        np.add.at(odds, pairs.left[free], np.exp2(np.minimum(pairs.weight[free], 4000) / 100.0))
        # Sums in whole thousandths of a bit: the order of pairs must not show.
        whole = np.rint(1000 * np.log2(np.maximum(odds, 1e-9)))
        free = free[whole[pairs.left[free]] >= 10 * max(lower, 0)]
        order = free[np.lexsort((self.right.tie[pairs.right[free]], -final[free], pairs.left[free]))]
        first = np.r_[True, pairs.left[order[1:]] != pairs.left[order[:-1]]] if len(order) else np.empty(0, dtype=bool)
        best = np.zeros(len(pairs.left), dtype=bool)
        best[order[first]] = True
        # A record that already has its resident, or one to be asked about, is not asked about twice.
        has = np.zeros(len(self.setting.data), dtype=bool)
        has[pairs.left[won & (final >= lower)]] = True
        return best & ~has[pairs.left]

    def answers(self) -> Answers:
        """The pairs that people decided, with the weight that they would have by evidence alone.

        A pair whose resident NIK already gave to another record of the list, or that waits for a person whatever it weighs, is
        never merged at any threshold: no answer about it says where the threshold should lie.
        """
        pairs, data = self.pairs, self.setting.data
        if len(self.ruled.left) == 0:
            return Answers.none()
        said = words(pairs, self.ruled, self.right)
        plain = pairs.weight - RULED * said
        final = plain + decision.rivalry(pairs.left, plain)
        here = np.flatnonzero((said != 0) & ~data.training[pairs.left] & ~self.taken(False) & ~doubt.held(pairs))
        return Answers(final[here], decision.probability(final[here]), said[here] > 0)
