"""Comparison levels of candidate pairs, packed into one integer per pair.

What a level is worth belongs to `model`; which pairs are compared belongs to `blocking`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from padanan.linkage.config import LinkageConfig
from padanan.linkage.levels import BITS as BITS
from padanan.linkage.levels import COLUMNS as COLUMNS
from padanan.linkage.levels import Column as Column
from padanan.linkage.register import Register, numbers, span
from padanan.linkage.similarity import Texts, may_reach, similarity

UInt64s = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Int8s = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

MISSING = 0
DATA = (
    "family",
    "nik",
    "kk",
    "name_key",
    "skeleton",
    "t1",
    "t2",
    "t3",
    "given",
    "n_tokens",
    "mother_key",
    "mother_skeleton",
    "mother1",
    "dob",
    "jk",
    "street",
    "address",
    "kel",
    "rt",
    "rw",
)
_LOW = np.uint64(0x1111111111111111)
_STEP = 1 << 18


def column(name: str) -> Column:
    """The comparison of that name."""
    return next(c for c in COLUMNS if c.name == name)


_NAME, _MOTHER = column("nama"), column("ibu")
# Levels of names by what they mean: (equal, sounds equal, one vowel or so, very alike, fewer words, more words, …).
_SAME, _SOUND, _VOWEL, _ALIKE, _PART, _MORE, _RATHER, _FIRST, _OTHER = (_NAME.levels.index(name) for name in _NAME.levels[1:])


def level_of(packed: Int32s, which: Column) -> npt.NDArray[np.int64]:
    """Level of one comparison in packed integers."""
    return np.asarray((packed.astype(np.int64) >> which.shift) & (2**which.bits - 1))


def with_level(packed: Int32s, which: Column, level: int) -> Int32s:
    """Packed integers with one comparison at this level instead of its own."""
    return np.asarray((packed & np.int32(~((2**which.bits - 1) << which.shift))) | np.int32(level << which.shift))


@dataclass(frozen=True)
class People:
    """Prepared columns of some rows as arrays; 0 stands for missing (negative for rt, rw).

    Attributes:
        rows: row number of each entry in its own table.
        tie: hash of the record key, for an order that doesn't depend on the row's place.
        values: arrays by column name.
        name, mother: canonical texts with what bounds their similarity.
    """

    rows: npt.NDArray[np.int64]
    tie: UInt64s
    values: dict[str, npt.NDArray[Any]]
    name: Texts
    mother: Texts

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.values[name]


COLUMNS_READ = ("tie", *DATA, "name", "name_letters", "mother", "mother_letters")


def people_of(table: pa.Table, rows: npt.NDArray[np.int64] | None = None) -> People:
    """A prepared table as arrays; `rows` numbers its entries, else its column `row` does."""
    if rows is None:
        rows = np.asarray(table.column("row").to_numpy()).astype(np.int64, copy=False)
    values = {name: numbers(table, name) for name in DATA}
    values["slots"] = sum((values[t] != 0).astype(np.int8) for t in ("t1", "t2", "t3"))
    name = Texts.of(_flat(table.column("name")), numbers(table, "name_letters"))
    mother = Texts.of(_flat(table.column("mother")), numbers(table, "mother_letters"))
    return People(rows, numbers(table, "tie"), values, name, mother)


def _flat(values: pa.ChunkedArray) -> pa.Array:
    # Row numbers reach millions: 64-bit offsets, so that no text column overflows.
    joined = values.cast(pa.large_string()).combine_chunks()
    return joined if isinstance(joined, pa.Array) else pa.concat_arrays(joined.chunks)


def digits_level(left: UInt64s, right: UInt64s, *, prefix: bool) -> Int8s:
    """0 missing, 1 equal, 2 one digit substituted or two neighbours swapped, then (with `prefix`) 3 first 12 equal (whatever
        the other four), last: different.

    Both are 16 digits as BCD, a nibble a digit: differing digits are nibbles of the XOR that are not 0.
    """
    last = 4 if prefix else 3
    level = np.full(len(left), last, dtype=np.int8)
    level[left == right] = 1
    level[(left == 0) | (right == 0)] = MISSING
    # Most pairs are missing or equal: the bit work is for the rest.
    rest = np.flatnonzero(level == last)
    if prefix:
        # The last four digits are given out in turn: twins, and people born on one day in one place, differ in them alone.
        level[rest[(left[rest] ^ right[rest]) < np.uint64(1 << 16)]] = 3
        rest = rest[level[rest] == last]
    a, b = left[rest], right[rest]
    x = a ^ b
    differs = (x | (x >> np.uint64(1)) | (x >> np.uint64(2)) | (x >> np.uint64(3))) & _LOW
    count = np.bitwise_count(differs)
    level[rest[count == 1]] = 2
    two = np.flatnonzero(count == 2)
    a, b, differs = a[two], b[two], differs[two]
    lowest = differs & (~differs + np.uint64(1))
    mask = lowest * np.uint64(15)
    neighbours = differs == (lowest | (lowest << np.uint64(4)))
    four = np.uint64(4)
    swapped = neighbours & (((a >> four) & mask) == (b & mask)) & (((b >> four) & mask) == (a & mask))
    level[rest[two[swapped]]] = 2
    return level


def birth_level(left: Int32s, right: Int32s) -> Int8s:
    """Levels of two dates given as yyyymmdd."""
    ly, ry = left // 10000, right // 10000
    lm, rm = left // 100 % 100, right // 100 % 100
    ld, rd = left % 100, right % 100
    year, month, day = ly == ry, lm == rm, ld == rd
    level = np.full(len(left), 6, dtype=np.int8)
    level[year] = 5
    # A clerk who knows the year only writes 1 January.
    level[year & ((left % 10000 == 101) | (right % 10000 == 101))] = 4
    level[(year & (month | day)) | (month & day)] = 3
    level[year & (lm == rd) & (ld == rm)] = 2
    level[left == right] = 1
    level[(left == 0) | (right == 0)] = MISSING
    return level


def _at(people: People, name: str, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    # `take` with a mode is four times as fast as indexing: nothing is checked, the rows are known to be there.
    return people[name].take(rows, mode="clip")


def _tokens_shared(left: People, right: People, i: npt.NDArray[Any], j: npt.NDArray[Any]) -> Int8s:
    """How many of the first three token codes of the left name occur in the right one."""
    theirs = [_at(right, t, j) for t in ("t1", "t2", "t3")]
    shared = np.zeros(len(i), dtype=np.int8)
    for t in ("t1", "t2", "t3"):
        mine = _at(left, t, i)
        shared += (mine != 0) & ((mine == theirs[0]) | (mine == theirs[1]) | (mine == theirs[2]))
    return shared


@dataclass(frozen=True)
class Limits:
    """Jaro-Winkler similarities of "very alike" and "rather alike"."""

    name: tuple[float, float]
    mother: tuple[float, float]

    @property
    def sounding(self) -> float:
        """Similarity that names of equal sound have at least."""
        return (self.name[0] + self.name[1]) / 2

    @classmethod
    def of(cls, config: LinkageConfig) -> Limits:
        """The configured ones."""
        return cls(config.name_jw, config.mother_jw)


def compare_rows(
    con: duckdb.DuckDBPyConnection,
    left: People,
    register: Register,
    i: npt.NDArray[Any],
    row: npt.NDArray[Any],
    limits: Limits,
) -> Int32s:
    """Packed levels of the pairs (left[i], register row), the register passing by once.

    Args:
        con: any connection; Jaro-Winkler runs in it.
        left: people of the list.
        register: the other side.
        i: positions in `left`. row: register rows, aligned and ascending.
        limits: of the names' levels.
    """
    out = np.empty(len(i), dtype=np.int32)
    for start, table in register.tables(COLUMNS_READ, row):
        low, high = span(row, start, table.num_rows)
        j = row[low:high].astype(np.int64) - start
        if high - low < table.num_rows // 4:
            wanted, j = np.unique(j, return_inverse=True)
            table = table.take(pa.array(wanted))
        out[low:high] = compare(con, left, people_of(table, np.arange(table.num_rows)), i[low:high], j, limits)
    return out


def compare(
    con: duckdb.DuckDBPyConnection,
    left: People,
    right: People,
    i: npt.NDArray[Any],
    j: npt.NDArray[Any],
    limits: Limits,
) -> Int32s:
    """Packed levels of the pairs (left[i], right[j]); fastest where j ascends.

    Args:
        con: any connection; Jaro-Winkler runs in it.
        left, right: people of both sides.
        i, j: positions in them, aligned.
        limits: of the names' levels.
    """
    out = np.empty(len(i), dtype=np.int32)
    names: list[Ints] = []
    mothers: list[Ints] = []
    # The engine is asked once for all near names: each question costs as much as thousands of pairs.
    for start in range(0, len(i), _STEP):
        part = slice(start, start + _STEP)
        out[part], name, mother = _compare(left, right, i[part].astype(np.int64), j[part].astype(np.int64), limits)
        names.append(name + start)
        mothers.append(mother + start)
    near = np.concatenate(names) if names else np.empty(0, dtype=np.int64)
    similar = similarity(con, left.name, right.name, i[near], j[near], limits.name[1])
    after = _settled(left, right, i[near], j[near], level_of(out[near], _NAME), similar, limits)
    out[near] += ((after - level_of(out[near], _NAME)) << _NAME.shift).astype(np.int32)
    near = np.concatenate(mothers) if mothers else near
    similar = similarity(con, left.mother, right.mother, i[near], j[near], limits.mother[1])
    after = np.where(similar >= limits.mother[0], 2, np.where(similar >= limits.mother[1], 3, 4))
    out[near] += ((after - level_of(out[near], _MOTHER)) << _MOTHER.shift).astype(np.int32)
    return out


def _compare(
    left: People, right: People, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64], limits: Limits
) -> tuple[Int32s, Ints, Ints]:
    """(packed levels, pairs whose names, pairs whose mothers' names the letters can't tell apart: their level is the last)."""
    shift = {c.name: c.shift for c in COLUMNS}

    def both(name: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        return _at(left, name, i), _at(right, name, j)

    packed = digits_level(*both("nik"), prefix=True).astype(np.int32)
    packed |= digits_level(*both("kk"), prefix=False).astype(np.int32) << shift["kk"]
    level, names = _name_level(left, right, i, j, limits.name[1], limits.sounding)
    packed |= level.astype(np.int32) << shift["nama"]
    packed |= birth_level(*both("dob")).astype(np.int32) << shift["lahir"]
    a, b = both("jk")
    packed |= np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, 2)).astype(np.int32) << shift["jk"]
    level, mothers = _mother_level(left, right, i, j, limits.mother[1])
    packed |= level.astype(np.int32) << shift["ibu"]
    area = _area_level(*both("kel"), *both("rw"), *both("rt"))
    address = _address_level(*both("address"), *both("street"))
    # Every kelurahan has a Jalan Mawar No 3: of another kelurahan it is the street's name alone.
    address[(address == 1) & (area >= 4)] = 2
    packed |= address.astype(np.int32) << shift["alamat"]
    packed |= area.astype(np.int32) << shift["wilayah"]
    return packed, names, mothers


def _name_level(
    left: People, right: People, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64], cut: float, sounding: float
) -> tuple[Int8s, Ints]:
    """(levels by codes alone, pairs that may be alike at `cut`, or at `sounding` if they sound equal)."""
    a, b = _at(left, "name_key", i), _at(right, "name_key", j)
    equal = a == b
    c = _at(left, "skeleton", i)
    sound = (c == _at(right, "skeleton", j)) & (c != 0)
    missing = (a == 0) | (b == 0)
    level = np.full(len(i), _OTHER, dtype=np.int8)
    todo = np.flatnonzero(~(equal | sound | missing))
    k, m = i[todo], j[todo]
    shared = _tokens_shared(left, right, k, m)
    mine, theirs = _at(left, "slots", k), _at(right, "slots", m)
    first = _at(left, "t1", k)
    part = np.full(len(todo), _OTHER, dtype=np.int8)
    # Two words alike and one of each its own is what brothers' names are, not a shortened name.
    part[((first == _at(right, "t1", m)) & (first != 0)) | (shared >= 2)] = _FIRST
    part[(shared >= np.minimum(mine, theirs)) & (shared > 0)] = _PART
    words, other = _at(left, "n_tokens", k).astype(np.int16), _at(right, "n_tokens", m).astype(np.int16)
    # A misspelt Siti counts as a word of its own: only a name that really has more words has one more.
    more = (shared >= theirs) & (mine > theirs) & (theirs > 0) & (words > other)
    part[more] = _MORE
    level[todo] = part
    level[sound] = _SOUND
    level[equal] = _SAME
    level[missing] = MISSING
    # Names of more or fewer words are told apart by their words, not by their letters.
    whole = ~(more | ((shared >= mine) & (theirs > mine) & (mine > 0) & (words < other)))
    open_ = todo[whole]
    open_ = open_[may_reach(left.name, right.name, i[open_], j[open_], cut)]
    heard = np.flatnonzero(sound & ~equal & ~missing)
    near = np.zeros(len(heard), dtype=bool)
    near[may_reach(left.name, right.name, i[heard], j[heard], sounding)] = True
    far = heard[~near]
    level[far] = _unlike_though_heard(left, right, i[far], j[far])
    return level, np.concatenate([open_, heard[near]])


def _settled(
    left: People, right: People, i: Ints, j: Ints, before: Ints, similar: npt.NDArray[np.float64], limits: Limits
) -> Ints:
    """Levels of names whose similarity was asked for.

    Hasan and Husein sound alike by their consonants, Rafi and Rafa differ in one vowel: brothers are named so. Names that
    only sound equal are alike in their letters too, or have the level that their words and letters give them.
    """
    after = np.where(similar >= limits.name[0], _ALIKE, np.where((similar >= limits.name[1]) & (before > _MORE), _RATHER, before))
    sound = np.flatnonzero(before == _SOUND)
    k, m = i[sound], j[sound]
    after[sound] = np.where(left.name.share.take(k, mode="clip") == right.name.share.take(m, mode="clip"), _VOWEL, _SOUND)
    far = sound[similar[sound] < limits.sounding]
    after[far] = _unlike_though_heard(left, right, i[far], j[far])
    return np.asarray(after)


def _unlike_though_heard(left: People, right: People, i: Ints, j: Ints) -> Int8s:
    """Levels of names that have the same consonants and other letters, or other words that count for nothing (Siti)."""
    words, theirs = _at(left, "n_tokens", i), _at(right, "n_tokens", j)
    return np.select([words < theirs, words > theirs], [np.int8(_PART), np.int8(_MORE)], np.int8(_RATHER))


def _mother_level(
    left: People, right: People, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64], cut: float
) -> tuple[Int8s, Ints]:
    """(levels by codes alone, pairs that may be alike at `cut`)."""
    level = np.zeros(len(i), dtype=np.int8)
    a, b = _at(left, "mother_key", i), _at(right, "mother_key", j)
    # Many lists hold no mother at all: the rest is for pairs that have both.
    both = np.flatnonzero((a != 0) & (b != 0))
    a, b, i, j = a[both], b[both], i[both], j[both]
    part = np.full(len(both), 4, dtype=np.int8)
    sound = _at(left, "mother_skeleton", i) == _at(right, "mother_skeleton", j)
    equal = a == b
    todo = np.flatnonzero(~(equal | sound))
    part[sound] = 2
    part[equal] = 1
    level[both] = part
    return level, both[todo[may_reach(left.mother, right.mother, i[todo], j[todo], cut)]]


def _address_level(a: UInt64s, b: UInt64s, street: UInt64s, street_too: UInt64s) -> Int8s:
    level = np.full(len(a), 3, dtype=np.int8)
    level[street == street_too] = 2
    level[a == b] = 1
    level[(a == 0) | (b == 0)] = MISSING
    return level


def _area_level(
    a: npt.NDArray[Any],
    b: npt.NDArray[Any],
    rw_a: npt.NDArray[Any],
    rw_b: npt.NDArray[Any],
    rt_a: npt.NDArray[Any],
    rt_b: npt.NDArray[Any],
) -> Int8s:
    same = a == b
    rw = same & (rw_a == rw_b) & (rw_a >= 0)
    rt = rw & (rt_a == rt_b) & (rt_a >= 0)
    level = np.full(len(a), 5, dtype=np.int8)
    level[a // 10000 == b // 10000] = 4
    level[same] = 3
    level[rw] = 2
    level[rt] = 1
    level[(a == 0) | (b == 0)] = MISSING
    return level
