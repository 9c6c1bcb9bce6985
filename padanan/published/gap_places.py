"""Gaps by producer, rule and place down to the kelurahan (§3.1.3.2.c), and the counts of the maps, each with what covers it.

What a kota's page or the places' tree prints already keeps its marks here; laying out belongs to the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from padanan.base.circulation import Arc, Node, protect
from padanan.base.errors import PadananError
from padanan.base.suppress import ALL, LIMIT, Cell, Cover, small
from padanan.published.cells.declared import Key
from padanan.published.cells.places import gap_key, place_key, records_key
from padanan.published.facts import BLOCKED_AT, NO_KOTA, Facts, KotaCount, as_table
from padanan.published.opened import Published
from padanan.published.wilayah import JOINS, LEVELS, PLACE, ROOT, UNKNOWN, UNKNOWN_NAMES, Path, Tree

# The two faults that §3.1.3.2.c names; they are told over all producers together too.
NO_NIK, NO_ADDRESS = "nik_kosong", "alamat_tidak_lengkap"
NAMED = (NO_NIK, NO_ADDRESS)

# Ends of the cells' arcs: where nothing is summed, and the sum of all producers at a place.
END, SUM = "", "tempat"
Ends = tuple[Node, Node]
TOGETHER = 20_000
"""What covering a count of all producers together costs beside that of one."""
Children = Mapping[Path, Sequence[Path]]

_RECORDS = f"select t.producer, {PLACE}, count(*) as n from rekaman t {JOINS} group by all"
_GAPS = f"select t.producer, t.rule_id, {PLACE}, count(distinct t.record_key) as n from gap t {JOINS} group by all"
# Records behind at least one of the named (producer, rule, kota), each once.
_BLOCKED = f"""
select {PLACE}, count(*) as n from padanan_record t semi join (
  select distinct c.producer, c.record_key from celah c
  join {BLOCKED_AT} b on b.producer = c.producer and b.rule_id = c.rule_id and b.kota = coalesce(c.kode_kota, '{NO_KOTA}')
) g on g.producer = t.producer and g.record_key = t.record_key
{JOINS} group by all
"""
_UNSERVED = f"""
select {PLACE}, count(*) as n from padanan_orang t
semi join (select id_orang from daftar_tanpa_program where program_diterima = 0) d on d.id_orang = t.id_orang
{JOINS} group by all
"""


@dataclass(frozen=True)
class Figure:
    """A count, what it is a part of, and the marks that cover them; `whole` is None where it was not counted by place."""

    part: int
    whole: int | None
    mark: Cover | None
    whole_mark: Cover | None

    @property
    def share(self) -> float | None:
        """The share (0-1), None where it may not or can't be told."""
        return self.part / self.whole if self.whole and self.mark is None and self.whole_mark is None else None


@dataclass(frozen=True)
class Layer:
    """One count over all places, and the count that it is a part of; `cell` and `whole_cell` name them in the model of counts."""

    parts: Mapping[Path, int]
    wholes: Mapping[Path, int] | None
    marks: Mapping[Path, Cover] = field(default_factory=dict)
    whole_marks: Mapping[Path, Cover] = field(default_factory=dict)
    cell: Callable[[Path], Key] | None = None
    whole_cell: Callable[[Path], Key] | None = None

    @property
    def by_place(self) -> bool:
        """Whether the wholes are known by place too."""
        return self.wholes is not None and len(self.wholes) > 1

    def whole(self, path: Path) -> int | None:
        """What the count of a place is a part of, None where that isn't known."""
        return (self.wholes or {}).get(path, 0 if self.by_place else None)

    def at(self, path: Path) -> Figure:
        """The figure of a place, 0 where nothing was counted."""
        return Figure(self.parts.get(path, 0), self.whole(path), self.marks.get(path), self.whole_marks.get(path))

    @property
    def open(self) -> bool:
        """Whether no count of it, nor what is left beside it, is small or told by its whole: then nothing of it is covered."""
        left = (whole - self.parts.get(path, 0) for path, whole in (self.wholes or {}).items() if path not in self.whole_marks)
        hidden = (self.parts.get(path, 0) for path in self.whole_marks)
        return not any(map(small, self.parts.values())) and not any(hidden) and not any(map(small, left))


