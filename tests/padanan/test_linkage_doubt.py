"""What keeps a pair from being merged without a person: each mark on pairs that differ from it by one thing."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from padanan.linkage import comparison, doubt, inputs, load_linkage_config, prepare
from padanan.linkage.pairs import Pairs, Right

CHILD = {
    "nik_bersih": None, "kk_bersih": "3171010101100001", "nama_bersih": "RAFI SAPUTRA", "nama_ibu_bersih": "DEWI",
    "tgl_lahir": date(2012, 5, 17), "jk": "L", "alamat_jalan": "JL SAWO NO 3", "rt": "003", "rw": "004",
    "kode_kelurahan": "31.71.01.1001",
}  # fmt: skip
RESIDENT = CHILD | {"nik_bersih": "3171011705120001"}
BARE = {"kk_bersih": None, "nama_ibu_bersih": None, "tgl_lahir": None, "alamat_jalan": None}
# Names that strangers bear too; whatever else a child is called is nobody's name.
BORNE = ("RAFI", "RAFA", "HASAN", "HUSEIN", "AGUS")


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return inputs.connect(load_linkage_config())


def _people(rows: list[dict[str, Any]]) -> comparison.People:
    con = _engine()
    kinds = {"tgl_lahir": pa.date32()}
    columns = {name: pa.array([row[name] for row in rows], kinds.get(name, pa.string())) for name in CHILD}
    keys = pa.array([f"r{n}" for n in range(len(rows))])
    con.register("orang", pa.table({"record_key": keys, "entity_key": keys, **columns}))
    return comparison.people_of(prepare.prepare_table(con, "orang"), np.arange(len(rows)))


def _marks(said: dict[str, Any], *residents: dict[str, Any], marks: int = 0, kin: int = 0) -> list[Pairs]:
    """The pairs of one record with some residents, marked."""
    # Somebody born last year tells the list's day.
    left, theirs = _people([said, CHILD | {"tgl_lahir": date(2024, 2, 3)}]), _people([*residents])
    n = len(residents)
    i, j = np.zeros(n, dtype=np.int64), np.arange(n)
    packed = comparison.compare(_engine(), left, theirs, i, j, comparison.Limits.of(load_linkage_config()))
    none = np.zeros(n, dtype=np.int64)
    small = np.full(n, marks, dtype=np.uint8)
    pairs = Pairs(i, j, none.astype(np.uint32), packed, none, none, np.zeros((n, 0), dtype=np.int64), none.astype(np.int8),
                  np.full(n, kin, dtype=np.int8), none, small)  # fmt: skip
    right = Right(j, theirs["kk"], theirs.tie, theirs["given"], theirs.name.letters)
    borne = _people([CHILD | {"nama_bersih": name} for name in BORNE])["given"]
    got = doubt.marked(pairs, left, right, lambda given: np.isin(given, borne) * 9.0, 3)
    return [got.take(np.array([k])) for k in range(n)]


def _held(said: dict[str, Any], *residents: dict[str, Any], **more: int) -> tuple[bool, int]:
    first = _marks(said, *residents, **more)[0]
    return bool(doubt.held(first)[0]), int(first.marks[0])


@pytest.mark.feature("F14")
@pytest.mark.parametrize(
    ("said", "mark"),
    [
        # Another date: brother, father, namesake; one digit of the NIK wrong says who it is all the same.
        ({"tgl_lahir": date(2016, 9, 2)}, doubt.DATE),
        ({"tgl_lahir": date(2016, 9, 2), "nik_bersih": "3171011705120009"}, doubt.DATE),
        ({"tgl_lahir": date(2016, 9, 2), "nik_bersih": "3171011705130001"}, None),
        # One name, one card, one year is one person; on another card it is not.
        ({"tgl_lahir": date(2012, 9, 2)}, None),
        ({"tgl_lahir": date(2012, 9, 2), "kk_bersih": "3171019901100001"}, doubt.DATE),
        # Born on one day in one house: a name of its own, a typing error, a longer name, a shorter one.
        ({"nama_bersih": "RAFA SAPUTRA"}, doubt.TWIN),
        ({"nama_bersih": "HUSEIN SAPUTRA"}, doubt.TWIN),
        ({"nama_bersih": "RAFIX SAPUTRA"}, None),
        ({"nama_bersih": "RAFI SAPUTRA JAYA"}, doubt.TWIN),
        ({"nama_bersih": "RAFI"}, None),
        ({"nama_bersih": "RAFI WIBOWO"}, doubt.TWIN),
        ({"nama_bersih": "RAFA SAPUTRA", "nik_bersih": "3171011705120002"}, doubt.TWIN),
        ({"nama_bersih": "RAFA SAPUTRA", "nik_bersih": "3171011705130001"}, None),
        # Nothing but name and place; a card, a mother or an address is more.
        (BARE, doubt.BARE),
        (BARE | {"kk_bersih": CHILD["kk_bersih"]}, None),
        (BARE | {"nama_ibu_bersih": "DEWI"}, None),
        (BARE | {"alamat_jalan": CHILD["alamat_jalan"]}, None),
        (BARE | {"nik_bersih": "3171011705130001"}, None),
    ],
)
def test_a_pair_waits_for_a_person_for_one_reason(said: dict[str, Any], mark: doubt.Mark | None) -> None:
    """Each of the residents's rows but for what is said."""
    held, marks = _held(CHILD | said, RESIDENT)
    assert (held, marks) == (mark is not None, mark.bit if mark else 0)


