"""Which cells of linked tables are covered: few of them, so that for whoever knows the rest a small one may be 1 to 4.

Cells fall into groups that no printed figure links; each is covered by cheap deviations that its small cells need, thinned.
Equal cells give equal marks, in whatever order they were declared: nothing here looks at a clock, or at what a query gave first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from padanan.base.suppress import LIMIT, Cover, small
from padanan.published.cells.declared import Declared, Key, Solved
from padanan.published.cells.linear import EXACT, FAR, Array, Block, Unbound, cheapest
from padanan.published.cells.need import DOWN, UP, Need, Needs
from padanan.published.cells.network import Network
from padanan.published.cells.single import single

TOTAL_WEIGHT, ZERO_WEIGHT = 4.0, 1.5
"""A covered total costs a reader more than covered parts (`Declared.weights` says where far more); a zero looks like somebody."""
HOPS = (1, 3, 7)
FREE, DEAR = 1e-3, 100.0
"""Less than any open cell costs, and what a cell costs that is covered only for cells that nothing else protects."""
Index = npt.NDArray[np.int64]


def solve(declared: Declared) -> Solved:
    """Covers declared cells."""
    marks: dict[Key, Cover] = {}
    weaker: dict[Key, tuple[int, int]] = {}
    untold: set[Key] = set()
    declared = in_order(declared)
    loose = _loose(declared)
    for keys, block, must in groups(declared, loose):
        needs = Needs.of(block, must, loose=[place for place, key in enumerate(keys) if key in loose])
        covered = single(block, needs)
        if covered is None:
            covered = heuristic(block, needs)
        for place in np.flatnonzero(covered & ~block.free):
            value = declared.values[keys[place]]
            hushed = place in needs.loose
            marks[keys[place]] = Cover.ANY if hushed else Cover.SMALL if small(value) else Cover.MORE
        short, stuck = needs.left()
        weaker |= {keys[place]: interval for place, interval in short.items()}
        untold |= {keys[place] for place in stuck}
    return Solved(marks, weaker, frozenset(untold))


def in_order(declared: Declared) -> Declared:
    """The same cells and sums in the one order that they have by name, totals after what is no sum.

    Of two coverings that cost the same the first one found is taken. Were that the order of declaration (a query's groups come in
    another one each time), two prints of one decree would cover different cells, and each would tell what the other hides.
    """
    totals = {total for total, _ in declared.sums}
    values = {key: declared.values[key] for key in sorted(declared.values, key=lambda key: (key in totals, repr(key)))}
    sums = sorted(((total, tuple(sorted(parts, key=repr))) for total, parts in declared.sums), key=repr)
    return replace(declared, values=values, sums=sums)


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

    A key total is a constant: it links nothing. Groups come in the order of their first cell.
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
            least, most = 0, max(value, min(loose[key], declared.at_most.get(key, loose[key])))
        low[place], high[place] = max(least - value, -FAR), most - value
        # The last part tells the smallest open cell from its neighbours, so that equal ones are chosen alike everywhere.
        usual = TOTAL_WEIGHT if key in totals else ZERO_WEIGHT if value == 0 else 1.0
        weight[place] = declared.weights.get(key, usual) + min(value, 10_000) * 1e-6
    weight[free] = 0
    return Block(matrix[used, :].tocsc(), values, low, high, free, np.array([key in totals for key in keys], dtype=bool), weight)


def heuristic(block: Block, needs: Needs) -> npt.NDArray[np.bool_]:
    """Covered cells that protect every small one: by paths where sums form a network, by a linear program where they don't."""
    covered = block.free.copy()
    covered[needs.must] = True
    net = Network(block, covered)

    @cache
    def unbound() -> Unbound:
        return Unbound(block)

    def all_free(cell: int, way: int) -> float:
        return unbound().furthest(cell, way)

    def far(cell: int) -> tuple[float, float]:
        net.read()
        found = net.furthest(cell, UP), net.furthest(cell, DOWN)
        if net.whole or any(found):
            return found
        return all_free(cell, UP), all_free(cell, DOWN)

    def meet(need: Need, found: Array) -> None:
        fresh = np.flatnonzero((found != 0) & ~covered)
        covered[fresh] = True
        net.set(fresh, covered=True)
        needs.shown[need] = found

    # Where sums stand far above their parts, or paths don't know everything, two values are enough when more would cost a sum of
    # a kota, or a linear program over all cells.
    plain = net.whole and not (block.weight >= DEAR).any()

    def by_paths(need: Need) -> bool:
        path = net.find(need, round(needs.known[need]), below=None if plain else DEAR)
        if path is None or (plain and path[1] < needs.known[need] - EXACT):
            return False
        if path[1] < needs.known[need] - EXACT:
            needs.settle_for(need, path[1])
        meet(need, path[0])
        return True

    def by_one(cell: int) -> bool:
        """Two values at any price."""
        ways = [way for way in (UP, DOWN) if (cell, way) in needs.known]
        if any((cell, way) in needs.shown for way in ways):
            found = []
        else:
            found = [(path[0], way) for way in ways if (path := net.find((cell, way), 1)) is not None]
            if not found:
                return False
        best = min(found, key=lambda one: float(block.weight[(one[0] != 0) & ~covered].sum()), default=None)
        for way in ways:
            if (cell, way) not in needs.shown:
                needs.settle_for((cell, way), int(best is not None and best[1] == way))
        if best is not None:
            meet((cell, best[1]), best[0])
        return True

    while (unmet := needs.unmet()) or needs.again(block, far):
        hard = [need for need in unmet if not by_paths(need)]
        for need in hard:
            if need in needs.shown or need not in needs.known or (not plain and by_one(need[0])):
                continue
            # What not even all cells together can do, no neighbourhood has to be asked for.
            able = not net.whole and all_free(*need) >= needs.much(*need) - EXACT
            found = _nearest(block, *need, needs, np.where(covered, 0.0, block.weight)) if able else None
            if found is None:
                needs.lower(block, need[0], far)  # not even all cells covered would do: as far as it goes
                net.read()
                break
            meet(need, found)
            needs.witness(found)
    return _thinned(block, needs, net, covered)


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


