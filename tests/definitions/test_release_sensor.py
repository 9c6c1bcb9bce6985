"""A released delivery is landed anew by itself: the mark that it set goes without waiting for the producer's next file."""

import json
from datetime import UTC, datetime

import dagster as dg
import pytest

from orchestration.defs.automation.release_sensor import pelepasan_sensor
from orchestration.defs.partitions import periode_at
from orchestration.resources import RumahResource
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.landing.inbox import process_inbox
from padanan.records.ledger import carry, log_of, release
from tests.landing.test_open_deliveries import SAMPLES, drop

CURRENT = periode_at(datetime.now(UTC))
FUTURE = "periode_data: '2029-10'\nditerima: 2029-10-10T09:00:00+07:00\n"


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    return Home.from_env().ensure()


def deliver(home, letter=None):
    """A good DTKS of October 2025; with another letter it may be held."""
    path = drop(home, SAMPLES / "baik" / "dtks_2025-10.csv")
    if letter:
        path.with_name(f"{path.name}.pengantar.yaml").write_text(letter)


def tick(repository, cursor=None):
    """A tick as the daemon evaluates it: run requests resolved against their job."""
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(
            instance=instance, cursor=cursor, repository_def=repository, resources={"rumah": RumahResource()}
        )
        result = pelepasan_sensor.evaluate_tick(context)
        return list(result.run_requests or []), result.cursor


def run(repository, request, instance):
    """The request's own run: subset, partition and tags as asked for; the producer's checks by name."""
    job = repository.get_job("landing_produsen").get_subset(asset_selection=set(request.asset_selection))
    result = job.execute_in_process(instance=instance, partition_key=request.partition_key, tags=dict(request.tags))
    assert result.success
    return {one.check_name: one for one in result.get_asset_check_evaluations()}


@pytest.mark.feature("F09")
def test_a_release_starts_its_producers_landing_once_which_takes_the_mark_away(home, repository):
    assert tick(repository)[0] == []
    deliver(home, FUTURE)
    job = repository.get_job("landing_produsen").get_subset(asset_selection={dg.AssetKey(["landing", "dtks"])})
    with dg.DagsterInstance.ephemeral() as instance:
        landed = job.execute_in_process(instance=instance, partition_key=CURRENT.key)
        marks = {one.check_name: one.passed for one in landed.get_asset_check_evaluations()}
        assert marks["kiriman_ditolak"] is False
        requests, cursor = tick(repository)
        assert requests == [], "held is not decided"
        (path,) = home.landing("dtks").glob("period=*/delivery=*/manifest.json")
        sha16 = json.loads(path.read_text())["sha16"]
        release(home, load_contracts(), sha16, by="SARINAH", reason="periode datanya benar")
        (request,), after = tick(repository, cursor)
        assert request.asset_selection == [dg.AssetKey(["landing", "dtks"])]
        # Its data's half-year has no partition yet: the landing that held it was the current period's.
        assert request.partition_key == CURRENT.key and request.tags["padanan/produsen"] == "dtks"
        assert "SARINAH" not in f"{request.run_key}{request.tags}{after}"
        assert run(repository, request, instance)["kiriman_ditolak"].passed
    assert tick(repository, after)[0] == []
    # A cursor that was lost or cut asks for the same run, which Dagster starts once.
    for lost in (None, "bukan json", "3"):
        assert [one.run_key for one in tick(repository, lost)[0]] == [request.run_key]


def test_a_decision_concerns_its_own_half_year_beside_the_current_one(home, repository):
    deliver(home)
    (receipt,) = process_inbox(home, load_contracts(), "dtks").receipts
    carry(home, load_contracts(), receipt.sha16, Periode.parse("2026-S1"), by="uji", reason="uji")
    requests, _ = tick(repository)
    assert {one.partition_key for one in requests} == {"2026-01-01", CURRENT.key}
    assert len({one.run_key for one in requests}) == len(requests)
    assert all(one.tags["padanan/periode"] == Periode.parse(one.partition_key).label for one in requests)


def test_a_changed_record_fails_the_tick_with_its_own_line(home, repository):
    """So that `alarm_tik` tells it; a silent sensor would look like one without decisions."""
    deliver(home)
    (receipt,) = process_inbox(home, load_contracts(), "dtks").receipts
    carry(home, load_contracts(), receipt.sha16, Periode.parse("2026-S1"), by="uji", reason="uji")
    path = log_of(home).path
    path.write_bytes(path.read_bytes().replace(b"uji", b"ujI"))
    with pytest.raises(Exception) as caught:
        tick(repository)
    chain, error = "", caught.value
    while error is not None:
        chain, error = f"{chain} {error}", error.__cause__
    assert "GALAT" in chain and "Perbaikan:" in chain
