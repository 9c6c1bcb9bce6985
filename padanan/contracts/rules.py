"""The rule catalogue: what `expectations/rules.yaml` may say about a rule, and where a rule stands by itself.

Which contract has which rule follows from the catalogue in `rule_use`; whether a predicate can run is asked in `rule_binding`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from padanan.base.config import Config, Count, Filled, Listed, Prose, Share, Text, Version, fault, nearest, read_config
from padanan.contracts.agencies import known_owner, load_agencies
from padanan.contracts.params import predicate_fault

DIMENSIONS = {
    "K": "kelengkapan",
    "V": "validitas",
    "U": "keunikan",
    "C": "konsistensi",
    "T": "ketepatan waktu",
    "A": "akurasi",
}
Dimension = Literal["K", "V", "U", "C", "T", "A"]
Level = Literal["blok", "peringatan"]
Stage = Literal["cleansing", "padanan"]
Severity = Literal["ERROR", "WARN"]
Kind = Literal["registri", "program", "pendukung", "umpan_balik"]
Unit = Literal["orang", "keluarga", "wilayah"]
LEVELS, STAGES, KINDS, UNITS = get_args(Level), get_args(Stage), get_args(Kind), get_args(Unit)
# Name in a predicate, field of the contract's `program`, and what stands for it where there is no program.
PROGRAM_VALUES = (("nominal_maks", "nominalMaks", 0), ("periode_mulai", "mulai", ""), ("periode_akhir", "akhir", ""))
# What stays wrong in the penetapan while a gap stays, where the rule says nothing of its own: what its level means.
IF_LEFT: Mapping[str, str] = {
    "blok": "NIK catatan ini tidak dipakai; orang yang tidak dikenali dari nama, tanggal lahir dan alamatnya terhitung sebagai "
    "orang lain dalam penetapan.",
    "peringatan": "Siapa yang ditetapkan tidak berubah; isiannya dipakai seperti dikirim.",
}
SEVERAL = re.compile(r"\s*;\s*")


def _sound(text: str) -> str:
    names = [name for name, _, _ in PROGRAM_VALUES]
    if found := predicate_fault(text, names, f"kontrak memberi nilai {', '.join(f'{{{name}}}' for name in names)}"):
        raise fault(*found)
    return text


def _one_agency(text: str) -> str:
    if SEVERAL.search(text):
        raise fault("beberapa penanggung jawab dalam satu teks", "tulis daftar: [produsen, Disdukcapil]")
    return text


RulePredicate = Annotated[Prose, AfterValidator(_sound)]
Owners = Filled[Annotated[Prose, AfterValidator(_one_agency), AfterValidator(known_owner)]]


def program_values(program: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a contract's `program` gives to predicates, by their names in braces."""
    return {name: program.get(key, default) for name, key, default in PROGRAM_VALUES}


class Applies(Config):
    """Where a rule applies: to each contract that has the columns and is what the rest asks for."""

    kolom: Filled[Text] = Field(examples=["[nik]"])
    jenis: Listed[Kind] = ()
    satuan: Listed[Unit] = ()
    bukanPeran: Listed[Text] = ()
    keluargaLengkap: bool = False
    berpasangan: bool = False


class RuleEntry(Applies):
    """One rule as the catalogue (or a contract's own rule) writes it."""

    nama: Prose = Field(examples=["NIK kosong"])
    dimensi: Dimension
    level: Level
    tahap: Stage = "cleansing"
    definisi: Prose
    berlaku: RulePredicate = Field(examples=['"true"'])
    gagal: RulePredicate
    rincian: RulePredicate | None = None
    masked_by: Listed[Text] = ()
    ambang: Share = Field(examples=[0.05])
    minimalCatatan: Count = 10
    mostly: Share | None = None
    severity: Severity = "WARN"
    tindakLanjut: Prose = Field(examples=["perbaiki di sumber"])
    penanggungJawab: Owners = Field(examples=["[produsen]"])
    hari: Count = Field(examples=[14])
    pertanyaan: Text | None = None
    bilaTetap: Prose | None = None

    @model_validator(mode="before")
    @classmethod
    def _yes_is_true(cls, data: Any) -> Any:
        """`berlaku: true` is what everybody writes first."""
        return {**data, "berlaku": "true"} if isinstance(data, dict) and data.get("berlaku") is True else data


class Catalogue(Config):
    """`expectations/rules.yaml`."""

    version: Version
    rules: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], RuleEntry]

    @model_validator(mode="after")
    def _maskers_exist(self, _: ValidationInfo) -> Catalogue:
        for rule_id, entry in self.rules.items():
            check_maskers(rule_id, entry, self.rules, at=("rules", rule_id))
        around = circle({rule_id: entry.masked_by for rule_id, entry in self.rules.items()})
        if around:
            raise fault(
                f"penutupan aturan melingkar: {' → '.join(around)}",
                "hapus salah satu penutupan itu",
                at=("rules", around[0], "masked_by"),
            )
        return self


