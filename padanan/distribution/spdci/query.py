"""The three kinds of query of the specification, read into one tree of comparisons; whatever is not understood is refused.

Names and operators are those of `expectations/spdci.yaml`; what a grant lets ask, and SQL, are `condition`'s.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from padanan.distribution.spdci.names import Attribute, Names
from padanan.distribution.spdci.rejected import Rejected

IDTYPE, EXPRESSION, PREDICATE = "idtype-value", "expression", "predicate"
FILTER = "rjct.filter.invalid"
_COLLECTIONS = {"Group", "Member", "SRPerson", "Person"}
_SYMBOLS = {
    "$eq": "eq", "$lt": "lt", "$lte": "le", "$le": "le", "$gt": "gt", "$gte": "ge", "$ge": "ge", "$in": "in",
}  # fmt: skip
_JOINS = {"$and": "and", "$or": "or"}
# An attribute of a person's own number is compared as a text and has no order.
_TEXT = 200


@dataclass(frozen=True)
class Compare:
    """One attribute compared with values; a value is of the type that its attribute is compared with."""

    name: str
    operator: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Joined:
    """`and` or `or` of parts; `not` of one."""

    how: str
    parts: tuple[Compare | Joined, ...]


Tree = Compare | Joined


@dataclass(frozen=True)
class Query:
    """A query as it was understood.

    Attributes:
        kind: of the specification, by what it turned out to be.
        collection: what an expression searches, or None.
        identifier: the type of the identifier of an `idtype-value`.
    """

    kind: str
    tree: Tree
    collection: str | None = None
    identifier: str | None = None


def _wrong(why: str) -> Rejected:
    return Rejected(FILTER, f"Query tidak dapat dipakai: {why}.")


def unusable() -> Rejected:
    """What is said of an attribute that is not known, and of one that the grant does not hold."""
    return _wrong("atribut tidak dikenal atau tidak dapat disaring dengan hibah ini")


def read_query(kind: str, query: Any, names: Names) -> Query:
    """Reads a query.

    Args:
        kind: `query_type`; it decides, since the three forms overlap as schemas. A list under `expression` is the form of the
            release of January 2025 and is read as a predicate.

    Raises:
        Rejected: it is no such query, names what is not known, or is too large.
    """
    if kind == EXPRESSION and isinstance(query, list):
        kind = PREDICATE
    if kind == IDTYPE:
        found = _identifier(query, names)
    elif kind == PREDICATE:
        found = Query(PREDICATE, _predicates(query, names))
    elif kind == EXPRESSION:
        found = _expression(query, names)
    else:
        raise _wrong("jenisnya tidak didukung")
    if sum(1 for _ in comparisons(found.tree)) > names.batas.conditions:
        raise _wrong("syaratnya terlalu banyak")
    return found


def comparisons(tree: Tree) -> Iterator[Compare]:
    """Every comparison of a tree."""
    if isinstance(tree, Compare):
        yield tree
    else:
        for part in tree.parts:
            yield from comparisons(part)


def _identifier(query: Any, names: Names) -> Query:
    if not isinstance(query, Mapping) or not {"type", "value"} <= set(query):
        raise _wrong("idtype-value memuat type dan value")
    kind, value = query["type"], query["value"]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(kind, str) or not isinstance(value, str) or not 0 < len(value) <= _TEXT:
        raise _wrong("type dan value adalah teks")
    if kind not in names.pengenal:
        raise unusable()
    return Query(IDTYPE, Compare(kind, "eq", (value,)), identifier=kind)


def _predicates(query: Any, names: Names) -> Tree:
    """All entries in the order of `seq_num`; one of a single expression is joined to the next by its condition, else by `and`."""
    if not isinstance(query, list) or not all(isinstance(one, Mapping) for one in query):
        raise _wrong("predicate adalah daftar")
    numbers = [one.get("seq_num") for one in query]
    given = [one for one in numbers if one is not None]
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in given):
        raise _wrong("seq_num adalah bilangan")
    if given and (len(given) != len(numbers) or len(set(given)) != len(given)):
        raise _wrong("seq_num ada pada semua syarat dan tidak berulang")
    ordered = sorted(query, key=lambda one: one["seq_num"]) if given else query
    tree: Tree = Joined("and", ())
    link = "and"
    for place, entry in enumerate(ordered):
        part, after = _entry(entry, names, last=place == len(ordered) - 1)
        tree = part if place == 0 else Joined(link, (tree, part))
        link = after
    return tree


def _entry(entry: Mapping[str, Any], names: Names, *, last: bool) -> tuple[Tree, str]:
    """One entry, and how it is joined to the next."""
    numbered = sorted(name for name in entry if name.startswith("expression"))
    expected = [f"expression{number}" for number in range(1, len(numbered) + 1)]
    if sorted(expected) != numbered or not numbered or set(entry) - {"seq_num", "condition", *expected}:
        raise _wrong("expression1, expression2 dan seterusnya tanpa loncat")
    parts = tuple(_stated(entry[name], names) for name in expected)
    condition = entry.get("condition")
    if condition not in (None, "and", "or", "not"):
        raise _wrong("condition adalah and, or atau not")
    if len(parts) == 1:
        if condition == "not":
            return Joined("not", parts), "and"
        if condition == "or" and last:
            raise _wrong("sesudah or tidak ada syarat lagi")
        return parts[0], condition or "and"
    if condition is None:
        raise _wrong("condition tidak ada")
    if condition == "not":
        # `expression1 not expression2`: the first, and none of the others.
        return Joined("and", (parts[0], *(Joined("not", (one,)) for one in parts[1:]))), "and"
    return Joined(condition, parts), "and"


def _stated(found: Any, names: Names) -> Tree:
    fields = {"attribute_name", "operator", "attribute_value"}
    if not isinstance(found, Mapping) or set(found) != fields:
        raise _wrong("syarat memuat attribute_name, operator dan attribute_value")
    return _compare(found["attribute_name"], found["operator"], found["attribute_value"], names)


def _expression(query: Any, names: Names) -> Query:
    try:
        inner = query["value"]["expression"]
        kind, collection, condition = query["type"], inner["collection"], inner["query"]
    except (KeyError, TypeError, IndexError):
        raise _wrong("expression memuat type, value.expression.collection dan value.expression.query") from None
    if not isinstance(kind, str) or not isinstance(inner, Mapping) or set(inner) != {"collection", "query"}:
        raise _wrong("expression memuat collection dan query saja")
    if not isinstance(collection, str) or collection not in _COLLECTIONS:
        raise _wrong("collection tidak dikenal")
    return Query(EXPRESSION, _operators(condition, names), collection)


def _operators(found: Any, names: Names) -> Tree:
    if not isinstance(found, Mapping) or not found:
        raise _wrong("syarat adalah objek yang tidak kosong")
    parts = list[Tree]()
    for name, value in found.items():
        if name in _JOINS:
            if not isinstance(value, list) or not value:
                raise _wrong("and dan or memuat daftar yang tidak kosong")
            parts.append(Joined(_JOINS[name], tuple(_operators(one, names) for one in value)))
        elif name == "$not":
            parts.append(Joined("not", (_operators(value, names),)))
        elif isinstance(value, Mapping) and value and all(operator in _SYMBOLS for operator in value):
            parts += [_compare(name, _SYMBOLS[operator], operand, names) for operator, operand in value.items()]
        else:
            raise _wrong("operator tidak dikenal")
    return parts[0] if len(parts) == 1 else Joined("and", tuple(parts))


def _compare(name: Any, operator: Any, value: Any, names: Names) -> Compare:
    attribute = names.atribut.get(name) if isinstance(name, str) else None
    if attribute is None:
        raise unusable()
    if not isinstance(operator, str) or operator not in attribute.operator:
        raise _wrong("operator tidak berlaku untuk atribut itu")
    values = _listed(value) if operator == "in" else [value]
    if not values or len(values) > names.batas.values:
        raise _wrong("daftar nilai kosong atau terlalu panjang")
    return Compare(name, operator, tuple(_typed(one, attribute) for one in values))


def _listed(value: Any) -> list[Any]:
    """The values of `in`: a list; since the schema has none there, also an object's `values` or a text with commas."""
    if isinstance(value, Mapping) and set(value) == {"values"}:
        value = value["values"]
    if isinstance(value, str):
        return [one.strip() for one in value.split(",")]
    return value if isinstance(value, list) else [value]


def _typed(value: Any, attribute: Attribute) -> Any:
    """A value as its attribute's type; a number may come as a text, as upstream's samples write it."""
    kind = attribute.jenis
    if kind == "ya":
        if isinstance(value, bool):
            return value
    elif kind in ("bilangan", "umur", "tahun", "ukuran"):
        if (number := _number(value)) is not None:
            return number
    elif isinstance(value, str) and 0 < len(value) <= _TEXT:
        if kind == "tanggal":
            day = _day(value)
            if day is not None:
                return day
        elif kind == "pilihan":
            if value in attribute.nilai:
                return attribute.nilai[value]
        else:
            return value
    elif kind == "teks" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _wrong("nilai tidak sesuai dengan jenis atributnya")


def _number(value: Any) -> float | None:
    if isinstance(value, str) and len(value) <= 20 and value.isascii() and value.strip() == value and "_" not in value:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _day(value: str) -> date | None:
    """A day; a moment at midnight, as the samples write one, is its day."""
    try:
        return date.fromisoformat(value[:10]) if len(value) == 10 or value[10:12].upper() == "T0" else None
    except ValueError:
        return None
