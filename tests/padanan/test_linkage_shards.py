"""Candidates found over shards of the register: the same pairs, levels and links as in one pass, however it is dealt out."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.generator import Pairing, generate
from padanan.linkage import comparison, inputs, link, load_linkage_config, prepare, shards
from padanan.linkage.candidates import Setting, block, by_workers, compare
from padanan.linkage.shards import ByTurns, Shard


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pairing, Path]:
    """A list of 1,200 and a register of 8,000 in row groups of 900, so that shards begin and end inside of them."""
    folder = tmp_path_factory.mktemp("shards")
    pairing = generate(folder, 1200, 8000)
    prepared = prepare.prepare_register(pairing.register, folder, "uji")
    path = folder / "acuan.parquet"
    pq.write_table(pq.read_table(prepared), path, row_group_size=900)
    return pairing, path


class Shipped(ByTurns):
    """Workers that get their task in bytes, as those of another machine do."""

    def run(self, task: shards.Task, schema: pa.Schema, shards: Sequence[Shard]) -> pa.Table:
        return super().run(pickle.loads(pickle.dumps(task)), schema, shards)


@pytest.mark.feature("F14")
@pytest.mark.parametrize(("cap", "per_record"), [(300, 60), (300, 4), (3, 60)], ids=["wide", "halved", "small"])
@pytest.mark.parametrize("small", [0, 100_000], ids=["few-keys", "all-keys"])
def test_shards_find_what_one_pass_finds(made: tuple[Pairing, Path], cap: int, per_record: int, small: int) -> None:
    """Both sides, keys, cap and levels are equal to the last pair; a block that only the whole makes too large is closed."""
    pairing, path = made
    config = load_linkage_config().model_copy(
        update={"block_cap": cap, "candidates_per_record": per_record, "small_register": small}
    )
    con: duckdb.DuckDBPyConnection = inputs.connect(config)
    try:
        data = inputs.read(con, pairing.list, path, None, config)
        setting = Setting(con, data, config, (pairing.list, path))
        found = block(setting)
        whole = compare(setting, found)
        assert len(found) > 1000
        for parts in (1, 7):
            got = by_workers(setting, Shipped(parts))
            assert (got.found.cap, got.found.raw, got.found.possible) == (found.cap, found.raw, found.possible)
            for name in ("left", "right", "keys"):
                assert np.array_equal(getattr(got.found, name), getattr(found, name)), name
            assert np.array_equal(got.packed, whole.packed) and np.array_equal(got.j, whole.j)
            assert got.found.left.dtype == found.left.dtype and got.packed.dtype == whole.packed.dtype
    finally:
        con.close()


@pytest.mark.feature("F14")
def test_links_do_not_depend_on_the_workers(made: tuple[Pairing, Path]) -> None:
    """Records, pairs with their bits, thresholds and model are those of the run on one machine."""
    pairing, path = made
    alone = link(pairing.list, pairing.register, prepared=path)
    dealt_out = link(pairing.list, pairing.register, prepared=path, workers=ByTurns(5))
    assert dealt_out.records.equals(alone.records)
    assert dealt_out.pairs.equals(alone.pairs)
    assert dealt_out.thresholds == alone.thresholds
    assert dealt_out.model.to_json() == alone.model.to_json()


@pytest.mark.feature("F14")
@pytest.mark.parametrize(("rows", "parts"), [(10, 3), (2, 5), (0, 4), (1, 1)])
def test_every_row_is_dealt_out_once(rows: int, parts: int) -> None:
    """Shards follow each other without gap or overlap, and none is empty."""
    got = shards.dealt(rows, parts)
    assert [row for shard in got for row in range(shard.first, shard.end)] == list(range(rows))
    assert all(shard.end > shard.first for shard in got) and len(got) <= parts


@pytest.mark.feature("F14")
def test_a_register_without_rows_gives_no_pairs(made: tuple[Pairing, Path], tmp_path: Path) -> None:
    """No shard, no pair, no error."""
    pairing, path = made
    empty = tmp_path / "kosong.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), empty)
    config = load_linkage_config()
    con = inputs.connect(config)
    try:
        people = inputs.read(con, pairing.list, path, None, config).people
        limits = comparison.Limits.of(config)
        register = inputs.Register(empty)
        found, packed = shards.find_and_compare(people, register, ByTurns(3), cap=300, per_record=60, small=0, limits=limits)
    finally:
        con.close()
    assert len(found) == 0 and len(packed) == 0
