"""Filled worklists that were dropped into `inbox/lembar/`: taken in one by one, each with a receipt beside it.

What becomes of a line stands in `sheets`; which files wait is `padanan/forms/inbox`'s question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from padanan.base import disk
from padanan.base.digest import file_sha256
from padanan.base.home import Home
from padanan.base.shown import safe_name
from padanan.forms.inbox import DONE, SEEN, Skipped, beside, remember, seen, skipped, stamp, waiting
from padanan.pages import receipt as paper
from padanan.run.sheets import FOOT, SheetRefused, take_sheet

FOLDER = "lembar"
RECEIPT = ".tanda_terima.html"


@dataclass(frozen=True)
class Result:
    """What became of one workbook: whether all of it was taken in, and in figures."""

    whole: bool
    line: str
    receipt: Path


def folder_of(home: Home) -> Path:
    """`inbox/lembar`."""
    return home.inbox(FOLDER)


def pending(home: Home, *, settle_seconds: float = 0) -> list[Path]:
    """Workbooks that were not looked at yet, or changed since.

    Args:
        settle_seconds: leave out those that changed within so many seconds: they may still be copied.
    """
    folder = folder_of(home)
    return waiting(folder, ours=_ours, state_of=stamp, seen=lambda: seen(folder), settle_seconds=settle_seconds)


def passed_by(home: Home) -> list[Skipped]:
    """What lies in `inbox/lembar/` and is no workbook."""
    return skipped(folder_of(home), ours=_ours, own=lambda name: name == DONE or name.startswith(SEEN))


def _ours(path: Path) -> bool:
    return path.suffix.lower() == ".xlsx"


def process(home: Home, *, now: datetime | None = None, settle_seconds: float = 0) -> list[Result]:
    """Takes in every waiting workbook, in the order of names; one that can't be read keeps no other back.

    A workbook that was taken in whole moves to `selesai/<sha16>/` with its receipt; any other stays, its receipt beside it, until
    it changes. What the inbox holds goes by its own rule of retention.

    Raises:
        PadananError: nothing is published, or the store is broken, which no sender can mend; the workbook stays pending.
    """
    results = []
    for path in pending(home, settle_seconds=settle_seconds):
        state = stamp(path)
        try:
            taken = take_sheet(home, path, now=now)
        except SheetRefused as error:
            page = beside(path, RECEIPT)
            paper.write_beside(page, _refused(path, error))
            remember(path, state)
            results.append(Result(False, f"DITOLAK {error}", page))
            continue
        account = taken.account
        whole = not (account["salah"] or account["hilang"])
        target = path
        if whole:
            target = folder_of(home) / DONE / file_sha256(path)[:16] / path.name
            disk.mkdir(target.parent, parents=True, exist_ok=True)
        page = beside(target, RECEIPT)
        for suffix in (f".{paper.PRINT}", f".{paper.DATA}", f".{paper.PAGE}"):
            disk.copy(taken.page.with_suffix(suffix), page.with_suffix(suffix))
        if whole:
            disk.move(path, target)
            for suffix in (f".{paper.PRINT}", f".{paper.DATA}", f".{paper.PAGE}"):
                disk.unlink(beside(path, RECEIPT).with_suffix(suffix), missing_ok=True)
        else:
            remember(path, state)
        told = ", ".join(f"{account[name]} {name.replace('_', ' ')}" for name in ("diambil", "sudah_diambil", "salah", "kosong"))
        results.append(Result(whole, f"{'DITERIMA' if whole else 'SEBAGIAN'} {safe_name(path.name, ())}: {told}", page))
    return results


def _refused(path: Path, error: SheetRefused) -> paper.Paper:
    fault = paper.Fault(
        rule="berkas lembar", outcome="tidak satu baris pun diambil karena ini", cause=paper.sentence(error.cause),
        cure=paper.sentence(error.cure), place=error.place or "", heavy=True,
    )  # fmt: skip
    return paper.Paper(
        title="Tanda terima lembar lapangan",
        verdict="Ditolak: tidak ada yang berubah.",
        tone=paper.BAD,
        steps=("Perbaiki berkasnya lalu simpan lagi di folder yang sama; berkas itu dibaca ulang.",),
        faults=(fault,),
        facts=(("Berkas", safe_name(path.name)),),
        foot=FOOT,
    )
