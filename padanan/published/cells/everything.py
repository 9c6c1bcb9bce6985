"""Every cell of a revision, declared once: the list of all tables of counts that leave the house.

How each family of tables adds up is in the neighbours; a table that isn't declared through here can't be printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from padanan.contracts.contract import Contract
from padanan.contracts.field_rules import load_field_rules
from padanan.published.activity import Activity
from padanan.published.cells.changes import changes
from padanan.published.cells.declared import Declared
from padanan.published.cells.lists import every_list, programs, together
from padanan.published.cells.matching import doubles, overlap, record_groups, updates
from padanan.published.cells.people import criteria, groups, population_ages, target
from padanan.published.cells.places import places, rules
from padanan.published.comparison import Comparison
from padanan.published.evidence_groups import Group
from padanan.published.facts import Facts
from padanan.published.groups import OUTSIDE, Groups
from padanan.published.opened import NotPublished, Published
from padanan.published.overlap import Overlap
from padanan.published.sensitivity import Sensitivity
from padanan.published.targeting import Targeting
from padanan.published.wilayah import Tree


@dataclass(frozen=True)
class Counts:
    """What was counted of one revision; None where the publication doesn't tell."""

    tree: Tree
    facts: Facts
    groups: Groups
    overlaps: Mapping[str, Overlap]
    targeting: Targeting | None
    activity: Activity | None
    sensitivity: Sensitivity | None
    comparisons: Sequence[Comparison]
    record_groups: Sequence[Group]


def declare(source: Published, contracts: Mapping[str, Contract], counts: Counts) -> Declared:
    """Declares every cell of a revision.

    Raises:
        ValueError: one quantity was counted twice with different results, or parts do not add up to their sum.
    """
    into = Declared()
    kotas = list(counts.facts.kota_names)
    fields = load_field_rules()
    places(into, counts.tree)
    rules(into, counts.facts)
    groups(into, counts.groups, [*kotas, OUTSIDE], counts.facts.people_by_rule)
    target(into, source)
    if counts.sensitivity is not None:
        criteria(into, counts.sensitivity)
    if counts.tree.population:
        population_ages(into, source)
    for found in counts.overlaps.values():
        overlap(into, found)
    if counts.targeting is not None:
        programs(into, counts.targeting, kotas)
        with suppress(NotPublished):
            together(into, source, contracts, fields)
    every_list(into, source, contracts, fields, kotas)
    if counts.activity is not None:
        updates(into, counts.activity, kotas)
    for comparison in counts.comparisons:
        changes(into, comparison)
    record_groups(into, counts.record_groups)
    doubles(into, source)
    return into
