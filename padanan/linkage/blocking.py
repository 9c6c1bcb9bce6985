"""Candidate pairs: hashed keys, capped blocks, a union of equi-joins, and which keys found each pair.

How alike a pair is belongs to `comparison`; recall lost here can't be won back, so completeness is counted in `measure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

UInt32s = npt.NDArray[np.uint32]
UInt64s = npt.NDArray[np.uint64]

# (label for the reader, arms); an arm is a list of parts, NULL in any part makes the key NULL.
_YEAR, _MONTH_DAY = "dob // 10000", "dob % 10000"


def _two(a: str, b: str) -> tuple[str, ...]:
    # DuckDB's least() skips NULL: without the last part one name token would pass for two.
    return "kel", f"least({a}, {b})", f"greatest({a}, {b})", f"case when {a} is not null and {b} is not null then 0 end"


KEYS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    (
        "tahun lahir, hari-bulan dan kata nama pertama",
        ((_YEAR, "least(dob // 100 % 100, dob % 100)", "greatest(dob // 100 % 100, dob % 100)", "t1"),),
    ),
    ("tanggal lahir dan kelurahan", (("dob", "kel"),)),
    ("bunyi nama dan tahun lahir", (("skeleton", _YEAR),)),
    ("nomor KK", (("kk",),)),
    ("kelurahan, tahun lahir dan kata nama pertama", (("kel", _YEAR, "t1"),)),
    ("bunyi nama dan kelurahan", (("skeleton", "kel"),)),
    ("sepuluh angka akhir NIK", (("nik & 1099511627775",),)),
    ("dua belas angka awal NIK", (("nik >> 16",),)),
    ("nama ibu dan kata nama pertama", (("mother_skeleton", "t1"),)),
    ("RT, RW, kelurahan dan kata nama pertama", (("kel", "rw", "rt", "t1"),)),
    ("bunyi nama dan hari-bulan lahir", (("skeleton", _MONTH_DAY),)),
    ("tanggal lahir dan nama ibu", (("dob", "mother1"),)),
    ("tanggal lahir dan salah satu kata nama", (("dob", "t1"), ("dob", "t2"), ("dob", "t3"))),
    ("dua kata nama dan kelurahan", (_two("t1", "t2"), _two("t1", "t3"), _two("t2", "t3"))),
    ("RT, RW, kelurahan dan tahun lahir", (("kel", "rw", "rt", _YEAR),)),
)
# Broader keys, affordable only where the register is small.
SMALL_KEYS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("tanggal lahir", (("dob",),)),
    ("bunyi nama", (("skeleton",),)),
    ("alamat", (("address",),)),
    ("jalan dan kelurahan", (("street", "kel"),)),
    ("jalan dan salah satu kata nama", (("street", "t1"), ("street", "t2"), ("street", "t3"))),
    ("kelurahan dan salah satu kata nama", (("kel", "t1"), ("kel", "t2"), ("kel", "t3"))),
    ("tahun lahir dan salah satu kata nama", ((_YEAR, "t1"), (_YEAR, "t2"), (_YEAR, "t3"))),
    ("dua kata nama", (_two("t1", "t2")[1:], _two("t1", "t3")[1:], _two("t2", "t3")[1:])),
)
ALL_KEYS = KEYS + SMALL_KEYS
CARD_BIT = len(ALL_KEYS)
LABELS = (*(label for label, _ in ALL_KEYS), "kartu keluarga dari kerabat yang sudah padan")
_ROW_BITS = 25
_KEY_BITS = 5


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows, sorted by (left, right).

    Attributes:
        left, right: row numbers of the list and of the register.
        keys: bitmask of `KEYS` that found the pair.
        cap: the block cap that was used after bounding.
        raw: joined rows before the union; `possible`: size of the whole product.
    """

    left: UInt32s
    right: UInt32s
    keys: UInt32s
    cap: int
    raw: int
    possible: int

    def __len__(self) -> int:
        return len(self.left)

    @property
    def reduction_ratio(self) -> float:
        """1 − pairs / product."""
        return 1.0 - len(self) / self.possible if self.possible else 1.0


