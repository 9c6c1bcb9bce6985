"""Where faults lie, in words that are found again in the file: rows as stretches (`baris 12–40, 57`), cells by their address.

What a fault is belongs to the readers and `checks`; here rows and cells are only named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from padanan.base import disk
from padanan.base.duck import private_duckdb
from padanan.base.format import number
from padanan.base.rows_said import SHEET_STEP, Stretch, rows_in_words, stretches
from padanan.base.sql import literal
from padanan.landing.raw import LINE, Detail

# So many stretches of rows a flag tells; the rest is in the list beside the receipt, so that a page stays a page.
TOLD = 500
LIST = "tanda_terima.csv"
STRETCHES = (
    f"select alasan, sebab, min({LINE}) as dari, max({LINE}) as sampai, count(*) as n from (select alasan, sebab, {LINE}, "
    f"{LINE} - row_number() over (partition by alasan, sebab order by {LINE}) as pulau from read_parquet({{}})) "
    "group by alasan, sebab, pulau"
)
"""The rows set aside, in a file of them, as unbroken stretches by reason and cause."""


def write_list(rejects: Path, target: Path) -> None:
    """Every stretch of rows set aside as a table for a spreadsheet: why, sheet, first and last row; no value."""
    with private_duckdb(target.parent) as con, disk.filling(target):
        con.execute(
            f"copy (select replace(alasan, '_', ' ') as disisihkan, sebab, dari // {SHEET_STEP} + 1 as lembar_ke, "
            f"dari % {SHEET_STEP} as baris_pertama, sampai % {SHEET_STEP} as baris_terakhir "
            f"from ({STRETCHES.format(literal(rejects))}) order by alasan, sebab, dari) "
            f"to {literal(target)} (format csv, header, delimiter ';')"
        )


def detail(cause: str, count: int, found: Sequence[Stretch], total: int, sheets: Sequence[str], *, told: int = TOLD) -> Detail:
    """One cause with its rows.

    Args:
        found: its first stretches, at least `told` of them where there are so many; `total` is how many there are.
    """
    shown = rows_in_words(found[:told], sheets)
    left = max(total - told, 0)
    return Detail(
        cause,
        count,
        f"{shown}, dan {number(left)} rentang lain; semuanya di {LIST} yang menyertai tanda terima ini" if left else shown,
        left,
    )


def cells_detail(cause: str, cells: Mapping[str, Sequence[int]], sheets: Sequence[str]) -> Detail | None:
    """The cells of one cause, by column letter; None where no address is known."""
    found = {column: stretches(rows) for column, rows in sorted(cells.items(), key=lambda item: (len(item[0]), item[0])) if rows}
    counts = {column: sum(last - first + 1 for first, last in rows) for column, rows in found.items()}
    if not counts:
        return None
    words = []
    for column, rows in found.items():
        if len(rows) <= max(TOLD // len(found), 10):
            words.append(rows_in_words(rows, sheets, column=column))
        else:  # here and there over the whole column
            words.append(f"{number(counts[column])} sel kolom {column}, {rows_in_words([(rows[0][0], rows[-1][1])], sheets)}")
    return Detail(cause, sum(counts.values()), "; ".join(words))
