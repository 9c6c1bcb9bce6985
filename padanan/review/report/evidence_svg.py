"""The calibration picture: stated probability against the share observed among held-out labels, one panel a model.

The table beside it has the same figures; other drawings of the report are in `svg`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from padanan.base.format import number, percent
from padanan.linkage import heldout

_SIDE, _LEFT, _TOP, _RIGHT, _FOOT = 190, 44, 30, 14, 40


def calibration(panels: Sequence[tuple[str, Sequence[Mapping[str, Any]]]], name: str, *, across: int = 4) -> Markup:
    """Panels side by side: the diagonal is a perfectly honest probability, a dot is a bin, its line the 95% interval.

    Args:
        panels: (title, rows of the calibration table); empty bins are left out.
        name: an id that no other drawing of the page has.
        across: panels in a row.
    """
    wide, high = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _FOOT
    rows = -(-len(panels) // across)
    columns = min(len(panels), across)
    title = "Kalibrasi: peluang yang dinyatakan dan bagian yang teramati"
    told = "; ".join(f"{label}: {_told(table)}" for label, table in panels)
    out = [
        f'<svg class="kalibrasi" viewBox="0 0 {wide * columns} {high * rows}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{title}</title><desc id="{name}-d">{escape(told)}</desc>'
    ]
    for place, (label, table) in enumerate(panels):
        x, y = wide * (place % columns), high * (place // columns)
        out.append(f'<g transform="translate({x} {y})">{_panel(label, table)}</g>')
    out.append("</svg>")
    return Markup("".join(out))  # nosec B704  # parts are numbers, constants and escaped texts


def _told(table: Sequence[Mapping[str, Any]]) -> str:
    filled = [row for row in table if row["n"]]
    if not filled:
        return "tanpa label"
    sure = filled[-1]
    return f"{number(sum(row['n'] for row in filled))} hasil label; peluang tertinggi teramati {percent(sure['teramati'], 1)}"


def _panel(label: str, table: Sequence[Mapping[str, Any]]) -> str:
    left, right, top, bottom = _LEFT, _LEFT + _SIDE, _TOP, _TOP + _SIDE

    def at(share: float, vertical: bool = False) -> str:
        return f"{bottom - share * _SIDE:.1f}" if vertical else f"{left + share * _SIDE:.1f}"

    parts = [
        f'<text class="judul" x="{left}" y="18">{escape(label)}</text>',
        f'<rect class="bidang" x="{left}" y="{top}" width="{_SIDE}" height="{_SIDE}"/>',
        f'<line class="lurus" x1="{left}" y1="{bottom}" x2="{right}" y2="{top}"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        text = f"{share * 100:.0f}%"
        parts.append(f'<text class="skala" x="{at(share)}" y="{bottom + 16}" text-anchor="middle">{text}</text>')
        parts.append(f'<text class="skala" x="{left - 6}" y="{float(at(share, True)) + 4:.1f}" text-anchor="end">{text}</text>')
    parts.append(f'<text class="skala" x="{(left + right) / 2:.0f}" y="{bottom + 33}" text-anchor="middle">dinyatakan</text>')
    for row in table:
        if not row["n"]:
            continue
        x, y = at(row["dinyatakan"]), at(row["teramati"], True)
        low, high = at(row["teramati_bawah"], True), at(row["teramati_atas"], True)
        few = ' class="sedikit"' if heldout.verdict(row) == heldout.FEW else ""
        parts.append(f'<line class="selang" x1="{x}" x2="{x}" y1="{low}" y2="{high}"/><circle{few} cx="{x}" cy="{y}" r="4"/>')
    return "".join(parts)
