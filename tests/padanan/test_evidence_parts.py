"""Parts of the evidence step on hand-made cases: which lists are judged together, decisions that can't be read, masks.

Whole runs are in `test_evidence_run` and `test_evidence_clerical`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.generator import DEFAULT, generate
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.evidence import decisions
from padanan.evidence.clerical import masked, order_of
from padanan.evidence.sources import Listing, groups_of
from padanan.linkage import link, load_linkage_config
from padanan.linkage.clusters import merge_disjoint
from padanan.linkage.threshold import Thresholds
from padanan.published.pairs import pairs_table

CONFIG = load_linkage_config().model_copy(update={"training_own": 1000, "training_min": 200})


def _lists(**labels: int) -> list[Listing]:
    return [Listing(name, f"stg_{name}", 10, n) for name, n in labels.items()]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"carik": 5000, "dtks": 1000}, {"carik": ["carik"], "dtks": ["dtks"]}),
        ({"carik": 5000, "klj": 150, "kaj": 90}, {"carik": ["carik"], "gabungan": ["klj", "kaj"]}),
        # even together too few: every list's labels are needed
        ({"carik": 5000, "klj": 50, "kaj": 90}, {"gabungan": ["carik", "klj", "kaj"]}),
        ({}, {}),
    ],
)
def test_small_lists_are_judged_together(labels: dict[str, int], expected: dict[str, list[str]]) -> None:
    """A list has a model of its own when its labels carry one."""
    assert {name: [item.id for item in items] for name, items in groups_of(_lists(**labels), CONFIG)} == expected


def test_lists_without_anybody_left_over_need_no_model() -> None:
    """Nothing to judge, nothing to learn."""
    assert groups_of([Listing("carik", "stg_carik__individu", 0, 5000)], CONFIG) == []


@pytest.mark.feature("F14")
def test_one_resident_has_a_place_in_every_list(tmp_path: Path) -> None:
    """The same people delivered by two producers, judged in one run: both records find their resident, one-to-one in each."""
    made = generate(tmp_path, 1500, 5000, DEFAULT, 3)
    people, register, truth = (pq.read_table(p) for p in (made.list, made.register, made.truth))
    doubled = []
    for producer in ("satu", "dua"):
        table = people.drop_columns([n for n in ("producer",) if n in people.column_names])
        for name in ("record_key", "entity_key"):
            if name in table.column_names:
                at = table.column_names.index(name)
                table = table.set_column(at, name, pc.binary_join_element_wise(producer, table.column(name), "|"))
        doubled.append(table.append_column("producer", pa.array([producer] * table.num_rows)))
    both = link(pa.concat_tables(doubled), register)
    alone = link(people, register)
    got = {}
    for producer in ("satu", "dua"):
        rows = both.links.filter(pc.starts_with(both.links.column("record_key"), producer + "|"))
        assert len(set(rows.column("register_key").to_pylist())) == rows.num_rows
        got[producer] = rows.num_rows
    assert got["satu"] == got["dua"] >= 0.95 * alone.links.num_rows > 0
    assert truth.num_rows == people.num_rows


def test_clusters_hold_at_most_one_of_each_source() -> None:
    """Nodes that stand in several sources already: an edge that would double one is left out, the better one is kept."""
    a, b = np.array([0, 1]), np.array([1, 2])
    held = np.array([0b011, 0b100, 0b001], dtype=np.uint64)
    got = merge_disjoint(3, a, b, np.array([500, 900]), np.arange(3, dtype=np.uint64), held)
    assert got[1] == got[2] != got[0]
    assert held.tolist() == [3, 4, 1]


@pytest.mark.parametrize("wrong", [{"keputusan": "mungkin"}, {"sidik": ""}, {"nama": None}])
def test_a_damaged_decision_is_named_by_its_line(tmp_path: Path, wrong: dict[str, str | None]) -> None:
    """A run never goes on with half of what people decided."""
    home = Home(tmp_path / "data").ensure()
    good = dict.fromkeys(decisions.FIELDS, "x") | {"keputusan": "padan", "waktu": "2025-11-01T08:00:00+07:00"}
    decisions.log_of(home).append([good, {**good, **wrong}], datetime(2025, 11, 1, tzinfo=JAKARTA))
    with pytest.raises(PadananError, match="baris 2") as caught:
        decisions.read(home)
    assert "Perbaikan:" in str(caught.value)


@pytest.mark.feature("F50")
@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("nama_bersih", "SITI AMINAH", "S••• A•••••"),
        ("nik_bersih", "3171011207800007", "••••••••••••0007"),
        ("kk_bersih", "12", "••"),
        ("tgl_lahir", "1980-07-12", "1980-••-••"),
        ("alamat_jalan", "JL KENANGA 3", "••••"),
    ],
)
def test_masks(name: str, value: str, shown: str) -> None:
    """Initials, last four digits, year; an address not at all (domain: protection)."""
    assert masked(name, value) == shown


@pytest.mark.feature("F14")
def test_the_queue_begins_with_what_settles_most() -> None:
    """Most others settled first, then nearness to the threshold; ties by key, so that the file is the same each time."""
    limits = Thresholds(500, 100, 0.995, 0.98, 0.99, 100, 0.1, 1000)
    rows = [
        {"menyelesaikan": others, "bobot": weight, "producer": "dtks", "record_key": key, "register_key": "a"}
        for others, weight, key in ((0.0, 1.0, "d"), (0.0, 4.9, "c"), (0.3, 2.0, "b"), (1.2, 3.0, "a"), (0.0, 5.1, "b"))
    ]
    got = [(row["menyelesaikan"], row["record_key"]) for row in sorted(rows, key=lambda row: order_of(row, limits))]
    assert got == [(1.2, "a"), (0.3, "b"), (0.0, "b"), (0.0, "c"), (0.0, "d")]


@pytest.mark.feature("F50")
@pytest.mark.parametrize("old", [True, False], ids=["before", "now"])
def test_pairs_of_a_revision_from_before_settle_nothing(tmp_path: Path, old: bool) -> None:
    """A revision without the column is read as one whose answers settle nobody else, and can still be put in order."""
    columns = "'klj' as producer, 'r' as record_key, 'a' as register_key, 1.5::double as bobot" + (
        "" if old else ", 3.0::double as menyelesaikan"
    )
    con = duckdb.connect()
    con.execute(f"copy (select {columns}) to '{tmp_path / 'pasangan_bukti.parquet'}' (format parquet)")
    rows = con.sql(f"select * from {pairs_table(tmp_path)}").to_arrow_table().to_pylist()
    assert [row["menyelesaikan"] for row in rows] == [None if old else 3.0]
    limits = Thresholds(996, 0, 1.0, 1.0, 1.0, 0, 0.1, 0)
    assert order_of(rows[0], limits)[0] == (0.0 if old else -3.0)
