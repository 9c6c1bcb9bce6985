"""Who may take part in decisions: the list of reviewers, with what each may do and from when to when.

Which role a step needs stands in `actions`; what was decided stands in the log.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from padanan.base.config import Config, Filled, Listed, Prose, Version, fault, read_config
from padanan.base.home import Home
from padanan.base.typed import has_long_number, letters_of
from padanan.contracts.contract import expectations_dir
from padanan.records.refusal import Refusal
from padanan.records.review_log import folder_of

FILE = "reviewers.yaml"
ROLES = {
    "pengusul": "mengusulkan keputusan reviu",
    "penyetuju": "menyetujui keputusan reviu",
    "pelapor": "melapor kepada Asisten dan menyusun draft",
    "asisten": "memimpin pembahasan",
    "penetap": "mencatat penetapan Gubernur",
}
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


def _no_number(text: str) -> str:
    if has_long_number(text):
        raise fault("isian petugas memuat nomor panjang", "jangan menulis NIK atau nomor induk pegawai di sini")
    if not text.isprintable():
        raise fault("isian memuat tanda yang tidak tercetak", "tulis ulang isian itu")
    return text


_Words = Annotated[Prose, AfterValidator(_no_number)]
Role = Literal["pengusul", "penyetuju", "pelapor", "asisten", "penetap"]


class Validity(Config):
    """From when to when somebody may act; without an end, until further notice."""

    dari: date = Field(examples=["2025-01-01"])
    sampai: date | None = None

    @field_validator("sampai")
    @classmethod
    def _after_begin(cls, end: date | None, info: ValidationInfo) -> date | None:
        if end is not None and "dari" in info.data and end < info.data["dari"]:
            raise fault("masa berlaku berakhir sebelum mulai", "perbaiki dari dan sampai")
        return end


class Reviewer(Config):
    """One official; `example` people act only in a demo's home."""

    id: _Words = Field(examples=["rara.wati"])
    nama: _Words
    jabatan: _Words
    instansi: _Words
    peran: Filled[Role] = Field(examples=["[pengusul]"])
    berlaku: Validity = Field(examples=["{dari: 2025-01-01}"])
    example: bool = Field(default=False, validation_alias="contoh")

    @field_validator("id")
    @classmethod
    def _short_id(cls, text: str) -> str:
        if not _ID.fullmatch(text):
            raise fault("id petugas tidak sah", "pakai 2-40 huruf kecil, angka, titik, garis; bukan NIK")
        return text

    @property
    def dari(self) -> date:
        """The first day on which this person may act."""
        return self.berlaku.dari

    @property
    def sampai(self) -> date | None:
        """The last day, None without end."""
        return self.berlaku.sampai

    def named(self) -> dict[str, str]:
        """How a record names this person, whatever the list says later."""
        return {"id": self.id, "nama": self.nama, "jabatan": self.jabatan, "instansi": self.instansi}


class _People(Config):
    versi: Version | None = None
    petugas: Listed[Reviewer]

    @field_validator("petugas")
    @classmethod
    def _one_id_each(cls, people: tuple[Reviewer, ...]) -> tuple[Reviewer, ...]:
        ids: set[str] = set()
        names: dict[str, str] = {}
        for index, person in enumerate(people):
            if person.id in ids:
                raise fault(f"id '{person.id}' dipakai dua kali", "beri setiap petugas satu id", at=(index, "id"))
            # One person under two ids could propose and approve alone.
            folded = letters_of(person.nama)
            if folded in names:
                raise fault(f"nama ini sudah dipakai id '{names[folded]}'", "gabungkan perannya pada satu id", at=(index, "nama"))
            ids.add(person.id)
            names[folded] = person.id
        return people


@dataclass(frozen=True)
class Reviewers:
    """The list of one home and where it was read."""

    people: Mapping[str, Reviewer]
    path: Path
    demo: bool

    def acting(self, who: str, role: str, day: date, *, field: str) -> Reviewer:
        """The reviewer who acts in a role on a day.

        Args:
            who: the id.
            field: which field of the decision named this person, for the message.

        Raises:
            Refusal: unknown, without that role, outside the validity, or an example person in a home of real data.
        """
        person = self.people.get(who.strip().lower())
        where = "lihat daftar dengan 'padanan review reviewers'"
        if person is None:
            raise Refusal(f"petugas '{who.strip()[:40]}' tidak dikenal", field=field, cure=f"tulis id dari {FILE}; {where}")
        if role not in person.peran:
            raise Refusal(
                f"petugas '{person.id}' tidak berperan {role} ({ROLES[role]})", field=field, cure=f"pilih petugas lain; {where}"
            )
        if day < person.dari or (person.sampai is not None and day > person.sampai):
            raise Refusal(
                f"masa berlaku petugas '{person.id}' tidak mencakup {day.isoformat()}",
                field=field,
                cure=f"pilih petugas yang berlaku, atau perbarui 'berlaku' di {FILE}",
            )
        if person.example and not self.demo:
            raise Refusal(
                f"petugas '{person.id}' hanya contoh",
                field=field,
                cure=f"tulis petugas yang sebenarnya di decisions/reviu/{FILE} pada data home (bentuknya sama dengan contoh)",
            )
        return person


def reviewers_path(home: Home) -> Path:
    """PADANAN_REVIEWERS, else the home's own list, else the examples of the checkout."""
    if named := os.environ.get("PADANAN_REVIEWERS"):
        return Path(named)
    own = folder_of(home) / FILE
    return own if own.exists() else expectations_dir() / FILE


def load_reviewers(home: Home) -> Reviewers:
    """The reviewers of a home.

    Raises:
        ContractError: the file can't be used; with line and field.
    """
    path = reviewers_path(home)
    people = read_config(path, _People).petugas
    return Reviewers({person.id: person for person in people}, path, home.demo_marker.exists())
