"""The penghalang of a published revision: (producer, rule, kota) whose rate passes the contract's threshold.

Counting is the report's; what was waived is read off the log in `steps`.
"""

from __future__ import annotations

from padanan.contract import load_contracts
from padanan.home import Home
from padanan.period import Periode
from padanan.report.facts import KotaCount, count_rules
from padanan.report.published import open_published
from padanan.review.log import ReviewLog
from padanan.review.steps import waivers


def blockers(home: Home, periode: Periode, revisi: int) -> tuple[KotaCount, ...]:
    """Every penghalang of a revision, ordered by producer, rule and kota (`NO_KOTA`: no address in DKI).

    Raises:
        PadananError: the revision is not published, or its tables and contracts contradict each other.
    """
    source = open_published(home, periode, revisi)
    try:
        kotas = count_rules(source, load_contracts()).kotas
    finally:
        source.con.close()
    return tuple(sorted((item for item in kotas if item.blocker), key=key_of))


def key_of(item: KotaCount) -> tuple[str, str, str]:
    """What a waiver names."""
    return item.producer, item.rule.id, item.kota


def open_blockers(found: tuple[KotaCount, ...], log: ReviewLog, revisi: int) -> tuple[KotaCount, ...]:
    """The penghalang that nobody waived: with any of them a revision can't be accepted."""
    waived = waivers(log, revisi)
    return tuple(item for item in found if key_of(item) not in waived)
