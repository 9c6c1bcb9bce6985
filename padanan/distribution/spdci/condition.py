"""A query under a grant: which of its names the grant holds, and one parametrised SQL condition over the rows it shows.

Reading the query is `query`'s; only names of `expectations/spdci.yaml` become SQL, every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from padanan.base.sql import ident
from padanan.distribution.columns import visible_programs
from padanan.distribution.gate import Permission
from padanan.distribution.spdci.names import Attribute, Names
from padanan.distribution.spdci.query import IDTYPE, Compare, Query, Tree, comparisons, unusable
from padanan.distribution.spdci.rejected import Rejected

SIZE = "ukuran_keluarga"
"""How many of a family the grant shows; a column that `rows_sql` adds."""
_SIGNS = {"eq": "=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
SORT = "rjct.sort.invalid"


@dataclass(frozen=True)
class Condition:
    """SQL with its values; `asked` names what was compared with what, without values, for the audit."""

    sql: str
    values: tuple[Any, ...]
    asked: tuple[str, ...]


def family_size(*asked: str) -> str:
    """The column of a family's size, where one of these expressions asks for it; to be put after the others."""
    if SIZE not in " ".join(asked):
        return ""
    return f", case when id_keluarga is null then 1 else count(*) over (partition by id_keluarga) end as {SIZE}"


Places = Mapping[str, Sequence[int]]
"""NIK -> places (`urut`) of everybody who bears it."""


def compiled(query: Query, permission: Permission, names: Names, today: date, places: Places | None = None) -> Condition:
    """The condition of a query.

    Args:
        permission: the grant's; its columns are those that may be asked for.
        today: what an age is counted to.
        places: of every NIK that is asked for, where they were looked up already: one row is then read where it lies.

    Raises:
        Rejected: a name that the grant does not hold.
    """
    values = list[Any]()
    sql = _tree(query, query.tree, permission, names, today, values, places)
    return Condition(sql, tuple(values), tuple(f"{one.name} {one.operator}" for one in comparisons(query.tree)))


def _tree(
    query: Query, tree: Tree, permission: Permission, names: Names, today: date, values: list[Any], places: Places | None
) -> str:
    if isinstance(tree, Compare):
        column, attribute = _meant(query, tree.name, names)
        # Who knows somebody's NIK asks for exactly that person: that is what the service `cari` is for, the column is not needed.
        if column not in permission.columns and not (query.kind == IDTYPE and column == "nik"):
            raise unusable()
        if column == "nik" and places is not None:
            known = sorted({place for nik in tree.values for place in places.get(str(nik), ())})
            return f"urut in ({', '.join(map(str, known))})" if known else "false"
        return _compared(tree, column, attribute, permission, today, values)
    parts = [_tree(query, one, permission, names, today, values, places) for one in tree.parts]
    if tree.how == "not":
        # A value that is not known is neither equal nor unequal; under `not` it does not match either.
        return f"(not {parts[0]})"
    return f"({f' {tree.how} '.join(parts)})" if parts else "true"


def _meant(query: Query, name: str, names: Names) -> tuple[str, Attribute | None]:
    if query.kind == IDTYPE:
        return names.pengenal[name], None
    attribute = names.atribut[name]
    return attribute.kolom, attribute


def _compared(
    found: Compare, column: str, attribute: Attribute | None, permission: Permission, today: date, values: list[Any]
) -> str:
    marks = ", ".join("?" * len(found.values))
    if column == "nik":
        values.extend(found.values)
        # The narrow sorted table first: the wide one is then read at few places.
        return f"urut in (select urut from nik where nik in ({marks}))"
    kind = attribute.jenis if attribute else "teks"
    if kind == "program":
        values.extend(found.values)
        return f"len(list_intersect({visible_programs(permission.grant.terms.program)}, [{marks}])) > 0"
    expression = _expression(column, kind, today)
    values.extend(found.values)
    return f"{expression} in ({marks})" if found.operator == "in" else f"{expression} {_SIGNS[found.operator]} ?"


def _expression(column: str, kind: str, today: date) -> str:
    if kind == "umur":
        return f"date_sub('year', {ident(column)}, date '{today.isoformat()}')"
    if kind == "tahun":
        return f"year({ident(column)})"
    if kind == "ukuran":
        return SIZE
    if kind == "ya":
        return f"(lower({ident(column)}::varchar) in ('true', 'ya', '1'))"
    return ident(column)


def ordered(sort: Sequence[Any], permission: Permission, names: Names, today: date) -> tuple[tuple[str, str], ...]:
    """Expressions to order by, each with its direction.

    Raises:
        Rejected: a name that can't be sorted by, one that stands twice, or one that the grant does not hold: all told alike.
    """
    found, seen = list[tuple[str, str]](), set[str]()
    for one in sort:
        name = one.get("attribute_name")
        attribute = names.atribut.get(name) if isinstance(name, str) else None
        if attribute is None or not attribute.urut or attribute.kolom not in permission.columns or name in seen:
            raise Rejected(SORT, "Atribut urutan tidak dikenal, ganda, atau tidak dapat diurutkan dengan hibah ini.")
        seen.add(name)
        direction = "desc" if one.get("sort_order") == "desc" else "asc"
        found.append((_expression(attribute.kolom, attribute.jenis, today), direction))
    return tuple(found)


def asked_numbers(query: Query, names: Names) -> list[str]:
    """Every NIK that a query names."""
    return [str(value) for one in comparisons(query.tree) if _meant(query, one.name, names)[0] == "nik" for value in one.values]
