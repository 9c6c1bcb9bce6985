"""The two expectations that carry Padanan's rules into Great Expectations as aggregates of one scan.

Where a rule's SQL comes from does not belong here (see `suite.py`); importing this module imports Great Expectations
(6-7 s), so import it only inside a function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from padanan.cleansing.predicates import count_sql
from padanan.contracts.rules import masked

GAGAL = "padanan.sql_rule.gagal"
TOTAL = "padanan.sql_rule.total"
SCALAR = "padanan.sql_scalar"
EPSILON = 1e-9

_aggregate = metric_partial(
    engine=SqlAlchemyExecutionEngine,
    partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
    domain_type=MetricDomainTypes.TABLE,
)


def rule_count(applies: str, not_when: Sequence[str], fails: str | None = None) -> sa.ColumnClause[int]:
    """`count(*)` over the rows that a rule speaks about, or those of them that fail it; a condition that is NULL doesn't count.

    The conditions ride along, so that the DuckDB engine can share their equal parts (`predicates.py`).
    """
    whole = masked(applies, not_when)
    kept = [condition for condition in (whole, fails) if condition and condition != "true"]
    column: sa.ColumnClause[int] = sa.literal_column(count_sql(*kept))
    column.padanan_rule = (applies, tuple(not_when), fails)  # type: ignore[attr-defined]
    return column


def rate_passes(gagal: int, total: int, mostly: float) -> bool:
    """Whether at least the share `mostly` (0-1) of the rows that a rule applies to pass; no rows pass."""
    return total == 0 or gagal / total <= 1 - mostly + EPSILON


def _rows(kwargs: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return kwargs.get("applies_when") or "true", tuple(kwargs.get("not_when") or ())


class _SqlRuleGagal(TableMetricProvider):
    """Rows to which a rule applies and that fail it."""

    metric_name = GAGAL
    value_keys = ("applies_when", "not_when", "fails_when")

    @_aggregate
    def _sqlalchemy(
        cls, metric_domain_kwargs: dict[str, Any], metric_value_kwargs: dict[str, Any], **_: Any
    ) -> tuple[sa.ColumnElement[int], dict[str, Any], dict[str, Any]]:
        return rule_count(*_rows(metric_value_kwargs), metric_value_kwargs["fails_when"]), metric_domain_kwargs, {}


class _SqlRuleTotal(TableMetricProvider):
    """Rows to which a rule applies; rules that speak about the same rows share the count."""

    metric_name = TOTAL
    value_keys = ("applies_when", "not_when")

    @_aggregate
    def _sqlalchemy(
        cls, metric_domain_kwargs: dict[str, Any], metric_value_kwargs: dict[str, Any], **_: Any
    ) -> tuple[sa.ColumnElement[int], dict[str, Any], dict[str, Any]]:
        return rule_count(*_rows(metric_value_kwargs)), metric_domain_kwargs, {}


class _SqlScalar(TableMetricProvider):
    """One number: an aggregate over the batch, or a scalar sub-query in brackets."""

    metric_name = SCALAR
    value_keys = ("sql",)

    @_aggregate
    def _sqlalchemy(
        cls, metric_domain_kwargs: dict[str, Any], metric_value_kwargs: dict[str, Any], **_: Any
    ) -> tuple[sa.ColumnElement[Any], dict[str, Any], dict[str, Any]]:
        return sa.literal_column(metric_value_kwargs["sql"]), metric_domain_kwargs, {}


class _Told:
    """Tells its fields as a dictionary and keeps it: GX asks each expectation some fifty times in a run, and pydantic makes it
    anew each time, which cost a third of judging a small town.

    What was kept holds as long as the fields are the very objects that it was made of; a copy or a changed field makes it anew.
    """

    _kept: Any

    def dict(self, **asked: Any) -> dict[str, Any]:
        """The fields, as pydantic's method of that name gives them; the caller may take entries out."""
        fields = (*self.__dict__.values(),)
        kept = self._kept
        if len(fields) != len(kept[0]) or any(one is not other for one, other in zip(fields, kept[0], strict=True)):
            kept = self._kept = (fields, {})
        key = repr(sorted(asked.items()))
        if key not in kept[1]:
            kept[1][key] = super().dict(**asked)  # type: ignore[misc]
        return {**kept[1][key]}


class ExpectSqlRule(_Told, BatchExpectation):
    """Expect that rows to which a rule applies don't fail it, up to a share.

    Args:
        rule_id: the rule's id in the contract, for example `nik_format`.
        applies_when: SQL condition over the row; NULL means it doesn't apply.
        not_when: SQL conditions over the row, of faults that explain this one; where one is true the rule doesn't apply.
        fails_when: SQL condition over the row; NULL means the row passes, so write null rules explicitly.
        mostly: the share (0-1) of the rows it applies to that must pass.

    The result holds the counts `gagal` and `total`, never a value of a row.
    """

    _kept: Any = PrivateAttr(((), {}))
    rule_id: str
    applies_when: str = "true"
    not_when: list[str] = []
    fails_when: str
    mostly: float = 1.0

    metric_dependencies: ClassVar[tuple[str, ...]] = (GAGAL, TOTAL)
    success_keys: ClassVar[tuple[str, ...]] = ("rule_id", "applies_when", "not_when", "fails_when", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("rule_id", "applies_when", "not_when", "fails_when", "mostly")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine[Any] | None = None,
    ) -> dict[str, Any]:
        gagal, total = int(metrics[GAGAL]), int(metrics[TOTAL])
        return {
            "success": rate_passes(gagal, total, self.mostly),
            "result": {
                "observed_value": gagal,
                "element_count": total,
                "unexpected_count": gagal,
                "unexpected_percent": 100 * gagal / total if total else 0.0,
            },
        }


class ExpectSqlScalarBetween(_Told, BatchExpectation):
    """Expect one number about the whole batch (group, uniqueness, cross-table) to lie between two bounds.

    Args:
        rule_id: the check's id.
        sql: an aggregate over the batch's columns, or an uncorrelated scalar sub-query in brackets.
        min_value: lower bound, included; None for none.
        max_value: upper bound, included; None for none.

    A NULL counts as a failure: the question could not be answered.
    """

    _kept: Any = PrivateAttr(((), {}))
    rule_id: str
    sql: str
    min_value: float | None = None
    max_value: float | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = (SCALAR,)
    success_keys: ClassVar[tuple[str, ...]] = ("rule_id", "sql", "min_value", "max_value")
    args_keys: ClassVar[tuple[str, ...]] = ("rule_id", "sql", "min_value", "max_value")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine[Any] | None = None,
    ) -> dict[str, Any]:
        value = metrics[SCALAR]
        # Only numbers leave the engine: a text result of a badly written check could be somebody's name.
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        low = number is not None and (self.min_value is None or number >= self.min_value)
        high = number is not None and (self.max_value is None or number <= self.max_value)
        return {"success": bool(low and high), "result": {"observed_value": number}}