@dataclass(frozen=True)
class GapPlaces:
    """All layers of one publication.

    Attributes:
        places: every place with its name, parents before their children, the unknown ones last among theirs.
        rules: (producer, rule) -> failing records of the judged ones; (`ALL`, rule) for the two that the decree names.
        blocked: records behind a penghalang that may be named, of all records.
        selected: people of the data sasaran, of all people.
        unserved: those of them who receive no program at all; None where the publication does not tell.
    """

    places: Mapping[Path, str]
    rules: Mapping[tuple[str, str], Layer]
    blocked: Layer
    selected: Layer
    unserved: Layer | None


def build(
    source: Published,
    facts: Facts,
    tree: Tree,
    covers: Mapping[str, Mapping[Cell, Cover]],
    blockers: Sequence[KotaCount],
) -> GapPlaces:
    """Counts and covers.

    Args:
        source: the publication.
        facts: its counts by rule and kota, which these must equal.
        tree: its places with the counts and marks of the tables by place.
        covers: producer -> the marks of its table by kota, keys (rule, kota).
        blockers: the penghalang that may be named with their kota.

    Raises:
        PadananError: the counts by place and those by kota contradict each other.
    """
    names = _names(tree)
    records = _by(source.rows(_RECORDS), ("producer",), names)
    gaps = _by(source.rows(_GAPS), ("producer", "rule_id"), names)
    names.setdefault((*ROOT, UNKNOWN), UNKNOWN_NAMES["kota"])
    places = dict(sorted(names.items(), key=lambda item: [(code == UNKNOWN, code) for code in item[0]]))
    children = _children(places)
    _same(facts, gaps)
    known = _tree_layers(tree)
    matched = [producer for producer in facts.rows if producer in facts.statuses]
    wholes = {producer: records.get((producer,), {}) for producer in facts.rows}
    whole_marks = _record_marks(wholes, matched, known["catatan"], children)
    kotas = [(*ROOT, kota or UNKNOWN) for kota in (*facts.kota_names, NO_KOTA)]
    rules: dict[tuple[str, str], Layer] = {}
    for item in facts.rules:
        # Where a rule speaks of some records only, how many it judged by place is not published.
        counted = item.total == facts.rows[item.producer]
        rules[item.producer, item.rule.id] = Layer(
            gaps.get((item.producer, item.rule.id), {}) | {ROOT: item.gagal},
            wholes[item.producer] if counted else {ROOT: item.total},
            whole_marks=whole_marks.get(item.producer, {}) if counted else {},
        )
    for rule in dict.fromkeys(rule for _, rule in rules):
        asked = {producer: layer for (producer, of), layer in rules.items() if of == rule}
        given = {
            producer: {path: covers[producer][rule, _kota(path)] for path in kotas if (rule, _kota(path)) in covers[producer]}
            for producer in asked
        }
        if rule in NAMED:
            asked[ALL] = _together(asked, known["catatan"], set(asked) == set(matched))
        for producer, marks in _rule_marks(asked, given, kotas, children).items():
            cell, whole = partial(gap_key, producer, rule), partial(records_key, producer)
            rules[producer, rule] = replace(asked[producer], marks=marks, cell=cell, whole_cell=whole)
    blocked = _blocked(source, blockers, matched, names, known, rules, children)
    return GapPlaces(places, rules, blocked, known["sasaran"], _unserved(source, names, known["sasaran"], children))


def _kota(path: Path) -> str:
    """The kota as the producers' pages name it."""
    return NO_KOTA if path[-1] == UNKNOWN else path[-1]


def _names(tree: Tree) -> dict[Path, str]:
    return {node.path: node.name for node in tree.root.every()}


def _by(
    rows: Iterable[Mapping[str, object]], key: tuple[str, ...], names: dict[Path, str]
) -> dict[tuple[str, ...], dict[Path, int]]:
    """Grouped counts rolled up to all places above; places that nobody named yet are added to `names`."""
    found: dict[tuple[str, ...], dict[Path, int]] = {}
    for row in rows:
        counts = found.setdefault(tuple(str(row[name]) for name in key), {})
        path, number = ROOT, int(str(row["n"]))
        counts[path] = counts.get(path, 0) + number
        for level in LEVELS:
            path = (*path, str(row[level]))
            counts[path] = counts.get(path, 0) + number
            if path[-1] == UNKNOWN:
                names.setdefault(path, UNKNOWN_NAMES[level])
                break
    return found


def _children(places: Iterable[Path]) -> Children:
    found: dict[Path, list[Path]] = {}
    for path in places:
        if path != ROOT:
            found.setdefault(path[:-1], []).append(path)
    return {path: tuple(below) for path, below in found.items()}


