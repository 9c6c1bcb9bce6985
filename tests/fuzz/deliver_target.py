"""The whole way of a delivery: any bytes as a file with its letter, through the reading child, into landing or quarantine.

The first byte says whose delivery it is; two further ones how long its letter is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pyarrow.parquet as pq

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.contract import load_contracts
from padanan.contracts.plan import load_plans
from padanan.landing.land import deliver
from padanan.landing.letter import LETTER
from tests.fuzz import csv_target, parquet_target, xlsx_target
from tests.fuzz.harness import Account, Lost, Target, emptied, private_place
from tests.fuzz.recipe import damaged

WHOSE = ("dtks", "klj", "adminduk")
SUFFIX = {"dtks": ".csv", "klj": ".xlsx", "adminduk": ".parquet"}
CAME = datetime(2025, 10, 10, 9, tzinfo=JAKARTA)


@contextmanager
def opened() -> Iterator[Callable[[bytes], Account]]:
    with private_place() as root:
        contracts, plans = load_contracts(), load_plans()

        def one(data: bytes) -> Account:
            home = Home(emptied(root / "data"))
            whose, size = WHOSE[data[0] % 3 if data else 0], int.from_bytes(data[1:3], "big")
            letter, content = data[3 : 3 + size], data[3 + size :]
            if whose == "klj":
                content = damaged(list(xlsx_target.base()), content)
            path = emptied(root / "asal") / f"{whose}_2025-10{SUFFIX[whose]}"
            path.write_bytes(content)
            if letter:
                path.with_name(path.name + LETTER).write_bytes(letter)
            receipt = deliver(home, contracts, whose, path, diterima=CAME, plans=plans)
            if not (receipt.paper.exists() and all(flag["pesan"] and flag["perbaikan"] for flag in receipt.flags)):
                raise AssertionError("no receipt, or a flag without cause and cure")
            if receipt.status not in ("diterima", "ditahan"):
                kept = receipt.folder / "original" / path.name
                if receipt.status == "karantina" and kept.read_bytes() != content:
                    raise Lost("a quarantined delivery without its bytes")
                return Account(word=f"{receipt.status}: {receipt.flags[0]['rule_id'] if receipt.flags else ''}")
            part, rejects = (
                pq.ParquetFile(receipt.folder / name).metadata.num_rows for name in ("part.parquet", "rejects.parquet")
            )
            return Account(receipt.manifest["rows_in"], part, rejects, receipt.status)

        yield one


def seeds() -> dict[str, bytes]:
    text, book, table = csv_target.seeds(), xlsx_target.seeds(), parquet_target.whole()
    made = {f"csv_{name}": b"\0\0\0" + text[name] for name in ("kutip", "judul", "utf16", "hanya_bom")}
    made |= {f"xlsx_{name}": b"\1\0\0" + book[name] for name in ("utuh", "zip", "potong")}
    letter = b"periode_data: 2025-10\njumlah_baris: 4\n"
    head = b"\2" + len(letter).to_bytes(2, "big") + letter
    return made | {f"parquet_{name}": head + table[name] for name in ("teks", "biner", "bersarang")}


TARGET = Target("deliver", 45, opened, seeds, csv_target.TOKENS)
