"""What a run works on: which rows are chosen, and that only they are prepared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.generator import generate
from padanan.linkage import inputs, load_linkage_config, prepare

CONFIG = load_linkage_config().model_copy(update={"training_max": 30})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Table, Path]:
    """A list of 900 with second records of some people and names of which nothing is left, and its prepared register."""
    folder = tmp_path_factory.mktemp("masukan")
    pairing = generate(folder, 900, 4000)
    people = pq.read_table(pairing.list).to_pandas()
    if "entity_key" not in people:
        people["entity_key"] = people["record_key"]
    again = people.iloc[::2].copy()
    again["record_key"] = "z" + again["record_key"]
    again.loc[again.index[::3], ["nama_bersih", "alamat_jalan"]] = None
    people.loc[people.index[::5], "nama_bersih"] = " "
    people.loc[people.index[1::4], "nama_bersih"] = "\t"  # a name to the engine, none once prepared
    people = pd.concat([people, again]).sample(frac=1, random_state=3)
    people["producer"] = np.where(np.arange(len(people)) % 3 == 0, "b", "a")
    return pa.Table.from_pandas(people, preserve_index=False), prepare.prepare_register(pairing.register, folder, "uji")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = inputs.connect(CONFIG)
    yield con
    con.close()


def links_of(data: inputs.Inputs, whole: pa.Table, register: Path) -> pa.Table:
    ours = whole.column("record_key").take(pa.array(data.known_list))
    theirs = pq.read_table(register, columns=["record_key"]).column(0).take(pa.array(data.known_row))
    return pa.table({"record_key": ours, "register_key": theirs})


@pytest.fixture
def read(made: tuple[pa.Table, Path], con: duckdb.DuckDBPyConnection) -> tuple[inputs.Inputs, inputs.Inputs, pd.DataFrame]:
    """The same run with its links found here, and with them given; and every row of the list prepared, in order."""
    people, register = made
    found = inputs.read(con, people, register, None, CONFIG)
    con.register("semua", people)
    whole = prepare.prepare_table(con, "semua")
    whole = whole.take(pa.compute.sort_indices(whole.column("record_key")))
    given = inputs.read(con, people, register, links_of(found, whole, register), CONFIG)
    return found, given, whole.to_pandas()


@pytest.mark.feature("F14")
def test_links_given_and_links_found_arrange_the_same_run(
    made: tuple[pa.Table, Path], read: tuple[inputs.Inputs, inputs.Inputs, pd.DataFrame]
) -> None:
    """All that a run works on is equal whether all rows were prepared for it or only those that it needs."""
    found, given, _ = read
    assert found.work.equals(given.work) and found.record.equals(given.record) and found.left_over.equals(given.left_over)
    for name in ("tie", "training", "answer", "known_list", "known_row", "known_work", "known_family", "known_card", "source",
                 "known_source", "left_over_work"):  # fmt: skip
        assert np.array_equal(getattr(found, name), getattr(given, name)), name
    assert (found.n_list, found.n_sources, found.notes) == (given.n_list, given.n_sources, given.notes)
    told = pd.Series(["a", "b"])[given.source].tolist()
    producer = dict(zip(made[0].column("record_key").to_pylist(), made[0].column("producer").to_pylist(), strict=True))
    assert given.n_sources == 2 and told == [producer[key] for key in given.record.to_pylist()]


@pytest.mark.feature("F14")
def test_the_chosen_rows_are_the_residue_and_the_labels_of_the_smallest_ties(
    read: tuple[inputs.Inputs, inputs.Inputs, pd.DataFrame],
) -> None:
    """Against a slow version over the whole list: one row stands for a person, and a label has a name."""
    _, data, whole = read
    linked = set(data.known_list.tolist())
    filled = whole[["nik", "kk", "name", "mother", "dob", "address", "kel", "rt"]].notna().sum(axis=1)
    stands, labels, ties = [], [], dict(zip(data.record.to_pylist(), data.tie.tolist(), strict=True))
    for _, rows in whole.groupby("entity_key"):
        stands.append(max(rows.index, key=lambda row: (row in linked, filled[row], [-ord(c) for c in whole["record_key"][row]])))
    for row in stands:
        if row in linked and whole["name"][row]:
            labels.append(row)
    rest = {whole["record_key"][row] for row in stands if row not in linked}
    records = data.record.to_pylist()
    assert {key for key, label in zip(records, data.training, strict=True) if not label} == rest
    taught = {key for key, label in zip(records, data.training, strict=True) if label}
    assert len(labels) > CONFIG.training_max == len(taught) and taught <= {whole["record_key"][row] for row in labels}
    hashed = duckdb.sql("select hash(x) from (select unnest(?) as x)", params=[whole["entity_key"][labels].tolist()]).fetchall()
    order = sorted(zip((h for (h,) in hashed), whole["record_key"][labels], strict=True))
    assert taught == {key for _, key in order[: CONFIG.training_max]}
    assert all(ties[key] == h for h, key in order[: CONFIG.training_max])


@pytest.mark.feature("F14")
def test_a_record_that_is_neither_judged_nor_taught_from_is_not_prepared(
    made: tuple[pa.Table, Path],
    con: duckdb.DuckDBPyConnection,
    read: tuple[inputs.Inputs, inputs.Inputs, pd.DataFrame],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A list that was matched by NIK costs what is left of it."""
    people, register = made
    _, given, whole = read
    prepared, counted = prepare.prepare_table, []

    def counting(con: duckdb.DuckDBPyConnection, relation: str) -> pa.Table:
        table = prepared(con, relation)
        counted.append(table.num_rows)
        return table

    monkeypatch.setattr(prepare, "prepare_table", counting)
    again = pa.Table.from_pandas(whole[["record_key"]], preserve_index=False)
    inputs.read(con, people, register, links_of(given, again, register), CONFIG)
    shared = whole["record_key"][whole["entity_key"].duplicated(keep=False)]
    needed = {*given.record.to_pylist(), *shared}
    # Labels whose name is gone are met on the way to enough with one.
    assert len(needed) <= sum(counted) <= len(needed) + 2 * CONFIG.training_max
    assert sum(counted) < given.n_list - 50


@pytest.mark.feature("F14")
def test_a_label_without_a_name_gives_its_place_to_the_next(
    made: tuple[pa.Table, Path], con: duckdb.DuckDBPyConnection, read: tuple[inputs.Inputs, inputs.Inputs, pd.DataFrame]
) -> None:
    """Every record linked, also those of which no name is left once it is prepared."""
    people, register = made
    _, _, whole = read
    residents = pq.read_table(register, columns=["record_key"]).column(0)
    step1 = pa.table({"record_key": whole["record_key"], "register_key": residents.take(pa.array(np.arange(len(whole))))})
    data = inputs.read(con, people, register, step1, CONFIG)
    assert data.training.all() and len(data.record) == CONFIG.training_max
    assert not data.work.column("name").null_count
    asked = pd.Series(people.column("nama_bersih").to_pylist(), index=people.column("record_key").to_pylist())
    assert (asked == "\t").sum() > 2 * CONFIG.training_max, "a name to the engine"
