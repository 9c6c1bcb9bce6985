"""Regular expressions of DuckDB (RE2) written for Java, which Spark uses, so that both match the same texts.

Which functions carry a pattern belongs to `dialect`; patterns themselves belong to the macros of `dbt_project/`.
"""

from __future__ import annotations

# RE2's \s, without Java's vertical tab.
_SPACE = r"\t\n\f\r "
# RE2's word boundary knows ASCII alone, Java's knows every letter.
_BOUNDARY = r"(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))"


def java_pattern(pattern: str) -> str:
    r"""The Java pattern that matches what RE2 matches with this one.

    `$` is the end of the text only (Java: also before a last newline), `.` excludes the newline alone (Java: five more),
    `\s` and `\b` are ASCII, `[` and `&&` inside a class are literal.

    Raises:
        ValueError: the pattern ends within an escape or a class.
    """
    out: list[str] = []
    at, inside = 0, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            length = _escape(pattern, at)
            out.append(_written(pattern[at : at + length], inside))
            at += length
            continue
        if inside:
            # A class's first `]` (also behind ^) is a literal in both.
            if sign == "]":
                inside = False
            elif sign == "[":
                sign = r"\["
            elif sign == "&":
                sign = r"\&"
        elif sign == "[":
            inside = True
            while pattern[at + 1 : at + 2] == "^":
                sign += "^"
                at += 1
            if pattern[at + 1 : at + 2] == "]":
                sign += r"\]"
                at += 1
        elif sign == "$":
            sign = r"\z"
        out.append(sign)
        at += 1
    if inside:
        raise ValueError(f"pattern ends within a class: {pattern}")
    return "(?d)" + "".join(out)


def java_replacement(text: str) -> str:
    r"""`\1` of RE2 as `$1`; what only Java takes for a sign is escaped."""
    out: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2].isdigit():
            out.append("$" + text[at + 1])
            at += 2
            # `\10` is group 1 and a zero.
            if text[at : at + 1].isdigit():
                out.append("\\")
            continue
        out.append("\\" + text[at] if text[at] in "$\\" else text[at])
        at += 1
    return "".join(out)


def _escape(pattern: str, at: int) -> int:
    """How many characters an escape has."""
    rest = pattern[at + 1 : at + 3]
    if not rest:
        raise ValueError(f"pattern ends within an escape: {pattern}")
    if rest[0] in "pPx" and rest[1:] == "{":
        return pattern.index("}", at) - at + 1
    return {"p": 3, "P": 3, "x": 4}.get(rest[0], 2)


def _written(escape: str, inside: bool) -> str:
    if escape == r"\s":
        return _SPACE if inside else f"[{_SPACE}]"
    if escape == r"\S" and not inside:
        return f"[^{_SPACE}]"
    if escape == r"\b" and not inside:
        return _BOUNDARY
    return escape
