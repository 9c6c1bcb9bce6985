"""DuckDB's SQL, as the dbt models compile to it, said in Spark's words with DuckDB's meaning.

sqlglot carries the grammar; here stands only where both engines have a word but not the same meaning, or one has none. No rule of
the house is written here, and which statements are translated belongs to `cursor`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from padanan.base.errors import PadananError
from padanan.spark.regex import java_pattern, java_replacement

# Java's date letters; a lone %d or %m also reads one digit, glued to others it has two.
_DATE_PARTS = {"%d": "dd", "%m": "MM", "%Y": "yyyy", "%y": "yy", "%H": "HH", "%M": "mm", "%S": "ss"}
# The session's function of that name.
SIMILARITY = "padanan_jaro_winkler"
# What a table function of DuckDB answers about files, and not about their rows, is asked of DuckDB while translating.
ASKED = ("read_text", "glob", "parquet_file_metadata")

Reader = Callable[[list[str]], str]


class Untranslatable(PadananError):
    """A construct that has no words in Spark here; the model is named by the caller."""


def to_spark(sql: str, reader: Reader) -> str:
    """One DuckDB statement in Spark's SQL.

    Args:
        sql: a query, or `create table … as` one.
        reader: gives the name of a relation that holds the rows of these Parquet files.

    Raises:
        Untranslatable: the statement can't be read, or uses what has no counterpart here.
    """
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except sqlglot.errors.ParseError as error:
        where = error.errors[0] if error.errors else {}
        raise Untranslatable(
            f"SQL tidak terbaca pada baris {where.get('line')}, kolom {where.get('col')}",
            cure="tulis bagian itu dalam SQL yang umum",
        ) from None
    # Children before parents: what stands inside a replaced node is replaced too.
    for node in reversed(list(tree.walk(bfs=True))):
        new = _node(node, reader)
        if new is not node:
            if node is tree:
                tree = new
            type(node).replace(node, new)
    return str(tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE))


def _node(node: Any, reader: Reader) -> Any:
    make = _BY_TYPE.get(type(node))
    if make is not None:
        return make(node)
    if isinstance(node, exp.Anonymous):
        named = _BY_NAME.get(str(node.this).lower())
        return named(*node.expressions) if named else node
    if isinstance(node, exp.Table) and isinstance(node.this, exp.ReadParquet | exp.Anonymous):
        return _table(node, reader)
    return node


def _call(name: str, *values: exp.Expression | str | int) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[_value(v) for v in values])


def _value(value: exp.Expression | str | int) -> exp.Expression:
    if isinstance(value, exp.Expression):
        return value
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)


def _spark(template: str, **values: exp.Expression) -> exp.Expression:
    """A Spark expression with `:name` for its values."""
    tree = sqlglot.parse_one(template, read="spark")
    filled = tree.transform(lambda n: values[n.name].copy() if isinstance(n, exp.Placeholder) and n.name in values else n)
    return exp.paren(filled)


# Regular expressions


def _pattern(node: exp.Expression | None) -> str:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise Untranslatable("pola regex bukan teks tetap", cure="tulis polanya sebagai teks")
    return java_pattern(str(node.this))


def _matches(node: exp.Expression) -> exp.Expression:
    return _call("regexp_like", node.this, _pattern(node.expression))


def _matches_whole(node: exp.Expression) -> exp.Expression:
    inner = _pattern(node.expression)
    return _call("regexp_like", node.this, rf"{inner[:4]}\A(?:{inner[4:]})\z")


def _replaced(node: exp.Expression) -> exp.Expression:
    if "g" not in str(node.args.get("modifiers") or ""):
        raise Untranslatable("regexp_replace tanpa 'g'", cure="pakai macro replace_all")
    replacement = node.args["replacement"]
    return _call("regexp_replace", node.this, _pattern(node.expression), java_replacement(str(replacement.this)))


def _extracted(node: exp.Expression) -> exp.Expression:
    pattern, group = _pattern(node.expression), node.args.get("group")
    if isinstance(group, exp.Array):
        parts: list[exp.Expression] = []
        for number, name in enumerate(group.expressions, start=1):
            parts += [name, _call("regexp_extract", node.this.copy(), pattern, number)]
        return _call("named_struct", *parts)
    return _call("regexp_extract", node.this, pattern, group if group is not None else 0)


def _extracted_all(node: exp.Expression) -> exp.Expression:
    group = node.args.get("group")
    return _call("regexp_extract_all", node.this, _pattern(node.expression), group if group is not None else 0)


# Texts


@cache
def _letters(function: str, other: Callable[[str], str]) -> tuple[str, str]:
    """(from, to) of the letters that DuckDB's function turns into one letter and `other` into something else."""
    signs = [c for c in map(chr, range(0x80, 0x10000)) if unicodedata.category(c) not in ("Cs", "Cn", "Co")]
    con = duckdb.connect()
    try:
        con.execute("create table s as select unnest($1) as c", [signs])
        pairs = con.execute(f"select c, {function}(c) from s order by c").fetchall()
    finally:
        con.close()
    found = [(c, to) for c, to in pairs if len(to) == 1 and other(c) != to]
    return "".join(c for c, _ in found), "".join(to for _, to in found)


