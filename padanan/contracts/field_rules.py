"""What is asked of the field, read from `expectations/lapangan.yaml`: lists F33-F35, their wording, owners and days.

Which people and records they hold is dbt's work (`review/`); tasks and workbooks are made in `padanan/review/worklist`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from padanan.base.yaml_source import FieldPath, YamlSource
from padanan.contracts.contract import Contract, expectations_dir
from padanan.contracts.criteria import load_criteria
from padanan.contracts.rules import PLAIN_CAST, Rule, load_catalogue

# Words that stand for the producer itself in `penanggungJawab`.
PRODUCER_WORDS = ("produsen", "PD program")
TERMS = ("tindakLanjut", "penanggungJawab", "hari")
NO_DOCUMENT = "tanpa_dokumen"
VISIT, AT_SOURCE = "lapangan", "sumber"


def load_field_rules(folder: Path | None = None) -> dict[str, Any]:
    """The field rules with parameters filled in and each evidence's terms resolved from the rule catalogue.

    Returns:
        `{"versi", "berlaku_hari", "penerima", "pelaku", "tindak_lanjut", "tanpa_program", "bukti", "tanpa_dokumen"}`; each
        entry has `id`, `keterangan`, `tindak_lanjut`, `penanggung_jawab`, `hari`, and `berlaku` (predicate) or `aturan` (rules);
        evidence that nothing measures has `tidak_diukur` instead.

    Raises:
        ContractError: a field is missing, a predicate uses a plain cast, or a rule is unknown.
    """
    base = folder or expectations_dir()
    source = YamlSource(base / "lapangan.yaml")
    data = source.data or {}
    for name in ("version", "penerima", "kunjungan", "tanpaProgram", "bukti", "tanpaDokumen", "berlakuHari"):
        if not data.get(name):
            raise source.error((name,), f"aturan lapangan tanpa '{name}'", f"isi '{name}'")
    parameters = load_criteria(base)["parameter"]
    catalogue = load_catalogue(base)
    causes = [_entry(source, ("tanpaProgram", n), item, parameters) for n, item in enumerate(data["tanpaProgram"])]
    if causes[-1].get("berlaku") != "true":
        raise source.error(("tanpaProgram", len(causes) - 1), "sebab terakhir tidak selalu berlaku", 'tulis berlaku: "true"')
    evidence = [_evidence(source, ("bukti", n), item, parameters, catalogue) for n, item in enumerate(data["bukti"])]
    document = _entry(source, ("tanpaDokumen",), {"id": NO_DOCUMENT, **data["tanpaDokumen"]}, parameters)
    document["aturan"] = _rule_ids(source, ("tanpaDokumen", "aturan"), data["tanpaDokumen"], catalogue)
    return {
        "versi": str(data["version"]),
        "berlaku_hari": int(data["berlakuHari"]),
        "penerima": _predicate(source, ("penerima",), data["penerima"], parameters),
        "pelaku": list(data["kunjungan"].get("pelaku") or []),
        "tindak_lanjut": list(data["kunjungan"].get("tindakLanjut") or []),
        "tanpa_program": causes,
        "bukti": evidence,
        "tanpa_dokumen": document,
    }


def field_plan(contracts: Mapping[str, Contract], folder: Path | None = None) -> dict[str, Any]:
    """The field rules as the run plan carries them, with `tugas`: the terms of every reason that a task may have.

    Returns:
        `load_field_rules` plus `{"pemohon": [contracts that deliver their applicants], "tugas": [{"producer", "kode", "level",
        "keterangan", "tindak_lanjut", "pemilik", "pendukung", "hari", "saluran"}]}`; `producer` is None for reasons of a person.
    """
    rules = load_field_rules(folder)
    terms = [term for contract in contracts.values() for term in _contract_terms(contract, rules)]
    for entry in rules["tanpa_program"]:
        told = {**entry, "keterangan": f"Terpilih, belum dilayani program mana pun: {entry['keterangan']}"}
        terms.append(_term(None, "tanpa_program_" + entry["id"], told))
    terms.append(_term(None, NO_DOCUMENT, rules["tanpa_dokumen"]))
    applicants = [c.id for c in contracts.values() if c.program.get("menyampaikanPemohon") is True]
    return {**rules, "tugas": terms, "pemohon": applicants}


def _contract_terms(contract: Contract, rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Terms of a contract's own rules and, for a program, of each evidence against its recipients."""
    terms = []
    for rule in contract.rules:
        agencies = [part.strip() for part in rule.penanggung_jawab.split(";")]
        visit = bool(set(agencies) & set(rules["pelaku"])) or rule.tindak_lanjut in rules["tindak_lanjut"]
        entry = {
            "keterangan": rule.definisi,
            "tindak_lanjut": rule.tindak_lanjut,
            "penanggung_jawab": rule.penanggung_jawab,
            "hari": rule.hari,
        }
        terms.append(_term(contract, rule.id, entry, level=rule.level, channel=VISIT if visit else AT_SOURCE))
    if contract.kind == "program":
        for item in rules["bukti"]:
            if "tidak_diukur" not in item:
                told = {**item, "keterangan": f"Bendera pada penerima, hanya untuk diperiksa: {item['keterangan']}"}
                terms.append(_term(contract, "bendera_" + item["id"], told))
    return terms


