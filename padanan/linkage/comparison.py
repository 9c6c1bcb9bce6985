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

from padanan.linkage.register import numbers

UInt64s = npt.NDArray[np.uint64]
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


@dataclass(frozen=True)
class Column:
    """One comparison: its name, its levels (0 is always "missing") and its place in the packed integer."""

    name: str
    label: str
    levels: tuple[str, ...]
    labels: tuple[str, ...]
    shift: int
    bits: int


def _columns() -> tuple[Column, ...]:
    spec = (
        (
            "nik",
            "NIK",
            3,
            (
                ("sama", "sama"),
                ("satu_salah", "beda satu angka atau dua angka bertukar"),
                ("awal_sama", "12 angka awal sama"),
                ("beda", "berbeda"),
            ),
        ),
        ("kk", "Nomor KK", 2, (("sama", "sama"), ("satu_salah", "beda satu angka atau dua angka bertukar"), ("beda", "berbeda"))),
        (
            "nama",
            "Nama",
            3,
            (
                ("sama", "sama"),
                ("bunyi_sama", "bunyinya sama"),
                ("mirip", "sangat mirip"),
                ("sebagian", "sebagian kata sama"),
                ("agak_mirip", "agak mirip"),
                ("kata_depan_sama", "kata pertama sama"),
                ("beda", "berbeda"),
            ),
        ),
        (
            "lahir",
            "Tanggal lahir",
            3,
            (
                ("sama", "sama"),
                ("tertukar", "hari dan bulan tertukar"),
                ("dua_bagian", "dua dari tiga bagian sama"),
                ("taksiran", "tahun sama, salah satu 1 Januari"),
                ("tahun_sama", "hanya tahun sama"),
                ("beda", "berbeda"),
            ),
        ),
        ("jk", "Jenis kelamin", 2, (("sama", "sama"), ("beda", "berbeda"))),
        ("ibu", "Nama ibu", 3, (("sama", "sama"), ("mirip", "sangat mirip"), ("agak_mirip", "agak mirip"), ("beda", "berbeda"))),
        ("alamat", "Alamat", 2, (("sama", "sama"), ("jalan_sama", "jalan sama, nomor beda"), ("beda", "berbeda"))),
        (
            "wilayah",
            "RT, RW, kelurahan",
            3,
            (
                ("rt_sama", "RT, RW dan kelurahan sama"),
                ("rw_sama", "RW dan kelurahan sama"),
                ("kelurahan_sama", "kelurahan sama"),
                ("kecamatan_sama", "kecamatan sama"),
                ("beda", "berbeda"),
            ),
        ),
    )
    out, shift = [], 0
    for name, label, bits, levels in spec:
        out.append(
            Column(name, label, ("kosong", *(k for k, _ in levels)), ("tidak ada datanya", *(v for _, v in levels)), shift, bits)
        )
        shift += bits
    return tuple(out)


COLUMNS = _columns()
BITS = sum(column.bits for column in COLUMNS)


def column(name: str) -> Column:
    """The comparison of that name."""
    return next(c for c in COLUMNS if c.name == name)


def level_of(packed: Int32s, which: Column) -> npt.NDArray[np.int64]:
    """Level of one comparison in packed integers."""
    return np.asarray((packed.astype(np.int64) >> which.shift) & (2**which.bits - 1))


@dataclass(frozen=True)
class People:
    """Prepared columns of some rows as arrays; 0 stands for missing (negative for rt, rw).

    Attributes:
        rows: row number of each entry in its own table.
        tie: hash of the record key, for an order that doesn't depend on the row's place.
        values: arrays by column name.
        name, mother: canonical texts.
    """

    rows: npt.NDArray[np.int64]
    tie: UInt64s
    values: dict[str, npt.NDArray[Any]]
    name: pa.Array
    mother: pa.Array

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.values[name]


COLUMNS_READ = ("tie", *DATA, "name", "mother")