def key_arms(table: str, *, small: bool = False) -> list[tuple[int, str]]:
    """(bit, SQL of k and row) for every key arm, with the broader ones if `small`; NULL keys left out."""
    arms = []
    for bit, (_, variants) in enumerate(ALL_KEYS if small else KEYS):
        for parts in variants:
            present = " and ".join(f"({part}) is not null" for part in parts)
            arms.append((bit, f"select hash({bit}, {', '.join(parts)}) as k, row from {table} where {present}"))
    return arms


def find(
    con: duckdb.DuckDBPyConnection, left: str, right: str, *, cap: int, per_record: int, within: bool = False, small: int = 0
) -> Candidates:
    """Pairs of `left` × `right` that share at least one key in a block under the cap.

    Args:
        con: connection that holds both tables.
        left: table of the list with `row` and the prepared code columns.
        right: table of the register, likewise (may be `left` itself).
        cap: largest number of records of one side that may share a key value.
        per_record: most candidates per list record, on average; the cap is halved until it holds.
        small: up to this many register rows the broader keys are used too.
        within: pairs of one table with itself, each once (left row < right row).
    """
    n_left = int(con.execute(f"select count(*) from {left}").fetchall()[0][0])
    n_right = int(con.execute(f"select count(*) from {right}").fetchall()[0][0])
    possible = n_left * (n_left - 1) // 2 if within else n_left * n_right
    every = " union all ".join(
        f"select k, {bit}::utinyint as bit, row from ({arm})" for bit, arm in key_arms(left, small=n_right <= small)
    )
    con.execute(f"create or replace temp table blok_kiri as {every}")
    con.execute(
        f"""create or replace temp table blok_sah as select k, any_value(bit) as bit, count(*) as n from blok_kiri
        group by k having count(*) between {2 if within else 1} and {cap}"""
    )
    if within:
        con.execute("create or replace temp view blok_kanan as select k, row from blok_kiri")
        con.execute("create or replace temp table blok as select k, n, n as m from blok_sah")
    else:
        # Each arm probes only the values of its own key: a table that fits the cache.
        semi = [
            f"select s.k, s.row from ({arm}) s semi join (select k from blok_sah where bit = {bit}) b on s.k = b.k"
            for bit, arm in key_arms(right, small=n_right <= small)
        ]
        con.execute(f"create or replace temp table blok_kanan as {' union all '.join(semi)}")
        con.execute(
            f"""create or replace temp table blok as select k, any_value(n) as n, count(*) as m from blok_kanan
                join blok_sah using (k)
            group by k having count(*) <= {cap}"""
        )
    used, raw = cap, 0
    limit = max(per_record * n_left, 1000)
    while True:
        raw = int(con.execute(f"select coalesce(sum(n * m), 0) from blok where n <= {used} and m <= {used}").fetchall()[0][0])
        if raw <= limit or used <= 1:
            break
        used //= 2
    packed: dict[str, Any] = con.execute(
        f"""select (l.row::ubigint << {_ROW_BITS + _KEY_BITS}) | (r.row::ubigint << {_KEY_BITS}) | l.bit::ubigint as p
        from blok b join blok_kiri l on l.k = b.k join blok_kanan r on r.k = b.k
        where b.n <= {used} and b.m <= {used} {"and l.row < r.row" if within else ""}"""
    ).fetchnumpy()
    for table in ("blok", "blok_sah", "blok_kiri"):
        con.execute(f"drop table {table}")
    con.execute("drop view blok_kanan" if within else "drop table blok_kanan")
    return unpack(np.asarray(packed["p"], dtype=np.uint64), used, raw, possible)


def unpack(packed: UInt64s, cap: int, raw: int, possible: int) -> Candidates:
    """The union of found pairs with their key masks, from (left, right, key) packed in 64 bits."""
    packed.sort()
    pair = packed >> np.uint64(_KEY_BITS)
    bits = np.left_shift(np.uint32(1), (packed & np.uint64(2**_KEY_BITS - 1)).astype(np.uint32))
    if len(pair) == 0:
        empty = np.empty(0, dtype=np.uint32)
        return Candidates(empty, empty, empty, cap, raw, possible)
    start = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
    keys = np.bitwise_or.reduceat(bits, start)
    pair = pair[start]
    left = (pair >> np.uint64(_ROW_BITS)).astype(np.uint32)
    right = (pair & np.uint64(2**_ROW_BITS - 1)).astype(np.uint32)
    return Candidates(left, right, keys.astype(np.uint32), cap, raw, possible)
