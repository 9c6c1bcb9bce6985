"""Shares equal parts of rule predicates, so that one scan evaluates each part once per row and not once per rule.

Rules repeat conditions (every NIK rule asks for 16 digits, every mask repeats its masker); DuckDB does not share them
inside `and`. What the predicates mean is not decided here: the rewritten ones select exactly the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
# Words after which a top-level `and` is not a conjunction, or that bind weaker than one: such a text stays whole.
_KEEP_WHOLE = frozenset({"or", "between", "case"})


def count_sql(*conditions: str) -> str:
    """`count(*)` over the rows where all conditions are true; a condition that is NULL doesn't count."""
    where = " and ".join(f"({condition})" for condition in conditions)
    return f"count(*) filter (where {where})" if where else "count(*)"


def _tokens(sql: str) -> Iterator[tuple[int, int, str]]:
    """(start, bracket depth, token) of words and brackets outside quotes; `!` where the text can't be followed."""
    depth, at = 0, 0
    while at < len(sql):
        char = sql[at]
        if char in "'\"":
            end = sql.find(char, at + 1)
            while end != -1 and sql[end + 1 : end + 2] == char:
                end = sql.find(char, end + 2)
            if end == -1:
                yield at, depth, "!"
                return
            at = end + 1
            continue
        if sql.startswith(("--", "/*", "$$"), at):
            yield at, depth, "!"
            return
        if char in "([{":
            yield at, depth, char
            depth += 1
        elif char in ")]}":
            depth -= 1
            yield at, depth, char
        elif match := _WORD.match(sql, at):
            yield at, depth, match.group().lower()
            at = match.end()
            continue
        at += 1


def _unwrap(sql: str) -> str:
    """The text without brackets that enclose all of it."""
    text = sql.strip()
    while text.startswith("("):
        close = next((at for at, depth, token in _tokens(text) if token == ")" and depth == 0), -1)  # nosec B105  # a token of SQL, no secret
        if close != len(text) - 1:
            return text
        text = text[1:-1].strip()
    return text


def conjuncts(sql: str) -> list[str]:
    """The parts of a condition joined by `and` outside all brackets; the whole text where that can't be told.

    Args:
        sql: a condition, as the contract writes it.
    """
    text = _unwrap(sql)
    cuts = []
    for at, depth, token in _tokens(text):
        if token == "!" or (depth == 0 and token in _KEEP_WHOLE):  # nosec B105  # a token of SQL, no secret
            return [text]
        if depth == 0 and token == "and":  # nosec B105  # a token of SQL, no secret
            cuts.append(at)
    parts, start = [], 0
    for cut in [*cuts, len(text)]:
        parts.append(text[start:cut].strip())
        start = cut + 3
    if not all(parts):
        return [text]
    return [inner for part in parts for inner in (conjuncts(part) if len(parts) > 1 else [part])]


class SharedFlags:
    """Collects conditions and gives them back as names of boolean columns.

    Columns stand in layers: one of layer n uses only source columns and columns of layers before n, so each
    layer becomes one sub-query around the one before.
    """

    def __init__(self, prefix: str = "bagian_") -> None:
        self._prefix = prefix
        self._flags: dict[str, tuple[str, int]] = {}

    @property
    def layers(self) -> list[dict[str, str]]:
        """Column name to SQL, innermost layer first."""
        depth = max((layer for _, layer in self._flags.values()), default=0)
        layers: list[dict[str, str]] = [{} for _ in range(depth)]
        for sql, (name, layer) in self._flags.items():
            layers[layer - 1][name] = sql
        return layers

    def name(self, condition: str, not_when: Sequence[str] = ()) -> str:
        """The column that is true where the condition is and nothing of `not_when`; NULL and false may differ."""
        return self._all(condition, not_when)[0]

    def _all(self, condition: str, not_when: Sequence[str] = ()) -> tuple[str, int]:
        terms = {self._flag(part, 1) for part in conjuncts(condition) if part.lower() != "true" or not not_when}
        for masker in not_when:
            name, layer = self._all(masker)
            terms.add(self._flag(f"not coalesce({name}, false)", layer + 1))
        return self._joined(sorted(terms))

    def _joined(self, terms: list[tuple[str, int]]) -> tuple[str, int]:
        if len(terms) == 1:
            return terms[0]
        return self._flag(" and ".join(name for name, _ in terms), 1 + max(layer for _, layer in terms))

    def _flag(self, sql: str, layer: int) -> tuple[str, int]:
        return self._flags.setdefault(sql, (f"{self._prefix}{len(self._flags) + 1}", layer))
