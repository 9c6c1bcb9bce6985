"""Contracts of supporting data about persons and families (F06): in the year's plan, judged by rules of their own rows only."""

import shutil

import pytest

from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.plan import all_plans
from padanan.contracts.plan_check import open_plans, plan_faults
from tests.supporting import FAMILIES, PERSONS, add_supporting

pytestmark = pytest.mark.feature("F06")


@pytest.fixture
def contracts(tmp_path, monkeypatch):
    folder = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), folder, ignore=shutil.ignore_patterns("gx", "odcs"))
    add_supporting(folder)
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(folder))
    return load_contracts()


def test_they_stand_in_the_plan_and_in_a_staging_model_of_their_unit(contracts):
    assert [contracts[name].stage_model for name in (PERSONS, FAMILIES)] == ["stg_pendukung__orang", "stg_pendukung__keluarga"]
    assert [fault for plan in open_plans(all_plans()) for fault in plan_faults(plan, contracts)] == []


def test_no_rule_after_the_padanan_judges_them(contracts):
    """A rule that never sees a record would show its producer as faultless in that dimension."""
    for name in (PERSONS, FAMILIES):
        assert len(contracts[name].rules) > 5
        assert {rule.stage for rule in contracts[name].rules} == {"cleansing"}
    assert any(rule.stage == "padanan" for item in contracts.values() for rule in item.rules if item.kind == "program")
