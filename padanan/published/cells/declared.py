"""The cells of linked tables as they are declared: values, the sums between them, what is never covered, what is never printed.

A quantity has one key however many tables print it; which cells are covered is decided in `solve`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from padanan.base.suppress import ALL, Cover, small

Key = Hashable
"""What a cell means, as a tuple of words: who is counted, where, of which group. Its `repr` orders cells, so no sets in it."""


@dataclass
class Declared:
    """Cells and sums being declared.

    Attributes:
        values: every count, printed or not.
        sums: (total, parts), every one an equation that a reader can set up.
        key: printed first and never covered: sums over the province, a list, a sex.
        unseen: no output prints it, though a reader can subtract to it (the recipients who are not selected, say).
        unguarded: unseen cells that may be known: what two people counted twice leave over, for instance.
        at_least, at_most: what a reader knows of a covered cell beside its mark: a threshold that is passed, or isn't.
        forced: covered for another reason than its own size.
        yielding: key totals that are none where together they would tell a small cell.
        weights: what covering a cell costs a reader where that isn't as usual: a kelurahan's count costs 1.
    """

    values: dict[Key, int] = field(default_factory=dict)
    sums: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)
    key: set[Key] = field(default_factory=set)
    unseen: set[Key] = field(default_factory=set)
    unguarded: set[Key] = field(default_factory=set)
    at_least: dict[Key, int] = field(default_factory=dict)
    at_most: dict[Key, int] = field(default_factory=dict)
    forced: set[Key] = field(default_factory=set)
    weights: dict[Key, float] = field(default_factory=dict)
    yielding: set[Key] = field(default_factory=set)
    crosses: dict[str, Cross] = field(default_factory=dict)

    @property
    def content(self) -> tuple[Hashable, ...]:
        """What the covering depends on: equal contents are covered alike."""
        return (
            tuple(self.values.items()), tuple(self.sums), frozenset(self.key), frozenset(self.unseen), frozenset(self.unguarded),
            frozenset(self.forced), *(tuple(one.items()) for one in (self.at_least, self.at_most, self.weights)),
        )  # fmt: skip

    def count(self, key: Key, value: int, *, total: bool = False) -> Key:
        """Declares a printed count; `total` for a key total, which is never covered unless it is itself a small cell.

        Raises:
            ValueError: the same cell was declared with another value: two tables would print two figures for one quantity.
        """
        if self.values.setdefault(key, value) != value:
            raise ValueError(f"one cell with two values: {key}")
        self.unseen.discard(key)
        if total and not small(value):
            self.key.add(key)
        return key

    def rest(self, whole: Key, parts: Iterable[Key], name: Key, *, guarded: bool = True) -> Key:
        """Declares what is left of a whole beside its parts, which nobody prints; `guarded` where people stand behind it."""
        parts = tuple(parts)
        value = self.values[whole] - sum(self.values[part] for part in parts)
        if value < 0:
            raise ValueError(f"parts are more than their whole: {name}")
        if name not in self.values:
            self.unseen.add(name)
            if not guarded:
                self.unguarded.add(name)
        if self.values.setdefault(name, value) != value:
            raise ValueError(f"one cell with two values: {name}")
        self.sums.append((whole, (*parts, name)))
        return name

    def derived(self, key: Key, parts: Iterable[Key]) -> Key:
        """Declares a sum that nobody prints: what is printed beside it is a share of it, say."""
        parts = tuple(parts)
        self.values[key] = sum(self.values[part] for part in parts)
        self.unseen.add(key)
        self.unguarded.add(key)
        self.sums.append((key, parts))
        return key

    def sum(self, total: Key, parts: Iterable[Key]) -> None:
        """Declares that a total is the sum of its parts.

        Raises:
            ValueError: it is not.
        """
        parts = tuple(parts)
        if not parts or parts == (total,):
            return
        if self.values[total] != sum(self.values[part] for part in parts):
            raise ValueError(f"parts do not add up to {total}")
        self.sums.append((total, parts))

    def tree(self, paths: Mapping[Key, Sequence[Key]]) -> None:
        """Declares a hierarchy: each place's key -> the keys of the places right below it."""
        for total, parts in paths.items():
            if parts:
                self.sum(total, parts)

    def cross(self, name: str, made: Cross) -> Cross:
        """Keeps a table under the name by which its page asks for it."""
        if name in self.crosses:
            raise ValueError(f"two tables are called {name}")
        self.crosses[name] = made
        return made


