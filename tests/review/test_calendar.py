"""The calendar (F08): due dates from the decree date, states on a day, alarms, and the same answer on paper, page and .ics."""

import dataclasses
import hashlib
import json
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padanan.base.errors import PadananError
from padanan.base.period import Periode, months_before
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.contracts.due import days_late, deadline, due_date, duty_deadline, month_deadline, state_of
from padanan.contracts.plan import load_plans
from padanan.run.report import render_report
from padanan.upkeep.calendar.page import standalone, strip
from padanan.upkeep.calendar.show import LINE, ics, table
from padanan.upkeep.calendar.twice import ALARM, WARNING, Decree, approved_decrees, decree_signal, meeting_signal, periods_decreed
from padanan.upkeep.calendar.year import DECREE, DELIVERY, DUTY, MONTH, PLAN, build
from tests.review.published_by_hand import PERIODE, write_landing, write_published
from tests.signed import write_manifest

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


# Read once, also by the property tests, which can't use fixtures of a module without reading them anew.
cached_contracts = cache(load_contracts)
cached_plans = cache(load_plans)


@pytest.fixture(scope="module")
def contracts():
    return cached_contracts()


@pytest.fixture(scope="module")
def plans():
    return cached_plans()


def entries(calendar, kind):
    return {entry.key: entry for entry in calendar.entries if entry.kind == kind}


@pytest.mark.feature("F08")
@settings(max_examples=300, deadline=None)
@given(DAYS, st.integers(0, 24))
def test_months_before_is_month_end_safe(day, months):
    """Exactly so many months earlier; the same day of the month, or the month's last when it has no such day."""
    found = months_before(day, months)
    assert (day.year * 12 + day.month) - (found.year * 12 + found.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


@pytest.mark.feature("F08")
@settings(max_examples=150, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2025, 12, 31)), DAYS, st.one_of(st.none(), DAYS))
def test_dinsos_and_dppapp_owe_two_months_before_any_decree(decree, day, received):
    contracts, plans = cached_contracts(), cached_plans()
    plan = plans[2025].model_copy(update={"decree_dates": {"2025-S2": decree}})
    for contract_id in ("dtks", "carik"):
        due = deadline(contracts[contract_id], Periode(2025, 2), {2025: plan})
        assert due == months_before(decree, 2)
        state = state_of(received, None, False, due, day)
        if received is None:
            assert state == ("lewat tenggat" if day > due else "belum jatuh tempo")
        else:
            assert state == ("terlambat" if received > due else "tepat waktu")
        assert (days_late(received, due, day) > 0) == ((received or day) > due)


@pytest.mark.feature("F08")
def test_31_august_gives_30_june_and_a_year_without_plan_gives_none(contracts, plans):
    plan = plans[2025].model_copy(update={"decree_dates": {"2025-S1": date(2025, 8, 31)}})
    assert deadline(contracts["dtks"], Periode(2025, 1), {2025: plan}) == date(2025, 6, 30)
    assert deadline(contracts["dtks"], Periode(2025, 1), {}) is None
    assert state_of(None, None, False, None, date(2099, 1, 1)) == "belum jatuh tempo"


def test_a_yearly_producer_owes_for_the_last_decree_of_the_year_only(contracts, plans):
    """Its S1 delivery is in time all year; a half-yearly producer's is not."""
    assert contracts["bpms"].cadence == "tahunan"
    assert duty_deadline(contracts["bpms"], Periode(2025, 1), plans) == date(2025, 11, 15)
    assert due_date(contracts["bpms"], "2025-03", plans) == date(2025, 11, 15)
    assert due_date(contracts["klj"], "2025-03", plans) == date(2025, 5, 30)


