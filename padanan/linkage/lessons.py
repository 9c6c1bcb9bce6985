"""What a person's answers teach about pairs like the answered ones: which are settled with them, and which answer settles most.

How sure a pair is by itself belongs to `calibration`, where answers move the threshold to `selection`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln  # type: ignore[import-untyped]

from padanan.linkage import comparison, decision, doubt
from padanan.linkage.calibration import Curve
from padanan.linkage.config import LinkageConfig
from padanan.linkage.judged import Judged
from padanan.linkage.pairs import Pairs
from padanan.linkage.rulings import RULED, words

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Chance that a pattern's share lies under what its answers let say.
_DOUBT = 0.05
# Answers more than that nobody gives to one pattern.
_MOST = 400
# What no answer about another pair can decide: each has a twin, a namesake or a card mate of its own.
UNTEACHABLE = doubt.TWIN.bit | doubt.BARE.bit | doubt.MATE.bit
_NAME, _BORN = comparison.column("nama"), comparison.column("lahir")
# Levels that say much the same: a name as it is written, heard or shortened, or another one; a day, a year, none of both.
_ANOTHER = ("kosong", "agak_mirip", "kata_depan_sama", "beda")
_DATES = (("kosong",), ("sama", "tertukar", "dua_bagian"), ("taksiran", "tahun_sama"), ("beda",))
_BANDS = np.array([0.5, 0.9, 0.98, 0.995])


def pattern(pairs: Pairs, chance: Floats) -> Ints:
    """A number for pairs alike: what holds them, how names and birth dates agree, what relatives prove, how sure they are.

    Args:
        chance: stated probability without any answer.
    """
    another = np.array([name in _ANOTHER for name in _NAME.levels])
    date = np.array([next(k for k, names in enumerate(_DATES) if name in names) for name in _BORN.levels])
    code = doubt.holding(pairs).astype(np.int64)
    for level in (
        another[comparison.level_of(pairs.packed, _NAME)],
        date[comparison.level_of(pairs.packed, _BORN)],
        pairs.kin,
        np.searchsorted(_BANDS, chance, side="right"),
    ):
        code = (code << 3) | level.astype(np.int64)
    return np.asarray(code)


def teachable(pairs: Pairs) -> Bools:
    """Pairs that answers about others may settle."""
    return np.asarray((doubt.holding(pairs) & np.uint8(UNTEACHABLE)) == 0)


@dataclass(frozen=True)
class Lessons:
    """Patterns of open pairs with the answers that were given to pairs alike; aligned, `code` ascending.

    The share of true pairs in a pattern is Beta(strength · prior + yes, strength · (1 − prior) + no): the calibrated
    probability is worth some answers, the answers count one each.

    Attributes:
        open: pairs that wait. yes, no: answers. prior: mean stated probability of the open pairs.
        strength: answers that the prior counts for. least: answers below which nothing is settled. wanted: share asked.
    """

    code: Ints
    open: Ints
    yes: Ints
    no: Ints
    prior: Floats
    strength: float
    least: int
    wanted: float

    @classmethod
    def of(cls, code: Ints, open_: Bools, said: Ints, chance: Floats, config: LinkageConfig) -> Lessons:
        """Lessons of pairs.

        Args:
            code: of `pattern`. open_: a person is asked, and answers about others may settle it.
            said: +1, −1 or 0 (`rulings.words`). chance: stated probability.
        """
        kinds, place = np.unique(code[open_], return_inverse=True)
        waiting = np.bincount(place, minlength=len(kinds))
        # Whole millionths: the order of pairs must not show.
        mass = np.bincount(place, weights=np.rint(chance[open_] * 1e6), minlength=len(kinds)) / 1e6
        spot = np.minimum(np.searchsorted(kinds, code), max(len(kinds) - 1, 0))
        known = (kinds[spot] == code) if len(kinds) else np.zeros(len(code), dtype=bool)
        yes, no = (np.bincount(spot[known & (said == word)], minlength=len(kinds)) for word in (1, -1))
        prior = np.clip(mass / np.maximum(waiting, 1), 1e-6, 1.0 - 1e-6)
        return cls(kinds, waiting, yes, no, prior, config.answer_strength, config.answers_min, config.precision)

    def spot(self, code: Ints) -> Ints:
        """Place of each pair's pattern, −1 where it has none."""
        if not len(self.code):
            return np.full(len(code), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.code, code), len(self.code) - 1)
        return np.asarray(np.where(self.code[place] == code, place, -1))

    @property
    def verdict(self) -> Ints:
        """+1 where pairs alike are the person, −1 where they are not, 0 where a person is asked on.

        Only answers that all agree settle, from `least` on, and only when the share's lower bound is above the wanted one.
        """
        yes, no = self._sure(self.yes, self.no), self._sure(self.no, self.yes, True)
        return np.asarray(yes.astype(np.int64) - no.astype(np.int64))

    def moved(self, code: Ints, chance: Floats) -> Floats:
        """Stated probability of pairs after the answers to pairs alike."""
        place = self.spot(code)
        here = np.maximum(place, 0)
        yes, no = (np.where(place >= 0, side[here] if len(side) else 0, 0) for side in (self.yes, self.no))
        return np.asarray((self.strength * chance + yes) / (self.strength + yes + no))

    def needed(self) -> tuple[Ints, Floats]:
        """(answers that each pattern still needs, expected number of other pairs that one of these settles).

        Were k more answers all alike, its other open pairs would be settled; the chance of it is the beta-binomial's. 0 where
        answers contradict each other or too few pairs are open.
        """
        more = np.arange(1, _MOST + 1)
        best, gain = np.zeros(len(self.code), dtype=np.int64), np.zeros(len(self.code))
        for flip in (False, True):
            own, other = (self.no, self.yes) if flip else (self.yes, self.no)
            able = self._sure(own[:, None] + more, other[:, None], flip, self.prior[:, None])
            k = np.where(able.any(axis=1), more[able.argmax(axis=1)], _MOST + 1)
            a, b = self._shape(own, other, flip, self.prior)
            alike = np.exp(betaln(a + k, b) - betaln(a, b))
            won = np.where((k < self.open) & (other == 0), alike * (self.open - k) / k, 0.0)
            best, gain = np.where(won > gain, k, best), np.maximum(won, gain)
        return best, gain

    def _shape(self, own: Ints, other: Ints, flip: bool, prior: Floats) -> tuple[Floats, Floats]:
        share = 1.0 - prior if flip else prior
        return np.asarray(self.strength * share + own), np.asarray(self.strength * (1.0 - share) + other)

    def _sure(self, own: Ints, other: Ints, flip: bool = False, prior: Floats | None = None) -> Bools:
        a, b = self._shape(own, other, flip, self.prior if prior is None else prior)
        return np.asarray((other == 0) & (own >= self.least) & (betainc(a, b, self.wanted) <= _DOUBT))