@dataclass(frozen=True)
class Rule:
    """One rule as one contract applies it; predicates are SQL over the staging (or padanan) row.

    `threshold` is the share per kota above which the rule is a penghalang, which `minimum` failing records make material;
    `mostly` is the share of passing rows under which the GX expectation fails. `condition` says which rows the rule speaks about;
    where a rule of `masked_by` (those that stand in the same contract) fires, this one says nothing. `not_when` are these maskers
    as conditions, for who has this rule alone.
    """

    id: str
    name: str
    columns: tuple[str, ...]
    dimension: str
    level: str
    stage: str
    threshold: float
    minimum: int
    mostly: float
    severity: str
    tindak_lanjut: str
    penanggung_jawab: tuple[str, ...]
    hari: int
    condition: str
    fails_when: str
    rincian: str | None
    definisi: str
    masked_by: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    question: str | None = None
    """Id of the prelist's question that asks what this rule found, where its cure is a visit."""
    own_effect: str | None = None
    not_when: tuple[str, ...] = ()
    mask_layer: int = 0
    """How many maskers stand behind one another before this rule: a flag of one layer uses those of earlier layers only."""

    @property
    def applies_when(self) -> str:
        """The rows that the rule speaks about, its maskers ruled out, in one condition."""
        return masked(self.condition, self.not_when)

    @property
    def if_left(self) -> str:
        """What stays wrong in the penetapan while the gap stays, as one sentence: the rule's own, else what its level means."""
        return self.own_effect or IF_LEFT[self.level]

    @property
    def owners(self) -> str:
        """Those responsible, as a reader sees them."""
        return "; ".join(self.penanggung_jawab)

    @classmethod
    def of(cls, rule_id: str, entry: RuleEntry) -> Rule:
        """The rule without a contract's values, with the maskers that it names."""
        return cls(
            id=rule_id,
            name=entry.nama,
            columns=entry.kolom,
            dimension=entry.dimensi,
            level=entry.level,
            stage=entry.tahap,
            threshold=entry.ambang,
            minimum=entry.minimalCatatan,
            mostly=1 - entry.ambang if entry.mostly is None else entry.mostly,
            severity=entry.severity,
            tindak_lanjut=entry.tindakLanjut,
            penanggung_jawab=entry.penanggungJawab,
            hari=entry.hari,
            question=entry.pertanyaan,
            own_effect=entry.bilaTetap,
            condition=entry.berlaku,
            fails_when=entry.gagal,
            rincian=entry.rincian,
            definisi=entry.definisi,
            masked_by=entry.masked_by,
            units=tuple(entry.satuan),
        )


def masked(condition: str, not_when: Sequence[str] = ()) -> str:
    """The condition where none of the maskers fires, in one text."""
    own = [] if condition.strip().lower() == "true" else [f"({condition})"]
    return " and ".join([*own, *(f"not coalesce({masker}, false)" for masker in not_when)]) or "true"


def read_catalogue(folder: Path) -> Catalogue:
    """`rules.yaml` of an `expectations/` folder.

    Raises:
        ContractError: a field is missing, unknown or wrong, a predicate uses a plain cast, an owner is no agency of the register,
            or a masker can't mask.
    """
    return read_config(folder / "rules.yaml", Catalogue, context=load_agencies(folder).context)


def load_catalogue(folder: Path) -> dict[str, Rule]:
    """The catalogue's rules by id, in its order; what a contract makes of them is in `Contract.rules`."""
    return {rule_id: Rule.of(rule_id, entry) for rule_id, entry in read_catalogue(folder).rules.items()}


def check_maskers(rule_id: str, entry: RuleEntry, known: Mapping[str, RuleEntry], *, at: tuple[str | int, ...]) -> None:
    """Refuses a masker that is unknown, the rule itself, or judged over another row; for a model's validator."""
    for index, masker in enumerate(entry.masked_by):
        place = (*at, "masked_by", index)
        if masker == rule_id or masker not in known:
            meant = nearest(masker, [name for name in known if name != rule_id])
            cure = f"mungkin maksudnya '{meant}'" if meant else "pakai id dari expectations/rules.yaml"
            what = "dirinya sendiri" if masker == rule_id else f"aturan '{masker[:40]}' yang tidak ada"
            raise fault(f"aturan {rule_id} ditutup oleh {what}", cure, at=place)
        if known[masker].tahap != entry.tahap:
            raise fault(
                f"aturan {rule_id} ditutup {masker}, yang dinilai atas baris lain (tahap {known[masker].tahap})",
                f"pakai aturan tahap {entry.tahap}",
                at=place,
            )


def circle(masked_by: Mapping[str, Iterable[str]]) -> list[str]:
    """The first chain of maskers that comes back to its start, else nothing."""
    done: set[str] = set()

    def walk(rule_id: str, trail: list[str]) -> list[str]:
        if rule_id in trail:
            return [*trail[trail.index(rule_id) :], rule_id]
        if rule_id in done:
            return []
        for masker in masked_by.get(rule_id, ()):
            if around := walk(masker, [*trail, rule_id]):
                return around
        done.add(rule_id)
        return []

    return next((around for rule_id in masked_by if (around := walk(rule_id, []))), [])


def with_maskers(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules of one contract with only the maskers that stand there, by id and as conditions."""
    here = {rule.id: rule for rule in rules}
    kept = {rule.id: tuple(sorted(name for name in rule.masked_by if name in here)) for rule in rules}
    done: dict[str, Rule] = {}

    def told(rule_id: str) -> Rule:
        if rule_id not in done:
            maskers = []
            for name in kept[rule_id]:
                # A masker that is itself masked only silences others where it really fires; where its own maskers are ruled
                # out beside it already, its bare predicate says the same, shorter.
                applies = here[name].condition if set(kept[name]) <= set(kept[rule_id]) else told(name).applies_when
                maskers.append(("" if applies == "true" else f"({applies}) and ") + f"({here[name].fails_when})")
            layer = 1 + max((told(name).mask_layer for name in kept[rule_id]), default=-1)
            done[rule_id] = replace(here[rule_id], masked_by=kept[rule_id], not_when=tuple(maskers), mask_layer=layer)
        return done[rule_id]

    return tuple(told(rule.id) for rule in rules)
