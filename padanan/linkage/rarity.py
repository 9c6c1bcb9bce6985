"""Term frequency: an equal name or birth date says more when few people bear it, less when many do (default days, one word).

What equality itself is worth belongs to `model`; which pairs a person must see belongs to `doubt`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from padanan.linkage import comparison, decision, model
from padanan.linkage.candidates import Compared, Setting
from padanan.linkage.doubt import DAY, WORD, least_borne
from padanan.linkage.model import centibits
from padanan.linkage.register import TALLY

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
_NAME, _BORN = (next(k for k, c in enumerate(comparison.COLUMNS) if c.name == name) for name in ("nama", "lahir"))
# Hundredths of a bit under the usual from which a day is called common: four times as many people bear it.
_COMMON_DAY = 200


def of(
    setting: Setting, compared: Compared, scores: model.PatternScore, patterns: model.Patterns
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """(hundredths of a bit that the rarity of name and birth date adds to each pair, marks `DAY` and `WORD`)."""
    people, left, inverse = setting.data.people, compared.found.left, patterns.inverse
    bits, marks = np.zeros(len(inverse), dtype=np.int32), np.zeros(len(inverse), dtype=np.uint8)
    chance = 1.0 - decision.probability(scores.total)

    def term(column: int, many: Floats) -> tuple[Ints, Ints]:
        here = np.flatnonzero((patterns.levels[:, column] == 1)[inverse])
        got = weigh(
            many[left[here]],
            scores.share_random[inverse[here]],
            chance[inverse[here]],
            setting.config.rarity_max,
        )
        bits[here] += got[0].astype(np.int32)
        return here, got[1]

    many = setting.data.register.count("name_key", people["name_key"])
    here, _ = term(_NAME, many)
    common = (people["n_tokens"] == 1) & (many >= least_borne(setting.data.register.rows))
    marks[here[common[left[here]]]] |= WORD.bit
    born = setting.data.register.tally("dob")[people["dob"] & ((1 << TALLY) - 1)]
    here, plain = term(_BORN, born.astype(np.float64))
    first = people["dob"][left[here]] % 10000 == 101
    marks[here[first | (plain <= -_COMMON_DAY)]] |= DAY.bit
    return bits, marks


def weigh(frequency: Floats, share_random: Floats, nonmatch: Floats, limit: float) -> tuple[Ints, Ints]:
    """Hundredths of a bit that an equal value adds because it is rare, or takes because it is frequent.

    Args:
        frequency: how many people of the register bear the value of each pair.
        share_random: see `model.PatternScore`: in one household a value's rarity says nothing.
        nonmatch: chance of each pair to be no match, to find the value's usual frequency among chance pairs.
        limit: largest absolute bits.

    Returns:
        (what each pair gets, the same were all others strangers).
    """
    weight = nonmatch * share_random
    # Whole numbers: the sum must not depend on the order of pairs.
    mass = np.rint(weight * 1e6).sum()
    if mass <= 0:
        return centibits(np.zeros(len(frequency))), centibits(np.zeros(len(frequency)))
    logs = np.log2(np.maximum(frequency, 1.0))
    usual = np.rint(weight * logs * 1e6).sum() / mass
    value = np.clip(usual - logs, -limit, limit)
    return centibits(value * share_random), centibits(value)
