"""Runs the suites of contracts on the warehouse, read-only, one scan a suite, and compares the counts with the gap table.

Rules are not written here, rows are not read out, and nothing is decided about what a failed rule stops.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base.errors import PadananError, WarehouseLocked
from padanan.base.home import Home
from padanan.cleansing.results import RuleResult, ShapeResult, SuiteResult
from padanan.cleansing.suite import (
    BATCH,
    CONNECT_ARGS,
    DATASOURCE,
    RESULT_FORMAT,
    ROWS_PARAMETER,
    SHAPE_CHECKS,
    WAREHOUSE_VARIABLE,
    batch_query,
    cleansing_rules,
    stable_id,
    stage_columns,
    suite_config,
)
from padanan.contracts.contract import Contract
from padanan.contracts.planned import PlanData, PlannedContract
from padanan.contracts.rule_culprit import Trial, culprits, told
from padanan.contracts.rule_places import Places

if TYPE_CHECKING:
    from padanan.cleansing.datasource import DuckDBDatasource, DuckDBExecutionEngine

GAP_TABLE = "gap_cleansing"


def load_great_expectations() -> float:
    """Imports GX with telemetry off and the two expectations registered; the context in `expectations/gx` then opens
    the warehouse of this data home, unless PADANAN_WAREHOUSE_DB names another.

    Returns:
        Seconds the import took; 0 when it was imported before.
    """
    if "padanan.cleansing.expectations" in sys.modules:
        return 0.0
    started = time.perf_counter()
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ.setdefault(WAREHOUSE_VARIABLE, str(Home.from_env().warehouse_db))
    import padanan.cleansing.datasource
    import padanan.cleansing.expectations  # noqa: F401

    return time.perf_counter() - started


def run_suites(
    warehouse_db: Path,
    contracts: Mapping[str, Contract],
    ids: Sequence[str] | None = None,
    *,
    plan: PlanData | None = None,
    gap_table: str | None = GAP_TABLE,
    stage_models: Mapping[str, str] | None = None,
    threads: int | None = None,
) -> list[SuiteResult]:
    """Runs the suite of each contract; the file is closed again when this returns or raises.

    Args:
        warehouse_db: the DuckDB file; no other connection of this process may hold it.
        contracts: all contracts by id.
        ids: which to run; by default those the plan has in force, else all.
        plan: the run plan, from which the expected row counts come; without it rows aren't compared.
        gap_table: table with columns producer and rule_id to compare with; None compares nothing.
        stage_models: another table for a contract, for benchmarks.
        threads: DuckDB threads; by default PADANAN_THREADS as for dbt, else DuckDB's own choice.

    Returns:
        One result a contract, in the order of `ids`.

    Raises:
        WarehouseLocked: another process writes the file.
        PadananError: no file or table, an unknown contract, or a rule that DuckDB can't evaluate; without row values.
    """
    planned = {item.id: item for item in plan.contracts} if plan else {}
    if ids is None:
        ids = [name for name in contracts if not planned or (name in planned and planned[name].in_force)]
    unknown = [name for name in ids if name not in contracts]
    if unknown:
        raise PadananError(
            f"kontrak tidak dikenal: {', '.join(unknown)}", file="expectations/contracts", cure="periksa id kontrak"
        )
    _check_readable(warehouse_db)
    import_seconds = load_great_expectations()
    results = []
    with _quiet(), _data_source(warehouse_db, threads) as (context, source):
        gap = _gap_counts(source, gap_table) if gap_table else None
        for name in ids:
            expected = _expected_rows(planned[name]) if name in planned else None
            table = (stage_models or {}).get(name)
            result = _run_one(context, source, contracts[name], expected, gap, table, import_seconds)
            results.append(result)
            import_seconds = 0.0
    return results


def _expected_rows(item: PlannedContract) -> int:
    return sum(delivery.rows_on for delivery in item.deliveries)


def _check_readable(path: Path) -> None:
    """Opens and closes the file, so that a locked or missing one is named before GX wraps the error."""
    import duckdb

    if not path.exists():
        raise PadananError("warehouse belum ada", file=path.name, cure="jalankan dbt cleansing untuk periode ini")
    try:
        duckdb.connect(str(path), read_only=True).close()
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise WarehouseLocked(
                "warehouse sedang dipakai proses lain", file=path.name, cure="tunggu putaran itu selesai lalu jalankan ulang"
            ) from None
        raise PadananError(
            "warehouse tidak dapat dibuka", file=path.name, cure="hapus berkas itu; putaran berikutnya membangunnya kembali"
        ) from None
    except duckdb.ConnectionException:
        raise PadananError(
            "warehouse masih dibuka oleh proses ini", file=path.name, cure="tutup koneksi DuckDB sebelum pemeriksaan mutu"
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences GX's and SQLAlchemy's loggers: what they log of an error is not checked for values of people."""
    loggers = [logging.getLogger(name) for name in ("great_expectations", "sqlalchemy")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


@contextmanager
def _data_source(path: Path, threads: int | None) -> Iterator[tuple[Any, DuckDBDatasource]]:
    """An in-memory GX context with the warehouse as its data source; released at the end, whatever happens."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

    from padanan.cleansing.datasource import DuckDBDatasource

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    connect_args: dict[str, Any] = {**CONNECT_ARGS, "config": {**CONNECT_ARGS["config"]}}  # type: ignore[dict-item]
    if threads or os.environ.get("PADANAN_THREADS"):
        connect_args["config"]["threads"] = threads or int(os.environ["PADANAN_THREADS"])
    if limit := os.environ.get("PADANAN_MEMORY"):
        connect_args["config"]["memory_limit"] = limit
    source = context.data_sources.add_duckdb(
        name=DATASOURCE, connection_string=f"duckdb:///{path}", kwargs={"connect_args": connect_args}
    )
    assert isinstance(source, DuckDBDatasource)
    try:
        yield context, source
    finally:
        source.release()


def _gap_counts(source: DuckDBDatasource, table: str) -> dict[str, dict[str, int]]:
    """Rows of the gap table by producer and rule."""
    import sqlalchemy as sa

    from padanan.cleansing.datasource import QueryFailed

    try:
        rows = _engine(source).execute_query(sa.text(f"SELECT producer, rule_id, count(*) FROM {table} GROUP BY ALL")).fetchall()
    except QueryFailed as error:
        raise PadananError(
            f"tabel {table} tidak dapat dibaca ({error.kind})", file="warehouse", cure="jalankan dbt cleansing lebih dahulu"
        ) from None
    counts: dict[str, dict[str, int]] = {}
    for producer, rule_id, count in rows:
        counts.setdefault(producer, {})[rule_id] = int(count)
    return counts


def _engine(source: DuckDBDatasource) -> DuckDBExecutionEngine:
    from padanan.cleansing.datasource import DuckDBExecutionEngine

    engine = source.get_execution_engine()
    assert isinstance(engine, DuckDBExecutionEngine)
    return engine


def _run_one(
    context: Any,
    source: DuckDBDatasource,
    contract: Contract,
    expected_rows: int | None,
    gap: Mapping[str, Mapping[str, int]] | None,
    table: str | None,
    import_seconds: float,
) -> SuiteResult:
    checkpoint = _checkpoint(context, source, contract, expected_rows is not None, table)
    parameters = {} if expected_rows is None else {ROWS_PARAMETER: expected_rows}
    wall, cpu = time.perf_counter(), time.process_time()
    (outcome,) = checkpoint.run(expectation_parameters=parameters).run_results.values()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found = {result.expectation_config.meta["rule_id"]: result for result in outcome.results}
    if any(_raised(result.exception_info) for result in outcome.results):
        raise _diagnosed(source, contract, table)
    in_gap = None if gap is None else dict(gap.get(contract.id, {}))
    rules = []
    for rule in cleansing_rules(contract):
        result = found[rule.id]
        counts = result.result
        gagal, total = int(counts["unexpected_count"]), int(counts["element_count"])
        held = None if in_gap is None else in_gap.pop(rule.id, 0)
        rules.append(
            RuleResult(
                contract_id=contract.id,
                rule_id=rule.id,
                gagal=gagal,
                total=total,
                dimension=rule.dimension,
                level=rule.level,
                threshold=rule.threshold,
                mostly=rule.mostly,
                severity=rule.severity,
                success=bool(result.success),
                in_gap=held,
            )
        )
    shape = tuple(
        ShapeResult(
            contract.id,
            name,
            SHAPE_CHECKS[name],
            _observed(contract, name, found[name].result),
            expected_rows or 0 if name == "bentuk_jumlah_baris" else 0,
            bool(found[name].success),
        )
        for name in SHAPE_CHECKS
        if name in found
    )
    return SuiteResult(
        contract_id=contract.id,
        rows=_rows(source, contract, table),
        rules=tuple(rules),
        shape=shape,
        wall_seconds=wall,
        cpu_seconds=cpu,
        import_seconds=import_seconds,
        unknown_in_gap=in_gap or {},
    )


def _observed(contract: Contract, name: str, result: Mapping[str, Any]) -> int | None:
    """What a shape check counted: rows, or standard columns that are missing; anything else stays out of results."""
    value = result.get("observed_value")
    if name == "bentuk_kolom" and isinstance(value, list):
        return len(set(stage_columns(contract)) - {str(column).lower() for column in value})
    return int(value) if isinstance(value, int | float) else None


def _rows(source: DuckDBDatasource, contract: Contract, table: str | None) -> int:
    import sqlalchemy as sa

    query = f"SELECT count(*) FROM {table or contract.stage_model} WHERE producer = '{contract.id}'"
    return int(_engine(source).execute_query(sa.text(query)).scalar_one())


def _checkpoint(context: Any, source: DuckDBDatasource, contract: Contract, count_rows: bool, table: str | None) -> Any:
    """The contract's checkpoint in the in-memory context, from the same configuration as the rendered files."""
    import great_expectations as gx

    config = suite_config(contract)
    if not count_rows:
        config["expectations"] = [item for item in config["expectations"] if item["meta"]["rule_id"] != "bentuk_jumlah_baris"]
    asset = source.add_query_asset(name=contract.id, query=batch_query(contract, table))
    suite = context.suites.add(gx.ExpectationSuite(**config))
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=contract.id, data=asset.add_batch_definition_whole_table(BATCH), suite=suite)
    )
    return context.checkpoints.add(
        gx.Checkpoint(
            name=contract.id,
            id=stable_id("checkpoint", contract.id),
            validation_definitions=[definition],
            result_format=RESULT_FORMAT,
        )
    )


