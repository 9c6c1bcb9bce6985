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
from padanan.linkage.pairs import MARGIN
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
    nonmatch = (1.0 - decision.probability(scores.total)) * scores.share_random
    most = setting.config.rarity_max
    # Two rarities can't lift a pair further than this: what lies lower stays out whatever its name.
    plausible = scores.total >= setting.config.keep_floor * 100 - MARGIN - 200 * most

    def term(column: int, many: Floats) -> tuple[Ints, Ints]:
        exact = patterns.levels[:, column] == 1
        logs = np.log2(np.maximum(many, 1.0))
        here = np.flatnonzero(exact[inverse])
        common = usual(logs[left[here]], nonmatch[inverse[here]])
        here = here[plausible[inverse[here]]]
        plain = np.clip(common - logs[left[here]], -most, most)
        bits[here] += centibits(plain * scores.share_random[inverse[here]]).astype(np.int32)
        return here, centibits(plain)

    many = setting.data.register.count("name_key", people["name_key"])
    here, _ = term(_NAME, many)
    common = (people["n_tokens"] == 1) & (many >= least_borne(setting.data.register.rows))
    marks[here[common[left[here]]]] |= WORD.bit
    born = setting.data.register.tally("dob")[people["dob"] & ((1 << TALLY) - 1)]
    here, plain = term(_BORN, born.astype(np.float64))
    first = people["dob"][left[here]] % 10000 == 101
    marks[here[first | (plain <= -_COMMON_DAY)]] |= DAY.bit
    return bits, marks


def usual(logs: Floats, nonmatch: Floats) -> float:
    """log2 of how many people bear an equal value of a chance pair; 0 when there is none.

    Args:
        logs: log2 of how many people of the register bear the value of each pair.
        nonmatch: chance of each pair to be one of strangers, by which it counts.
    """
    # Whole numbers small enough for exact sums: the order of pairs must not show.
    weight = np.rint(nonmatch * 1e3)
    mass = float(weight.sum())
    return float((weight * np.rint(logs * 100)).sum()) / (100 * mass) if mass > 0 else 0.0
