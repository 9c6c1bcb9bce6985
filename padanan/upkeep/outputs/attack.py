"""The attack on the outputs together: how far each covered cell can be worked out from all that is printed.

The reader knows every open figure, what each mark means, what every table's sums are, and how the house says that tables add up.
Nothing of how cells were chosen is used; linear programs of its own (HiGHS) do the working out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix, vstack  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from padanan.base.suppress import LIMIT, Cover, small
from padanan.pages.table import Row, Table
from padanan.published.cells.declared import Declared, Key
from padanan.upkeep.outputs.printed import Printed

NEAR, FAR = 1e-6, 10_000
_SHARE = re.compile(r"^(\d[\d.]*),(\d+)%$")
Equation = tuple[Key, tuple[Key, ...]]


@dataclass
class Attacked:
    """What the attack found.

    Attributes:
        rebuilt: small cells that are told exactly. narrow: those of which less than 1 to 4 stays possible, with what does.
        tried: how many small cells it tried. equations: how many sums it knew.
    """

    rebuilt: list[Key] = field(default_factory=list)
    narrow: dict[Key, tuple[int, int]] = field(default_factory=dict)
    tried: int = 0
    equations: int = 0


def sums_read(tables: Sequence[Table], values: Mapping[Key, int]) -> set[Equation]:
    """The sums that tables show by their shape: a foot or a bold line under its lines, a first column before the others.

    A reader knows from the words which of them are meant; here those are taken that are true all along the table.
    """
    return {found for table in tables for found in (*_down(table, values), *_across(table, values))}


def _true(found: Sequence[Equation], values: Mapping[Key, int]) -> list[Equation]:
    real = [(total, parts) for total, parts in found if total in values and all(part in values for part in parts)]
    return real if all(values[total] == sum(values[part] for part in parts) for total, parts in real) else []


def _keyed(row: Row, place: int) -> Key | None:
    return row.cells[place].key if place < len(row.cells) else None


def _down(table: Table, values: Mapping[Key, int]) -> Iterator[Equation]:
    bold = [[row for row in body if "induk" in row.css.split()] for body in table.bodies]
    tops = [row for heads in bold for row in heads] if any(bold) else [row for body in table.bodies for row in body]
    bodies, feet = [], []
    for place in range(len(table.columns)):
        for body, heads in zip(table.bodies, bold, strict=True):
            lines = [_keyed(row, place) for row in body if row not in heads]
            if len(heads) == 1 and lines and None not in lines and (head := _keyed(heads[0], place)) is not None:
                bodies.append((head, tuple(line for line in lines if line is not None)))
        parts = tuple(key for row in tops if (key := _keyed(row, place)) is not None)
        for foot in table.foot:
            if parts and len(parts) == len(tops) and (total := _keyed(foot, place)) is not None:
                feet.append((total, parts))
    yield from (*_true(bodies, values), *_true(feet, values))


def _across(table: Table, values: Mapping[Key, int]) -> Iterator[Equation]:
    found = []
    for row in table.rows:
        numeric = [cell for cell in row.cells[1:] if "n" in cell.css.split()]
        keys = [cell.key for cell in numeric if cell.key is not None]
        if len(keys) > 2 and len(keys) == len(numeric):
            found.append((keys[0], tuple(keys[1:])))
    yield from _true(found, values)


def attack(printed: Printed, declared: Declared, marks: Mapping[Key, Cover], wholly: Collection[Key] | None = None) -> Attacked:
    """Tries to work out every small cell that no output prints, and every small rest that a reader can subtract to.

    Args:
        printed: what the outputs say; only what stands there counts as known.
        declared: what the cells mean and how they add up. marks: what a covered cell is marked with, for its bounds: a count
            that is marked `ditutup` is taken to be known as five or more where it is, which is more than the mark says.
        wholly: cells whose whole interval is looked for, None for all; of the others only whether two values are possible.
    """
    equations = sums_read(printed.tables, declared.values) | set(declared.sums)
    shares = [(part, whole, text) for (part, whole), text in printed.shares.items() if text != "–"]
    names = list(dict.fromkeys(key for total, parts in sorted(equations, key=repr) for key in (total, *parts)))
    linked_names = set(names)
    names += [key for key in declared.values if key not in linked_names]
    bounds = np.array([_bounds(key, declared, marks) for key in names])
    place = {key: at for at, key in enumerate(names)}
    lines = _system(sorted(equations, key=repr), place)
    found = Attacked(equations=len(equations))
    targets = [key for key in names if small(declared.values[key]) and key not in declared.unguarded and key not in declared.key]
    found.tried = len(targets)
    moving = bounds[:, 0] < bounds[:, 1]
    rates = _rates(shares, place, declared.values)
    linked = csr_matrix(abs(lines).multiply(moving)) if lines.shape[0] else lines
    both = linked if rates is None else _stack(linked, rates, moving)
    _, label = connected_components(both.T @ both, directed=False)
    asked: dict[int, list[int]] = {}
    for key in targets:
        asked.setdefault(int(label[place[key]]), []).append(place[key])
    for group, cells in asked.items():
        members = np.flatnonzero((label == group) & moving)
        for cell in cells:
            if not moving[cell]:
                found.rebuilt.append(names[cell])
        known = [cell for cell in cells if moving[cell]]
        own = set(known) if wholly is None else {place[names[cell]] for cell in known if names[cell] in wholly}
        for cell, low, high in _intervals(lines, rates, bounds, members, known, own):
            if low == high:
                found.rebuilt.append(names[cell])
            elif cell in own and (low > 1 or high < LIMIT - 1):
                found.narrow[names[cell]] = (low, high)
    return found


def _bounds(key: Key, declared: Declared, marks: Mapping[Key, Cover]) -> tuple[float, float]:
    value, mark = declared.values[key], marks.get(key)
    if key in declared.unseen or mark is Cover.ANY:
        return 0, np.inf
    if mark is None:
        return value, value
    if mark is Cover.SMALL:
        return 1, LIMIT - 1
    least, most = (LIMIT if value >= LIMIT else 0), np.inf
    return max(least, min(declared.at_least.get(key, least), value)), max(declared.at_most.get(key, most), value)


def _system(equations: Sequence[Equation], place: Mapping[Key, int]) -> csr_matrix:
    rows, columns, signs = [], [], []
    for line, (total, parts) in enumerate(equations):
        for key, sign in ((total, 1.0), *((part, -1.0) for part in parts)):
            rows.append(line)
            columns.append(place[key])
            signs.append(sign)
    return csr_matrix((signs, (rows, columns)), shape=(len(equations), len(place)))


def _rates(shares: Sequence[tuple[Key, Key, str]], place: Mapping[Key, int], values: Mapping[Key, int]) -> csr_matrix | None:
    """Printed shares as part <= (share + half a digit) * whole and the reverse; those of known cells tell nothing more."""
    rows, columns, signs, line = [], [], [], 0
    for part, whole, text in shares:
        found = _SHARE.match(text)
        if found is None or part not in place or whole not in place:
            continue
        rate, half = float(f"{found[1].replace('.', '')}.{found[2]}") / 100, 0.5 * 10.0 ** -(len(found[2]) + 2)
        for sign, bound in ((1.0, rate + half), (-1.0, rate - half)):
            rows += [line, line]
            columns += [place[part], place[whole]]
            signs += [sign, -sign * bound]
            line += 1
    return csr_matrix((signs, (rows, columns)), shape=(line, len(place))) if line else None


def _stack(lines: csr_matrix, rates: csr_matrix, moving: np.ndarray) -> csr_matrix:
    return csr_matrix(vstack([lines, abs(rates).multiply(moving)]))


def _intervals(
    lines: csr_matrix,
    rates: csr_matrix | None,
    bounds: np.ndarray,
    members: np.ndarray,
    cells: Sequence[int],
    wholly: Collection[int],
) -> Iterator[tuple[int, int, int]]:
    """(cell, least, greatest) of the asked cells of one linked group; of those not `wholly` asked two values if they have any."""
    if not cells:
        return
    equal, right = _of(lines, bounds, members)
    limits, most = (None, None) if rates is None else _of(rates, bounds, members)
    if limits is not None and not limits.shape[0]:
        limits, most = None, None
    if most is not None:
        most = most + NEAR
    # Beyond every figure that stands in these sums: among 20,000 people a covered count can well be above 10,000.
    far = FAR + int(np.abs(right).max(initial=0))
    own = np.minimum(bounds[members], far)
    at = {int(cell): spot for spot, cell in enumerate(members)}

    def solved(way: int, aimed: Sequence[int]) -> dict[int, int]:
        """What every cell may be where the aimed ones are together as small (1) or as great (-1) as they can."""
        aim = np.zeros(len(members))
        aim[[at[cell] for cell in aimed]] = way
        result = linprog(aim, A_ub=limits, b_ub=most, A_eq=equal, b_eq=right, bounds=own, method="highs")
        if result.status != 0:
            raise ValueError(f"what is printed contradicts itself: {result.message}")
        round_to = math.ceil if way > 0 else math.floor
        return {cell: round_to(float(result.x[at[cell]]) - way * NEAR) for cell in cells}

    low, high = dict.fromkeys(cells, far), dict.fromkeys(cells, -far)

    def asked(way: int, aimed: Sequence[int]) -> None:
        for cell, value in solved(way, aimed).items():
            if way > 0:
                low[cell] = min(low[cell], value)
            else:
                high[cell] = max(high[cell], value)

    def short(way: int, among: Sequence[int]) -> list[int]:
        return [cell for cell in among if (low[cell] > 1 if way > 0 else high[cell] < LIMIT - 1)]

    for way in (1, -1):
        # All together first: one solution often shows for many that they may be 1, or 4.
        waiting: Sequence[int] = cells
        while waiting:
            asked(way, waiting)
            left = short(way, waiting)
            waiting = left if len(left) < len(waiting) else []
    for way in (1, -1):
        for cell in short(way, cells):
            if cell in wholly or low[cell] >= high[cell]:
                asked(way, [cell])
    for cell in cells:
        if low[cell] == high[cell]:  # it may still be nobody, or more than four
            low[cell], high[cell] = solved(1, [cell])[cell], solved(-1, [cell])[cell]
        yield cell, low[cell], high[cell]


def _of(matrix: csr_matrix, bounds: np.ndarray, members: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
    """The lines that touch the moving cells, what stands still brought to the right side."""
    sub = matrix[:, members]
    touched = np.unique(sub.nonzero()[0])
    still = np.where(np.isfinite(bounds[:, 1]) & (bounds[:, 0] == bounds[:, 1]), bounds[:, 0], 0.0)
    return sub[touched], -(matrix[touched] @ still)
