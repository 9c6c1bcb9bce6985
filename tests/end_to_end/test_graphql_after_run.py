"""What the UI shows after a run: every rule as a check with its counts, equal to the gap table; rows per asset."""

import duckdb
import pytest

from padanan.contract import load_contracts
from padanan.period import Periode
from padanan.quality.suite import cleansing_rules
from tests.definitions.graphql_workspace import graphql

PERIODE = Periode.parse("2025-S2")

CHECKS = """{ assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks { name blocking
  executionForLatestMaterialization { status evaluation { success severity
    metadataEntries { label ... on IntMetadataEntry { intValue } ... on TextMetadataEntry { text } } } } } } }
  assetMaterializations(limit: 1) { partition metadataEntries { label ... on IntMetadataEntry { intValue } } } } }"""

RUNS = """{ runsOrError(limit: 20) { ... on Runs { results { pipelineName status tags { key value } } } } }"""


@pytest.fixture(scope="module")
def answers(demo):
    from tests.end_to_end.conftest import use

    assert demo.code == 0, demo.stderr
    with pytest.MonkeyPatch.context() as patch:
        use(patch, demo.home.root, demo.key)
        with graphql() as ask:
            yield {tuple(n["assetKey"]["path"]): n for n in ask(CHECKS)["assetNodes"]}, ask(RUNS)["runsOrError"]["results"]


def metadata(entries):
    return {e["label"]: e.get("intValue", e.get("text")) for e in entries}


@pytest.mark.feature("F05")
def test_every_rule_is_a_check_whose_counts_equal_the_gap_table(finished, answers):
    gap = str(finished.home.published(PERIODE, 1) / "gap.parquet")
    with duckdb.connect() as con:
        rows = con.execute(f"select producer, rule_id, count(*) from read_parquet('{gap}') group by all").fetchall()
    expected = {(producer, rule): count for producer, rule, count in rows}
    found = {}
    for contract in load_contracts().values():
        node = answers[0][("cleansing", f"mutu_{contract.id}")]
        checks = {check["name"]: check for check in node["assetChecksOrError"]["checks"]}
        for rule in cleansing_rules(contract):
            evaluation = checks[rule.id]["executionForLatestMaterialization"]["evaluation"]
            counts = metadata(evaluation["metadataEntries"])
            assert counts["gagal"] <= counts["total"], (contract.id, rule.id)
            assert counts["dimensi"], (contract.id, rule.id)
            found[(contract.id, rule.id)] = counts["gagal"]
    assert {key: count for key, count in found.items() if count} == {k: c for k, c in expected.items() if k in found}
    assert sum(found.values()) > 0


def test_materializations_carry_partition_and_row_count(answers):
    for key in (("landing", "adminduk"), ("cleansing", "stg_adminduk__penduduk"), ("padanan", "padanan_record")):
        (event,) = answers[0][key]["assetMaterializations"]
        assert event["partition"] == PERIODE.key
        assert metadata(event["metadataEntries"])["dagster/row_count"] > 0


def test_the_row_account_is_a_blocking_check_that_passed(answers):
    checks = {c["name"]: c for c in answers[0][("review", "row_account")]["assetChecksOrError"]["checks"]}
    assert checks["baris_utuh"]["blocking"]
    assert checks["baris_utuh"]["executionForLatestMaterialization"]["evaluation"]["success"]


def test_runs_are_tagged_with_period_and_revision(answers):
    for name in ("padanan_periode", "rancangan_periode"):
        run = next(run for run in answers[1] if run["pipelineName"] == name and run["status"] == "SUCCESS")
        tags = {tag["key"]: tag["value"] for tag in run["tags"]}
        assert tags["padanan/periode"] == "2025-S2" and tags["padanan/revisi"] == "1"
