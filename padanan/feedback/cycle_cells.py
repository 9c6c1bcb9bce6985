"""The cells of the cycle's page in the house's one model: what of them is covered, over all its tables together.

Counting is `cycle_counts`', the page `cycle_page`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from padanan.contracts.feedback import load_catalogue
from padanan.feedback.cycle_counts import LATE, MEASURES, OPENED, STATES, Counts, Place
from padanan.feedback.lines import CONFLICT, DONE, MOOT, STANDING
from padanan.published.cells.declared import Declared, Key, crossed, overlapping
from padanan.published.cells.model import Cells
from padanan.published.cells.places import WEIGHTS

REASONS = "alasan"
DIFFER, DISPUTED, WAITING = ("berbeda hasil", "bersengketa", "warga baru menunggu")


def place_key(path: Place, measure: str) -> Key:
    """Lines of a place; of all places the page's totals."""
    return ("siklus", measure, *path)


def part_key(way: str, name: str, measure: str) -> Key:
    """Lines of one row of another split."""
    return ("siklus", way, name, measure)


def agency_key(counts: Counts, agency: str, measure: str) -> Key:
    """Lines to which an agency goes, alone or with others; where that is one group, or all lines, that very cell."""
    own = [actors for actors in counts.actors if agency in actors]
    if len(own) == len(counts.actors):
        return place_key((), measure)
    return part_key("pelaku", " dan ".join(own[0]), measure) if len(own) == 1 else part_key("instansi", agency, measure)


def agencies_of(counts: Counts) -> list[str]:
    """The agencies that go to any line."""
    return sorted({one for actors in counts.actors for one in actors})


def standing_key(code: str) -> Key:
    """Lines that a reason keeps open."""
    return ("siklus", "alasan terbuka", code)


def late_key(code: str) -> Key:
    """Late lines that have a reason."""
    return ("siklus", "alasan terlambat", code)


def month_key(start: str, what: str) -> Key:
    """Lines of a month."""
    return ("siklus", "bulan", start, what)


def cells_of(counts: Counts) -> Cells:
    """Covers the page."""
    into = Declared()
    _places(into, counts)
    _parts(into, "keadaan", {one: {OPENED: counts.states.get(one, 0)} for one in STANDING}, (OPENED,))
    _parts(into, "pelaku", {" dan ".join(one): values for one, values in counts.actors.items()}, MEASURES)
    for measure in MEASURES:
        for agency in agencies_of(counts):
            parts = [one for one in counts.actors if agency in one]
            key = into.count(agency_key(counts, agency, measure), sum(counts.actors[one][measure] for one in parts))
            into.sum(key, [part_key("pelaku", " dan ".join(one), measure) for one in parts])
    for way, found in (("prioritas", counts.priorities), ("umur", counts.ages)):
        _parts(into, way, {name: dict(zip((OPENED, LATE), pair, strict=True)) for name, pair in found.items()}, (OPENED, LATE))
    _reasons(into, counts)
    _months(into, counts)
    differ = into.count((DIFFER,), counts.told.conflicts, total=True)
    into.rest(differ, [part_key("keadaan", CONFLICT, OPENED)], ("berbeda hasil tanpa baris",))
    into.count((DISPUTED,), counts.told.disputes, total=True)
    into.count((WAITING,), counts.told.newcomers, total=True)
    return Cells.of(into)


def _places(into: Declared, counts: Counts) -> None:
    below: dict[Key, list[Key]] = {}
    for path, values in counts.places.items():
        for measure in MEASURES:
            key = into.count(place_key(path, measure), values[measure], total=not path and measure in (OPENED, DONE, MOOT))
            into.weights[key] = WEIGHTS[len(path) + 1]
            if path:
                below.setdefault(place_key(path[:-1], measure), []).append(key)
        _in_time(into, place_key(path, OPENED), place_key(path, LATE))
    into.tree(below)


def _in_time(into: Declared, opened: Key, late: Key) -> None:
    """Who reads the open lines beside the late ones knows those in time."""
    into.rest(opened, [late], ("siklus", "tepat waktu", opened))


def _parts(into: Declared, way: str, found: Mapping[str, Mapping[str, int]], measures: Sequence[str]) -> None:
    """A split whose rows add up to the page's totals."""
    for name, values in found.items():
        for measure in measures:
            into.count(part_key(way, name, measure), values[measure])
        if LATE in measures:
            _in_time(into, part_key(way, name, OPENED), part_key(way, name, LATE))
    for measure in measures:
        into.sum(place_key((), measure), [part_key(way, name, measure) for name in found])


def _reasons(into: Declared, counts: Counts) -> None:
    codes = codes_of(counts)
    made = crossed(into, REASONS, counts.reasons, codes, STATES)
    for code in codes:
        opened = into.count(standing_key(code), sum(made.values[code, state] for state in STANDING))
        into.sum(opened, [made.keys[code, state] for state in STANDING])
        into.rest(opened, [into.count(late_key(code), counts.late_reasons.get(code, 0))], ("siklus", "alasan tepat waktu", code))
    if codes:
        overlapping(into, place_key((), OPENED), [standing_key(code) for code in codes])
        overlapping(into, place_key((), LATE), [late_key(code) for code in codes])


def codes_of(counts: Counts) -> list[str]:
    """The reasons that anybody ever had: those of feedback in the catalogue's order, then the padanan's own."""
    found = {code for code, _ in counts.reasons}
    known = [code for code in load_catalogue().garis if code in found]
    return [*known, *sorted(found.difference(known))]


def _months(into: Declared, counts: Counts) -> None:
    """What was open before a month, and opened in it, was closed in it or is open at its end."""
    left: Key = month_key("sebelum", "terbuka")
    into.count(left, counts.months[0].before)
    into.unseen.add(left)
    for month in counts.months:
        start, last = month.start.isoformat(), month is counts.months[-1]
        opened, closed = (
            into.count(month_key(start, "dibuka"), month.opened),
            into.count(month_key(start, "ditutup"), month.closed),
        )
        known = into.derived(month_key(start, "jalan"), [left, opened])
        left = into.count(place_key((), OPENED) if last else month_key(start, "terbuka"), month.left)
        into.sum(known, [left, closed])


__all__ = [
    "DIFFER", "DISPUTED", "REASONS", "WAITING", "agencies_of", "agency_key", "cells_of", "codes_of", "late_key", "month_key",
    "part_key", "place_key", "standing_key",
]  # fmt: skip
