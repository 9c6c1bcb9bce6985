"""`expectations/satu_data.yaml`: who produces and keeps the open tables, their licence, and programs that exclude each other.

What the tables hold is said in `files`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from padanan.base.config import Config, Filled, Prose, Text, Version, fault, read_config
from padanan.contracts.contract import expectations_dir
from padanan.distribution.catalogue import programs

FILE = "satu_data.yaml"


class Licence(Config):
    """Under which the tables may be used."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{2,40}$")] = Field(
        validation_alias="kode", examples=["CC-BY-4.0"]
    )
    name: Prose = Field(validation_alias="nama")
    address: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] = Field(
        validation_alias="alamat", examples=["https://creativecommons.org/licenses/by/4.0/"]
    )


class Exclusive(Config):
    """Two programs that nobody can receive at once, and where that is written."""

    pair: Filled[Text] = Field(validation_alias="pasangan")
    source: Prose = Field(validation_alias="sumber")

    @field_validator("pair")
    @classmethod
    def _two(cls, value: list[str]) -> list[str]:
        if len(set(value)) != 2 or set(value) - programs():
            raise fault("bukan dua program yang berbeda", "tulis dua id dari expectations/contracts")
        return sorted(value)


class OpenData(Config):
    """The whole file."""

    version: Version = Field(examples=["1.0.0"])
    producer: Prose = Field(validation_alias="produsenData")
    keeper: Prose = Field(validation_alias="walidata")
    licence: Licence = Field(validation_alias="lisensi")
    citation: Prose = Field(validation_alias="kutipan")
    exclusive: list[Exclusive] = Field(default=[], validation_alias="salingMeniadakan")


def load_open_data() -> OpenData:
    """The metadata of this checkout.

    Raises:
        ContractError: a field is missing, unknown or wrong, with line and cure.
    """
    return read_config(expectations_dir() / FILE, OpenData)