def _same(facts: Facts, gaps: Mapping[tuple[str, ...], Mapping[Path, int]]) -> None:
    """The places of a rule's failing records add up to what the pages of the producers say of each kota."""
    for item in facts.kotas:
        found = gaps.get((item.producer, item.rule.id), {}).get((*ROOT, item.kota or UNKNOWN), 0)
        if found != item.gagal:
            raise PadananError(
                f"celah {item.rule.id} pada {item.producer} menurut kelurahan dan menurut kota berbeda",
                file="published",
                cure="jangan memakai revisi ini; jalankan ulang job padanan_periode",
            )


def _tree_layers(tree: Tree) -> dict[str, Layer]:
    """The tree's own counts with their marks; of `sasaran` the share among all people."""
    counts: dict[str, dict[Path, int]] = {name: {} for name in ("catatan", "celah", "orang", "sasaran")}
    for node in tree.root.every():
        for name, found in counts.items():
            found[node.path] = node.values[name]
    marks: dict[str, dict[Path, Cover]] = {name: {} for name in counts}
    for cell, mark in tree.covered.items():
        path, measure = cast(tuple[Path, str], cell)
        if measure in marks:
            marks[measure][path] = mark
    whole = {"celah": "catatan", "sasaran": "orang"}
    return {
        name: Layer(
            found,
            counts[whole[name]] if name in whole else None,
            marks[name],
            marks[whole[name]] if name in whole else {},
            cell=partial(place_key, measure=name),
            whole_cell=partial(place_key, measure=whole.get(name, name)),
        )
        for name, found in counts.items()
    }


def _down(name: str, children: Children, into: Node) -> Iterator[tuple[Path, Ends]]:
    """A tree's cells as arcs from the whole down; the lowest lead into the sum of their place (`SUM`), or to the end."""
    yield ROOT, (END, (name, ROOT))
    for path, below in children.items():
        for child in below:
            lowest = END if into == END else (into, child)
            yield child, ((name, path), (name, child) if child in children else lowest)


def _up(name: str, children: Children) -> Iterator[tuple[Path, Ends]]:
    """The arcs of what all have together: from the sum of each lowest place up to the whole."""
    yield ROOT, ((name, ROOT), END)
    for path, below in children.items():
        for child in below:
            yield child, ((name, child) if child in children else (SUM, child), (name, path))


def _arc(layer: Layer, path: Path, ends: Ends, *, fixed: bool = False, given: Cover | None = None) -> Arc:
    """A count within another: where few of those are left over, or they can't be told, it is covered whatever its size."""
    part = layer.parts.get(path, 0)
    whole = layer.whole(path)
    if whole is None:
        return Arc(part, *ends, fixed=fixed, given=given)
    if path in layer.whole_marks:
        # Of few records that can't be told, how many fail says how many there are at least.
        most = LIMIT - 1 if layer.whole_marks[path] is Cover.SMALL else None
        return Arc(part, *ends, fixed=fixed, given=given, forced=part > 0, most=most)
    return Arc(part, *ends, fixed=fixed, given=given, forced=small(whole - part), most=whole)


def _record_marks(
    wholes: Mapping[str, Mapping[Path, int]], matched: Collection[str], records: Layer, children: Children
) -> dict[str, dict[Path, Cover]]:
    """The marks of each producer's records by place; all matched producers together are the records of the tables by place."""
    arcs: dict[Cell, Arc] = {}
    for name, counts in wholes.items():
        for path, ends in _down(name, children, SUM if name in matched else END):
            arcs[name, path] = Arc(counts.get(path, 0), *ends, fixed=path == ROOT)
    for path, ends in _up(ALL, children):
        arcs[ALL, path] = Arc(records.parts.get(path, 0), *ends, fixed=True, given=records.marks.get(path))
    return _parted(protect(arcs))


def _parted(marks: Mapping[Cell, Cover]) -> dict[str, dict[Path, Cover]]:
    found: dict[str, dict[Path, Cover]] = {}
    for cell, mark in marks.items():
        name, path = cast(tuple[str, Path], cell)
        found.setdefault(name, {})[path] = mark
    return found


def _together(asked: Mapping[str, Layer], records: Layer, every: bool) -> Layer:
    """One rule over all producers; of all records where every matched producer is judged by it."""
    parts: dict[Path, int] = {}
    for layer in asked.values():
        for path, number in layer.parts.items():
            parts[path] = parts.get(path, 0) + number
    counted = every and all(layer.by_place for layer in asked.values())
    return Layer(parts, records.parts if counted else None, whole_marks=records.marks if counted else {})