def people_of(table: pa.Table, rows: npt.NDArray[np.int64] | None = None) -> People:
    """A prepared table as arrays; `rows` numbers its entries, else its column `row` does."""
    if rows is None:
        rows = np.asarray(table.column("row").to_numpy()).astype(np.int64, copy=False)
    values = {name: numbers(table, name) for name in DATA}
    return People(rows, numbers(table, "tie"), values, _flat(table.column("name")), _flat(table.column("mother")))


def _flat(values: pa.ChunkedArray) -> pa.Array:
    # Row numbers reach millions: 64-bit offsets, so that no text column overflows.
    joined = values.cast(pa.large_string()).combine_chunks()
    return joined if isinstance(joined, pa.Array) else pa.concat_arrays(joined.chunks)


def digits_level(left: UInt64s, right: UInt64s, *, prefix: bool) -> Int8s:
    """0 missing, 1 equal, 2 one digit substituted or two neighbours swapped, then (with `prefix`) 3 first 12 equal,
        last: different.

    Both are 16 digits as BCD, a nibble a digit: differing digits are nibbles of the XOR that are not 0.
    """
    last = 4 if prefix else 3
    level = np.full(len(left), last, dtype=np.int8)
    level[left == right] = 1
    level[(left == 0) | (right == 0)] = MISSING
    # Most pairs are missing or equal: the bit work is for the rest.
    rest = np.flatnonzero(level == last)
    a, b = left[rest], right[rest]
    x = a ^ b
    differs = (x | (x >> np.uint64(1)) | (x >> np.uint64(2)) | (x >> np.uint64(3))) & _LOW
    count = np.bitwise_count(differs)
    if prefix:
        level[rest[x < np.uint64(1 << 16)]] = 3
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


def _tokens_shared(left: People, right: People, i: npt.NDArray[Any], j: npt.NDArray[Any]) -> Int8s:
    """How many of the first three token codes of the left name occur in the right one."""
    mine = [left[t][i] for t in ("t1", "t2", "t3")]
    theirs = [right[t][j] for t in ("t1", "t2", "t3")]
    shared = np.zeros(len(i), dtype=np.int8)
    for a in mine:
        shared += (a != 0) & ((a == theirs[0]) | (a == theirs[1]) | (a == theirs[2]))
    return shared


def _similarity(con: duckdb.DuckDBPyConnection, left: pa.Array, right: pa.Array, cut: float) -> npt.NDArray[np.float64]:
    """Jaro-Winkler of aligned names in the engine; under `cut` the value is 0, a NULL gives 0."""
    con.register("pasangan_nama", pa.table({"a": left, "b": right}))
    got = con.execute(f"select coalesce(jaro_winkler_similarity(a, b, {cut}), 0.0) as s from pasangan_nama").fetchnumpy()["s"]
    con.unregister("pasangan_nama")
    return np.asarray(got, dtype=np.float64)


def compare(
    con: duckdb.DuckDBPyConnection,
    left: People,
    right: People,
    i: npt.NDArray[np.int64],
    j: npt.NDArray[np.int64],
    *,
    name_jw: tuple[float, float],
    mother_jw: tuple[float, float],
) -> Int32s:
    """Packed levels of the pairs (left[i], right[j]).

    Args:
        con: any connection; Jaro-Winkler runs in it.
        left, right: people of both sides.
        i, j: positions in them, aligned.
        name_jw, mother_jw: limits of "very alike" and "rather alike".
    """
    out = np.empty(len(i), dtype=np.int32)
    for start in range(0, len(i), _STEP):
        part = slice(start, start + _STEP)
        out[part] = _compare(con, left, right, i[part], j[part], name_jw, mother_jw)
    return out


