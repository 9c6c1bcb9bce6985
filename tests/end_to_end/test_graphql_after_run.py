"""What the UI shows after a run: every rule as a check with its counts, equal to the gap table; rows per asset."""

import re

import duckdb
import pytest

from padanan.base.period import Periode
from padanan.cleansing.suite import cleansing_rules
from padanan.contracts.contract import load_contracts
from tests.definitions.graphql_workspace import graphql

PERIODE = Periode.parse("2025-S2")

CHECKS = """{ assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks { name blocking
  executionForLatestMaterialization { status evaluation { success severity description metadataEntries { ...isi } } } } } }
  assetMaterializations(limit: 1) { partition metadataEntries { ...isi } } } }
  fragment isi on MetadataEntry { label __typename ... on IntMetadataEntry { intValue } ... on FloatMetadataEntry { floatValue }
    ... on TextMetadataEntry { text } ... on UrlMetadataEntry { url } ... on PathMetadataEntry { path }
    ... on MarkdownMetadataEntry { mdStr } ... on JsonMetadataEntry { jsonString } }"""

RUNS = """{ runsOrError(limit: 20) { ... on Runs { results { pipelineName status tags { key value } } } } }"""


@pytest.fixture(scope="module")
def answers(untouched_demo):
    from tests.end_to_end.conftest import use

    assert untouched_demo.code == 0, untouched_demo.stderr
    with pytest.MonkeyPatch.context() as patch:
        use(patch, untouched_demo.home.root, untouched_demo.key)
        with graphql() as ask:
            yield {tuple(n["assetKey"]["path"]): n for n in ask(CHECKS)["assetNodes"]}, ask(RUNS)["runsOrError"]["results"]


def metadata(entries):
    return {e["label"]: e.get("intValue", e.get("text")) for e in entries}


def evaluations(answers):
    """(asset, check, evaluation) of every check that the run judged."""
    for key, node in answers[0].items():
        for check in node["assetChecksOrError"].get("checks", ()):
            execution = check["executionForLatestMaterialization"]
            if execution and execution["evaluation"]:
                yield "/".join(key), check, execution["evaluation"]


def counted(text):
    """`12.345` as an int."""
    return int(text.replace(".", ""))


@pytest.mark.feature("F05")
def test_every_rule_is_a_check_whose_counts_equal_the_gap_table(untouched_demo, answers):
    gap = str(untouched_demo.home.published(PERIODE, 1) / "gap.parquet")
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
            if not contract.in_force(PERIODE):
                assert "tidak berlaku" in evaluation["description"]
                continue
            gagal, total = counted(counts["gagal"]), counted(counts["total"])
            assert gagal <= total, (contract.id, rule.id)
            assert counts["dimensi"], (contract.id, rule.id)
            assert (
                not total
                or f"dari {counts['total']} baris melanggar ({counts['gagal']} baris); ambang" in evaluation["description"]
            )
            found[(contract.id, rule.id)] = gagal
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


def test_every_check_says_in_a_sentence_what_it_saw(answers):
    silent = [
        (asset, check["name"]) for asset, check, found in evaluations(answers) if not (found["description"] or "").endswith(".")
    ]
    assert len(list(evaluations(answers))) > 700 and silent == []


def test_a_check_blocks_exactly_when_its_verdict_is_an_error(answers):
    """Passed or failed: the severity that the code gives is ERROR where the check was declared blocking, else WARN."""
    wrong = [
        (asset, check["name"])
        for asset, check, found in evaluations(answers)
        if check["blocking"] is not (found["severity"] == "ERROR")
    ]
    assert wrong == []
    assert {check["blocking"] for _, check, _ in evaluations(answers)} == {True, False}


def test_a_check_draws_one_plot(answers):
    """Dagster draws each number of the metadata by itself: a share or a count, and the threshold that it is held against."""
    for asset, check, found in evaluations(answers):
        drawn = {e["label"] for e in found["metadataEntries"] if e["__typename"] in ("IntMetadataEntry", "FloatMetadataEntry")}
        assert drawn <= {"persen", "ambang"} or drawn <= {"teramati", "ambang"} or len(drawn) == 1, (asset, check["name"], drawn)


def test_no_metadata_names_a_folder_of_this_machine_and_every_report_link_opens(untouched_demo, answers):
    """A copy of the home, or a browser that came by http, can't follow an absolute path or file://."""
    entries = [e for node in answers[0].values() for event in node["assetMaterializations"] for e in event["metadataEntries"]]
    entries += [e for _, _, found in evaluations(answers) for e in found["metadataEntries"]]
    texts = {str(e.get(name)) for e in entries for name in ("text", "url", "path", "mdStr", "jsonString") if e.get(name)}
    assert not [text for text in texts if str(untouched_demo.home.root) in text or "file:" in text or text.startswith("/")]
    # Markdown takes `<…>` for a tag and drops it.
    assert not [e["mdStr"] for e in entries if e.get("mdStr") and "<" in re.sub("`[^`]*`", "", e["mdStr"])]
    links = {e["url"] for e in entries if e["label"] == "laporan"}
    assert len(links) > 15
    for link in links:
        assert link.startswith("http://127.0.0.1:3001/"), link
        assert (untouched_demo.home.root / "reports" / link.removeprefix("http://127.0.0.1:3001/")).is_file(), link
    for entry in entries:
        if entry["__typename"] == "PathMetadataEntry":
            assert (untouched_demo.home.root / entry["path"]).exists(), entry
