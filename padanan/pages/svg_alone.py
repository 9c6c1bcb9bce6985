"""A page's inline SVG as a picture of its own: with the style that the page gives it, and the shapes that it borrows from there.

Drawing is in `svg`, `map_svg` and the pages' own modules; who sets the picture on paper is none of this module's business.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from padanan.pages.layout import style

# What a picture can use of a style; the rest speaks about boxes on a page.
_DRAWN = re.compile(r"(?:^|;)\s*(?:fill|stroke(?:-[a-z]+)?|font(?:-[a-z]+)?|text-anchor|paint-order)\s*:[^;]*")
_CLASS = re.compile(r'class="([^"]*)"')
_NAMED = re.compile(r"\.([a-z][a-z0-9-]*)")


def standalone(svg: str, shapes: str = "") -> str:
    """The picture with its namespace and the rules of the pages' style that name one of its classes.

    Args:
        svg: one `<svg>` element of a page.
        shapes: the page's `<svg>` of definitions, where the picture borrows shapes or patterns from it.
    """
    head, rest = svg.split(">", 1)
    inner = shapes[shapes.index(">") + 1 : shapes.rindex("</svg>")] if shapes else ""
    borrowed = f'<g class="pola">{inner}</g>' if inner else ""
    classes = {name for found in _CLASS.findall(svg + borrowed) for name in found.split()}
    rules = "".join(f"{selector}{{{body}}}" for selector, body, named in _rules() if named <= classes)
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{rules}</style>{borrowed}{rest}'


def told(svg: str) -> str:
    """What the picture shows, for those who can't see it: its label, or its title and description; empty where it is mute."""
    if (label := re.search(r'^<svg[^>]*\saria-label="([^"]*)"', svg)) is not None:
        return unescape(label[1])
    parts = [re.search(rf"<{tag}[^>]*>([^<]*)</{tag}>", svg) for tag in ("title", "desc")]
    return ". ".join(unescape(found[1]).rstrip(".") for found in parts if found)


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """(selector, what it draws, the classes it names) of every rule that holds on every screen, colours by value."""
    text = re.sub(r"/\*.*?\*/", "", style(), flags=re.DOTALL)
    named = dict(re.findall(r"--([a-z0-9]+):\s*([^;}]+)", text))
    text = re.sub(r"var\(--([a-z0-9]+)\)", lambda found: named[found[1]], text)
    text = re.sub(r"@(?:media|page|font-face)[^{]*\{(?:[^{}]|\{[^{}]*\})*\}", "", text)
    found = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        drawn = ";".join(part.strip(" ;") for part in _DRAWN.findall(body))
        for selector in selectors.split(","):
            classes = frozenset(_NAMED.findall(selector))
            if drawn and classes and ":" not in selector:
                found.append((selector.strip(), drawn, classes))
    return tuple(found)
