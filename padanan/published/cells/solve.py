"""Which cells of linked tables are covered: few of them, so that for whoever knows the rest a small one may be 1 to 4.

Cells fall into groups that no printed figure links; each is covered by the cheapest deviations that its small cells need, thinned
and, where it is small enough, as `exact` proves best. Equal cells give equal marks: nothing here looks at a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from padanan.base.suppress import LIMIT, Cover, small
from padanan.published.cells.declared import Declared, Key, Solved
from padanan.published.cells.exact import exact
from padanan.published.cells.linear import FAR, Array, Block, cheapest
from padanan.published.cells.need import Needs
from padanan.published.cells.single import single

TOTAL_WEIGHT, ZERO_WEIGHT = 1.25, 1.5
"""A covered total costs a reader more than a covered part; a covered zero looks like somebody."""
HOPS = (1, 3, 7)
EXACT_CELLS = 160
PROVED = "terbukti paling sedikit"
Index = npt.NDArray[np.int64]


def solve(declared: Declared, *, proved: bool = True) -> Solved:
    """Covers declared cells.

    Args:
        proved: whether groups that are small enough are solved exactly.
    """
    marks: dict[Key, Cover] = {}
    weaker: dict[Key, tuple[int, int]] = {}
    untold: set[Key] = set()
    notes: Counter[str] = Counter()
    loose = _loose(declared)
    for keys, block, must in groups(declared, loose):
        needs = Needs.of(block, must, loose=[place for place, key in enumerate(keys) if key in loose])
        covered, note = _covered(block, needs, proved=proved)
        notes[note] += 1
        for place in np.flatnonzero(covered & ~block.free):
            value = declared.values[keys[place]]
            hushed = place in needs.loose
            marks[keys[place]] = Cover.ANY if hushed else Cover.SMALL if small(value) else Cover.MORE
        weaker |= {keys[place]: interval for place, interval in needs.weaker.items()}
        untold |= {keys[place] for place in needs.untold}
    return Solved(marks, weaker, frozenset(untold), dict(notes))


def _covered(block: Block, needs: Needs, *, proved: bool) -> tuple[npt.NDArray[np.bool_], str]:
    if not block.matrix.shape[0]:
        return heuristic(block, Needs(needs.must, needs.values)), PROVED
    if proved and (found := single(block, needs)) is not None:
        return found, PROVED
    covered = heuristic(block, needs)
    return _improved(block, needs, covered) if proved and needs.known else (covered, "heuristik")


def _loose(declared: Declared) -> dict[Key, int]:
    """The parts of sums below five that are printed all the same, with that sum: none may say even that it isn't empty.

    What is below such a part is loose too.
    """
    below: dict[Key, list[tuple[Key, ...]]] = {}
    for total, parts in declared.sums:
        below.setdefault(total, []).append(parts)
    found: dict[Key, int] = {}
    waiting = [(key, declared.values[key]) for key in declared.values if key in declared.key and small(declared.values[key])]
    while waiting:
        total, most = waiting.pop()
        for parts in below.get(total, ()):
            fresh = [part for part in parts if part not in declared.key and part not in declared.unseen and part not in found]
            found |= dict.fromkeys(fresh, most)
            waiting += [(part, most) for part in fresh]
    return found


def groups(declared: Declared, loose: Mapping[Key, int]) -> Iterator[tuple[list[Key], Block, Index]]:
    """The groups of linked cells that hold a small one: their keys, the cells with their sums, and the places of small ones.

    A key total is a constant: it links nothing. Groups come in the order in which their first cell was declared.
    """
    keys = list(declared.values)
    place_of = {key: place for place, key in enumerate(keys)}
    moving = np.array([key not in declared.key for key in keys], dtype=bool)
    rows, columns, signs = [], [], []
    for line, (total, parts) in enumerate(declared.sums):
        for key, sign in ((total, 1), *((part, -1) for part in parts)):
            place = place_of[key]
            if moving[place]:
                rows.append(line)
                columns.append(place)
                signs.append(sign)
    matrix = csc_matrix((signs, (rows, columns)), shape=(len(declared.sums), len(keys)), dtype=float)
    totals = {total for total, _ in declared.sums}
    _, label = connected_components(abs(matrix.T) @ abs(matrix), directed=False)
    must = np.array(
        [moving[place] and (_guarded(declared, key) or key in declared.forced or key in loose) for place, key in enumerate(keys)],
        dtype=bool,
    )
    order = np.argsort(label, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        members = members[moving[members]]
        if must[members].any():
            own = [keys[place] for place in members]
            yield own, _block(declared, own, matrix[:, members], totals, loose), np.flatnonzero(must[members])


def _guarded(declared: Declared, key: Key) -> bool:
    return small(declared.values[key]) and key not in declared.unguarded


def _block(declared: Declared, keys: list[Key], matrix: csc_matrix, totals: set[Key], loose: Mapping[Key, int]) -> Block:
    used = np.unique(matrix.indices)
    values = np.array([declared.values[key] for key in keys], dtype=float)
    low, high, weight = np.empty(len(keys)), np.empty(len(keys)), np.empty(len(keys))
    free = np.array([key in declared.unseen for key in keys], dtype=bool)
    for place, key in enumerate(keys):
        value = declared.values[key]
        least, most = 0, value + FAR
        if not free[place]:
            least = 1 if small(value) else LIMIT if value >= LIMIT else 0
            most = LIMIT - 1 if small(value) else value + FAR
            least = max(least, min(declared.at_least.get(key, least), value)) if not small(value) else least
            most = min(most, max(declared.at_most.get(key, most), value))
        if key in loose:
            least, most = 0, loose[key]
        low[place], high[place] = max(least - value, -FAR), most - value
        # The last part tells the smallest open cell from its neighbours, so that equal ones are chosen alike everywhere.
        weight[place] = (TOTAL_WEIGHT if key in totals else ZERO_WEIGHT if value == 0 else 1.0) + min(value, 10_000) * 1e-6
    weight[free] = 0
    return Block(matrix[used, :].tocsc(), values, low, high, free, np.array([key in totals for key in keys], dtype=bool), weight)


def heuristic(block: Block, needs: Needs) -> npt.NDArray[np.bool_]:
    """Covered cells that protect every small one, none of which can be opened again."""
    covered = block.free.copy()
    covered[needs.must] = True
    while (unmet := needs.unmet()) or needs.again(block):
        for cell, way in unmet:
            if (cell, way) in needs.shown or (cell, way) not in needs.known:
                continue
            found = _nearest(block, cell, way, needs, np.where(covered, 0.0, block.weight))
            if found is None:
                needs.lower(block, cell)  # not even all cells covered would do: as far as it goes
                break
            covered |= found != 0
            needs.witness(found)
    return _thinned(block, needs, covered)


def _nearest(block: Block, cell: int, way: int, needs: Needs, price: Array) -> Array | None:
    """The cheapest deviation, looked for in growing neighbourhoods: the whole group is seldom needed, and large."""
    before, hint = 0, needs.hint(way)
    for among in (*(neighbours(block, cell, hops) for hops in HOPS), np.arange(block.size)):
        if len(among) == before:
            continue
        before = len(among)
        found = cheapest(block, cell, way, needs.much(cell, way), price, among, hint)
        if found is not None:
            return found
    return None


def neighbours(block: Block, cell: int, hops: int) -> Index:
    """The cells that so many sums lead to from one."""
    reached = np.zeros(block.size)
    reached[cell] = 1
    plain = abs(block.matrix)
    for _ in range(hops):
        reached = (plain.T @ (plain @ reached) > 0).astype(float)
    return np.flatnonzero(reached)


def _thinned(block: Block, needs: Needs, covered: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Opens again what the small cells do not need, the dearest first."""
    extra = np.flatnonzero(covered & ~block.free)
    extra = extra[~np.isin(extra, needs.must)]
    for place in sorted(extra, key=lambda place: (-block.weight[place], place)):
        trial = covered.copy()
        trial[place] = False
        if needs.still(block, trial, int(place)):
            covered = trial
    return covered


def _improved(block: Block, needs: Needs, covered: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], str]:
    """The fewest cells where that can be proved: over the whole group, else over its parts between the sums that stay open."""
    if (block.size - block.free.sum()) <= EXACT_CELLS:
        best = exact(block, needs, covered)
        return (covered, "heuristik, pembuktian terhenti pada batasnya") if best is None else (best, PROVED)
    moving = np.flatnonzero(covered | ~block.total)
    rest = block.matrix[:, moving]
    _, label = connected_components(abs(rest.T) @ abs(rest), directed=False)
    order = np.argsort(label, kind="stable")
    better, proved = covered.copy(), True
    for cells in np.split(moving[order], np.flatnonzero(np.diff(label[order])) + 1):
        part = block.slice(cells)
        own = needs.slice(part, cells)
        if not own.known or not (covered[cells] & ~part.free).any():
            continue
        best = exact(part, own, covered[cells]) if (~part.free).sum() <= EXACT_CELLS else None
        proved &= best is not None
        better[cells] = covered[cells] if best is None else best
    return better, "paling sedikit di antara jumlah yang terbuka" if proved else "heuristik, sebagian terlalu besar dibuktikan"
