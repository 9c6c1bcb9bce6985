"""`expectations/distribusi.yaml`: which columns a grant may name at all, and the limits of the API.

What one grant may see is `grants` and `gate`; where a column comes from in the files is `prepare`'s.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from padanan.base.config import Config, Count, Prose, Version, read_config
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.entitlements import load_entitlements

FILE = "distribusi.yaml"
# A column's name goes into SQL as an identifier; nothing else may.
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,40}$")]


class Column(Config):
    """One column: where it comes from, how it is classified, what it means."""

    dari: Literal["data_sasaran", "bnba"]
    klasifikasi: Literal["umum", "pribadi", "spesifik"]
    arti: Prose
    only_disability: bool = Field(default=False, validation_alias="hanyaDisabilitas")


class Limits(Config):
    """What a client may ask in which time; rows, requests, minutes, MiB."""

    requests_a_minute: Count = Field(validation_alias="permintaanPerMenit", examples=[600])
    tokens_a_minute: Count = Field(validation_alias="tokenPerMenit", examples=[30])
    rows_a_day: Count = Field(validation_alias="barisPerHari", examples=[1500000])
    page: Count = Field(validation_alias="halaman", examples=[1000])
    token_minutes: Count = Field(validation_alias="tokenMenit", examples=[15])
    upload_mib: Count = Field(validation_alias="unggahanMib", examples=[64])


class Clocks(Config):
    """Within how many days each step of a request follows the one before, when it lapses, and how large a letter may be."""

    forum: Count = Field(validation_alias="forumHari", examples=[14])
    decision: Count = Field(validation_alias="putusanHari", examples=[14])
    naming: Count = Field(validation_alias="penunjukanHari", examples=[7])
    grant: Count = Field(validation_alias="hibahHari", examples=[7])
    lapse: Count = Field(validation_alias="kedaluwarsaHari", examples=[180])
    letter_kib: Count = Field(validation_alias="suratKib", examples=[5120])


class Catalogue(Config):
    """The whole file."""

    version: Version = Field(examples=["1.0.0"])
    kolom: dict[ColumnName, Column]
    batas: Limits
    permohonan: Clocks


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue of an `expectations/` folder, by default the checkout's.

    Raises:
        ContractError: a field is missing, unknown or wrong, with line and cure.
    """
    return read_config((folder or expectations_dir()) / FILE, Catalogue)


@cache
def programs() -> frozenset[str]:
    """Ids of the contracts that are programs."""
    return frozenset(item.id for item in load_contracts().values() if item.kind == "program")


@cache
def disability_programs() -> frozenset[str]:
    """Programs to which disability alone entitles: being in one says what the law protects most (UU 24/2013 art. 84)."""
    found = load_entitlements().program
    return frozenset(name for name, item in found.items() if re.fullmatch(r"\s*disabilitas\s*", item.berhak or ""))


def allowed_columns(catalogue: Catalogue, program: str) -> Collection[str]:
    """The columns that a grant for a program may name."""
    special = program in disability_programs()
    return {name for name, column in catalogue.kolom.items() if special or not column.only_disability}
