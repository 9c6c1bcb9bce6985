"""Rows as they are found again in a file: unbroken stretches, in words (`baris 12–40, 57`).

What is wrong with a row belongs to whoever judges it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

# Rows of a second, third … sheet that continues the first get this much added to their number.
SHEET_STEP = 2_000_000

Stretch = tuple[int, int]


def stretches(lines: Iterable[int]) -> list[Stretch]:
    """Rows as first and last of each unbroken stretch, in order."""
    rows = np.unique(np.fromiter(lines, np.int64))
    if not rows.size:
        return []
    breaks = np.flatnonzero(np.diff(rows) != 1)
    firsts = rows[np.concatenate(([0], breaks + 1))]
    lasts = rows[np.concatenate((breaks, [rows.size - 1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def rows_in_words(found: Sequence[Stretch], sheets: Sequence[str] = (), *, column: str = "") -> str:
    """`baris 3–4, 9`; of a further sheet `lembar 'Lanjutan' baris 2`; with a column the cells, `D3–D4, D9`.

    Args:
        found: stretches of `_baris`.
        sheets: the names of the sheets in the order of their rows; one or none is not named.
    """
    told: dict[int, list[str]] = {}
    for first, last in found:
        sheet, start = divmod(first, SHEET_STEP)
        end = last - sheet * SHEET_STEP
        told.setdefault(sheet, []).append(f"{column}{start}" + (f"–{column}{end}" if end > start else ""))
    what = "sel" if column else "baris"
    named = [
        (f"lembar '{sheets[sheet]}' " if len(sheets) > 1 and sheet < len(sheets) else "") + f"{what} {', '.join(words)}"
        for sheet, words in told.items()
    ]
    return "; ".join(named)
