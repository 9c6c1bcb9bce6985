"""The criteria of the data sasaran, read from `expectations/sasaran.yaml`.

Judging people by them is dbt's work (`review/sasaran`); here they are only read and checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from padanan.base.config import Config, Filled, Prose, Text, Version, fault, typed
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import expectations_dir
from padanan.contracts.params import filled, read_predicate


def _scalar(value: Any) -> int | float | str:
    if type(value) not in (int, float, str):
        raise fault("nilai parameter bukan bilangan atau teks", "tulis satu bilangan atau teks")
    return value  # type: ignore[no-any-return]


Scalar = Annotated[Any, AfterValidator(_scalar)]


class Criterion(Config):
    """One criterion; a person fails at the first whose predicate is not true."""

    id: Text
    keterangan: Prose
    lolos: Prose


class Criteria(Config):
    """The criteria in order, parameters filled into the predicates; the names are those of the run plan."""

    versi: Version = Field(validation_alias="version", examples=["1.0.0"])
    parameter: dict[str, Scalar] = Field(default_factory=dict)
    sumber_desil: Filled[Text] = Field(validation_alias="sumberDesil", examples=["[dtsen]"])
    urutan_domisili: Filled[Text] = Field(validation_alias="urutanDomisili", examples=["[adminduk, carik]"])
    kriteria: Filled[Criterion]

    @field_validator("kriteria")
    @classmethod
    def _once_each(cls, items: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        for index, item in enumerate(items):
            if item.id in [one.id for one in items[:index]]:
                raise fault(f"kriteria '{item.id[:40]}' tertulis dua kali", "hapus salah satunya", at=(index, "id"))
        return items


def load_criteria(folder: Path | None = None) -> Criteria:
    """The criteria with their parameters filled into the predicates.

    Raises:
        ContractError: a field is missing, unknown or wrong, or a predicate uses a plain cast; file, line and field are named.
    """
    source = YamlSource((folder or expectations_dir()) / "sasaran.yaml")
    written = typed(source, Criteria)
    kriteria = []
    for index, item in enumerate(written.kriteria):
        path = ("kriteria", index, "lolos")
        predicate = read_predicate(source, path, item.lolos, written.parameter, "isi parameter itu di 'parameter'")
        kriteria.append(item.model_copy(update={"lolos": filled(predicate, written.parameter)}))
    return written.model_copy(update={"kriteria": tuple(kriteria)})
