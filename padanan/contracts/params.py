"""Predicates as people write them into configuration: one line, no plain cast, and `{name}` filled in with a value.

Where the values come from (a contract's program, the parameters of sasaran.yaml) is said by who calls; binding is `rule_binding`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from padanan.base.yaml_source import FieldPath, YamlSource

# Braces around a number are a pattern's own ('[0-9]{16}'); a parameter has a name.
PARAMETER = re.compile(r"\{([A-Za-z_]\w*)\}")
# A failing plain cast prints the value it failed on, and a value may be a NIK (docs/operations.md).
PLAIN_CAST = re.compile(r"(?<!try_)\bcast\s*\(|::|\bstrptime\s*\((?<!try_strptime\()", re.IGNORECASE)


def predicate_fault(sql: str, names: Iterable[str], cure: str) -> tuple[str, str] | None:
    """Cause and cure of a predicate that holds a plain cast, or a parameter that is none of `names`."""
    known = list(names)
    if PLAIN_CAST.search(sql):
        return "predikat memakai cast biasa, yang mencetak isi data bila gagal", "pakai try_cast atau try_strptime"
    for name in PARAMETER.findall(sql):
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"mungkin maksudnya {{{near[0]}}}; " if near else ""
            return f"nilai '{{{name}}}' tidak dikenal", hint + cure
    return None


def read_predicate(source: YamlSource, path: FieldPath, text: object, names: Iterable[str], cure: str) -> str:
    """A predicate on one line, its parameters still in it.

    Args:
        names: the parameters that may stand in it.
        cure: what to do about another one, after the nearest known name.

    Raises:
        ContractError: it holds a plain cast or an unknown parameter.
    """
    sql = " ".join(str(text).split())
    if found := predicate_fault(sql, names, cure):
        raise source.error(path, *found)
    return sql


def filled(text: str, values: Mapping[str, Any]) -> str:
    """The text with every `{name}` that has a value replaced by it."""
    return PARAMETER.sub(lambda match: str(values[match[1]]) if match[1] in values else match[0], text)
