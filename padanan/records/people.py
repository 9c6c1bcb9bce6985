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
from typing import Any

from padanan.base.home import Home
from padanan.base.typed import has_long_number
from padanan.base.yaml_source import YamlSource
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
_FIELDS = {"id", "nama", "jabatan", "instansi", "peran", "berlaku", "contoh"}


@dataclass(frozen=True)
class Reviewer:
    """One official; `example` people act only in a demo's home."""

    id: str
    nama: str
    jabatan: str
    instansi: str
    peran: tuple[str, ...]
    dari: date
    sampai: date | None
    example: bool

    def named(self) -> dict[str, str]:
        """How a record names this person, whatever the list says later."""
        return {"id": self.id, "nama": self.nama, "jabatan": self.jabatan, "instansi": self.instansi}


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
    source = YamlSource(path)
    data = source.data
    if not isinstance(data, dict) or not isinstance(data.get("petugas"), list):
        raise source.error(("petugas",), "daftar petugas tidak ada", "tulis 'petugas:' berisi daftar")
    people: dict[str, Reviewer] = {}
    names: dict[str, str] = {}
    for index, item in enumerate(data["petugas"]):
        person = _person(source, index, item)
        if person.id in people:
            raise source.error(("petugas", index, "id"), f"id '{person.id}' dipakai dua kali", "beri setiap petugas satu id")
        # One person under two ids could propose and approve alone.
        folded = " ".join(person.nama.casefold().split())
        if folded in names:
            raise source.error(
                ("petugas", index, "nama"),
                f"nama ini sudah dipakai id '{names[folded]}'",
                "gabungkan perannya pada satu id",
            )
        people[person.id], names[folded] = person, person.id
    return Reviewers(people, path, home.demo_marker.exists())


def _person(source: YamlSource, index: int, item: Any) -> Reviewer:
    at = ("petugas", index)
    if not isinstance(item, dict):
        raise source.error(at, "petugas bukan daftar isian", "tulis id, nama, jabatan, instansi, peran, berlaku")
    if unknown := sorted(str(name) for name in set(item) - _FIELDS):
        raise source.error((*at, unknown[0]), f"isian '{unknown[0]}' tidak dikenal", f"pakai {', '.join(sorted(_FIELDS))}")
    texts = {}
    for name in ("id", "nama", "jabatan", "instansi"):
        value = item.get(name)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise source.error((*at, name), f"petugas tanpa '{name}'", f"isi '{name}'")
        texts[name] = " ".join(value.split())
    if not _ID.fullmatch(texts["id"]):
        raise source.error((*at, "id"), "id petugas tidak sah", "pakai 2-40 huruf kecil, angka, titik, garis; bukan NIK")
    if any(map(has_long_number, texts.values())):
        raise source.error(at, "isian petugas memuat nomor panjang", "jangan menulis NIK atau nomor induk pegawai di sini")
    roles = item.get("peran")
    if not isinstance(roles, list) or not roles or any(role not in ROLES for role in roles):
        raise source.error((*at, "peran"), "peran tidak dikenal", f"pilih dari {', '.join(ROLES)}")
    span = item.get("berlaku")
    if not isinstance(span, dict) or type(span.get("dari")) is not date or type(span.get("sampai")) not in (date, type(None)):
        raise source.error((*at, "berlaku"), "masa berlaku tidak terbaca", "tulis berlaku: {dari: 2025-01-01, sampai: null}")
    if span.get("sampai") is not None and span["sampai"] < span["dari"]:
        raise source.error((*at, "berlaku"), "masa berlaku berakhir sebelum mulai", "perbaiki dari dan sampai")
    return Reviewer(**texts, peran=tuple(roles), dari=span["dari"], sampai=span.get("sampai"), example=item.get("contoh") is True)
