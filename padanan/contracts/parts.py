"""What part a contract plays among the others: the register, a registry, one of two files, a staging model.

Whoever needs "the register" or "the registries" asks here by part; which producer has it is written in its contract.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, TypeVar

from padanan.base.errors import ContractError
from padanan.base.period import Periode
from padanan.base.yaml_source import YamlSource

REFERENCE = "acuan"
"""The register whose people everybody is matched with."""
INTEGRATED = "data_terpadu"
"""The registry that the ministry's Renstra counts by."""
DENOMINATOR = "penyebut"
"""The population that shares by place are measured against."""
SUPPORTING = "pendukung"
"""The kind of contract whose records are counted and shown, and never matched (F06)."""
ANSWERED = "balikan"
"""The registry whose own ids are kept beside the names, because Matriks 3 answers it person by person (F40)."""
ROLES = (REFERENCE, INTEGRATED, DENOMINATOR, ANSWERED)
SUCCEEDED = frozenset({DENOMINATOR, ANSWERED})
"""Parts that one contract may take over from another; who plays any other part is asked without a period."""
_FIELDS = ("id", "nama", "bit", "urutan", "keluarga")
_NOUN = {"orang": "individu", "keluarga": "keluarga", "wilayah": "wilayah"}


@dataclass(frozen=True)
class Registry:
    """One registry of the overlap; a registry delivered in two files is named by both of their contracts.

    Attributes:
        id: name in `sumber` and of the columns `ada_<id>`, `overlap.<id>`.
        name: what pages call it.
        bit: its power of two in `kombinasi`.
        place: its place in pictures and tables, from 1.
        family: what its families are (`kk`: those of the family card).
    """

    id: str
    name: str
    bit: int
    place: int
    family: str


