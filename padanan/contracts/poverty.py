"""Poverty of DKI Jakarta as BPS published it, shares and poverty lines, from `expectations/kemiskinan.yaml`.

Comparing a selection with it is the report's work, counting a budget from it the simulation's.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from padanan.base.config import Config, Exact, Filled, Text, Version, fault, read_config
from padanan.contracts.contract import expectations_dir

Percent = Annotated[float, Field(gt=0, lt=100)]
Line = Annotated[Exact, Field(ge=100_000, le=10_000_000)]
Household = Annotated[Exact, Field(ge=1, le=20)]


class PublishedPoverty(Config):
    """One survey's figures, with where they were read.

    Shares are percent of the population, counts thousands of people, lines rupiah per person and month, `household` people per
    poor household (rumah tangga miskin).
    """

    month: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] = Field(validation_alias="bulan", examples=["2022-03"])
    poor: Percent | None = Field(default=None, validation_alias="miskinPersen")
    poor_thousand: Annotated[float, Field(gt=0)] | None = Field(default=None, validation_alias="miskinRibu")
    extreme: Percent | None = Field(default=None, validation_alias="ekstremPersen")
    line: Line | None = Field(default=None, validation_alias="garisKemiskinan", examples=[680401])
    food_line: Line | None = Field(default=None, validation_alias="garisMakanan", examples=[466156])
    household: Household | None = Field(default=None, validation_alias="anggotaRumahTangga", examples=['"4.89"'])
    source: Text = Field(validation_alias="sumber")

    @property
    def poor_people(self) -> int | None:
        """People below the line, from the thousands as they are written (`480.86` is 480,860)."""
        return None if self.poor_thousand is None else int(Decimal(str(self.poor_thousand)) * 1000)

    @model_validator(mode="after")
    def _food_is_a_part(self) -> PublishedPoverty:
        if self.line is not None and self.food_line is not None and self.food_line >= self.line:
            raise fault(
                "garis kemiskinan makanan tidak di bawah garis kemiskinan",
                "samakan keduanya dengan sumbernya: makanan adalah bagian dari garis kemiskinan",
                at=("garisMakanan",),
            )
        return self


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


def newest_food_line(figures: tuple[PublishedPoverty, ...], day: date) -> PublishedPoverty | None:
    """The newest survey of before a day that gives the food line (garis kemiskinan makanan, GKM)."""
    given = [one for one in figures if one.food_line is not None and one.month <= f"{day:%Y-%m}"]
    return given[-1] if given else None
