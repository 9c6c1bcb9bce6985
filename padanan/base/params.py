"""`{name}` in a text that people wrote, filled with the values that another place gives: the one way of doing so.

Which names a text may use is the business of the file it stands in.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

# A name, so that the `{16}` of a regular expression stays what it is.
_PARAMETER = re.compile(r"\{([A-Za-z_]\w*)\}")


class UnknownParameter(ValueError):
    """A text asks for a name that has no value; `cause` and `cure` are for the error of the file it stands in."""

    def __init__(self, name: str, known: Mapping[str, object]) -> None:
        self.name = name
        self.cause = f"parameter '{{{name}}}' tidak dikenal"
        close = difflib.get_close_matches(name, known, n=1)
        self.cure = (
            f"mungkin maksudnya '{{{close[0]}}}'"
            if close
            else "pakai " + (", ".join(f"{{{one}}}" for one in known) or "teks tanpa parameter")
        )
        super().__init__(self.cause)


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with every `{name}` replaced by its value; a value's own braces are left alone.

    Raises:
        UnknownParameter: a name without a value.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise UnknownParameter(match[1], values)
        return str(values[match[1]])

    return _PARAMETER.sub(value, text)
