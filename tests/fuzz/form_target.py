"""Workbooks that come back: decision forms, worklists, requests, the clerical queue; sealed with the tests' key, then damaged.

The first byte says which. The child's work (`probe`) is done in this process, so that it is seen which code an input reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from padanan.base.errors import PadananError
from padanan.base.sandbox import ChildStopped, Used
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.requests.form import read_form
from padanan.distribution.requests.form import write_form as write_request
from padanan.evidence import clerical_book
from padanan.forms import probe
from padanan.review.decision import inbox
from padanan.review.decision.form import write_form
from padanan.review.worklist.findings import read_back
from tests.fuzz.harness import Account, Lost, Target, emptied, private_place
from tests.fuzz.recipe import damaged, parts_of
from tests.review import worklist_by_hand
from tests.review.decided_by_hand import demo_home, publish
from tests.review.published_by_hand import PERIODE

DAY = date(2026, 3, 2)


def in_this_process(task: str, arguments: dict[str, Any], *, work: Path, **_: Any) -> tuple[Any, Used]:
    """`sandbox.run` of the probe without a child: what it raises, its end would have been."""
    try:
        return probe.look(work=work, **arguments), Used(0, 0, 0)
    except Exception as error:
        raise ChildStopped(f"tidak terbaca ({type(error).__name__})") from None


@contextmanager
def opened() -> Iterator[Callable[[bytes], Account]]:
    with private_place() as root, patch("padanan.forms.sealed_cells.run", in_this_process):
        home = demo_home(root / "data")
        publish(home, people=20)
        books = emptied(root / "buku")
        write_form(home, PERIODE, 1, books / "keputusan.xlsx")
        write_request(books / "permohonan.xlsx", load_catalogue())
        queue = [{name: f"{name}{number}" for name in clerical_book.LAYOUT.locked} for number in range(2)]
        clerical_book.write(books / "antrean.xlsx", queue)
        sent = worklist_by_hand.write(books)
        worklist_by_hand.fill(sent, "Verifikasi", 3, hasil="ditemukan", tanggal="12-1-2026", petugas="Siti Kader")
        names = ("keputusan.xlsx", sent.name, "permohonan.xlsx", "antrean.xlsx")
        parts = {name: parts_of((books / name).read_bytes()) for name in names}
        place, catalogue = root / "kembali", load_catalogue()

        def worklist(path: Path) -> Account:
            found = read_back(path, worklist_by_hand.STAMP, worklist_by_hand.TODAY)
            if found.lines + found.gone < 5:
                raise Lost(f"{found.lines} lines and {found.gone} gone, 5 went out")
            return Account(found.lines, len(found.findings) + found.blank, len(found.wrong), "lembar terbaca")

        def decision(path: Path) -> Account:
            results = inbox.process(home)
            return Account(word="keputusan diterima" if results and results[0].accepted else "keputusan ditolak")

        def request(path: Path) -> Account:
            asked, faults = read_form(path, catalogue, DAY)
            if asked is None and not faults:
                raise AssertionError("neither a request nor a fault")
            return Account(word="permohonan terbaca" if asked else "permohonan ditolak")

        ways = (decision, worklist, request, lambda path: Account(word=f"antrean {len(list(clerical_book.read(path)))}"))

        def one(data: bytes) -> Account:
            which = data[0] % len(ways) if data else 0
            path = (emptied(inbox.folder_of(home)) if which == 0 else emptied(place)) / names[which]
            path.write_bytes(damaged(parts[names[which]], data[1:]))
            try:
                return ways[which](path)
            except PadananError as refused:
                if which == 0:
                    raise
                if not str(refused).isprintable():
                    raise AssertionError("a message that can't be printed") from None
                return Account(word=f"{which} ditolak")

        yield one


def seeds() -> dict[str, bytes]:
    made = {}
    for which in range(4):
        at = bytes((which,))
        made |= {f"utuh{which}": at, f"sisip{which}": at + b"\x00\x05\x80\x00\x26",
        f"atribut{which}": at + b"\x05\x01\x40\x00\x34",
                 f"baris{which}": at + b"\x07\x03\x90\x00\x03", f"teks{which}": at + b"\x04\x04\x90\x00\x05"}  # fmt: skip
    return made


TARGET = Target("form", 15, opened, seeds)
