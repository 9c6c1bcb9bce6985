"""Only what can stop a run is declared blocking, and what is declared blocking does stop it."""

from dataclasses import replace

import dagster as dg
import pytest

from orchestration.checks import GAP_CHECK, TABLE_CHECKS, CheckOutcome, QualityOutcome, run_quality
from orchestration.contracts import loaded, quality_key
from orchestration.defs.cleansing import quality
from orchestration.defs.cleansing.gate import GATE, mutu_selesai
from orchestration.defs.cleansing.quality import mutu
from orchestration.defs.padanan.dbt_models import dbt_panggilan_2
from orchestration.defs.padanan.evidence import acuan_siap, bukti
from orchestration.gate import plan_mark
from orchestration.resources import KontrakResource, MesinResource, RumahResource
from orchestration.warehouse import release
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.cleansing.results import RuleResult, SuiteResult
from padanan.cleansing.suite import cleansing_rules
from padanan.contracts.planned import store
from tests import planned

pytestmark = pytest.mark.lambat

PERIODE = Periode.parse("2025-S2")
PLAN = planned.plan_data()
RESOURCES = {
    "rumah": RumahResource(),
    "kontrak": KontrakResource(),
    "mesin": MesinResource(),
    "dbt": dg.ResourceDefinition.hardcoded_resource(None),
}


@pytest.fixture
def home():
    home = Home.from_env().ensure()
    store(home, PLAN)
    yield home
    release(home)


def judged(monkeypatch, failing, contracts=None):
    """Judges every rule good but for `failing`: {(contract, check)}."""

    def outcome(home, contracts, plan, ids):
        checks = []
        for contract_id in ids:
            rules = {rule.id: rule.severity == "ERROR" for rule in cleansing_rules(contracts[contract_id])}
            for name, blocking in {**rules, **dict.fromkeys(TABLE_CHECKS, True)}.items():
                passed = (contract_id, name) not in failing
                checks.append(CheckOutcome(contract_id, name, passed, blocking, "uji", {}))
        return QualityOutcome(tuple(checks), {contract_id: {"berlaku": True} for contract_id in ids}, ())

    monkeypatch.setattr(quality, "run_quality", outcome)


def run(*assets, instance, selection=None):
    return dg.materialize(
        assets, partition_key=PERIODE.key, resources=RESOURCES, instance=instance, selection=selection, raise_on_error=False
    )


def made(result):
    return {event.asset_key for event in result.get_asset_materialization_events()}


def test_a_rule_blocks_only_where_its_contract_says_error(repository):
    graph = repository.asset_graph
    for contract in loaded().values():
        for rule in cleansing_rules(contract):
            key = dg.AssetCheckKey(quality_key(contract.id), rule.id)
            assert graph.get(key).blocking is (rule.severity == "ERROR"), key
        for name in TABLE_CHECKS:
            assert graph.get(dg.AssetCheckKey(quality_key(contract.id), name)).blocking, name


def test_a_rule_of_severity_error_is_declared_blocking_and_told_as_one(monkeypatch):
    """By contract, not by name: no rule has it today, and the first that gets it must not be a warning."""
    contract = loaded()["klj"]
    hard = replace(contract, rules=tuple(replace(rule, severity="ERROR") for rule in contract.rules))
    monkeypatch.setattr(quality, "loaded", lambda: {"klj": hard})
    assert all(spec.blocking for spec in quality._check_specs())
    result = RuleResult("klj", "nik_kosong", 3, 10, "K", "blok", 0.05, 0.95, "ERROR", False, 3)
    outcome = suites(monkeypatch, result)
    (check,) = (check for check in outcome.checks if check.name == "nik_kosong")
    assert check.blocking and not check.passed


def suites(monkeypatch, *rules, unknown=None):
    result = SuiteResult("klj", 10, rules, (), 0.1, 0.1, 0.0, unknown or {})
    monkeypatch.setattr("padanan.cleansing.run.run_suites", lambda *_, **__: [result])
    plan = planned.plan_data(contracts=(planned.contract("klj"),))
    return run_quality(Home.from_env(), {"klj": loaded()["klj"]}, plan, ["klj"])


def test_a_contradiction_between_gap_and_gx_is_one_error_and_no_verdict_about_the_rule(monkeypatch):
    rule = RuleResult("klj", "nik_kosong", 3, 100, "K", "blok", 0.05, 0.95, "WARN", True, 2)
    checks = {check.name: check for check in suites(monkeypatch, rule, unknown={"aturan_lama": 7}).checks}
    assert checks["nik_kosong"].passed and not checks["nik_kosong"].blocking
    gap = checks[GAP_CHECK]
    assert gap.blocking and not gap.passed
    assert gap.sentence == "2 dari 2 aturan berbeda antara tabel celah dan Great Expectations; ambang 0."
    assert gap.metadata == {
        "teramati": 2,
        "ambang": 0,
        "rincian": "nik_kosong: celah 2, Great Expectations 3; aturan_lama: celah 7, Great Expectations tanpa aturan itu",
    }