@cache
def _space_separators() -> str:
    return "".join(c for c in map(chr, range(sys.maxunicode)) if unicodedata.category(c) == "Zs")


def _without_accents(text: exp.Expression) -> exp.Expression:
    return _call("translate", text, *_letters("strip_accents", str))


def _upper(node: exp.Expression) -> exp.Expression:
    # Java writes SS for ß; DuckDB knows a capital of it. What one letter becomes in both needs no table.
    return _call("upper", _call("translate", node.this, *_letters("upper", str.upper)))


def _trimmed(node: exp.Expression) -> exp.Expression:
    # DuckDB trims every space separator, Spark the space alone.
    if node.args.get("expression") is None and not node.args.get("position"):
        node.set("expression", exp.Literal.string(_space_separators()))
        node.set("position", "BOTH")
    return node


def _length(node: exp.Expression) -> exp.Expression:
    lists = exp.ArrayDistinct | exp.RegexpExtractAll | exp.Split
    listed = isinstance(node.this, lists) or (isinstance(node.this, exp.Anonymous) and node.this.name == "regexp_extract_all")
    return _call("size", node.this) if listed else node


def _similar(node: exp.Expression) -> exp.Expression:
    # Spark's own counts half a transposition and takes Winkler's share from every pair: `session` brings DuckDB's algorithm.
    return _call(SIMILARITY, node.this, node.expression)


def _has_all(whole: exp.Expression, part: exp.Expression) -> exp.Expression:
    return _spark("size(array_except(:b, :a)) = 0", a=whole, b=part)


# Days


def _java_format(pattern: exp.Expression) -> str:
    text = str(pattern.this)
    parts = re.split(r"(%[a-zA-Z])", text)
    if (unknown := [p for p in parts if p.startswith("%") and p not in _DATE_PARTS]) != []:
        raise Untranslatable(f"bentuk tanggal {unknown[0]}", cure="tambahkan bentuk itu di padanan/spark/dialect.py")
    apart = all(parts[i] != "" for i in range(2, len(parts) - 1, 2))
    written = [_DATE_PARTS.get(p, f"'{p}'" if p.isalpha() else p) for p in parts]
    if apart:
        written = [w[0] if w in ("dd", "MM", "HH", "mm", "ss") else w for w in written]
    return "".join(written)


def _read_time(text: exp.Expression, pattern: exp.Expression) -> exp.Expression:
    return _call("try_to_timestamp", text, _java_format(pattern))


def _minutes(number: exp.Expression) -> exp.Expression:
    return _call("make_dt_interval", 0, 0, number)


def _complete_years(unit: exp.Expression, start: exp.Expression, end: exp.Expression) -> exp.Expression:
    if unit.name != "year":
        raise Untranslatable(f"datesub('{unit.name}')", cure="tambahkan satuan itu di padanan/spark/dialect.py")
    # Born on 29 February: a year is complete on the last day of February.
    return _spark(
        "timestampdiff(YEAR, case when :b = last_day(:b) and day(:a) > day(:b) then date_sub(:a, day(:a) - day(:b)) else :a end,"
        " :b)",
        a=start,
        b=end,
    )


# Lists and tables


