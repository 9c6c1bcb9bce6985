"""Who is entitled to which program, from `expectations/hak.yaml` (F33, F52), with the limit of desil of its own rule (F34).

Whom a predicate holds for is dbt's work (`review/hak_program`); why somebody is not served stands in `lapangan.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from padanan.base.config import Config, Count, Filled, Listed, Prose, Text, Version, fault, nearest, typed
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import Contract, expectations_dir
from padanan.contracts.params import read_predicate

UNVERIFIED = "[U]"
"""The mark of a source that nobody has checked."""


class Entitlement(Config):
    """Who is entitled to one program, or why that can't be said; each with its source."""

    siapa: Prose
    sumber: Prose
    berhak: Prose | None = None
    lewat: Listed[Text] = ()
    desil_maks: Annotated[int, Field(ge=1, le=10)] | None = Field(default=None, validation_alias="desilMaks")
    dasar: Text | None = None
    tidak_diukur: Prose | None = Field(default=None, validation_alias="tidakDiukur")

    @model_validator(mode="after")
    def _measured_or_not(self) -> Entitlement:
        measured = self.berhak is not None or bool(self.lewat)
        if measured == (self.tidak_diukur is not None):
            raise fault("hak diukur dan tidak diukur, atau tidak keduanya", "isi 'berhak' atau 'lewat', atau 'tidakDiukur' saja")
        return self

    @property
    def verified(self) -> bool:
        """Every part of its source was checked."""
        return UNVERIFIED not in self.sumber


class PlannedEntitlement(Config):
    """A measured entitlement as the run plan carries it: of a program that has a contract."""

    program: str
    siapa: str
    keluarga: bool
    berhak: str
    lewat: Listed[str]
    desil_maks: int | None = None
    dasar: str | None = None


class Entitlements(Config):
    """`hak.yaml`: program -> who is entitled to it."""

    version: Version = Field(examples=["1.0.0"])
    pelajar: Filled[Text]
    baru_bulan: Count = Field(validation_alias="baruBulan", examples=[6])
    program: dict[str, Entitlement]


def load_entitlements(folder: Path | None = None) -> Entitlements:
    """The entitlements of an `expectations/` folder, each predicate on one line.

    Raises:
        ContractError: a field is missing, unknown or wrong, or a predicate holds a plain cast or a parameter.
    """
    source = _source(folder)
    found = typed(source, Entitlements)
    for name, item in found.program.items():
        if item.berhak is not None:
            read_predicate(source, ("program", name, "berhak"), item.berhak, (), "hak.yaml tidak berparameter")
    return found


def known_contracts(found: Entitlements, contracts: Mapping[str, Contract], folder: Path | None = None) -> None:
    """Refuses an entitlement that names a program or a list without a contract.

    Raises:
        ContractError: naming file, line and the nearest known id.
    """
    programs = [item.id for item in contracts.values() if item.kind == "program"]
    for name, item in found.program.items():
        _known(folder, ("program", name), [name], programs, "program")
        _known(folder, ("program", name, "lewat"), item.lewat, programs, "program")
        _known(folder, ("program", name, "dasar"), [item.dasar] if item.dasar else [], contracts, "kontrak")


def _known(folder: Path | None, path: tuple[str, ...], names: Iterable[str], known: Iterable[str], kind: str) -> None:
    for name in names:
        if name not in known:
            meant = nearest(name, known)
            cure = f"mungkin maksudnya '{meant}'" if meant else "pakai id dari expectations/contracts"
            raise _source(folder).error(path, f"{kind} '{name[:40]}' tidak punya kontrak", cure)


def planned(found: Entitlements, contracts: Mapping[str, Contract]) -> tuple[PlannedEntitlement, ...]:
    """The measured entitlements of these contracts' programs, in the order of the file."""
    return tuple(
        PlannedEntitlement(
            program=name,
            siapa=item.siapa,
            keluarga=contracts[name].unit == "keluarga",
            berhak=item.berhak or "false",
            lewat=item.lewat,
            desil_maks=item.desil_maks,
            dasar=item.dasar,
        )
        for name, item in found.program.items()
        if name in contracts and item.tidak_diukur is None
    )


def unsettled(found: Entitlements, contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Programs of which nobody can be said to be entitled -> why: not measured, or no entry in the file."""
    reasons = {name: item.tidak_diukur for name, item in found.program.items() if item.tidak_diukur}
    missing = "belum diatur siapa yang berhak (expectations/hak.yaml)"
    return {
        item.id: reasons.get(item.id, missing)
        for item in contracts.values()
        if item.kind == "program" and (item.id in reasons or item.id not in found.program)
    }


def _source(folder: Path | None) -> YamlSource:
    return YamlSource((folder or expectations_dir()) / "hak.yaml")
