"""The prepared register read in passes: row groups, some rows, codes looked up, pairs compared as it passes by."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.generator import generate
from padanan.linkage import comparison, inputs, load_linkage_config, prepare
from padanan.linkage.register import Register, numbers, span


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """Two thousand residents in row groups of 300."""
    folder = tmp_path_factory.mktemp("register")
    made = generate(folder, 200, 2000)
    path = prepare.prepare_register(made.register, folder, "uji")
    groups = folder / "kecil.parquet"
    pq.write_table(pq.read_table(path), groups, row_group_size=300)
    yield Register(groups)


@pytest.mark.feature("F14")
def test_rows_and_passes_say_what_the_file_holds(register: Register) -> None:
    """Whatever the row groups, every row comes once, with its number."""
    whole = pq.read_table(register.path)
    kk = numbers(whole, "kk")
    assert np.array_equal(np.concatenate([a["kk"] for _, a in register.steps(("kk", "dob"))]), kk)
    rows = np.array([0, 299, 300, 301, 1500, 1999])
    got = register.take(rows, ("kk", "name"))
    assert got.column("row").to_pylist() == rows.tolist()
    assert got.column("name").to_pylist() == whole.column("name").take(rows).to_pylist()
    assert [start for start, _ in register.tables(("kk",), rows)] == [0, 300, 1500, 1800]
    assert register.take(np.empty(0, dtype=np.int64), ("kk",)).num_rows == 0
    wanted = np.unique(kk[[5, 700, 1400]])
    met = register.matching("kk", wanted, ("rt",))
    assert np.array_equal(met["row"], np.flatnonzero(np.isin(kk, wanted)))
    assert np.array_equal(wanted[met["spot"]], kk[met["row"]])
    assert np.array_equal(met["rt"], numbers(whole, "rt")[met["row"]])
    assert span(np.array([1, 5, 9], dtype=np.int32), 5, 4) == (1, 2)


@pytest.mark.feature("F14")
@pytest.mark.parametrize("pairs", [5000, 40])
def test_pairs_compared_in_passing_equal_pairs_compared_at_once(register: Register, pairs: int) -> None:
    """Many pairs (whole groups) and few (only the rows needed) have the levels that holding everybody gives."""
    people = comparison.people_of(pq.read_table(register.path), np.arange(register.rows))
    dice = np.random.default_rng(pairs)
    i, row = dice.integers(0, register.rows, pairs), np.sort(dice.integers(0, register.rows, pairs)).astype(np.int32)
    i[: pairs // 4] = np.minimum(row[: pairs // 4] + 1, register.rows - 1)
    config = load_linkage_config()
    con: duckdb.DuckDBPyConnection = inputs.connect(config)
    try:
        limits = comparison.Limits.of(config)
        got = comparison.compare_rows(con, people, register, i, row, limits)
        assert np.array_equal(got, comparison.compare(con, people, people, i, row, limits))
        # The engine's own Jaro-Winkler of every pair, letters or not, puts the same names above the upper limit.
        con.register("p", _names(people, i, row))
        true = con.execute(f"select coalesce(jaro_winkler_similarity(a, b), 0) >= {limits.name[0]} as s from p").fetchnumpy()["s"]
    finally:
        con.close()
    level = comparison.level_of(got, comparison.column("nama"))
    assert set(np.flatnonzero(level == 3)) <= set(np.flatnonzero(true)) <= set(np.flatnonzero((level >= 1) & (level <= 3)))


def _names(people: comparison.People, i: np.ndarray, row: np.ndarray) -> object:
    import pyarrow as pa

    return pa.table({"a": people.name.text.take(pa.array(i)), "b": people.name.text.take(pa.array(row))})


@pytest.mark.feature("F14")
@pytest.mark.parametrize("hold", [0, 1, 40_000, 1 << 30])
def test_a_register_that_holds_its_columns_says_the_same(register: Register, hold: int) -> None:
    """Whatever fits, asked in whatever order and mixture of columns, the tables are those of the file."""
    held = Register(register.path, hold)
    wanted = np.array([5, 301, 1999])
    for columns in (("kk",), ("dob", "kk", "name"), ("name", "mother", "dob"), ("kk",), ("mother", "kk")):
        for _ in range(2):
            assert [(start, table) for start, table in held.tables(columns)] == [
                (start, table) for start, table in register.tables(columns)
            ]
            assert held.take(wanted, columns).equals(register.take(wanted, columns))
    assert held._room >= 0
    kept = sum(values.nbytes for values in held._held.values())
    assert kept + held._room == hold and (kept > 0) == (hold >= 40_000)
    assert np.array_equal(held.tally("dob"), register.tally("dob"))