@dataclass(frozen=True)
class Cross:
    """A table as its page knows it: its own (row, column) -> value, and the key of each; `ALL` is a sum."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]

    values: Mapping[tuple[str, str], int]
    keys: Mapping[tuple[str, str], Key]


@dataclass(frozen=True)
class Solved:
    """The covered cells.

    Attributes:
        marks: covered cell -> how it is marked; a cell that isn't here is printed.
        weaker: small cells of which less than the whole of 1 to 4 stays possible, with the interval that does.
        untold: small cells that the key totals alone tell: nothing that may be covered hides them.
    """

    marks: Mapping[Key, Cover]
    weaker: Mapping[Key, tuple[int, int]]
    untold: frozenset[Key]


def crossed(
    into: Declared,
    name: str,
    counts: Mapping[tuple[str, str], int],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    keys: Mapping[tuple[str, str], Key] | None = None,
    totals: Mapping[str, int] | None = None,
    sums_down: bool = True,
    sums_across: bool = True,
    total: bool = True,
    row_totals: bool = False,
) -> Cross:
    """Declares a table of counts by (row, column) with its sums and keeps it under its name.

    Args:
        counts: people by (row, column). rows, columns: their ids, in the table's order; others count for nothing.
        keys: cells, sums included, that have a key of their own because another table prints them too.
        totals: distinct people by column, printed in the place of the sum where a person may stand in several rows. A reader
            knows then only that they are at most the sum and at least each row.
        sums_down, sums_across: whether columns add up over the rows, rows over the columns.
        total: whether the sum of all is a key total. row_totals: whether the rows' sums are.
    """
    named = dict(keys or {})
    values: dict[tuple[str, str], int] = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    if sums_across:
        values |= {(row, ALL): sum(values[row, column] for column in columns) for row in rows}
    across = [*columns, *([ALL] if sums_across else [])]
    if totals is not None:
        values |= {(ALL, column): totals.get(column, 0) for column in columns}
        values[ALL, ALL] = sum(totals.get(column, 0) for column in columns)
    elif sums_down:
        values |= {(ALL, column): sum(values[row, column] for row in rows) for column in across}
    of = {cell: into.count(named.get(cell, (name, *cell)), value) for cell, value in values.items()}
    if sums_across:
        for row in rows:
            into.sum(of[row, ALL], [of[row, column] for column in columns])
    if totals is not None:
        for column in (*columns, ALL):
            overlapping(into, of[ALL, column], [of[row, column] for row in rows if (row, column) in of])
        into.sum(of[ALL, ALL], [of[ALL, column] for column in columns])
    elif sums_down:
        for column in across:
            into.sum(of[ALL, column], [of[row, column] for row in rows])
        if sums_across:
            into.sum(of[ALL, ALL], [of[ALL, column] for column in columns])
    sums = [(ALL, ALL)] if total and (ALL, ALL) in of else []
    sums += [(row, ALL) for row in rows] if row_totals and sums_across else []
    into.key.update(of[cell] for cell in sums if not small(values[cell]))
    return into.cross(name, Cross(tuple(rows), tuple(columns), values, of))


def overlapping(into: Declared, distinct: Key, parts: Sequence[Key]) -> None:
    """Declares that each person of `distinct` stands in at least one part, perhaps in several."""
    if len(parts) == 1 and into.values[parts[0]] == into.values[distinct]:
        into.sum(distinct, parts)
        return
    twice = sum(into.values[part] for part in parts) - into.values[distinct]
    if twice >= 0:  # else the parts printed do not hold everybody, and nobody can tell who is missing
        both = into.derived(("semua bagian", distinct, *parts[:1]), parts)
        into.rest(both, [distinct], ("terhitung lagi", distinct, *parts[:1]), guarded=False)
    for part in parts:
        into.rest(distinct, (part,), ("selain", part, distinct), guarded=False)