def _term(
    contract: Contract | None, code: str, entry: Mapping[str, Any], *, level: str = "peringatan", channel: str = VISIT
) -> dict[str, Any]:
    """The owner is the first agency named, the producer's own name where the rule says so; the others help."""
    agencies = [part.strip() for part in str(entry["penanggung_jawab"]).split(";") if part.strip()]
    named = [contract.owner if contract and agency in PRODUCER_WORDS else agency for agency in agencies]
    return {
        "producer": contract.id if contract else None,
        "kode": code,
        "level": level,
        "keterangan": entry["keterangan"],
        "tindak_lanjut": entry["tindak_lanjut"],
        "pemilik": named[0],
        "pendukung": "; ".join(named[1:]) or None,
        "hari": entry["hari"],
        "saluran": channel,
    }


def _entry(source: YamlSource, path: FieldPath, item: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    for name in ("id", "keterangan", *TERMS):
        if not isinstance(item, dict) or item.get(name) in (None, ""):
            raise source.error((*path, name), f"aturan lapangan tanpa '{name}'", f"isi '{name}'")
    entry: dict[str, Any] = {"id": str(item["id"]), "keterangan": str(item["keterangan"])}
    entry |= {
        "tindak_lanjut": str(item["tindakLanjut"]),
        "penanggung_jawab": str(item["penanggungJawab"]),
        "hari": int(item["hari"]),
    }
    if "berlaku" in item:
        entry["berlaku"] = _predicate(source, (*path, "berlaku"), item["berlaku"], parameters)
    return entry


def _evidence(
    source: YamlSource, path: FieldPath, item: Any, parameters: Mapping[str, Any], catalogue: Mapping[str, Rule]
) -> dict[str, Any]:
    item = dict(item or {})
    if item.get("tidakDiukur"):
        return {"id": str(item["id"]), "keterangan": str(item["keterangan"]), "tidak_diukur": str(item["tidakDiukur"])}
    ids = _rule_ids(source, (*path, "aturan"), item, catalogue) if item.get("aturan") else []
    if ids:  # the first rule's words, unless the evidence has its own
        first = catalogue[ids[0]]
        words = {"tindakLanjut": first.tindak_lanjut, "penanggungJawab": first.penanggung_jawab, "hari": first.hari}
        item = {**words, **item}
    entry = _entry(source, path, item, parameters)
    if not ids and "berlaku" not in entry:
        raise source.error(path, "bukti tanpa 'aturan' dan 'berlaku'", "isi salah satunya, atau tidakDiukur dengan alasannya")
    return {**entry, "aturan": ids}


def _rule_ids(source: YamlSource, path: FieldPath, item: Mapping[str, Any], catalogue: Mapping[str, Rule]) -> list[str]:
    ids = [str(name) for name in item.get("aturan") or []]
    unknown = [name for name in ids if name not in catalogue]
    if unknown or not ids:
        raise source.error(
            path, f"aturan tidak dikenal: {', '.join(unknown) or '(kosong)'}", "pakai id dari expectations/rules.yaml"
        )
    return ids


def _predicate(source: YamlSource, path: FieldPath, text: Any, parameters: Mapping[str, Any]) -> str:
    predicate = " ".join(str(text).split())
    if PLAIN_CAST.search(predicate):
        raise source.error(path, "predikat memakai cast biasa", "pakai try_cast")
    for key, value in parameters.items():
        predicate = predicate.replace("{" + key + "}", str(value))
    if "{" in predicate:
        raise source.error(path, "parameter tidak dikenal", "isi parameter itu di sasaran.yaml")
    return predicate
