"""The penghalang and catatan kecil of a published revision: (producer, rule, kota) whose rate passes the contract's threshold.

Counting is the report's; what was waived is read off the log in `steps`.
"""

from __future__ import annotations

from dataclasses import dataclass

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.published.cells.model import rule_covers
from padanan.published.facts import KotaCount, count_rules
from padanan.published.newcomers import with_newcomers
from padanan.published.opened import open_published
from padanan.records.review_log import ReviewLog
from padanan.records.steps import waivers

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Judged:
    """The penghalang (`found`) and catatan kecil (`minors`) of a revision; of `covered` no table may show the count."""

    found: tuple[KotaCount, ...]
    minors: tuple[KotaCount, ...]
    covered: frozenset[Key]

    @property
    def every(self) -> tuple[KotaCount, ...]:
        """Both levels: all that a review must waive."""
        return self.found + self.minors

    def open(self, log: ReviewLog, revisi: int) -> tuple[KotaCount, ...]:
        """The penghalang that nobody waived: with any of them a revision can't be accepted."""
        waived = waivers(log, revisi)
        return tuple(item for item in self.found if key_of(item) not in waived)

    def open_minors(self, log: ReviewLog, revisi: int) -> tuple[KotaCount, ...]:
        """The catatan kecil that nobody waived, which hold an acceptance too."""
        waived = waivers(log, revisi)
        return tuple(item for item in self.minors if key_of(item) not in waived)

    def hidden(self, item: KotaCount) -> bool:
        """Whether the report covers the count: then nothing that people pass on names its kota."""
        return key_of(item) in self.covered


def judge(home: Home, periode: Periode, revisi: int) -> Judged:
    """Counts the penghalang and catatan kecil of a revision, ordered by producer, rule and kota (`NO_KOTA`: no address in DKI).

    Raises:
        PadananError: the revision is not published, or its tables and contracts contradict each other.
    """
    source = open_published(home, periode, revisi)
    try:
        counted = count_rules(source, with_newcomers(load_contracts(), source.manifest))
    finally:
        source.con.close()
    over = sorted((item for item in counted.kotas if item.over), key=key_of)
    covers = rule_covers(counted)
    covered = frozenset(key_of(item) for item in over if (item.rule.id, item.kota) in covers[item.producer])
    return Judged(tuple(item for item in over if item.blocker), tuple(item for item in over if item.minor), covered)


def key_of(item: KotaCount) -> Key:
    """What a waiver names: producer, rule, kota."""
    return item.producer, item.rule.id, item.kota
