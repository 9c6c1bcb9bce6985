"""`expectations/spdci.yaml`: the specification's names for our columns, the identifier types, and the limits of its API.

Which columns a grant holds is `grants`'; how a name becomes SQL is `condition`'s.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from padanan.base.config import Config, Count, Filled, Listed, Text, Version, fault, read_config
from padanan.contracts.contract import expectations_dir
from padanan.distribution.catalogue import ColumnName, load_catalogue

FILE = "spdci.yaml"
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.]{0,60}$")]
Operator = Literal["eq", "lt", "le", "gt", "ge", "in"]
Kind = Literal["teks", "bilangan", "tanggal", "pilihan", "ya", "umur", "tahun", "ukuran", "program"]


class Attribute(Config):
    """What one name of the specification stands for."""

    kolom: ColumnName
    jenis: Kind
    nilai: dict[str, Text] = Field(default_factory=dict)
    operator: Listed[Operator]
    urut: bool

    @model_validator(mode="after")
    def _whole(self) -> Attribute:
        if (self.jenis == "pilihan") != bool(self.nilai):
            raise fault("nilai ditulis untuk jenis pilihan, dan hanya untuknya", "tambah atau hapus 'nilai'")
        return self


class Registry(Config):
    """Who we are in an envelope."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9.-]{2,60}$")]
    jenis: Text


class SignatureRules(Config):
    """What is taken for a signature in time; seconds."""

    namespace: Filled[Text]
    tolerance: Count = Field(validation_alias="toleransiDetik")
    longest: Count = Field(validation_alias="masaTerlamaDetik")
    ours: Count = Field(validation_alias="masaKamiDetik")


class SpdciLimits(Config):
    """Requests, rows, conditions, values and days."""

    batch: Count
    errors: Count = Field(validation_alias="galat")
    page: Count = Field(validation_alias="halaman")
    records: Count = Field(validation_alias="rekaman")
    conditions: Count = Field(validation_alias="syarat")
    values: Count = Field(validation_alias="nilaiIn")
    remembered_days: Count = Field(validation_alias="ingatPesanHari")


class Delivery(Config):
    """How callbacks are sent."""

    again: Filled[Count] = Field(validation_alias="ulangDetik")
    wait: Count = Field(validation_alias="tungguDetik")
    events: Count = Field(validation_alias="peristiwa")
    kept_days: Count = Field(validation_alias="simpanHari")


class Names(Config):
    """The whole file."""

    version: Version
    registri: Registry
    tanda_tangan: SignatureRules = Field(validation_alias="tandaTangan")
    batas: SpdciLimits
    pengiriman: Delivery
    pengenal: dict[Name, ColumnName]
    atribut: dict[Name, Attribute]

    @model_validator(mode="after")
    def _known(self) -> Names:
        known = load_catalogue().kolom
        stray = sorted({*self.pengenal.values(), *(one.kolom for one in self.atribut.values())} - set(known))
        if stray:
            raise fault(f"kolom {', '.join(stray)} tidak dikenal", "pakai nama kolom dari expectations/distribusi.yaml")
        return self


@cache
def load_names() -> Names:
    """The mapping of this checkout.

    Raises:
        ContractError: a field is missing, unknown or wrong, with line and cure.
    """
    return read_config(expectations_dir() / FILE, Names)


def tail(name: Any) -> str:
    """The last part of a name with namespaces: `spdci-extensions-dci:Member` is `Member`."""
    return str(name).rpartition(":")[2].rpartition("/")[2]
