"""The parameters of the simulation, from `expectations/simulasi.yaml` with the survey that it names in `kemiskinan.yaml`.

Counting with them is the work of `document` and `families`; what a sweep does to them stands in `sweep`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from padanan.base.config import Config, Exact, Filled, Text, Version, typed
from padanan.base.errors import PadananError
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import expectations_dir
from padanan.contracts.poverty import PublishedPoverty, newest_food_line, published_poverty

Money = Annotated[Exact, Field(ge=0, le=1_000_000_000)]
Part = Annotated[Exact, Field(ge=0, le=1)]
Families = Annotated[int, Field(ge=0, le=10_000_000)]
People = Annotated[int, Field(ge=0, le=20)]
ProgramId = Annotated[Text, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
FILE = "simulasi.yaml"
MONTHS = 12
SEN = Decimal("0.01")


class Mode(StrEnum):
    """How the document's unit slip is treated: kept, or PKH counted per month."""

    AS_PRINTED = "as_printed"
    UNIT_CORRECTED = "unit_corrected"

    @property
    def told(self) -> str:
        """In words."""
        return "seperti dokumen" if self is Mode.AS_PRINTED else "satuan dibetulkan"


class Kpm(Config):
    """Families that receive PKH, and which part of them are poor households."""

    value: Families = Field(validation_alias="nilai", examples=[67369])
    poor: Part = Field(validation_alias="bagianRtm", examples=['"1"'])
    source: Text = Field(validation_alias="sumber")


class Benefit(Config):
    """What a program of the central government gives a family, rupiah per month or year."""

    value: Money = Field(validation_alias="nilai", examples=[150000])
    per: Literal["bulan", "tahun"] = Field(examples=["bulan"])
    program: ProgramId = Field(examples=["id_kontrak"])
    source: Text = Field(validation_alias="sumber")

    def month(self, mode: Mode) -> Decimal:
        """What is deducted of one month, to the sen; `AS_PRINTED` deducts the amount as it stands, whatever time it is of."""
        as_it_stands = mode is Mode.AS_PRINTED or self.per == "bulan"
        return (self.value if as_it_stands else self.value / MONTHS).quantize(SEN, ROUND_HALF_UP)


class Shared(Benefit):
    """A benefit with the part of poor households that receives it."""

    poor: Part = Field(validation_alias="bagianRtm", examples=['"1"'])


class Needs(Config):
    """Food component of Kebutuhan Hidup Layak, rupiah per worker and month, with the parts added to it for a family."""

    value: Money = Field(validation_alias="nilai", examples=[1159673])
    added: Filled[Part] = Field(validation_alias="tambahan", examples=['["0.20", "0.25"]'])
    source: Text = Field(validation_alias="sumber")


class Composition(Config):
    """A family by adults and children."""

    adults: People = Field(validation_alias="dewasa", examples=[2])
    children: People = Field(validation_alias="anak", examples=[3])


class Child(Config):
    """A child's food line as a part of an adult's."""

    part: Part = Field(validation_alias="bagian", examples=['"0.5"'])
    example: Composition = Field(validation_alias="contoh")
    source: Text = Field(validation_alias="sumber")


class _File(Config):
    version: Version = Field(examples=["1.0.0"])
    survei: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] = Field(examples=["2020-03"])
    kpm: Kpm = Field(validation_alias="kpmPkh")
    cash: Benefit = Field(validation_alias="nilaiPkh")
    food: Shared = Field(validation_alias="nilaiBpnt")
    khl: Needs
    anak: Child


@dataclass(frozen=True)
class Survey:
    """What the document takes of one survey: poor people, people per poor household, lines in rupiah per person and month."""

    month: str
    people: int
    household: Decimal
    line: Decimal
    food_line: Decimal
    source: str

    @property
    def poor_families(self) -> int:
        """RTM: poor people by household size, to the nearest household."""
        return int((self.people / self.household).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Parameters:
    """Everything that the simulation counts with; `cash` is PKH, `food` BPNT."""

    version: str
    survey: Survey
    kpm: Kpm
    cash: Benefit
    food: Shared
    khl: Needs
    child: Child

    @property
    def cash_poor_families(self) -> int:
        """PKH families that are poor households."""
        return int((self.kpm.value * self.kpm.poor).quantize(Decimal(1), ROUND_HALF_UP))


def load_parameters(survey: str | None = None, folder: Path | None = None) -> Parameters:
    """The files of an `expectations/` folder; by default `expectations_dir()`.

    Args:
        survey: the survey to count with, `2020-03`; by default the one that the file names.

    Raises:
        ContractError: a field is missing, unknown, wrong, or contradicts another; file, line and field are named.
        PadananError: the survey asked for isn't known, or lacks a figure that the document needs.
    """
    folder = folder or expectations_dir()
    source = YamlSource(folder / FILE)
    found = typed(source, _File)
    known = {one.month: one for one in published_poverty(folder) if _whole(one)}
    month = survey or found.survei
    if month not in known:
        cause, cure = f"survei {month[:7]} tidak lengkap di kemiskinan.yaml", f"pilih salah satu dari {', '.join(known)}"
        if survey is None:
            raise source.error(("survei",), cause, cure)
        raise PadananError(cause, file=folder / "kemiskinan.yaml", cure=cure)
    chosen = known[month]
    assert chosen.poor_people and chosen.household and chosen.line and chosen.food_line
    parameters = Parameters(
        found.version,
        Survey(month, chosen.poor_people, chosen.household, chosen.line, chosen.food_line, chosen.source),
        found.kpm, found.cash, found.food, found.khl, found.anak,
    )  # fmt: skip
    if (told := contradiction(parameters)) is not None:
        raise source.error(*told)
    return parameters


def contradiction(parameters: Parameters) -> tuple[tuple[str, ...], str, str] | None:
    """Where the parameters contradict each other: field, cause and cure; None where they agree."""
    rtm, kpm = parameters.survey.poor_families, parameters.cash_poor_families
    if kpm > rtm:
        return (
            ("kpmPkh", "nilai"),
            f"KPM PKH yang miskin ({kpm:,}) lebih banyak daripada RTM ({rtm:,})".replace(",", "."),
            "kecilkan kpmPkh atau bagianRtm-nya, atau pakai survei dengan penduduk miskin lebih banyak",
        )
    if parameters.cash.program == parameters.food.program:
        cause, cure = "PKH dan BPNT menunjuk kontrak program yang sama", "isi 'program' dengan id kontrak masing-masing"
        return ("nilaiBpnt", "program"), cause, cure
    return None


def _whole(one: PublishedPoverty) -> bool:
    return None not in (one.poor_people, one.household, one.line, one.food_line)


def food_line_on(day: date, folder: Path | None = None) -> PublishedPoverty:
    """The newest survey with a food line of before a day.

    Raises:
        PadananError: there is none.
    """
    found = newest_food_line(published_poverty(folder), day)
    if found is None:
        raise PadananError(
            f"belum ada garis kemiskinan makanan dari survei sebelum {day:%Y-%m}",
            file=(folder or expectations_dir()) / "kemiskinan.yaml",
            cure="tambahkan 'garisMakanan' dengan sumbernya",
        )
    return found
