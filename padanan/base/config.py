"""Configuration as typed objects: a pydantic model read from YAML, each fault told with file, line, field, cause and cure.

What the fields of a file mean stands in the model of the module that owns it; no value of a file is ever printed, only names.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from padanan.base.errors import ContractError
from padanan.base.shown import safe_name
from padanan.base.yaml_source import FieldPath, YamlSource

T = TypeVar("T")
M = TypeVar("M", bound="Config")


class Config(BaseModel):
    """What every configuration model is: frozen, unknown fields refused, no value turned into another type by guessing.

    A field that YAML writes in Indonesian and code calls by another name has `validation_alias`; a field that is written
    without a value (`sampai:`) counts as not written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True, validate_default=False)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        # Only of a field that there is: `{gagal: f(a, b)}` without quotes is read as `gagal` and a field `b)` without a value.
        return {key: value for key, value in data.items() if value is not None or key not in _named(cls)}


@cache
def _named(model: type[Config]) -> frozenset[object]:
    """The names and aliases of a model's fields; pydantic would gather them anew for every object of a file."""
    return frozenset(name for key, field in model.model_fields.items() for name in (key, field.validation_alias))


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that says something."""
Prose = Annotated[Text, BeforeValidator(lambda value: " ".join(value.split()) if isinstance(value, str) else value)]
"""A text that may be broken over lines; read as one line."""
Version = Annotated[Text, BeforeValidator(lambda value: str(value) if type(value) in (int, float) else value)]
"""`1.2.0`, also where YAML reads a number."""
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Listed = Annotated[tuple[T, ...], Field(strict=False)]
"""A YAML list, as a tuple: `Listed[Text]`."""
Filled = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]
"""A YAML list that may not be empty."""


def fault(cause: str, cure: str, *, at: Sequence[str | int] = ()) -> PydanticCustomError:
    """What a model's own validator raises.

    Args:
        cause: what is wrong, in Indonesian, without any value of a person.
        cure: what to do.
        at: the field concerned, from the validated value on.
    """
    return PydanticCustomError("padanan", "{cause}", {"cause": cause, "cure": cure, "at": tuple(at)})


def _day(value: Any) -> Any:
    """A day with or without quotes."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise fault("tanggal berlaku tidak terbaca", "tulis YYYY-MM-DD") from None
    return value


Day = Annotated[date, BeforeValidator(_day)]
_EXACT = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")


def _exact(value: Any) -> Any:
    """A decimal as it is written: of `4.89` without quotes YAML would already have made the nearest binary fraction."""
    if isinstance(value, Decimal):
        return value
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, str) and _EXACT.fullmatch(value):
        return Decimal(value)
    raise fault("bukan bilangan persis", 'tulis bilangan bulat, atau pecahan di antara tanda kutip seperti "4.89"')


