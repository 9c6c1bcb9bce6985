"""The readers in this process as the reading child calls them, what the parent does with what they left, the rows counted again.

Which file is read belongs to the targets; the child's limits are `deliver_target`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zlib import crc32

import pyarrow.parquet as pq

from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA
from padanan.contracts.contract import load_contracts
from padanan.landing import checks
from padanan.landing.letter import Letter
from padanan.landing.raw import LINE, Flag, RawTable, Spec
from padanan.landing.reading import REJECTS, _as_json, limits_of
from padanan.landing.reading_child import read
from padanan.landing.stage import stage
from tests.fuzz.harness import Account, Lost, emptied, private_place, where

Oracle = Callable[[bytes, RawTable], None]


@contextmanager
def reader(contract_id: str, suffix: str, oracle: Oracle) -> Iterator[Callable[[bytes], Account]]:
    """A function that reads, stages and counts one delivery of a contract."""
    with private_place() as root:
        contract, ring = load_contracts()[contract_id], load_ring()
        spec, longest = Spec.of(contract), limits_of(contract).selTerpanjangKib << 10
        place = root / "kiriman"

        def one(data: bytes) -> Account:
            path, work = emptied(place) / f"berkas{suffix}", place / "kerja"
            work.mkdir()
            path.write_bytes(data)
            try:
                told = read(work=work, path=str(path), spec=_as_json(spec), longest=longest)
            except Exception as error:
                # The child ends, its delivery is quarantined whole: contained, but its sender is told a class and no cause.
                return Account(word=f"anak berhenti: {type(error).__name__} {where(error)}")
            if "read" not in told:
                return Account(word="ditolak")
            facts = told["read"]
            flags = [Flag(**{**one, "details": ()}) for one in facts.pop("flags")]
            for name in ("columns", "missing", "unagreed"):
                facts[name] = tuple(facts[name])
            raw = RawTable(path=work / "mentah.parquet", rejects=work / REJECTS, flags=flags, **facts)
            oracle(data, raw)
            flags += checks.after_reading(raw, contract, LETTER)
            if checks.outcome(flags) in ("ditolak", "karantina"):
                return Account(word=checks.outcome(flags))
            if crc32(data) % STAGED:
                return _read(raw)
            staged = stage(raw, contract, "0" * 16, ring, place, work)
            list(checks.after_staging(raw, staged, contract, LETTER, None, None))
            return _counted(raw, staged.rows_on, sum(staged.aside.values()), place)

        yield one


# Staging costs a tenth of a second: one input of so many goes on to it, chosen by its bytes; all do in `deliver_target`.
STAGED = 8
LETTER = Letter("2025-10", datetime(2025, 10, 10, 9, tzinfo=JAKARTA))


def _read(raw: RawTable) -> Account:
    return Account(raw.counted, *(pq.ParquetFile(path).metadata.num_rows for path in (raw.path, raw.rejects)))


def _counted(raw: RawTable, on: int, aside: int, place: Path) -> Account:
    part, rejects = (pq.ParquetFile(place / name).metadata.num_rows for name in ("part.parquet", "rejects.parquet"))
    if (part, rejects) != (on, aside):
        raise Lost(f"files hold {part} and {rejects} rows, the account says {on} and {aside}")
    _read(raw)
    return Account(raw.counted, part, rejects)


def lines_of(raw: RawTable) -> tuple[set[int], set[int]]:
    """Source lines of the rows that were read, and of those that were not; each line once."""
    found = []
    for path in (raw.path, raw.rejects):
        lines = pq.read_table(path, columns=[LINE]).column(0).to_pylist()
        if len(lines) != len(set(lines)):
            raise Lost("one line stands twice")
        found.append(set(lines))
    if found[0] & found[1]:
        raise Lost("a line is both read and unreadable")
    return found[0], found[1]
