"""Texts and names as they stand in SQL, quoted once for everybody.

No query and no connection is here; values that a statement can take as parameters are passed as such.
"""

from __future__ import annotations

from pathlib import Path


def ident(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """A quoted SQL string."""
    return "'" + str(text).replace("'", "''") + "'"
