"""The cells of the padanan: people and families by the registries that know them, unmatched records by group, updates by place.

Counting is in `overlap`, `evidence_groups` and `activity`; which cells are covered is decided in `solve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from padanan.base.suppress import ALL, small
from padanan.published.activity import Activity, Updates
from padanan.published.cells.declared import Declared, Key
from padanan.published.evidence_groups import EVERY_LIST, Group
from padanan.published.opened import Published
from padanan.published.overlap import ALL as EVERYWHERE
from padanan.published.overlap import Overlap, set_key

SEVERAL, WITHIN = "beberapa", "registri"
RECORDS = ("catatan sekelompok",)
"""What a printed match rate is a share of, where the number of records itself is not printed."""


def overlap_key(unit: str, kota: str = EVERYWHERE, members: str = ALL) -> Key:
    """People or families of a kota who are in exactly these registries; by default in any."""
    return ("irisan", unit, kota, members)


def registry_key(unit: str, kind: str = SEVERAL, registry: str = "") -> Key:
    """People or families in one registry (`WITHIN`), or in several."""
    return ("irisan", unit, kind, registry)


def overlap(into: Declared, found: Overlap) -> None:
    """Declares sets of registries by kota; the sums over the province in words and by registry are key totals."""
    counts = found.counts
    codes = sorted({code for code, _ in counts if code != EVERYWHERE})
    sets = sorted({members for _, members in counts}, key=sorted)
    for code in (*codes, EVERYWHERE):
        parts = [into.count(overlap_key(found.unit, code, set_key(members)), counts.get((code, members), 0)) for members in sets]
        whole = into.count(overlap_key(found.unit, code), sum(into.values[part] for part in parts), total=code == EVERYWHERE)
        into.sum(whole, parts)
    for members in (*map(set_key, sets), ALL):
        into.sum(overlap_key(found.unit, EVERYWHERE, members), [overlap_key(found.unit, code, members) for code in codes])
    told = {(WITHIN, name): [one for one in sets if name in one] for name in found.names}
    told[SEVERAL, ""] = [one for one in sets if len(one) > 1]
    for name, members_of in told.items():
        parts = [overlap_key(found.unit, EVERYWHERE, set_key(members)) for members in members_of]
        key = into.count(registry_key(found.unit, *name), sum(into.values[part] for part in parts), total=True)
        into.sum(key, parts)
        into.yielding.add(key)


def group_key(producer: str, name: str, what: str = "tidak padan") -> Key:
    """Records of a list's group that are not matched, or all of them (`catatan`)."""
    return ("kelompok catatan", what, producer, name)


def matched_key(group: Group) -> Key:
    """The matched records of a group, which no table prints."""
    return ("padan", group.producer, group.name)


def double_key(producer: str, kind: str, unit: str) -> Key:
    """Records that may be of one person, or the groups of them, of a registry."""
    return ("ganda", unit, producer, kind)


def doubles(into: Declared, source: Published) -> None:
    """Declares the possible doubles; of few records the number of groups is covered too."""
    if not source.has("ganda_bukti"):
        return
    columns = "producer, jenis, count(distinct kelompok) as kelompok, count(*) as rekaman"
    for line in source.rows(f"select {columns} from ganda_bukti group by all order by all"):
        keys = [into.count(double_key(line["producer"], line["jenis"], unit), line[unit]) for unit in ("rekaman", "kelompok")]
        if small(line["rekaman"]):
            into.forced.add(keys[1])


def record_groups(into: Declared, found: Sequence[Group]) -> None:
    """Declares unmatched records by list and group, and how many records all lists together have of it.

    A group's rest can be worked out, and the kota add up to all but the records without an address. What all lists have of
    a group is the sum of theirs. All records of a list stand by their status on the first page: key totals.
    """
    names: dict[str, list[str]] = {}
    for group in found:
        names.setdefault(group.producer, []).append(group.name)
        key = into.count(group_key(group.producer, group.name), group.failed)
        if group.name == EVERY_LIST:
            into.key.add(key)
        elif small(group.records):
            into.forced.add(key)
        if group.producer == EVERY_LIST:
            whole = into.count(group_key(group.producer, group.name, "catatan"), group.records, total=group.name == EVERY_LIST)
            into.rest(whole, [key], matched_key(group), guarded=False)
    for producer, own in names.items():
        _sums(into, producer, own, "tidak padan")
        if producer == EVERY_LIST:
            _sums(into, producer, own, "catatan")
    for name in names.get(EVERY_LIST, ()):
        whole = group_key(EVERY_LIST, name)
        parts = [group_key(producer, name) for producer, own in names.items() if producer != EVERY_LIST and name in own]
        if parts and sum(into.values[part] for part in parts) == into.values[whole]:
            into.sum(whole, parts)


def _sums(into: Declared, producer: str, names: Sequence[str], what: str) -> None:
    whole = group_key(producer, EVERY_LIST, what)
    if whole not in into.values:
        return
    kota = [group_key(producer, name, what) for name in names if name.startswith("kota ")]
    if kota:
        into.rest(whole, kota, ("tanpa kota", what, producer))
    for name in names:
        if name != EVERY_LIST and not name.startswith("kota "):
            into.rest(whole, [group_key(producer, name, what)], ("bukan", what, producer, name))


def update_key(path: Sequence[str], measure: str) -> Key:
    """Records of the integrated registry in either of two publications, or those updated between them, of a place."""
    return ("pemutakhiran", measure, *path)


def updates(into: Declared, found: Activity, kotas: Iterable[str]) -> None:
    """Declares what was updated by kota and kecamatan; a place's records are its updated ones and the others."""
    total = Updates()
    for own in found.kotas.values():
        total.add(own)
    counted: Mapping[tuple[str, ...], Updates] = {
        (ALL,): total,
        **{(kota,): found.kotas.get(kota, Updates()) for kota in (*kotas, *found.kotas)},
        **found.places,
    }
    for path, own in counted.items():
        whole = into.count(update_key(path, "catatan"), own.records, total=path == (ALL,))
        part = into.count(update_key(path, "diperbarui"), own.updated, total=path == (ALL,))
        into.rest(whole, [part], update_key(path, "tetap"))
    for measure in ("catatan", "diperbarui"):
        every = [path for path in counted if len(path) == 1 and path != (ALL,)]
        into.sum(update_key((ALL,), measure), [update_key(path, measure) for path in every])
        for kota in found.kotas:
            into.sum(update_key((kota,), measure), [update_key(path, measure) for path in found.places if path[0] == kota])