Exact = Annotated[Decimal, BeforeValidator(_exact)]
"""A number that is counted with exactly: a whole number, or a fraction between quotes with at most six digits after the point."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    names = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def read_config(path: Path, model: type[M], *, context: Mapping[str, Any] | None = None) -> M:
    """One configuration file as its model.

    Args:
        context: what validators need to know besides the file (pydantic's validation context).

    Raises:
        ContractError: the file can't be read or does not fit; the first fault by line, and the lines of the others.
    """
    return typed(YamlSource(path), model, context=context)


def typed(
    source: YamlSource, model: type[M], *, at: FieldPath = (), data: Any = None, context: Mapping[str, Any] | None = None
) -> M:
    """A part of a YAML file as its model; see `read_config`.

    Args:
        at: where the part stands in the file.
        data: the part itself; by default what stands at `at`, an empty mapping when nothing does.
    """
    if data is None:
        data = source.data
        for step in at:
            data = data[step]
    try:
        return model.model_validate({} if data is None else data, by_alias=True, by_name=False, context=context)
    except ValidationError as error:
        raise told(source, model, error, at=at) from None


def told(source: YamlSource, model: type[BaseModel], error: ValidationError, *, at: FieldPath = ()) -> ContractError:
    """pydantic's faults as one of ours: the first by line, with the lines of the others in the cure."""
    found: list[tuple[int, bool, FieldPath, str, str]] = []
    for path, cause, cure, missing in field_faults(model, error):
        place = (*at, *path)
        found.append((source.line(place), missing, place, cause, cure))
    found.sort(key=lambda item: item[:2])
    _, _, place, cause, cure = found[0]
    if others := sorted({line for line, *_ in found[1:]}):
        cure += f" (kesalahan lain: baris {', '.join(map(str, others[:10]))})"
    return source.error(tuple(safe_name(part)[:60] if isinstance(part, str) else part for part in place), cause, cure)


def field_faults(model: type[BaseModel], error: ValidationError) -> Iterator[tuple[FieldPath, str, str, bool]]:
    """Every fault of its own: the field's path, cause and cure without any value, and whether the field is missing."""
    details = error.errors(include_url=False, include_input=False)
    for detail in details:
        if not _follows(model, detail, details):
            yield *_told_one(model, detail), detail["type"] == "missing"


def _follows(model: type[BaseModel], detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Whether a fault only follows from another: a field missing because it is misspelt, a list short of its faulty items."""
    path = detail["loc"]
    if detail["type"] == "missing":
        beside = [str(one["loc"][-1]) for one in details if one["type"] == "extra_forbidden" and one["loc"][:-1] == path[:-1]]
        return any(nearest(name, _known(model, path[:-1])) == path[-1] for name in beside)
    return detail["type"] == "too_short" and any(
        len(one["loc"]) > len(path) and one["loc"][: len(path)] == path for one in details
    )


def _told_one(model: type[BaseModel], detail: ErrorDetails) -> tuple[FieldPath, str, str]:
    """Path, cause and cure of one fault."""
    kind, context = detail["type"], detail.get("ctx", {})
    path = tuple(detail["loc"])
    if path and path[-1] == "[key]":
        return path[:-1], "nama isian bukan teks yang sah", "perbaiki namanya, atau tulis di antara tanda kutip"
    name = safe_name(str(path[-1]))[:60] if path else "berkas"
    here = f"isian ke-{path[-1] + 1}" if path and isinstance(path[-1], int) else f"'{name}'"
    if kind == "padanan":
        return (*path, *context["at"]), str(context["cause"]), str(context["cure"])
    if kind == "extra_forbidden":
        known = _known(model, path[:-1])
        meant = nearest(str(path[-1]), known)
        cure = f"mungkin maksudnya '{meant}'" if meant else f"hapus, atau pakai salah satu dari {', '.join(known)}"
        return path, f"isian {here} tidak dikenal", cure
    if kind == "missing":
        return path, f"isian {here} belum ada", f"isi '{name}'{_example(model, path)}"
    cause, cure = _words(kind, context)
    return path, f"{here} {cause}", f"{cure}{_example(model, path)}"


_TYPES = {
    "string_type": ("bukan teks", "tulis teks; bilangan dan tanggal di antara tanda kutip"),
    "string_too_short": ("kosong", "isi dengan teks"),
    "int_type": ("bukan bilangan bulat", "tulis bilangan bulat tanpa tanda kutip"),
    "int_from_float": ("bukan bilangan bulat", "tulis bilangan bulat tanpa koma"),
    "float_type": ("bukan bilangan", "tulis bilangan dengan titik desimal, tanpa tanda kutip"),
    "finite_number": ("bukan bilangan", "tulis bilangan yang terhingga"),
    "bool_type": ("bukan ya atau tidak", "tulis true atau false"),
    "date_type": ("bukan tanggal", "tulis YYYY-MM-DD tanpa tanda kutip"),
    "tuple_type": ("bukan daftar", "tulis daftar: [a, b], atau satu baris '- …' untuk setiap isian"),
    "list_type": ("bukan daftar", "tulis daftar: [a, b], atau satu baris '- …' untuk setiap isian"),
    "dict_type": ("bukan pasangan nama: nilai", "tulis sebagai nama: nilai"),
    "mapping_type": ("bukan pasangan nama: nilai", "tulis sebagai nama: nilai"),
    "model_type": ("bukan pasangan nama: nilai", "tulis sebagai nama: nilai"),
    "model_attributes_type": ("bukan pasangan nama: nilai", "tulis sebagai nama: nilai"),
    "string_pattern_mismatch": ("tidak menurut bentuknya", "samakan bentuknya dengan contoh berkas ini"),
}
_LIMITS = {
    "greater_than_equal": ("terlalu kecil", "paling sedikit {ge}"),
    "greater_than": ("terlalu kecil", "lebih dari {gt}"),
    "less_than_equal": ("terlalu besar", "paling banyak {le}"),
    "less_than": ("terlalu besar", "kurang dari {lt}"),
    "too_short": ("berisi terlalu sedikit", "isi paling sedikit {min_length}"),
    "too_long": ("berisi terlalu banyak", "isi paling banyak {max_length}"),
    "string_too_long": ("terlalu panjang", "paling banyak {max_length} huruf"),
}


def _words(kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    if kind in _TYPES:
        return _TYPES[kind]
    if kind in _LIMITS:
        cause, cure = _LIMITS[kind]
        return cause, cure.format_map(context)
    if kind in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return "bukan salah satu pilihannya", f"pakai {', '.join(allowed)}"
    return f"tidak sah ({kind})", "samakan bentuknya dengan contoh berkas ini"


def _field(model: type[BaseModel], path: Sequence[str | int]) -> tuple[Any, Any]:
    """The type that stands at a path, and its `FieldInfo` where it is a model's field; (None, None) where none does."""
    here: Any = model
    info: Any = None
    for part in path:
        here, origin = _bare(here), get_origin(_bare(here))
        if isinstance(here, type) and issubclass(here, BaseModel):
            info = next((f for name, f in here.model_fields.items() if part in (f.validation_alias, f.alias, name)), None)
            if info is None:
                return None, None
            here = info.annotation
        elif origin in (tuple, list) and isinstance(part, int):
            items = get_args(here)
            here, info = items[min(part, len(items) - 1)] if items[-1] is not ... else items[0], None
        elif origin is not None and len(get_args(here)) == 2:
            here, info = get_args(here)[1], None
        else:
            return None, None
    return _bare(here), info


def _bare(kind: Any) -> Any:
    """A type without `Annotated` and without `| None`."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            kind = next(part for part in get_args(kind) if part is not type(None))
        else:
            return kind


def _known(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    here, _ = _field(model, path)
    if not (isinstance(here, type) and issubclass(here, BaseModel)):
        return []
    return [str(info.validation_alias or info.alias or name) for name, info in here.model_fields.items()]


def _example(model: type[BaseModel], path: Sequence[str | int]) -> str:
    """`, misalnya …` where the field's model gives an example."""
    _, info = _field(model, path)
    return f", misalnya {info.examples[0]}" if info is not None and info.examples else ""
