"""The shapes of the kelurahan as SVG paths on a grid of whole numbers, read from a GeoJSON that must be complete.

What a map shows is in `map_svg`; nothing here knows a figure.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import cos, radians
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT
from padanan.contracts.contract import expectations_dir

SHIPPED = CHECKOUT / "padanan" / "pages" / "peta" / "kelurahan.geojson"
OWN = Path("peta") / "kelurahan.geojson"
"""Where an official file is laid, below the folder of contracts and rules."""
SIZE = 1000
# Degrees that Jakarta lies within: a file in metres is told at once.
LONGITUDES, LATITUDES = (105.0, 109.0), (-8.0, -4.0)
ISLANDS = "31.01"
"""Kepulauan Seribu lies far north and is small: an inset with another scale, each kelurahan with a disc that can be seen."""
INSET = (0, 585, 285, 415)
"""Left, top, width, height of the inset, where Jakarta has no land of its own."""
DISC = 15
Point = tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """One kelurahan: code, path data in whole numbers, the middle of its largest part."""

    code: str
    path: str
    middle: Point


@dataclass(frozen=True)
class Shapes:
    """All kelurahan by code in their order, where each kota's name stands, and what is said below the map."""

    shapes: Mapping[str, Shape]
    labels: Mapping[str, Point]
    source: str


def shapes(codes: Collection[str], folder: Path | None = None) -> Shapes:
    """The shapes of exactly these kelurahan.

    Args:
        codes: the kelurahan of the seed.
        folder: where an official file may lie; by default the folder of contracts and rules.

    Raises:
        PadananError: the file is no GeoJSON of these kelurahan in degrees; the message names what is missing and where.
    """
    own = (folder or expectations_dir()) / OWN
    path = own if own.exists() else SHIPPED
    return _read(path, frozenset(codes), path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, codes: frozenset[str], changed: int) -> Shapes:
    rings, source = _rings(path, codes)
    land = [ring for code, own in rings.items() if not code.startswith(f"{ISLANDS}.") for ring in own]
    islands = {code: own for code, own in rings.items() if code.startswith(f"{ISLANDS}.")}
    place = _Grid.around(land, (0, 0, SIZE, SIZE))
    margin = 3 * DISC
    left, top, width, height = INSET
    far = _Grid.around(
        [_largest(own) for own in islands.values()], (left + margin, top + margin, width - 2 * margin, height - 2 * margin)
    )
    made: dict[str, Shape] = {}
    for code, own in rings.items():
        grid = far if code in islands else place
        points = [snap for ring in own if len(snap := grid.ring(ring)) > 2 and (code not in islands or _inside(snap))]
        middle = _middle(grid.ring(_largest(own)) or [grid.point(own[0][0])])
        data = "".join(_path(_straight(ring)) for ring in points)
        if code in islands:
            data = f"M{middle[0] - DISC} {middle[1]}a{DISC} {DISC} 0 1 0 {2 * DISC} 0a{DISC} {DISC} 0 1 0-{2 * DISC} 0z{data}"
        if not data:
            raise _wrong(path, f"kelurahan {code} terlalu kecil untuk digambar", "periksa koordinat wilayah itu")
        made[code] = Shape(code, data, middle)
    labels = {
        kota: (INSET[0] + 118, INSET[1] - 12)
        if kota == ISLANDS
        else _centre([shape.middle for code, shape in made.items() if code.startswith(kota)])
        for kota in _kotas(codes)
    }
    return Shapes(made, labels, source)


