"""The asset graph as reviewed: keys, dependencies, checks (dbt's own tests left to dbt) and what each job selects.

After a deliberate change: `make render` rewrites the snapshot; read its diff.
"""

import json

import pytest

from orchestration.snapshot import SNAPSHOT, graph_of


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
