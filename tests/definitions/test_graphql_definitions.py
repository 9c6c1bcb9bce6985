"""What the UI finds before any run: stages as groups, an asset per producer, partitions, schedules, the sensors."""

import pytest

from orchestration.environment import prepare
from orchestration.stages import STAGES, STAGES_WITHOUT_ASSETS
from padanan.contracts.contract import load_contracts
from tests.definitions.graphql_workspace import graphql

pytestmark = pytest.mark.lambat
ASSETS = """{ assetNodes { assetKey { path } groupName description isPartitioned
  owners { ... on TeamAssetOwner { team } ... on UserAssetOwner { email } } kinds
  latestMaterializationByPartition: partitionKeys } }"""
WORKSPACE = """{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError {
  __typename ... on PythonError { message } ... on RepositoryLocation { repositories { name
    schedules { name executionTimezone cronSchedule pipelineName }
    sensors { name sensorType targets { pipelineName } }
    jobs { name isAssetJob } } } } } } } }"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("graphql") / "data"
        patch.setenv("PADANAN_HOME", str(home))
        patch.setenv("PADANAN_DAGSTER_STORAGE", str(home / "dagster"))
        patch.delenv("DAGSTER_HOME", raising=False)
        prepare()
        with graphql() as ask:
            yield ask(ASSETS)["assetNodes"], ask(WORKSPACE)["workspaceOrError"]["locationEntries"]


@pytest.fixture
def repository_answer(answers):
    (entry,) = answers[1]
    assert entry["name"] == "padanan"
    assert entry["locationOrLoadError"]["__typename"] == "RepositoryLocation", entry["locationOrLoadError"]
    return entry["locationOrLoadError"]["repositories"][0]


def test_stages_are_groups(answers):
    assert {node["groupName"] for node in answers[0]} == set(STAGES) - STAGES_WITHOUT_ASSETS


def test_there_is_a_landing_and_a_quality_asset_per_producer(answers):
    keys = {tuple(node["assetKey"]["path"]) for node in answers[0]}
    for contract_id in load_contracts():
        assert ("landing", contract_id) in keys
        assert ("cleansing", f"mutu_{contract_id}") in keys


def test_every_asset_is_described_owned_and_partitioned_by_half_year(answers):
    for node in answers[0]:
        name = "/".join(node["assetKey"]["path"])
        assert node["description"], name
        assert node["owners"], name
        assert node["kinds"], name
        assert node["isPartitioned"], name
        assert {"2025-01-01", "2025-07-01"} <= set(node["latestMaterializationByPartition"]), name


@pytest.mark.feature("F18")
def test_schedules_run_in_jakartas_time(repository_answer):
    schedules = {item["name"]: item for item in repository_answer["schedules"]}
    assert set(schedules) == {
        "padanan_semesteran",
        "dtks_bulanan",
        "kalender_harian",
        "akses_harian",
        "siklus_harian",
        "lp3ke_triwulanan",
        "peringatan_harian",
    }
    assert {item["executionTimezone"] for item in schedules.values()} == {"Asia/Jakarta"}
    assert schedules["padanan_semesteran"]["pipelineName"] == "padanan_periode"


def test_sensors_watch_the_inbox_and_failed_runs(repository_answer):
    sensors = {item["name"]: item for item in repository_answer["sensors"]}
    assert set(sensors) == {
        "inbox_sensor",
        "alarm_kegagalan",
        "alarm_tik",
        "formulir_sensor",
        "lembar_sensor",
        "pelepasan_sensor",
        "putusan_sensor",
        "segel_sensor",
        "umpan_balik_sensor",
    }
    assert sensors["inbox_sensor"]["targets"] == [{"pipelineName": "landing_produsen"}]
    assert sensors["alarm_kegagalan"]["sensorType"] == "RUN_STATUS"


def test_the_jobs_are_those_of_the_manual(repository_answer):
    jobs = {item["name"] for item in repository_answer["jobs"] if not item["name"].startswith("__")}
    assert jobs == {
        "padanan_periode",
        "rancangan_periode",
        "landing_produsen",
        "tugas_periode",
        "pemeriksaan_kalender",
        "formulir_reviu",
        "lembar_lapangan",
        "putusan_periode",
        "penetapan_periode",
        "penyaluran_periode",
        "pemeriksaan_akses",
        "peringatan_dini",
        "umpan_balik_periode",
        "siklus_pemutakhiran",
        "lp3ke_triwulan",
    }
