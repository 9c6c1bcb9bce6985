"""What earlier publications counted: scores and failing shares of up to four periods and of the revisions before this one.

Whose gaps were mended is in `followup`; how a course looks is in `svg`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.published.facts import failing_shares, scores_of
from padanan.published.followup import KEY
from padanan.published.opened import LATER, NotPublished, Published, open_published
from padanan.published.revisions import published_periods, published_revisions
from padanan.records.seals import newest_seal

PERIODS = 4
REVISIONS = 3

Scores = Mapping[tuple[str, str], float | None]
Shares = Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True)
class Point:
    """One publication: scores by (producer, dimension), (failing, judged) by (producer, rule)."""

    periode: Periode
    revisi: int
    scores: Scores
    shares: Shares

    @property
    def name(self) -> str:
        """`2025-S1 r2`."""
        return f"{self.periode.label} r{self.revisi}"


@dataclass(frozen=True)
class History:
    """The publications before one, oldest first, and the names of those that could not be read."""

    points: tuple[Point, ...]
    unread: tuple[str, ...]
    last_period: tuple[Periode, int] | None
    last_revision: tuple[Periode, int] | None

    @property
    def compared(self) -> Point | None:
        """What changes are measured against: the revision before, else the last period."""
        wanted = self.last_revision or self.last_period
        return next((point for point in self.points if (point.periode, point.revisi) == wanted), None)


def history(home: Home, source: Published, contracts: Mapping[str, Contract]) -> History:
    """Reads the publications before one revision.

    A period counts by the revision that its decree sealed, else by its newest one. A publication that an older program
    wrote, and that lacks a table or column, is named and left out.
    """
    before = [periode for periode in published_periods(home) if periode.key < source.periode.key]
    periods = [found for periode in before if (found := _reference(home, periode))]
    own = [(source.periode, number) for number, _ in published_revisions(home, source.periode) if number < source.revisi]
    points, unread = [], []
    for periode, revisi in (*periods[-(PERIODS - 1) :], *own[-REVISIONS:]):
        try:
            points.append(_point(home, periode, revisi, contracts))
        except PadananError:
            unread.append(f"{periode.label} revisi {revisi}")
    readable = {(point.periode, point.revisi) for point in points}
    return History(
        tuple(points),
        tuple(unread),
        next((found for found in reversed(periods) if found in readable), None),
        next((found for found in reversed(own) if found in readable), None),
    )


def period_before(home: Home, periode: Periode) -> tuple[Periode, int] | None:
    """The publication by which the nearest period before counts; None where none was published."""
    before = [found for one in published_periods(home) if one.key < periode.key and (found := _reference(home, one))]
    return before[-1] if before else None


def counting_publications(home: Home) -> list[tuple[Periode, int]]:
    """The publication by which each period counts, oldest period first."""
    return [found for one in published_periods(home) if (found := _reference(home, one))]


def _point(home: Home, periode: Periode, revisi: int, contracts: Mapping[str, Contract]) -> Point:
    earlier = open_published(home, periode, revisi)
    try:
        if not earlier.has("gap", *KEY):
            # Its gaps cannot be followed, so nothing of it is set beside today's.
            raise NotPublished(
                f"gap: {', '.join(KEY)} {LATER}", file=f"published/{periode.key}/rev-{revisi}", cure="bandingkan terbitan lain"
            )
        return Point(periode, revisi, scores_of(earlier, contracts), failing_shares(earlier))
    finally:
        earlier.con.close()


def _reference(home: Home, periode: Periode) -> tuple[Periode, int] | None:
    published = [number for number, _ in published_revisions(home, periode)]
    seal = newest_seal(home, periode)
    if seal is not None and seal.data["revisi"] in published:
        return periode, int(seal.data["revisi"])
    return (periode, published[-1]) if published else None
