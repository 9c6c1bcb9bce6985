"""One open line a person, whatever comes: an agreed result looks at every reason, one that comes again opens a new line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings

from padanan.base.home import Home
from padanan.contracts.feedback import load_catalogue
from padanan.feedback.lines import LINES, REASONS, STANDING, open_lines
from padanan.feedback.state import fold
from tests.feedback.facts import DAY, event, store
from tests.feedback.test_fold import events

LATE = DAY + timedelta(90)


def lines(made: list[dict[str, Any]], home: Any, decisions: Any = ()) -> duckdb.DuckDBPyConnection:
    con = store(made, decisions)
    fold(con)
    open_lines(con, Home(home), load_catalogue(), today=LATE)
    return con


def complaint(day: int, **more: Any) -> dict[str, Any]:
    when = DAY + timedelta(day)
    return event("pengaduan", "ganda", when, when, kunci=f"p{day}", **more)


def visit(result: str, day: int, agency: str = "dppapp") -> dict[str, Any]:
    return event("verivali", result, DAY + timedelta(day), DAY + timedelta(day), instansi=agency)


def line(con: duckdb.DuckDBPyConnection) -> list[tuple[str, date, str]]:
    return con.execute(f"select id_garis, dibuka, kode_alasan from {LINES} where id_orang = 'a'").fetchall()


def reasons(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute(f"select kode, status from {REASONS} where id_orang = 'a' order by 1").fetchall())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(events(), events())
def test_there_is_at_most_one_open_line_a_person_and_it_names_each_open_reason(
    tmp_path: Any, made: list[dict[str, Any]], later: list[dict[str, Any]]
) -> None:
    con = lines([*made, *later], tmp_path)
    assert con.execute(f"select count(*) from (select id_orang from {LINES} group by 1 having count(*) > 1)").fetchall() == [(0,)]
    twice = f"select 1 from {REASONS} group by id_orang, kode, asal having count(*) > 1"
    assert con.execute(twice).fetchall() == []
    standing = con.execute(
        f"select id_orang, string_agg(kode, ',' order by prioritas, kode) from {REASONS} where status in {STANDING} group by 1"
    ).fetchall()
    assert dict(standing) == dict(con.execute(f"select id_orang, kode_alasan from {LINES}").fetchall())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(events())
def test_an_agreed_result_looks_at_every_reason_of_the_person(tmp_path: Any, made: list[dict[str, Any]]) -> None:
    """All three agencies meet the person after everything was recorded: no reason of theirs is left without an answer."""
    quiet = [one for one in made if one["id_orang"] == "a" and "membatalkan" not in one]
    last = max((one["dicatat"] for one in quiet), default=DAY)
    met = [
        event("verivali", "ditemukan", last + timedelta(1), last + timedelta(1), instansi=agency, cara="id_orang")
        for agency in ("dppapp", "dinsos", "disdukcapil")
    ]
    con = lines([*quiet, *met], tmp_path)
    assert set(reasons(con).values()) <= {"selesai", "menunggu_muskel"}


def test_a_reason_that_comes_again_after_a_result_is_a_new_line(tmp_path: Any) -> None:
    first = line(lines([complaint(0)], tmp_path))
    assert line(lines([complaint(0), complaint(2)], tmp_path)) == first, "the same line while nobody went there"
    assert line(lines([complaint(0), visit("ditemukan", 3)], tmp_path)) == []
    again = line(lines([complaint(0), visit("ditemukan", 3), complaint(9)], tmp_path))
    assert [one[1] for one in again] == [DAY + timedelta(9)] and again[0][0] != first[0][0]
    assert line(lines([complaint(0), visit("ditemukan", 3), complaint(9), visit("ditemukan", 12)], tmp_path)) == []


def test_who_was_not_met_later_answers_nothing(tmp_path: Any) -> None:
    """A visit of another agency that met nobody made the older result look newer than the complaint."""
    made = [visit("ditemukan", 1), complaint(5), visit("tidak_ditemukan", 9, "dinsos")]
    assert len(line(lines(made, tmp_path))) == 1


def test_a_verified_death_makes_the_other_reasons_moot_and_what_is_told_later_is_looked_at(tmp_path: Any) -> None:
    told = event("lampid", "mati", DAY, DAY)
    made = [complaint(0), told, visit("meninggal", 3)]
    assert reasons(lines(made, tmp_path)) == {"lampid_mati": "selesai", "pengaduan": "gugur"}
    assert line(lines(made, tmp_path)) == []
    assert [one[2] for one in line(lines([*made, complaint(9)], tmp_path))] == ["pengaduan"]


def test_agencies_that_differ_leave_the_line_open_and_name_it(tmp_path: Any) -> None:
    con = lines([complaint(0), visit("meninggal", 3), visit("ditemukan", 4, "dinsos")], tmp_path)
    assert reasons(con) == {"pengaduan": "konflik"}
    assert con.execute(f"select status from {LINES}").fetchall() == [("konflik",)]


def test_a_validation_that_asks_for_another_look_keeps_a_line_open(tmp_path: Any) -> None:
    look = event("verivali", "ditemukan", DAY + timedelta(3), DAY + timedelta(4), instansi="dinsos", sifat="perlu_ditinjau")
    con = lines([complaint(0), look], tmp_path)
    assert reasons(con) == {"pengaduan": "selesai", "validasi_ditinjau": "terbuka"}
