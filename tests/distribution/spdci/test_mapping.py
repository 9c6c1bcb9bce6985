"""The mapping of names, its table in docs/spdci.md, and upstream's samples."""

import json
from pathlib import Path

import pytest

from padanan.base.config import read_config
from padanan.base.errors import ContractError
from padanan.contracts.contract import expectations_dir
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.spdci import document, records
from padanan.distribution.spdci.names import FILE, Names, load_names, tail
from tests.distribution.spdci.world import ALL, COLUMNS, NOW, names, stated

pytestmark = pytest.mark.feature("F20")
ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.json"))


@pytest.fixture(scope="module")
def state():
    """The embedded database is enough."""
    return None


def rows_of_the_docs():
    """The table of docs/spdci.md: name -> the other cells."""
    lines = (ROOT / "docs/spdci.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0]: row[1:] for row in cells if len(row) == 5}


def test_the_table_of_the_docs_is_the_mapping():
    expected = {
        name: [one.kolom, one.jenis, ", ".join(one.operator) or "-", "ya" if one.urut else "-"]
        for name, one in load_names().atribut.items()
    }
    assert rows_of_the_docs() == expected


def test_identifiers_and_attributes_agree():
    own = load_names()
    for name, column in own.pengenal.items():
        assert own.atribut[name].kolom == column


def test_every_column_of_the_catalogue_is_served_somewhere():
    columns = {name: f"<{name}>" for name in load_catalogue().kolom}
    person = records.person_sql(columns)
    assert set(columns) == set(COLUMNS)
    assert [name for name in columns if f"<{name}>" not in person] == []


def test_attributes_of_a_column_that_may_not_order_have_no_order():
    for name, one in load_names().atribut.items():
        ordering = set(one.operator) & {"lt", "le", "gt", "ge"}
        assert not ordering or one.jenis in ("bilangan", "tanggal", "umur", "tahun", "ukuran"), name
        assert one.kolom != "nik" or set(one.operator) == {"eq", "in"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("NIK: nik\n", "NIK: nomor\n"),
        ("jenis: bilangan", "jenis: angka"),
        ("operator: [eq]", "operator: [like]"),
        ("  batch: 50", "  batch: 0"),
        ("version: 1.0.0", "version: 1.0.0\nlain: 1"),
        ("jenis: pilihan, nilai: *jk", "jenis: pilihan"),
    ],
)
def test_a_wrong_mapping_is_told(tmp_path, old, new):
    text = (expectations_dir() / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError):
        read_config(tmp_path / FILE, Names)


def test_names_with_namespaces():
    assert tail("spdci-extensions-dci:Member") == tail("https://schema.spdci.org/x/Member") == tail("Member") == "Member"


def test_the_specification_s_licence_lies_beside_it():
    assert "Apache License" in document.FILE.with_name("LICENSE-SPDCI.md").read_text(encoding="utf-8")


def test_lengths_of_the_specification():
    """Every greatest length that the document names is asked for somewhere in these tests."""
    found = {}

    def walk(node, path):
        if isinstance(node, dict):
            if "maxLength" in node:
                found["/".join(path)] = node["maxLength"]
            for name, inner in node.items():
                walk(inner, (*path, str(name)))
        elif isinstance(node, list):
            for number, inner in enumerate(node):
                walk(inner, (*path, str(number)))

    walk(document.specification()["components"], ())
    assert set(found.values()) == {99, 999}
    ours = {"transaction_id", "correlation_id", "SubscriptionCode", "status_reason_message", "message"}
    assert {path.rpartition("/")[2] for path in found} == ours


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_upstream_s_samples(world, wide, path):
    """Sent as they are they do not fit the specification; with their envelope put right each query is told apart."""
    sample = json.loads(path.read_text(encoding="utf-8"))
    header = sample["header"] | {"sender_id": wide.id, "receiver_id": "padanan"}
    answer = world.post("/registry/sync/search", {**sample, "header": header}, wide)
    assert answer.json()["errors"][0]["code"] == "err.signature.invalid"
    item = sample["message"]["search_request"][0]
    criteria = {name: value for name, value in item["search_criteria"].items() if name not in ("consent", "authorize")}
    criteria["query"] = json.loads(json.dumps(criteria["query"]))
    response = world.one(wide, **criteria)
    # Fields that the samples leave empty, names in other letters, and what no grant of ours holds, are refused by their code.
    expected = {
        "processflow1-1req": ["Sri", "Budi", "Cici", "Lina"],
        "processflow1-2req": "rjct.search_criteria.invalid",  # response_entity Household
        "processflow1-3req": "rjct.search_criteria.invalid",  # response_entity member
        "processflow2req": "rjct.filter.invalid",  # seq_num, condition, expression2 are empty texts
        "processflow3areq": [],  # age below 25, poverty_score below 2.5, gender m
        "processflow4req": "rjct.filter.invalid",  # gender lt m
    }[path.stem]
    if isinstance(expected, str):
        assert response["status_reason_code"] == expected
    elif response["data"]["reg_record_type"] == "Group":
        # Families with somebody in desil below 5: everybody but Joko, who has no family.
        assert response["pagination"]["total_count"] == 7
    else:
        assert names(response) == expected


def test_the_sample_of_an_age_finds_somebody(world, wide):
    entry = {
        "seq_num": 1,
        "expression1": stated("age", "lt", "25"),
        "condition": "and",
        "expression2": stated("poverty_score", "lt", "2.5"),
        "expression3": stated("gender", "eq", "f"),
    }
    found = world.one(wide, query_type="expression", query=[entry], reg_event_type="REGISTER")
    assert sorted(names(found)) == ["Cici", "Lina"]


def test_the_world_is_the_catalogue_s():
    assert set(ALL) == {name for name, one in load_catalogue().kolom.items() if not one.only_disability}
    assert NOW.tzinfo is not None
