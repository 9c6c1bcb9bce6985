"""Workbooks to raw columns: values by calamine, and a second count of rows straight from the sheet's XML.

What a damaged number means is for the rules; here it is only marked (`_sel_angka`) that a cell was a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from padanan.base.format import letter
from padanan.base.rows_said import SHEET_STEP
from padanan.base.shown import safe_name
from padanan.landing.archive import RESAVE, check_workbook, epoch_1904, usual_layout, whole
from padanan.landing.header import HEADING, SEARCH_ROWS, Header, find_header, header_flags, require_header
from padanan.landing.raw import DamagedFile, Flag, RawTable, RejectWriter, Spec, raw_schema
from padanan.landing.sheet_count import UNREADABLE, SheetCount, count_sheet
from padanan.landing.unread import holds_records
from padanan.landing.xlsx_flags import FULL_SHEET, Totals, noticed

BATCH = 20_000
# Days that a person may be born or a payment made on; four digits between are years for the reader of dates.
FIRST_SERIAL, LAST_SERIAL = 1, 80_000


def read_xlsx(path: Path, spec: Spec, work: Path) -> RawTable:
    """Reads the sheet (or sheets) of a workbook that carry the agreed header.

    Numbers come as text without `.0`, true date cells as ISO dates, booleans as TRUE or FALSE; an error cell is
    empty. Every visible sheet with the header is read: `_baris` of the n-th is its row + n × SHEET_STEP.

    Raises:
        DamagedFile: not a workbook, no header, or the two row counts differ.
    """
    check_workbook(path)
    path = usual_layout(path, work)
    try:
        with whole(UNREADABLE, RESAVE):
            book = CalamineWorkbook.from_path(str(path))
            counting = _counting(path, book)
            found, hidden, unread = _sheets(book, spec)
    except CalamineError:
        # Not the library's message: it may quote a cell.
        raise DamagedFile(UNREADABLE, RESAVE) from None
    offset = _offset(found[0][0]) if found else 0
    first = require_header(found[0][1] if found else None, spec, "di semua lembar")
    columns = tuple(sorted(first.mapping, key=first.mapping.__getitem__))
    schema = raw_schema(columns)
    target = work / "mentah.parquet"
    rejects = RejectWriter(work / "tak_terbaca.parquet")
    totals = Totals(epoch_1904=epoch_1904(path))
    flags: list[Flag] = []
    with pq.ParquetWriter(target, schema, compression="lz4", use_dictionary=False, write_statistics=False) as writer:
        for order, (sheet, header) in enumerate(found):
            flags += header_flags(header, spec) if order == 0 or header.above else []
            if set(header.mapping) != set(columns):
                flags.append(
                    Flag(
                        "lembar_beda",
                        "tahan",
                        f"lembar {order + 1} memuat kolom lain dari lembar pertama",
                        "pakai satu susunan kolom di semua lembar",
                    )
                )
                header = Header(
                    header.row,
                    header.height,
                    header.width,
                    {**header.mapping},
                    header.labels,
                    header.unagreed,
                    header.unnamed,
                    (),
                )
            count = counting.result() if counting else count_sheet(path, sheet.name)
            _read_sheet(sheet, header, columns, count, order * SHEET_STEP, writer, rejects, totals, spec)
    rejects.close()
    if totals.counted != totals.rows + rejects.count:
        raise DamagedFile(
            f"jumlah baris tidak cocok: {totals.counted} baris berisi di berkas, {totals.rows + rejects.count} terbaca",
            RESAVE,
            rule="total_kendali",
        )
    return RawTable(
        path=target,
        rejects=rejects.path,
        columns=columns,
        labels=first.labels,
        counted=totals.counted,
        facts={"bentuk": "xlsx", "lembar": totals.sheets, "baris_judul": first.row + 1, "garis_judul": first.row + first.height},
        control={
            "baris_berisi": totals.counted,
            "baris_kosong": totals.blank,
            "baris_terbaca": totals.rows,
            "baris_tak_terbaca": rejects.count,
            "sel_rumus": totals.formulas,
            "sel_rumus_tanpa_nilai": totals.uncached,
            "sel_gabung": totals.merged,
        },
        flags=[*flags, *noticed(totals, hidden, unread)],
        missing=tuple(sorted(spec.required - set(first.mapping))),
        unagreed=first.unagreed,
        positions={name: place + offset for name, place in first.mapping.items()},
    )


def _counting(path: Path, book: CalamineWorkbook) -> Future[SheetCount] | None:
    """The count of a workbook's only sheet, begun while calamine reads it, which needs nothing of Python meanwhile.

    None where there are several sheets: only those with the header are counted.
    """
    names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    if len(names) != 1:
        return None
    aside = ThreadPoolExecutor(1)
    counted = aside.submit(count_sheet, path, names[0])
    aside.shutdown(wait=False)
    return counted


def _sheets(book: CalamineWorkbook, spec: Spec) -> tuple[list[tuple[CalamineSheet, Header]], int, list[str]]:
    """Visible sheets with the header, the agreed one first; how many hidden ones carry it too; and which others hold records."""
    wanted = str(spec.form.get("lembar") or "").strip().upper()
    found: list[tuple[CalamineSheet, Header]] = []
    others: list[CalamineSheet] = []
    hidden = 0
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if not sheet.height:
            continue
        sample = [[_label(cell) for cell in row] for row in islice(sheet.iter_rows(), SEARCH_ROWS + 1)]
        header = find_header(sample, spec)
        if header is None:
            others.append(sheet)
        elif meta.visible != SheetVisibleEnum.Visible:
            hidden += 1
        else:
            found.append((sheet, header))
    if found:
        best = max(header.score for _, header in found)
        least = max(best * 2 // 3, 1)
        others += [sheet for sheet, header in found if header.score < least]
        found = [item for item in found if item[1].score >= least]
        found.sort(key=lambda item: item[0].name.strip().upper() != wanted)
    order = [meta.name for meta in book.sheets_metadata]
    unread = [
        f"{_shown(sheet, spec)} (lembar ke-{order.index(sheet.name) + 1})"
        for sheet in others
        if found and holds_records(sheet.iter_rows())
    ]
    return found, hidden, unread


def _offset(sheet: CalamineSheet) -> int:
    """The columns left of the first that holds anything, which calamine leaves out."""
    return int(sheet.start[1]) if sheet.start else 0


def _shown(sheet: CalamineSheet, spec: Spec) -> str:
    return safe_name(sheet.name, (str(spec.form.get("lembar") or ""), *spec.columns))[:HEADING]


def _label(cell: Any) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else _text(cell)


def _text(cell: Any) -> str:
    render = _RENDER.get(type(cell))
    return render(cell) if render is not None else str(cell)


def _texts(cells: Sequence[Any], kinds: set[type]) -> Sequence[str]:
    """A column's cells as texts.

    Args:
        kinds: the types that occur in it.
    """
    if kinds <= {str}:
        return cells
    if kinds <= _RENDER.keys():
        return [_RENDER[type(cell)](cell) for cell in cells]
    return [_text(cell) for cell in cells]


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    return repr(value)


def _moment(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")


_RENDER: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    date: date.isoformat,
    datetime: _moment,
    time: time.isoformat,
    timedelta: str,
}


def _read_sheet(
    sheet: CalamineSheet,
    header: Header,
    columns: tuple[str, ...],
    count: SheetCount,
    step: int,
    writer: pq.ParquetWriter,
    rejects: RejectWriter,
    totals: Totals,
    spec: Spec,
) -> None:
    start = header.row + header.height
    merged = [item for item in sheet.merged_cell_ranges or [] if item[1][0] >= start and item[1][0] > item[0][0]]
    fill = _merge_fill(sheet, merged, header, columns, spec)
    seen: list[npt.NDArray[np.int64]] = []
    number = start
    for batch in _batches(islice(sheet.iter_rows(), start, None)):
        if totals.epoch_1904:
            totals.old_serials += _from_1904(batch, header, spec)
        table, lines, blank = _table(batch, number, step, header, columns, fill)
        seen.append(lines)
        totals.blank += blank
        totals.rows += table.num_rows
        if table.num_rows:
            writer.write_table(table)
        number += len(batch)
    lines = np.concatenate(seen) if seen else np.zeros(0, np.int64)
    source = count.rows[count.rows > start]
    if np.setdiff1d(lines, source).size:
        raise DamagedFile("baris yang terbaca tidak cocok dengan isi berkas", RESAVE, rule="total_kendali")
    silent = np.setdiff1d(source, lines)
    broken = np.intersect1d(silent, count.errors)
    for line in broken.tolist():
        rejects.add(line + step, "sel_galat", "")
    totals.counted += len(source) - len(silent) + len(broken)
    totals.silent += [line + step for line in np.setdiff1d(silent, broken).tolist()]
    totals.formulas += count.formulas
    totals.uncached += count.uncached
    totals.merged += len(merged)
    hidden = count.hidden_rows[count.hidden_rows > start]
    totals.hidden_rows += len(hidden)
    totals.hidden_lines += (hidden + step).tolist()
    totals.add_cells("formula_cells", count.formula_cells, step)
    totals.add_cells("uncached_cells", count.uncached_cells, step)
    totals.merged_cells.setdefault(_shown(sheet, spec), []).extend(
        f"{letter(low[1])}{low[0] + 1}:{letter(high[1])}{high[0] + 1}" for low, high in merged
    )
    offset = _offset(sheet)
    totals.hidden_columns += [
        f"{spec.columns[name][0]} (kolom {letter(header.mapping[name] + offset)})"
        for name in columns
        if name in header.mapping and header.mapping[name] + offset in count.hidden_columns
    ]
    totals.full |= count.last >= FULL_SHEET
    totals.sheets.append(_shown(sheet, spec))


def _batches(rows: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _table(
    batch: list[list[Any]], first: int, step: int, header: Header, columns: tuple[str, ...], fill: dict[tuple[int, int], Any]
) -> tuple[pa.Table, npt.NDArray[np.int64], int]:
    """One batch by column; `first` is the 0-based row number of its first row."""
    width = max(len(row) for row in batch)
    nothing = [""] * len(batch[0])
    keep = [index for index, row in enumerate(batch) if row != nothing and any(cell != "" for cell in row)]
    lines = np.asarray(keep, np.int64) + first + 1
    rows = batch if len(keep) == len(batch) else [batch[index] for index in keep]
    if fill:
        for index, line in enumerate(lines.tolist()):
            for name in columns:
                column = header.mapping.get(name, width)
                if (line - 1, column) in fill and rows[index][column] == "":
                    rows[index][column] = fill[(line - 1, column)]
    cells = list(zip(*rows, strict=True)) if rows else []
    arrays: list[pa.Array] = []
    numeric: list[str] = [""] * len(rows)
    for name in columns:
        position = header.mapping.get(name)
        values = cells[position] if position is not None and position < len(cells) else ("",) * len(rows)
        kinds = set(map(type, values))
        if kinds & {float, int}:
            numeric = [
                f"{mark},{name}" if mark and type(cell) in (float, int) else name if type(cell) in (float, int) else mark
                for mark, cell in zip(numeric, values, strict=True)
            ]
        arrays.append(pa.array(_texts(values, kinds), pa.string()))
    arrays.append(pa.array(lines + step, pa.int64()))
    arrays.append(pa.array([mark or None for mark in numeric], pa.string()))
    return pa.Table.from_arrays(arrays, schema=raw_schema(columns)), lines, len(batch) - len(keep)


def _from_1904(batch: list[list[Any]], header: Header, spec: Spec) -> int:
    """Serial numbers in date columns of a 1904 workbook become dates in place (true date cells are calamine's); how many."""
    changed = 0
    for column in [header.mapping[name] for name in spec.dates if name in header.mapping]:
        for row in batch:
            if column < len(row) and type(row[column]) in (float, int) and FIRST_SERIAL <= row[column] <= LAST_SERIAL:
                row[column] = date(1904, 1, 1) + timedelta(days=int(row[column]))
                changed += 1
    return changed


def _merge_fill(
    sheet: CalamineSheet,
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
    header: Header,
    columns: tuple[str, ...],
    spec: Spec,
) -> dict[tuple[int, int], Any]:
    """Values of vertically merged cells for the rows below the first; never for identity columns."""
    if not merged:
        return {}
    offset = _offset(sheet)
    names = {index: name for name, index in header.mapping.items() if name in columns and name not in spec.id_like}
    tops = {(low[0], low[1] - offset) for low, _ in merged if low[1] - offset in names}
    last = max((row for row, _ in tops), default=-1)
    values = {
        (row, column): cells[column]
        for row, cells in enumerate(islice(sheet.iter_rows(), last + 1))
        for column in names
        if (row, column) in tops and column < len(cells)
    }
    return {
        (row, low[1] - offset): values[(low[0], low[1] - offset)]
        for low, high in merged
        if (low[0], low[1] - offset) in values
        for row in range(low[0] + 1, high[0] + 1)
    }
