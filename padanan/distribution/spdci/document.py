"""The specification itself: its YAML lies in this package, and what is received and sent is compared with its schemas.

Which code a fault is answered with is decided by whoever asks; nothing of the value is ever told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).with_name("social_api_v1.0.0.yaml")
_URI = "urn:spdci:social:1.0.0"
VERSION = "1.0.0"
# ISO 8601 with its time zone (SubscriptionInfo/timestamp): seconds are there, a zone is there.
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")
_formats = FormatChecker(formats=())


def moment(value: Any) -> datetime | None:
    """An instant with a time zone; None for everything else."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        # Six digits of a second are what Python keeps.
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.upper()))
    except ValueError:
        return None


@_formats.checks("date-time")  # type: ignore[untyped-decorator]
def _date_time(value: Any) -> bool:
    return not isinstance(value, str) or moment(value) is not None


@_formats.checks("uri")  # type: ignore[untyped-decorator]
def _uri(value: Any) -> bool:
    return not isinstance(value, str) or is_uri(value)


def is_uri(value: str) -> bool:
    """Whether a text is an absolute URI (RFC 3986)."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and value.isascii() and value.isprintable() and " " not in value


@cache
def specification() -> Mapping[str, Any]:
    """The document, as it was published."""
    found: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


@cache
def _registry() -> Registry[Any]:
    found: Registry[Any] = Registry().with_resource(_URI, DRAFT202012.create_resource(specification()))
    return found


@cache
def validator(pointer: str) -> Draft202012Validator:
    """A validator of the schema at a JSON pointer of the document."""
    return Draft202012Validator({"$ref": f"{_URI}#{pointer}"}, registry=_registry(), format_checker=_formats)


def schema(name: str) -> str:
    """The pointer of a named schema."""
    return f"/components/schemas/{name}"


def body_of(path: str, *, response: bool = False) -> str:
    """The pointer of an operation's body: `/registry/search`, as it is asked or, for what a synchronous one answers, returned."""
    place = f"/paths/{path.replace('~', '~0').replace('/', '~1')}/post"
    part = "responses/default" if response else "requestBody"
    return f"{place}/{part}/content/application~1json/schema"


def faults(pointer: str, value: Any) -> Iterator[tuple[str | int, ...]]:
    """Where a value does not fit its schema: paths of field names, none twice in a row."""
    for error in validator(pointer).iter_errors(value):
        path = tuple(error.absolute_path)
        missing = error.validator == "required" and isinstance(error.instance, dict)
        yield (*path, *(name for name in error.validator_value if name not in error.instance)) if missing else path


def fits(pointer: str, value: Any) -> bool:
    """Whether a value is as the schema says."""
    return bool(validator(pointer).is_valid(value))