@dataclass(frozen=True)
class Taught:
    """What answers did to the pairs of a run, aligned with them.

    Attributes:
        verdict: +1 settled as the person, −1 as not, 0 as they were. chance: stated probability, NaN where answers say nothing.
        settles: other pairs that an answer about this one is expected to settle; 0 for what is not asked.
    """

    verdict: Ints
    chance: Floats
    settles: Floats


def learn(judged: Judged, curve: Curve, final: Ints, waiting: Bools) -> Taught:
    """What people's answers teach about the pairs that wait.

    Args:
        final: weight of every pair after rivalry. waiting: pairs that would be asked about, and that one-to-one allows.
    """
    pairs = judged.pairs
    said = words(pairs, judged.ruled, judged.right)
    # A pair that reviewers were unsure or divided about is theirs, whatever they say of others.
    waiting = waiting & ~judged.ruled.unsettled(pairs, judged.right)
    here = np.flatnonzero(waiting | ((said != 0) & ~judged.setting.data.training[pairs.left]))
    part, plain = pairs.take(here), final
    if (said != 0).any():
        own = pairs.weight - RULED * said
        plain = own + decision.rivalry(pairs.left, own)
    chance = curve.of(plain[here], np.ones(len(here), dtype=bool))
    code, open_ = pattern(part, chance), waiting[here] & teachable(part) & (said[here] == 0)
    lessons = Lessons.of(code, open_, said[here], chance, judged.setting.config)
    verdict, moved, settles = np.zeros(len(final), dtype=np.int64), np.full(len(final), np.nan), np.zeros(len(final))
    if len(lessons.code):
        verdict[here] = np.where(open_, lessons.verdict[lessons.spot(code)], 0)
        moved[here] = np.where(open_, lessons.moved(code, chance), np.nan)
        tie = judged.right.tie[part.right] ^ judged.setting.data.tie[part.left]
        settles[here] = expected(lessons, code, open_ & (verdict[here] == 0), tie)
    return Taught(verdict, moved, settles)


def expected(lessons: Lessons, code: Ints, open_: Bools, tie: npt.NDArray[np.uint64]) -> Floats:
    """Other pairs that an answer about each pair is expected to settle: of a pattern's pairs as many as are needed, by content.

    Args:
        code, open_: as of `Lessons.of`. tie: decides which pairs of a pattern are asked first, whatever they weigh.
    """
    out = np.zeros(len(code))
    here = np.flatnonzero(open_)
    if not len(here):
        return out
    k, gain = lessons.needed()
    here = here[np.lexsort((tie[here], code[here]))]
    first = np.r_[True, code[here][1:] != code[here][:-1]]
    rank = np.arange(len(here)) - np.maximum.accumulate(np.where(first, np.arange(len(here)), 0))
    place = lessons.spot(code[here])
    out[here] = np.where(rank < k[place], gain[place], 0.0)
    return np.asarray(np.round(out, 4))
