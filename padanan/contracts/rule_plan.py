"""What DuckDB would do with a predicate beyond its text: values turned into another type unasked, values of the run itself.

A bound plan shows them also where no probe row leads, behind `case` and `coalesce`. Binding, and the words of a refusal, are
`padanan/contracts/rule_binding.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from padanan.base.sql import ident

_CONSTANT = re.compile(r"'(?:[^']|'')*'|-?[0-9.]+")
_CAST = re.compile(r"'(?:[^']|'')*'|(?<!TRY_)\bCAST\(")
_PIECES = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()]| AS ")
# DuckDB reads these words as functions where no column has their name.
_CLOCK = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
_SESSION = {"current_user", "current_role", "session_user", "user", "current_catalog", "current_database", "current_schema"}


@dataclass(frozen=True)
class Cast:
    """A conversion that nobody wrote: of which expression, from which type to which; `constant` when it is a written value."""

    inner: str
    kind: str
    target: str
    constant: bool


def unstable_functions(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Functions whose answer differs from run to run (clock, random numbers, session), as DuckDB declares them.

    A name whose other forms are consistent is none: what differs then is the zone of a moment, and a session's zone is set.
    """
    query = """
        select function_name from duckdb_functions() where function_type = 'scalar' group by all
        having bool_or(stability = 'VOLATILE') or bool_and(stability <> 'CONSISTENT')
    """
    return frozenset(name for (name,) in con.execute(query).fetchall())


def of_the_run(part: dict[str, Any], unstable: frozenset[str], columns: object) -> str | None:
    """The word of a parsed expression that stands for the clock, chance or the session, else None.

    Args:
        part: one node of `json_serialize_sql`.
        columns: the row's column names; a column is never a word of the run.
    """
    name = str(part.get("function_name") or "").lower()
    if name in unstable or (name == "age" and len(part.get("arguments") or []) == 1):
        return name
    names = part.get("column_names") or [""]
    word = str(names[-1]).lower()
    if part["class"] == "COLUMN_REF" and word in _CLOCK | _SESSION and word not in columns:  # type: ignore[operator]
        return word
    return None


def unasked_cast(con: duckdb.DuckDBPyConnection, condition: str, row: str) -> Cast | None:
    """The first conversion in the bound plan that can fail on a value, or takes a number for yes or no.

    A text turned into a number or a date fails on the first value that is none, and DuckDB's message holds that value.

    Args:
        con: with the row's table; its optimizer must be off, or the plan is not the text's own.
        condition: a predicate that binds.
        row: the table.
    """
    plan = con.execute(f"explain (format json) select * from {ident(row)} where ({condition})").fetchall()
    for text in _expressions(json.loads(plan[0][1])):
        for inner, target in _casts(text):
            if _CONSTANT.fullmatch(inner):
                if con.execute(f"select try_cast({inner} as {target}) is null").fetchall() == [(True,)]:
                    return Cast(inner, "VARCHAR", target, True)
                continue
            kind = _type(con, inner, row)
            if (kind == "VARCHAR" and target != "VARCHAR") or (target == "BOOLEAN" and kind not in (None, "BOOLEAN")):
                return Cast(inner, str(kind), target, False)
    return None


def _expressions(node: Any) -> Iterator[str]:
    """The conditions of a plan's filters, as DuckDB prints them."""
    if isinstance(node, dict):
        if str(node.get("name")).strip() == "FILTER":
            found = next(value for key, value in node["extra_info"].items() if key.startswith("Expression"))
            yield from [found] if isinstance(found, str) else found
        yield from _expressions(node.get("children"))
    elif isinstance(node, list):
        for child in node:
            yield from _expressions(child)


def _casts(text: str) -> Iterator[tuple[str, str]]:
    """(expression, type) of every CAST in a printed expression, outside quotes; TRY_CAST is asked for."""
    for match in _CAST.finditer(text):
        if not match.group().startswith("CAST("):
            continue
        start, depth, word = match.end(), 1, -1
        for piece in _PIECES.finditer(text, start):
            if piece.group() == " AS " and depth == 1:
                word = piece.start()
            depth += {"(": 1, ")": -1}.get(piece.group(), 0)
            if depth == 0:
                yield text[start:word], text[word + 4 : piece.start()]
                break


def _type(con: duckdb.DuckDBPyConnection, expression: str, row: str) -> str | None:
    """The type of a printed expression; None where it can't be read back (a lambda)."""
    try:
        found = con.execute(f"select {expression} from {ident(row)} limit 0")
    except duckdb.Error:
        return None
    return next((str(column[1]) for column in found.description or ()), None)
