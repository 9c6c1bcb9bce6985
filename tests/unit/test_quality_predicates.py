"""Sharing parts of predicates must not change what a rule counts."""

import duckdb
import pytest

from benchmarks.quality.data import TABLE, build
from padanan.cleansing.predicates import SharedFlags, conjuncts, count_sql
from padanan.contracts.contract import load_contracts
from padanan.contracts.rules import masked


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        ("a = 1", ["a = 1"]),
        ("(a = 1)", ["a = 1"]),
        ("a and b AND c", ["a", "b", "c"]),
        ("(a and b) and (c)", ["a", "b", "c"]),
        ("a and b or c", ["a and b or c"]),
        ("(a or b) and c", ["a or b", "c"]),
        ("a between 1 and 2", ["a between 1 and 2"]),
        ("case when a and b then c end and d", ["case when a and b then c end and d"]),
        ("x = ' and ' and y", ["x = ' and '", "y"]),
        ("x = 'it''s and' and y", ["x = 'it''s and'", "y"]),
        ('"a and b" and c', ['"a and b"', "c"]),
        ("candy and brandy", ["candy", "brandy"]),
        ("(a) = (b) and c", ["(a) = (b)", "c"]),
        ("a -- x and y", ["a -- x and y"]),
        ("a and", ["a and"]),
        ("x = 'tidak tertutup and y", ["x = 'tidak tertutup and y"]),
    ],
)
def test_conjuncts(sql, parts):
    assert conjuncts(sql) == parts


def layered(source: str, flags: SharedFlags) -> str:
    for layer in flags.layers:
        source = f"(select *, {', '.join(f'({sql}) as {name}' for name, sql in layer.items())} from {source})"
    return source


CONDITIONS = [
    ("a",),
    ("a and b",),
    ("true", "a"),
    ("c", "(a) and (b)"),
    ("a is null", "not coalesce(a, false) and (b or c)"),
    ("b or c", "a", "(a) and (b)"),
    ("not coalesce(a, b, false)",),
    ("coalesce(a, false)",),
    ("not coalesce(a, false) = coalesce(b, false)", "c"),
    ("not coalesce(a, false) or not coalesce(b, false)",),
    ("not a and (not b or c)",),
]


@pytest.mark.parametrize(("condition", "not_when"), [(first, rest) for first, *rest in CONDITIONS])
def test_every_combination_of_true_false_null_counts_the_same(condition, not_when):
    con = duckdb.connect()
    values = "(values (true), (false), (null::boolean))"
    con.execute(f"create table t as select x.v as a, y.v as b, z.v as c from {values} x(v), {values} y(v), {values} z(v)")
    flags = SharedFlags()
    name = flags.name(condition, not_when)
    plain = con.execute(f"select a, b, c from t where {masked(condition, not_when)} order by all").fetchall()
    shared = con.execute(f"select a, b, c from {layered('t', flags)} where {name} order by all").fetchall()
    assert shared == plain
    assert 0 < len(plain) < 27


def test_equal_parts_are_computed_once():
    flags = SharedFlags()
    flags.name("length(x) = 16 and y > 1")
    flags.name("(length(x) = 16)", ["y > 1"])
    texts = [sql for layer in flags.layers for sql in layer.values()]
    assert texts.count("length(x) = 16") == 1 and texts.count("y > 1") == 1


@pytest.mark.feature("F09")
@pytest.mark.lambat
def test_rules_of_the_contracts_count_the_same_shared_and_plain(tmp_path):
    path = tmp_path / "uji.duckdb"
    build(path, 3000, "dtks")
    con = duckdb.connect(str(path), read_only=True)
    seen = 0
    for name in ("adminduk", "p3ke_keluarga", "p3ke_individu", "carik", "dtsen", "klj"):
        contract = load_contracts()[name]
        rules = [rule for rule in contract.rules if rule.stage == "cleansing"]
        flags = SharedFlags()
        plain = ", ".join(count_sql(rule.applies_when, rule.fails_when) for rule in rules)
        shared = ", ".join(count_sql(flags.name(rule.condition, rule.not_when), flags.name(rule.fails_when)) for rule in rules)
        expected = con.execute(f"select {plain} from {TABLE}").fetchall()
        assert con.execute(f"select {shared} from {layered(TABLE, flags)}").fetchall() == expected, contract.id
        seen += sum(count > 0 for count in expected[0])
    assert seen > 80, "the benchmark table must trip the rules, or this test proves nothing"
