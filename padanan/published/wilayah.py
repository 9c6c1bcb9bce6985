"""Counts by kota, kecamatan and kelurahan, and which of them are covered because too few people stand behind them.

Which cells are covered is decided in `cells`, over all tables of a report together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from padanan.base.format import number, percent
from padanan.base.suppress import Cell, Cover
from padanan.published.opened import Published

# Too few people of a kelurahan are unknown to Adminduk: counting them there would cover most of its table.
UP_TO_KECAMATAN = frozenset({"padan", "terukur"})
KELURAHAN_DEPTH = 4
Path = tuple[str, ...]
ROOT: Path = ("",)
UNKNOWN = "-"
LEVELS = ("kota", "kecamatan", "kelurahan")
# What is not in the seed of DKI, by the level at which it is unknown.
UNKNOWN_NAMES = {
    "kota": "Tidak terpetakan ke DKI",
    "kecamatan": "Kecamatan tidak diketahui",
    "kelurahan": "Kelurahan tidak diketahui",
}
# Printed count -> the count it is a part of (None: stands alone). The difference is a cell too: a reader can subtract.
# `jiwa` is the delivered population of the kelurahan that it counts whole, `terukur` the data sasaran who live in those.
MEASURES: Mapping[str, str | None] = {
    "catatan": None, "celah": "catatan", "orang": None, "padan": "orang", "sasaran": "orang", "jiwa": None, "terukur": "sasaran",
}  # fmt: skip
POPULATION = frozenset({"jiwa", "terukur"})

# A code counts only with the codes above it: what is not in the seed of DKI is `UNKNOWN` at that level.
PLACE = """
  coalesce(w3.kode_kota, w2.kode_kota, w1.kode_kota, '-') as kota,
  coalesce(w3.kode_kecamatan, w2.kode_kecamatan, '-') as kecamatan,
  coalesce(w3.kode_kelurahan, '-') as kelurahan
"""
JOINS = """
  left join wilayah w3 on w3.kode_kelurahan = t.kode_kelurahan
  left join (select distinct kode_kecamatan, kode_kota from wilayah) w2 on w2.kode_kecamatan = t.kode_kecamatan
  left join (select distinct kode_kota from wilayah) w1 on w1.kode_kota = t.kode_kota
"""
RECORDS = f"""
select {PLACE}, count(*) as catatan, count(*) filter (g.record_key is not null) as celah
from padanan_record t
left join (select distinct producer, record_key from gap) g on g.producer = t.producer and g.record_key = t.record_key
{JOINS}
group by all
"""
PEOPLE = f"""
select {PLACE}, count(*) as orang, count(*) filter (t.status_identitas = 'terdaftar') as padan,
  count(*) filter (s.terpilih) as sasaran
from padanan_orang t left join sasaran s on s.id_orang = t.id_orang
{JOINS}
group by all
"""
# Only a kelurahan whose every cell was delivered and used: of any other the number is too small by what is missing.
RESIDENTS = """
select w.kode_kota as kota, w.kode_kecamatan as kecamatan, w.kode_kelurahan as kelurahan, sum(p.jiwa)::bigint as jiwa
from penduduk_wilayah p join wilayah w on w.kode_kelurahan = p.kode_kelurahan
where p.lengkap group by all order by all
"""


@dataclass
class Node:
    """One place with its counts; `children` in the order of their codes, the unknown ones last."""

    path: Path
    name: str
    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEASURES, 0))
    children: list[Node] = field(default_factory=list)
    measured: bool = False

    def every(self) -> Iterator[Node]:
        """This place and all places below it, each before its parts."""
        yield self
        for child in self.children:
            yield from child.every()

    @property
    def kelurahan(self) -> list[Node]:
        """The known kelurahan of this place, itself when it is one."""
        if not self.children:
            return [self] if len(self.path) == KELURAHAN_DEPTH and UNKNOWN not in self.path else []
        return [found for child in self.children for found in child.kelurahan]

    @property
    def code(self) -> str:
        """The Kemendagri code, or `-`."""
        return self.path[-1]


@dataclass(frozen=True)
class Tree:
    """DKI with its kota, kecamatan and kelurahan, and the cells (path, measure) that stay covered on every page."""

    root: Node
    population: bool = False
    covered: Mapping[Cell, Cover] = field(default_factory=dict)

    @property
    def cells(self) -> Iterator[tuple[Path, str]]:
        """Every place with every measure."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            waiting.extend(node.children)
            yield from ((node.path, measure) for measure in MEASURES)

    def text(self, node: Node, measure: str) -> str:
        """A count as printed."""
        mark = self.covered.get((node.path, measure))
        return mark.text if mark else number(node.values[measure])

    def share(self, node: Node, part: str, whole: str) -> str:
        """A share as printed; an en dash where one of its two counts is covered."""
        if (node.path, part) in self.covered or (node.path, whole) in self.covered:
            return "–"
        return percent(node.values[part], node.values[whole])


def build(source: Published) -> Tree:
    """The tree over all places of DKI, also those with no one in them; `Cells.tree` says what of it is covered."""
    root = Node(ROOT, "DKI Jakarta dan tidak terpetakan")
    nodes: dict[Path, Node] = {}
    for row in source.rows(
        "select kode_kota, kota, kode_kecamatan, kecamatan, kode_kelurahan, kelurahan from wilayah order by kode_kelurahan"
    ):
        path = ROOT
        parent = root
        for level in LEVELS:
            path = (*path, row[f"kode_{level}"])
            if path not in nodes:
                nodes[path] = Node(path, row[level])
                parent.children.append(nodes[path])
            parent = nodes[path]
    for query in (RECORDS, PEOPLE):
        for row in source.rows(query):
            _add(root, nodes, row)
    population = source.has("penduduk_wilayah") and _measure(source, root, nodes)
    return Tree(root, population)


def _measure(source: Published, root: Node, nodes: dict[Path, Node]) -> bool:
    """Adds the population of the kelurahan that are counted whole; whether there is any."""
    found = source.rows(RESIDENTS)
    for row in found:
        path = (*ROOT, row["kota"], row["kecamatan"], row["kelurahan"])
        node = nodes[path]
        node.measured = True
        _add(root, nodes, {**row, "terukur": node.values["sasaran"]})
    for node in nodes.values():
        node.measured = any(leaf.measured for leaf in node.kelurahan)
    root.measured = bool(found)
    return bool(found)


def _add(root: Node, nodes: dict[Path, Node], row: Mapping[str, object]) -> None:
    """Adds a grouped row to its place and all places above it."""
    counts = {name: value for name, value in row.items() if name in MEASURES and isinstance(value, int)}
    node, path = root, ROOT
    _plus(node, counts)
    for level in LEVELS:
        code = str(row[level])
        path = (*path, code)
        if path not in nodes:
            nodes[path] = Node(path, UNKNOWN_NAMES[level])
            node.children.append(nodes[path])
        node = nodes[path]
        _plus(node, counts)
        if code == UNKNOWN:
            break


def _plus(node: Node, counts: Mapping[str, int]) -> None:
    for name, value in counts.items():
        node.values[name] += value
