"""Half-year partitions, the calendar of runs against the agreed decree dates, all in Jakarta's time."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from orchestration.contracts import loaded
from orchestration.defs.automation.monthly import monthly
from orchestration.defs.automation.schedules import padanan_semesteran
from orchestration.defs.partitions import half_years, periode_at
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.plan import load_plans


def keys_at(moment):
    return half_years.get_partition_keys(current_time=moment)


def test_keys_are_half_years_and_reach_one_coming_window():
    keys = keys_at(datetime(2025, 8, 1, tzinfo=JAKARTA))
    assert keys == ["2025-01-01", "2025-07-01", "2026-01-01"]


def test_label_and_key_come_from_one_function():
    for key in keys_at(datetime(2027, 1, 1, tzinfo=JAKARTA)):
        assert Periode.parse(key).key == key
        assert Periode.parse(Periode.parse(key).label).key == key


def test_period_of_a_moment_follows_jakartas_midnight():
    # 30 June 17:30 UTC is already 1 July in Jakarta.
    assert periode_at(datetime(2025, 6, 30, 17, 30, tzinfo=UTC)).label == "2025-S2"
    assert periode_at(datetime(2025, 6, 30, 16, 30, tzinfo=UTC)).label == "2025-S1"


@pytest.mark.feature("F18")
def test_semi_annual_run_starts_two_weeks_or_more_before_every_agreed_decree():
    decrees = {label: day for plan in load_plans().values() for label, day in plan.decree_dates.items()}
    assert decrees
    for label, day in decrees.items():
        periode = Periode.parse(label)
        start = datetime.combine(periode.start, datetime.min.time(), tzinfo=JAKARTA)
        ticks = cron_string_iterator(start.timestamp(), padanan_semesteran.cron_schedule, "Asia/Jakarta")
        tick = next(ticks).date()
        assert periode.start <= tick <= day - timedelta(days=14), label


def test_semi_annual_schedule_asks_for_the_half_year_of_its_tick():
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2025, 12, 1, 2, tzinfo=JAKARTA))
    request = padanan_semesteran(context)
    assert request.partition_key == "2025-07-01" and request.tags["padanan/periode"] == "2025-S2"
    assert padanan_semesteran.execution_timezone == "Asia/Jakarta"


def test_a_monthly_registry_lands_only_while_in_force():
    (contract,) = (item for item in loaded().values() if item.kind == "registri" and item.cadence == "bulanan")
    made = monthly(contract)
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2025, 10, 16, 3, tzinfo=JAKARTA))
    request = made(context)
    assert request.asset_selection == [dg.AssetKey(["landing", contract.id])]
    assert request.run_key == f"{contract.id}-2025-10" and request.partition_key == "2025-07-01"
    retired = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 2, 16, 3, tzinfo=JAKARTA))
    assert isinstance(made(retired), dg.SkipReason)
    assert made.execution_timezone == "Asia/Jakarta"


def test_decree_day_of_an_unplanned_period_is_its_last_day():
    assert next(iter(load_plans().values())).decree_date(Periode(2031, 1)) == date(2031, 6, 30)
