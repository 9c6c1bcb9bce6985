"""The cells of two revisions side by side: who came into the data sasaran, left it or changed, by cause and kota.

Comparing is in `comparison`; the same cells stand on the page of changes, in the agenda and in `padanan review compare`.
"""

from __future__ import annotations

from padanan.base.suppress import small
from padanan.published.cells.declared import Declared, Key
from padanan.published.comparison import CAME_IN, DIRECTIONS, WENT_OUT, Comparison


def change_key(comparison: Comparison, *cell: str) -> Key:
    """A cell: (arah, alasan, sebab, kota), `*` for a sum, or ('terpilih', 'sebelum' | 'sesudah' | 'tetap')."""
    periode, revisi = comparison.before
    return ("perubahan", periode.key, str(revisi), *cell)


def changes(into: Declared, found: Comparison) -> None:
    """Declares one comparison. The selected of before and now are key totals, and what came and went over the whole province:
    unless few did, since each of the two tells the other.
    """
    few = any(small(found.total(direction)) for direction in (CAME_IN, WENT_OUT))

    def key(*cell: str) -> Key:
        return change_key(found, *cell)

    for direction in DIRECTIONS:
        table = {(row["alasan"], row["sebab"], row["kode_kota"]): row["jumlah"] for row in found.rows(direction)}
        kinds = sorted({cell[:2] for cell in table})
        kotas = sorted({cell[2] for cell in table})
        for kind in kinds:
            parts = [into.count(key(direction, *kind, kota), table.get((*kind, kota), 0)) for kota in kotas]
            into.sum(into.count(key(direction, *kind, "*"), sum(into.values[part] for part in parts)), parts)
        for kota in kotas:
            parts = [key(direction, *kind, kota) for kind in kinds]
            into.sum(into.count(key(direction, "*", "*", kota), sum(into.values[part] for part in parts)), parts)
        whole = into.count(key(direction, "*", "*", "*"), sum(table.values()), total=not few)
        into.sum(whole, [key(direction, *kind, "*") for kind in kinds])
        into.sum(whole, [key(direction, "*", "*", kota) for kota in kotas])
    before, after = found.selected
    stayed = into.count(key("terpilih", "tetap"), before - found.total(WENT_OUT))
    for name, selected, moved in (("sebelum", before, WENT_OUT), ("sesudah", after, CAME_IN)):
        into.sum(into.count(key("terpilih", name), selected, total=True), [stayed, key(moved, "*", "*", "*")])
