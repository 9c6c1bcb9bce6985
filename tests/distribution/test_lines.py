"""Rows as they are sent are those that a query gives, byte for byte, whatever a grant or a question lets through."""

import dataclasses
import itertools
import json
import random

import pytest

from padanan.distribution import lines as prepared_lines
from padanan.distribution import reading
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.gate import Ask, Refused, permit
from padanan.distribution.grants import Grant, Terms
from padanan.distribution.prepare import FACTS, prepared_folder
from padanan.distribution.shelf import open_prepared
from tests.distribution.agencies_by_hand import PURPOSE, terms
from tests.distribution.decree_by_hand import PERIODE, TWICE, nik_of

CATALOGUE = load_catalogue()
OPEN_COLUMNS = [name for name, column in CATALOGUE.kolom.items() if not column.only_disability]


@pytest.fixture(scope="module")
def opened(decreed_once):
    found = open_prepared(decreed_once, PERIODE, 1)
    yield found
    found.con.close()


def permission(opened, ask=None, **changes):
    grant = Grant(Terms.model_validate(terms(kolom=OPEN_COLUMNS, **changes)), 1, False)
    return permit([grant], ask or Ask("sasaran", PURPOSE), CATALOGUE, opened.columns)


def some_permissions(opened):
    """Grants and questions of every kind, in every combination that `permit` lets through."""
    grants = itertools.product(
        ("sasaran", "penerima"), (["31"], ["31.74", "31.01"], ["31.71.01", "31.74.06.1001"]), ("klj", "kpdj", "pkh")
    )
    asks = itertools.product((None, ("id_orang",), ("nama", "program", "nik")), (None, "31.74.06"), (None, "klj"), ((), (1, 3)))
    for (rows, places, program), (columns, wilayah, other, desil) in itertools.product(grants, list(asks)):
        try:
            yield permission(
                opened, Ask("sasaran", PURPOSE, None, columns, wilayah, other, desil), baris=rows, wilayah=places, program=program
            )
        except Refused:
            continue


@pytest.mark.feature("F20", "F21")
def test_every_page_is_that_of_the_query(opened):
    chance, seen = random.Random(1), 0
    for one in some_permissions(opened):
        assert opened.lines.serves(one)
        for size in (1, 7, 100, 1000):
            after = chance.choice([None, -1, 0, chance.randrange(900), 898, 899, 5000])
            found = opened.lines.page(one, after=after, size=size)
            assert found == reading.queried_page(opened, "sasaran", one, after=after, size=size), (one, after, size)
            seen += found.count
    assert seen > 10_000


@pytest.mark.feature("F20")
@pytest.mark.parametrize(("batch", "bits"), [(64, 8), (128, 64), (7, 16)])
def test_pages_over_the_edges_of_blocks(opened, tmp_path, monkeypatch, batch, bits):
    """The same with blocks so small that every page lies across some of them, and with every way of keeping who matches."""
    monkeypatch.setattr(prepared_lines, "BATCH", batch)
    monkeypatch.setattr(prepared_lines, "_BITS", bits)
    con = opened.con.cursor()
    prepared_lines.write_lines(con, tmp_path, opened.columns)
    small = prepared_lines.Lines(tmp_path, con)
    for changes in (
        {"baris": "sasaran", "wilayah": ["31"]},
        {},
        {"wilayah": ["31.74.06.1001"]},
        {"program": "pkh", "wilayah": ["31"]},
    ):
        one = permission(opened, **changes)
        for after, size in itertools.product((None, 5, 63, 64, 700, 899), (1, 65, 1000)):
            assert small.page(one, after=after, size=size) == reading.queried_page(opened, "sasaran", one, after=after, size=size)
    con.close()


@pytest.mark.feature("F20")
@pytest.mark.parametrize("size", [1, 64, 1000])
def test_a_stream_is_that_of_the_query(opened, monkeypatch, size):
    monkeypatch.setattr(prepared_lines, "_MAPPED", 1)  # what is mapped is given back after each block, and still there
    for changes in ({"baris": "sasaran", "wilayah": ["31"]}, {}, {"wilayah": ["31.74.06.1001"], "program": "kpdj"}):
        one = permission(opened, **changes)
        expected = reading.queried_page(opened, "sasaran", one, after=None, size=1000)
        parts = list(opened.lines.chunks(one, size))
        assert "".join(line for batch, _, _ in parts for line in batch.column(0).to_pylist()).encode() == expected.lines
        assert b"".join(people for _, people, _ in parts) == expected.people
        assert sum(count for _, _, count in parts) == expected.count and all(count <= size for _, _, count in parts)


@pytest.mark.panjang
@pytest.mark.feature("F20", "F21")
def test_every_look_up_is_that_of_the_query(opened):
    for changes in ({"baris": "sasaran", "wilayah": ["31"]}, {"wilayah": ["31"]}, {}, {"wilayah": ["31.74.06"]}):
        one = permission(opened, Ask("cari", PURPOSE), **changes)
        counts = set()
        for nik in (*(nik_of(number) for number in range(55, 1000)), TWICE, "0" * 16, "9" * 16, "x", "", "3171000000000100 "):
            found = opened.lines.find(one, nik)
            assert found == reading.queried_find(opened, one, nik), nik
            counts.add(found.count)
        assert {0, 1} <= counts
    assert opened.lines.find(permission(opened, Ask("cari", PURPOSE), baris="sasaran", wilayah=["31"]), TWICE).count == 2


@pytest.mark.feature("F21")
def test_a_rule_of_after_the_sealing_is_asked_of_the_table(opened):
    """Programs that tell of a disability are told by the rules of today: what was prepared by older ones is not served."""
    one = permission(opened, baris="sasaran", wilayah=["31"])
    stricter = dataclasses.replace(one, columns=one.columns | {"program": "nullif(array_to_string(program_semua[:1], ','), '')"})
    assert not opened.lines.serves(stricter) and reading.prepared(opened, "sasaran", stricter) is None
    rows = [json.loads(line) for line in reading.page(opened, "sasaran", stricter, after=None, size=900).lines.splitlines()]
    assert len(rows) == 900 and not any("," in (row["program"] or "") for row in rows)


def test_only_so_many_conditions_are_kept(opened, monkeypatch):
    monkeypatch.setattr(prepared_lines, "_KEPT_BYTES", 300)
    first = permission(opened, wilayah=["31.74"])
    expected = opened.lines.page(first, after=None, size=50)
    for place in ("31.71", "31.72", "31.73", "31.75"):
        opened.lines.page(permission(opened, wilayah=[place]), after=None, size=5)
    assert opened.lines._bytes <= 300 and not opened.lines.known(first)
    assert opened.lines.page(first, after=None, size=50) == expected


def test_a_folder_of_before_is_read_by_query(decreed):
    """Its facts say so, and what else lies in it is not looked at."""
    import os

    from padanan.base.folder_proof import FILE, signed_text

    folder = prepared_folder(decreed, PERIODE, 1)
    facts = json.loads((folder / FACTS).read_text())
    for name in (FACTS, FILE):
        (folder / name).chmod(0o600)
    (folder / FACTS).write_text(json.dumps(facts | {"format": 1}))
    names = ["sasaran.duckdb", "agregat.json", FACTS]
    (folder / FILE).write_text(signed_text(folder, os.path.relpath(folder, decreed.root), names))
    opened = open_prepared(decreed, PERIODE, 1)
    assert opened.lines is None
    assert reading.page(opened, "sasaran", permission(opened), after=None, size=5).count == 5
    opened.con.close()
