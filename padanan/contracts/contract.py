"""One producer's contract, read from `expectations/contracts/` (ODCS v3.1) and checked to the field.

Readers, suites, staging and reports ask the contract; none of them knows a producer by name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base.by_content import by_content
from padanan.base.config import Config, read_config, typed
from padanan.base.errors import ContractError
from padanan.base.home import CHECKOUT
from padanan.base.period import Periode
from padanan.base.yaml_source import YamlSource
from padanan.contracts.agencies import Agencies, Parties, load_agencies
from padanan.contracts.blanks import Blanks
from padanan.contracts.contract_file import CADENCES, CodeList, CodeLists, ColumnLine, ContractFile, Properties, known_by_name
from padanan.contracts.parts import DENOMINATOR, SUPPORTING, Registry, check_parts, parts_of
from padanan.contracts.rule_use import Facts, rules_of
from padanan.contracts.rules import Rule, RuleEntry, read_catalogue

HALF_YEAR = 6
FEEDBACK = "umpan_balik"
"""The kind of contract whose rows are events, and the folder of such contracts; see `padanan/contracts/feedback.py`."""
SHARED_STAGE_MODELS = {"program": "stg_bansos__penerima", SUPPORTING: "stg_pendukung__{unit}", FEEDBACK: "stg_umpan_balik"}
"""Kind -> the dbt staging model its contracts share, unless a contract names its own (`modelStaging`)."""


@dataclass(frozen=True)
class Column:
    """One agreed column: what the producer calls it and what it means."""

    name: str
    source: str
    aliases: tuple[str, ...]
    type: str
    required: bool
    classification: str
    definition: str
    code_list: str | None = None
    code_system: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    id_like: bool = False
    date_format: str | None = None


@dataclass(frozen=True)
class Contract:
    """What one producer delivers, under which law, in which form, and what is checked."""

    id: str
    version: str
    name: str
    owner: str
    agency: str
    """Short name of the agency that answers for the deliveries; `owner` says in full who delivers, and from whom."""
    parties: Parties
    legal_basis: str
    unit: str
    kind: str
    cadence: str
    deadline: Mapping[str, Any]
    in_force_from: date
    in_force_to: date | None
    form: Mapping[str, Any]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    entity_key: tuple[str, ...]
    family_key: str | None
    family_complete: bool
    program: Mapping[str, Any]
    tolerance: Mapping[str, Any]
    retention: str
    description: str
    path: Path
    greatest_age: int
    stage_model: str
    properties: Properties
    """All that its customProperties say, typed; the fields above are those that many ask for."""
    roles: tuple[str, ...] = ()
    registry: Registry | None = None
    partner: str | None = None

    @property
    def cadence_months(self) -> int:
        """Months between two deliveries."""
        return CADENCES[self.cadence]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Standard names in contract order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        """The column with that standard name, if agreed."""
        return next((column for column in self.columns if column.name == name), None)

    def in_force(self, periode: Periode) -> bool:
        """Whether the producer delivers for this period: a retired one raises no alarm."""
        return self.in_force_from <= periode.end and (self.in_force_to is None or self.in_force_to >= periode.start)


def expectations_dir() -> Path:
    """The folder of contracts, rules and plans (PADANAN_EXPECTATIONS, or the checkout's `expectations/`)."""
    return Path(os.environ.get("PADANAN_EXPECTATIONS") or CHECKOUT / "expectations")


def load_blanks(folder: Path | None = None) -> Blanks:
    """What stands for nothing in a cell, of an `expectations/` folder; by default `expectations_dir()`.

    Raises:
        ContractError: the list is missing, or a number has not sixteen digits.
    """
    return read_config((folder or expectations_dir()) / "code_lists.yaml", CodeLists).kosong


@by_content(expectations_dir)
def load_contracts(base: Path) -> dict[str, Contract]:
    """Loads every contract of `<folder>/contracts/*.yaml`, rules resolved and masks folded in.

    Args:
        base: an `expectations/` folder; by default `expectations_dir()`.

    Returns:
        Contracts by id, in the order of their ids.

    Raises:
        ContractError: naming file, line and field of the first fault.
    """
    catalogue = read_catalogue(base).rules
    lists = read_config(base / "code_lists.yaml", CodeLists).lists
    agencies = load_agencies(base)
    contracts = {}
    for path in sorted((base / "contracts").glob("*.yaml")):
        contract = load_contract(path, catalogue, lists, agencies)
        contracts[contract.id] = contract
    if not contracts:
        raise ContractError("tidak ada kontrak", file=base / "contracts", cure="taruh berkas kontrak <id>.yaml di folder itu")
    check_parts(contracts)
    return contracts


def load_contract(path: Path, catalogue: Mapping[str, RuleEntry], lists: Mapping[str, CodeList], agencies: Agencies) -> Contract:
    """One contract file; see `load_contracts`."""
    source = YamlSource(path)
    if not isinstance(source.data, dict):
        raise source.error((), "kontrak kosong", "isi menurut ODCS v3.1; contoh: kontrak lain di folder itu")
    known_by_name(source)
    file = typed(source, ContractFile, context={"lists": lists, **agencies.context})
    if file.id != path.stem:
        raise source.error(("id",), "id kontrak tidak sama dengan nama berkas", "samakan id dengan nama berkas (huruf kecil, _)")
    own, table = file.customProperties, file.table[0]
    names = tuple(column.name for column in table.properties)
    for index, name in enumerate(own.kunciEntitas):
        if name not in names:
            place = ("customProperties", "kunciEntitas", index)
            raise source.error(place, f"kunciEntitas memakai kolom {name} yang tidak ada", "pakai nama baku kolom")
    program = _as_written(own.program)
    custom = {name: getattr(own, name) for name in ("peran", "registri", "pasangan", "modelStaging")}
    if own.satuan == "wilayah" and own.jenis != SUPPORTING:
        raise source.error(("customProperties", "satuan"), "satuan wilayah hanya untuk data pendukung", "pakai jenis pendukung")
    shared = SHARED_STAGE_MODELS.get(own.jenis, "").format(unit=own.satuan) or None
    parts = parts_of(source, custom, file.id, own.jenis, own.satuan, shared)
    _check_denominator(source, parts, own.jenis, own.satuan, names)
    facts = Facts(names, own.jenis, own.satuan, parts["roles"], own.keluargaLengkap, parts["partner"] is not None)
    sla = file.slaProperties
    parties = agencies.parties(own.instansi, own.dari, own.melalui, own.bersama)
    return Contract(
        id=file.id,
        version=file.version,
        name=file.name,
        owner=parties.text,
        parties=parties,
        agency=parties.own.singkat,
        legal_basis=own.dasarHukum,
        unit=own.satuan,
        kind=own.jenis,
        cadence=sla.frequency.value,
        deadline=_as_written(own.tenggat),
        in_force_from=own.berlakuDari,
        in_force_to=own.berlakuSampai,
        form=_as_written(own.bentuk),
        columns=tuple(_column(line, lists) for line in table.properties),
        rules=rules_of(source, ("schema", 0, "quality"), table.quality, catalogue, facts, program),
        entity_key=own.kunciEntitas,
        family_key=own.kunciKeluarga,
        family_complete=own.keluargaLengkap,
        program=program,
        tolerance=_as_written(own.toleransi),
        retention=f"{sla.retention.value} {sla.retention.unit or ''}".strip(),
        description=file.description.purpose,
        path=path,
        greatest_age=_greatest_age(source, own.usiaTerbesar, CADENCES[sla.frequency.value]),
        properties=own,
        **parts,
    )


# What the population of a place must say before anything can be measured against it.
_COUNTED = ("kode_kelurahan", "jenis_kelamin", "kelompok_umur", "jiwa")


def _check_denominator(source: YamlSource, parts: Mapping[str, Any], kind: str, unit: str, names: tuple[str, ...]) -> None:
    """A denominator counts the population of places by sex and age group."""
    if DENOMINATOR not in parts["roles"]:
        return
    at = ("customProperties", "peran")
    if (kind, unit) != (SUPPORTING, "wilayah"):
        raise source.error(at, "peran penyebut hanya untuk data pendukung bersatuan wilayah", "hapus peran itu")
    if missing := [name for name in _COUNTED if name not in names]:
        raise source.error(at, f"penyebut tanpa kolom {', '.join(missing)}", "tambahkan kolomnya")


def _as_written(part: Config | None) -> dict[str, Any]:
    """A group of a contract's properties as its file has it, checked."""
    return {} if part is None else part.model_dump(mode="json", exclude_unset=True)


def _greatest_age(source: YamlSource, value: int | None, cadence: int) -> int:
    """Months from the last day of the data to the cut-off after which a delivery no longer stands in for a missing one.

    By default one delivery may be missed and the half-year of the decree after it: the cadence and six months.
    """
    if value is None:
        return cadence + HALF_YEAR
    if value < cadence:
        raise source.error(
            ("customProperties", "usiaTerbesar"),
            "usiaTerbesar lebih pendek daripada irama kiriman",
            f"tulis bilangan bulat dari {cadence} sampai 120",
        )
    return value


def _column(line: ColumnLine, lists: Mapping[str, CodeList]) -> Column:
    custom = line.customProperties
    codes = lists[custom.daftarKode] if custom.daftarKode else None
    id_like = line.name in ("nik", "no_kk") or line.name.startswith("id_")
    return Column(
        name=line.name,
        source=line.physicalName or line.name,
        aliases=custom.namaLain,
        type=line.logicalType,
        required=line.required,
        classification=line.classification,
        definition=line.description,
        code_list=custom.daftarKode,
        code_system=custom.sistemKode or (codes.sistem if codes else None),
        codes={key.upper(): value for key, value in codes.nilai.items()} if codes else {},
        id_like=id_like if custom.teksId is None else custom.teksId,
        date_format=custom.formatTanggal,
    )
