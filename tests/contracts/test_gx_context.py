"""`expectations/gx/` says what the contracts say, in a form that Great Expectations opens and runs."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml

from benchmarks.quality.data import TABLE, build
from padanan.base.home import CHECKOUT
from padanan.cleansing.run import load_great_expectations, run_suites
from padanan.cleansing.suite import (
    RESULT_FORMAT,
    ROWS_PARAMETER,
    WAREHOUSE_VARIABLE,
    cleansing_rules,
    context_files,
    render_gx_context,
    stale_files,
)
from padanan.contracts.contract import load_contracts

GX = CHECKOUT / "expectations" / "gx"


@pytest.fixture(scope="module")
def contracts():
    return load_contracts()


def differing(contracts, folder):
    files = context_files(contracts).items()
    return [name for name, text in files if not (folder / name).exists() or (folder / name).read_bytes() != text.encode()]


@pytest.mark.feature("F09")
def test_rendered_files_are_what_the_contracts_say(contracts):
    assert differing(contracts, GX) == [], "run `make render`"
    assert stale_files(contracts, GX) == [], "run `make render`"


def test_a_changed_threshold_changes_the_rendering(contracts, tmp_path):
    render_gx_context(contracts, tmp_path)
    assert render_gx_context(contracts, tmp_path) == []
    contract = contracts["dtks"]
    first, *others = contract.rules
    changed = replace(contract, rules=(replace(first, mostly=0.123), *others))
    assert render_gx_context({**contracts, "dtks": changed}, tmp_path) == [Path("expectations/dtks.json")]


def test_files_of_a_removed_contract_go_away(contracts, tmp_path):
    render_gx_context(contracts, tmp_path)
    fewer = {name: contract for name, contract in contracts.items() if name != "klj"}
    changed = {path.as_posix() for path in render_gx_context(fewer, tmp_path)}
    assert {"expectations/klj.json", "validation_definitions/klj.json", "checkpoints/klj.json"} <= changed
    assert not list(tmp_path.rglob("klj.json"))


def test_same_bytes_whatever_the_order_and_folder(contracts, tmp_path):
    backwards = dict(reversed(list(contracts.items())))
    render_gx_context(backwards, tmp_path / "lain")
    assert differing(contracts, tmp_path / "lain") == []


def test_no_address_no_path_no_telemetry(contracts):
    for name, text in context_files(contracts).items():
        assert not re.search(r"https?:|www\.", text), name
        assert not re.search(r"(?<![\w.$/])/(home|root|work|tmp|usr|var|opt)\b", text), name
        assert str(CHECKOUT) not in text, name
    config = yaml.safe_load((GX / "great_expectations.yml").read_text(encoding="utf-8"))
    assert config["analytics_enabled"] is False and config["data_docs_sites"] == {}
    assert config["fluent_datasources"]["gudang"]["kwargs"]["connect_args"]["read_only"] is True


def test_ids_are_distinct_and_checkpoints_send_nothing(contracts):
    ids = []
    for name in contracts:
        suite = json.loads((GX / "expectations" / f"{name}.json").read_text(encoding="utf-8"))
        checkpoint = json.loads((GX / "checkpoints" / f"{name}.json").read_text(encoding="utf-8"))
        ids += [suite["id"], checkpoint["id"], *(item["id"] for item in suite["expectations"])]
        assert checkpoint["actions"] == []
        assert checkpoint["result_format"] == RESULT_FORMAT == {"result_format": "BASIC", "partial_unexpected_count": 0}
    assert len(ids) == len(set(ids))


@pytest.mark.feature("F09")
def test_each_cleansing_rule_is_one_expectation(contracts):
    for name, contract in contracts.items():
        suite = json.loads((GX / "expectations" / f"{name}.json").read_text(encoding="utf-8"))
        rendered = {item["meta"]["rule_id"]: item for item in suite["expectations"] if item["type"] == "expect_sql_rule"}
        rules = {rule.id: rule for rule in cleansing_rules(contract)}
        assert rendered.keys() == rules.keys()
        for rule_id, item in rendered.items():
            rule = rules[rule_id]
            kwargs = item["kwargs"]
            assert (kwargs["fails_when"], kwargs["applies_when"]) == (rule.fails_when, rule.condition)
            assert kwargs["not_when"] == list(rule.not_when) and len(rule.not_when) == len(rule.masked_by)
            assert item["severity"] == {"ERROR": "critical", "WARN": "warning"}[rule.severity]


@pytest.mark.lambat
@pytest.mark.feature("F09")
@pytest.mark.lambat
def test_great_expectations_opens_and_runs_the_rendered_context(contracts, tmp_path, monkeypatch):
    warehouse = tmp_path / "padanan.duckdb"
    build(warehouse, 3000, "dtks")
    con = duckdb.connect(str(warehouse))
    con.execute(f"alter table {TABLE} rename to stg_dtks__individu")
    con.close()
    folder = tmp_path / "gx"
    shutil.copytree(GX, folder)
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(warehouse))
    load_great_expectations()
    import great_expectations as gx

    context = gx.get_context(context_root_dir=str(folder))
    checkpoint = context.checkpoints.get("dtks")
    (outcome,) = checkpoint.run(expectation_parameters={ROWS_PARAMETER: 3000}).run_results.values()
    context.data_sources.get("gudang").release()
    counted = {
        result.expectation_config.meta["rule_id"]: (result.result["unexpected_count"], result.result["element_count"])
        for result in outcome.results
        if result.expectation_config.type == "expect_sql_rule"
    }
    (ours,) = run_suites(warehouse, contracts, ["dtks"], gap_table=None)
    assert counted == {rule.rule_id: (rule.gagal, rule.total) for rule in ours.rules}
    assert sum(gagal > 0 for gagal, _ in counted.values()) > 20
    assert not any(result.exception_info.get("raised_exception") for result in outcome.results)
    # All suites load, and opening the context changed none of the rendered files.
    assert sorted(suite.name for suite in context.suites.all()) == sorted(contracts)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == set(context_files(contracts))
    assert differing(contracts, folder) == []
