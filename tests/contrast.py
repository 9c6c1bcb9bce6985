"""Contrast of two colours as WCAG 2.2 has it, and the colours that the pages' style gives.

It is the tests' own: nothing of the pages' code helps it.
"""

import re
from collections.abc import Callable

from padanan.base.home import CHECKOUT


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def variables(style: str) -> tuple[dict[str, str], Callable[..., str]]:
    """The named colours of a style, and a function (selector, property) -> the colour that rule gives."""
    text = (CHECKOUT / "padanan" / "pages" / "templates" / style).read_text(encoding="utf-8")
    colours = {name: six(value) for name, value in re.findall(r"--(\w+): (#[0-9a-f]{3,6})\b", text.split("@media", 1)[0])}

    def given(selector: str, name: str = "fill") -> str:
        body = re.search(rf"(?:^|[}}\s]){re.escape(selector)} \{{([^}}]*)\}}", text)
        value = re.search(rf"\b{name}: ([^;]+);", body[1])[1]
        named = re.fullmatch(r"var\(--(\w+)\)", value)
        return colours[named[1]] if named else six(value)

    return colours, given


def six(colour: str) -> str:
    """`#fff` as `#ffffff`."""
    return colour if len(colour) == 7 else "#" + "".join(letter * 2 for letter in colour[1:])
