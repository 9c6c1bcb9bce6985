"""Which rules a contract has: the catalogue's that apply to it, changed by the contract's exceptions, and its own.

What a rule and where it applies may say is `rules`; nothing here reads a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import Field, model_validator

from padanan.base.config import Config, Count, Prose, Share, Text, fault, nearest, typed
from padanan.base.yaml_source import FieldPath, YamlSource
from padanan.contracts.params import filled
from padanan.contracts.parts import SUPPORTING
from padanan.contracts.rules import (
    Level,
    Owners,
    Rule,
    RuleEntry,
    Severity,
    program_values,
    with_maskers,
)

BITS = 62
"""The rules of one stage that a contract can have: the gap table collects a record's faults as bits of one whole number."""
CHANGES = {
    "ambang": "threshold",
    "mostly": "mostly",
    "level": "level",
    "severity": "severity",
    "tindakLanjut": "tindak_lanjut",
    "penanggungJawab": "penanggung_jawab",
    "hari": "hari",
}


class RuleException(Config):
    """What one contract sets differently in a rule of the catalogue, or why the rule does not stand in it."""

    ambang: Share | None = None
    mostly: Share | None = None
    level: Level | None = None
    severity: Severity | None = None
    tindakLanjut: Prose | None = None
    penanggungJawab: Owners | None = None
    hari: Count | None = None
    tidakBerlaku: Prose | None = Field(None, examples=["karena kolom itu diisi petugas kami sendiri"])

    @model_validator(mode="after")
    def _says_something(self) -> RuleException:
        changed = [name for name in CHANGES if getattr(self, name) is not None]
        if not changed and self.tidakBerlaku is None:
            raise fault(
                "pengecualian tanpa isi; aturan katalog berlaku dengan sendirinya",
                "hapus baris itu, atau isi yang berbeda: " + ", ".join([*CHANGES, "tidakBerlaku"]),
            )
        if changed and self.tidakBerlaku is not None:
            raise fault("aturan yang tidak berlaku tidak dapat diubah", f"hapus tidakBerlaku, atau hapus {', '.join(changed)}")
        return self


