"""One producer's contract, read from `expectations/contracts/` (ODCS v3.1) and checked to the field.

Readers, suites, staging and reports ask the contract; none of them knows a producer by name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base.errors import ContractError
from padanan.base.home import CHECKOUT
from padanan.base.period import Periode
from padanan.base.yaml_source import YamlSource
from padanan.contracts.parts import Registry, check_parts, parts_of
from padanan.contracts.rules import OVERRIDES, Rule, filled, fold_masks, load_catalogue, load_masks, override, parse_rule

CLASSIFICATIONS = ("umum", "pribadi", "spesifik")
UNITS = ("orang", "keluarga")
KINDS = ("registri", "program", "pendukung")
TYPES = ("string", "integer", "number", "date", "boolean")
CADENCES = {"bulanan": 1, "triwulanan": 3, "semesteran": 6, "tahunan": 12}
"""How often a producer delivers, in months."""
HALF_YEAR = 6
# Columns whose values are codes: a contract must name their list and code system (Perpres 39/2019).
CODED = ("jenis_kelamin", "shdk", "status_dasar", "status", "status_kawin")
SHARED_STAGE_MODELS = {"program": "stg_bansos__penerima", "pendukung": "stg_bansos__penerima"}
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


def load_contracts(folder: Path | None = None) -> dict[str, Contract]:
    """Loads every contract of `<folder>/contracts/*.yaml`, rules resolved and masks folded in.

    Args:
        folder: an `expectations/` folder; by default `expectations_dir()`.

    Returns:
        Contracts by id, in the order of their ids.

    Raises:
        ContractError: naming file, line and field of the first fault.
    """
    base = folder or expectations_dir()
    catalogue = load_catalogue(base)
    masks = load_masks(base / "masking.yaml")
    lists = (YamlSource(base / "code_lists.yaml").data or {}).get("lists", {})
    contracts = {}
    for path in sorted((base / "contracts").glob("*.yaml")):
        contract = load_contract(path, catalogue, masks, lists)
        contracts[contract.id] = contract
    if not contracts:
        raise ContractError("tidak ada kontrak", file=base / "contracts", cure="taruh berkas kontrak <id>.yaml di folder itu")
    check_parts(contracts)
    return contracts


def load_contract(
    path: Path, catalogue: Mapping[str, Rule], masks: dict[str, tuple[str, ...]], lists: Mapping[str, Any]
) -> Contract:
    """One contract file; see `load_contracts`."""
    source = YamlSource(path)
    data = source.data
    if not isinstance(data, dict):
        raise source.error((), "kontrak kosong", "isi menurut ODCS v3.1; contoh: kontrak lain di folder itu")
    if data.get("apiVersion") != "v3.1.0" or data.get("kind") != "DataContract":
        raise source.error(("apiVersion",), "bukan kontrak ODCS v3.1.0", "tulis apiVersion: v3.1.0 dan kind: DataContract")
    contract_id = _need(source, data, ("id",))
    if contract_id != path.stem or not re.fullmatch(r"[a-z][a-z0-9_]*", contract_id):
        raise source.error(("id",), "id kontrak tidak sama dengan nama berkas", "samakan id dengan nama berkas (huruf kecil, _)")
    custom = _custom(data.get("customProperties"))

    def own(name: str) -> Any:
        if custom.get(name) in (None, ""):
            raise source.error(("customProperties", name), f"kontrak tanpa '{name}'", f"tambahkan customProperties '{name}'")
        return custom[name]

    unit, kind = own("satuan"), own("jenis")
    if unit not in UNITS:
        raise source.error(("customProperties",), "satuan tidak dikenal", "pakai orang atau keluarga")
    if kind not in KINDS:
        raise source.error(("customProperties",), "jenis tidak dikenal", "pakai " + ", ".join(KINDS))
    schema = data.get("schema") or [{}]
    columns = tuple(
        _column(source, ("schema", 0, "properties", index), spec, lists)
        for index, spec in enumerate(schema[0].get("properties") or [])
    )
    if not columns:
        raise source.error(("schema",), "kontrak tanpa kolom", "isi schema[0].properties")
    names = [column.name for column in columns]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise source.error(("schema", 0, "properties", index), f"kolom {name} tertulis dua kali", "hapus salah satunya")
    program = dict(custom.get("program") or {})
    if kind == "program":
        for name in ("mulai", "akhir", "nominalMaks"):
            if program.get(name) in (None, ""):
                raise source.error(("customProperties",), f"program tanpa '{name}'", f"isi program.{name}")
        if not isinstance(program.get("menyampaikanPemohon", False), bool):
            raise source.error(("customProperties",), "menyampaikanPemohon bukan ya atau tidak", "tulis true atau false")
    rules = fold_masks(
        tuple(
            _rule(source, ("schema", 0, "quality", index), spec, catalogue, set(names), kind, program)
            for index, spec in enumerate(schema[0].get("quality") or [])
        ),
        masks,
    )
    entity_key = tuple(own("kunciEntitas"))
    for name in entity_key:
        if name not in names:
            raise source.error(
                ("customProperties",), f"kunciEntitas memakai kolom {name} yang tidak ada", "pakai nama baku kolom"
            )
    form = own("bentuk")
    sla = {item.get("property"): item for item in data.get("slaProperties") or []}
    cadence = str(_sla(source, sla, "frequency"))
    if cadence not in CADENCES:
        raise source.error(("slaProperties",), f"frequency '{cadence[:20]}' tidak dikenal", "pakai " + ", ".join(CADENCES))
    return Contract(
        id=contract_id,
        version=str(_need(source, data, ("version",))),
        name=str(_need(source, data, ("name",))),
        owner=str(own("produsen")),
        legal_basis=str(own("dasarHukum")),
        unit=unit,
        kind=kind,
        cadence=cadence,
        deadline=dict(custom.get("tenggat") or {}),
        in_force_from=_date(source, own("berlakuDari")),
        in_force_to=_date(source, custom["berlakuSampai"]) if custom.get("berlakuSampai") else None,
        form=form,
        columns=columns,
        rules=rules,
        entity_key=entity_key,
        family_key=custom.get("kunciKeluarga"),
        family_complete=bool(custom.get("keluargaLengkap", False)),
        program=program,
        tolerance=dict(custom.get("toleransi") or {}),
        retention=f"{_sla(source, sla, 'retention')} {sla['retention'].get('unit', '')}".strip(),
        description=" ".join(str((data.get("description") or {}).get("purpose", "")).split()),
        path=path,
        greatest_age=_greatest_age(source, custom.get("usiaTerbesar"), CADENCES[cadence]),
        **parts_of(source, custom, contract_id, kind, unit, SHARED_STAGE_MODELS.get(kind)),
    )


def _greatest_age(source: YamlSource, value: Any, cadence: int) -> int:
    """Months from the last day of the data to the cut-off after which a delivery no longer stands in for a missing one.

    By default one delivery may be missed and the half-year of the decree after it: the cadence and six months.
    """
    if value is None:
        return cadence + HALF_YEAR
    if not isinstance(value, int) or isinstance(value, bool) or not cadence <= value <= 120:
        raise source.error(
            ("customProperties", "usiaTerbesar"),
            "usiaTerbesar bukan jumlah bulan yang sah",
            f"tulis bilangan bulat dari {cadence} sampai 120",
        )
    return value


def _need(source: YamlSource, data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = data
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    if value in (None, ""):
        raise source.error(path, f"kontrak tanpa '{'.'.join(path)}'", f"isi '{'.'.join(path)}'")
    return value


def _custom(items: Any) -> dict[str, Any]:
    return {item["property"]: item.get("value") for item in items or [] if isinstance(item, dict) and "property" in item}


def _sla(source: YamlSource, sla: Mapping[str, Any], name: str) -> Any:
    if name not in sla or sla[name].get("value") in (None, ""):
        raise source.error(
            ("slaProperties",), f"kontrak tanpa slaProperties '{name}'", f"tambahkan property: {name} dengan value"
        )
    return sla[name]["value"]


def _date(source: YamlSource, value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise source.error(("customProperties",), "tanggal berlaku tidak terbaca", "tulis YYYY-MM-DD") from None


def _column(source: YamlSource, path: tuple[str | int, ...], spec: Any, lists: Mapping[str, Any]) -> Column:
    if not isinstance(spec, dict) or not spec.get("name"):
        raise source.error(path, "kolom tanpa nama", "isi name")
    name = spec["name"]
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(name)):
        raise source.error(path, "nama baku kolom tidak sah", "pakai huruf kecil, angka dan _")
    if not spec.get("description"):
        raise source.error((*path, "description"), f"kolom {name} tanpa definisi", "isi description")
    if spec.get("classification") not in CLASSIFICATIONS:
        raise source.error(
            (*path, "classification"), f"kolom {name} tanpa klasifikasi", "isi classification: " + ", ".join(CLASSIFICATIONS)
        )
    kind = spec.get("logicalType", "string")
    if kind not in TYPES:
        raise source.error((*path, "logicalType"), f"tipe kolom {name} tidak dikenal", "pakai " + ", ".join(TYPES))
    custom = _custom(spec.get("customProperties"))
    code_list = custom.get("daftarKode")
    if name in CODED and not code_list:
        raise source.error((*path, "customProperties"), f"kolom {name} tanpa daftar kode", "isi customProperties daftarKode")
    codes: dict[str, str] = {}
    system = custom.get("sistemKode")
    if code_list:
        if code_list not in lists:
            raise source.error(
                (*path, "customProperties"),
                f"daftar kode '{code_list}' tidak ada",
                "pakai daftar di expectations/code_lists.yaml",
            )
        codes = {str(key).upper(): str(value) for key, value in lists[code_list]["nilai"].items()}
        system = system or lists[code_list]["sistem"]
    if name.startswith("kode_") and not system:
        raise source.error(
            (*path, "customProperties"), f"kolom {name} tanpa sistem kode", "isi customProperties sistemKode: Kemendagri atau BPS"
        )
    return Column(
        name=name,
        source=str(spec.get("physicalName") or name),
        aliases=tuple(str(alias) for alias in custom.get("namaLain") or ()),
        type=kind,
        required=bool(spec.get("required", False)),
        classification=spec["classification"],
        definition=" ".join(str(spec["description"]).split()),
        code_list=code_list,
        code_system=system,
        codes=codes,
        id_like=bool(custom.get("teksId", name in ("nik", "no_kk") or name.startswith("id_"))),
        date_format=custom.get("formatTanggal"),
    )


def _rule(
    source: YamlSource,
    path: tuple[str | int, ...],
    spec: Any,
    catalogue: Mapping[str, Rule],
    names: set[str],
    kind: str,
    program: Mapping[str, Any],
) -> Rule:
    rule_id = spec.get("name") if isinstance(spec, dict) else None
    if not rule_id:
        raise source.error(path, "aturan tanpa name", "isi name dengan id aturan")
    settings = spec.get("implementation") or {}
    if "gagal" in settings:
        rule = parse_rule(source, (*path, "implementation"), rule_id, settings)
    elif rule_id in catalogue:
        unknown = sorted(set(settings) - set(OVERRIDES))
        if unknown:
            raise source.error(
                (*path, "implementation"), f"isian aturan tidak dikenal: {', '.join(unknown)}", "pakai " + ", ".join(OVERRIDES)
            )
        rule = override(catalogue[rule_id], settings)
    else:
        raise source.error(path, f"aturan '{rule_id}' tidak dikenal", "pakai id dari expectations/rules.yaml")
    missing = [name for name in rule.columns if name not in names]
    if missing:
        raise source.error(path, f"aturan {rule_id} butuh kolom {', '.join(missing)}", "tambahkan kolomnya atau hapus aturannya")
    if rule.kinds and kind not in rule.kinds:
        raise source.error(path, f"aturan {rule_id} hanya untuk jenis {', '.join(rule.kinds)}", "hapus aturan itu")
    return replace(rule, fails_when=filled(rule.fails_when, program))
