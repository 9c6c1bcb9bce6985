"""The review log: one append-only, hash-chained file a period, `decisions/reviu/<period>.jsonl`, one decision a line.

It only stores records and proves that decisions are whole; the chain itself is `padanan/chain`, what a decision means and who may
take it stands in `steps` and `actions`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.chain import EMPTY_HEAD, Chain
from padanan.delivery.commit import write_once
from padanan.errors import PadananError
from padanan.home import Home
from padanan.period import Periode

FOLDER = "reviu"
RESTORE = "pulihkan folder decisions/reviu dari cadangan; catatan reviu hanya ditambah, tidak disunting"


@dataclass(frozen=True)
class ReviewLog:
    """A period's decisions, oldest first; `head` is the newest record's hash, 64 zeros when there is none."""

    records: tuple[Mapping[str, Any], ...]
    head: str


def folder_of(home: Home) -> Path:
    """`decisions/reviu`: below `decisions/`, so that accepting or waiving is no input of a run (`runplan.decisions_version`)."""
    return home.decisions / FOLDER


def log_path(home: Home, periode: Periode) -> Path:
    """The log of one period."""
    return folder_of(home) / f"{periode.key}.jsonl"


def head_path(home: Home, periode: Periode) -> Path:
    """The signed head beside the log: it tells that the newest records were cut off, also before a seal holds the head."""
    return folder_of(home) / f"{periode.key}.kepala.json"


def chain_of(home: Home, periode: Periode) -> Chain:
    """The period's chain."""
    path = log_path(home, periode)
    return Chain(home.root, path, head_path(home, periode), FOLDER, "kepala", periode.key, "catatan reviu", RESTORE)


def read_log(home: Home, periode: Periode) -> ReviewLog:
    """The period's decisions, after the whole chain was proved.

    Raises:
        PadananError: a record was changed, removed or forged, the last line is torn, or the key is another one; with the line.
    """
    chain = chain_of(home, periode)
    name = chain.path.relative_to(home.root)
    head, content = chain.contents()
    if content and not content.endswith(b"\n"):
        raise _torn(periode, name, content.count(b"\n") + 1)
    records = chain.proved(content)
    for number, record in enumerate(records, 1):
        if not _packed(record):
            raise chain.broken("catatan reviu berubah", number)
    if records and records[-1]["paket"][0] != records[-1]["paket"][1]:
        raise _torn(periode, name, len(records) + 1)
    chain.check_head(head, records, first=records[0]["paket"][1] if records else 0)
    return ReviewLog(records, str(records[-1]["hash"]) if records else EMPTY_HEAD)


def _packed(record: Mapping[str, Any]) -> bool:
    """Whether a record says which one of how many of its decision it is."""
    try:
        place, size = record["paket"]
        return bool(1 <= place <= size)
    except (KeyError, TypeError, ValueError):
        return False


def _torn(periode: Periode, name: Path, line: int) -> PadananError:
    return PadananError(
        "catatan terakhir terpotong ketika ditulis; keputusan itu belum berlaku",
        file=name,
        place=f"baris {line}",
        cure=f"jalankan 'padanan review repair --periode {periode.label}', lalu ulangi keputusan terakhir",
    )


class Transaction:
    """The log while nobody else may add to it: compose records first, write them when everything else is ready."""

    def __init__(self, home: Home, periode: Periode) -> None:
        self._periode, self._chain = periode, chain_of(home, periode)
        self.log = read_log(home, periode)

    def compose(self, entries: Sequence[Mapping[str, Any]], now: datetime) -> tuple[Mapping[str, Any], ...]:
        """Records that would follow the log, chained and signed, not yet written.

        Args:
            entries: what was decided (`revisi`, `tindakan`, who, why); all of one package stand or none.
            now: the time of the decision.
        """
        packed = [
            {**entry, "paket": [place, len(entries)], "periode": self._periode.key} for place, entry in enumerate(entries, 1)
        ]
        return self._chain.compose(self.log.records, packed, now)

    def commit(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Adds composed records; on a full disk the file is cut back to where it was."""
        self._chain.append(records)
        self.log = ReviewLog((*self.log.records, *records), str(records[-1]["hash"]))
        self._chain.write_head(len(self.log.records), self.log.head)


@contextmanager
def writing(home: Home, periode: Periode) -> Iterator[Transaction]:
    """Holds the period's log for one writer; another one waits.

    Raises:
        PadananError: the log is not intact; nothing is added to a broken chain.
    """
    with chain_of(home, periode).locked():
        yield Transaction(home, periode)


def repair(home: Home, periode: Periode) -> int:
    """Takes a torn tail off the log and keeps it beside it; whole records are never touched.

    Returns:
        How many bytes were set aside; 0 when nothing was torn.

    Raises:
        PadananError: the log is broken elsewhere; that is no crash and stays as it is.
    """
    chain = chain_of(home, periode)
    path = chain.path
    with chain.locked():
        content = path.read_bytes() if path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        while whole:
            start = whole.rfind(b"\n", 0, -1) + 1
            try:
                place, size = json.loads(whole[start:])["paket"]
            except (ValueError, KeyError, TypeError):
                break
            if place == size:
                break
            whole = whole[:start]
        tail = content[len(whole) :]
        if tail:
            number = 1
            while (aside := path.with_name(f"{path.name}.terpotong-{number}")).exists():
                number += 1
            write_once(aside, tail.decode(errors="replace"))
            with path.open("r+b") as handle:
                handle.truncate(len(whole))
                handle.flush()
                os.fsync(handle.fileno())
        log = read_log(home, periode)
        if log.records:
            chain.write_head(len(log.records), log.head)
    return len(tail)