class QualityLine(Config):
    """An entry of ODCS `quality`: an exception to a rule of the catalogue, or a rule of its own in full."""

    name: Text
    type: Literal["custom"]
    engine: Literal["padanan"]
    implementation: dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What the conditions of rules ask of a contract."""

    columns: tuple[str, ...]
    kind: str
    unit: str
    roles: tuple[str, ...]
    family_complete: bool
    paired: bool


def why_not(entry: RuleEntry, facts: Facts) -> str | None:
    """The first condition of a rule that a contract does not meet, in Indonesian; None where the rule applies."""
    if missing := [name for name in entry.kolom if name not in facts.columns]:
        return f"butuh kolom {', '.join(missing)}"
    if entry.tahap == "padanan" and facts.kind == SUPPORTING:
        return "menilai hasil pemadanan, yang tidak diikuti data pendukung"
    if entry.jenis and facts.kind not in entry.jenis:
        return f"hanya untuk jenis {', '.join(entry.jenis)}"
    if entry.satuan and facts.unit not in entry.satuan:
        return f"hanya untuk satuan {', '.join(entry.satuan)}"
    if roles := set(entry.bukanPeran) & set(facts.roles):
        return f"tidak untuk kontrak dengan peran {', '.join(sorted(roles))}"
    if entry.keluargaLengkap and not facts.family_complete:
        return "butuh keluarga yang lengkap (keluargaLengkap: true)"
    if entry.berpasangan and not facts.paired:
        return "butuh berkas pasangan (pasangan: <id kontrak>)"
    return None


def rules_of(
    source: YamlSource,
    at: FieldPath,
    lines: Sequence[QualityLine],
    catalogue: Mapping[str, RuleEntry],
    facts: Facts,
    program: Mapping[str, Any],
) -> tuple[Rule, ...]:
    """The rules of one contract: the catalogue's in its order, then its own; values of the program and masks are in them.

    Args:
        source: the contract's file.
        at: where `quality` stands in it.
        lines: its entries.
        program: the contract's `program`.

    Raises:
        ContractError: an exception to an unknown rule or to one that does not apply here, a wrong rule of its own, or more
            rules of one stage than `BITS`.
    """
    exceptions: dict[str, RuleException] = {}
    own: dict[str, RuleEntry] = {}
    for index, line in enumerate(lines):
        place = (*at, index)
        if line.name in exceptions or line.name in own:
            raise source.error(place, f"aturan {line.name} tertulis dua kali", "gabungkan isinya dalam satu baris")
        if line.name in catalogue:
            if (reason := why_not(catalogue[line.name], facts)) is not None:
                raise source.error(place, f"aturan {line.name} {reason}", "tambahkan itu, atau hapus pengecualiannya")
            exceptions[line.name] = typed(source, RuleException, at=(*place, "implementation"), data=line.implementation)
        elif "gagal" in line.implementation:
            own[line.name] = _own(source, (*place, "implementation"), line, catalogue, facts)
        else:
            meant = nearest(line.name, catalogue)
            cure = f"mungkin maksudnya '{meant}'; " if meant else ""
            raise source.error(
                place,
                f"aturan '{line.name[:40]}' tidak dikenal",
                cure + "pakai id dari expectations/rules.yaml, atau tulis aturannya lengkap (kolom, berlaku, gagal, …)",
            )
    chosen = [
        _changed(Rule.of(rule_id, entry), exceptions.get(rule_id))
        for rule_id, entry in catalogue.items()
        if why_not(entry, facts) is None and not (rule_id in exceptions and exceptions[rule_id].tidakBerlaku)
    ]
    chosen += [Rule.of(rule_id, entry) for rule_id, entry in own.items()]
    _fit(source, at, chosen)
    return with_maskers(tuple(_with_values(rule, program) for rule in chosen))


def _own(source: YamlSource, at: FieldPath, line: QualityLine, catalogue: Mapping[str, RuleEntry], facts: Facts) -> RuleEntry:
    entry = typed(source, RuleEntry, at=at, data=line.implementation)
    if (reason := why_not(entry, facts)) is not None:
        raise source.error((*at, "kolom"), f"aturan {line.name} {reason}", "tambahkan itu, atau hapus aturannya")
    for index, masker in enumerate(entry.masked_by):
        if masker not in catalogue or catalogue[masker].tahap != entry.tahap:
            raise source.error(
                (*at, "masked_by", index), f"aturan {line.name} ditutup oleh aturan yang tidak ada atau dinilai atas baris lain",
                f"pakai aturan tahap {entry.tahap} dari expectations/rules.yaml",
            )  # fmt: skip
    return entry


def _with_values(rule: Rule, program: Mapping[str, Any]) -> Rule:
    values = program_values(program)
    detail = None if rule.rincian is None else filled(rule.rincian, values)
    return replace(rule, condition=filled(rule.condition, values), fails_when=filled(rule.fails_when, values), rincian=detail)


def _changed(rule: Rule, exception: RuleException | None) -> Rule:
    if exception is None:
        return rule
    changes = {field: value for key, field in CHANGES.items() if (value := getattr(exception, key)) is not None}
    if "threshold" in changes and "mostly" not in changes:
        changes["mostly"] = 1 - changes["threshold"]
    return replace(rule, **changes)


def _fit(source: YamlSource, at: FieldPath, rules: Sequence[Rule]) -> None:
    for stage in dict.fromkeys(rule.stage for rule in rules):
        if (count := sum(rule.stage == stage for rule in rules)) > BITS:
            raise source.error(
                at,
                f"{count} aturan tahap {stage} pada satu kontrak; tabel celah memuat paling banyak {BITS}",
                "gabungkan aturan yang serupa dengan 'rincian', persempit kolom atau jenisnya, atau tulis tidakBerlaku",
            )