@pytest.mark.feature("F14")
def test_small_children_may_have_a_twin_with_a_longer_name() -> None:
    """A toddler whose name is a word shorter waits, a schoolchild's name was shortened."""
    for year, held in ((2012, False), (2023, True)):
        born = {"tgl_lahir": date(year, 5, 17)}
        assert _held(CHILD | born | {"nama_bersih": "RAFI"}, RESIDENT | born)[0] is held


@pytest.mark.feature("F14")
def test_relatives_on_the_card_are_more_than_name_and_place() -> None:
    """A homonym in the same RT has no relatives on the resident's card; a relative does not excuse another date."""
    assert _held(CHILD | BARE, RESIDENT, kin=1) == (False, doubt.BARE.bit)
    assert _held(CHILD | {"tgl_lahir": date(2016, 9, 2)}, RESIDENT, kin=1)[0]
    assert _held(CHILD | BARE, RESIDENT, kin=3)[0]


@pytest.mark.feature("F14")
def test_a_default_date_is_no_date_but_a_common_word_alone_holds_nobody() -> None:
    """What `fit` marked stays, and counts: 1 January with a name and a place is as little as no date."""
    little = CHILD | BARE | {"tgl_lahir": date(1980, 1, 1)}
    resident = RESIDENT | {"tgl_lahir": date(1980, 1, 1)}
    assert _held(little, resident, marks=doubt.DAY.bit) == (True, doubt.DAY.bit | doubt.BARE.bit)
    assert _held(little, resident) == (False, 0)
    assert _held(CHILD, RESIDENT, marks=doubt.DAY.bit | doubt.WORD.bit)[0] is False


@pytest.mark.feature("F14")
def test_a_card_mate_of_exactly_that_name_makes_the_other_wait() -> None:
    """The daughter's record with the mother's date: the mother's pair waits, the daughter's does not."""
    mother = RESIDENT | {"nama_bersih": "RAFI", "nik_bersih": "3171015705900001"}
    assert [int(p.marks[0]) for p in _marks(CHILD, mother, RESIDENT)] == [doubt.MATE.bit | doubt.TWIN.bit, 0]
    elsewhere = RESIDENT | {"kk_bersih": "3171019901100001"}
    assert [int(p.marks[0]) & doubt.MATE.bit for p in _marks(CHILD, mother, elsewhere)] == [0, 0]


def test_marks_are_told_in_words() -> None:
    """Every mark has its own words; bits don't overlap."""
    every = sum(mark.bit for mark in doubt.MARKS)
    assert doubt.words(every) == [mark.told for mark in doubt.MARKS] and len(set(doubt.words(every))) == len(doubt.MARKS)
    assert doubt.words(0) == [] and doubt.least_borne(11_000_000) == pytest.approx(220) and doubt.least_borne(10) == 3
