"""Answers to Matriks 1, 2 and 4 that somebody wrote down as YAML, checked before they stand in a form.

What was answered in a returned workbook is `returned`'s business; what an answer may be is the same there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from padanan.base.config import Config, Listed, Prose, fault, read_config
from padanan.base.typed import has_long_number
from padanan.contracts.lp3ke import Strategy
from padanan.feedback.lp3ke import forms
from padanan.feedback.lp3ke.sheets import TICK

KEYS = tuple(key for key, _ in forms.M1_ROWS if key)


def _plain(value: Any) -> Any:
    if isinstance(value, str) and has_long_number(value):
        raise fault("isian memuat nomor panjang", "hapus nomor itu; matriks ini tidak memuat orang")
    return value


Said = Annotated[Prose, BeforeValidator(_plain)]


class Item(Config):
    """One row of Matriks 1: `status` Ya or Tidak, never both."""

    status: Literal["Ya", "Tidak"]
    pihak: Said | None = None
    tantangan: Said | None = None
    keterangan: Said | None = None


class Activity(Config):
    """One row of Matriks 2."""

    tujuan: Strategy
    pd: Said
    program: Said
    kode: Said | None = None
    kegiatan: Said | None = None
    alokasi: Annotated[int, Field(ge=0, le=10**15)] | None = None
    sumber: Said | None = None
    lokasi: Said | None = None
    sasaran: Said | None = None
    kendala: Said | None = None
    besaran: Said | None = None
    waktu: Said | None = None
    durasi: Said | None = None


class Duty(Config):
    """One row of Matriks 4."""

    pd: Said
    program: Said
    tugas: Said | None = None
    indikator: Said | None = None
    capaian: Said | None = None
    keterangan: Said | None = None


class Isian(Config):
    """The whole file; `matriks2` and `matriks4` list rows from the first."""

    matriks1: Mapping[str, Item] = {}
    matriks2: Listed[Activity] = ()
    matriks4: Listed[Duty] = ()

    @field_validator("matriks1")
    @classmethod
    def _known(cls, value: Mapping[str, Item]) -> Mapping[str, Item]:
        if unknown := sorted(set(value) - set(KEYS)):
            raise fault(f"butir '{unknown[0][:10]}' tidak ada pada Matriks 1", f"pakai salah satu dari {', '.join(KEYS)}")
        return value

    def answers(self) -> dict[int, dict[str, dict[str, Any]]]:
        """Matrix -> row -> column -> answer, as `content` takes them."""
        first = {}
        for key, item in self.matriks1.items():
            rest = item.model_dump(exclude_none=True, exclude={"status"})
            first[key] = {"ya" if item.status == "Ya" else "tidak": TICK, **rest}
        listed = {
            number: {str(place): row.model_dump(exclude_none=True) for place, row in enumerate(rows, 1)}
            for number, rows in ((2, self.matriks2), (4, self.matriks4))
        }
        return {1: first, **listed}


def read_isian(path: Path) -> Isian:
    """The answers of a file.

    Raises:
        ContractError: a field is missing, unknown or wrong; file, line and field are named.
    """
    return read_config(path, Isian)
