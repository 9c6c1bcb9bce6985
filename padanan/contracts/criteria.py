"""The criteria of the data sasaran, read from `expectations/sasaran.yaml`.

Judging people by them is dbt's work (`review/sasaran`); here they are only read and checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from padanan.base.config import Config, Filled, Prose, Text, Version, fault, typed
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import expectations_dir
from padanan.contracts.params import filled, read_predicate

LEVELS = {"kemiskinan_ekstrem": "kemiskinan ekstrem", "miskin": "miskin", "rentan": "rentan miskin"}
"""The levels of poverty, the poorest first, in words."""
Level = Literal["kemiskinan_ekstrem", "miskin", "rentan"]
Ruling = Literal["masuk", "daftar"]
"""What TKPK decides about a list: its people enter the data sasaran, or stay on the list."""
Desil = Annotated[int, Field(ge=1, le=10)]


def _scalar(value: Any) -> int | float | str:
    if type(value) not in (int, float, str):
        raise fault("nilai parameter bukan bilangan atau teks", "tulis satu bilangan atau teks")
    return value  # type: ignore[no-any-return]


Scalar = Annotated[Any, AfterValidator(_scalar)]


class Limits(Config):
    """The highest desil of each level, both ends included; a poorer level has no higher limit."""

    kemiskinan_ekstrem: Desil = Field(examples=[1])
    miskin: Desil = Field(examples=[2])
    rentan: Desil = Field(examples=[4])

    @field_validator("miskin", "rentan")
    @classmethod
    def _not_below_the_poorer(cls, value: int, info: ValidationInfo) -> int:
        if value < max(info.data.values(), default=1):
            raise fault("batas desilnya di bawah batas tingkat yang lebih miskin", "urutkan batasnya menaik")
        return value

    def of(self, level: str) -> int:
        """The limit of a level."""
        return int(getattr(self, level))


class Agreed(Config):
    """The berita acara by which TKPK agreed the criteria of a year."""

    nomor: Text
    tanggal: Annotated[date, Field(strict=False)]


class Criterion(Config):
    """One criterion; a person fails at the first whose predicate is not true, and then stands on the list `daftar`."""

    id: Text
    keterangan: Prose
    daftar: Text = Field(examples=["belum_berdesil"])
    lolos: Prose


class Choices(Config):
    """What TKPK chooses each year: the defaults stand in `sasaran.yaml`, what was agreed in the year's plan."""

    batas_desil: Limits = Field(validation_alias="batasDesil", examples=["{kemiskinan_ekstrem: 1, miskin: 2, rentan: 4}"])
    tingkat: Level = Field(examples=["rentan"])
    sumber_desil: Filled[Text] = Field(validation_alias="sumberDesil", examples=["[dtsen]"])
    urutan_domisili: Filled[Text] = Field(validation_alias="urutanDomisili", examples=["[adminduk, carik]"])
    ktp_pendatang: Ruling = Field(validation_alias="ktpPendatang", examples=["daftar"])
    belum_berdesil: Ruling = Field(validation_alias="belumBerdesil", examples=["daftar"])


class Criteria(Choices):
    """The criteria in order, parameters filled into the predicates; the names are those of the run plan."""

    versi: Version = Field(validation_alias="version", examples=["1.0.0"])
    tanda_kebutuhan: Prose = Field(validation_alias="tandaKebutuhan", examples=["program_kemiskinan"])
    parameter: dict[str, Scalar] = Field(default_factory=dict)
    kriteria: Filled[Criterion]
    disepakati: Annotated[Agreed | None, Field(strict=False)] = None

    @field_validator("kriteria")
    @classmethod
    def _once_each(cls, items: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        for index, item in enumerate(items):
            if item.id in [one.id for one in items[:index]]:
                raise fault(f"kriteria '{item.id[:40]}' tertulis dua kali", "hapus salah satunya", at=(index, "id"))
        return items

    @property
    def limit(self) -> int:
        """The highest desil that is selected: that of the level which the data sasaran reach to."""
        return self.batas_desil.of(self.tingkat)

    @property
    def values(self) -> dict[str, int | float | str]:
        """What may stand in a predicate in braces."""
        return {
            **self.parameter,
            "desil_maks": self.limit,
            "ktp_pendatang": self.ktp_pendatang,
            "belum_berdesil": self.belum_berdesil,
            "tanda_kebutuhan": self.tanda_kebutuhan,
        }


def load_criteria(folder: Path | None = None, agreed: Mapping[str, Any] | None = None) -> Criteria:
    """The criteria with their parameters filled into the predicates.

    Args:
        folder: `expectations/`.
        agreed: what TKPK agreed for the year, by field (`YearPlan.agreed`); it takes the place of the file's defaults.

    Raises:
        ContractError: a field is missing, unknown or wrong, or a predicate uses a plain cast; file, line and field are named.
    """
    source = YamlSource((folder or expectations_dir()) / "sasaran.yaml")
    written = typed(source, Criteria)
    if written.disepakati is not None:
        raise source.error(
            ("disepakati",), "kesepakatan tertulis di berkas kriteria", "tulis di 'kriteria' rencana data tahunnya (plans/)"
        )
    written = written.model_copy(update=dict(agreed or {}))
    read_predicate(source, ("tandaKebutuhan",), written.tanda_kebutuhan, (), "tulis tanpa kurung kurawal")
    kriteria = []
    for index, item in enumerate(written.kriteria):
        path = ("kriteria", index, "lolos")
        predicate = read_predicate(source, path, item.lolos, written.values, "pakai yang disebut di atas 'parameter'")
        kriteria.append(item.model_copy(update={"lolos": filled(predicate, written.values)}))
    return written.model_copy(update={"kriteria": tuple(kriteria)})