def _compare(
    con: duckdb.DuckDBPyConnection,
    left: People,
    right: People,
    i: npt.NDArray[np.int64],
    j: npt.NDArray[np.int64],
    name_jw: tuple[float, float],
    mother_jw: tuple[float, float],
) -> Int32s:
    packed = digits_level(left["nik"][i], right["nik"][j], prefix=True).astype(np.int32)
    shift = {c.name: c.shift for c in COLUMNS}
    packed |= digits_level(left["kk"][i], right["kk"][j], prefix=False).astype(np.int32) << shift["kk"]
    packed |= _name_level(con, left, right, i, j, name_jw).astype(np.int32) << shift["nama"]
    packed |= birth_level(left["dob"][i], right["dob"][j]).astype(np.int32) << shift["lahir"]
    a, b = left["jk"][i], right["jk"][j]
    packed |= np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, 2)).astype(np.int32) << shift["jk"]
    packed |= _mother_level(con, left, right, i, j, mother_jw).astype(np.int32) << shift["ibu"]
    a, b = left["address"][i], right["address"][j]
    same_street = left["street"][i] == right["street"][j]
    packed |= (
        np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, np.where(same_street, 2, 3))).astype(np.int32) << shift["alamat"]
    )
    packed |= _area_level(left, right, i, j).astype(np.int32) << shift["wilayah"]
    return packed


def _name_level(
    con: duckdb.DuckDBPyConnection,
    left: People,
    right: People,
    i: npt.NDArray[np.int64],
    j: npt.NDArray[np.int64],
    jw: tuple[float, float],
) -> Int8s:
    a, b = left["name_key"][i], right["name_key"][j]
    equal = a == b
    sound = (left["skeleton"][i] == right["skeleton"][j]) & (left["skeleton"][i] != 0)
    level = np.full(len(i), 7, dtype=np.int8)
    level[(left["t1"][i] == right["t1"][j]) & (left["t1"][i] != 0)] = 6
    todo = np.flatnonzero(~equal & ~sound & (a != 0) & (b != 0))
    i2, j2 = i[todo], j[todo]
    alike = _similarity(con, left.name.take(pa.array(i2)), right.name.take(pa.array(j2)), jw[1])
    shared = _tokens_shared(left, right, i2, j2)
    fewer = np.minimum(np.minimum(_token_slots(left)[i2], _token_slots(right)[j2]), 3)
    inside = (shared >= fewer) & (fewer > 0)
    part = level[todo]
    part[alike >= jw[1]] = 5
    part[inside | (shared >= 2)] = 4
    part[alike >= jw[0]] = 3
    level[todo] = part
    level[sound] = 2
    level[equal] = 1
    level[(a == 0) | (b == 0)] = MISSING
    return level


def _token_slots(people: People) -> Int8s:
    return sum(((people[t] != 0).astype(np.int8) for t in ("t1", "t2", "t3")), np.zeros(len(people), dtype=np.int8))


def _mother_level(
    con: duckdb.DuckDBPyConnection,
    left: People,
    right: People,
    i: npt.NDArray[np.int64],
    j: npt.NDArray[np.int64],
    jw: tuple[float, float],
) -> Int8s:
    a, b = left["mother_key"][i], right["mother_key"][j]
    level = np.full(len(i), 4, dtype=np.int8)
    both = (a != 0) & (b != 0)
    sound = (left["mother_skeleton"][i] == right["mother_skeleton"][j]) & both
    todo = np.flatnonzero(both & (a != b) & ~sound)
    if len(todo):
        alike = _similarity(con, left.mother.take(pa.array(i[todo])), right.mother.take(pa.array(j[todo])), jw[1])
        level[todo[alike >= jw[1]]] = 3
        level[todo[alike >= jw[0]]] = 2
    level[sound] = 2
    level[a == b] = 1
    level[~both] = MISSING
    return level


def _area_level(left: People, right: People, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64]) -> Int8s:
    a, b = left["kel"][i], right["kel"][j]
    same = a == b
    rw = same & (left["rw"][i] == right["rw"][j]) & (left["rw"][i] >= 0)
    rt = rw & (left["rt"][i] == right["rt"][j]) & (left["rt"][i] >= 0)
    level = np.full(len(i), 5, dtype=np.int8)
    level[a // 10000 == b // 10000] = 4
    level[same] = 3
    level[rw] = 2
    level[rt] = 1
    level[(a == 0) | (b == 0)] = MISSING
    return level
