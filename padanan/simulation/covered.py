"""Which of the real families' figures may leave: every count as a cell of the house's model, and money only beside what it tells.

A sum of money is a count in disguise: from rupiah to the last digit a reader works out sizes and tags, and of the families whose
deduction stops at 0 how many are of each kind. So it is printed only where every count that it is made of is printed or may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from padanan.base.suppress import ALL
from padanan.published.cells.declared import Declared, Key, crossed
from padanan.published.cells.model import Cells
from padanan.simulation.document import CLASSES
from padanan.simulation.families import KINDS, Families, Group, Scenario

PEOPLE = ("dewasa", "anak")
STOPPED, PAID = "nol", "dibayar"
FAMILIES: Key = ("simulasi", "keluarga")
AGELESS: Key = ("simulasi", "umur tidak diketahui")
BY: dict[str, Callable[[Group], str]] = {"kota": lambda one: one.kota, "desil": lambda one: one.desil}


@dataclass(frozen=True)
class Sheet:
    """The covered figures of one run over the families.

    Attributes:
        main: which of the scenarios the tables by kota and desil are of.
        rows: `kota` or `desil` -> its rows in order.
    """

    families: Families
    scenarios: tuple[Scenario, ...]
    main: int
    rows: dict[str, tuple[str, ...]]
    cells: Cells

    def tag_key(self, by: str, row: str, tag: str) -> Key:
        """Families of one class; `ALL` is a sum."""
        return self.cells.cross(f"simulasi {by} golongan").keys[row, tag]

    def people_key(self, by: str, row: str, who: str) -> Key:
        """People of these families."""
        return self.cells.cross(f"simulasi {by} jiwa").keys[row, who]

    def stopped_key(self, by: str, row: str) -> Key:
        """Families whose deduction stops at 0 in the main scenario."""
        return self.cells.cross(f"simulasi {by} nol").keys[row, STOPPED]

    def money(self, by: str, row: str) -> int | None:
        """What a row's families are paid a month in the main scenario; None where that would tell a covered count."""
        names = [f"simulasi {by} {what}" for what in ("golongan", "jiwa", "nol", "nol menurut jenis")]
        keys = [key for name in names for (own, _), key in self.cells.cross(name).keys.items() if own == row]
        scenario = self.scenarios[self.main]
        paid = sum(
            one.count * scenario.top_up(one.adults, one.children, one.tag)
            for one in self.families.groups
            if row in (ALL, BY[by](one))
        )
        return self._unless_told(paid, keys)

    def total(self, place: int) -> int | None:
        """What all families are paid a month in one scenario; None where that would tell a covered count."""
        names = ("simulasi kota golongan", "simulasi kota jiwa")
        keys = [key for name in names for (row, _), key in self.cells.cross(name).keys.items() if row == ALL]
        keys += [stopped(place), *(_kind_key(place, kind) for kind in _kinds(self.families, self.scenarios[place]))]
        return self._unless_told(self.families.total(self.scenarios[place]), keys)

    def _unless_told(self, paid: int, keys: Sequence[Key]) -> int | None:
        return None if any(self.cells.mark(key) for key in keys) else paid


def stopped(place: int) -> Key:
    """The families whose deduction stops at 0 in a scenario."""
    return ("simulasi", STOPPED, place)


def sheet(families: Families, scenarios: Sequence[Scenario], main: int = 0) -> Sheet:
    """Declares every count of a run and covers them together.

    Args:
        scenarios: those whose totals are printed, a sweep's points among them.
        main: which one the tables by kota and desil are of.
    """
    into = Declared()
    into.count(FAMILIES, families.count, total=True)
    _stops(into, families, scenarios)
    rows = {by: tuple(sorted({group(one) for one in families.groups}, key=_order)) for by, group in BY.items()}
    for by, group in BY.items():
        _by(into, by, group, rows[by], families, scenarios[main], main)
    into.count(AGELESS, sum(one.ageless for one in families.groups))
    into.rest(("simulasi", "jiwa", PEOPLE[0]), [AGELESS], ("simulasi", "dewasa", "umur diketahui"))
    kinds: Counter[tuple[str, str]] = Counter()
    for one in families.groups:
        kinds[one.kind, "n"] += one.count
    crossed(into, "simulasi jenis", kinds, list(KINDS), ["n"], keys={(ALL, "n"): FAMILIES}, sums_across=False)
    return Sheet(families, tuple(scenarios), main, rows, Cells.of(into))


Kind = tuple[str, str]
"""What a family needs and is given, rupiah: families of one kind can't be told apart by what they are paid."""


def _kind(one: Group, scenario: Scenario) -> Kind:
    return str(scenario.need(one.adults, one.children)), str(scenario.given[one.tag])


