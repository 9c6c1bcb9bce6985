"""DuckDB's SQL said for Spark, patterns said for Java, and two warehouses compared: what needs no Spark to be seen."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from padanan.spark.cursor import statements
from padanan.spark.dialect import Untranslatable, to_spark
from padanan.spark.equal import compare_tables
from padanan.spark.regex import java_pattern, java_replacement


def _said(sql: str) -> str:
    return to_spark(sql, lambda paths: f"berkas_{len(paths)}")


@pytest.mark.feature("F14")
@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        (r"^RT\s[0-9]$", r"(?d)^RT[\t\n\f\r ][0-9]\z"),
        (r"[\s\pZ[]", r"(?d)[\t\n\f\r \pZ\[]"),
        (r"[^]a&&b]", r"(?d)[^\]a\&\&b]"),
        (r"\x{2010}\p{Cf}\$", r"(?d)\x{2010}\p{Cf}\$"),
        (r"a\Sb", r"(?d)a[^\t\n\f\r ]b"),
    ],
)
def test_patterns_keep_their_meaning(pattern: str, java: str) -> None:
    """Ends, spaces and classes are written so that Java matches what RE2 does."""
    assert java_pattern(pattern) == java


@pytest.mark.feature("F14")
def test_half_a_pattern_is_refused() -> None:
    """A pattern that ends too early is no pattern."""
    for pattern in ("[ab", "ab\\"):
        with pytest.raises(ValueError, match="pattern ends within"):
            java_pattern(pattern)
    assert java_replacement(r"\1/\2 $5\\") == r"$1/$2 \$5\\\\"


@pytest.mark.feature("F14")
@pytest.mark.parametrize(
    ("duck", "spark"),
    [
        ("select * exclude (a) from t", "SELECT * EXCEPT (a) FROM t"),
        ("select a // 2 from t order by a", "SELECT a DIV 2 FROM t ORDER BY a NULLS LAST"),
        ("with x as not materialized (select 1 as a) select a from x", "WITH x AS (SELECT 1 AS a) SELECT a FROM x"),
        ("select try_strptime(a, '%d%m%Y') from t", "SELECT TRY_TO_TIMESTAMP(a, 'ddMMyyyy') FROM t"),
        ("select try_strptime(a, '%d/%m/%Y') from t", "SELECT TRY_TO_TIMESTAMP(a, 'd/M/yyyy') FROM t"),
        ("select a from read_parquet(['x', 'y']) as r", "SELECT a FROM berkas_2 AS r"),
        (
            "select regexp_replace(regexp_replace(a, 'x', '', 'g'), 'y', '\\1', 'g') from t",
            "SELECT REGEXP_REPLACE(REGEXP_REPLACE(a, '(?d)x', ''), '(?d)y', '$1') FROM t",
        ),
    ],
)
def test_words_of_one_engine_become_the_other_s(duck: str, spark: str) -> None:
    """Also where one stands inside the other."""
    assert _said(duck) == spark


@pytest.mark.feature("F14")
def test_what_stands_inside_a_longer_wording_is_said_too() -> None:
    """A value that a wording takes over is translated before."""
    said = _said(
        "select list_has_all(regexp_extract_all(a, 'x', 1), string_split(trim(b), ' ')), jaro_winkler_similarity(trim(c), d)"
    )
    assert "'(?d)x'" in said and said.count("TRIM(BOTH '") == 2


@pytest.mark.feature("F14")
def test_files_are_asked_while_translating(tmp_path: Path) -> None:
    """What a table function says of a file, and not of its rows, is written into the query; a missing file is no row."""
    file = tmp_path / "isi.json"
    file.write_text("it's")
    assert _said(f"select content from read_text('{file}')") == r"SELECT content FROM (SELECT 'it\'s' AS content)"
    assert "WHERE FALSE" in _said(f"select count(*) from glob('{tmp_path}/tidak-ada')")


@pytest.mark.feature("F14")
@pytest.mark.parametrize(
    "sql",
    [
        "select regexp_replace(a, 'x', 'y') from t",
        "select regexp_matches(a, b) from t",
        "select try_strptime(a, '%j') from t",
        "select string_agg(distinct a, ',' order by b) from t",
        "select datesub('month', a, b) from t",
        "select list(a order by b desc) from t",
        "select from where",
    ],
)
def test_what_has_no_counterpart_is_refused(sql: str) -> None:
    """A construct that would mean something else in Spark is named, never guessed."""
    with pytest.raises(Untranslatable, match="Perbaikan"):
        _said(sql)


@pytest.mark.feature("F14")
def test_dbt_s_own_statements_pass_unchanged() -> None:
    """Only queries and the tables made of them are ours."""
    for sql in (
        "show table extended in padanan like '*'",
        "/* dbt */\ndrop table if exists padanan.x",
        "create schema if not exists y",
    ):
        assert statements(None, sql) == [sql]
    assert statements(None, "/* dbt */ create table padanan.x\n as\n select a // 2 from t") == [
        "CREATE TABLE padanan.x AS SELECT a DIV 2 FROM t"
    ]


@pytest.mark.feature("F14")
@pytest.mark.parametrize(
    ("other", "missing", "added", "columns"),
    [
        ("select * from a", 0, 0, ()),
        ("select k::hugeint as k, t from a", 0, 0, ()),
        ("select * from a limit 2", 1, 0, ()),
        ("select * from a union all select 1, 'x'", 0, 1, ()),
        ("select k, case when k = 2 then 'lain' else t end as t from a", 1, 1, ()),
        ("select distinct on (t) * from a", 1, 0, ()),
        ("select k, t as u from a", 3, 3, ("t", "u")),
        ("select t, k from a", 3, 3, ("urutan kolom",)),
    ],
)
def test_two_tables_differ_where_they_do(other: str, missing: int, added: int, columns: tuple[str, ...]) -> None:
    """A row too few, too many, changed or once instead of twice is counted; a wider type of number is none."""
    con = duckdb.connect()
    con.execute("create table a as select * from (values (1, 'x'), (2, 'y'), (1, 'x')) as v (k, t)")
    con.execute(f"create view b as {other}")
    got = compare_tables(con, [("a", "a", "b")])[0]
    assert (got.missing, got.added, got.columns) == (missing, added, columns)
    assert got.equal == (not (missing or added or columns))
