"""Two revisions side by side as text for a terminal: `padanan review compare`.

Counting is in `published.comparison`, covering in `published.cells`; the report's page of changes says the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from padanan.base.format import number
from padanan.published.cells.changes import change_key, changes
from padanan.published.cells.declared import Declared
from padanan.published.cells.model import Cells
from padanan.published.comparison import CAUSE_TEXT, DIRECTION_TEXT, DIRECTIONS, Comparison, reason_text


def render(comparison: Comparison, kota_names: Mapping[str, str]) -> str:
    """The comparison as text for a terminal."""
    declared = Declared()
    changes(declared, comparison)
    cells = Cells.of(declared)

    def shown(*cell: str) -> str:
        key = change_key(comparison, *cell)
        mark = cells.mark(key)
        return mark.text if mark else number(cells.value(key))

    def empty(*cell: str) -> bool:
        return not cells.value(change_key(comparison, *cell))

    (old_periode, old_revisi), (new_periode, new_revisi) = comparison.before, comparison.after
    lines = [
        f"{old_periode.label} revisi {old_revisi} → {new_periode.label} revisi {new_revisi}",
        f"terpilih: {shown('terpilih', 'sebelum')} → {shown('terpilih', 'sesudah')} orang, "
        f"{shown('terpilih', 'tetap')} di keduanya",
        "",
        "Masukan yang berbeda:",
        *(f"  - {line}" for line in comparison.inputs or ("tidak ada",)),
    ]
    for direction in DIRECTIONS:
        rows = comparison.rows(direction)
        lines += ["", f"{DIRECTION_TEXT[direction]}: {shown(direction, '*', '*', '*')} orang"]
        kotas = sorted({row["kode_kota"] for row in rows})
        for kind in sorted({(row["alasan"], row["sebab"]) for row in rows}):
            lines.append(
                f"  {reason_text(kind[0])} (sebab: {CAUSE_TEXT[kind[1]]}): {shown(direction, *kind, '*')}"
                + "".join(
                    f"\n    {kota_names.get(kota, kota) or 'tanpa alamat di DKI'}: {shown(direction, *kind, kota)}"
                    for kota in kotas
                    if not empty(direction, *kind, kota) or cells.mark(change_key(comparison, direction, *kind, kota))
                )
            )
    return "\n".join(lines)
