"""Every run of a period carries the label `2025-S2` beside the key `2025-07-01`, whoever started it."""

import logging

import dagster as dg
import pytest
from dagster._daemon.backfill import execute_backfill_iteration

from orchestration.defs.partitions import half_years
from orchestration.environment import prepare
from orchestration.run_storage import PERIODE_TAG, period_of
from tests.definitions.graphql_workspace import graphql

LOCATION = {"repositoryName": "__repository__", "repositoryLocationName": "padanan"}
LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) { __typename
  ... on LaunchRunSuccess { run { runId tags { key value } } } ... on PythonError { message } } }"""
BACKFILL = """mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) { __typename
  ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PADANAN_DAGSTER_STORAGE", str(tmp_path / "data" / "dagster"))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    prepare()


@dg.job(partitions_def=half_years)
def empty():
    @dg.op
    def nothing():
        pass

    nothing()


def test_a_run_from_python_or_the_command_line_is_labelled():
    with dg.DagsterInstance.get() as instance:
        for key, label in (("2025-01-01", "2025-S1"), ("2025-07-01", "2025-S2")):
            result = empty.execute_in_process(instance=instance, partition_key=key)
            tags = instance.get_run_by_id(result.run_id).tags
            assert tags[PERIODE_TAG] == label and tags["dagster/partition"] == key
            assert result.dagster_run.tags[PERIODE_TAG] == label, "the step sees it too"
        without = dg.DagsterInstance.get().create_run_for_job(job_def=empty)
        assert PERIODE_TAG not in without.tags


@pytest.mark.lambat
def test_a_launch_and_a_backfill_of_the_ui_are_labelled():
    selector = {**LOCATION, "pipelineName": "putusan_periode"}
    tags = [{"key": "dagster/partition", "value": "2025-07-01"}]
    params = {"selector": selector, "mode": "default", "executionMetadata": {"tags": tags}}
    with graphql() as ask:
        launched = ask(LAUNCH, params=params)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        assert {"key": PERIODE_TAG, "value": "2025-S2"} in launched["run"]["tags"]
        backfill = {"partitionSetName": "putusan_periode_partition_set", "repositorySelector": LOCATION}
        asked = ask(BACKFILL, params={"selector": backfill, "partitionNames": ["2025-01-01", "2025-07-01"]})
        assert asked["launchPartitionBackfill"]["__typename"] == "LaunchBackfillSuccess", asked
        list(execute_backfill_iteration(ask.process, logging.getLogger("dagster.daemon.uji")))
        runs = ask.process.instance.get_runs(
            dg.RunsFilter(tags={"dagster/backfill": asked["launchPartitionBackfill"]["backfillId"]})
        )
        assert sorted(run.tags[PERIODE_TAG] for run in runs) == ["2025-S1", "2025-S2"]


def test_the_key_of_a_partition_gives_the_label_and_a_run_of_no_period_none():
    assert period_of({"dagster/partition": "2026-01-01"}) == "2026-S1"
    assert period_of({"dagster/asset_partition_range_start": "2025-07-01"}) == "2025-S2"
    assert period_of({PERIODE_TAG: "2025-S1", "dagster/partition": "2025-01-01"}) == "2025-S1"
    assert period_of({"padanan/tahap": "landing"}) is None
