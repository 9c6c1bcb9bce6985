"""Poverty of DKI Jakarta as BPS published it, from `expectations/kemiskinan.yaml`.

Comparing a selection with it is the report's work.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from padanan.base.config import Config, Filled, Text, Version, read_config
from padanan.contracts.contract import expectations_dir

Percent = Annotated[float, Field(gt=0, lt=100)]


class PublishedPoverty(Config):
    """One survey's figures, in percent of the population and in thousands of people, with where they were read."""

    month: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] = Field(validation_alias="bulan", examples=["2022-03"])
    poor: Percent | None = Field(default=None, validation_alias="miskinPersen")
    poor_thousand: Annotated[float, Field(gt=0)] | None = Field(default=None, validation_alias="miskinRibu")
    extreme: Percent | None = Field(default=None, validation_alias="ekstremPersen")
    source: Text = Field(validation_alias="sumber")


class _File(Config):
    version: Version = Field(examples=["1.0.0"])
    angka: Filled[PublishedPoverty]


def published_poverty(folder: Path | None = None) -> tuple[PublishedPoverty, ...]:
    """Every figure on file, oldest first.

    Raises:
        ContractError: a field is missing, unknown or wrong; file, line and field are named.
    """
    found = read_config((folder or expectations_dir()) / "kemiskinan.yaml", _File)
    return tuple(sorted(found.angka, key=lambda one: one.month))


def newest(figures: tuple[PublishedPoverty, ...], kind: str, day: date) -> PublishedPoverty | None:
    """The newest survey of before a day that gives this kind, `poor` or `extreme` (percent)."""
    given = [one for one in figures if getattr(one, kind) is not None and one.month <= f"{day:%Y-%m}"]
    return given[-1] if given else None
