"""Freshness checks: the same verdicts as `padanan calendar`, judged daily and never inside a run of a period."""

import json
from datetime import date, datetime
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.automation.schedules import kalender_harian
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.upkeep.calendar.freshness import freshness
from padanan.upkeep.calendar.year import build
from tests.signed import write_manifest

DAYS = (date(2025, 9, 30), date(2025, 10, 15), date(2025, 10, 16), date(2025, 12, 31))


def landed(home, contract_id, periode_data, received, status="diterima"):
    folder = home.landing(contract_id) / f"period={periode_data}" / f"delivery={contract_id:0<16.16}"
    folder.mkdir(parents=True)
    manifest = {"contract_id": contract_id, "sha16": f"{contract_id:0<16.16}", "file": "a.csv", "periode_data": periode_data,
                "diterima": f"{received}T09:00:00+07:00", "bagian": None, "status": status, "late": False, "flags": [],
                "rows_in": 10, "rows_on": 10, "rows_aside": {}}  # fmt: skip
    write_manifest(folder, manifest)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("kalender") / "data").ensure()
    landed(home, "carik", "2025-10", "2025-10-12")
    landed(home, "klj", "2025-11", "2025-10-16", status="ditahan")
    return home


@pytest.mark.feature("F08")
@pytest.mark.parametrize("day", DAYS)
def test_checks_say_what_the_command_says(repository, home, day, monkeypatch, capsys):
    """Every producer's check fails exactly when the printed calendar shows a duty of the half-year past its date."""
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    for module in ("landing", "decree"):
        monkeypatch.setattr(f"orchestration.defs.{module}.calendar.today", lambda: day)
    with dg.DagsterInstance.ephemeral() as instance:
        result = repository.get_job("pemeriksaan_kalender").execute_in_process(instance=instance)
        checks = {
            evaluation.asset_key.path[-1]: evaluation
            for evaluation in result.get_asset_check_evaluations()
            if evaluation.check_name == "tenggat"
        }
    assert main(["calendar", "--as-of", day.isoformat(), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(checks) == set(load_contracts())
    for contract_id, check in checks.items():
        own = [
            item
            for item in told["kewajiban"]
            if item["kunci"].split()[-1] == contract_id
            and item["kunci"].split()[0] in ("2025", "2025-S2", *(f"2025-{month:02d}" for month in range(7, 13)))
        ]
        behind = [
            item
            for item in own
            if item["keadaan"] == "lewat tenggat"
            or (item["keadaan"] in ("ditahan", "karantina") and item["tenggat"] < day.isoformat())
        ]
        metadata = {name: value.value for name, value in check.metadata.items()}
        assert check.passed is (not behind), contract_id
        assert check.severity == dg.AssetCheckSeverity.WARN and metadata["lewat"] == len(behind)
        if own and metadata["tenggat"] != "–":
            assert {
                "tenggat": metadata["tenggat"],
                "keadaan": metadata["keadaan"],
                "hari_terlambat": metadata["hari_terlambat"],
            } in [{name: str(item[name]) for name in ("tenggat", "keadaan", "hari_terlambat")} for item in own]
        assert check.description.startswith(f"{len(behind)} kewajiban lewat tenggat, ambang 0 ("), contract_id
    assert checks["carik"].passed is True or day == date(2025, 10, 16) or day < date(2025, 10, 15)


def test_a_held_delivery_is_behind_only_after_its_date(home):
    contracts = load_contracts()
    before = freshness(build(home, contracts, 2025, day=date(2025, 11, 15)), contracts)["klj"]
    after = freshness(build(home, contracts, 2025, day=date(2025, 11, 16)), contracts)["klj"]
    assert before.passed and not after.passed and after.entry.state == "ditahan"


def test_no_run_of_a_period_judges_the_day(repository):
    for name in ("landing_produsen", "padanan_periode", "rancangan_periode"):
        layer = repository.get_job(name).asset_layer
        names = {key.name for key in layer.asset_graph.asset_check_keys}
        assert not names & {"tenggat", "dua_penetapan_setahun", "dua_rakor_setahun"}, name


def test_the_calendar_is_judged_every_morning_in_jakarta():
    assert kalender_harian.cron_schedule == "0 6 * * *" and kalender_harian.execution_timezone == "Asia/Jakarta"
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2025, 10, 16, 6, tzinfo=JAKARTA))
    assert kalender_harian(context).run_key == "kalender-2025-10-16"


@pytest.mark.feature("F18")
def test_fewer_than_two_decrees_a_year_reach_the_alarm_file_once_a_month(repository, home, monkeypatch):
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    monkeypatch.setenv("PADANAN_ALERT_FILE", str(home.root / "logs" / "uji-alarm.jsonl"))
    for module in ("landing", "decree"):
        monkeypatch.setattr(f"orchestration.defs.{module}.calendar.today", lambda: date(2026, 1, 1))
    (home.root / "logs" / "isyarat.json").unlink(missing_ok=True)
    for _ in range(2):
        with dg.DagsterInstance.ephemeral() as instance:
            result = repository.get_job("pemeriksaan_kalender").execute_in_process(instance=instance)
            checks = {one.check_name: one for one in result.get_asset_check_evaluations()}
    assert (
        not checks["dua_penetapan_setahun"].passed
        and "0 dari sedikitnya 2" in checks["dua_penetapan_setahun"].metadata["2025"].value
    )
    lines = [json.loads(line) for line in Path(home.root / "logs" / "uji-alarm.jsonl").read_text().splitlines()]
    alarms = [line for line in lines if line["title"] == "Alarm penetapan 2025"]
    assert len(alarms) == 1 and alarms[0]["level"] == "galat" and "Perbaikan:" in alarms[0]["body"]