def _raised(info: Mapping[str, Any] | None) -> bool:
    """Whether GX caught an exception; it gives one flat entry, or one per failed metric."""
    if not info:
        return False
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(_raised(item) for item in info.values() if isinstance(item, Mapping))


def _diagnosed(source: DuckDBDatasource, contract: Contract, table: str | None) -> PadananError:
    """Names the checks that DuckDB can't evaluate, by trying each rule alone; only the error's class is told."""
    import sqlalchemy as sa

    from padanan.cleansing.datasource import QueryFailed

    engine = _engine(source)

    def run(query: str) -> object:
        return engine.execute_query(sa.text(query.replace(":", r"\:"))).fetchall()

    rows = f"({batch_query(contract, table)}) as baris"
    try:
        run(f"select count(*) from {rows}")
    except QueryFailed:
        return PadananError(
            f"tabel {table or contract.stage_model} tidak dapat dibaca",
            file="warehouse",
            cure="jalankan dbt cleansing lebih dahulu",
        )
    if found := culprits([Trial.of(rule) for rule in cleansing_rules(contract)], rows, run):
        return told(found, contract, Places(contract.path.parents[1]))
    return PadananError(
        f"pemeriksaan bentuk tabel {table or contract.stage_model} gagal dijalankan",
        file="warehouse",
        cure="bandingkan kolom model staging dengan docs/tables.md",
    )
