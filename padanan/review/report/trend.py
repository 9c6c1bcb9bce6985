"""How one rule's failing share went over the publications: its points, and the change since the last one in words.

Reading earlier publications is in `padanan.published.history`, drawing a course in `padanan.pages.svg`.
"""

from __future__ import annotations

from padanan.base import format as id_format
from padanan.published.facts import RuleCount
from padanan.published.report import Report

FIRST_TIME = "baru sekali diukur, belum ada tren"


def points(report: Report, item: RuleCount) -> list[tuple[str, tuple[int, int] | None]]:
    """(name, (failing, judged) records or None) of every publication, oldest first; the last is this one."""
    key = (item.producer, item.rule.id)
    past = [(point.name, point.shares.get(key)) for point in report.history.points]
    return [*past, (f"{report.source.periode.label} r{report.source.revisi}", (item.gagal, item.total))]


def measured(report: Report, item: RuleCount) -> list[tuple[str, float]]:
    """The publications that measured the rule, with its share; one alone is no trend."""
    return [(name, found[0] / found[1]) for name, found in points(report, item) if found and found[1]]


def moved(report: Report, item: RuleCount) -> tuple[str, str] | None:
    """The change since the newest publication before that measured it, and that publication's name; None without one."""
    earlier = measured(report, item)[: -1 if item.total else None]
    if not earlier:
        return None
    name, before = earlier[-1]
    arrow = "▲" if item.rate > before else "▼" if item.rate < before else "●"
    return f"{arrow} {id_format.points(item.rate, before) or 'tetap'}", name


def told(report: Report, item: RuleCount) -> str:
    """That change as a phrase."""
    found = moved(report, item)
    return f"{found[0]} sejak {found[1]}" if found else FIRST_TIME
