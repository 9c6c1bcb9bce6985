"""Jaro-Winkler of many pairs of names: most are ruled out by the letters they share, the engine compares the rest.

What a similarity is worth belongs to `comparison`; how letters become marks belongs to `names`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from padanan.linkage.names import UNKNOWN_LETTERS

Floats = npt.NDArray[np.float64]
UInt64s = npt.NDArray[np.uint64]

_NEVER_FEWER = 255  # letters beyond the marks of a name whose letters are unknown


@dataclass(frozen=True)
class Texts:
    """Names of some people and what bounds their similarity.

    Attributes:
        text: canonical names, bytes ASCII or not.
        letters: marks of `names.NameCodes.letters`.
        spare: bytes of the name that have no mark.
        share: 1 / length in characters, as DuckDB counts them since 2.0.
        head: first four bytes: as many are the same as characters are, or more.
    """

    text: pa.Array
    letters: UInt64s
    spare: npt.NDArray[np.uint8]
    share: npt.NDArray[np.float32]
    head: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, text: pa.Array, letters: UInt64s) -> Texts:
        """Bounds of a large_string array; NULL has length 0."""
        n = len(text)
        if n == 0:
            return cls(text, letters, np.empty(0, np.uint8), np.empty(0, np.float32), np.empty(0, np.uint32))
        _, offset_buffer, byte_buffer = text.buffers()
        offsets = np.frombuffer(offset_buffer, dtype=np.int64)[text.offset : text.offset + n + 1]
        length = np.diff(offsets)
        marks = np.bitwise_count(letters).astype(np.int64)
        spare = np.where(letters == UNKNOWN_LETTERS, _NEVER_FEWER, np.clip(length - marks, 0, _NEVER_FEWER)).astype(np.uint8)
        characters = pc.fill_null(pc.utf8_length(text), 0).to_numpy(zero_copy_only=False)
        share = (1.0 / np.maximum(characters, 1)).astype(np.float32)
        every = (
            np.frombuffer(byte_buffer, dtype=np.uint8) if byte_buffer is not None and byte_buffer.size else np.zeros(1, np.uint8)
        )
        head = np.zeros(n, dtype=np.uint32)
        for k in range(4):
            byte = every.take(offsets[:-1] + k, mode="clip").astype(np.uint32)
            head |= np.where(length > k, byte, np.uint32(0)) << np.uint32(8 * k)
        return cls(text, letters, spare, share, head)


def may_reach(left: Texts, right: Texts, i: npt.NDArray[Any], j: npt.NDArray[Any], cut: float) -> npt.NDArray[np.int64]:
    """Pairs (left[i], right[j]) whose similarity the letters don't keep under `cut`, as positions."""
    return np.flatnonzero(ceiling(left, right, i, j) >= cut - 1e-5)


def similarity(
    con: duckdb.DuckDBPyConnection, left: Texts, right: Texts, i: npt.NDArray[Any], j: npt.NDArray[Any], cut: float
) -> Floats:
    """Jaro-Winkler of (left[i], right[j]); 0 where it is under `cut` or a name is missing."""
    if len(i) == 0:
        return np.empty(0, dtype=np.float64)
    con.register("pasangan_nama", pa.table({"a": left.text.take(pa.array(i)), "b": right.text.take(pa.array(j))}))
    got = con.execute(f"select coalesce(jaro_winkler_similarity(a, b, {cut}), 0.0) as s from pasangan_nama").fetchnumpy()
    con.unregister("pasangan_nama")
    return np.asarray(got["s"], dtype=np.float64)


def ceiling(left: Texts, right: Texts, i: npt.NDArray[Any], j: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """What Jaro-Winkler can't exceed: m common letters give at most (m/l + m/l' + 1) / 3, plus the common beginning's bonus."""
    common = np.bitwise_count(left.letters.take(i) & right.letters.take(j)).astype(np.float32)
    common += np.minimum(left.spare.take(i), right.spare.take(j))
    a, b = left.share.take(i), right.share.take(j)
    most = np.minimum(common * a, 1.0) + np.minimum(common * b, 1.0)
    jaro = (most + np.float32(1.0)) / np.float32(3.0)
    differ = left.head.take(i) ^ right.head.take(j)
    begin = np.zeros(len(jaro), dtype=np.float32)
    for mask in (0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF):
        begin += (differ & np.uint32(mask)) == 0
    return np.asarray(jaro + np.float32(0.1) * begin * (np.float32(1.0) - jaro))
