"""Assets materialised one by one on a finished demo, started as the UI starts them: GraphQL, queue, subset, run.

The fast test takes every landing asset, every asset made by Python and one model of each dbt call; `pytest -m lengkap` takes all.
"""

import shutil

import dagster as dg
import pytest

from orchestration.failures import explain_run
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from tests.definitions.graphql_workspace import graphql, launch, launched_alone, run_queued
from tests.end_to_end.conftest import use

PERIODE = Periode.parse("2025-S2")
BY_PEOPLE = {"decree/penetapan", "distribution/berkas_api", "distribution/dasbor"}
"""What needs a person's words (number, date, official) or the seal that follows them: refused without, with its own line."""


def alone(repository, wanted):
    """The assets that do not end as they should when each is launched alone, with the reason."""
    wrong, launched = {}, []
    with dg.DagsterInstance.get() as instance, graphql(instance) as ask:
        for key, selector in launched_alone(ask).items():
            if not wanted(key):
                continue
            launched.append(key)
            try:
                run_id = launch(ask, selector, PERIODE.key)
            except AssertionError as error:
                # The launchpad itself asks for what has no default.
                if key not in BY_PEOPLE:
                    wrong[key] = str(error)[:300]
                continue
            good = run_queued(instance, repository, run_id)
            if good is (key in BY_PEOPLE):
                wrong[key] = explain_run(instance, run_id)
    return launched, wrong


@pytest.fixture
def own(demo, tmp_path, monkeypatch):
    """A copy of the demo for these launches alone: other tests read what its own runs recorded."""
    assert demo.code == 0, demo.stderr
    shutil.copytree(demo.home.root, tmp_path / "sendiri", symlinks=True)
    use(monkeypatch, tmp_path / "sendiri", demo.key)


@pytest.fixture(scope="module")
def repository():
    from orchestration.definitions import defs

    return defs().get_repository_def()


def one_model_a_dbt_call(repository):
    """One dbt model of each call, the first by key."""
    found = {}
    for definition in repository.assets_defs_by_key.values():
        keys = sorted(key.to_user_string() for key in definition.keys)
        if any("dbt" in (definition.specs_by_key[key].kinds or ()) for key in definition.keys):
            found[definition.node_def.name] = next(key for key in keys if "mutu" not in key)
    return set(found.values())


@pytest.mark.panjang
@pytest.mark.feature("F08")
def test_landing_python_and_dbt_assets_each_run_alone(own, repository):
    graph = repository.asset_graph
    models = one_model_a_dbt_call(repository)
    python = {key.to_user_string() for key in graph.executable_asset_keys if "dbt" not in graph.get(key).kinds}
    assert len(models) == 2 and {f"landing/{contract_id}" for contract_id in load_contracts()} <= python
    launched, wrong = alone(repository, (python | models).__contains__)
    assert set(launched) == python | models
    assert wrong == {}


@pytest.mark.lengkap
@pytest.mark.timeout(7200)
def test_every_asset_runs_alone(own, repository):
    launched, wrong = alone(repository, lambda key: True)
    assert set(launched) == {key.to_user_string() for key in repository.asset_graph.executable_asset_keys}
    assert wrong == {}
