"""What dbt-spark's cursor does with a statement: models are translated, an UPDATE becomes a new table, dropped files go.

The words are `dialect`'s, the session `session`'s; dbt's own statements pass unchanged.
"""

from __future__ import annotations

import re
from typing import Any

import sqlglot
from sqlglot import exp

from padanan.spark.dialect import to_spark
from padanan.spark.session import forget, parquet_view

_COMMENT = re.compile(r"\A\s*(/\*.*?\*/\s*)*", re.DOTALL)
_OURS = re.compile(r"\A(create\s+(or\s+replace\s+)?(table|view|temporary\s+view)\s+\S+\s+as\b|select\b|with\b)", re.IGNORECASE)
_DROP = re.compile(r"\A\s*(/\*.*?\*/\s*)*drop\s+table\s+(if\s+exists\s+)?(\w+\.)?(?P<table>\w+)\s*\Z", re.IGNORECASE | re.DOTALL)
_UPDATE = re.compile(r"\Aupdate\s", re.IGNORECASE)


def install() -> None:
    """Teaches the cursor of dbt-spark's session method; once a process."""
    from dbt.adapters.spark import session as adapter

    class Cursor(adapter.Cursor):  # type: ignore[misc]
        def execute(self, sql: str, *parameters: Any) -> None:
            from pyspark.sql import SparkSession

            # dbt asks from threads of its own; this is the session that `session.start` made.
            spark = SparkSession.builder.getOrCreate()
            for statement in statements(spark, sql % parameters if parameters else sql):
                self._df = spark.sql(statement)
                self._rows = None
                if dropped := _DROP.match(statement):
                    forget(spark, dropped["table"])

    adapter.Cursor = Cursor


def statements(spark: Any, sql: str) -> list[str]:
    """Spark's statements for one of dbt's.

    Raises:
        Untranslatable: a model uses what has no counterpart.
    """
    bare = sql[_COMMENT.match(sql).end() :]  # type: ignore[union-attr]
    if _UPDATE.match(bare):
        return _updated(spark, bare)
    if not _OURS.match(bare):
        return [sql]
    return [to_spark(bare, lambda paths: parquet_view(spark, paths))]


def _updated(spark: Any, sql: str) -> list[str]:
    """Parquet tables know no UPDATE: the same rows with the new values, written beside and put in place."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(tree, exp.Update)
    table, where = tree.this.sql(dialect="duckdb"), tree.args["where"].this.sql(dialect="duckdb")
    values = {item.this.name: item.expression.sql(dialect="duckdb") for item in tree.expressions}
    changed = ", ".join(
        f"case when coalesce({where}, false) then {values[name]} else {name} end as {name}" if name in values else name
        for name in spark.table(table).columns
    )
    beside = f"{table}__baru"
    return [
        f"drop table if exists {beside}",
        *statements(spark, f"create table {beside} as select {changed} from {table}"),
        f"drop table {table}",
        f"alter table {beside} rename to {table}",
    ]
