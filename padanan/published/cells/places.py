"""The cells by place: counts of the tree of kota, kecamatan and kelurahan, and failing records of each rule by kota.

Counting is in `wilayah` and `facts`; which cells are covered is decided in `solve`.
"""

from __future__ import annotations

from collections.abc import Iterator

from padanan.base.suppress import ALL, LIMIT, small
from padanan.published.cells.declared import Declared, Key
from padanan.published.cells.linear import FAR
from padanan.published.facts import NO_KOTA, Counted, Facts, KotaCount
from padanan.published.wilayah import KELURAHAN_DEPTH, MEASURES, POPULATION, ROOT, UNKNOWN, UP_TO_KECAMATAN, Node, Path, Tree

WEIGHTS = {1: 1000.0, 2: 100.0, 3: 8.0, 4: 1.0}
"""What covering a count costs a reader, by the length of its path: a kota's is covered only where nothing else can be."""


def place_key(path: Path, measure: str) -> Key:
    """A count of one place."""
    return ("wilayah", measure, *path)


def kota_key(kota: str, measure: str = "sasaran") -> Key:
    """A count of one kota, `-` where the place is none of DKI."""
    return place_key((*ROOT, kota), measure)


def rule_key(producer: str, rule: str, kota: str = ALL) -> Key:
    """Failing records of a producer at a rule in one kota, or in all."""
    return ("gagal", producer, rule, kota)


def shown(node: Node, *, population: bool) -> list[str]:
    """The measures that a node's tables print, or let a reader work out of a printed share."""
    names = [name for name in MEASURES if population or name not in POPULATION]
    return [name for name in names if len(node.path) < KELURAHAN_DEPTH or name not in UP_TO_KECAMATAN]


def places(into: Declared, tree: Tree) -> None:
    """Declares the tree. What the province has as a whole stands on every first page and is a key total."""
    for node in tree.root.every():
        names = shown(node, population=tree.population)
        for name in names:
            key = into.count(place_key(node.path, name), node.values[name], total=node.path == ROOT and not _tells(node, name))
            into.weights[key] = WEIGHTS[len(node.path)]
            if name in POPULATION and not node.measured:
                into.key.add(key)  # said not to be measured
        for name in names:
            whole = MEASURES[name]
            if whole is not None:
                # What two key totals leave over they tell themselves.
                told = {place_key(node.path, whole), place_key(node.path, name)} <= into.key
                rest = place_key(node.path, f"bukan {name}")
                into.rest(place_key(node.path, whole), [place_key(node.path, name)], rest, guarded=not told)
    for node in tree.root.every():
        for name in shown(node, population=tree.population):
            into.sum(place_key(node.path, name), list(_parts(node, name, population=tree.population)))
    for name in MEASURES:
        if name not in POPULATION and kota_key(UNKNOWN, name) not in into.values:
            # Where everybody lives in DKI that line says nobody on every page, and the tables by place leave it out.
            into.key.add(into.count(kota_key(UNKNOWN, name), 0))


def _tells(node: Node, name: str) -> bool:
    """Whether a count of the measured places, which the first pages do not print, would tell few people beside its whole."""
    whole = MEASURES[name]
    return name in POPULATION and whole is not None and small(node.values[whole] - node.values[name])


def _parts(node: Node, name: str, *, population: bool) -> Iterator[Key]:
    for child in node.children:
        if name in shown(child, population=population):
            yield place_key(child.path, name)
        elif name == "terukur" and child.measured:
            # A kelurahan is measured or not as a whole: below a kecamatan the parts are its kelurahan's data sasaran.
            yield place_key(child.path, "sasaran")


def gap_key(producer: str, rule: str, path: Path) -> Key:
    """Failing records of a producer, or of all, at a rule in one place: of a kota those that its page prints."""
    if producer != ALL and len(path) <= len(ROOT) + 1:
        return rule_key(producer, rule, ALL if path == ROOT else NO_KOTA if path[-1] == UNKNOWN else path[-1])
    return ("celah tempat", producer, rule, *path)


def records_key(producer: str, path: Path) -> Key:
    """Records of a producer in one place; of all those of the tables by place."""
    return place_key(path, "catatan") if producer == ALL else ("catatan produsen", producer, *path)


def people_key(producer: str, rule: str, kota: str) -> Key:
    """Distinct people behind the failing records of a kota that is named as penghalang."""
    return ("orang gagal di kota", producer, rule, kota)


def touched_key(producer: str, rule: str, *, selected: bool = False) -> Key:
    """Distinct people behind the failing records of a producer at a rule; those of them in the data sasaran."""
    return ("sasaran pada aturan" if selected else "orang pada aturan", producer, rule)


def rules(into: Declared, facts: Facts | Counted) -> None:
    """Declares the failing records by rule and kota; a rule's total over all kota stands beside the gap table's count.

    Which kota of a rule passes its threshold is printed too: a reader knows at least, or at most, how many fail there.
    """
    found = {(count.producer, count.rule.id, count.kota): count for count in facts.kotas}
    for item in facts.rules:
        total = into.count(rule_key(item.producer, item.rule.id), item.gagal)
        into.key.add(total)
        # Everybody behind a rule is printed beside those of the data sasaran: who is outside it could be subtracted.
        people = into.count(touched_key(item.producer, item.rule.id), item.orang)
        into.key.add(people)
        part = into.count(touched_key(item.producer, item.rule.id, selected=True), item.terpilih)
        into.rest(people, [part], ("di luar sasaran pada aturan", item.producer, item.rule.id))
        parts = []
        records = {kota: facts.kota_rows.get((item.producer, kota), 0) for kota in facts.kota_names}
        records[NO_KOTA] = facts.rows[item.producer] - sum(records.values())
        for kota in (*facts.kota_names, NO_KOTA):
            count = found.get((item.producer, item.rule.id, kota))
            key = into.count(rule_key(item.producer, item.rule.id, kota), count.gagal if count else 0)
            parts.append(key)
            if count is not None and count.gagal >= LIMIT:
                _bounded(into, key, count)
            # How many records a producer has in a kota is printed beside them, as <5 where they are few.
            most = LIMIT - 1 if small(records[kota]) else records[kota]
            into.at_most[key] = min(most, into.at_most.get(key, most))
            if count is not None and count.blocker:
                into.count(people_key(item.producer, item.rule.id, kota), count.orang)
        into.sum(total, parts)


def _bounded(into: Declared, key: Key, count: KotaCount) -> None:
    """What is known of a count because its kota is named as penghalang, or isn't."""
    if count.blocker:
        down = range(count.gagal - 1, max(LIMIT, count.gagal - FAR) - 1, -1)
        into.at_least[key] = next((fewer + 1 for fewer in down if not count.with_failed(fewer).blocker), LIMIT)
    elif count.rule.level != "blok":
        most = min(count.total, count.gagal + FAR)  # of what was judged no more than all can fail
        up = range(count.gagal + 1, most + 1)
        into.at_most[key] = next((more - 1 for more in up if count.with_failed(more).blocker), most)
