"""The solved cells of one revision: what every page, form and document asks before it prints a count.

What is declared is listed in `everything`; drawing a mark belongs to `padanan/pages`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

from padanan.base.suppress import Cell, Cover
from padanan.published.cells.declared import Cross, Declared, Key, Solved
from padanan.published.cells.matching import overlap_key
from padanan.published.cells.people import split_key
from padanan.published.cells.places import place_key, rule_key, rules
from padanan.published.cells.solve import solve
from padanan.published.facts import NO_KOTA, Counted, Facts
from padanan.published.groups import UNKNOWN, SplitCounts
from padanan.published.overlap import Overlap, set_key
from padanan.published.wilayah import Tree

# A decision renders the report of one publication several times in one process: report, form and papers ask for the same cells.
KEPT = 4
_LAST: dict[Hashable, tuple[Solved, frozenset[Key]]] = {}


@dataclass(frozen=True)
class Cells:
    """Declared cells with their marks."""

    declared: Declared
    solved: Solved

    @classmethod
    def of(cls, declared: Declared) -> Cells:
        """Covers what was declared, all of it together; what this process covered last it does not cover again."""
        content = declared.content
        if content not in _LAST:
            found = solve(declared)
            if found.untold and declared.yielding:
                declared.key -= declared.yielding
                found = solve(declared)
            while len(_LAST) >= KEPT:
                del _LAST[next(iter(_LAST))]
            _LAST[content] = found, frozenset(declared.key)
        solved, key = _LAST[content]
        declared.key = set(key)  # those that did not yield
        return cls(declared, solved)

    def has(self, key: Key) -> bool:
        """Whether a count is in the model and may be printed with its mark."""
        return key in self.declared.values and key not in self.declared.unseen

    def mark(self, key: Key) -> Cover | None:
        """What covers a cell, None where it is printed.

        Raises:
            KeyError: nobody declared the cell: nothing that isn't in the model may leave the house.
        """
        if not self.has(key):
            raise KeyError(f"no such cell in the model of what is published: {key}")
        return self.solved.marks.get(key)

    def value(self, key: Key) -> int:
        """The true count of a cell."""
        return self.declared.values[key]

    def cross(self, name: str) -> Cross:
        """A table by its name."""
        return self.declared.crosses[name]

    def marked(self, keys: Mapping[Cell, Key]) -> dict[Cell, Cover]:
        """The covered ones of a page's cells."""
        return {cell: mark for cell, key in keys.items() if self.has(key) and (mark := self.mark(key))}

    def tree(self, counted: Tree) -> Tree:
        """The places with their covered cells."""
        return replace(counted, covered=self.marked({(path, name): place_key(path, name) for path, name in counted.cells}))

    def rules(self, facts: Facts | Counted) -> dict[str, dict[Cell, Cover]]:
        """The covered cells of each producer's table of rules by kota; keys (rule id, kota code)."""
        keys: dict[str, dict[Cell, Key]] = {producer: {} for producer in facts.rows}
        for item in facts.rules:
            for kota in (*facts.kota_names, NO_KOTA):
                keys[item.producer][item.rule.id, kota] = rule_key(item.producer, item.rule.id, kota)
        return {producer: self.marked(own) for producer, own in keys.items()}

    def split(self, split: str, made: SplitCounts) -> SplitCounts:
        """Sex, age or disability with their covered cells; what was merged says so."""
        keys: dict[Cell, Key] = {(value, measure): split_key(split, value, measure) for value, measure in made.values}
        covered = {cell: mark for cell, mark in self.marked(keys).items() if isinstance(cell, tuple)}
        return replace(made, covered={**covered, **{(UNKNOWN, measure): Cover.MERGED for measure in made.merged}})

    def overlap(self, found: Overlap) -> Overlap:
        """The overlap of registries with its covered cells."""
        keys: dict[Cell, Key] = {cell: overlap_key(found.unit, cell[0], set_key(cell[1])) for cell in found.counts}
        keys |= {(code, None): overlap_key(found.unit, code) for code, _ in found.counts}
        return replace(found, covered={cell: mark for cell, mark in self.marked(keys).items() if isinstance(cell, tuple)})


def rule_covers(facts: Facts | Counted) -> dict[str, dict[Cell, Cover]]:
    """The covered cells of the rules by kota alone: no printed figure links them to others, so the whole model says the same."""
    declared = Declared()
    rules(declared, facts)
    return Cells.of(declared).rules(facts)
