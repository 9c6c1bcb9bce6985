"""The benchmark compares equals: the hand-written SQL and the suite count the same on a small table."""

import pytest

from benchmarks.quality.__main__ import CONTRACT, differing, hand_written, through_gx
from benchmarks.quality.data import TABLE, build
from padanan.cleansing.suite import stage_columns
from padanan.contracts.contract import load_contracts


@pytest.mark.lambat
def test_hand_written_sql_counts_what_the_suite_counts(tmp_path):
    import duckdb

    path = tmp_path / "uji.duckdb"
    build(path, 5000, CONTRACT)
    contracts = load_contracts()
    expected, wall, cpu = hand_written(path)
    counted, gx_wall, gx_cpu, result = through_gx(path, contracts)
    assert differing(expected, counted) == []
    assert {rule.id for rule in contracts[CONTRACT].rules if rule.stage == "cleansing"} <= set(expected)
    assert sum(gagal > 0 for gagal, _ in expected.values()) > 20, "the table must trip the rules"
    assert min(wall, cpu, gx_wall, gx_cpu) > 0 and result.rows == 5000
    columns = duckdb.connect(str(path), read_only=True).execute(f"describe {TABLE}").fetchall()
    assert [column[0] for column in columns] == list(stage_columns(contracts[CONTRACT]))


def test_differing_names_every_rule_that_differs():
    assert differing({"a": (1, 2), "b": (0, 0)}, {"a": (1, 3), "c": (0, 0)}) == ["a", "b", "c"]
