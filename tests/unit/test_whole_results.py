"""A result of DuckDB is read to its end: after `fetchone` its connection refuses whatever else but a plain execute.

One row alone is `padanan.base.duck.first_row`; other databases are free to give one.
"""

import ast

import duckdb
import pytest

from padanan.base.duck import first_row
from padanan.base.home import CHECKOUT

# SQLite and PostgreSQL.
OTHERS = {"padanan/synthetic/embedded_postgres.py", "padanan/distribution/frequency.py", "padanan/distribution/state/store.py"}


def left_open(code: str) -> list[int]:
    """Lines that take a part of a result."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("fetchone", "fetchmany")
    ]


def test_no_result_of_duckdb_is_left_open():
    found = {
        path.relative_to(CHECKOUT).as_posix(): lines
        for folder in ("padanan", "orchestration", "benchmarks", "scripts")
        for path in sorted((CHECKOUT / folder).rglob("*.py"))
        if (lines := left_open(path.read_text(encoding="utf-8")))
    }
    assert found.keys() == OTHERS, found
    assert left_open("con.execute('select 1').fetchone()") == [1]


def test_after_one_row_the_connection_does_whatever_else_is_asked():
    with duckdb.connect() as con:
        con.execute("select i from range(3) t (i)").fetchone()
        with pytest.raises(duckdb.Error, match="unfinished"):
            con.sql("select 1").fetchall()
        assert first_row(con, "select i from range(3) t (i) where i >= ? order by i", [1]) == (1,)
        assert con.sql("select 1").fetchall() == [(1,)]
        assert first_row(con, "select 1 where false") is None
