"""The cells of the gaps below the kota and of the maps, declared for the attack beside those of the model.

`published.gap_places` covers them after the model covered what stands above; here is only said what they mean and add up to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from padanan.base.suppress import ALL, Cover
from padanan.published.cells.declared import Declared, Key
from padanan.published.cells.model import Cells
from padanan.published.cells.places import records_key
from padanan.published.facts import KotaCount
from padanan.published.gap_places import GapPlaces, Layer
from padanan.published.report import Report
from padanan.published.wilayah import ROOT, UNKNOWN, Path


def with_gaps(report: Report) -> Cells:
    """The model with these cells beside its own; the publication must still be open.

    Raises:
        ValueError: one quantity was counted twice with different results, or parts do not add up to their sum.
    """
    cells, places = report.cells, report.places
    own = cells.declared
    into = replace(
        own,
        values=dict(own.values), sums=list(own.sums), key=set(own.key), unseen=set(own.unseen), unguarded=set(own.unguarded),
    )  # fmt: skip
    marks = dict(cells.solved.marks)
    below: dict[Path, list[Path]] = {}
    for path in places.places:
        if path != ROOT:
            below.setdefault(path[:-1], []).append(path)
    records = {name: found for name in report.facts.rows if (found := _records(places, name)) is not None}
    for (producer, _), layer in places.rules.items():
        _tree(into, marks, layer, below, zeros=producer == ALL)
    for layer in (places.blocked, *([places.unserved] if places.unserved else []), *records.values()):
        _tree(into, marks, layer, below, zeros=True)
    _together(into, places)
    matched = [name for name in report.facts.rows if name in report.facts.statuses]
    if all(name in records for name in matched):
        for path in places.places:
            parts = [records_key(name, path) for name in matched if _said(records[name], path)]
            if parts:
                into.sum(records_key(ALL, path), parts)
    _one_blocker(into, report, matched)
    return Cells(into, replace(cells.solved, marks=marks))


def _records(places: GapPlaces, producer: str) -> Layer | None:
    """A producer's records by place, as one of its rules has them for its whole."""
    found = next((layer for (own, _), layer in places.rules.items() if own == producer and layer.by_place), None)
    return None if found is None else Layer(found.wholes or {}, None, found.whole_marks, cell=found.whole_cell)


def _tree(into: Declared, marks: dict[Key, Cover], layer: Layer, below: dict[Path, list[Path]], *, zeros: bool) -> None:
    """One layer: its places add up; a place where nobody is and nothing is covered adds nothing.

    Args:
        zeros: whether such places are printed too.
    """
    said = [path for path in (ROOT, *(path for paths in below.values() for path in paths)) if _said(layer, path)]
    for path in said:
        figure, key = layer.at(path), _cell(layer, path)
        known = key in into.values
        into.count(key, figure.part, total=path == ROOT)
        if path == ROOT:
            into.key.add(key)
        if not known and figure.mark is not None:
            marks[key] = figure.mark
    for path in said:
        figure, key = layer.at(path), _cell(layer, path)
        parts = [_cell(layer, child) for child in below.get(path, ()) if _said(layer, child)]
        if path in below and parts:
            into.sum(key, parts)
        if layer.by_place and figure.whole is not None:
            # A copy for each count within it: linked through a covered whole, all rules of a producer would be one program.
            whole = ("seluruhnya", key)
            into.count(whole, figure.whole)
            into.unguarded.add(whole)
            if figure.whole_mark is not None:
                marks[whole] = figure.whole_mark
            # What passes in a kota is printed by the producers' pages, few or many (§3.1.3.2.c asks for each share), and so is
            # what passes in its only kecamatan.
            above = layer.at(path[:-1]) if len(path) > 2 else figure
            same = len(path) == 3 and (above.part, above.whole) == (figure.part, figure.whole)
            into.rest(whole, [key], ("selebihnya", key), guarded=len(path) > 2 and not same)
    if zeros:
        for path in (ROOT, *(path for paths in below.values() for path in paths)):
            into.values.setdefault(_cell(layer, path), layer.at(path).part)


def _said(layer: Layer, path: Path) -> bool:
    figure = layer.at(path)
    return path == ROOT or bool(figure.part) or figure.mark is not None


def _together(into: Declared, places: GapPlaces) -> None:
    """What all producers have together at a place of one rule."""
    for (producer, rule), layer in places.rules.items():
        if producer != ALL:
            continue
        own = [one for (name, of), one in places.rules.items() if of == rule and name != producer]
        for path in places.places:
            if _said(layer, path):
                parts = [_cell(one, path) for one in own if _said(one, path)]
                into.sum(_cell(layer, path), parts)


def _one_blocker(into: Declared, report: Report, matched: Collection[str]) -> None:
    """Where a kota has one penghalang, the records behind its penghalang are that rule's own."""
    by_kota: dict[str, list[KotaCount]] = {}
    for item in report.blockers:
        by_kota.setdefault(item.kota, []).append(item)
    for kota, found in by_kota.items():
        if len(found) == 1 and found[0].producer in matched:
            start = (*ROOT, kota or UNKNOWN)
            own = report.places.rules[found[0].producer, found[0].rule.id]
            for path in report.places.places:
                if path[: len(start)] == start and _said(own, path):
                    into.sum(_cell(report.places.blocked, path), [_cell(own, path)])


def _cell(layer: Layer, path: Path) -> Key:
    assert layer.cell is not None, "a layer of a publication names its cells"
    return layer.cell(path)
