"""Candidate pairs: hashed keys, capped blocks, a union of equi-joins, and which keys found each pair.

How alike a pair is belongs to `comparison`; recall lost here can't be won back, so completeness is counted in `measure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix  # type: ignore[import-untyped]

from padanan.linkage.lookup import Lookup
from padanan.linkage.register import Arrays

Int32s = npt.NDArray[np.int32]
UInt32s = npt.NDArray[np.uint32]
UInt64s = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Code columns that the keys read.
CODES = (
    "nik",
    "kk",
    "skeleton",
    "t1",
    "t2",
    "t3",
    "mother_skeleton",
    "mother1",
    "dob",
    "kel",
    "rt",
    "rw",
)
SMALL_CODES = ("street", "address")


def _two(a: str, b: str) -> tuple[str, ...]:
    """Two name tokens in whatever order."""
    return f"least {a} {b}", f"greatest {a} {b}"


Keys: TypeAlias = tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
# (label for the reader, arms); an arm is a list of parts, a missing part makes the key missing.
KEYS: Keys = (
    ("tahun lahir, hari-bulan dan kata nama pertama", (("year", "least day_month", "greatest day_month", "t1"),)),
    ("tanggal lahir dan kelurahan", (("dob", "kel"),)),
    ("bunyi nama dan tahun lahir", (("skeleton", "year"),)),
    ("nomor KK", (("kk",),)),
    ("kelurahan, tahun lahir dan kata nama pertama", (("kel", "year", "t1"),)),
    ("bunyi nama dan kelurahan", (("skeleton", "kel"),)),
    ("sepuluh angka akhir NIK", (("nik_last10",),)),
    ("dua belas angka awal NIK", (("nik_first12",),)),
    ("nama ibu dan kata nama pertama", (("mother_skeleton", "t1"),)),
    ("RT, RW, kelurahan dan kata nama pertama", (("kel", "rw", "rt", "t1"),)),
    ("bunyi nama dan hari-bulan lahir", (("skeleton", "month_day"),)),
    ("tanggal lahir dan nama ibu", (("dob", "mother1"),)),
    ("tanggal lahir dan salah satu kata nama", (("dob", "t1"), ("dob", "t2"), ("dob", "t3"))),
    ("dua kata nama dan kelurahan", tuple(("kel", *_two(a, b)) for a, b in (("t1", "t2"), ("t1", "t3"), ("t2", "t3")))),
    ("RT, RW, kelurahan dan tahun lahir", (("kel", "rw", "rt", "year"),)),
)
# Broader keys, affordable only where the register is small.
SMALL_KEYS: Keys = (
    ("tanggal lahir", (("dob",),)),
    ("bunyi nama", (("skeleton",),)),
    ("alamat", (("address",),)),
    ("jalan dan kelurahan", (("street", "kel"),)),
    ("jalan dan salah satu kata nama", (("street", "t1"), ("street", "t2"), ("street", "t3"))),
    ("kelurahan dan salah satu kata nama", (("kel", "t1"), ("kel", "t2"), ("kel", "t3"))),
    ("tahun lahir dan salah satu kata nama", (("year", "t1"), ("year", "t2"), ("year", "t3"))),
    ("dua kata nama", (_two("t1", "t2"), _two("t1", "t3"), _two("t2", "t3"))),
)
ALL_KEYS = KEYS + SMALL_KEYS
CARD_BIT = len(ALL_KEYS)
LABELS = (*(label for label, _ in ALL_KEYS), "kartu keluarga dari kerabat yang sudah padan")
# Entries of blocks held while the register passes by; beyond, it passes a second time when the cap is known.
_ENTRIES = 96_000_000
_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], dtype=np.uint64
)
_DERIVED: dict[str, tuple[str, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]]] = {
    "year": ("dob", lambda dob: dob // 10000),
    "month_day": ("dob", lambda dob: dob % 10000),
    "nik_last10": ("nik", lambda nik: nik & np.uint64(0xFFFFFFFFFF)),
    "nik_first12": ("nik", lambda nik: nik >> np.uint64(16)),
}


@dataclass(frozen=True)
class Candidates:
    """Pairs of rows, sorted by (right, left), so that the register can pass by once more to be compared.

    Attributes:
        left, right: row numbers of the list and of the register.
        keys: bitmask of `KEYS` that found the pair.
        cap: the block cap that was used after bounding.
        raw: joined rows before the union; `possible`: size of the whole product.
    """

    left: Int32s
    right: Int32s
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


class KeyValues:
    """Values of keys of some rows, parts made once and shared between keys.

    Args:
        arrays: code columns (`CODES`, with `SMALL_CODES` for the broader keys), 0 (rt, rw: −1) where missing.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._parts: dict[str, tuple[UInt64s, Bools]] = {}

    def of(self, parts: tuple[str, ...]) -> tuple[UInt64s, Bools]:
        """(64-bit value, mask of rows that have every part) of one arm of a key."""
        value, there = self._part(parts[0])
        total = value * _FACTORS[0]
        for name, factor in zip(parts[1:], _FACTORS[1:], strict=False):
            value, also = self._part(name)
            total += value * factor
            there = there & also
        return total, there

    def _part(self, name: str) -> tuple[UInt64s, Bools]:
        known = self._parts.get(name)
        if known is None:
            known = self._parts[name] = self._make(name)
        return known

    def _make(self, name: str) -> tuple[UInt64s, Bools]:
        first, *of = name.split()
        if of == ["day_month"]:
            dob = self._arrays["dob"]
            pick = np.minimum if first == "least" else np.maximum
            return pick(dob // 100 % 100, dob % 100).astype(np.uint64), dob != 0
        if of:
            a, b = (self._arrays[column] for column in of)
            return (np.minimum if first == "least" else np.maximum)(a, b).astype(np.uint64), (a != 0) & (b != 0)
        column, derive = _DERIVED.get(name, (name, None))
        code = self._arrays[column]
        there = code >= 0 if column in ("rt", "rw") else code != 0
        return (code if derive is None else derive(code)).astype(np.uint64), there


@dataclass
class _Blocks:
    """The blocks of one key: distinct values of the list's side, its rows by block, and who shares them in the register."""

    lookup: Lookup
    size: Ints
    first: Ints
    row: Int32s
    met: Ints
    spots: list[Int32s] = field(default_factory=list)
    rows: list[Int32s] = field(default_factory=list)

    @classmethod
    def of(cls, values: KeyValues, variants: tuple[tuple[str, ...], ...], least: int, cap: int) -> _Blocks:
        """Blocks of the left side that hold at least `least` and at most `cap` entries."""
        value_parts, row_parts = [], []
        for parts in variants:
            value, there = values.of(parts)
            rows = np.flatnonzero(there)
            value_parts.append(value[rows])
            row_parts.append(rows.astype(np.int32))
        value, row = np.concatenate(value_parts), np.concatenate(row_parts)
        order = np.argsort(value, kind="stable")
        value, row = value[order], row[order]
        begin = np.flatnonzero(np.r_[True, value[1:] != value[:-1]]) if len(value) else np.empty(0, dtype=np.int64)
        size = np.diff(np.r_[begin, len(value)])
        kept = (size >= least) & (size <= cap)
        begin, size = begin[kept], size[kept]
        return cls(Lookup(value[begin]), size, begin, row, np.zeros(len(begin), dtype=np.int64))


def find(
    left: Arrays,
    right: Callable[[], Iterator[tuple[int, Arrays]]],
    n_right: int,
    *,
    cap: int,
    per_record: int,
    within: bool = False,
    small: int = 0,
) -> Candidates:
    """Pairs of the list × the register that share at least one key in a block under the cap.

    Args:
        left: code columns of the list.
        right: a pass over the register: (row of the first entry, code columns) of each piece; asked once or twice.
        n_right: rows of the register.
        cap: largest number of records of one side that may share a key value.
        per_record: most candidates per list record, on average; the cap is halved until it holds.
        small: up to this many register rows the broader keys are used too.
        within: pairs of one table with itself, each once (left row < right row).
    """
    n_left = len(left["dob"])
    possible = n_left * (n_left - 1) // 2 if within else n_left * n_right
    keys = keys_for(n_right, small)
    blocks = blocks_of(left, keys, cap, least=2 if within else 1)
    held = _pass(keys, blocks, right(), cap, hold=True)
    used, raw = bounded(blocks, cap, per_record, n_left)
    if not held:
        for b in blocks:
            b.met[b.size > used] = used + 1
        _pass(keys, blocks, right(), used, hold=True, again=True)
    return union(*_joined(blocks, used, within), n_left, n_right, used, raw, possible)


def blocks_of(left: Arrays, keys: Keys, cap: int, *, least: int = 1) -> list[_Blocks]:
    """The list's blocks of each key, before the register has passed by."""
    values = KeyValues(left)
    return [_Blocks.of(values, variants, least, cap) for _, variants in keys]


def bounded(blocks: list[_Blocks], cap: int, per_record: int, n_left: int) -> tuple[int, int]:
    """(cap, joined rows under it): halved until a record has at most `per_record` candidates on average."""
    used, raw = cap, 0
    limit = max(per_record * n_left, 1000)
    while True:
        raw = sum(int((b.size * b.met)[(b.size <= used) & (b.met <= used)].sum()) for b in blocks)
        if raw <= limit or used <= 1:
            return used, raw
        used //= 2


def met_in(keys: Keys, blocks: list[_Blocks], pieces: Iterator[tuple[int, Arrays]]) -> list[Ints]:
    """How many rows of some pieces of the register share each block, none left out; one array a key."""
    for b in blocks:
        b.met[:] = 0
    # A cap that nothing reaches: another piece elsewhere decides with this one whether a block is too large.
    _pass(keys, blocks, pieces, np.iinfo(np.int64).max, hold=False)
    return [b.met.copy() for b in blocks]


def pairs_in(
    keys: Keys, blocks: list[_Blocks], pieces: Iterator[tuple[int, Arrays]], open_: tuple[Bools, ...]
) -> tuple[Int32s, Int32s, UInt32s]:
    """Pairs of some pieces of the register in the blocks that are open: `_joined`."""
    for b, kept in zip(blocks, open_, strict=True):
        b.met[:] = np.where(kept, 0, 2)
    _pass(keys, blocks, pieces, 1, hold=True, again=True)
    return _joined(blocks, np.iinfo(np.int64).max, False)


def codes_for(n_right: int, small: int) -> tuple[str, ...]:
    """The code columns that the keys of a register of that size read."""
    return (*CODES, *(SMALL_CODES if n_right <= small else ()))


def keys_for(n_right: int, small: int) -> Keys:
    """The keys of a register of that size."""
    return ALL_KEYS if n_right <= small else KEYS


def _pass(
    keys: Keys,
    blocks: list[_Blocks],
    pieces: Iterator[tuple[int, Arrays]],
    cap: int,
    *,
    hold: bool,
    again: bool = False,
) -> bool:
    """Counts the register's rows in each block and keeps them; False when there were too many to keep."""
    entries = 0
    for start, arrays in pieces:
        values = KeyValues(arrays)
        for (_, variants), b in zip(keys, blocks, strict=True):
            for parts in variants:
                value, there = values.of(parts)
                at, spot = b.lookup.find(value, there)
                open_ = b.met[spot] <= cap
                if not open_.all():
                    at, spot = at[open_], spot[open_]
                if not again:
                    b.met += np.bincount(spot, minlength=len(b.met))
                if hold:
                    b.spots.append(spot.astype(np.int32))
                    b.rows.append((at + start).astype(np.int32))
                    entries += len(at)
        if hold and not again and entries > _ENTRIES:
            hold = False
            for b in blocks:
                b.spots.clear()
                b.rows.clear()
    return hold


def _joined(blocks: list[_Blocks], cap: int, within: bool) -> tuple[Int32s, Int32s, UInt32s]:
    """(left row, right row, bit of the key) of every pair in a block; a pair may stand there several times."""
    lefts, rights, bits = [np.empty(0, dtype=np.int32)], [np.empty(0, dtype=np.int32)], [np.empty(0, dtype=np.uint32)]
    for bit, b in enumerate(blocks):
        spot = np.concatenate(b.spots) if b.spots else np.empty(0, dtype=np.int32)
        row = np.concatenate(b.rows) if b.rows else np.empty(0, dtype=np.int32)
        b.spots, b.rows = [], []
        kept = ((b.size <= cap) & (b.met <= cap))[spot]
        spot, row = spot[kept], row[kept]
        count = b.size[spot]
        right = np.repeat(row, count)
        place = np.repeat(b.first[spot] - np.r_[0, np.cumsum(count)[:-1]], count) + np.arange(len(right))
        left = b.row[place]
        if within:
            once = left < right
            left, right = left[once], right[once]
        lefts.append(left)
        rights.append(right)
        bits.append(np.full(len(left), 1 << bit, dtype=np.uint32))
    return np.concatenate(lefts), np.concatenate(rights), np.concatenate(bits)


def union(left: Int32s, right: Int32s, bit: UInt32s, n_left: int, n_right: int, used: int, raw: int, possible: int) -> Candidates:
    """The distinct pairs with their key masks, by (right, left)."""
    if len(left) == 0:
        empty = np.empty(0, dtype=np.int32)
        return Candidates(empty, empty, bit, used, raw, possible)
    # Pairs are dealt out to residents by counting and each one's few are sorted: half the work of sorting all pairs.
    table = coo_matrix((bit, (left, right)), shape=(n_left, n_right))
    table.has_canonical_format = True  # else scipy adds up the masks of a pair found twice
    dealt = table.tocsc()
    dealt.has_sorted_indices = False
    dealt.sort_indices()
    new = np.r_[True, dealt.indices[1:] != dealt.indices[:-1]]
    ends = dealt.indptr[1:-1]
    new[ends[ends < len(new)]] = True
    start = np.flatnonzero(new)
    keys = np.bitwise_or.reduceat(dealt.data, start)
    left = dealt.indices[start]
    # How many distinct pairs each resident has.
    count = np.diff(np.r_[0, np.cumsum(new, dtype=np.int32)][dealt.indptr])
    right = np.repeat(np.arange(n_right, dtype=np.int32), count)
    return Candidates(left, right, keys, used, raw, possible)
