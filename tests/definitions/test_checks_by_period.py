"""Checks belong to the period that they judged: a backfill of an old period leaves the newer one's state as it was."""

import dagster as dg
import pytest

from orchestration.environment import prepare
from padanan.base.home import Home
from padanan.base.period import Periode
from tests.definitions.graphql_workspace import graphql
from tests.signed import write_manifest

OF_TODAY = {"catatan_akses_utuh", "tenggat", "dua_penetapan_setahun", "dua_rakor_setahun"}
FIRST, SECOND = Periode(2025, 1), Periode(2025, 2)
KLJ = dg.AssetKey(["landing", "klj"])
STATE = """query($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode { assetChecksOrError {
  ... on AssetChecks { checks { name partitionDefinition { name }
    partitionStatuses { ... on AssetCheckTimePartitionStatuses { ranges { startKey endKey status } } } } } } } } }"""
HISTORY = """query($key: AssetKeyInput!, $check: String!, $partition: String) {
  assetCheckExecutions(assetKey: $key, checkName: $check, limit: 5, partition: $partition) { status partition runId } }"""


def test_every_check_is_partitioned_but_those_that_speak_of_today(repository):
    graph = repository.asset_graph
    without = {key.name for key in graph.asset_check_keys if graph.get(key).partitions_def is None}
    assert without == OF_TODAY
    kinds = {kind for key in graph.asset_check_keys for kind in graph.get(key.asset_key).kinds}
    assert {"dbt", "greatexpectations"} <= kinds


@pytest.fixture
def two_periods(repository, tmp_path, monkeypatch):
    """The newer period run first and then, as a backfill would, the older one, which lacks its delivery."""
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PADANAN_DAGSTER_STORAGE", str(tmp_path / "data" / "dagster"))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    prepare()
    home = Home(tmp_path / "data").ensure()
    folder = home.landing("klj") / "period=2025-11" / "delivery=0123456789abcdef"
    folder.mkdir(parents=True)
    manifest = {"contract_id": "klj", "sha16": "0123456789abcdef", "file": "a.csv", "periode_data": "2025-11",
                "diterima": "2025-11-10T09:00:00+07:00", "bagian": None, "status": "diterima", "late": False, "flags": [],
                "rows_in": 10, "rows_on": 10, "rows_aside": {}}  # fmt: skip
    write_manifest(folder, manifest)
    with dg.DagsterInstance.get() as instance:
        runs = {}
        for periode in (SECOND, FIRST):
            result = repository.get_job("landing_produsen").execute_in_process(instance=instance, partition_key=periode.key)
            runs[periode.key] = result.run_id
    return runs


@pytest.mark.lambat
def test_the_older_periods_failure_is_not_the_newer_ones(two_periods):
    with graphql() as ask:
        node = ask(STATE, key={"path": KLJ.path})["assetNodeOrError"]
        checks = {check["name"]: check for check in node["assetChecksOrError"]["checks"]}
        for name, first, second in (("kiriman_aktif", "FAILED", "SUCCEEDED"), ("baris_utuh", "SUCCEEDED", "SUCCEEDED")):
            told = {}
            for one in checks[name]["partitionStatuses"]["ranges"]:
                for periode in (FIRST, SECOND):
                    if one["startKey"] <= periode.key <= one["endKey"]:
                        told[periode.key] = one["status"]
            assert told == {FIRST.key: first, SECOND.key: second}, name
            for periode in (FIRST, SECOND):
                history = ask(HISTORY, key={"path": KLJ.path}, check=name, partition=periode.key)["assetCheckExecutions"]
                assert [(one["partition"], one["runId"]) for one in history] == [(periode.key, two_periods[periode.key])]
        assert checks["tenggat"]["partitionDefinition"] is None
