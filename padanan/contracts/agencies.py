"""The agencies that deliver, mend and visit: one register with short and full names, read from `expectations/instansi.yaml`.

Who mends what is said in `rules.yaml` and `lapangan.yaml`, who delivers what in the contracts; people are `reviewers.yaml`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationInfo, model_validator

from padanan.base.config import Config, Day, Listed, Prose, Text, Version, fault, nearest, read_config

# Words that stand for the producer itself in `penanggungJawab`.
PRODUCER_WORDS = ("produsen", "PD program")


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


class Agencies(Config):
    """`instansi.yaml`: agency id -> agency; a short name, also a former one, is one agency's."""

    version: Version = Field(examples=["1.0.0"])
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

    @property
    def visiting(self) -> tuple[str, ...]:
        """Short names of those whose people visit families."""
        return tuple(agency.singkat for agency in self.instansi.values() if agency.lapangan)

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


def _known(text: str, names: Any, kind: str) -> str:
    if names is not None and text not in names:
        meant = nearest(text, names)
        cure = f"mungkin maksudnya '{meant}'" if meant else "tambahkan di expectations/instansi.yaml"
        raise fault(f"{kind} '{text[:40]}' tidak dikenal", cure)
    return text
