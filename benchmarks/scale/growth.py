"""How a cost grows with the residents, and which costs are beyond what is allowed; nothing is measured here.

The figures come from `nodes` and from a run's `run.json`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

EXPONENT = 1.15
"""The highest exponent by which a step, a model or a test may grow."""
FLOOR = 23.0
"""Seconds that the floor under the job (`floor`) took for each million residents where the budgets below were set: the yardstick.

A second of another machine, or of this one when its neighbours work, is not a second of that one: landing, which did not change,
took 24 to 32 of them at 200,000 residents on one day. So the floor is run beside the job, and what is allowed are seconds as the
floor counts them.
"""
FASTEST, SLOWEST = 1.0, 1.5
"""How far the floor may move a budget: a quick machine makes none smaller, a slow one gives half as much again."""
LEAST = 1.0
"""Seconds at the larger size below which a growth says more about the clock than about the query."""
NODE_BUDGET = 25.0
"""Seconds of processor time that one model or test may take for each million residents."""
STEP_BUDGETS: Mapping[str, float] = {
    "landing (kiriman)": 160.0,
    "landing (rencana)": 4.0,
    "cleansing, NIK (dbt)": 195.0,
    "cleansing (aturan mutu)": 74.0,
    "padanan (acuan)": 18.0,
    "padanan (bukti)": 135.0,
    "padanan (dbt)": 165.0,
    "review (baris utuh)": 1.0,
    "review (terbitan)": 65.0,
    "review (laporan)": 101.0,
}
"""Seconds of processor time that a step may take for each million residents, at 200,000: start-ups are in them, and landing's
readers, which are processes of their own.

Dealt anew on 30 November 2026 from a run alone on its machine, 918 seconds in all for 1,017 before: landing's readers are counted
since, and staging pays for texts compressed to a third of the disk; publication, which had three times what it takes, gave most.
"""
WHOLE = "seluruhnya"
WHOLE_BUDGET = 850.0
"""What all steps together may take for each million residents: less than the sum of theirs, for they are not all slow at once."""


@dataclass(frozen=True)
class Growth:
    """One cost at two sizes: its name, seconds at each, and the allowed seconds for each million residents."""

    name: str
    small: float
    large: float
    residents: tuple[int, int]
    budget: float

    @property
    def exponent(self) -> float:
        """1 grows as the residents do, 2 with their square."""
        ratio = max(self.large, 0.01) / max(self.small, 0.01)
        return math.log(ratio) / math.log(self.residents[1] / self.residents[0])

    @property
    def per_million(self) -> float:
        """Seconds for each million residents, at the larger size."""
        return self.large * 1_000_000 / self.residents[1]

    @property
    def faults(self) -> list[str]:
        """What is not allowed about it."""
        found = []
        if self.large >= LEAST and self.exponent > EXPONENT:
            found.append(f"{self.name}: tumbuh pangkat {self.exponent:.2f}, batas {EXPONENT}")
        if self.large >= LEAST and self.per_million > self.budget:
            found.append(f"{self.name}: {self.per_million:.0f} CPU dtk per sejuta penduduk, batas {self.budget:.0f}")
        return found


def slowness(floor: float, residents: int) -> float:
    """How many seconds here are one where the budgets were set.

    Args:
        floor: seconds of processor time of the floor on the same files, beside the job.
    """
    return min(max(floor * 1_000_000 / residents / FLOOR, FASTEST), SLOWEST)


def compared(
    small: Mapping[str, float],
    large: Mapping[str, float],
    residents: tuple[int, int],
    budgets: Mapping[str, float],
    slow: float = FASTEST,
) -> list[Growth]:
    """Each cost of the larger size beside that of the smaller one.

    Args:
        budgets: seconds for each million residents by name; a name without one has `NODE_BUDGET`.
        slow: what `slowness` says of this machine.
    """
    return [
        Growth(name, small.get(name, 0.0), seconds, residents, budgets.get(name, NODE_BUDGET) * slow)
        for name, seconds in large.items()
    ]
