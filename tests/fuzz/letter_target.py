"""Covering letters and file names: read by the program itself, in no child, before anything else of a delivery.

An input is the file's name, a line break, and the bytes of its letter.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from padanan.base.period import JAKARTA
from padanan.contracts.contract import load_contracts
from padanan.contracts.due import due_date
from padanan.contracts.plan import load_plans
from padanan.landing import checks
from padanan.landing.arrival import Arrival, claim_flags
from padanan.landing.letter import LETTER, read_letter, shown_name
from padanan.landing.raw import DamagedFile
from tests.fuzz.harness import Account, Target, emptied, private_place

NOW = datetime(2025, 10, 10, 9, tzinfo=JAKARTA)


@contextmanager
def opened() -> Iterator[Callable[[bytes], Account]]:
    with private_place() as root:
        contracts, plans, place = load_contracts(), load_plans(), root / "inbox"

        def one(data: bytes) -> Account:
            name, _, letter = data.partition(b"\n")
            name = name.replace(b"/", b"").replace(b"\0", b"")[:200] or b"dtks.csv"
            name = b"x" if name in (b".", b"..") else name
            path = emptied(place) / os.fsdecode(name)
            contract = contracts["klj" if name.startswith(b"klj") else "dtks"]
            if not shown_name(path.name, contract).isprintable():
                raise AssertionError("a name that can't be printed")
            (path.parent / (path.name + LETTER)).write_bytes(letter)
            try:
                found = read_letter(path, contract, NOW)
                list(claim_flags(Arrival(NOW), found.claimed))
                if found.periode_data is None:
                    return Account(word="tanpa periode")
                due_date(contract, found.periode_data, plans)
                list(checks.before_reading(contract, found, plans))
            except DamagedFile as refused:
                said = f"{refused.cause} {refused.place} {refused.cure}"
                if not said.isprintable():
                    raise AssertionError("a cause that can't be printed") from None
                return Account(word="ditolak")
            return Account()

        yield one


def seeds() -> dict[str, bytes]:
    whole = b"periode_data: 2025-10\nditerima: 2025-10-09T08:00:00+07:00\nbagian: '3171'\njumlah_baris: 1000\nnomor_surat: S-1\n"
    return {
        "utuh": b"dtks_2025-10.csv\n" + whole, "klj": b"klj_2025-10.xlsx\nperiode_data: 2025-TW4\n", "kosong": b"dtks.csv\n",
        "json": b'dtks.csv\n{"periode_data": "2025-S2", "jumlah_baris": 10}', "alias": b"a.csv\na: &a 1\nb: *a\n",
        "nama": b"\xff\xfe\x1b[2J.csv\na: 1",
        "tanggal": b"a.csv\nditerima: 0001-01-01T00:00:00+14:00\nperiode_data: 9999-12\n",
    }  # fmt: skip


TOKENS = (b"periode_data: ", b"diterima: ", b"bagian: ", b"jumlah_baris: ", b"nomor_surat: ", b"url_env: ", b"2025-10-31",
    b"2025-TW4",
          b"2025-S2", b"0001-01-01", b"9999-12-31", b"0b_", b"0x_", b"1:60:99", b".inf", b".nan", b"!!binary", b"<<: {", b"? ",
          b"- ", b"|2\n", b"%YAML 1.1\n",
          b"---\n", b"...\n", b"'", b'"\\U0010ffff"', b"\\ud800", b"~", b"\xc2\x85", b"1e999", b"+99:99", b"0o7",
          b"1_0")  # fmt: skip
TARGET = Target("letter", 5, opened, seeds, TOKENS)
