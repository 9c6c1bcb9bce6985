"""The rule catalogue: reads `expectations/rules.yaml` and `masking.yaml` and folds the masks into the predicates.

Which producer uses a rule, and with what threshold, is said by the producer's contract.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from padanan.base.errors import ContractError
from padanan.base.yaml_source import YamlSource

DIMENSIONS = {
    "K": "kelengkapan",
    "V": "validitas",
    "U": "keunikan",
    "C": "konsistensi",
    "T": "ketepatan waktu",
    "A": "akurasi",
}
LEVELS = ("blok", "peringatan")
STAGES = ("cleansing", "padanan")
OVERRIDES = {
    "ambang": "threshold",
    "level": "level",
    "tindakLanjut": "tindak_lanjut",
    "penanggungJawab": "penanggung_jawab",
    "hari": "hari",
    "severity": "severity",
    "mostly": "mostly",
}
# Name in a predicate, field of the contract's `program`, and what stands for it where there is no program.
PROGRAM_VALUES = (("nominal_maks", "nominalMaks", 0), ("periode_mulai", "mulai", ""), ("periode_akhir", "akhir", ""))
# A failing plain cast prints the value it failed on, and a value may be a NIK (platform.md, privacy).
PLAIN_CAST = re.compile(r"(?<!try_)\bcast\s*\(|::|\bstrptime\s*\((?<!try_strptime\()", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """One rule as one contract applies it; predicates are SQL over the staging (or padanan) row.

    Source: domain/cleansing-rules.md. `threshold` is the share per kota above which the rule is a penghalang;
    `mostly` is the share of passing rows under which the GX expectation fails. `applies_when` has the masks folded in once the
    rule stands in a contract; `condition` stays as it is written.
    """

    id: str
    columns: tuple[str, ...]
    dimension: str
    level: str
    stage: str
    threshold: float
    mostly: float
    severity: str
    tindak_lanjut: str
    penanggung_jawab: str
    hari: int
    applies_when: str
    fails_when: str
    rincian: str | None
    definisi: str
    kinds: tuple[str, ...] = ()
    needs_complete_families: bool = False
    not_reference: bool = False
    condition: str = "true"


def load_masks(path: Path) -> dict[str, tuple[str, ...]]:
    """Masker rule -> the rules it silences on the same record (`expectations/masking.yaml`).

    Raises:
        ContractError: an entry is no list of rule ids. Whether the ids exist is asked by `padanan.contracts.rule_binding`.
    """
    source = YamlSource(path)
    masks = (source.data or {}).get("masks") or {}
    for masker, masked in masks.items():
        if not isinstance(masked, list) or not all(isinstance(name, str) for name in masked):
            raise source.error(("masks", masker), "penutupan bukan daftar aturan", "tulis [id_aturan, …]")
    return {masker: tuple(masked) for masker, masked in masks.items()}


def load_catalogue(folder: Path) -> dict[str, Rule]:
    """Reads the catalogue without masks folded in; a contract's own rule list decides which masks can act.

    Args:
        folder: the `expectations/` folder.

    Raises:
        ContractError: a rule misses a field, has an unknown dimension or level, or uses a plain cast.
    """
    source = YamlSource(folder / "rules.yaml")
    rules = {}
    for rule_id, spec in ((source.data or {}).get("rules") or {}).items():
        rules[rule_id] = parse_rule(source, ("rules", rule_id), rule_id, spec)
    return rules


def parse_rule(source: YamlSource, path: tuple[str | int, ...], rule_id: str, spec: Any) -> Rule:
    """One catalogue entry (or a contract's own full rule) as a `Rule`."""
    if not isinstance(spec, dict):
        raise source.error(path, "aturan bukan peta isian", "isi kolom, dimensi, level, berlaku, gagal, definisi")
    needed = ("kolom", "dimensi", "level", "definisi", "berlaku", "gagal", "ambang", "tindakLanjut", "penanggungJawab", "hari")
    for field in needed:
        if spec.get(field) in (None, "", []):
            raise source.error((*path, field), f"aturan {rule_id} tanpa '{field}'", f"isi '{field}' pada aturan itu")
    if spec["dimensi"] not in DIMENSIONS:
        raise source.error((*path, "dimensi"), "dimensi tidak dikenal", "pakai salah satu dari " + ", ".join(DIMENSIONS))
    if spec["level"] not in LEVELS:
        raise source.error((*path, "level"), "level tidak dikenal", "pakai blok atau peringatan")
    stage = spec.get("tahap", "cleansing")
    if stage not in STAGES:
        raise source.error((*path, "tahap"), "tahap tidak dikenal", "pakai cleansing atau padanan")
    for field in ("berlaku", "gagal", "rincian"):
        if PLAIN_CAST.search(str(spec.get(field, ""))):
            raise source.error(
                (*path, field),
                "predikat memakai cast biasa, yang mencetak isi data bila gagal",
                "pakai try_cast atau try_strptime",
            )
    return Rule(
        id=rule_id,
        columns=tuple(spec["kolom"]),
        dimension=spec["dimensi"],
        level=spec["level"],
        stage=stage,
        threshold=float(spec["ambang"]),
        mostly=float(spec.get("mostly", 1 - float(spec["ambang"]))),
        severity=str(spec.get("severity", "WARN")),
        tindak_lanjut=str(spec["tindakLanjut"]),
        penanggung_jawab=str(spec["penanggungJawab"]),
        hari=int(spec["hari"]),
        applies_when=_sql(spec["berlaku"]),
        fails_when=_sql(spec["gagal"]),
        rincian=_sql(spec["rincian"]) if spec.get("rincian") else None,
        definisi=" ".join(str(spec["definisi"]).split()),
        kinds=tuple(spec.get("jenis", ())),
        needs_complete_families=bool(spec.get("keluargaLengkap", False)),
        not_reference=bool(spec.get("bukanAcuan", False)),
        condition=_sql(spec["berlaku"]),
    )


def _sql(text: object) -> str:
    return " ".join(str(text).split())


def filled(text: str, program: Mapping[str, Any]) -> str:
    """A predicate with the values that a contract's program gives in place of their names in braces."""
    for name, key, default in PROGRAM_VALUES:
        text = text.replace("{" + name + "}", str(program.get(key, default)))
    return text


def override(rule: Rule, spec: dict[str, Any]) -> Rule:
    """The rule with a contract's own threshold, level, follow-up, owner or days."""
    changes: dict[str, Any] = {OVERRIDES[key]: value for key, value in spec.items() if key in OVERRIDES}
    if "threshold" in changes and "mostly" not in changes:
        changes["mostly"] = 1 - float(changes["threshold"])
    return replace(rule, **changes)


def fold_masks(rules: tuple[Rule, ...], masks: dict[str, tuple[str, ...]]) -> tuple[Rule, ...]:
    """Adds `and not (masker fails)` to every masked rule that stands beside its masker in one contract.

    A masker that is itself masked only silences others where it really fires, so maskers are folded first.

    Raises:
        ContractError: masks form a circle.
    """
    by_id = {rule.id: rule for rule in rules}
    maskers: dict[str, list[str]] = {rule_id: [] for rule_id in by_id}
    for masker, masked in masks.items():
        for rule_id in masked:
            if masker in by_id and rule_id in by_id:
                maskers[rule_id].append(masker)
    done: dict[str, Rule] = {}

    def fold(rule_id: str, trail: tuple[str, ...]) -> Rule:
        if rule_id in done:
            return done[rule_id]
        if rule_id in trail:
            raise ContractError(
                f"penutupan aturan melingkar: {' → '.join((*trail, rule_id))}",
                file="expectations/masking.yaml",
                cure="hapus salah satu penutupan itu",
            )
        rule = by_id[rule_id]
        parts = [] if rule.applies_when == "true" else [f"({rule.applies_when})"]
        for masker in sorted(maskers[rule_id]):
            other = fold(masker, (*trail, rule_id))
            if set(maskers[masker]) <= set(maskers[rule_id]):
                # The masker's own maskers are ruled out beside it already: its bare predicate says the same, shorter.
                other = by_id[masker]
            applies = "" if other.applies_when == "true" else f"({other.applies_when}) and "
            parts.append(f"not coalesce({applies}({other.fails_when}), false)")
        done[rule_id] = replace(rule, applies_when=" and ".join(parts)) if parts else rule
        return done[rule_id]

    return tuple(fold(rule.id, ()) for rule in rules)
