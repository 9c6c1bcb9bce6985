"""The figures of a decree of few people: coarser ones, covered like all others, and found in seconds."""

import json
import random

import duckdb
import pyarrow as pa
import pytest

from padanan.base.suppress import LIMIT
from padanan.distribution import aggregate
from padanan.published.cells.declared import Declared
from padanan.published.cells.model import Cells
from tests.unit.test_covering import assert_protected

PROGRAMS = ("klj", "kaj", "kpdj", "kjp_plus", "pkh", "sembako", "pbi_jkn")
FINE = {aggregate.PAIR, *(f"{kind}.{group}" for kind in (aggregate.PROGRAM, aggregate.PAIR) for group in aggregate.GROUPS)}


@pytest.fixture
def decreed():
    """A database with so many people of a decree, some of unknown places, sex or age."""

    def make(people: int, seed: int = 1) -> duckdb.DuckDBPyConnection:
        drawn, rows = random.Random(seed), []
        for number in range(people):
            kota = f"31.7{drawn.randint(1, 3)}"
            kecamatan = f"{kota}.0{drawn.randint(1, 3)}"
            places = [kota, kecamatan, f"{kecamatan}.100{drawn.randint(1, 3)}"]
            known = drawn.choices(range(4), weights=(1, 1, 1, 17))[0]
            programs = sorted(drawn.sample(PROGRAMS, drawn.choice((0, 0, 1, 1, 2, 3))))
            rows.append(
                {
                    "id_orang": f"o{number}",
                    "id_keluarga": f"k{number // 2}",
                    **dict(zip(("kode_kota", "kode_kecamatan", "kode_kelurahan"), [*places[:known], *[None] * 3], strict=False)),
                    "desil": drawn.choice(("1", "2", "3", None)),
                    "jk": drawn.choice(("L", "P")),
                    "kelompok_umur": drawn.choice(("0-5", "6-17", "18-59", "60+", None)),
                    "program_semua": programs,
                    "disabilitas": drawn.choice((True, False, False, None)),
                }
            )
        con = duckdb.connect()
        con.register("baris", pa.Table.from_pylist(rows))
        con.execute("create table sasaran as from baris")
        return con

    return make


@pytest.mark.parametrize("people", [1, 12, 40, 200])
def test_few_people_are_counted_by_kota_and_no_small_cell_can_be_told(decreed, people):
    with decreed(people) as con:
        rows = json.loads(aggregate.text_of(con))
        values, parents = aggregate.people_counts(con)
    declared = Declared()
    aggregate.declare(declared, values, parents)
    cells = Cells.of(declared)
    assert_protected(cells.declared, cells.solved)
    assert not FINE & {row["dimensi"] for row in rows}
    assert {row["tingkat"] for row in rows if row["dimensi"] in ("jk", aggregate.PROGRAM)} <= {"provinsi", "kota"}
    # Every place is still there with its people, covered or not, and all of them together are the decree.
    assert {row["tingkat"] for row in rows} == set(aggregate.LEVELS)
    everybody = ("provinsi", aggregate.ALL)
    (whole,) = [row for row in rows if row["satuan"] == aggregate.PEOPLE and (row["tingkat"], row["dimensi"]) == everybody]
    assert whole["jumlah"] == (people if people >= LIMIT else None)


def test_many_people_are_crossed(decreed):
    with decreed(aggregate.CROSSED_FROM) as con:
        values, _ = aggregate.people_counts(con)
    assert {dimension for _, _, dimension, _ in values} >= FINE
    assert {level for level, _, dimension, _ in values if dimension == "jk"} == {"provinsi", "kota", "kecamatan"}
