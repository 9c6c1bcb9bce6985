"""Decision forms that were dropped into `inbox/review/`: taken in one by one, each with a receipt.

What a form says is read in `form` and decided in `actions`; a refused form stays where it is and changed nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, safe_reason
from padanan.base.format import fingerprint
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.regular import NotRegular, is_regular, open_regular
from padanan.base.shown import safe_name
from padanan.forms.inbox import DONE, SEEN, Skipped, beside, remember, seen, skipped, stamp, waiting
from padanan.pages.receipt import BAD, GOOD, Fault, Paper, sentence, write_beside
from padanan.records.refusal import Refusal
from padanan.records.review_log import log_path, read_log
from padanan.review.decision.actions import decide
from padanan.review.decision.form import SUFFIXES, placed, read_form
from padanan.review.decision.show import next_step, outcome

FOLDER = "review"
OPENED = ".dibuka.json"
"""Which form is being opened just now: it stands only after a process that died over it."""
RECEIPT = ".tanda_terima.html"
_RECEIPTS = (RECEIPT, ".tanda_terima.pdf", ".tanda_terima.json", ".tanda_terima.md")
"""Suffixes of a receipt's papers; Markdown is what older ones were."""
TITLE = "Tanda terima formulir reviu"
FOOT = (
    "Tanda terima ini memuat keputusan, nama petugas, dan letak kesalahan pada formulir: tanpa NIK, nama penduduk, atau alamat."
)


@dataclass(frozen=True)
class Result:
    """What became of one form; `line` is for a terminal, the receipt for the sender."""

    accepted: bool
    line: str
    receipt: Path


def folder_of(home: Home) -> Path:
    """`inbox/review`."""
    return home.inbox(FOLDER)


def pending(home: Home, *, settle_seconds: float = 0) -> list[Path]:
    """Forms that were not looked at yet, or changed since; a scan that came later counts as a change.

    Args:
        settle_seconds: leave out forms that changed within so many seconds: they may still be copied.
    """
    folder = folder_of(home)
    return waiting(
        folder,
        ours=_ours,
        state_of=state_of,
        seen=lambda: seen(folder),
        settle_seconds=settle_seconds,
    )


def passed_by(home: Home) -> list[Skipped]:
    """What lies in `inbox/review/` and is neither a form nor a scan."""
    return skipped(folder_of(home), ours=_ours, own=lambda name: name == DONE or name.startswith((SEEN, OPENED)))


