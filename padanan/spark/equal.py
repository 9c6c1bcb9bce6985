"""Are two warehouses' tables equal, row by row: what one has and the other lacks is counted, never shown.

Which tables are asked about belongs to the caller; `_as_first` is the only place where the engines' types are made comparable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from padanan.base.sql import ident, literal


@dataclass(frozen=True)
class Compared:
    """One table of both sides.

    Attributes:
        rows, other_rows: how many each has.
        missing, added: rows of the first that the second lacks, and the other way round, doubles counted.
        columns: columns that only one of them has, or that stand elsewhere.
    """

    table: str
    rows: int
    other_rows: int
    missing: int
    added: int
    columns: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """The same rows as often, under the same columns."""
        return not (self.missing or self.added or self.columns) and self.rows == self.other_rows


def compare_tables(con: duckdb.DuckDBPyConnection, tables: Iterable[tuple[str, str, str]]) -> list[Compared]:
    """Compares (name, relation, relation of the other side) as sets with doubles.

    Raises:
        duckdb.Error: a relation is missing, or a value of the second has no place in the first's type.
    """
    return [_compared(con, *one) for one in tables]


def parquet(path: Path) -> str:
    """The relation of Parquet files."""
    return f"read_parquet({literal(path)})"


def _compared(con: duckdb.DuckDBPyConnection, name: str, first: str, second: str) -> Compared:
    here, there = _columns(con, first), _columns(con, second)
    rows, other = (int(con.execute(f"select count(*) from {side}").fetchall()[0][0]) for side in (first, second))
    if list(here) != list(there):
        odd = tuple(sorted(set(here) ^ set(there))) or ("urutan kolom",)
        return Compared(name, rows, other, rows, other, odd)
    mine, theirs = f"select * from {first}", _as_first(here, there, second)
    missing, added = (
        int(con.execute(f"select count(*) from (({a}) except all ({b}))").fetchall()[0][0])
        for a, b in ((mine, theirs), (theirs, mine))
    )
    return Compared(name, rows, other, missing, added)


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"describe select * from {relation}").fetchall()}


def _as_first(here: dict[str, str], there: dict[str, str], relation: str) -> str:
    """The second side in the first one's types: Spark has no HUGEINT and no unsigned numbers, and sums of its own width.

    A cast raises where a value would change its meaning; a rounded one (double to whole number) can't be told, so these stay as
    they are and differ.
    """
    whole = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
    parts = []
    for name, kind in here.items():
        same = kind == there[name] or (kind in whole) != (there[name] in whole)
        parts.append(ident(name) if same else f"cast({ident(name)} as {kind}) as {ident(name)}")
    return f"select {', '.join(parts)} from {relation}"