def _kind_key(place: int, kind: Kind) -> Key:
    return ("simulasi", STOPPED, place, *kind)


def _kinds(families: Families, scenario: Scenario) -> Counter[Kind]:
    """The families whose deduction stops at 0, by kind."""
    found: Counter[Kind] = Counter()
    for one in families.groups:
        if scenario.nothing(one.adults, one.children, one.tag):
            found[_kind(one, scenario)] += one.count
    return found


def _stops(into: Declared, families: Families, scenarios: Sequence[Scenario]) -> None:
    """Declares whom each scenario leaves without, by kind: what it pays tells how many they are.

    Scenarios are printed beside each other, so that a reader sees whom only one of them leaves without: below the kinds stand
    the families of each make-up, which nobody prints and nobody may work out where they are few.
    """
    finest: dict[tuple[int, int, str], Key] = {}
    counts: Counter[tuple[int, int, str]] = Counter()
    for one in families.groups:
        if any(each.nothing(one.adults, one.children, one.tag) for each in scenarios):
            counts[one.adults, one.children, one.tag] += one.count
    for made, count in sorted(counts.items()):
        finest[made] = into.count(("simulasi", "susunan", *made), count)
        into.unseen.add(finest[made])
    for tag in CLASSES:
        # A key total: if a sweep's points could cover it, every sum of money would go with it.
        count = sum(one.count for one in families.groups if one.tag == tag)
        whole = into.count(("simulasi", "golongan", tag), count, total=True)
        into.rest(whole, [key for made, key in finest.items() if made[2] == tag], ("simulasi", "tidak pernah nol", tag))
    for place, scenario in enumerate(scenarios):
        parts: dict[Kind, list[Key]] = {}
        for adults, children, tag in finest:
            if scenario.nothing(adults, children, tag):
                kind = str(scenario.need(adults, children)), str(scenario.given[tag])
                parts.setdefault(kind, []).append(finest[adults, children, tag])
        for kind, count in _kinds(families, scenario).items():
            into.count(_kind_key(place, kind), count)
            into.sum(_kind_key(place, kind), parts[kind])
        keys = [_kind_key(place, kind) for kind in parts]
        into.count(stopped(place), sum(into.values[key] for key in keys))
        into.sum(stopped(place), keys)
        into.rest(FAMILIES, [stopped(place)], ("simulasi", PAID, place))


def _by(
    into: Declared, by: str, group: Callable[[Group], str], rows: Sequence[str], families: Families, scenario: Scenario, main: int
) -> None:
    tags: Counter[tuple[str, str]] = Counter()
    people: Counter[tuple[str, str]] = Counter()
    paid: Counter[tuple[str, str]] = Counter()
    for one in families.groups:
        row = group(one)
        tags[row, one.tag] += one.count
        people[row, PEOPLE[0]] += one.count * one.adults
        people[row, PEOPLE[1]] += one.count * one.children
        paid[row, STOPPED if scenario.nothing(one.adults, one.children, one.tag) else PAID] += one.count
    of_all: dict[tuple[str, str], Key] = {(ALL, tag): ("simulasi", "golongan", tag) for tag in CLASSES}
    made = crossed(into, f"simulasi {by} golongan", tags, rows, CLASSES, keys={**of_all, (ALL, ALL): FAMILIES})
    everybody: dict[tuple[str, str], Key] = {(ALL, who): ("simulasi", "jiwa", who) for who in (*PEOPLE, ALL)}
    crossed(into, f"simulasi {by} jiwa", people, rows, PEOPLE, keys=everybody)
    ends: dict[tuple[str, str], Key] = {(row, ALL): made.keys[row, ALL] for row in (*rows, ALL)}
    ends |= {(ALL, STOPPED): stopped(main), (ALL, PAID): ("simulasi", PAID, main)}
    stops = crossed(into, f"simulasi {by} nol", paid, rows, (STOPPED, PAID), keys=ends)
    kinds = ["|".join(kind) for kind in _kinds(families, scenario)]
    of_kind: Counter[tuple[str, str]] = Counter()
    for one in families.groups:
        if scenario.nothing(one.adults, one.children, one.tag):
            of_kind[group(one), "|".join(_kind(one, scenario))] += one.count
    keys: dict[tuple[str, str], Key] = {(row, ALL): stops.keys[row, STOPPED] for row in (*rows, ALL)}
    keys |= {(ALL, "|".join(kind)): _kind_key(main, kind) for kind in _kinds(families, scenario)}
    crossed(into, f"simulasi {by} nol menurut jenis", of_kind, rows, kinds, keys=keys, total=False)


def _order(row: str) -> tuple[int, int, str]:
    """Rows as they are read: places and deciles in order, the unknown last."""
    return (1, 0, "") if not row[:1].isdigit() else (0, int(row) if row.isdigit() else 0, row)