def test_a_months_delivery_is_due_by_its_end_or_by_the_contracts_day(contracts):
    assert month_deadline(contracts["dtks"], date(2024, 2, 1)) == date(2024, 2, 29)
    on_31 = dataclasses.replace(contracts["dtks"], deadline={"bulanSebelumPenetapan": 2, "tanggalBulanan": 31})
    assert month_deadline(on_31, date(2025, 2, 1)) == date(2025, 2, 28)
    on_16 = dataclasses.replace(contracts["dtks"], deadline={"tanggalBulanan": 16})
    assert month_deadline(on_16, date(2025, 2, 1)) == date(2025, 2, 16)


def landed(home, contract_id, periode_data, received, *, late=False, status="diterima"):
    sha16 = hashlib.sha256(f"{contract_id}|{periode_data}|{received}".encode()).hexdigest()[:16]
    folder = home.landing(contract_id) / f"period={periode_data}" / f"delivery={sha16}"
    write_landing(home, contract_id, sha16, status=status, late=late, sha256=sha16 * 4, file="a.csv")
    written = home.landing(contract_id) / "period=2025-10" / f"delivery={sha16}" / "manifest.json"
    manifest = json.loads(written.read_text()) | {"periode_data": periode_data, "diterima": f"{received}T09:00:00+07:00"}
    folder.mkdir(parents=True, exist_ok=True)
    written.unlink()
    write_manifest(folder, manifest)


@pytest.fixture
def year(home, contracts):
    """2025: DTKS on time, Carik late, KLJ held, one month of DTKS missing, BPMS in spring."""
    landed(home, "dtks", "2025-10", "2025-10-10")
    landed(home, "dtks", "2025-09", "2025-10-02")
    landed(home, "carik", "2025-10", "2025-10-20", late=True)
    landed(home, "klj", "2025-11", "2025-11-05", status="ditahan")
    landed(home, "bpms", "2025-03", "2025-03-03")

    def at(day):
        return build(home, contracts, 2025, day=day)

    return at


@pytest.mark.feature("F08")
@pytest.mark.feature("F03")
@pytest.mark.feature("F07")
def test_states_on_a_day(year):
    calendar = year(date(2025, 11, 20))
    by = entries(calendar, DELIVERY)
    assert (by["2025-S2 dtks"].state, by["2025-S2 dtks"].due) == ("tepat waktu", date(2025, 10, 15))
    assert (by["2025-S2 carik"].state, by["2025-S2 carik"].days_late) == ("terlambat", 5)
    assert by["2025-S2 klj"].state == "ditahan"
    assert (by["2025-S2 kpdj"].state, by["2025-S2 kpdj"].days_late) == ("lewat tenggat", 5)
    assert by["2025 bpms"].state == "tepat waktu" and "2025-S1 bpms" not in by and "2025-S2 bpms" not in by
    months = entries(calendar, MONTH)
    assert months["2025-10 dtks"].state == "tepat waktu"
    assert (months["2025-09 dtks"].state, months["2025-09 dtks"].days_late) == ("terlambat", 2)
    assert months["2025-08 dtks"].state == "lewat tenggat"
    assert months["2025-11 dtks"].state == "belum jatuh tempo" == months["2025-12 dtks"].state
    duties = entries(calendar, DUTY)
    assert duties["2025 bpms"].state == "tepat waktu" and duties["2025 klj"].state == "belum jatuh tempo"
    assert "2025 dtks" not in duties, "a registry is no program"


@pytest.mark.feature("F08")
def test_what_came_later_is_not_known_on_an_earlier_day(year):
    calendar = year(date(2025, 10, 15))
    by = entries(calendar, DELIVERY)
    assert by["2025-S2 carik"].state == "belum jatuh tempo" and by["2025-S2 klj"].state == "belum jatuh tempo"
    assert entries(year(date(2025, 10, 16)), DELIVERY)["2025-S2 carik"].state == "lewat tenggat"


