"""The asset graph is read from left to right: no arrow runs back to an earlier stage, one gate stands before the padanan,
and one asset of a step that makes several can be asked for alone."""

import pytest

from orchestration.contracts import loaded, quality_key
from orchestration.defs.cleansing.gate import GATE
from orchestration.stages import STAGES


def edges(graph):
    return [(parent, key) for key in graph.get_all_asset_keys() for parent in graph.get(key).parent_keys]


def test_no_edge_runs_back_to_an_earlier_stage(repository):
    """What is reviewed stands in review, what is sealed in decree: the seven words are the order of the graph."""
    found = edges(repository.asset_graph)
    assert len(found) > 200
    backwards = [(a.to_user_string(), b.to_user_string()) for a, b in found if STAGES.index(a.path[0]) > STAGES.index(b.path[0])]
    assert backwards == []


def test_no_check_waits_for_a_later_stage(repository):
    graph = repository.asset_graph
    for key in graph.asset_check_keys:
        for other in graph.get(key).parent_entity_keys:
            stage = getattr(other, "asset_key", other).path[0]
            assert STAGES.index(stage) <= STAGES.index(key.asset_key.path[0]), key


def test_the_padanan_waits_for_one_gate_which_waits_for_every_producer(repository):
    graph = repository.asset_graph
    judged = {quality_key(contract_id) for contract_id in loaded()}
    assert {child for key in judged for child in graph.get(key).child_keys} == {GATE}
    assert judged <= graph.get(GATE).parent_keys
    # Whatever matches people comes after the gate, but for step 1, which the rules are judged beside.
    behind, waiting = set(), [GATE]
    while waiting:
        for child in graph.get(waiting.pop()).child_keys - behind:
            behind.add(child)
            waiting.append(child)
    before = {key.path[-1] for key in graph.get_all_asset_keys() if key.path[0] == "padanan"} - {key.path[-1] for key in behind}
    assert before == {"padanan_cocok", "padanan_identitas"}
    assert {key for key in graph.get_all_asset_keys() if key.path[0] in STAGES[3:]} <= behind


def test_only_what_gathers_the_producers_hangs_on_all_of_them(repository):
    """One arrow from the gate instead of twenty-one to each model behind it: the graph of a run fits one screen.

    The row account reads all eleven staging models and what became of their rows: sixteen tables, no producer.
    """
    graph = repository.asset_graph
    many = {key.to_user_string() for key in graph.get_all_asset_keys() if len(graph.get(key).parent_keys) > 16}
    assert many == {"landing/rencana", "cleansing/stg_bansos__penerima", "cleansing/mutu_selesai", "review/terbitan"}


@pytest.mark.parametrize("step", ["mutu", "bukti"])
def test_one_asset_of_a_shared_step_can_be_asked_for_alone(repository, step):
    graph = repository.asset_graph
    steps = {key: repository.assets_defs_by_key[key] for key in graph.get_all_asset_keys()}
    keys = [key for key, definition in steps.items() if definition.op.name == step]
    assert len(keys) > 1
    for key in keys:
        job = repository.get_implicit_asset_job_names()[0]
        subset = repository.get_job(job).get_subset(asset_selection={key})
        assert subset.asset_layer.selected_asset_keys == {key}


def test_every_asset_can_be_asked_for_alone(repository):
    """As the UI's button does it: the asset with all its checks."""
    graph = repository.asset_graph
    (name,) = repository.get_implicit_asset_job_names()
    for key in graph.get_all_asset_keys():
        checks = set(graph.get(key).check_keys)
        own = {check for check in checks if check in steps_checks(repository, key)}
        subset = repository.get_job(name).get_subset(asset_selection={key}, asset_check_selection=own)
        assert subset.asset_layer.selected_asset_keys == {key}


def steps_checks(repository, key):
    """The checks that the asset's own step makes."""
    return repository.assets_defs_by_key[key].check_keys
