"""Made-up name tokens by seed, so that profiles can be drawn whose tokens were never used for design.

Only the generic tokens (MUHAMMAD, SITI …), which belong to the field's rules, are shared between seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

DESIGN_SEED = 0
_ONSETS = [
    "",
    "B",
    "C",
    "D",
    "F",
    "G",
    "H",
    "J",
    "K",
    "L",
    "M",
    "N",
    "P",
    "R",
    "S",
    "T",
    "W",
    "Y",
    "SY",
    "KH",
    "Z",
    "TR",
    "PR",
    "NG",
    "NY",
]
_VOWELS = ["A", "A", "A", "I", "I", "U", "U", "E", "O", "AI", "IA"]
_CODAS = ["", "", "", "", "N", "N", "R", "H", "S", "T", "NG", "M", "L", "K"]
GENERIC_MALE = ("MUHAMMAD", "ABDUL", "AHMAD")
GENERIC_FEMALE = ("SITI", "NUR", "SRI")


@dataclass(frozen=True)
class Vocabulary:
    """Tokens and their shares; every array is over tokens of its own list."""

    male: list[str]
    female: list[str]
    second: list[str]

    @property
    def tokens(self) -> frozenset[str]:
        """All tokens of the profile."""
        return frozenset(self.male) | frozenset(self.female) | frozenset(self.second)


def _make(rng: np.random.Generator, count: int, used: set[str]) -> list[str]:
    out: list[str] = []
    while len(out) < count:
        syllables = int(rng.choice([2, 2, 3, 3, 4]))
        token = "".join(
            str(rng.choice(_ONSETS))
            + str(rng.choice(_VOWELS))
            + (str(rng.choice(_CODAS)) if i == syllables - 1 or rng.random() < 0.3 else "")
            for i in range(syllables)
        )
        if 4 <= len(token) <= 11 and token not in used:
            used.add(token)
            out.append(token)
    return out


@cache
def vocabulary(seed: int) -> Vocabulary:
    """Tokens of one seed; those of the design seed are excluded from every other seed."""
    used = set(GENERIC_MALE) | set(GENERIC_FEMALE)
    if seed != DESIGN_SEED:
        used |= vocabulary(DESIGN_SEED).tokens
    rng = np.random.default_rng([seed, 77])
    return Vocabulary(_make(rng, 700, used), _make(rng, 700, used), _make(rng, 2500, used))


def zipf(count: int, exponent: float) -> npt.NDArray[np.float64]:
    """Shares of `count` tokens that fall with rank."""
    share = 1.0 / (np.arange(count) + 6.0) ** exponent
    return np.asarray(share / share.sum())
