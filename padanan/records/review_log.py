"""The review log: one file of records a period, `decisions/reviu/<period>.jsonl`, one decision a line.

Keeping and proving is `padanan/records`; what a decision means and who may take it stands in `steps` and `actions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.records.kinds import REVIEW
from padanan.records.log import Log, Records, Transaction

ReviewLog = Records
"""A period's decisions, oldest first."""


def folder_of(home: Home) -> Path:
    """`decisions/reviu`."""
    return home.decisions / REVIEW.folder


def log_of(home: Home, periode: Periode) -> Log:
    """The log of one period."""
    return Log(home, REVIEW, periode.key)


def log_path(home: Home, periode: Periode) -> Path:
    """The file of one period."""
    return log_of(home, periode).path


def states(home: Home) -> dict[str, str]:
    """What tells one state of each period's log from another, by the period's key: nothing is proved or understood here."""
    return {path.stem: file_sha256(path)[:16] for path in sorted(folder_of(home).glob("????-??-01.jsonl"))}


def read_log(home: Home, periode: Periode) -> ReviewLog:
    """The period's decisions, after the whole chain was proved.

    Raises:
        PadananError: see `Log.read`.
    """
    return log_of(home, periode).read()


class Decisions:
    """A period's log while nobody else may add to it; every record names its period."""

    def __init__(self, periode: Periode, transaction: Transaction) -> None:
        self._periode, self._transaction = periode, transaction

    @property
    def log(self) -> ReviewLog:
        """What stands in it now."""
        return self._transaction.log

    def compose(self, entries: Sequence[Mapping[str, Any]], now: datetime) -> tuple[Mapping[str, Any], ...]:
        """Records that would follow the log, not yet written.

        Args:
            entries: what was decided (`revisi`, `tindakan`, who, why); all of one package stand or none.
            now: the time of the decision.
        """
        return self._transaction.compose([{**entry, "periode": self._periode.key} for entry in entries], now)

    def commit(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Adds composed records; on a full disk the file is cut back to where it was."""
        self._transaction.commit(records)


@contextmanager
def writing(home: Home, periode: Periode) -> Iterator[Decisions]:
    """Holds the period's log for one writer; another one waits.

    Raises:
        PadananError: the log is not intact; nothing is added to a broken chain.
    """
    with log_of(home, periode).writing() as transaction:
        yield Decisions(periode, transaction)
