"""The picture `docs/architecture.svg`: floors and stages, drawn from the import contracts of pyproject.toml.

What may import what is decided there and held by `lint-imports`; what a floor says of itself is its package's own first sentence.
"""

from __future__ import annotations

import ast
import textwrap
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from padanan.base.errors import ContractError
from padanan.base.home import CHECKOUT

PICTURE_PATH = "docs/architecture.svg"
PYPROJECT = CHECKOUT / "pyproject.toml"

# Pixels. A character of the sentences is counted as wide as that of DejaVu Sans, the widest font of those named below.
WIDTH, MARGIN, ARROW, GAP, PAD = 1120, 20, 46, 8, 12
NAME_WIDTH, LINE, CHARACTER = 150, 18, 7.1
FONT = "system-ui, Segoe UI, DejaVu Sans, sans-serif"
INK, SOFT, GREEN, PAPER = "#222222", "#444444", "#1f5f4a", "#fbfaf7"


@dataclass(frozen=True)
class Room:
    """One package or module: its dotted name, what it says of itself, what it may not import though it stands lower."""

    name: str
    sentence: str
    kept_from: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name as its path below the library: `review/`, `cli.py`."""
        path = self.name.removeprefix("padanan.").replace(".", "/")
        return path + (".py" if _source(self.name, CHECKOUT).name != "__init__.py" else "/")


def floors(pyproject: Path = PYPROJECT) -> list[list[Room]]:
    """The floors from the highest to the lowest; rooms of one floor do not import each other.

    Raises:
        ContractError: the file holds not exactly one contract of type `layers`, or a layer names no package.
    """
    contracts = _contracts(pyproject)
    layers = [contract for contract in contracts if contract["type"] == "layers"]
    if len(layers) != 1:
        raise ContractError(
            f"ada {len(layers)} kontrak impor berjenis layers, seharusnya satu",
            file=pyproject,
            place="tool.importlinter.contracts",
            cure="tulis lantai-lantai pada satu kontrak",
        )
    return [
        [Room(name, _sentence(name, pyproject), _kept_from(name, contracts)) for name in map(str.strip, layer.split("|"))]
        for layer in layers[0]["layers"]
    ]


def render_picture(pyproject: Path = PYPROJECT) -> str:
    """The whole SVG, the same bytes for the same contracts."""
    storeys = floors(pyproject)
    left = MARGIN + ARROW
    right = WIDTH - MARGIN
    body: list[str] = []
    y = 86
    framed: tuple[int, int] | None = None
    for storey in storeys:
        inside = storey[0].name.startswith("padanan.")
        if inside and framed is None:
            y += 34
            framed = (y - 26, y)
        height = _storey(body, storey, left + PAD, right - PAD, y)
        y += height + GAP
        if inside:
            assert framed is not None
            framed = (framed[0], y - GAP + PAD)
    y += PAD
    head = [f'<rect width="{WIDTH}" height="{{height}}" fill="{PAPER}"/>']
    head.append(_text(MARGIN, 36, "The house, floor by floor", size=20, weight=700))
    head.append(
        _text(MARGIN, 62, "A floor may import only floors below it; rooms side by side never import each other.", size=14)
    )
    if framed is not None:
        top, bottom = framed
        head.append(_box(left, top, right - left, bottom - top, fill="#f1f4ef", stroke="#9fb3ab"))
        named = "padanan/ – the domain library"
        if kept := _kept_from("padanan", _contracts(pyproject)):
            named += f": never imports {', '.join(kept)}"
        head.append(_text(left + PAD, top + 19, named, size=13, weight=600, fill=GREEN))
    x = MARGIN + 16
    head.append(f'<path d="M{x} 92 V{y - 30}" stroke="{GREEN}" stroke-width="3" fill="none"/>')
    head.append(f'<path d="M{x - 8} {y - 32} h16 l-8 14z" fill="{GREEN}"/>')
    middle = (92 + y) // 2
    head.append(
        f'<text transform="translate({x + 19} {middle}) rotate(-90)" text-anchor="middle" font-size="13" fill="{GREEN}">'
        "imports go this way only</text>"
    )
    height = y + 4
    title = "Floors and stages of the house"
    told = "; ".join(", ".join(room.name for room in storey) for storey in storeys)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="t d" font-family="{FONT}">',
        "<!-- Rendered from the import contracts of pyproject.toml by `make render`: do not edit. -->",
        f'<title id="t">{title}</title>',
        f'<desc id="d">From the highest floor to the lowest: {escape(told)}. Each imports only what stands below it.</desc>',
        *(line.replace("{height}", str(height)) for line in head),
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _storey(body: list[str], storey: Sequence[Room], left: int, right: int, y: int) -> int:
    """Draws one floor from `y` downwards and returns its height: one wide room, or several side by side."""
    alone = len(storey) == 1
    width = (right - left - GAP * (len(storey) - 1)) // len(storey)
    free = width - 2 * PAD - (NAME_WIDTH if alone else 0)
    told = [_wrapped(room, int(free / CHARACTER)) for room in storey]
    longest = max(len(lines) for lines in told)
    height = 2 * PAD + LINE * (longest if alone else longest + 1) + (0 if alone else 4)
    for place, (room, lines) in enumerate(zip(storey, told, strict=True)):
        x = left + place * (width + GAP)
        body.append(_box(x, y, width, height, fill="#ffffff" if alone else "#e6f1ec", stroke=GREEN))
        body.append(_text(x + PAD, y + PAD + 13, room.shown, size=15, weight=700, fill=GREEN))
        for row, line in enumerate(lines):
            shift = (x + PAD + NAME_WIDTH, row) if alone else (x + PAD, row + 1)
            body.append(_text(shift[0], y + PAD + 13 + LINE * shift[1] + (0 if alone else 4), line, size=13, fill=SOFT))
    return height


def _wrapped(room: Room, characters: int) -> list[str]:
    lines = textwrap.wrap(room.sentence, characters)
    if room.kept_from:
        names = ", ".join(name.removeprefix("padanan.") for name in room.kept_from)
        lines += textwrap.wrap(f"Never imports {names}.", characters)
    return lines


def _contracts(pyproject: Path) -> list[dict[str, Any]]:
    tool = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("tool", {})
    contracts: list[dict[str, Any]] = tool.get("importlinter", {}).get("contracts", [])
    return contracts


def _kept_from(name: str, contracts: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """What the contracts of type `forbidden` say of this very package."""
    return tuple(
        other
        for contract in contracts
        if contract["type"] == "forbidden" and name in contract["source_modules"]
        for other in contract["forbidden_modules"]
    )


def _sentence(name: str, pyproject: Path) -> str:
    """The first line of a package's docstring."""
    path = _source(name, CHECKOUT)
    if not path.is_file():
        raise ContractError(
            f"lantai {name} tidak ada sebagai paket atau modul",
            file=pyproject,
            place="tool.importlinter.contracts",
            cure="perbaiki namanya, atau buat paketnya",
        )
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(told.partition("\n\n")[0].replace("`", "").split())


def _source(name: str, root: Path) -> Path:
    path = root.joinpath(*name.split("."))
    module = path.with_suffix(".py")
    return module if module.is_file() else path / "__init__.py"


def _box(x: int, y: int, width: int, height: int, *, fill: str, stroke: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="7" fill="{fill}" stroke="{stroke}" stroke-width="1.4"/>'


def _text(x: int, y: int, text: str, *, size: int, weight: int = 400, fill: str = INK) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}">{escape(text, quote=False)}</text>'
