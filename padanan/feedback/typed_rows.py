"""A landed delivery of feedback as typed rows: each cell by its column's type, and as it was delivered.

What an unreadable cell leads to is `judge`'s; who a row speaks of is `people`'s.
"""

from __future__ import annotations

import duckdb

from padanan.base.sql import ident
from padanan.contracts import cells
from padanan.contracts.blanks import Blanks
from padanan.contracts.contract import Column, Contract

NUMBERS = ("nik", "nik_ibu", "nik_dokumen", "no_kk")
"""Columns of sixteen digits."""
ROWS = "isi"
"""The table that `read` makes."""
RAW = "_mentah"
"""Behind a column's name: the cell as it was delivered, null where it says nothing."""


def read(con: duckdb.DuckDBPyConnection, contract: Contract, rows: str, blanks: Blanks) -> int:
    """Makes the table `isi`: `_baris`, `_record_key`, `_entity_key`, `_nik_key`, each column typed and raw.

    Args:
        rows: the landed rows, as SQL says them (`read_parquet('…')`, or a table).

    Returns:
        How many rows there are.
    """
    # What landed under an earlier version of the contract lacks the columns that came since: it says nothing there.
    there = {one[0] for one in con.execute(f"describe select * from {rows}").fetchall()}
    raw = ", ".join(
        f"case when {blanks.sql(ident(column.name), column.name)} then null else trim({ident(column.name)}) end "
        f"as {ident(column.name + RAW)}"
        if column.name in there
        else f"null::varchar as {ident(column.name + RAW)}"
        for column in contract.columns
    )
    typed = ", ".join(f"{typed_cell(column, blanks)} as {ident(column.name)}" for column in contract.columns)
    con.execute(
        f"create or replace table {ROWS} as with sel as (select _baris, _record_key, _entity_key, _nik_key, {raw} "
        f"from {rows}) select *, {typed} from sel"
    )
    return int(con.execute(f"select count(*) from {ROWS}").fetchall()[0][0])


def typed_cell(column: Column, blanks: Blanks) -> str:
    """A delivered cell by its column's type as SQL over `<kolom>_mentah`; null where it can't be read."""
    cell = ident(column.name + RAW)
    if column.name in NUMBERS:
        return cells.sixteen(cell, tuple(blanks.numbers))
    if column.codes:
        return cells.code(cell, column.codes)
    if column.type == "date":
        return cells.day(cell)
    if column.type == "integer":
        return cells.whole(cell)
    if column.type == "number":
        return cells.decimal(cell)
    return cell


def unreadable(column: Column) -> tuple[str, str] | None:
    """Cause and cure of a cell of the column that says something and can't be read; None where every text is an answer."""
    if column.name in NUMBERS:
        return "bukan nomor 16 angka", "salin nomor dari dokumen, sebagai teks; kosongkan bila tidak ada"
    if column.codes:
        words = ", ".join(dict.fromkeys(column.codes.values()))
        return "isian di luar daftar", f"pakai salah satu: {words.replace('_', ' ')}"
    if column.type == "date":
        return "tanggal tidak terbaca", "tulis hari/bulan/tahun, misalnya 12/01/2026"
    if column.type == "integer":
        return "bukan bilangan bulat", "tulis angka saja, misalnya 300000"
    if column.type == "number":
        return "bukan angka", "tulis angka saja"
    return None
