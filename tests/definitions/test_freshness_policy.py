"""Dagster's freshness mark of every landing asset: its windows are the contract's, and the daemon judges by them."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.test_utils import freeze_time
from dagster._daemon.freshness import FreshnessDaemon

from orchestration.calendar_today import today
from orchestration.contracts import freshness_of, landing_key
from orchestration.environment import prepare
from padanan.contracts.contract import load_contracts
from tests.definitions.graphql_workspace import graphql

STATUS = """query($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
  freshnessStatusInfo { freshnessStatus } } } }"""


def months(window):
    return round(window.to_timedelta() / timedelta(days=365.25 / 12))


def test_every_contract_in_force_has_a_policy_of_its_own_cadence_and_age_and_a_retired_one_none(repository):
    contracts, day = load_contracts(), today()
    retired = 0
    for contract_id, contract in contracts.items():
        policy = repository.asset_graph.get(landing_key(contract_id)).freshness_policy_or_from_metadata
        if contract.in_force_to is not None and contract.in_force_to < day:
            retired += 1
            assert policy is None, contract_id
            continue
        assert months(policy.warn_window) == contract.cadence_months + 1, contract_id
        assert months(policy.fail_window) == contract.greatest_age, contract_id
    assert retired >= 3, "DTKS and the two lists of P3KE ended with 2025"


def test_a_contract_is_judged_by_the_day_and_a_tight_age_keeps_its_warning():
    dtks = load_contracts()["dtks"]
    assert freshness_of(dtks, date(2025, 12, 31)) is not None and freshness_of(dtks, date(2026, 1, 1)) is None
    tight = dataclasses.replace(dtks, greatest_age=dtks.cadence_months + 1)
    policy = freshness_of(tight, date(2025, 12, 31))
    assert months(policy.warn_window) == dtks.cadence_months and months(policy.fail_window) == dtks.cadence_months + 1
    assert freshness_of(dataclasses.replace(dtks, greatest_age=1), date(2025, 12, 31)).warn_window is None


@pytest.mark.lambat
@pytest.mark.feature("F08")
def test_the_daemon_marks_a_silent_producer_after_its_windows(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PADANAN_DAGSTER_STORAGE", str(tmp_path / "data" / "dagster"))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    prepare()
    klj, key, now = load_contracts()["klj"], landing_key("klj"), datetime.now(UTC)
    with graphql() as ask:
        instance = ask.process.instance
        assert FreshnessDaemon.daemon_type() in instance.get_required_daemon_types()

        def judged(after):
            with freeze_time(now + timedelta(days=30.4375 * after)):
                list(FreshnessDaemon().run_iteration(ask.process))
            return instance.get_freshness_state_records([key])[key].freshness_state

        assert judged(0) == FreshnessState.UNKNOWN
        instance.report_runless_asset_event(dg.AssetMaterialization(key, partition="2025-07-01"))
        assert judged(klj.cadence_months) == FreshnessState.PASS
        assert judged(klj.cadence_months + 1.5) == FreshnessState.WARN
        told = ask(STATUS, key={"path": key.path})["assetNodeOrError"]["freshnessStatusInfo"]
        assert told["freshnessStatus"] == "WARNING"
        assert judged(klj.greatest_age + 0.5) == FreshnessState.FAIL
