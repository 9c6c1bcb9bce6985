"""Every asset has the head of the house: an owner, one period a run in a backfill, and the pool where it opens the warehouse."""

import pytest

from orchestration.contracts import loaded, owner_of
from orchestration.defs.partitions import PER_PERIODE, half_years
from orchestration.policies import OWNER, POOL_WAREHOUSE

# Steps that open the warehouse, or write what the next step of the same revision reads of it.
WRITERS = {
    "landing__rencana",
    "dbt_panggilan_1",
    "mutu",
    "padanan__acuan_siap",
    "bukti",
    "dbt_panggilan_2",
    "review__terbitan",
    "review__daftar_tugas",
    "review__paket_produsen",
}


@pytest.fixture(scope="module")
def steps(repository):
    return {definition.op.name: definition for definition in repository.assets_defs_by_key.values()}


def test_what_opens_the_warehouse_waits_for_its_pool_and_nothing_else_does(steps):
    assert {name for name, step in steps.items() if step.op.pool == POOL_WAREHOUSE} == WRITERS
    assert {step.op.pool for name, step in steps.items() if name not in WRITERS} == {None}


def test_a_backfill_runs_one_period_at_a_time(steps):
    assert {name for name, step in steps.items() if step.backfill_policy != PER_PERIODE} == set()


def test_every_asset_is_of_half_years_and_has_an_owner(repository, steps):
    producers = {owner_of(contract) for contract in loaded().values()}
    for key in repository.asset_graph.get_all_asset_keys():
        node = repository.asset_graph.get(key)
        assert node.partitions_def == half_years, key
        (owner,) = node.owners
        assert owner == OWNER or owner in producers, key
        assert node.code_version if "dbt" not in node.kinds else True, key
