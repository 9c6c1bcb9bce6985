"""JSON as it is signed (RFC 8785): one spelling of a value, whatever spelling it came in; and reading it with limits.

What is signed over it is `signing`'s.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

DEPTH = 48
"""Levels of nesting that are read; the specification's deepest message has some twenty."""
_SAFE = 2**53 - 1


class Unreadable(ValueError):
    """No JSON that this interface takes."""


def read(content: bytes) -> Any:
    """A body as JSON.

    Raises:
        Unreadable: no JSON in UTF-8, nested deeper than DEPTH, or with an integer that is not the same everywhere (RFC 7493).
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Unreadable() from None
    _limited(value)
    return value


def _limited(value: Any) -> None:
    level = [value]
    for _ in range(DEPTH):
        if any(isinstance(one, int) and abs(one) > _SAFE for one in level):
            raise Unreadable()
        inner = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [item for group in inner for item in group]
        if not level:
            return
    raise Unreadable()


def canonical(value: Any) -> str:
    """RFC 8785's spelling: keys by UTF-16 code units, numbers as ECMAScript writes them, no spaces."""
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_text(name)}:{canonical(inner)}" for name, inner in ordered) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return number(value)
    return json.dumps(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """ECMA-262 Number::toString: Python finds the same shortest digits and places the point elsewhere."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    # The point stands after `point` digits.
    point = len(digits) - len(fraction) + int(exponent or 0)
    digits = digits.rstrip("0")
    size = len(digits)
    if size <= point <= 21:
        return sign + digits + "0" * (point - size)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + digits[0] + (f".{digits[1:]}" if size > 1 else "") + power
