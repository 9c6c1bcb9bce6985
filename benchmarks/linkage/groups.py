"""Whether whole groups of doubles come out right, as the literature counts it beside pairs.

How pairs are scored belongs to each engine; which threshold they are cut at belongs to its worker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

Pair = tuple[Hashable, Hashable]


def groups(pairs: Iterable[Pair]) -> set[frozenset[Hashable]]:
    """The groups of two or more that pairs make when each joins what its two ends belong to."""
    above: dict[Hashable, Hashable] = {}

    def top(one: Hashable) -> Hashable:
        above.setdefault(one, one)
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    for a, b in pairs:
        above[top(a)] = top(b)
    found: dict[Hashable, set[Hashable]] = defaultdict(set)
    for one in list(above):
        found[top(one)].add(one)
    return {frozenset(group) for group in found.values()}


def group_f1(accepted: Iterable[Pair], true: Iterable[Pair]) -> float:
    """F1 of groups: one counts only when exactly its members are together (Menestrina et al. 2010, cluster comparison)."""
    made, right = groups(accepted), groups(true)
    return 2 * len(made & right) / (len(made) + len(right)) if made or right else 1.0
