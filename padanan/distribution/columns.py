"""What a column of the prepared table shows to a program: SQL that hides programs which tell of a disability from all others.

Which columns a grant may name is `catalogue`'s, what is let through `gate`'s.
"""

from __future__ import annotations

from padanan.base.sql import ident, literal
from padanan.distribution.catalogue import disability_programs


def column_sql(name: str, program: str, suffix: str = "") -> str:
    """A column's expression: programs that tell of a disability are shown to such a program alone."""
    if name != "program":
        return ident(name)
    return f"nullif(array_to_string({visible_programs(program, suffix)}, ','), '')"


def visible_programs(program: str, suffix: str = "") -> str:
    """The list of a person's programs as a program's grant may see it."""
    hidden = sorted(disability_programs() - {program})
    if not hidden:
        return f"program_semua{suffix}"
    return f"list_filter(program_semua{suffix}, lambda x: x not in ({', '.join(map(literal, hidden))}))"