class HasParts(Protocol):
    """What of a contract these questions need; contracts are read with the parts, so the parts know no contract."""

    @property
    def id(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def registry(self) -> Registry | None: ...
    @property
    def partner(self) -> str | None: ...
    @property
    def stage_model(self) -> str: ...
    @property
    def in_force_from(self) -> date: ...
    @property
    def in_force_to(self) -> date | None: ...


Part = TypeVar("Part", bound=HasParts)


def parts_of(
    source: YamlSource, custom: Mapping[str, Any], contract_id: str, kind: str, unit: str, shared: str | None
) -> dict[str, Any]:
    """The fields `roles`, `registry`, `partner` and `stage_model` of one contract.

    Args:
        custom: the contract's customProperties by name.
        shared: the staging model that contracts of this kind share, if any.

    Raises:
        ContractError: an unknown role, a registry with missing or wrong fields, or on a contract that is none.
    """
    at = "customProperties"
    roles = custom.get("peran") or []
    roles = tuple(roles) if isinstance(roles, list) else (str(roles),)
    if unknown := [role for role in roles if role not in ROLES]:
        raise source.error((at, "peran"), f"peran '{str(unknown[0])[:20]}' tidak dikenal", "pakai " + ", ".join(ROLES))
    registry = _registry(source, custom.get("registri"), kind)
    partner = custom.get("pasangan")
    model = custom.get("modelStaging") or (f"stg_{registry.id}__{_NOUN[unit]}" if registry else shared)
    if not isinstance(model, str) or not re.fullmatch(r"stg_[a-z0-9_]+", model):
        raise source.error((at, "modelStaging"), "modelStaging bukan nama model staging", "tulis stg_<sumber>__<satuan>")
    if partner is not None and (not isinstance(partner, str) or partner == contract_id):
        raise source.error((at, "pasangan"), "pasangan bukan id kontrak lain", "tulis id kontrak berkas yang satunya")
    return {"roles": roles, "registry": registry, "partner": partner, "stage_model": model}


def _registry(source: YamlSource, value: Any, kind: str) -> Registry | None:
    place = ("customProperties", "registri")
    if value is None:
        if kind == "registri":
            raise source.error(place, "registri tanpa 'registri'", "isi registri: {id, nama, bit, urutan}")
        return None
    if kind != "registri":
        raise source.error(place, f"'registri' pada jenis {kind}", "hapus, atau tulis jenis: registri")
    if not isinstance(value, dict) or (set(value) - set(_FIELDS)) or not {"id", "nama", "bit", "urutan"} <= set(value):
        raise source.error(place, "isian registri tidak lengkap atau tidak dikenal", "isi " + ", ".join(_FIELDS))
    bit, order = value["bit"], value["urutan"]
    if not re.fullmatch(r"[a-z][a-z0-9]*", str(value["id"])):
        raise source.error(place, "id registri tidak sah", "pakai huruf kecil dan angka")
    if not isinstance(bit, int) or bit < 1 or bit & (bit - 1):
        raise source.error(place, "bit registri bukan pangkat dua", "tulis 1, 2, 4, 8, … yang belum dipakai registri lain")
    if not isinstance(order, int) or order < 1:
        raise source.error(place, "urutan registri bukan bilangan asli", "tulis 1, 2, 3, …")
    return Registry(str(value["id"]), str(value["nama"]), bit, order, str(value.get("keluarga") or value["id"]))


def check_parts(contracts: Mapping[str, HasParts]) -> None:
    """What one contract alone cannot show.

    Raises:
        ContractError: a role that two contracts claim (one of `SUCCEEDED`: for the same half-year), a partner that is not there
            or names another, two registries with one bit or place, or one registry described in two ways.
    """
    for role in ROLES:
        _check_owners(role, [item for item in contracts.values() if role in item.roles])
    known: dict[str, HasParts] = {}
    for item in contracts.values():
        if item.partner is not None and (item.partner not in contracts or contracts[item.partner].partner != item.id):
            raise _fault(item, f"pasangan {item.partner} tidak ada atau tidak menyebut {item.id}", "sebut satu sama lain")
        if item.registry is None:
            continue
        for other in known.values():
            assert other.registry is not None
            if item.registry.id == other.registry.id:
                if item.registry != other.registry:
                    raise _fault(item, f"registri {item.registry.id} berbeda dari kontrak {other.id}", "samakan isinya")
            elif item.registry.bit == other.registry.bit or item.registry.place == other.registry.place:
                raise _fault(item, f"bit atau urutan registri sama dengan kontrak {other.id}", "pilih yang belum dipakai")
        known[item.id] = item


def _check_owners(role: str, owners: Sequence[HasParts]) -> None:
    """One owner a part; of a part that is succeeded to, one a half-year, for deliveries are read by half-year."""
    cure = "hapus salah satunya"
    if role in SUCCEEDED:
        owners = sorted(owners, key=lambda item: (item.in_force_from, item.id))
        cure = "hapus salah satunya, atau akhiri yang lama (berlakuSampai) pada paruh tahun sebelum yang baru berlaku"
    for before, after in pairwise(owners):
        end = before.in_force_to
        if role not in SUCCEEDED or end is None or Periode.of(end) >= Periode.of(after.in_force_from):
            raise _fault(after, f"peran {role} sudah dipegang kontrak {before.id}", cure)


def _fault(item: HasParts, cause: str, cure: str) -> ContractError:
    return YamlSource(item.path).error(("customProperties",), cause, cure)


def with_role(contracts: Mapping[str, Part], role: str) -> Part | None:
    """The contract that plays this part, if any does."""
    return next((item for item in contracts.values() if role in item.roles), None)


def reference(contracts: Mapping[str, Part]) -> Part:
    """The register whose people everybody is matched with (`peran: acuan`).

    Raises:
        ContractError: no contract has that part.
    """
    found = with_role(contracts, REFERENCE)
    if found is None:
        raise ContractError(
            "tidak ada kontrak dengan peran acuan", file="expectations/contracts", cure="beri peran: acuan pada kontrak penduduk"
        )
    return found


def registries(contracts: Mapping[str, HasParts]) -> dict[str, Registry]:
    """The registries by id, in the order of pictures and tables."""
    found = {item.registry.id: item.registry for item in contracts.values() if item.registry is not None}
    return dict(sorted(found.items(), key=lambda pair: pair[1].place))


def stage_models(contracts: Mapping[str, HasParts]) -> dict[str, list[str]]:
    """Staging model -> the contracts whose rows it holds: the register, the registries by bit, the rest."""

    def order(item: HasParts) -> tuple[bool, bool, int, str, str]:
        bit = item.registry.bit if item.registry else 0
        return REFERENCE not in item.roles, item.registry is None, bit, item.unit, item.id

    found: dict[str, list[str]] = {}
    for item in sorted(contracts.values(), key=order):
        found.setdefault(item.stage_model, []).append(item.id)
    return found
