"""Files from the field: landed by the reading child, then taken in; each landed row becomes an event or is refused with a reason.

The first byte says which contract; the rest is the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from padanan.base.home import Home
from padanan.contracts.feedback import load_deliverable, load_feedback
from padanan.feedback.intake import take_all
from padanan.landing.land import deliver
from tests.feedback.field import CAME, RIGHT
from tests.fuzz.csv_target import TOKENS
from tests.fuzz.harness import Account, Lost, Target, emptied, private_place

KINDS = tuple(RIGHT)


@contextmanager
def opened() -> Iterator[Callable[[bytes], Account]]:
    with private_place() as root:
        contracts = load_deliverable()

        def one(data: bytes) -> Account:
            kind = KINDS[data[0] % len(KINDS) if data else 0]
            home = Home(emptied(root / "data"))
            path = emptied(root / "asal") / f"{kind}_2025-11.csv"
            path.write_bytes(data[1:])
            receipt = deliver(home, contracts, kind, path, periode_data="2025-11", diterima=CAME)
            if receipt.status != "diterima":
                return Account(word=receipt.status)
            (taken,) = take_all(home)
            if taken.rows != receipt.manifest["rows_on"] or not taken.page.exists():
                raise Lost(f"{receipt.manifest['rows_on']} rows landed, {taken.rows} taken in")
            return Account(taken.rows, taken.events, taken.refused, kind)

        yield one


def seeds() -> dict[str, bytes]:
    made = {}
    for number, kind in enumerate(KINDS):
        columns = [column.source for column in load_feedback()[kind].columns]
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(
            [
                RIGHT[kind],
                {**RIGHT[kind], next(iter(RIGHT[kind])): "X2", "NIK": "3171010101010001"} if "NIK" in columns else RIGHT[kind],
            ]
        )
        made[kind] = bytes((number,)) + out.getvalue().encode()
    return made


WORDS = (
    b"2025-11",
    b"31/02/2025",
    b"05/11/2025",
    b"99/99/9999",
    b"TERSALUR",
    b"LAYAK",
    b"DITEMUKAN",
    b"300000",
    b"-1",
    b"1e9",
    b"3171011001",
    b"\xe2\x80\xae",
    b"=1+1",
)
TARGET = Target("feedback", 60, opened, seeds, (*TOKENS, *WORDS))
