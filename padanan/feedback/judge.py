"""What is wrong with the typed rows of a delivery: cells that can't be read, and the rules of `expectations/umpan_balik.yaml`.

One scan asks all of them; nothing is mended here, and what follows from a fault is said by its rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from padanan.base.sql import ident, literal
from padanan.contracts.contract import Contract
from padanan.contracts.feedback import DISPUTED, REFUSED, FeedbackCatalogue
from padanan.feedback.typed_rows import RAW, unreadable

FOUND = "temuan"
"""The table that `judge` makes: `_baris`, `aturan`."""
MISSING, UNREAD = "kosong", "tidak_terbaca"


@dataclass(frozen=True)
class Asked:
    """One fault that is looked for: its predicate, what follows, and its words. `column` is the cell it lies in, if one."""

    id: str
    fails: str
    outcome: str
    cause: str
    cure: str
    column: str | None = None
    between: bool = False


def asked(contract: Contract, catalogue: FeedbackCatalogue) -> list[Asked]:
    """Everything that is asked of a contract's rows: each needed cell, each cell that must be readable, each rule."""
    found = []
    for column in contract.columns:
        raw = ident(column.name + RAW)
        if column.required:
            found.append(
                Asked(
                    f"{MISSING}_{column.name}", f"{raw} is null", REFUSED, f"kolom {column.source} kosong", "isi kolom itu",
                    column.name,
                )
            )  # fmt: skip
        if (words := unreadable(column)) is not None:
            cause, cure = words
            fails = f"{raw} is not null and {ident(column.name)} is null"
            found.append(Asked(f"{UNREAD}_{column.name}", fails, REFUSED, f"kolom {column.source}: {cause}", cure, column.name))
    for name, rule in catalogue.rules(contract).items():
        place = rule.kolom[0] if len(rule.kolom) == 1 else None
        found.append(Asked(name, rule.gagal, rule.akibat, rule.sebab, rule.perbaikan, place, rule.antarPeristiwa))
    return found


def judge(con: duckdb.DuckDBPyConnection, table: str, questions: list[Asked]) -> None:
    """Makes the table `temuan(_baris, aturan)`: each fault of each row of a table; a predicate that is null is no fault."""
    cases = ", ".join(f"case when {one.fails} then {literal(one.id)} end" for one in questions)
    con.execute(
        f"create or replace table {FOUND} as select _baris, unnest(aturan) as aturan from "
        f"(select _baris, list_filter([{cases}], lambda one: one is not null) as aturan from {table})"
    )


def outcomes(questions: list[Asked]) -> dict[str, list[str]]:
    """Rule ids by outcome."""
    found: dict[str, list[str]] = {}
    for one in questions:
        found.setdefault(one.outcome, []).append(one.id)
    return found


def standing_disputes(questions: list[Asked]) -> list[str]:
    """The disputes that a row bears by itself; those between events are judged anew whenever a state is asked for."""
    return [one.id for one in questions if one.outcome == DISPUTED and not one.between]
