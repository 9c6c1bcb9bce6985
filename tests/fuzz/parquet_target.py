"""Parquet of any bytes: a delivery of Adminduk whose pages, footer and types are damaged.

The first byte says which whole file is damaged in its pages, under a footer that stays right (two bytes for a place, one for what
stands there then), or that the file itself follows. The rows are counted once more by Arrow, which does not read them here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq

from padanan.contracts.contract import load_contracts
from padanan.landing.raw import RawTable
from tests.fuzz.harness import Account, Lost, Target
from tests.fuzz.reading import lines_of, reader


def count_again(data: bytes, raw: RawTable) -> None:
    """Each row that the footer tells is there, once."""
    rows = pq.ParquetFile(io.BytesIO(data)).metadata.num_rows
    good, bad = lines_of(raw)
    if good | bad != set(range(1, rows + 1)):
        raise Lost(f"{rows} rows in the file, {len(good)} read, {len(bad)} unreadable")


def damaged(data: bytes) -> bytes:
    """The file that an input means."""
    files = list(whole().values())
    which = data[0] if data else len(files)
    if which >= len(files):
        return data[1:]
    file = bytearray(files[which])
    pages = len(file) - 8 - int.from_bytes(file[-8:-4], "little")
    for at in range(1, len(data) - 2, 3):
        file[4 + (int.from_bytes(data[at : at + 2], "big") * (pages - 4) >> 16)] = data[at + 2]
    return bytes(file)


@contextmanager
def opened() -> Iterator[Callable[[bytes], Account]]:
    with reader("adminduk", ".parquet", count_again) as read:
        yield lambda data: read(damaged(data))


def seeds() -> dict[str, bytes]:
    made = {f"halaman_{name}": bytes((number, 0, number, 0xFF)) for number, name in enumerate(whole())}
    return made | {name: b"\xff" + data for name, data in whole().items()}


@cache
def whole() -> dict[str, bytes]:
    """Files with every type that a column may have."""
    names = [column.source for column in load_contracts()["adminduk"].columns]
    text = {name: pa.array([f"{name[:3]}{number}" for number in range(4)]) for name in names}
    kinds = {
        "teks": text,
        "bilangan": text | {names[0]: pa.array([1, 2, None, 4], pa.int64())},
        "pecahan": text | {names[0]: pa.array([1.5, float("nan"), None, 3171010101010001.0])},
        "tanggal": text | {names[1]: pa.array([0, 1, None, -1], pa.timestamp("us", "UTC"))},
        "biner": text | {names[1]: pa.array([b"\xff", b"a", None, b""], pa.binary())},
        "bersarang": text | {names[1]: pa.array([[1], [], None, [2, 3]])},
        "kamus": text | {names[1]: pa.array(["a", "b", None, "a"]).dictionary_encode()},
        "desimal": text | {names[1]: pa.array([1, 2, None, 3], pa.decimal128(30, 2))},
    }
    made = {}
    for name, columns in kinds.items():
        out = io.BytesIO()
        pq.write_table(pa.table(columns), out, compression="none" if name in ("teks", "bilangan") else "zstd")
        made[name] = out.getvalue()
    return made


TARGET = Target(
    "parquet",
    10,
    opened,
    seeds,
    (b"PAR1", b"\x00", b"\xff\xff\xff\xff\x0f", b"\x15\x00"),
)