def _thinned(block: Block, needs: Needs, net: Network, covered: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Opens again what the small cells do not need, or what cheaper cells do as well, the dearest first."""
    extra = np.flatnonzero(covered & ~block.free)
    extra = extra[~np.isin(extra, needs.must)]
    leaning: dict[int, list[Need]] = {}
    for need, found in needs.shown.items():
        for place in np.flatnonzero(found).tolist():
            leaning.setdefault(place, []).append(need)
    for place in sorted(extra.tolist(), key=lambda place: (-block.weight[place], place)):
        asked = [need for need in leaning.get(place, ()) if needs.shown[need][place]]
        instead = _instead(block, needs, net, covered, place, asked)
        if instead is not None:
            needs.shown |= instead
            for need, moved in instead.items():
                for other in np.flatnonzero(moved).tolist():
                    leaning.setdefault(other, []).append(need)
    return covered


def _instead(
    block: Block, needs: Needs, net: Network, covered: npt.NDArray[np.bool_], place: int, asked: list[Need]
) -> dict[Need, Array] | None:
    """Opens a cell if its needs can be met for less than it costs, and says how; else None, and all is as before."""
    dear = block.weight[place] >= TOTAL_WEIGHT
    covered[place] = False
    net.still(place)
    left, found, fresh = float(block.weight[place]), {}, []
    for need in asked:
        path = net.find(need, round(needs.known[need]), below=left if dear else FREE)
        if path is None or path[1] < needs.known[need] - EXACT:
            break
        more = np.flatnonzero((path[0] != 0) & ~covered)
        left -= float(block.weight[more].sum())
        if left <= 0:
            break
        covered[more] = True
        net.set(more, covered=True)
        fresh.append(more)
        found[need] = path[0]
    else:
        net.set(np.array([place]), covered=False)
        return found
    for more in fresh:
        covered[more] = False
        net.set(more, covered=False)
    covered[place] = True
    net.set(np.array([place]), covered=True)
    return None
