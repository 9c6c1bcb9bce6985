"""Maps of the kelurahan as inline SVG: five classes by colour and hatching, covered kelurahan and those without data apart.

No script is needed, and no figure stands here that the table beside it does not print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from padanan.base.format import number, percent
from padanan.pages.classes import Classes, classes
from padanan.pages.map_shapes import ISLANDS, SIZE, Shapes

COVERED, EMPTY = "ditutup", "tidak ada data"
# Fill and lines of each pattern: distance, and its strokes. All lines keep 3:1 to their fill, and the dark borders to all fills.
PATTERNS: Mapping[str, tuple[str, int, str]] = {
    "1": ("#f4f8fb", 12, ""),
    "2": ("#d3e3f0", 15, '<circle cx="7" cy="7" r="2.1"/>'),
    "3": ("#abcae3", 14, '<path d="M0 14L14 0M-2 2L2-2M12 16L16 12"/>'),
    "4": ("#85aed1", 8, '<path d="M0 8L8 0M-1 1L1-1M7 9L9 7"/>'),
    "5": ("#6a9cc5", 9, '<path d="M0 9L9 0M0 0L9 9"/>'),
    "t": ("#e4e4e4", 16, '<path d="M5 5l6 6M11 5l-6 6"/>'),
    "k": ("#ffffff", 12, '<path d="M0 6H12"/>'),
}
# What keeps the inset apart from the land.
INSET_LINE = "M0 545H185L292 835L362 890V1000"


@dataclass(frozen=True)
class Shown:
    """A kelurahan as a map shows it: its name, where its row is, its share (0-1), or why it has none (`COVERED`, `EMPTY`)."""

    name: str
    link: str
    share: float | None
    why: str = ""

    @property
    def text(self) -> str:
        """Its share as the table prints it, or why there is none."""
        return self.why if self.share is None else percent(self.share, 1)


@dataclass(frozen=True)
class Map:
    """A finished map: the picture, and the lines of its legend as (picture, words)."""

    svg: Markup
    legend: tuple[tuple[Markup, str], ...]
    classes: Classes


def definitions(found: Shapes) -> Markup:
    """What all maps of one page draw with: the patterns, and every kelurahan's shape once."""
    patterns = "".join(
        f'<pattern id="h{name}" width="{step}" height="{step}" patternUnits="userSpaceOnUse">'
        f'<rect width="{step}" height="{step}" fill="{fill}"/>{lines}</pattern>'
        for name, (fill, step, lines) in PATTERNS.items()
    )
    paths = "".join(f'<path id="k{at}" d="{shape.path}"/>' for at, shape in enumerate(found.shapes.values()))
    return Markup(f'<svg class="pola" width="0" height="0" aria-hidden="true"><defs>{patterns}{paths}</defs></svg>')  # nosec B704  # parts are numbers, constants and escaped texts


def choropleth(
    found: Shapes, shown: Mapping[str, Shown], name: str, title: str, kotas: Mapping[str, str], *, linked: bool = True
) -> Map:
    """One map; the page holds `definitions` before it.

    Args:
        found: the shapes.
        shown: code -> what is shown of each kelurahan, all of them.
        name: unique on the page.
        title: what the map shows.
        kotas: code -> the name of each kota.
        linked: whether each kelurahan leads to its row.
    """
    made = classes({code: one.share for code, one in shown.items() if one.share is not None})
    kinds = {code: str(made.of[code]) if code in made.of else "t" if shown[code].why == COVERED else "k" for code in found.shapes}
    numbers = {code: at for at, code in enumerate(found.shapes)}
    areas = []
    for kota in found.labels:
        own = [code for code in found.shapes if code.startswith(f"{kota}.")]
        if kota != ISLANDS:  # a kota's thick edge lies below its kelurahan, so that half of it stays in sight
            edges = "".join(f'<use href="#k{numbers[code]}"/>' for code in own)
            areas.append(f'<g class="tepi">{edges}</g>')
        areas += [_area(numbers[code], kinds[code], shown[code], linked) for code in own]
    labels = "".join(
        f'<text x="{x}" y="{y}">{escape(_short(kotas.get(kota, kota)))}</text>' for kota, (x, y) in found.labels.items()
    )
    legend = _legend(made, list(kinds.values()))
    told = ". ".join(f"{words}" for _, words in legend)
    # A picture with links in it is a group to those who hear it. The table's links are for the keyboard: no 267 stops here.
    role = "group" if linked else "img"
    svg = (
        f'<svg class="peta" viewBox="-4 -4 {SIZE + 8} {SIZE + 8}" role="{role}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(told)}. '
        "Angka tiap kelurahan ada pada tabel halaman kotanya.</desc>"
        f'{"".join(areas)}<path class="sisipan" d="{INSET_LINE}"/><g class="nama" aria-hidden="true">{labels}</g></svg>'
    )
    return Map(Markup(svg), legend, made)  # nosec B704  # parts are numbers, constants and escaped texts


def _area(at: int, kind: str, one: Shown, linked: bool) -> str:
    title = f"<title>{escape(one.name)}: {escape(one.text)}</title>"
    if not linked:
        return f'<use href="#k{at}" class="p{kind}">{title}</use>'
    return f'<a href="{escape(one.link)}" tabindex="-1">{title}<use href="#k{at}" class="p{kind}"/></a>'


def _short(name: str) -> str:
    return name.removeprefix("Kota Administrasi ").removeprefix("Kabupaten Administrasi ")


def _legend(made: Classes, kinds: Sequence[str]) -> tuple[tuple[Markup, str], ...]:
    lines = [(str(at), f"{one.text} ({number(one.places)} kelurahan)") for at, one in enumerate(made.found, 1)]
    for kind, words in (("t", COVERED), ("k", EMPTY)):
        if places := kinds.count(kind):
            lines.append((kind, f"{words} ({number(places)} kelurahan)"))
    swatch = '<svg class="contoh" viewBox="0 0 48 32" aria-hidden="true"><rect class="p{}" width="48" height="32"/></svg>'
    return tuple((Markup(swatch.format(kind)), words) for kind, words in lines)  # nosec B704  # parts are numbers, constants and escaped texts
