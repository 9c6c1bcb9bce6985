"""A Great Expectations fluent datasource for DuckDB: how GX opens, queries and lets go of the warehouse file.

What is expected of the rows does not belong here (see `expectations.py`); importing this module imports Great
Expectations (6-7 s), so import it only inside a function that runs a suite.
"""

from __future__ import annotations

import builtins
from collections.abc import Generator, Iterable, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.datasource.fluent.sql_datasource import QueryAsset, SQLDatasource, TableAsset
from great_expectations.execution_engine.execution_engine import MetricComputationConfiguration
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.util import convert_to_json_serializable
from sqlalchemy.pool import NullPool

from padanan.cleansing.predicates import SharedFlags, count_sql


class QueryFailed(RuntimeError):
    """A query that DuckDB refused; carries the error's class only, because DuckDB prints row values in messages."""

    def __init__(self, error: BaseException) -> None:
        original = getattr(error, "orig", None) or error
        self.kind = type(original).__name__
        super().__init__(f"DuckDB {self.kind}")


def duckdb_engine(connection_string: str, **kwargs: Any) -> sa.Engine:
    """A SQLAlchemy engine on one DuckDB file, read-only, without a pool.

    A pool would keep the file open after a suite, and then dbt could not write (docs/architecture.md). GX's own
    keyword arguments (`connect_args`) win over the defaults here.

    Args:
        connection_string: `duckdb:///<path>`.
        **kwargs: for `sqlalchemy.create_engine`.
    """
    connect_args = {"read_only": True, **kwargs.pop("connect_args", {})}
    return sa.create_engine(connection_string, connect_args=connect_args, poolclass=NullPool, hide_parameters=True, **kwargs)


def _over_flags(column: Any, flags: SharedFlags) -> Any:
    """A rule's count over shared flags; any other metric as it is."""
    rule = getattr(column.element, "padanan_rule", None)
    if rule is None:
        return column
    applies, not_when, fails = rule
    names = [flags.name(applies, not_when), *([flags.name(fails)] if fails else [])]
    return sa.literal_column(count_sql(*names)).label(column.name)


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """GX's SQL engine with one connection held while a suite runs.

    Stock GX closes the connection before it fetches; in DuckDB the cursor *is* the connection, so the result
    is gone by then.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # GX picks functions by what the dialect module looks like. duckdb-engine derives from PostgreSQL, whose
        # `~` is a *full* match in DuckDB; Dremio's spelling is the one GX branch that writes REGEXP_MATCHES.
        dialect = type(self.engine.dialect)
        self.dialect_module = ModuleType("duckdb_functions")
        self.dialect_module.DremioDialect = dialect  # type: ignore[attr-defined]
        self._create_temp_table = False

    def _setup_engine(
        self,
        kwargs: MutableMapping[str, Any],
        connection_string: str | None = None,
        credentials: dict[str, Any] | None = None,
        url: str | None = None,
    ) -> None:
        self.engine = duckdb_engine(connection_string or url or "", **kwargs)

    @contextmanager
    def get_connection(self) -> Generator[sa.Connection, None, None]:
        """The one connection of this engine, opened when first asked for and kept until `release()`."""
        if self._connection is None or self._connection.closed:
            self._connection = self.engine.connect()
        yield self._connection

    def execute_query(self, query: Any) -> Any:
        """Runs a query; a failure comes out as `QueryFailed`, without DuckDB's message or the values in it."""
        failure: QueryFailed | None = None
        try:
            return super().execute_query(query)
        except (sa.exc.SQLAlchemyError, RuntimeError) as error:
            failure = QueryFailed(error)
            if self._connection is not None and not self._connection.closed:
                self._connection.rollback()
        # Raised outside the except block: the original error, whose text may hold a NIK, is not even its context.
        raise failure

    def resolve_metric_bundle(self, metric_fn_bundle: Iterable[MetricComputationConfiguration]) -> dict[Any, Any]:
        """Computes all metrics of one domain in one scan, in which rules share the equal parts of their predicates.

        Returns:
            Metric values by metric id, as GX expects them.

        Raises:
            QueryFailed: DuckDB refused the query.
        """
        resolved: dict[Any, Any] = {}
        for query in self._organize_metrics_by_domain(metric_fn_bundle):
            flags = SharedFlags()
            columns = [_over_flags(column, flags) for column in query["select"]]
            source = self.get_domain_records(domain_kwargs=query["domain_kwargs"])
            if isinstance(source, sa.Select):
                source = source.subquery()
            for depth, layer in enumerate(flags.layers):
                shared: list[Any] = [sa.literal_column(f"({sql})").label(name) for name, sql in layer.items()]
                source = sa.select(sa.text("*"), *shared).select_from(source).subquery(f"lapis_{depth}")
            values = self.execute_query(sa.select(*columns).select_from(source)).one()
            resolved.update(zip(query["metric_ids"], map(convert_to_json_serializable, values), strict=True))
        return resolved

    def release(self) -> None:
        """Closes the file, so that the next writer (dbt) can open it."""
        connection, self._connection = self._connection, None
        self._inspector = None
        if connection is not None:
            connection.close()
        self.engine.dispose()

    def close(self) -> None:
        """GX's name for `release`."""
        self.release()


class _DuckDBColumnTypes(TableMetricProvider):
    """Column names and types by DESCRIBE; GX's own way selects every row of a query asset to read its header."""

    metric_name = "table.column_types"
    value_keys = ("include_nested",)
    default_kwarg_values = {"include_nested": True}

    @metric_value(engine=DuckDBExecutionEngine)
    def _duckdb(
        cls, execution_engine: DuckDBExecutionEngine, metric_domain_kwargs: dict[str, Any], **_: Any
    ) -> list[dict[str, str]]:
        source, _compute, _accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        query = sa.select(sa.text("*")).select_from(source)
        text = str(query.compile(dialect=execution_engine.dialect, compile_kwargs={"literal_binds": True}))
        described = execution_engine.execute_query(sa.text("DESCRIBE " + text.replace(":", "\\:")))
        return [{"name": row[0], "type": row[1]} for row in described.fetchall()]


class DuckDBDatasource(SQLDatasource):
    """A DuckDB file as a GX data source: `context.data_sources.add_duckdb(name=..., connection_string=...)`."""

    asset_types: ClassVar[list[Any]] = [TableAsset, QueryAsset]
    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> builtins.type[SqlAlchemyExecutionEngine]:
        """The engine that keeps its connection open while fetching."""
        return DuckDBExecutionEngine

    def _create_engine(self) -> sa.Engine:
        settings = self.dict(exclude=self._get_exec_engine_excludes(), config_provider=self._config_provider)
        return duckdb_engine(settings["connection_string"], **settings.get("kwargs", {}))

    def release(self) -> None:
        """Closes every connection that this data source or its execution engine holds."""
        engine = self._execution_engine
        if isinstance(engine, DuckDBExecutionEngine):
            engine.release()
        if self._engine is not None:
            self._engine.dispose()