@pytest.mark.feature("F07")
def test_a_program_that_sent_nothing_in_a_calendar_year_is_an_alarm(year):
    assert not [one for one in year(date(2025, 12, 31)).signals if one.subject == "kewajiban tahunan"]
    [alarm] = [one for one in year(date(2026, 1, 1)).signals if one.subject == "kewajiban tahunan"]
    assert alarm.level == ALARM and "klj" in alarm.text and "bpms" not in alarm.text
    assert entries(year(date(2026, 1, 1)), DUTY)["2025 klj"].state == "lewat tenggat"


def seal(home, periode, ke, day, status="ditetapkan"):
    folder = home.decree(periode) / f"ke-{ke}"
    folder.mkdir(parents=True)
    (folder / "segel.json").write_text(json.dumps({"status": status, "nomor": f"{ke}/2025", "tanggal": day, "ke": ke}))


@pytest.mark.feature("F18")
def test_only_distinct_approved_periods_count_towards_two_a_year(home):
    seal(home, Periode(2025, 1), 1, "2025-06-30")
    seal(home, Periode(2025, 1), 2, "2025-09-01")
    seal(home, Periode(2025, 2), 1, "2025-12-01", status="rancangan")
    decrees = approved_decrees(home)
    assert [(one.periode.label, one.ke) for one in decrees] == [("2025-S1", 1), ("2025-S1", 2)]
    assert list(periods_decreed(decrees, 2025)) == [Periode(2025, 1)], "a perubahan is no second penetapan"
    planned = [date(2025, 6, 30), date(2025, 12, 15)]
    assert decree_signal(decrees, planned, 2025, date(2025, 12, 15)) is None
    assert decree_signal(decrees, planned, 2025, date(2025, 12, 16)).level == WARNING
    assert decree_signal(decrees, planned, 2025, date(2025, 12, 31)).level == WARNING
    alarm = decree_signal(decrees, planned, 2025, date(2026, 1, 1))
    assert alarm.level == ALARM and alarm.text.startswith("1 dari sedikitnya 2") and "2025-S1" in alarm.text
    assert decree_signal(decrees, [], 2025, date(2025, 12, 20)) is None, "without a plan only the year's end tells"
    both = [*decrees, Decree(Periode(2025, 2), 1, "2", date(2025, 12, 31))]
    assert decree_signal(both, planned, 2025, date(2026, 1, 1)) is None
    late = [*decrees, Decree(Periode(2025, 2), 1, "2", date(2026, 1, 2))]
    assert decree_signal(late, planned, 2025, date(2026, 2, 1)).level == ALARM, "signed in the next year, it counts there"


@pytest.mark.feature("F18")
def test_the_calendar_shows_decrees_and_a_broken_seal_is_named(home, contracts):
    seal(home, Periode(2025, 1), 1, "2025-07-04")
    calendar = build(home, contracts, 2025, day=date(2026, 1, 1))
    by = entries(calendar, DECREE)
    assert (by["2025-S1"].state, by["2025-S1"].days_late) == ("terlambat", 4)
    assert by["2025-S2"].state == "lewat tenggat"
    assert [one.level for one in calendar.signals if one.subject == "penetapan"] == [ALARM]
    assert entries(build(home, contracts, 2025, day=date(2025, 7, 3)), DECREE)["2025-S1"].done is None
    (home.decree(Periode(2025, 1)) / "ke-1" / "segel.json").write_text("{")
    with pytest.raises(PadananError, match=r"decree/2025-01-01/ke-1/segel\.json"):
        build(home, contracts, 2025, day=date(2026, 1, 1))


@pytest.mark.feature("F48")
def test_two_rakor_a_year():
    held, planned = [date(2025, 5, 20)], [date(2025, 5, 20), date(2025, 11, 25)]
    assert meeting_signal(held, planned, 2025, date(2025, 11, 25)) is None
    assert meeting_signal(held, planned, 2025, date(2025, 11, 26)).level == WARNING
    assert meeting_signal(held, planned, 2025, date(2026, 1, 1)).level == ALARM
    assert meeting_signal([*held, date(2025, 12, 30)], planned, 2025, date(2026, 1, 1)) is None


