"""Drawings as inline SVG: stacked bars, bars of amounts, the overlap picture (rows of dots, bars) and courses over time.

Every drawing carries a title and stands beside a table with the same figures; it never is the only carrier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

from padanan.base.format import number, percent, threshold


@dataclass(frozen=True)
class Segment:
    """A part of one bar: its CSS class, its value, and what it is."""

    css: str
    value: int
    label: str


def bar(segments: Sequence[Segment], title: str, width: int = 220, height: int = 16) -> Markup:
    """One stacked bar of a row in a table, as wide as its cell allows."""
    total = sum(segment.value for segment in segments)
    parts, start = [], 0.0
    for segment in segments:
        share = width * segment.value / total if total else 0
        if share > 0:
            parts.append(f'<rect class="{segment.css}" x="{start:.1f}" y="0" width="{share:.1f}" height="{height}"/>')
        start += share
    label = escape(title)
    return Markup(  # nosec B704  # parts are numbers, constants and escaped texts
        f'<svg class="batang" viewBox="0 0 {width} {height}" width="{width}" height="{height}" preserveAspectRatio="none" '
        f'role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )


def against(failed: int, total: int, limit: float, title: str, width: int = 150, height: int = 22) -> Markup:
    """One rule's records as a bar, the failing ones first, and its threshold as a mark through it.

    The failing shares that matter are a few per cent, so a bar shows the part of the records up to twice the threshold, or up
    to its own share where that is more, and ends in a torn edge; only a bar that reaches all records has a straight end.

    Args:
        failed, total: records that break the rule, and records it was asked about.
        limit: the threshold, a share.
        title: the same in words.
    """
    rate = failed / total if total else 0.0
    shown = min(1.0, max(2 * limit, 1.15 * rate))
    bad, mark = (width * min(part / shown, 1.0) if shown else 0.0 for part in (rate, limit))
    top, bottom = 4, height - 4
    out = [
        f'<svg class="ukur" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}">'
        f'<rect class="lulus" x="0.5" y="{top + 0.5}" width="{width - 1}" height="{bottom - top - 1}"/>'
    ]
    if failed:
        css = "lewat" if rate > limit else "gagal"
        out.append(f'<rect class="{css}" x="0" y="{top}" width="{max(bad, 1):.1f}" height="{bottom - top}"/>')
    if shown < 1:
        teeth = "L".join(f"{width - (7 if step % 2 else 2)} {top + (bottom - top) * step / 4:.1f}" for step in range(5))
        out.append(f'<path class="sobek" d="M{teeth}L{width + 1} {bottom + 1}V{top - 1}Z"/>')
    out.append(f'<path class="tepi" d="M{mark:.1f} 0V{height}"/><path class="ambang" d="M{mark:.1f} 0V{height}"/></svg>')
    return Markup("".join(out))  # nosec B704  # parts are numbers, constants and escaped texts


def spark(values: Sequence[float], limit: float, title: str, width: int = 90, height: int = 24) -> Markup:
    """A share over the publications, oldest first, small enough for a row of a table; the threshold is a dashed line.

    Args:
        values: at least two shares; one alone is a sentence.
        limit: the threshold, a share.
        title: the same in words.
    """
    largest = max([*values, limit]) * 1.1 or 1.0
    step = (width - 8) / (len(values) - 1)
    dots = [(4 + step * place, height - 4 - (height - 8) * value / largest, value) for place, value in enumerate(values)]
    level = height - 4 - (height - 8) * limit / largest
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in dots)
    drawn = "".join(
        f'<circle class="{"lewat" if value > limit else "dalam"}" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y, value in dots
    )
    return Markup(  # nosec B704  # parts are numbers, constants and escaped texts
        f'<svg class="lintasan kecil" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}"><line class="ambang" x1="0" x2="{width}" y1="{level:.1f}" y2="{level:.1f}"/>'
        f'<polyline points="{line}"/>{drawn}</svg>'
    )


@dataclass(frozen=True)
class Intersection:
    """People or families that stand in exactly these sets."""

    members: frozenset[str]
    count: int


def upset(sets: Sequence[tuple[str, str]], rows: Sequence[Intersection], title: str, description: str, name: str) -> Markup:
    """An UpSet-like picture on its side: one line per intersection, dots for its sets, a bar for its size.

    Args:
        sets: (id, name), in the order of the columns of dots.
        rows: intersections, largest first.
        title: what the picture shows, for those who can't see it.
        description: its main message in words.
        name: an id that no other drawing of the page has.
    """
    left, step, line, head, span = 8, 34, 22, 92, 330
    dots = left + step * len(sets)
    width, height = dots + span + 84, head + line * len(rows) + 8
    largest = max((row.count for row in rows), default=1) or 1
    out = [
        f'<svg class="irisan" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    ]
    for index, (_, name) in enumerate(sets):
        x = left + step * index + step / 2
        out.append(f'<text class="nama" transform="translate({x + 4:.0f} {head - 10}) rotate(-60)">{escape(name)}</text>')
    for index, row in enumerate(rows):
        y = head + line * index + line / 2
        if index % 2 == 0:
            out.append(f'<rect class="pita" x="0" y="{y - line / 2:.0f}" width="{width}" height="{line}"/>')
        inside = [i for i, (key, _) in enumerate(sets) if key in row.members]
        if len(inside) > 1:
            first, last = (left + step * i + step / 2 for i in (inside[0], inside[-1]))
            out.append(f'<line class="tali" x1="{first:.0f}" x2="{last:.0f}" y1="{y:.0f}" y2="{y:.0f}"/>')
        for i in range(len(sets)):
            css = "isi" if i in inside else "kosong"
            out.append(f'<circle class="{css}" cx="{left + step * i + step / 2:.0f}" cy="{y:.0f}" r="6"/>')
        length = max(span * row.count / largest, 1.0)
        out.append(f'<rect class="isi" x="{dots + 8}" y="{y - 7:.0f}" width="{length:.1f}" height="14"/>')
        out.append(f'<text class="nilai" x="{dots + 14 + length:.1f}" y="{y + 4:.0f}">{escape(number(row.count))}</text>')
    out.append("</svg>")
    return Markup("".join(out))  # nosec B704  # parts are numbers, constants and escaped texts


def amounts(rows: Sequence[tuple[str, Decimal | int | None, str]], title: str, description: str, name: str) -> Markup:
    """Amounts as one bar a row, all from 0 and on one scale.

    Args:
        rows: (name, amount or None where it is covered, the amount in words).
        title, description: what it shows, for those who can't see it.
        name: an id that no other drawing of the page has.
    """
    left, line, span, head = 330, 24, 300, 8
    width, height = left + span + 130, head * 2 + line * len(rows)
    largest = max((value for _, value, _ in rows if value is not None), default=0) or 1
    out = [
        f'<svg class="irisan" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    ]
    for index, (label, value, told) in enumerate(rows):
        y = head + line * index + line / 2
        if index % 2 == 0:
            out.append(f'<rect class="pita" x="0" y="{y - line / 2:.0f}" width="{width}" height="{line}"/>')
        out.append(f'<text class="nama" x="4" y="{y + 4:.0f}">{escape(label)}</text>')
        length = span * value // largest if value is not None else 0
        if value:
            out.append(f'<rect class="isi" x="{left}" y="{y - 8:.0f}" width="{max(int(length), 1)}" height="16"/>')
        out.append(f'<text class="nilai" x="{left + 8 + int(length)}" y="{y + 4:.0f}">{escape(told)}</text>')
    out.append("</svg>")
    return Markup("".join(out))  # nosec B704  # parts are numbers, constants and escaped texts


def course(points: Sequence[tuple[str, float | None]], limit: float, title: str, description: str, name: str) -> Markup:
    """A share over several publications as a line with dots, and the threshold as a dashed line.

    Args:
        points: (name, share or None), oldest first.
        limit: the threshold, a share.
        title, description: what it shows, for those who can't see it.
        name: an id that no other drawing of the page has.
    """
    width, height, left, right, top, bottom = 300, 150, 12, 46, 18, 26
    known = [value for _, value in points if value is not None]
    largest = max([*known, limit]) * 1.15 or 1.0
    step = (width - left - right) / max(len(points) - 1, 1)

    def x(index: int) -> float:
        return left + step * index if len(points) > 1 else left + (width - left - right) / 2

    def y(value: float) -> float:
        return top + (height - top - bottom) * (1 - value / largest)

    out = [
        f'<svg class="lintasan" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f'<line class="dasar" x1="{left}" x2="{width - right}" y1="{height - bottom}" y2="{height - bottom}"/>'
        f'<line class="ambang" x1="{left}" x2="{width - right}" y1="{y(limit):.1f}" y2="{y(limit):.1f}"/>'
        f'<text class="ambang" x="{width - right + 4}" y="{y(limit) + 4:.1f}">{escape(threshold(limit))}</text>'
    ]
    dots = [(x(index), y(value), value) for index, (_, value) in enumerate(points) if value is not None]
    if len(dots) > 1:
        out.append('<polyline points="' + " ".join(f"{a:.1f},{b:.1f}" for a, b, _ in dots) + '"/>')
    for a, b, value in dots:
        css = "lewat" if value > limit else "dalam"
        out.append(f'<circle class="{css}" cx="{a:.1f}" cy="{b:.1f}" r="3.5"/>')
    if dots:
        a, b, value = dots[-1]
        out.append(f'<text class="nilai" x="{a:.1f}" y="{max(b - 8, 11):.1f}">{escape(percent(value, 1))}</text>')
    for index, (label, _) in enumerate(points):
        anchor = "middle" if 0 < index < len(points) - 1 or len(points) == 1 else ("start" if index == 0 else "end")
        if index in (0, len(points) - 1) or len(points) <= 4:
            out.append(f'<text class="saat" text-anchor="{anchor}" x="{x(index):.1f}" y="{height - 8}">{escape(label)}</text>')
    out.append("</svg>")
    return Markup("".join(out))  # nosec B704  # parts are numbers, constants and escaped texts
