"""Which alerts a series gives: a pure fold over its points, oldest first, that no order of computing and no repetition changes.

It looks at what a reader of the printed figures knows, and is certain or silent: see `points.Known`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from padanan.base.format import decimal
from padanan.contracts.early_warning import (
    ABOVE,
    CHANGES,
    COUNT,
    DAYS,
    FALLS,
    PER_THOUSAND,
    RISES,
    SHARE,
    WarningRule,
)
from padanan.feedback.warning.points import Known, Point

FIRED, CLEARED = "nyala", "padam"
_SCALE = {SHARE: 100.0, PER_THOUSAND: 1000.0}


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a point: whether it passes (None: nobody can say), and by how much it is away from nothing."""

    passes: bool | None
    severity: float = 0.0


@dataclass(frozen=True)
class Turn:
    """An alert begins, is told again, or ends (`kind`), at a point and against the one before."""

    kind: str
    point: Point
    before: Point | None
    severity: float


@dataclass(frozen=True)
class Standing:
    """An alert that stands: the order of the point that it was last told at, and how far away that was."""

    order: str
    severity: float


UNKNOWN = Verdict(None)
_NO = Verdict(False)


def bounds(rule: WarningRule, point: Point) -> tuple[float, float] | None:
    """Least and greatest measure of a point that fit what is known of it; None where nobody can say or few stand behind it."""
    value, whole = point.value, point.whole
    if value.high is None:
        return None
    if rule.ukuran == COUNT:
        return float(value.low), float(value.high)
    if whole is None or not whole.low or whole.high is None or whole.low < rule.dasarMinimal:
        return None
    if rule.ukuran == DAYS:
        return float(value.low), float(value.high)
    scale = _SCALE[rule.ukuran]
    most = scale * value.high / whole.low
    return scale * value.low / whole.high, min(most, scale) if rule.ukuran == SHARE else most


def judged(rule: WarningRule, before: Point | None, now: Point) -> Verdict:
    """What a rule says of a point: true only where it holds of every value that fits what is printed."""
    at = bounds(rule, now)
    if at is None:
        return UNKNOWN
    if not rule.changing:
        if rule.ukuran == COUNT and at[1] < rule.dasarMinimal:
            return _NO
        far = at[0] if rule.arah == ABOVE else at[1]
        passes = far > rule.ambang if rule.arah == ABOVE else far < rule.ambang
        return Verdict(passes, far)
    if before is None:
        return UNKNOWN
    was = bounds(rule, before)
    if was is None:
        return UNKNOWN
    ways = [way for way in (RISES, FALLS) if rule.arah in (way, CHANGES)]
    found = [
        _moved(rule, *((before, was, now, at) if way == RISES else (now, at, before, was)), rises=way == RISES) for way in ways
    ]
    return max(found, key=lambda one: (bool(one.passes), one.severity))


def _moved(
    rule: WarningRule, less: Point, low: tuple[float, float], more: Point, high: tuple[float, float], *, rises: bool
) -> Verdict:
    """Whether `more` lies above `less` by enough; the two are in the order of time where the figure `rises`."""
    people = _at_least(more.value) - _at_most(less.value)
    if rule.bedaMinimal is None or people < rule.bedaMinimal:
        return _NO
    if rule.ukuran == COUNT:
        if high[0] < rule.dasarMinimal:
            return _NO
        # Percent of the earlier figure: of none, whatever comes is a change without end.
        first = low[1] if rises else high[1]
        size = 100.0 * (high[0] - low[1]) / first if first else float("inf")
    else:
        size = high[0] - low[1]
    return Verdict(size > rule.ambang, size)


def _at_least(value: Known) -> int:
    return value.low


def _at_most(value: Known) -> int:
    return value.low if value.high is None else value.high


def turns(rule: WarningRule, points: Sequence[Point], standing: Standing | None = None) -> list[Turn]:
    """Every beginning, repetition and end of a rule's alert along a series.

    - A rule of change tells of each change once; the next point that can be judged ends it, whatever it says.
    - A rule of a level tells once, again when it worsened by `langkah` since then, and ends when the figure is back.
    - A point that nobody can judge changes nothing.

    Args:
        points: in any order, a point told twice counts once. standing: the alert that stood before the first of them.
    """
    found: list[Turn] = []
    last: Point | None = None
    for point in sorted({one.order: one for one in points}.values(), key=lambda one: one.order):
        verdict = judged(rule, last, point)
        if verdict.passes is not None:
            if standing is not None and (rule.changing or not verdict.passes):
                found.append(Turn(CLEARED, point, last, verdict.severity))
                standing = None
            if verdict.passes and (standing is None or _worse(rule, verdict.severity, standing.severity)):
                found.append(Turn(FIRED, point, last if rule.changing else None, verdict.severity))
                standing = Standing(point.order, verdict.severity)
        last = point
    return found


def _worse(rule: WarningRule, now: float, told: float) -> bool:
    if rule.langkah is None:
        return False
    return now - told >= rule.langkah if rule.arah == ABOVE else told - now >= rule.langkah


def measure_text(rule: WarningRule, value: float) -> str:
    """A measure as people read it: `12,5%`, `3,1 per seribu`, `210 hari`."""
    if value == float("inf"):
        return "dari nol"
    told = decimal(value)
    if rule.changing:
        return f"{told} poin persen" if rule.ukuran == SHARE else f"{told}%"
    return {SHARE: f"{told}%", PER_THOUSAND: f"{told} per seribu", DAYS: f"{told} hari"}.get(rule.ukuran, told)