def _ours(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def process(home: Home, *, settle_seconds: float = 0) -> list[Result]:
    """Takes in every pending form, in the order of their names; one that can't be read stays and keeps no other back.

    An accepted form moves to `selesai/<sha16>/` with its receipt; a refused one stays, its receipt beside it.

    Raises:
        PadananError: log, publication or reviewers' list is broken, which no sender can mend; the form stays pending.
    """
    results = []
    left = _left_open(folder_of(home))
    for path in pending(home, settle_seconds=settle_seconds):
        try:
            with open_regular(path) as handle:
                handle.read(1)
        except NotRegular as odd:
            refusal = Refusal(
                f"bukan berkas biasa: {odd.kind}; tidak dibuka",
                field="formulir",
                file=safe_name(path.name),
                cure="taruh formulirnya sendiri di folder ini",
            )
            results.append(_refuse(path, state_of(path), None, refusal))
            continue
        except OSError as error:
            results.append(_unreadable(path, error))
            continue
        if left == (path.name, state_of(path)) and not _recorded(home, file_sha256(path)):
            refusal = Refusal(
                "proses yang membuka formulir ini mati sebelum selesai; tidak dibuka lagi",
                field="formulir",
                file=safe_name(path.name),
                cure="simpan lagi formulir itu di folder ini; bila terulang, isi formulir baru",
            )
            results.append(_refuse(path, state_of(path), None, refusal))
            continue
        with _marked(path):
            results.append(_process(home, path))
    return results


def _unreadable(path: Path, error: OSError) -> Result:
    """Told once where the disk lets us remember it, and else each time."""
    refusal = Refusal(
        f"formulir tidak dapat dibaca ({safe_reason(error)})",
        field="formulir",
        file=safe_name(path.name),
        cure="periksa izin dan nama berkas itu",
    )
    try:
        return _refuse(path, state_of(path), None, refusal)
    except OSError:
        return Result(False, f"DITOLAK {refusal}", beside(path, RECEIPT))


@contextmanager
def _marked(path: Path) -> Iterator[None]:
    """Marks a form as being opened, on the disk before the block begins; only the death of this process leaves the mark."""
    mark = path.parent / OPENED
    write_once(mark, json.dumps([path.name, state_of(path)]) + "\n")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            disk.unlink(mark, missing_ok=True)


def _left_open(folder: Path) -> tuple[str, str] | None:
    """Name and state of the form that a process died over."""
    try:
        name, state = json.loads((folder / OPENED).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return None
    return str(name), str(state)


def take(home: Home, path: Path) -> tuple[Mapping[str, Any], ...]:
    """Reads one form and writes its decision to the log.

    Returns:
        The records written.

    Raises:
        Refusal: the form or the decision is wrong; with the cell or line. Nothing changed then.
        PadananError: log, publication or reviewers' list is broken.
    """
    form = read_form(path)
    try:
        return decide(home, form.decision)
    except Refusal as refusal:
        raise placed(refusal, safe_name(path.name), form.places) from None


def _process(home: Home, path: Path) -> Result:
    digest, state = file_sha256(path), state_of(path)
    receipt = beside(path, RECEIPT)
    done = folder_of(home) / DONE / digest[:16]
    try:
        # A crash after the log was written left the form here: its decision stands already.
        records = [] if _moved(done) else _recorded(home, digest)
        records = list(records or take(home, path))
    except Refusal as refusal:
        return _refuse(path, state, digest, refusal)
    last = records[-1]
    paper = _accepted(home, path, digest, records)
    disk.mkdir(done, parents=True, exist_ok=True)
    final = beside(done / path.name, RECEIPT)
    write_beside(final, paper)
    disk.move(path, done / path.name)
    for suffix in _RECEIPTS:
        disk.unlink(receipt.with_suffix(Path(suffix).suffix), missing_ok=True)
    return Result(True, f"DITERIMA {outcome(last)}", final)


def _refuse(path: Path, state: str, digest: str | None, refusal: Refusal) -> Result:
    receipt = beside(path, RECEIPT)
    write_beside(receipt, _refused(path, digest, refusal))
    remember(path, state)
    return Result(False, f"DITOLAK {refusal}", receipt)


def _moved(done: Path) -> bool:
    """Whether the form itself arrived in its folder; a receipt alone is what a crash left."""
    return done.is_dir() and any(not path.name.endswith(_RECEIPTS) for path in done.iterdir())


def _recorded(home: Home, digest: str) -> list[Mapping[str, Any]]:
    from padanan.published.revisions import periods

    return [
        record
        for periode in periods(home)
        if log_path(home, periode).exists()
        for record in read_log(home, periode).records
        if record.get("formulir") == digest
    ]


def state_of(path: Path) -> str:
    """Size and time of change of a form, and when anything beside it changed last.

    Raises:
        OSError: the form can't be looked at.
    """
    others = (
        os.lstat(other).st_mtime_ns
        for other in path.parent.iterdir()
        if is_regular(other) and not _ours(other) and not other.name.endswith((*_RECEIPTS, SEEN, OPENED))
    )
    return f"{stamp(path)}:{max(others, default=0)}"


def _refused(path: Path, digest: str | None, error: PadananError) -> Paper:
    return Paper(
        title=TITLE,
        verdict="Ditolak: tidak ada yang berubah.",
        tone=BAD,
        steps=("Perbaiki formulirnya lalu simpan lagi di folder yang sama; formulir itu dibaca ulang.",),
        faults=(
            Fault(
                "Isi formulir tidak dapat diterima",
                "formulir ditolak karena ini",
                sentence(error.cause),
                sentence(error.cure),
                place=error.place or "",
                heavy=True,
            ),
        ),
        facts=(("Formulir", safe_name(path.name)), ("Nilai hash formulir", fingerprint(digest) if digest else "–")),
        foot=FOOT,
    )


def _accepted(home: Home, path: Path, digest: str, records: list[Mapping[str, Any]]) -> Paper:
    last = records[-1]
    periode = Periode.parse(last["periode"])
    return Paper(
        title=TITLE,
        verdict="Diterima: keputusan tercatat.",
        tone=GOOD,
        steps=(f"Langkah berikutnya: {next_step(home, periode, last['revisi'], commands=False)}",),
        facts=(
            ("Formulir", safe_name(path.name)),
            ("Nilai hash formulir", fingerprint(digest)),
            ("Periode, revisi", f"{periode.label} revisi {last['revisi']}"),
            *((f"Catatan {record['no']}", outcome(record)) for record in records),
            ("Kepala catatan", fingerprint(last["hash"])),
        ),
        foot=FOOT,
    )
