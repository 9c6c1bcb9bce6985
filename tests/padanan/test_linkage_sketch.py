"""Of a list only the rows that a run works on are prepared, and the run is the one that a whole preparation gives."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.generator import generate
from padanan.base.errors import PadananError
from padanan.linkage import inputs, load_linkage_config, prepare
from padanan.linkage.sketch import Sketch

Made = tuple[pa.Table, Path, pa.Table]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A list with records of one person and linked ones without a name, its register, and links of half of it."""
    folder = tmp_path_factory.mktemp("ringan")
    pairing = generate(folder, 1200, 3000)
    path = prepare.prepare_register(pairing.register, folder, "uji")
    people = (pairing.list if isinstance(pairing.list, pa.Table) else pq.read_table(pairing.list)).to_pandas()
    people = people.sample(frac=1, random_state=3).reset_index(drop=True)
    residents = pq.read_table(path, columns=["record_key"]).column(0).to_pylist()
    links = people["record_key"].sort_values().to_list()[::2]
    step1 = pa.table({"record_key": links, "register_key": residents[: len(links)]})
    people.loc[people["record_key"].isin(links[::3]), "nama_bersih"] = None
    people["entity_key"] = people["record_key"]
    people.loc[1::7, "entity_key"] = people["record_key"].to_numpy()[: len(people.loc[1::7])]
    return pa.Table.from_pandas(people, preserve_index=False), path, step1


def read(made: Made, most: int) -> dict[str, Any]:
    people, path, step1 = made
    config = load_linkage_config().model_copy(update={"training_max": most})
    con = inputs.connect(config)
    try:
        data = inputs.read(con, people, path, step1, config)
    finally:
        con.close()
    return {one.name: getattr(data, one.name) for one in fields(data) if one.name not in ("register", "people")}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    return bool(one.equals(other)) if isinstance(one, pa.Table | pa.Array | pa.ChunkedArray) else bool(one == other)


@pytest.mark.feature("F14")
@pytest.mark.parametrize("most", [5, 60, 10_000])
def test_a_run_works_on_what_a_whole_preparation_gives(made: Made, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = read(made, 10_000)
    prepared = 0
    some = Sketch.prepare
    table = prepare.prepare_table

    def counted(*args: Any) -> pa.Table:
        nonlocal prepared
        got = table(*args)
        prepared += got.num_rows
        return got

    monkeypatch.setattr(prepare, "prepare_table", counted)
    found = read(made, most)
    few = prepared
    monkeypatch.setattr(Sketch, "prepare", lambda self, rows: some(self, np.arange(self.n)))
    whole = read(made, most)
    for name, value in whole.items():
        assert same(found[name], value), name
    # The labels are the first that have a name, by the hash of their person; a person of several records stands once.
    order = np.argsort(everybody["tie"][everybody["training"]], kind="stable")[:most]
    labels = np.asarray(everybody["record"].to_pylist(), dtype=object)[everybody["training"]][order]
    assert {record for record, label in zip(found["record"].to_pylist(), found["training"], strict=True) if label} == set(labels)
    assert len(labels) == min(most, everybody["training"].sum()) and everybody["training"].sum() > 100
    assert len(set(found["entity"].to_pylist())) == len(found["entity"])
    names = [bool(one) for one in found["work"].column("name").to_pylist()]
    assert all(there for there, label in zip(names, found["training"], strict=True) if label), "a label has a name"
    assert few <= prepared - few == len(made[0])
    if most < 100:
        assert few < 0.8 * len(made[0]), "what is linked and no label is not prepared"


def test_a_list_where_nobody_linked_has_a_name_is_searched_to_its_end(made: Made) -> None:
    people, path, step1 = made
    nameless = people.set_column(people.schema.get_field_index("nama_bersih"), "nama_bersih", pa.nulls(len(people), pa.string()))
    found = read((nameless, path, step1), 5)
    assert found["training"].sum() == 0
    assert found["notes"] == ("tidak ada satu pun nama: padanan hanya dari kolom lain",)


@pytest.mark.parametrize("key", ["kembar", None])
def test_a_key_that_stands_twice_or_nowhere_is_refused(made: Made, key: str | None) -> None:
    people, path, step1 = made
    keys = [key, key if key else "lain", *people.column("record_key").to_pylist()[2:]]
    odd = people.set_column(people.schema.get_field_index("record_key"), "record_key", pa.array(keys, pa.string()))
    with pytest.raises(PadananError, match="record_key tidak unik"):
        read((odd, path, step1), 5)
