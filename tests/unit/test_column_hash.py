"""The hash of a table's values: the same whatever wrote, sliced or encoded them, another one once anything is said otherwise."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base import tabular
from padanan.base.tabular import ColumnHash, write_table

SCHEMA = pa.schema(
    [
        ("nama", pa.string()), ("umur", pa.int32()), ("lahir", pa.date32()), ("hidup", pa.bool_()), ("skor", pa.float64()),
        ("kode", pa.list_(pa.string())), ("kapan", pa.timestamp("us", "Asia/Jakarta")), ("rupiah", pa.decimal128(18, 2)),
        ("anggota", pa.list_(pa.struct([("orang", pa.string()), ("shdk", pa.int32())]))),
    ]
)  # fmt: skip
CELLS = {
    "nama": st.text(max_size=4),
    "umur": st.integers(-5, 5),
    "lahir": st.dates(),
    "hidup": st.booleans(),
    "skor": st.floats(allow_nan=False, width=16).map(lambda number: number + 0.0),  # -0.0 is another number to its bits alone
    "kode": st.lists(st.text(max_size=2) | st.none(), max_size=2),
    "kapan": st.just(None),
    "anggota": st.lists(
        st.fixed_dictionaries({"orang": st.text(max_size=2) | st.none(), "shdk": st.integers(0, 3) | st.none()}) | st.none(),
        max_size=2,
    ),
    "rupiah": st.decimals(-99, 99, places=2, allow_nan=False),
}
ROWS = st.lists(st.fixed_dictionaries({name: cells | st.none() for name, cells in CELLS.items()}), max_size=9)


def digest(table: pa.Table, group: int = tabular.ROW_GROUP) -> str:
    made = ColumnHash(table.schema)
    for start in range(0, max(len(table), 1), group):
        made.add(table.slice(start, group))
    return made.hexdigest()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.integers(1, 4), st.booleans())
def test_who_wrote_it_and_how_changes_nothing(rows: list[dict[str, Any]], chunk: int, wide: bool) -> None:
    plain = pa.Table.from_pylist(rows, SCHEMA)
    chunked = pa.Table.from_batches(plain.to_batches(max_chunksize=chunk), SCHEMA)
    if wide:
        chunked = chunked.set_column(0, "nama", chunked.column("nama").cast(pa.large_string()))
    assert digest(chunked) == digest(plain)
    assert digest(plain.slice(0).take(pa.array(range(len(plain)), pa.int64()))) == digest(plain)


@settings(max_examples=120, deadline=None)
@given(ROWS, ROWS)
def test_two_different_tables_have_two_hashes(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    left, right = (pa.Table.from_pylist(made, SCHEMA) for made in (rows, others))
    assert (digest(left) == digest(right)) is (left.to_pylist() == right.to_pylist())


@pytest.mark.parametrize(
    "left, right",
    [
        ({"a": ["x", "yz"]}, {"a": ["xy", "z"]}),
        ({"a": ["x"], "b": ["y"]}, {"a": ["y"], "b": ["x"]}),
        ({"a": [""]}, {"a": [None]}),
        ({"a": [0]}, {"a": [None]}),
        ({"a": [False]}, {"a": [None]}),
        ({"a": [[], ["x"]]}, {"a": [["x"], []]}),
        ({"a": [[None]]}, {"a": [[""]]}),
        ({"a": [[]]}, {"a": [None]}),
        ({"a": ["x"]}, {"b": ["x"]}),
        ({"a": [1]}, {"a": ["1"]}),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}),
    ],
)
def test_what_looks_alike_is_told_apart(left: dict[str, Any], right: dict[str, Any]) -> None:
    one, other = pa.table(left), pa.table(right)
    if one.schema.field(0).type == pa.null() or other.schema.field(0).type == pa.null():
        kind = one.schema if other.schema.field(0).type == pa.null() else other.schema
        one, other = one.cast(kind), other.cast(kind)
    assert digest(one) != digest(other)


def test_a_written_table_names_the_hash_of_what_stands_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "ROW_GROUP", 1000)
    query = "select i, 'orang ' || i as nama, case when i % 3 = 0 then null else i end as kosong from range(2500) t(i) order by i"
    with duckdb.connect() as con:
        made = write_table(con, query, tmp_path / "a.parquet", by_column=True)
        text = write_table(con, query, tmp_path / "b.parquet")
    assert (made.rows, made.sha256) == (2500, text.sha256)
    assert made.row_hash.startswith(ColumnHash.NAME) and not text.row_hash.startswith(ColumnHash.NAME)
    pq.write_table(pq.read_table(tmp_path / "a.parquet"), tmp_path / "c.parquet", compression="snappy", row_group_size=77)
    assert digest(pq.read_table(tmp_path / "c.parquet"), 1000) == made.row_hash
