"""What is reported to whom until when (Kepsekda 75/2023 §3.6), and what the forms print that no contract says: `lp3ke.yaml`.

The forms themselves stand in `padanan/feedback/lp3ke`, due dates of deliveries in `due`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from padanan.base.config import Config, Count, Filled, Listed, Prose, Text, Version, fault, read_config
from padanan.base.errors import PadananError
from padanan.base.period import Quarter
from padanan.contracts.agencies import known_agency, load_agencies
from padanan.contracts.contract import expectations_dir

# Whole numbers and no Literal: true equals 1.
Matrix = Annotated[int, Field(ge=1, le=4)]
Strategy = Annotated[int, Field(ge=1, le=3)]
MATRICES = (1, 2, 3, 4)
STRATEGIES: Mapping[int, str] = {
    1: "Mengurangi beban pengeluaran",
    2: "Meningkatkan pendapatan",
    3: "Mengurangi kantong-kantong kemiskinan",
}
"""Tabel 3.4, column 2, to the letter."""


def _quarter(value: object) -> object:
    if isinstance(value, str):
        try:
            return Quarter.parse(value)
        except PadananError as error:
            raise fault(error.cause, error.cure) from None
    return value


def _month(value: object) -> object:
    if isinstance(value, str) and (len(value) != 7 or value[4] != "-" or value[5:] not in {f"{n:02d}" for n in range(1, 13)}):
        raise fault("bulan tidak terbaca", 'tulis "YYYY-MM" di antara tanda kutip')
    return value


Start = Annotated[Quarter, BeforeValidator(_quarter)]
Month = Annotated[str, BeforeValidator(_month)]
Agency = Annotated[Text, AfterValidator(known_agency)]


class Recipient(Config):
    """Who receives which matrices; `oleh`: in whose name they go."""

    kepada: Prose
    oleh: Prose | None = None
    matriks: Filled[Matrix]
    tembusan: Listed[Prose] = ()
    dasar: Text


class ProgramLine(Config):
    """A program in Matriks 2 and 3: the heading of its column, its strategy, its nomenclature code."""

    kolom: Text
    tujuan: Strategy | None = None
    kode: Text | None = None


class Fillers(Config):
    """Who fills in which matrix: ids of agencies."""

    matriks1: Agency
    matriks2: Agency
    matriks3: Agency
    matriks4: Agency

    def of(self, matrix: int) -> str:
        """The agency of one matrix."""
        return str(getattr(self, f"matriks{matrix}"))


class Funding(Config):
    """What column 8 of Matriks 2 says of programs of the centre and of the daerah."""

    pusat: Text
    daerah: Text


class Yearly(Config):
    """LP2KD: to whom, and how many months after the year."""

    kepada: Filled[Prose]
    months: Count = Field(validation_alias="bulanSesudahTahun", examples=[2])


class Ended(Config):
    """Reports of programs: to whom, and how many months after their end."""

    kepada: Prose
    months: Count = Field(validation_alias="bulanSesudahProgram", examples=[1])


class Other(Config):
    """A program of an organisation that has no contract."""

    nama: Prose
    lembaga: Prose
    akhir: Month


class Reporting(Config):
    """The whole file."""

    version: Version = Field(examples=["1.0.0"])
    since: Start = Field(validation_alias="sejak", examples=["2023-TW1"])
    recipients: Mapping[str, Recipient] = Field(validation_alias="penerima", min_length=1)
    months: Count = Field(validation_alias="bulanSesudahTriwulan", examples=[1])
    fillers: Fillers = Field(validation_alias="pengisi")
    days: Count = Field(validation_alias="berlakuHari", examples=[60])
    rows: Annotated[int, Field(ge=1, le=60_000)] = Field(validation_alias="barisPerBuku", examples=[10000])
    docx_rows: Annotated[int, Field(ge=1, le=2_000)] = Field(validation_alias="barisDocx", examples=[300])
    spare: Annotated[int, Field(ge=1, le=500)] = Field(validation_alias="barisKosong", examples=[25])
    program: Mapping[str, ProgramLine] = {}
    printed: Mapping[str, Literal["Ya", "Tidak"]] = Field(validation_alias="kolomTercetak", default={})
    funding: Funding = Field(validation_alias="sumberPembiayaan")
    duties: Mapping[str, Prose] = Field(validation_alias="tugas", default={})
    lp2kd: Yearly
    ended: Ended = Field(validation_alias="laporanProgram")
    others: Mapping[str, Other] = Field(validation_alias="programLembaga", default={})

    @field_validator("duties")
    @classmethod
    def _of_agencies(cls, value: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        for agency in value:
            known_agency(agency, info)
        return value


def load_reporting(folder: Path | None = None) -> Reporting:
    """The file of an `expectations/` folder; by default `expectations_dir()`.

    Raises:
        ContractError: a field is missing, unknown or wrong; file, line and field are named.
    """
    base = folder or expectations_dir()
    return read_config(base / "lp3ke.yaml", Reporting, context=load_agencies(base).context)