def _ordered_list(node: exp.Expression) -> exp.Expression:
    ordered = node.this
    if not isinstance(ordered, exp.Order):
        return node
    keys = [item.this for item in ordered.expressions]
    if any(item.args.get("desc") for item in ordered.expressions):
        raise Untranslatable("list(… order by … desc)", cure="urutkan menaik")
    # A missing key stands last in DuckDB and first in Spark: whether it is missing goes before it.
    parts = ", ".join(f":k{i} is null as n{i}, :k{i} as k{i}" for i in range(len(keys)))
    values = {f"k{i}": key for i, key in enumerate(keys)}
    return _spark(f"transform(sort_array(collect_list(struct({parts}, :v as v))), x -> x.v)", v=ordered.this, **values)


def _joined(node: exp.Expression) -> exp.Expression:
    """Distinct texts in their own order: Spark 4.3 fails where two such lists stand in one aggregation."""
    ordered = node.this
    if not (isinstance(ordered, exp.Order) and isinstance(ordered.this, exp.Distinct)):
        return node
    value, keys = ordered.this.expressions[0], ordered.expressions
    if len(keys) != 1 or keys[0].this != value or keys[0].args.get("desc"):
        raise Untranslatable("string_agg(distinct …) dalam urutan lain", cure="urutkan menurut teksnya sendiri, menaik")
    separator = node.args.get("separator") or exp.Literal.string(",")
    return _spark("case when count(:v) > 0 then array_join(sort_array(collect_set(:v)), :s) end", v=value, s=separator)


def _qualified(node: exp.Expression) -> exp.Expression:
    """QUALIFY as a column of the same query that a query around it filters by: its names stay those of the inner tables."""
    qualify = node.args.get("qualify")
    if qualify is None:
        return node
    node.set("qualify", None)
    node.append("expressions", exp.alias_(qualify.this, "lolos_qualify"))
    kept = exp.Star(except_=[exp.to_identifier("lolos_qualify")])
    return (
        exp.select(kept)
        .from_(exp.Subquery(this=node.copy(), alias=exp.TableAlias(this=exp.to_identifier("dinilai_qualify"))))
        .where(exp.column("lolos_qualify"))
    )


def _plain_cte(node: exp.Expression) -> exp.Expression:
    node.set("materialized", None)
    return node


def _table(node: exp.Expression, reader: Reader) -> exp.Expression:
    function = node.this
    if isinstance(function, exp.ReadParquet):
        paths = [lit.this for lit in function.find_all(exp.Literal) if lit.is_string]
        found: exp.Expression = exp.to_table(reader(paths))
        if (alias := node.args.get("alias")) is not None:
            found.set("alias", alias)
        return found
    if str(function.this).lower() not in ASKED:
        return node
    query = node.sql(dialect="duckdb")
    con = duckdb.connect()
    try:
        answer = con.execute(f"select * from {query}")
        names = [column[0] for column in answer.description or []]
        rows = answer.fetchall()
    finally:
        con.close()
    kept = [i for i, name in enumerate(names) if name in ("content", "file", "num_rows")]
    if not rows:
        blank = ", ".join(f"null as {names[i]}" for i in kept)
        return exp.Subquery(this=sqlglot.parse_one(f"select {blank} where false", read="spark"), alias=node.args.get("alias"))
    selects = [exp.select(*(exp.alias_(exp.convert(row[i]), names[i]) for i in kept)) for row in rows]
    query_tree: exp.Expression = selects[0]
    for one in selects[1:]:
        query_tree = exp.union(query_tree, one, distinct=False)
    return exp.Subquery(this=query_tree, alias=node.args.get("alias"))


_BY_TYPE: dict[type[exp.Expression], Callable[[Any], exp.Expression]] = {
    exp.RegexpLike: _matches,
    exp.RegexpFullMatch: _matches_whole,
    exp.RegexpReplace: _replaced,
    exp.RegexpExtract: _extracted,
    exp.RegexpExtractAll: _extracted_all,
    exp.Upper: _upper,
    exp.Trim: _trimmed,
    exp.Length: _length,
    exp.JarowinklerSimilarity: _similar,
    exp.ArrayAgg: _ordered_list,
    exp.CTE: _plain_cte,
    exp.GroupConcat: _joined,
    exp.Select: _qualified,
}
_BY_NAME: dict[str, Callable[..., exp.Expression]] = {
    "strip_accents": _without_accents,
    "list_has_all": _has_all,
    "try_strptime": _read_time,
    "to_minutes": _minutes,
    "datesub": _complete_years,
}