def _rings(path: Path, codes: frozenset[str]) -> tuple[dict[str, list[list[tuple[float, float]]]], str]:
    cure = "pakai GeoJSON batas kelurahan dengan properti kode (Kemendagri) seperti pada padanan/pages/peta/README.md"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        source = data["sumber"]
        found = [(feature["properties"]["kode"], feature["geometry"]) for feature in data["features"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        kind = f"tidak ada {error}" if isinstance(error, KeyError) else type(error).__name__
        raise _wrong(path, f"berkas batas kelurahan tidak terbaca ({kind})", cure) from None
    known = [str(code) for code, _ in found]
    if missing := sorted(codes - set(known)):
        raise _wrong(path, f"{len(missing)} kelurahan tidak ada: {_some(missing)}", "lengkapi berkas, atau samakan kodenya")
    if strange := sorted(set(known) - codes):
        raise _wrong(path, f"{len(strange)} kode bukan kelurahan DKI: {_some(strange)}", "pakai kode seed ref_wilayah")
    if twice := sorted({code for code in known if known.count(code) > 1}):
        raise _wrong(
            path, f"{len(twice)} kelurahan tertulis dua kali: {_some(twice)}", "gabungkan bagiannya dalam satu MultiPolygon"
        )
    rings = {}
    for code, geometry in sorted(found, key=lambda item: str(item[0])):
        try:
            rings[str(code)] = list(_checked(geometry))
        except (TypeError, ValueError, KeyError, IndexError):
            where = f"bentuk kelurahan {code} bukan Polygon atau MultiPolygon dalam derajat (WGS 84)"
            raise _wrong(path, where, "ekspor ulang sebagai GeoJSON EPSG:4326") from None
    official = "" if data.get("batas_resmi") is True else "; bukan batas resmi"
    return rings, f"Batas kelurahan: {source}{official}."


def _checked(geometry: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    polygons = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}[geometry["type"]]
    for polygon in polygons:
        for ring in polygon:
            points = [(float(point[0]), float(point[1])) for point in ring]
            inside = all(LONGITUDES[0] < x < LONGITUDES[1] and LATITUDES[0] < y < LATITUDES[1] for x, y in points)
            if len(points) < 4 or not inside:
                raise ValueError
            yield points


def _inside(ring: Sequence[Point]) -> bool:
    """Whether an island lies in the inset; its kelurahan's disc stands for those that don't."""
    left, top, width, height = INSET
    return all(left <= x <= left + width and top <= y <= top + height for x, y in ring)


def _wrong(path: Path, what: str, cure: str) -> PadananError:
    own = path.is_relative_to(CHECKOUT)
    return PadananError(what, file=path.relative_to(CHECKOUT) if own else OWN, cure=cure)


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:5]) + (", …" if len(codes) > 5 else "")


def _kotas(codes: Collection[str]) -> list[str]:
    return sorted({code[:5] for code in codes})


@dataclass(frozen=True)
class _Grid:
    west: float
    north: float
    scale: float
    left: float
    top: float
    narrow: float

    @classmethod
    def around(cls, rings: Sequence[Sequence[tuple[float, float]]], box: tuple[int, int, int, int]) -> _Grid:
        """A grid on which these rings fill a box and keep their form."""
        xs = [x for ring in rings for x, _ in ring]
        ys = [y for ring in rings for _, y in ring]
        left, top, width, height = box
        narrow = cos(radians((min(ys) + max(ys)) / 2))
        wide, high = (max(xs) - min(xs)) * narrow, max(ys) - min(ys)
        scale = min(width / wide, height / high)
        return cls(min(xs), max(ys), scale, left + (width - wide * scale) / 2, top + (height - high * scale) / 2, narrow)

    def point(self, at: tuple[float, float]) -> Point:
        x = self.left + (at[0] - self.west) * self.narrow * self.scale
        return round(x), round(self.top + (self.north - at[1]) * self.scale)

    def ring(self, ring: Sequence[tuple[float, float]]) -> list[Point]:
        """A closed ring without its last point and without points that fall together."""
        points = [self.point(at) for at in ring]
        kept = [point for at, point in enumerate(points) if point != points[at - 1]] if len(set(points)) > 1 else points[:1]
        return kept


def _straight(ring: list[Point]) -> list[Point]:
    """Without points on the line between their neighbours: a neighbour's ring, which may keep them, still touches it."""
    kept = []
    for at, (x, y) in enumerate(ring):
        (ax, ay), (bx, by) = ring[at - 1], ring[(at + 1) % len(ring)]
        between = (x - ax) * (bx - x) >= 0 and (y - ay) * (by - y) >= 0
        if (x - ax) * (by - y) != (y - ay) * (bx - x) or not between:
            kept.append((x, y))
    return kept if len(kept) > 2 else ring


def _path(points: Sequence[Point]) -> str:
    """Path data: one absolute point, then steps."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    text = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{text}z"


def _largest(rings: Sequence[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    return max(rings, key=lambda ring: abs(_area(ring)))


def _area(ring: Sequence[tuple[float, float]]) -> float:
    turned = [*ring[1:], ring[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, turned, strict=True)) / 2


def _middle(ring: Sequence[Point]) -> Point:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2


def _centre(points: Sequence[Point]) -> Point:
    return sum(x for x, _ in points) // len(points), sum(y for _, y in points) // len(points)