@pytest.mark.feature("F01")
def test_next_years_plan_falls_due_before_it_begins(home, contracts, plans):
    only = {2025: plans[2025]}
    calendar = build(home, contracts, 2025, day=date(2025, 12, 31), plans=only)
    assert entries(calendar, PLAN)["2026"].state == "belum jatuh tempo"
    later = build(home, contracts, 2026, day=date(2026, 1, 1), plans=only)
    assert entries(later, PLAN)["2026"].state == "lewat tenggat"
    assert [one.level for one in later.signals if one.subject == "rencana data"] == [ALARM]
    assert all(entry.due is None for entry in later.entries if entry.kind == DELIVERY), "no plan, no due date, nothing overdue"
    too_late = {
        2026: plans[2026].model_copy(update={"minutes": plans[2026].minutes.model_copy(update={"day": date(2026, 1, 5)})})
    }
    told = build(home, contracts, 2026, day=date(2026, 2, 1), plans=too_late)
    assert "tidak berlaku" in next(one.text for one in told.signals if one.subject == "rencana data")


@pytest.mark.feature("F08")
def test_table_json_page_and_ics_say_the_same(year, home, contracts, plans, capsys, tmp_path):
    calendar = year(date(2025, 11, 20))
    text = table(calendar)
    for entry in calendar.entries:
        assert entry.due.isoformat() in text and entry.state in text
    page = standalone(calendar)
    assert page == standalone(year(date(2025, 11, 20)))
    body = re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", page, flags=re.S)
    for state, count in calendar.counted().items():
        assert body.count(f"</span> {state}</td>") == count
    assert "http" not in page.replace("http-equiv", "") and "<script" not in page
    assert str(strip(calendar)).count('<g class="') == len({(entry.kind, entry.due) for entry in calendar.entries})
    assert main(["--home", str(home.root), "calendar", "--year", "2025", "--as-of", "2025-11-20", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == calendar.as_dict()
    files = [tmp_path / "a.ics", tmp_path / "b.ics"]
    for path, day in zip(files, ("2025-11-20", "2025-03-01"), strict=True):
        assert main(["--home", str(home.root), "calendar", "--year", "2025", "--as-of", day, "--ics", str(path)]) == 0
    assert files[0].read_bytes() == files[1].read_bytes(), "due dates do not depend on the day that they are printed"
    assert main(["--home", str(home.root), "calendar", "--year", "2031", "--ics", str(tmp_path / "c.ics")]) == 1
    assert main(["--home", str(home.root), "calendar", "--year", "2025", "--html", str(tmp_path / "tidak" / "k.html")]) == 0
    assert Path(tmp_path / "tidak" / "k.html").read_text().startswith("<!doctype html>")


@pytest.mark.feature("F08")
def test_ics_is_rfc_5545(year):
    content = ics(year(date(2025, 11, 20)), date(2024, 11, 28))
    lines = content.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= LINE for line in lines)
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") == unfolded.count("UID:")
    assert "DTSTART;VALUE=DATE:20251015\r\nDTEND;VALUE=DATE:20251016" in unfolded and "TRIGGER:-P14D" in unfolded
    uids = re.findall(r"UID:(\S+)", unfolded)
    assert len(set(uids)) == len(uids) and not re.search(r"(?<!\d)\d{15,16}(?!\d)", unfolded)


@pytest.mark.feature("F08")
def test_the_report_carries_the_calendar_of_its_cutoff_day(home):
    write_published(home, people=300)
    landed(home, "carik", "2025-10", "2025-10-20", late=True)
    landed(home, "kaj", "2025-11", "2025-12-20", late=True)
    page = render_report(home, PERIODE, 1).parent / "kalender.html"
    text = page.read_text()
    assert "Keadaan 15 Desember 2025" in text and "periode 2025-S2 revisi 1" in text
    assert "5 hari terlambat" in text and "20 Des 2025" not in text, "what came after the cut-off is not known"
    render_report(home, PERIODE, 1)
    assert page.read_text() == text
