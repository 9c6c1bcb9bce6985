"""The solved cells of one revision: what every page, form and document asks before it prints a count.

Which tables there are is declared by the neighbours; drawing a mark belongs to `padanan/pages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from padanan.base.suppress import Cell, Cover
from padanan.published.cells.declared import Cross, Declared, Key, Solved
from padanan.published.cells.places import place_key, places, rule_key, rules
from padanan.published.cells.solve import solve
from padanan.published.facts import NO_KOTA, Counted, Facts
from padanan.published.wilayah import Tree


@dataclass(frozen=True)
class Cells:
    """Declared cells with their marks."""

    declared: Declared
    solved: Solved

    @classmethod
    def of(cls, declared: Declared) -> Cells:
        """Covers what was declared, all of it together."""
        return cls(declared, solve(declared))

    def mark(self, key: Key) -> Cover | None:
        """What covers a cell, None where it is printed.

        Raises:
            KeyError: nobody declared the cell: nothing that isn't in the model may leave the house.
        """
        if key not in self.declared.values or key in self.declared.unseen:
            raise KeyError(f"no such cell in the model of what is published: {key}")
        return self.solved.marks.get(key)

    def value(self, key: Key) -> int:
        """The true count of a cell."""
        return self.declared.values[key]

    def cross(self, name: str) -> Cross:
        """A table by its name."""
        return self.declared.crosses[name]

    def tree(self, counted: Tree) -> Tree:
        """The places with their covered cells."""
        keys = {(path, name): place_key(path, name) for path, name in counted.cells}
        return replace(counted, covered={cell: mark for cell, key in keys.items() if (mark := self.solved.marks.get(key))})

    def rules(self, facts: Facts | Counted) -> dict[str, dict[Cell, Cover]]:
        """The covered cells of each producer's table of rules by kota; keys (rule id, kota code)."""
        covers: dict[str, dict[Cell, Cover]] = {producer: {} for producer in facts.rows}
        for item in facts.rules:
            for kota in (*facts.kota_names, NO_KOTA):
                if mark := self.mark(rule_key(item.producer, item.rule.id, kota)):
                    covers[item.producer][item.rule.id, kota] = mark
        return covers

    @cached_property
    def shares(self) -> Mapping[str, tuple[int, int]]:
        """Kind of count -> (covered, printed or covered); zeros count."""
        found: dict[str, tuple[int, int]] = {}
        for key in self.declared.values:
            if key not in self.declared.unseen:
                kind = str(key[0]) if isinstance(key, tuple) else str(key)
                hidden, every = found.get(kind, (0, 0))
                found[kind] = (hidden + (key in self.solved.marks), every + 1)
        return found


def rule_covers(facts: Facts | Counted) -> dict[str, dict[Cell, Cover]]:
    """The covered cells of the rules by kota alone: no printed figure links them to others, so the whole model says the same."""
    declared = Declared()
    rules(declared, facts)
    return Cells.of(declared).rules(facts)


def declared_report(tree: Tree, facts: Facts) -> Declared:
    """Every cell of a report."""
    declared = Declared()
    places(declared, tree)
    rules(declared, facts)
    return declared
