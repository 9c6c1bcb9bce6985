"""The asset graph as reviewed: keys, dependencies, checks (dbt's own tests left to dbt) and what each job selects.

After a deliberate change: `python -m tests.definitions.test_asset_graph_snapshot` rewrites the snapshot; read its diff.
"""

import json
from pathlib import Path

import pytest

SNAPSHOT = Path(__file__).with_name("asset_graph.json")
JOBS = (
    "landing_produsen",
    "padanan_periode",
    "rancangan_periode",
    "tugas_periode",
    "pemeriksaan_kalender",
    "putusan_periode",
    "penetapan_periode",
)


def graph_of(repository):
    graph = repository.asset_graph
    assets = {}
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        assets[key.to_user_string()] = {
            "deps": sorted(parent.to_user_string() for parent in node.parent_keys),
            "checks": [] if "dbt" in node.kinds else sorted(check.name for check in node.check_keys),
        }
    jobs = {}
    for name in JOBS:
        selected = repository.get_job(name).asset_layer.selected_asset_keys
        jobs[name] = sorted(key.to_user_string() for key in selected)
    return {"assets": assets, "jobs": jobs}


def test_the_asset_graph_is_the_reviewed_one(repository):
    expected = json.loads(SNAPSHOT.read_text())
    found = graph_of(repository)
    assert sorted(found["assets"]) == sorted(expected["assets"])
    for key, facts in expected["assets"].items():
        assert found["assets"][key] == facts, key
    assert found["jobs"] == expected["jobs"]


@pytest.mark.feature("F34")
def test_no_flag_list_or_task_reaches_the_selection(repository):
    """A flag opens a check and never stops aid: nothing of the data sasaran or a decree is computed from it."""
    graph = repository.asset_graph
    flags = {f"review/{name}" for name in ("bendera_periksa", "daftar_tanpa_program", "tanpa_dokumen", "tugas", "prelist")}
    waiting, above = [key for key in graph.get_all_asset_keys() if key.to_user_string() == "review/sasaran"], set()
    while waiting:
        for parent in graph.get(waiting.pop()).parent_keys - above:
            above.add(parent)
            waiting.append(parent)
    names = {key.to_user_string() for key in above}
    assert "padanan/padanan_orang" in names and not names & flags


if __name__ == "__main__":
    from orchestration.definitions import defs

    SNAPSHOT.write_text(json.dumps(graph_of(defs().get_repository_def()), indent=1) + "\n")
