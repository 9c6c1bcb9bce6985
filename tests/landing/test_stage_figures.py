"""The figures that checks decide by, counted without trimming every cell: the same as if every cell were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from padanan.base import duck
from padanan.base.duck import ROWS_A_THREAD, THREADS, private_duckdb
from padanan.base.keys import KeyRing
from padanan.contracts.contract import Contract
from padanan.landing.raw import REJECT_SCHEMA, RawTable, raw_schema
from padanan.landing.receipt import Receipt
from padanan.landing.stage import Staged, stage
from tests.landing.deliveries import dtks_row

RING = KeyRing((bytes(range(32)),))
# (cell, whether it says something): spaces of Unicode are blanks, a control character and a letter beyond ASCII are none.
CELLS = [
    ("A", True), ("  A", True), ("~", True), ("É", True), ("\x7f", True), ("\t", True), ("\u00a0A", True), ("!", True),
    ("", False), (" ", False), ("   ", False), ("\u00a0", False), (" \u3000\u2003", False),
]  # fmt: skip
SIXTEEN = ["3174011200000001", "'3174011200000002'", "3174 0112 0000 0003", "No.3174011200000004 (lama)"]
OTHERS = ["317401120000000", "31740112000000055", "ENAM BELAS HURUF", "3174-0112-0000-0003-31740112000"]


def staged(contract: Contract, folder: Path, rows: list[dict[str, str]]) -> Staged:
    columns = tuple(contract.column_names)
    work = folder / "kerja"
    work.mkdir()
    table = pa.table(
        [
            *(pa.array([row.get(name, "") for row in rows], pa.string()) for name in columns),
            pa.array(range(2, len(rows) + 2), pa.int64()),
            pa.nulls(len(rows), pa.string()),
        ],
        schema=raw_schema(columns),
    )
    pq.write_table(table, work / "mentah.parquet")
    pq.write_table(REJECT_SCHEMA.empty_table(), work / "tak_terbaca.parquet")
    labels = {column.name: column.source for column in contract.columns}
    raw = RawTable(work / "mentah.parquet", work / "tak_terbaca.parquet", columns, labels, len(rows))
    return stage(raw, contract, "0123456789abcdef", RING, folder, work)


def test_a_cell_of_spaces_of_any_kind_is_not_filled(contracts: dict[str, Contract], tmp_path: Path) -> None:
    rows = [dtks_row(at, dusun=cell) for at, (cell, _) in enumerate(CELLS)]
    found = staged(contracts["dtks"], tmp_path, rows)
    assert found.rows_on == len(CELLS)
    assert found.fill["dusun"] == pytest.approx(sum(filled for _, filled in CELLS) / len(CELLS))
    assert (found.fill["nama"], found.fill["nama_ibu"]) == (1.0, 0.0)


def test_sixteen_digits_are_counted_between_whatever_stands_there(contracts: dict[str, Contract], tmp_path: Path) -> None:
    rows = [dtks_row(at, alamat=cell) for at, cell in enumerate([*SIXTEEN, *OTHERS, "", " "])]
    share = staged(contracts["dtks"], tmp_path, rows).digits16
    assert share["alamat"] == pytest.approx(len(SIXTEEN) / len([*SIXTEEN, *OTHERS]))
    assert share["nik"] == 1.0 and "nama_ibu" not in share


def test_rows_whose_texts_agree_are_twins_whatever_stands_in_their_cells(contracts: dict[str, Contract], tmp_path: Path) -> None:
    pair = [dtks_row(1, alamat="A\x1fB", dusun="C"), dtks_row(1, alamat="A", dusun="B\x1fC")]
    found = staged(contracts["dtks"], tmp_path, [*pair, dtks_row(2), dtks_row(2)])
    keys = pq.read_table(tmp_path / "part.parquet", columns=["_record_key"])[0].to_pylist()
    assert len(set(keys)) == len(keys) == found.rows_on
    assert found.rows_on + found.aside["baris_kembar"] == 4


def test_a_delivery_without_a_doubtful_row_sets_none_aside(take: Callable[..., Receipt], dtks_file: Callable[..., Path]) -> None:
    assert take(dtks_file(rows=30)).manifest["rows_aside"] == {"tidak_terbaca": 0, "baris_kembar": 0, "bukan_rekaman": 0}


@pytest.mark.parametrize("rows, threads", [(None, THREADS), (0, 1), (ROWS_A_THREAD, 1), (ROWS_A_THREAD + 1, 2), (10**7, THREADS)])
def test_a_second_thread_is_for_a_second_group_of_rows(tmp_path: Path, rows: int | None, threads: int) -> None:
    with private_duckdb(tmp_path, rows) as con:
        assert con.execute("select current_setting('threads')").fetchone() == (threads,)
    assert duck.THREADS == 2
