"""Great Expectations on DuckDB: right counts, one scan, the file let go, and no value of a row anywhere."""

import io
import logging
import os
import shutil
import subprocess
import sys
import traceback
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from benchmarks.quality.data import TABLE, build
from padanan.base.errors import PadananError, WarehouseLocked
from padanan.base.home import CHECKOUT
from padanan.cleansing.run import run_suites
from padanan.contracts.contract import load_contracts
from tests import planned

pytestmark = pytest.mark.lambat

ROWS = 6000
CANARY = ("KENARI ZZYZX", "3199997777666655", "KOTAK KENARI 99 QQ")


@pytest.fixture(scope="module")
def contracts():
    return load_contracts()


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Staging rows of one producer with canary people among them, and an agreeing gap table."""
    path = tmp_path_factory.mktemp("mutu") / "padanan.duckdb"
    build(path, ROWS, "dtks")
    con = duckdb.connect(str(path))
    con.execute(f"alter table {TABLE} rename to stg_dtks__individu")
    con.execute(
        "update stg_dtks__individu set nama_mentah = ?, nama_bersih = ?, nik_mentah = ?, nik_bersih = ?, alamat_mentah = ? "
        "where baris < 40",
        [CANARY[0], CANARY[0], CANARY[1], CANARY[1], CANARY[2]],
    )
    write_gap(con, load_contracts()["dtks"])
    con.close()
    return path


@pytest.fixture
def warehouse(template, tmp_path):
    """A copy of its own for each test."""
    path = tmp_path / template.name
    shutil.copyfile(template, path)
    return path


def write_gap(con, contract):
    rules = [rule for rule in contract.rules if rule.stage == "cleansing"]
    rows = " union all ".join(
        f"select producer, record_key, '{rule.id}' as rule_id from {contract.stage_model} "
        f"where producer = '{contract.id}' and ({rule.applies_when}) and ({rule.fails_when})"
        for rule in rules
    )
    con.execute(f"create or replace table gap_cleansing as {rows}")


def with_rule(contract, **changes):
    """The contract with its first cleansing rule changed."""
    first, *others = contract.rules
    return replace(contract, rules=(replace(first, **changes), *others))


@pytest.mark.feature("F09")
def test_counts_equal_plain_sql_and_the_gap(warehouse, contracts):
    (result,) = run_suites(warehouse, contracts, ["dtks"])
    con = duckdb.connect(str(warehouse), read_only=True)
    assert result.rows == ROWS
    for rule in contracts["dtks"].rules:
        if rule.stage != "cleansing":
            continue
        found = next(item for item in result.rules if item.rule_id == rule.id)
        total = con.execute(f"select count(*) from stg_dtks__individu where {rule.applies_when}").fetchone()[0]
        gagal = con.execute(
            f"select count(*) from stg_dtks__individu where ({rule.applies_when}) and ({rule.fails_when})"
        ).fetchone()[0]
        assert (found.gagal, found.total, found.in_gap) == (gagal, total, gagal), rule.id
        assert (found.dimension, found.level, found.threshold) == (rule.dimension, rule.level, rule.threshold)
        assert found.success == (gagal <= (1 - rule.mostly) * total + 1e-6), rule.id
    assert not result.unknown_in_gap
    assert {check.check_id for check in result.shape} >= {"bentuk_kolom", "bentuk_record_key_ganda"}
    assert all(check.success for check in result.shape)


def test_a_suite_is_one_scan(warehouse, contracts, monkeypatch):
    from padanan.cleansing.datasource import DuckDBExecutionEngine
    from padanan.cleansing.run import load_great_expectations

    load_great_expectations()
    statements = []
    original = DuckDBExecutionEngine.execute_query

    def recorded(self, query):
        statements.append(str(query))
        return original(self, query)

    monkeypatch.setattr(DuckDBExecutionEngine, "execute_query", recorded)
    run_suites(warehouse, contracts, ["dtks"], plan=plan_for(contracts["dtks"], ROWS), gap_table=None)
    scans = [text for text in statements if not text.startswith("DESCRIBE")]
    rule_scans = [text for text in scans if "padanan.sql_rule.gagal" in text]
    assert len(rule_scans) == 1
    # Besides it only the DESCRIBE for the column check and the bare row count of the result.
    assert len(scans) == 2 and len(statements) == 3


def plan_for(contract, rows):
    return planned.plan_data(contracts=(planned.contract(contract.id, deliveries=(planned.delivery(rows_on=rows),)),))


def test_row_count_must_be_the_deliveries(warehouse, contracts):
    (good,) = run_suites(warehouse, contracts, plan=plan_for(contracts["dtks"], ROWS))
    assert "bentuk_jumlah_baris" not in good.errors
    (short,) = run_suites(warehouse, contracts, plan=plan_for(contracts["dtks"], ROWS + 1))
    assert "bentuk_jumlah_baris" in short.errors and not short.success


def test_shape_faults_are_errors(warehouse, contracts):
    con = duckdb.connect(str(warehouse))
    con.execute("update stg_dtks__individu set record_key = (select min(record_key) from stg_dtks__individu) where baris < 3")
    con.execute("update stg_dtks__individu set record_key = null where baris = 5")
    con.execute("alter table stg_dtks__individu drop column bagian")
    con.close()
    (result,) = run_suites(warehouse, contracts, ["dtks"], gap_table=None)
    observed = {check.check_id: check.observed for check in result.shape}
    assert observed["bentuk_kolom"] == 1
    assert {"bentuk_kolom", "bentuk_record_key_kosong", "bentuk_record_key_ganda"} <= set(result.errors)
    assert observed["bentuk_record_key_kosong"] == 1 and observed["bentuk_record_key_ganda"] >= 2


@pytest.mark.parametrize(
    ("fails_when", "gagal"),
    [("null::boolean", 0), ("baris < 10", 10), ("baris < 10 or null", 10), ("nama_bersih like '%KENARI%'", 40)],
)
def test_null_passes(warehouse, contracts, fails_when, gagal):
    changed = {**contracts, "dtks": with_rule(contracts["dtks"], fails_when=fails_when, condition="true", not_when=())}
    (result,) = run_suites(warehouse, changed, ["dtks"], gap_table=None)
    assert (result.rules[0].gagal, result.rules[0].total) == (gagal, ROWS)


@pytest.mark.parametrize(("mostly", "success"), [(0.9, True), (0.9001, False), (0.0, True), (1.0, False)])
def test_mostly_is_inclusive(warehouse, contracts, mostly, success):
    contract = with_rule(contracts["dtks"], condition="baris < 100", not_when=(), fails_when="baris < 10", mostly=mostly)
    (result,) = run_suites(warehouse, {"dtks": contract}, ["dtks"], gap_table=None)
    assert result.rules[0].success is success


def test_only_the_producers_own_rows_of_a_shared_table(warehouse, contracts):
    con = duckdb.connect(str(warehouse))
    con.execute("create table stg_bansos__penerima as from stg_dtks__individu")
    con.execute("update stg_bansos__penerima set producer = case when baris < 1000 then 'klj' else 'pkh' end")
    write_gap(con, contracts["klj"])
    con.execute("insert into gap_cleansing select 'pkh', record_key, 'nik_format' from stg_bansos__penerima limit 7")
    con.close()
    klj, pkh = run_suites(warehouse, contracts, ["klj", "pkh"])
    assert (klj.rows, pkh.rows) == (1000, ROWS - 1000)
    assert all(rule.gap_agrees for rule in klj.rules)
    disagreeing = next(rule for rule in pkh.rules if rule.rule_id == "nik_format")
    assert disagreeing.in_gap == 7 and disagreeing.severity == "WARN"
    assert "nik_format" in pkh.disagreeing and "nik_format" in pkh.errors and not pkh.success


def test_gap_that_differs_is_an_error(warehouse, contracts):
    con = duckdb.connect(str(warehouse))
    con.execute(
        "delete from gap_cleansing where rule_id = 'nik_kosong' and record_key = "
        "(select min(record_key) from gap_cleansing where rule_id = 'nik_kosong')"
    )
    con.execute("insert into gap_cleansing values ('dtks', 'x', 'aturan_lama')")
    con.close()
    (result,) = run_suites(warehouse, contracts, ["dtks"])
    rule = next(rule for rule in result.rules if rule.rule_id == "nik_kosong")
    assert rule.in_gap == rule.gagal - 1
    assert set(result.errors) == set(result.disagreeing) == {"nik_kosong", "aturan_lama"}
    # The rule itself is judged by its share alone: the contradiction is the suite's.
    assert rule.success == (rule.rate <= rule.limit) and rule.severity == "WARN"


def test_the_file_is_released_and_never_written(warehouse, contracts):
    before = warehouse.read_bytes()
    run_suites(warehouse, contracts, ["dtks"])
    assert warehouse.read_bytes() == before
    writer = duckdb.connect(str(warehouse))  # fails when a reader is left
    writer.execute("create table tulis (x integer)")
    writer.close()


def test_a_write_through_the_data_source_is_refused(warehouse):
    import sqlalchemy as sa

    from padanan.cleansing.datasource import DuckDBExecutionEngine, QueryFailed

    engine = DuckDBExecutionEngine(connection_string=f"duckdb:///{warehouse}")
    try:
        with pytest.raises(QueryFailed):
            engine.execute_query(sa.text("create table tulis (x integer)"))
        assert engine.execute_query(sa.text("select 41 + 1")).scalar_one() == 42
    finally:
        engine.release()


def test_native_regex_finds_a_part(warehouse):
    import great_expectations as gx
    import great_expectations.expectations as gxe

    from padanan.cleansing.datasource import DuckDBDatasource

    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_duckdb(name="uji", connection_string=f"duckdb:///{warehouse}")
    assert isinstance(source, DuckDBDatasource)
    batch = source.add_table_asset("t", table_name="stg_dtks__individu").add_batch_definition_whole_table("b").get_batch()
    shape = {"result_format": "BASIC", "partial_unexpected_count": 0}
    part = batch.validate(gxe.ExpectColumnValuesToMatchRegex(column="kecamatan_mentah", regex="MATAN"), result_format=shape)
    none = batch.validate(gxe.ExpectColumnValuesToMatchRegex(column="kecamatan_mentah", regex="^MATAN"), result_format=shape)
    source.release()
    assert part.success and part.result["unexpected_count"] == 0
    assert none.result["unexpected_count"] == ROWS


def holds_canary(text: str) -> bool:
    return any(value in text for value in CANARY)


@pytest.mark.feature("F50")
@pytest.mark.parametrize(
    ("predicate", "kind"),
    [
        ("cast(nama_bersih as integer) > 0", "ConversionException"),
        ("strptime(nama_bersih, '%Y') is null", "InvalidInputException"),
        ("kolom_yang_tidak_ada = 1", "BinderException"),
        ("nama_bersih = (", "ParserException"),
    ],
)
def test_a_failing_rule_is_named_without_values(warehouse, contracts, capfd, predicate, kind):
    records = io.StringIO()
    handler = logging.StreamHandler(records)
    logging.getLogger().addHandler(handler)
    changed = {**contracts, "dtks": with_rule(contracts["dtks"], fails_when=predicate, condition="true", not_when=())}
    try:
        with pytest.raises(PadananError) as caught:
            run_suites(warehouse, changed, ["dtks"], gap_table=None)
    finally:
        logging.getLogger().removeHandler(handler)
    error = caught.value
    assert changed["dtks"].rules[0].id in error.cause and kind in error.cause
    assert (
        error.file is not None
        and error.file.endswith("rules.yaml")
        and f"rules.{changed['dtks'].rules[0].id}.gagal" in str(error)
    )
    assert "\n" not in str(error)
    chain = []
    link = error
    while link is not None:
        chain.append("".join(traceback.format_exception(link)) + repr(link.__dict__))
        link = link.__cause__ or link.__context__
    out, err = capfd.readouterr()
    assert not any(map(holds_canary, [*chain, out, err, records.getvalue()]))
    duckdb.connect(str(warehouse)).close()  # released after a failure too


@pytest.mark.feature("F50")
def test_results_hold_counts_only(warehouse, contracts, capfd):
    results = run_suites(warehouse, contracts, ["dtks"])
    assert next(rule for rule in results[0].rules if rule.rule_id == "nik_ganda_sama").gagal > 0
    out, err = capfd.readouterr()
    assert not holds_canary(repr(results)) and not holds_canary(out) and not holds_canary(err)


@pytest.mark.feature("F50")
def test_a_text_scalar_does_not_leave_the_engine(warehouse):
    import great_expectations as gx

    from padanan.cleansing.datasource import DuckDBDatasource
    from padanan.cleansing.expectations import ExpectSqlScalarBetween

    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_duckdb(name="teks", connection_string=f"duckdb:///{warehouse}")
    assert isinstance(source, DuckDBDatasource)
    batch = source.add_table_asset("t", table_name="stg_dtks__individu").add_batch_definition_whole_table("b").get_batch()
    text = batch.validate(ExpectSqlScalarBetween(rule_id="x", sql="min(nama_bersih) filter (where baris < 40)", min_value=0))
    null = batch.validate(ExpectSqlScalarBetween(rule_id="x", sql="max(baris) filter (where false)", max_value=5))
    cross = batch.validate(
        ExpectSqlScalarBetween(rule_id="x", sql="(select count(*) from gap_cleansing) - count(*) * 0", min_value=1)
    )
    source.release()
    assert not text.success and text.result["observed_value"] is None and not holds_canary(str(text))
    assert not null.success
    assert cross.success and cross.result["observed_value"] > 0


def test_faults_around_the_warehouse_are_explained(tmp_path, warehouse, contracts):
    with pytest.raises(PadananError, match="belum ada"):
        run_suites(tmp_path / "tidak_ada.duckdb", contracts, ["dtks"])
    with pytest.raises(PadananError, match="kontrak tidak dikenal: ngawur"):
        run_suites(warehouse, contracts, ["ngawur"])
    with pytest.raises(PadananError, match="tabel gap_lain"):
        run_suites(warehouse, contracts, ["dtks"], gap_table="gap_lain")
    with pytest.raises(PadananError, match="stg_carik__individu tidak dapat dibaca"):
        run_suites(warehouse, contracts, ["carik"], gap_table=None)
    held = duckdb.connect(str(warehouse))
    with pytest.raises(PadananError, match="masih dibuka oleh proses ini"):
        run_suites(warehouse, contracts, ["dtks"])
    held.close()


def test_a_writer_elsewhere_is_named(warehouse, contracts):
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('siap', flush=True); sys.stdin.read()",
            str(warehouse),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert writer.stdout.readline().strip() == b"siap"
        with pytest.raises(WarehouseLocked):
            run_suites(warehouse, contracts, ["dtks"])
    finally:
        writer.stdin.close()
        writer.wait(timeout=30)


SCRIPT = """
import sys
from pathlib import Path
from padanan.contracts.contract import load_contracts
import padanan.cleansing.run, padanan.cleansing.suite, padanan.cleansing.accounting
assert "great_expectations" not in sys.modules, "import of padanan.cleansing costs seconds"
from padanan.cleansing.run import run_suites
(result,) = run_suites(Path(sys.argv[1]), load_contracts(), ["dtks"])
assert result.import_seconds > 0 and result.wall_seconds > 0
"""


def test_nothing_is_written_outside_and_import_is_late(warehouse, tmp_path):
    home, work, temporary = (tmp_path / name for name in ("rumah", "kerja", "sementara"))
    for folder in (home, work, temporary):
        folder.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "GX_"))},
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(warehouse)], cwd=work, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "" and done.stderr == ""
    assert [path for folder in (home, work, temporary) for path in Path(folder).rglob("*")] == []
    assert [path.name for path in warehouse.parent.iterdir() if path.is_file()] == ["padanan.duckdb"]


def test_threads_and_memory_of_the_environment_change_nothing(warehouse, contracts, monkeypatch):
    def counts():
        (result,) = run_suites(warehouse, contracts, ["dtks"])
        return [(rule.rule_id, rule.gagal, rule.total) for rule in result.rules]

    expected = counts()
    monkeypatch.setenv("PADANAN_THREADS", "1")
    monkeypatch.setenv("PADANAN_MEMORY", "500MB")
    assert counts() == expected


def test_what_an_expectation_says_of_itself_is_made_once_and_never_old(monkeypatch):
    """The same as pydantic's own; a changed field, a copy and a caller that takes entries out change nothing for the next."""
    from great_expectations.expectations.expectation import BatchExpectation

    from padanan.cleansing.expectations import ExpectSqlRule

    one = ExpectSqlRule(rule_id="uji", fails_when="nik is null", not_when=["b"], meta={"rule_id": "uji"})

    def fresh(rule, **asked):
        return BatchExpectation.dict(rule, **asked)

    for asked in ({}, {"exclude_defaults": True}, {"exclude": {"meta"}}):
        assert one.dict(**asked) == one.dict(**asked) == fresh(one, **asked)
    one.dict().pop("meta")
    assert one.dict() == fresh(one) and one.configuration.kwargs["not_when"] == ["b"]
    other = one.copy(update={"rule_id": "lain"}, deep=True)
    assert other.dict()["rule_id"] == "lain" and one.dict()["rule_id"] == "uji"
    one.fails_when = "nik = ''"
    assert one.dict() == fresh(one) and one.configuration.kwargs["fails_when"] == "nik = ''"
    asked = []
    monkeypatch.setattr(BatchExpectation, "dict", lambda self, **words: asked.append(words) or {})
    for _ in range(3):
        assert one.dict(exclude_defaults=True)
    assert asked == []