def _rule_marks(
    asked: Mapping[str, Layer], given: Mapping[str, Mapping[Path, Cover]], printed: Sequence[Path], children: Children
) -> dict[str, dict[Path, Cover]]:
    """The marks of one rule's failing records by producer and place.

    Args:
        asked: producer -> its layer; `ALL` for all of them together.
        given: producer -> the marks of its page by kota.
        printed: the kota of that page, whose open figures stay open.
    """
    own = {name: layer for name, layer in asked.items() if name != ALL}
    if ALL not in asked:
        return {name: _tree_marks(layer, children, given[name], printed) for name, layer in own.items()}
    # What all producers have together stands on the maps: it is covered for its own sake, and the producers adapt to it.
    arcs: dict[Cell, Arc] = {}
    for name, layer in own.items():
        for path, ends in _down(name, {ROOT: printed}, SUM):
            arcs[name, path] = Arc(layer.parts.get(path, 0), *ends, fixed=True, given=given[name].get(path))
    for path, (tail, head) in _down(ALL, children, END):
        if path != ROOT:  # it is the sum of what stands on the producers' pages
            arcs[ALL, path] = _arc(asked[ALL], path, ((SUM, path) if tail == (ALL, ROOT) else tail, head))
    whole = _parted(protect(arcs)).get(ALL, {})
    arcs = {}
    for name, layer in own.items():
        for path, ends in _down(name, children, SUM):
            fixed = path == ROOT or path in printed
            arcs[name, path] = _arc(layer, path, ends, fixed=fixed, given=given[name].get(path))
    # Where the open kota of their pages leave the producers no way, more of what they have together goes.
    for path, ends in _up(ALL, children):
        arcs[ALL, path] = replace(_arc(asked[ALL], path, ends, fixed=path == ROOT, given=whole.get(path)), dear=TOGETHER)
    found = _parted(protect(arcs))
    return {name: found.get(name, {}) for name in asked}


def _tree_marks(
    layer: Layer, children: Children, given: Mapping[Path, Cover] | None = None, printed: Collection[Path] = ()
) -> dict[Path, Cover]:
    """The marks of one layer that nothing else adds up with."""
    given = given or {}
    if not given and layer.open:
        return {}
    arcs: dict[Cell, Arc] = {}
    for path, ends in _down("", children, END):
        fixed = path == ROOT or path in printed
        arcs["", path] = _arc(layer, path, ends, fixed=fixed, given=given.get(path))
    return _parted(protect(arcs)).get("", {})


def _blocked(
    source: Published,
    blockers: Sequence[KotaCount],
    matched: Collection[str],
    names: dict[Path, str],
    known: Mapping[str, Layer],
    rules: Mapping[tuple[str, str], Layer],
    children: Children,
) -> Layer:
    asked = [item for item in blockers if item.producer in matched]
    parts = _by(source.rows(_BLOCKED, *as_table(asked)), (), names).get((), {})
    by_kota: dict[str, list[KotaCount]] = {}
    for item in blockers:
        by_kota.setdefault(item.kota, []).append(item)
    given: dict[Path, Cover] = {}
    for kota, found in by_kota.items():
        if len(found) == 1:  # the same records as that rule's own line, so the same marks
            start = (*ROOT, kota or UNKNOWN)
            marks = rules[found[0].producer, found[0].rule.id].marks
            given |= {path: mark for path, mark in marks.items() if path[: len(start)] == start}
    whole = known["celah"]
    marks = _tree_marks(Layer(parts, whole.parts, whole_marks=whole.marks), children, given)
    return Layer(parts, whole.wholes, marks, whole.whole_marks, partial(_named, "catatan penghalang"), whole.whole_cell)


def _unserved(source: Published, names: dict[Path, str], selected: Layer, children: Children) -> Layer | None:
    if not source.has("daftar_tanpa_program", "program_diterima"):
        return None
    parts = _by(source.rows(_UNSERVED), (), names).get((), {})
    layer = Layer(parts, selected.parts, whole_marks=selected.marks)
    marks = _tree_marks(layer, children)
    return replace(layer, marks=marks, cell=partial(_named, "belum terlayani"), whole_cell=selected.cell)


def _named(name: str, path: Path) -> Key:
    return (name, *path)
