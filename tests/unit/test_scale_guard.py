"""The guard of `make test-scale`: it sees a pairwise join of two large tables, and a cost that grows faster than its rows."""

import json
from collections.abc import Collection
from pathlib import Path

import duckdb
import pytest

import benchmarks.scale.__main__ as guard
from benchmarks.scale.growth import (
    EXPONENT,
    FLOOR,
    LEAST,
    NODE_BUDGET,
    SLOWEST,
    STEP_BUDGETS,
    WHOLE_BUDGET,
    Growth,
    compared,
    slowness,
)
from benchmarks.scale.nodes import AS_WRITTEN, Node, crossings
from orchestration.measure import STAGE_LINES
from padanan.base.home import CHECKOUT, Home

QUADRATIC = "select * from tugas t left join celah c on list_contains(string_split(c.kode, ','), t.kode)"
LISTED = "select * from tugas t join (values ('x'), ('y')) v(kode) on starts_with(t.kode, v.kode)"
CROSSED = "select * from tugas, celah"
UNITED = "select * from tugas t left join (from celah union all from celah) c on list_contains(string_split(c.kode, ','), t.kode)"
COUNTED = "select * from (select count(kode) as n from tugas) cross join (select count(distinct kode) as m from celah)"
HASHED = "select * from tugas join celah using (kode)"


@pytest.mark.parametrize(
    "sql, rows, wrong",
    [
        (QUADRATIC, 20_000, True),
        (CROSSED, 20_000, True),
        (UNITED, 20_000, True),
        (COUNTED, 20_000, False),
        (LISTED, 20_000, False),
        (HASHED, 20_000, False),
        (QUADRATIC, 80, False),
    ],
    ids=["contains", "crossed", "united", "counts", "a-list", "hashed", "few"],
)
def test_a_join_that_compares_pair_by_pair_is_seen(sql: str, rows: int, wrong: bool) -> None:
    with duckdb.connect() as con:
        for name in ("tugas", "celah"):
            con.execute(f"create table {name} as select cast(i as varchar) as kode from range({rows}) t(i)")
        plan = json.loads(con.execute(f"explain (format json) {sql}").fetchall()[0][1])
    assert any(one.wrong for one in crossings(plan)) is wrong


@pytest.mark.parametrize(
    "small, large, said",
    [
        (2.0, 8.0, []),
        (2.0, 8.0 * 4 ** (EXPONENT - 1) * 1.01, ["tumbuh"]),
        (1.0, 16.0, ["tumbuh", "per sejuta"]),
        (0.01, LEAST * 0.99, []),
    ],
    ids=["as-the-rows", "a-little-faster", "quadratic", "too-short-to-tell"],
)
def test_a_cost_may_grow_as_its_rows_do(small: float, large: float, said: list[str]) -> None:
    faults = Growth("uji", small, large, (50_000, 200_000), NODE_BUDGET * 2.5).faults
    assert [word for word in ("tumbuh", "per sejuta") if any(word in one for one in faults)] == said
    assert all(one.startswith("uji: ") for one in faults)


def test_every_step_of_the_main_job_has_a_budget_of_its_own() -> None:
    assert set(STEP_BUDGETS) == {line for line in STAGE_LINES.values() if not line.startswith("decree")}
    # What one step is given another gives up: dealing anew makes the whole no dearer, and the whole has a bound of its own.
    assert 918 >= sum(STEP_BUDGETS.values()) > WHOLE_BUDGET
    (one,) = compared({}, {"model": 3.0}, (50_000, 200_000), {})
    assert (one.small, one.budget, one.per_million) == (0.0, NODE_BUDGET, 15.0)


@pytest.mark.parametrize(
    "floor, slow",
    [(FLOOR / 5, 1.0), (FLOOR / 5 * 1.3, 1.3), (FLOOR / 50, 1.0), (FLOOR * 5, SLOWEST)],
    ids=["as-there", "slower", "quick-gains-nothing", "never-more-than-half-again"],
)
def test_what_is_allowed_is_counted_by_the_floor_beside_it(floor: float, slow: float) -> None:
    assert slowness(floor, 200_000) == pytest.approx(slow)
    under, over = (NODE_BUDGET / 5 * slow * share for share in (0.98, 1.02))
    kept, broken = (compared({"model": one / 4}, {"model": one}, (50_000, 200_000), {}, slow)[0].faults for one in (under, over))
    assert not kept and "per sejuta" in broken[0]


@pytest.mark.parametrize("true_cost, said", [(0.9, []), (2.0, ["desil_orang"])], ids=["a-busy-moment", "it-is-so"])
def test_what_seems_to_grow_is_asked_again_at_both_sizes_before_it_is_said(
    true_cost: float, said: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, tuple[str, ...], int]] = []

    def nodes(home: Home, work: Path, only: Collection[str] = (), times: int = 1) -> list[Node]:
        asked.append((home.root.name, tuple(only), times))
        return [Node("desil_orang", "model", {"kecil": 0.24, "besar": true_cost}[home.root.name], ())]

    monkeypatch.setattr(guard, "nodes", nodes)
    sizes = []
    for name, cost in (("kecil", 0.25), ("besar", 2.5)):
        (tmp_path / name).mkdir()
        found = [Node("desil_orang", "model", cost, ()), Node("lain", "model", 4 * cost if name == "kecil" else cost, ())]
        sizes.append(guard.Measured(Home(tmp_path / name), {}, found, 4.6))
    costs = guard._costs(sizes, (50_000, 200_000), 1.0)
    assert [one.name for one in costs if one.faults] == said
    assert asked == [(name, ("desil_orang",), guard.TIMES) for name in ("kecil", "besar")]
    assert {one.name: (one.small, one.large) for one in costs} == {"desil_orang": (0.24, true_cost), "lain": (1.0, 2.5)}


def test_kept_tables_are_measured_as_they_are_built() -> None:
    """Joined as they are written, and only they: what is built after them is left to the optimizer again."""
    macro = (CHECKOUT / "dbt_project" / "macros" / "kept_table.sql").read_text(encoding="utf-8")
    asked, built, left = (
        macro.index(text) for text in (f"disabled_optimizers = '{AS_WRITTEN}'", "create or replace", "reset disabled")
    )
    assert asked < built < left
    with duckdb.connect() as con:
        con.execute(f"set disabled_optimizers = '{AS_WRITTEN}'")
        con.execute("reset disabled_optimizers")
        assert con.execute("select current_setting('disabled_optimizers')").fetchone() == ("",)
