"""What a non-government body asks for: its program profile, rows, columns, purposes, end and letter, checked field by field.

Which steps a request goes through is `flow`'s; where each field stands in a form is `form`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints, ValidationError, ValidationInfo, field_validator

from padanan.base.config import Config, Day, Filled, Prose, Text, fault, field_faults
from padanan.base.typed import has_long_number, letters_of
from padanan.distribution.catalogue import Catalogue, allowed_columns, programs
from padanan.distribution.dashboard.names import place_names
from padanan.distribution.terms import DecreeService, Paper, Place, Rows, Slug
from padanan.records.chain import canonical


def _kept(text: str) -> str:
    """What may be kept: printable, and no number that could be somebody's NIK."""
    if not text.isprintable():
        raise fault("isian memuat tanda yang tidak tercetak", "tulis ulang isian itu")
    if has_long_number(text):
        raise fault("isian memuat nomor panjang", "jangan menulis NIK atau nomor KK di sini")
    return text


Name = Annotated[Prose, StringConstraints(max_length=200), AfterValidator(_kept)]
Told = Annotated[Prose, StringConstraints(max_length=2000), AfterValidator(_kept)]


class Profile(Config):
    """The program that the body will carry out together with an agency: what the forum discusses (§3.1.3.3.e)."""

    kegiatan: Name
    uraian: Told
    bantuan: Name
    dana: Name


class Letter(Paper):
    """The letter that the request comes with."""

    @field_validator("nomor")
    @classmethod
    def _number(cls, value: str) -> str:
        if len(value) > 100:
            raise fault("nomor surat terlalu panjang", "tulis nomor suratnya saja")
        return _kept(value)

    @field_validator("tanggal")
    @classmethod
    def _written(cls, value: date, info: ValidationInfo) -> date:
        if info.context and value > info.context["day"]:
            raise fault("tanggal surat belum tiba", "periksa tanggal surat")
        return value


class Asked(Config):
    """What is asked. `klien`: the system that will read, where there is one; `pemohon`: who signs for the body."""

    lembaga: Name
    pemohon: Name
    klien: Slug | None = None
    profil: Profile
    program: Text
    baris: Rows = "penerima"
    wilayah: Filled[Place]
    kolom: Filled[Text]
    layanan: Filled[DecreeService]
    tujuan: Filled[Slug]
    mulai: Day
    sampai: Day
    surat: Letter

    @field_validator("lembaga")
    @classmethod
    def _readable(cls, value: str) -> str:
        if len(letters_of(value)) < 3:
            raise fault("nama lembaga tidak terbaca", "tulis nama lembaga dengan huruf")
        return value

    @field_validator("program")
    @classmethod
    def _program(cls, value: str, info: ValidationInfo) -> str:
        if info.context and value not in programs():
            raise fault("program tidak dikenal", f"pakai salah satu dari {', '.join(sorted(programs()))}")
        return value

    @field_validator("wilayah")
    @classmethod
    def _places(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.context and set(value) - set(place_names()):
            raise fault("kode wilayah tidak ada", "tulis misalnya 31, 31.74 atau 31.74.06.1001")
        return value

    @field_validator("kolom")
    @classmethod
    def _columns(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.context:
            catalogue: Catalogue = info.context["catalogue"]
            if set(value) - set(catalogue.kolom):
                raise fault("kolom tidak dikenal", f"pakai nama kolom: {', '.join(catalogue.kolom)}")
            if "program" in info.data and set(value) - set(allowed_columns(catalogue, info.data["program"])):
                raise fault("program itu tidak memerlukan disabilitas", "hapus kolom disabilitas")
        return value

    @field_validator("wilayah", "kolom", "layanan", "tujuan")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise fault("isian yang sama ditulis dua kali", "tulis satu kali saja")
        return value

    @field_validator("sampai")
    @classmethod
    def _end(cls, value: date, info: ValidationInfo) -> date:
        if "mulai" in info.data and value < info.data["mulai"]:
            raise fault("akhir masa sebelum mulainya", "perbaiki mulai dan sampai")
        if info.context and value < info.context["day"]:
            raise fault("masa yang diminta sudah lewat", "tulis tanggal akhir yang akan datang")
        return value


@dataclass(frozen=True)
class Wrong:
    """One fault: the field (`profil.kegiatan`), cause and cure, without any value."""

    field: str
    cause: str
    cure: str


def examine(data: Mapping[str, Any], catalogue: Catalogue, day: date) -> tuple[Asked | None, list[Wrong]]:
    """What was typed, as a request; or every fault of it at once.

    Args:
        day: today; a request ends after it, its letter was written by it.
    """
    try:
        return Asked.model_validate(dict(data), context={"catalogue": catalogue, "day": day}), []
    except ValidationError as error:
        return None, [Wrong(_name(path), cause, cure) for path, cause, cure, _ in field_faults(Asked, error)]


def _name(path: tuple[Any, ...]) -> str:
    """A field's name, without the place in a list."""
    return ".".join(str(part) for part in path if isinstance(part, str)) or "permohonan"


def digest_of(asked: Asked, letter: str) -> str:
    """The fingerprint of everything that is approved: what was asked, and the letter's SHA-256.

    The order of a list says nothing and changes nothing.
    """
    content = asked.model_dump(mode="json")
    for name in ("wilayah", "kolom", "layanan", "tujuan"):
        content[name] = sorted(content[name])
    return hashlib.sha256(canonical({"isi": content, "surat": letter}).encode()).hexdigest()
