"""Candidate pairs against a plain double loop, and the lookup they stand on against a dictionary."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from padanan.linkage import blocking
from padanan.linkage.lookup import Lookup
from padanan.linkage.register import slices


def _codes(rows: int, seed: int) -> dict[str, npt.NDArray[Any]]:
    """Codes with few distinct values, some missing, so that blocks of all sizes occur."""
    dice = np.random.default_rng(seed)
    few = {name: dice.integers(0, 9, rows).astype(np.uint64) for name in (*blocking.CODES, *blocking.SMALL_CODES)}
    few["dob"] = np.where(
        dice.random(rows) < 0.1, 0, 19800000 + dice.integers(1, 4, rows) * 100 + dice.integers(1, 4, rows)
    ).astype(np.int32)
    for name in ("rt", "rw"):
        few[name] = dice.integers(-1, 4, rows).astype(np.int16)
    return few


def _parts(codes: Mapping[str, npt.NDArray[Any]], row: int, parts: tuple[str, ...]) -> tuple[int, ...] | None:
    """The key's parts of one row, written out; None when one is missing."""
    dob = int(codes["dob"][row])
    day, month = dob % 100, dob // 100 % 100
    out = []
    for part in parts:
        first, *of = part.split()
        if of == ["day_month"]:
            value = (min(day, month) if first == "least" else max(day, month)) if dob else 0
        elif of:
            a, b = (int(codes[name][row]) for name in of)
            value = (min(a, b) if first == "least" else max(a, b)) if a and b else 0
        elif part in ("year", "month_day"):
            value = (dob // 10000 if part == "year" else dob % 10000) if dob else 0
        elif part.startswith("nik_"):
            nik = int(codes["nik"][row])
            value = (nik % 2**40 if part == "nik_last10" else nik // 2**16) if nik else 0
            if nik and value == 0:
                value = -2
        else:
            value = int(codes[part][row])
            if part in ("rt", "rw"):
                value = value + 1
        if value == 0:
            return None
        out.append(value)
    return tuple(out)


def _slow(left: dict[str, Any], right: dict[str, Any], keys: Any, cap: int, within: bool) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = defaultdict(int)
    n_left, n_right = len(left["dob"]), len(right["dob"])
    for bit, (_, variants) in enumerate(keys):
        mine = [(value, i) for p in variants for i in range(n_left) if (value := _parts(left, i, p)) is not None]
        theirs = [(value, j) for p in variants for j in range(n_right) if (value := _parts(right, j, p)) is not None]
        size, met = Counter(v for v, _ in mine), Counter(v for v, _ in theirs)
        rows = defaultdict(list)
        for value, j in theirs:
            rows[value].append(j)
        for value, i in mine:
            if size[value] <= cap and met[value] <= cap and (not within or size[value] >= 2):
                for j in rows[value]:
                    if not within or i < j:
                        found[i, j] |= 1 << bit
    return dict(found)


@pytest.mark.feature("F14")
@pytest.mark.parametrize(("within", "small", "cap"), [(False, 0, 40), (False, 10**6, 12), (True, 10**6, 40)])
def test_candidates_equal_a_double_loop(monkeypatch: pytest.MonkeyPatch, within: bool, small: int, cap: int) -> None:
    """Every pair that shares a key in a block under the cap, with the mask of its keys, and no other pair."""
    left = _codes(120, 1)
    right = left if within else _codes(300, 2)
    n = len(right["dob"])
    keys = blocking.keys_for(n, small)
    options: dict[str, Any] = {"cap": cap, "per_record": 10**6, "within": within, "small": small}
    found = blocking.find(left, lambda: slices(right), n, **options)
    got = {(int(a), int(b)): int(k) for a, b, k in zip(found.left, found.right, found.keys, strict=True)}
    assert got == _slow(left, right, keys, cap, within) and len(got) > 100
    assert list(got) == sorted(got, key=lambda pair: pair[::-1])
    # Too many entries to hold: the register passes twice, in other pieces, and the pairs stay the same.
    monkeypatch.setattr(blocking, "_ENTRIES", 50)
    monkeypatch.setattr("padanan.linkage.register.STEP", 17)
    again = blocking.find(left, lambda: slices(right), n, **options)
    for name in ("left", "right", "keys"):
        assert np.array_equal(getattr(again, name), getattr(found, name))


@pytest.mark.feature("F14")
def test_cap_is_halved_until_the_pairs_fit() -> None:
    """A list whose blocks are all large still gives a bounded number of candidates."""
    left, right = _codes(200, 3), _codes(900, 4)
    free = blocking.find(left, lambda: slices(right), 900, cap=300, per_record=10**6)
    tight = blocking.find(left, lambda: slices(right), 900, cap=300, per_record=5)
    assert tight.cap < free.cap == 300
    assert tight.raw <= 1000 < free.raw
    assert len(tight) < len(free)


@pytest.mark.feature("F14")
@pytest.mark.parametrize("count", [0, 1, 7, 5000])
def test_lookup_equals_a_dictionary(count: int) -> None:
    """Codes that differ in their upper bits only, neighbours and strangers are all told apart."""
    dice = np.random.default_rng(count)
    codes = np.unique(
        np.r_[dice.integers(0, 2**63, count).astype(np.uint64), np.arange(count, dtype=np.uint64) << np.uint64(40)][:count]
    )
    asked = np.r_[codes, codes + np.uint64(1), dice.integers(0, 2**63, 500).astype(np.uint64)]
    dice.shuffle(asked)
    there = dice.random(len(asked)) < 0.8
    at, spot = Lookup(codes).find(asked, there)
    place = {int(c): k for k, c in enumerate(codes)}
    slow = [(k, place[int(v)]) for k, v in enumerate(asked) if there[k] and int(v) in place]
    assert list(itertools.zip_longest(at.tolist(), spot.tolist())) == slow
