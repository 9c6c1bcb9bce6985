"""The cycle in Dagster: folded once a run, nothing shown of a broken state, LP3KE on the days that its own calendar names."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.automation.schedules import lp3ke_triwulanan
from orchestration.defs.feedback import lp3ke as lp3ke_module
from orchestration.defs.feedback import prelist as prelist_module
from orchestration.defs.feedback.lp3ke import LP3KE, edisi_dibuat, lp3ke, lp3ke_tepat_waktu, matriks_kembali
from orchestration.defs.feedback.newcomers import KNOWN, calon_diputuskan, warga_dikenali
from orchestration.defs.feedback.prelist import LINES, PAGE, SHOWN, prelist
from orchestration.resources import RumahResource
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, Quarter
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.lp3ke import load_reporting
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.grants import give, revoke
from padanan.distribution.prelist import folder_of, pointer_path
from padanan.feedback import cycle, links
from padanan.feedback.lp3ke.duties import LP3KE as REPORT
from padanan.feedback.lp3ke.duties import duties
from padanan.feedback.lp3ke.period import quarter_to_look_at
from tests.distribution.agencies_by_hand import terms
from tests.distribution.decree_by_hand import PERIODE, seal_decree
from tests.review.decided_by_hand import APPROVER, PROPOSER, publish

KEY = PERIODE.key
TODAY = date(2025, 12, 20)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Home:
    found = Home.from_env().ensure()
    (found.root / "demo.json").write_text("{}")
    monkeypatch.setattr(prelist_module, "today", lambda: TODAY)
    monkeypatch.setattr(lp3ke_module, "_now", lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=JAKARTA))
    return found


def run(*assets: Any, selection: Any = None, key: str = KEY) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        list(assets), partition_key=key, resources={"rumah": RumahResource()}, selection=selection, raise_on_error=False,
        instance=dg.DagsterInstance.ephemeral(),
    )  # fmt: skip


def told(result: dg.ExecuteInProcessResult, asset: dg.AssetKey) -> dict[str, Any]:
    (made,) = [one for one in result.get_asset_materialization_events() if one.asset_key == asset]
    return {name: value.value for name, value in made.materialization.metadata.items()}


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {one.check_name: one.passed for one in result.get_asset_check_evaluations()}


def granted(home: Home) -> None:
    give(home, terms(layanan=["prelist"], wilayah=["31"]), load_catalogue(), proposer=PROPOSER, approver=APPROVER, reason="uji",
         now=datetime.now(JAKARTA))  # fmt: skip


@pytest.mark.feature("F24")
def test_one_fold_serves_figures_checks_page_and_agencies(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    folded = []
    real = cycle.open_state
    monkeypatch.setattr(cycle, "open_state", lambda *given: folded.append(1) or real(*given))
    result = run(prelist)
    assert result.success and folded == [1]
    assert checks(result) == {"satu_baris_per_orang": True, "sengketa_diputuskan": True}
    page = home.root / "reports" / KEY / "siklus" / "siklus.html"
    assert page.is_file() and told(result, LINES)["baris_terbuka"] == 0
    assert told(result, SHOWN)["keadaan"] == "tidak ada hibah prelist" and not pointer_path(home).exists()
    alone = run(prelist, selection=[PAGE])
    assert alone.success and [one.asset_key for one in alone.get_asset_materialization_events()] == [PAGE]


@pytest.mark.feature("F21", "F24")
@pytest.mark.lambat
def test_lines_are_laid_out_while_somebody_may_read_them_and_of_today_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("padanan.run.prelist_lines.granted_to_anybody", lambda *_: True)
    shown = told(run(prelist), SHOWN)
    assert (shown["keadaan"], shown["ke"]) == ("potret baru", 1) and folder_of(home, 1).is_dir()
    assert told(run(prelist), SHOWN)["keadaan"] == "potret yang sama"
    assert told(run(prelist, key=Periode(2025, 1).key), SHOWN)["keadaan"] == "bukan hari ini"
    assert json.loads(pointer_path(home).read_text())["kini"] == 1
    monkeypatch.setattr("padanan.run.prelist_lines.granted_to_anybody", lambda *_: False)
    assert told(run(prelist), SHOWN)["keadaan"] == "tidak ada hibah prelist"
    assert not pointer_path(home).exists() and not folder_of(home, 1).exists(), "nobody may read the names any more"


def test_a_grant_of_lines_is_asked_for_on_its_days(home: Home) -> None:
    from padanan.distribution.grants import granted_to_anybody

    today = datetime.now(JAKARTA).date()
    assert not granted_to_anybody(home, "prelist", today)
    granted(home)
    assert granted_to_anybody(home, "prelist", today) and not granted_to_anybody(home, "sasaran", today)
    assert not granted_to_anybody(home, "prelist", today + timedelta(400))
    revoke(home, "klj-dinsos", by=PROPOSER, reason="selesai", now=datetime.now(JAKARTA))
    assert not granted_to_anybody(home, "prelist", today)


def test_somebody_with_two_lines_stops_page_and_agencies(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    real = cycle.Standing.counted

    def twice(self: cycle.Standing) -> cycle.Cycle:
        found = real(self)
        return cycle.Cycle(**{**found.__dict__, "lines": found.people + 1})

    monkeypatch.setattr(cycle.Standing, "counted", twice)
    result = run(prelist)
    assert not result.success and checks(result)["satu_baris_per_orang"] is False
    assert {one.asset_key for one in result.get_asset_materialization_events()} == {LINES}
    assert not (home.root / "reports" / KEY / "siklus").exists()


@pytest.mark.feature("F25")
def test_newcomers_are_compared_and_those_who_wait_are_a_warning(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(warga_dikenali, calon_diputuskan)
    assert first.success and told(first, KNOWN)["keadaan"] == "belum ada terbitan untuk dibandingkan"
    publish(home, people=300)
    second = run(warga_dikenali, calon_diputuskan)
    assert second.success and told(second, KNOWN)["dibandingkan"] == 0 and checks(second) == {"calon_diputuskan": True}
    links.record_found(
        home, [], [links.Pair("baru1", "orang1", 0.7, 9.0), links.Pair("baru1", "orang2", 0.6, 8.0)], publication="x", rules="y",
        now=datetime.now(JAKARTA),
    )  # fmt: skip
    (waiting,) = run(warga_dikenali, calon_diputuskan).get_asset_check_evaluations()
    assert not waiting.passed and waiting.severity is dg.AssetCheckSeverity.WARN
    assert {name: waiting.metadata[name].value for name in ("warga_menunggu", "pasangan")} == {"warga_menunggu": 1, "pasangan": 2}


def test_lp3ke_is_looked_at_on_the_days_of_its_own_calendar_and_no_others() -> None:
    """Each day of a year: after the end of a quarter, and after each day on which `lp3ke.yaml` says that it is due."""
    facts = load_contracts(), load_agencies(expectations_dir()), load_reporting()
    expected = set[date]()
    for year in (2026, 2027):
        expected |= {duty.due + timedelta(1) for duty in duties(year, *facts) if duty.kind == REPORT}
        expected |= {Quarter(year, number).start for number in (1, 2, 3, 4)}
    days = [date(2026, 1, 1) + timedelta(step) for step in range(400)]
    assert {day for day in days if quarter_to_look_at(day)} == {day for day in expected if day <= days[-1]}
    assert quarter_to_look_at(date(2026, 1, 1)) == Quarter(2025, 4) == quarter_to_look_at(date(2026, 2, 1))
    assert quarter_to_look_at(date(2023, 1, 1)) is None, "from before the duty"


@pytest.mark.feature("F42")
@pytest.mark.parametrize(
    ("day", "key"), [(date(2026, 1, 1), "2025-07-01"), (date(2026, 5, 1), "2026-01-01"), (date(2026, 1, 2), "")]
)
def test_the_schedule_asks_for_the_half_year_of_the_quarter(day: date, key: str) -> None:
    context = dg.build_schedule_context(scheduled_execution_time=datetime(day.year, day.month, day.day, 4, tzinfo=JAKARTA))
    asked = lp3ke_triwulanan(context)
    if not key:
        assert isinstance(asked, dg.SkipReason)
    else:
        assert asked.partition_key == key and asked.run_key == f"lp3ke-{quarter_to_look_at(day).key}-{day}"


@pytest.mark.feature("F38", "F42")
@pytest.mark.lambat
def test_lp3ke_of_a_quarter_that_is_over_is_made_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    every = (lp3ke, edisi_dibuat, matriks_kembali, lp3ke_tepat_waktu)
    early = run(*every)
    assert early.success and told(early, LP3KE)["2025-TW3"] == "belum ada data sasaran"
    assert told(early, LP3KE)["2025-TW4"] == "belum berakhir"
    assert checks(early) == {"edisi_dibuat": False, "matriks_kembali": True, "lp3ke_tepat_waktu": False}, "TW3 was due in October"
    seal_decree(home, PERIODE, people=30)
    made = run(*every)
    assert made.success and told(made, LP3KE)["2025-TW3"].startswith("dibuat: ")
    assert checks(made) == {"edisi_dibuat": True, "matriks_kembali": False, "lp3ke_tepat_waktu": False}
    again = run(*every)
    assert told(again, LP3KE)["2025-TW3"] == "sudah ada"
    assert len(list((home.root / "lp3ke").glob("*/rev-*"))) == 1
