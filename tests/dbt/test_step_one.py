"""When step 1 takes a NIK's two records for one person: every pair of levels, and each level of the birth date (F12)."""

from pathlib import Path

import duckdb
import jinja2
import pytest

MACROS = Path(__file__).resolve().parents[2] / "dbt_project" / "macros" / "padanan.sql"


@pytest.fixture(scope="module")
def macros():
    """The macros as dbt reads them, without its context: these call none of its functions."""
    return jinja2.Environment(extensions=["jinja2.ext.do"]).from_string(MACROS.read_text(encoding="utf-8")).module


@pytest.mark.feature("F12")
def test_step_one_accepts_a_like_name_only_with_the_same_birth_date(macros):
    accepted = duckdb.sql(
        f"select n, b from range(4) x(n), range(3) y(b) where {macros.same_person('n', 'b')} order by all"
    ).fetchall()
    assert accepted == [(1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]


@pytest.mark.feature("F12")
@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("1980-07-12", "1980-07-12", 2),
        ("1980-07-12", None, 1),
        (None, None, 1),
        ("1980-07-12", "1980-12-07", 1),
        ("1980-07-12", "1980-07-21", 1),
        ("1980-07-12", "1981-07-12", 1),
        ("1980-07-12", "1981-08-12", 0),
        ("1980-07-12", "1981-12-07", 0),
        ("1980-07-12", "1955-11-30", 0),
    ],
)
def test_levels_of_the_birth_date(macros, one, other, level):
    sql = f"select {macros.birth_level('a', 'b')} from (select try_cast($1 as date) as a, try_cast($2 as date) as b)"
    with duckdb.connect() as con:
        assert con.execute(sql, [one, other]).fetchall() == [(level,)]
