"""What DuckDB's words mean, Spark's translation means too: the same answers for texts that the engines' own words part on."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from padanan.spark.cursor import statements
from padanan.spark.dialect import to_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Line ends, spaces and letters that RE2 and Java, or DuckDB and Spark, take differently; names on both sides of Winkler's line.
TEXTS = (
    None,
    "",
    "RT 003/RW 05",
    "RT 3\n",
    "RT\x0b3",
    "ÉRT 3",
    "RTÉ 3",
    "a\u2028b",
    "a\rb",
    "\u00a0NIK 31\u3000",
    "\t31 ",
    "straße",
    "Îlé Ñandú",
    "[x]&&[y]",
    "MARTHA",
    "MARHTA",
    "ABCXYZQ",
    "ABCDEFGHI",
    "SITI AMINAH",
    "31/02/1980",
    "5/7/1980",
    "05071980",
    "29022000",
    "$1\\1",
)
WORDS = (
    r"regexp_matches(t, '\bRT[^A-Z]')",
    r"regexp_matches(t, 'RT\s3$')",
    r"regexp_matches(t, 'a.b')",
    r"regexp_full_match(t, 'RT 3')",
    r"regexp_full_match(t, '[\s\pZ]*(NIK|R|RT)? ?[0-9]+[\s\pZ]*')",
    r"regexp_replace(t, '[[]([a-z])[]&]+', '<\1$>', 'g')",
    r"regexp_replace(t, '[^\pL\pN\s]', '', 'g')",
    r"nullif(regexp_extract(t, 'RT ([0-9]+)(?:/RW ([0-9]+))?', 2), '')",
    r"regexp_extract(t, '[0-9]+')",
    r"regexp_extract(t, 'RT ([0-9]+)/RW ([0-9]+)', ['a', 'b']).b",
    r"len(list_distinct(regexp_extract_all(t, '([0-9])', 1)))",
    "upper(t)",
    "strip_accents(t)",
    "trim(t)",
    "trim(t, ' T')",
    "length(t)",
    "left(t, 3) || right(t, 2)",
    "concat(t, null, 'x')",
    "concat_ws(',', null, t, 'x')",
    "list_has_all(string_split('RT 003/RW 05 AMINAH SITI', ' '), string_split(t, ' '))",
    "array_to_string(list_transform(string_split(t, ' '), lambda w: case when w in ('RT') then 'R' else w end), '_')",
    "try_strptime(t, '%d/%m/%Y')",
    "try_strptime(t, '%d%m%Y')",
    "strftime(try_strptime(t, '%d/%m/%Y'), '%d%m%y')",
    "try_strptime(t, '%d/%m/%Y') + to_minutes(30)",
    "try_cast(t as integer)",
    "t is distinct from 'MARTHA'",
    "t like 'R_ 3%'",
)


@pytest.mark.feature("F14")
def test_words_mean_the_same(spark: SparkSession) -> None:
    """Every word over every text; where one differs it is named with the text."""
    asked = ", ".join(f"{word} as w{n}" for n, word in enumerate(WORDS))
    query = f"select n, {asked} from teks"
    con = duckdb.connect()
    con.execute("create table teks as select unnest(range(len($1))) as n, unnest($1) as t", [list(TEXTS)])
    expected = {row[0]: row[1:] for row in con.execute(query).fetchall()}
    spark.createDataFrame(list(enumerate(TEXTS)), "n int, t string").createOrReplaceTempView("teks")
    got = {row[0]: tuple(row)[1:] for row in spark.sql(to_spark(query, lambda _: "")).collect()}
    odd = [
        (WORDS[k], TEXTS[n], expected[n][k], got[n][k])
        for n in expected
        for k in range(len(WORDS))
        if expected[n][k] != got[n][k]
    ]
    assert odd == []


@pytest.mark.feature("F14")
def test_names_are_as_alike_in_both(spark: SparkSession) -> None:
    """Jaro-Winkler of all pairs, also of those that share a beginning and little else."""
    query = "select a.n, b.n, jaro_winkler_similarity(a.t, b.t) from teks as a cross join teks as b where a.t <> '' and b.t <> ''"
    con = duckdb.connect()
    con.execute("create table teks as select unnest(range(len($1))) as n, unnest($1) as t", [list(TEXTS)])
    spark.createDataFrame(list(enumerate(TEXTS)), "n int, t string").createOrReplaceTempView("teks")
    expected = sorted(con.execute(query).fetchall())
    got = sorted(tuple(row) for row in spark.sql(to_spark(query, lambda _: "")).collect())
    assert len(got) > 400
    assert [(a, b, round(s, 9)) for a, b, s in got] == [(a, b, round(s, 9)) for a, b, s in expected]


@pytest.mark.feature("F14")
def test_queries_mean_the_same(spark: SparkSession) -> None:
    """Grouped lists, the row that speaks for a group, QUALIFY, structs, years between days, whole-number division."""
    table = (
        "(values (1, 'b', date '2000-02-29'), (1, 'a', null), (1, 'b', date '1999-01-31'), (2, null, date '2001-02-28'))"
        " as v (k, t, d)"
    )
    queries = (
        f"select k, string_agg(distinct t, ',' order by t), string_agg(t, ';' order by t) from {table} group by all",
        f"select k, arg_min(t, coalesce(cast(d as varchar), '~')), bool_or(t = 'a'), bit_or(1 << k) from {table} group by k",
        f"select v.k, v.t from {table} qualify v.d = max(v.d) over (partition by v.k)",
        f"select k, list({{'t': t, 'd': d}} order by t, d)[1]['t'] as satu from {table} where t is not null group by k",
        f"select k, d, datesub('year', d, date '2025-02-28'), d - interval 6 month, d + k from {table}",
        f"select * exclude (t), k // 2, (k >> 1) & 1 = 1 from {table}",
        f"select k, unnest([t, cast(k as varchar)]) from {table}",
        f"with x as materialized (select k from {table}), y as not materialized (select k from x) select count(*) from y",
    )
    con = duckdb.connect()
    for query in queries:
        expected = sorted(map(_plain, con.execute(query).fetchall()), key=repr)
        got = sorted((_plain(tuple(row)) for row in spark.sql(to_spark(query, lambda _: "")).collect()), key=repr)
        assert got == expected, query


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    # DuckDB makes a timestamp of a date less months, Spark a date: the same day.
    return tuple(v.date() if isinstance(v, datetime) and isinstance(v, date) else v for v in row)


@pytest.mark.feature("F14")
def test_an_update_leaves_the_other_rows(spark: SparkSession) -> None:
    """The rows that the condition finds have the new value, all others their own, and the table its name."""
    spark.sql("drop table if exists padanan.sejumlah")
    spark.sql(
        "create table padanan.sejumlah as select * from values (1, 'a', true), (2, 'b', null), (3, null, false) as t(k, s, b)"
    )
    for statement in statements(spark, "update padanan.sejumlah set s = 'baru' where k in (select 2 union all select 3)"):
        spark.sql(statement)
    assert sorted(tuple(row) for row in spark.table("padanan.sejumlah").collect()) == [
        (1, "a", True),
        (2, "baru", None),
        (3, "baru", False),
    ]
    assert spark.table("padanan.sejumlah").columns == ["k", "s", "b"]
