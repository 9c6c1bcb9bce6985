"""The agencies that deliver, mend and visit: one register with short and full names, read from `expectations/instansi.yaml`.

Who mends what is said in `rules.yaml` and `lapangan.yaml`, who delivers what in the contracts; people are `reviewers.yaml`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from padanan.base.config import Config, Day, Listed, Prose, Text, Version, fault, nearest, read_config
from padanan.base.format import day as tanggal

# Words that stand for the producer itself in `penanggungJawab`.
PRODUCER_WORDS = ("produsen", "PD program")


Part = Literal["walidata", "sekretariat", "verifikasi", "validasi"]


class Parts(Config):
    """`peran`: which agency is what to the padanan as a whole, by their ids."""

    walidata: Text
    sekretariat: Text
    verifikasi: Text
    validasi: Text


class FormerName(Config):
    """A name that an agency, or the one whose work it took over, had until a day (inclusive)."""

    singkat: Text
    nama: Prose
    sampai: Day


class Agency(Config):
    """One agency; `lapangan`: its people visit families."""

    singkat: Text
    nama: Prose
    lapangan: bool = False
    dahulu: Listed[FormerName] = ()

    def on(self, day: date | None = None) -> FormerName | Agency:
        """The names that held on a day: a former one's, else today's."""
        past = sorted((one for one in self.dahulu if day is not None and day <= one.sampai), key=lambda one: one.sampai)
        return past[0] if past else self

    def first(self, day: date | None = None) -> str:
        """How a text of that day names the agency first: in full, by the short name that it goes on with, and what it was called
        until when.
        """
        named = self.on(day)
        short = [] if _within(named.singkat, named.nama) else [named.singkat]
        until = named.sampai if isinstance(named, FormerName) else date.max
        before = [f"sampai {tanggal(one.sampai)} {one.nama}" for one in self.dahulu if one.sampai < until]
        notes = "; ".join([*short, *before])
        return f"{named.nama} ({notes})" if notes else named.nama


def _within(short: str, full: str) -> bool:
    return short.lower() in full.lower()


@dataclass(frozen=True)
class Parties:
    """Who stands behind a contract: the agency that delivers, those that the data come from, through whom, together with whom."""

    own: Agency
    origin: tuple[Agency, ...] = ()
    through: Agency | None = None
    together: tuple[Agency, ...] = ()

    @property
    def text(self) -> str:
        """`<agency>, melalui <another>, dari <a ministry>`, in full, by today's names."""
        return self._told(lambda one: one.nama)

    def first(self, day: date | None = None) -> str:
        """The same at first mention, as the names stood on a day."""
        return self._told(lambda one: one.first(day))

    def _told(self, name: Callable[[Agency], str]) -> str:
        others = (("bersama", self.together), ("melalui", (self.through,) if self.through else ()), ("dari", self.origin))
        return ", ".join([name(self.own), *(f"{word} {' dan '.join(map(name, ones))}" for word, ones in others if ones)])


class Agencies(Config):
    """`instansi.yaml`: agency id -> agency; a short name, also a former one, is one agency's."""

    version: Version = Field(examples=["1.0.0"])
    peran: Parts
    instansi: dict[str, Agency]

    @model_validator(mode="after")
    def _one_agency_a_name(self) -> Agencies:
        seen: dict[str, str] = dict.fromkeys(PRODUCER_WORDS, "kata pengganti produsen")
        for agency_id, agency in self.instansi.items():
            for name in (agency.singkat, *(former.singkat for former in agency.dahulu)):
                if name in seen:
                    raise fault(
                        f"nama singkat '{name[:40]}' sudah dipakai {seen[name]}",
                        "beri nama lain, atau gabungkan keduanya",
                        at=("instansi", agency_id, "singkat"),
                    )
                seen[name] = agency_id
        return self

    @model_validator(mode="after")
    def _parts_are_known_agencies(self) -> Agencies:
        for part, agency_id in self.peran:
            _known(agency_id, self.instansi, "id instansi", at=("peran", part))
        return self

    def of(self, part: Part) -> Agency:
        """The agency that has a part."""
        return self.instansi[getattr(self.peran, part)]

    @property
    def visiting(self) -> tuple[str, ...]:
        """Short names of those whose people visit families."""
        return tuple(agency.singkat for agency in self.instansi.values() if agency.lapangan)

    def parties(self, own: str, origin: Iterable[str] = (), through: str | None = None, together: Iterable[str] = ()) -> Parties:
        """Who stands behind a contract, by their ids."""
        known = self.instansi
        return Parties(
            known[own],
            tuple(known[one] for one in origin),
            known[through] if through else None,
            tuple(known[one] for one in together),
        )

    @property
    def context(self) -> Mapping[str, Any]:
        """What validators of other files ask: see `known_owner` and `known_agency`."""
        return {"instansi": self.instansi, "pemilik": (*PRODUCER_WORDS, *(one.singkat for one in self.instansi.values()))}


def load_agencies(folder: Path) -> Agencies:
    """The register of an `expectations/` folder.

    Raises:
        ContractError: a field is missing, unknown or wrong, or a short name stands twice.
    """
    return read_config(folder / "instansi.yaml", Agencies)


def known_owner(text: str, info: ValidationInfo) -> str:
    """Refuses an owner that the register does not hold, where the reader of the file brought it."""
    return _known(text, (info.context or {}).get("pemilik"), "instansi")


def known_agency(text: str, info: ValidationInfo) -> str:
    """Refuses an agency id that the register does not hold, where the reader of the file brought it."""
    return _known(text, (info.context or {}).get("instansi"), "id instansi")


def _known(text: str, names: Any, kind: str, at: Sequence[str] = ()) -> str:
    if names is not None and text not in names:
        meant = nearest(text, names)
        cure = f"mungkin maksudnya '{meant}'" if meant else "tambahkan di expectations/instansi.yaml"
        raise fault(f"{kind} '{text[:40]}' tidak dikenal", cure, at=at)
    return text