def test_a_rule_says_observed_and_threshold_in_one_sentence_and_one_unit(monkeypatch):
    rule = RuleResult("klj", "nik_kosong", 222, 12_345, "K", "blok", 0.05, 0.95, "WARN", True, 222)
    (check,) = (check for check in suites(monkeypatch, rule).checks if check.name == "nik_kosong")
    assert check.sentence == "1,8% dari 12.345 baris melanggar (222 baris); ambang 5,0%."
    numbers = {name: value for name, value in check.metadata.items() if isinstance(value, int | float)}
    assert numbers == {"persen": 1.798, "ambang": 5.0}, "each number is a plot: two that belong together"
    assert (check.metadata["gagal"], check.metadata["total"], check.metadata["dimensi"]) == ("222", "12.345", "kelengkapan")


@pytest.mark.parametrize("contract_id", [min(loaded()), max(loaded())])
def test_a_failed_blocking_check_of_any_producer_closes_the_gate(home, monkeypatch, contract_id):
    judged(monkeypatch, {(contract_id, GAP_CHECK)})
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(mutu, mutu_selesai, acuan_siap, bukti, dbt_panggilan_2, instance=instance)
        assert not result.success
        started = {event.step_key for event in result.all_events if event.event_type_value == "STEP_START"}
        assert started == {"mutu"}, "gate, register, evidence and the second dbt call never begin"
        assert made(result) == {quality_key(name) for name in loaded()}
        # Nor does it open to somebody who starts it alone afterwards.
        alone = run(mutu, mutu_selesai, instance=instance, selection=[mutu_selesai])
        line = alone.failure_data_for_node("cleansing__mutu_selesai").user_failure_data.description
    assert not alone.success and GATE not in made(alone)
    assert f"cleansing/mutu_{contract_id}:{GAP_CHECK}" in line and "Perbaikan:" in line


def test_broken_rules_that_only_warn_leave_it_open(home, monkeypatch):
    failing = {(contract.id, rule.id) for contract in loaded().values() for rule in cleansing_rules(contract)}
    judged(monkeypatch, failing)
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(mutu, mutu_selesai, instance=instance)
    assert result.success and GATE in made(result)
    failed = [one for one in result.get_asset_check_evaluations() if not one.passed]
    assert len(failed) == len(failing) and {one.severity for one in failed} == {dg.AssetCheckSeverity.WARN}


def test_one_producer_is_judged_alone_and_yields_its_checks_only(home, monkeypatch):
    judged(monkeypatch, set())
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(mutu, mutu_selesai, instance=instance, selection=[quality_key("klj")])
        assert result.success and made(result) == {quality_key("klj")}
        assert {one.asset_key for one in result.get_asset_check_evaluations()} == {quality_key("klj")}
        assert len(result.get_asset_check_evaluations()) == len(cleansing_rules(loaded()["klj"])) + len(TABLE_CHECKS)
        # The others are not judged yet: the gate says which.
        alone = run(mutu, mutu_selesai, instance=instance, selection=[mutu_selesai])
        line = alone.failure_data_for_node("cleansing__mutu_selesai").user_failure_data.description
        assert not alone.success and "belum dinilai" in line and "cleansing/mutu_" in line


def test_a_judgement_of_another_plan_does_not_open_the_gate(home, monkeypatch):
    judged(monkeypatch, set())
    with dg.DagsterInstance.ephemeral() as instance:
        assert run(mutu, mutu_selesai, instance=instance).success
        other = planned.plan_data(inputs_hash="cd" * 32)
        assert plan_mark(other) != plan_mark(PLAN)
        store(home, other)
        assert not run(mutu, mutu_selesai, instance=instance, selection=[mutu_selesai]).success
        assert run(mutu, mutu_selesai, instance=instance).success


def test_a_check_that_was_asked_for_and_not_judged_fails_the_step(home, monkeypatch):
    """A step that may be subset has no required output: a rule that vanished would pass for judged."""

    def nothing(home, contracts, plan, ids):
        return QualityOutcome((), {contract_id: {"berlaku": True} for contract_id in ids}, ())

    monkeypatch.setattr(quality, "run_quality", nothing)
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(mutu, mutu_selesai, instance=instance, selection=[quality_key("klj")])
        line = result.failure_data_for_node("mutu").user_failure_data.description
    assert not result.success and "tidak dinilai" in line and "muat ulang" in line
