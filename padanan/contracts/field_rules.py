"""What is asked of the field, read from `expectations/lapangan.yaml`: lists F33-F35, their wording, owners and days.

Which people and records they hold is dbt's work (`review/`); tasks and workbooks are made in `padanan/review/worklist`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from padanan.base.config import Config, Count, Filled, Listed, Prose, Text, Version, nearest, typed
from padanan.base.yaml_source import FieldPath, YamlSource
from padanan.contracts.agencies import PRODUCER_WORDS, load_agencies
from padanan.contracts.contract import Contract, expectations_dir
from padanan.contracts.criteria import Criteria, load_criteria
from padanan.contracts.entitlements import PlannedEntitlement, load_entitlements, planned
from padanan.contracts.field_parts import AT_SOURCE, VISIT, Answer, Cause, Document, Evidence, Group, Question, Unmeasured
from padanan.contracts.params import filled, read_predicate
from padanan.contracts.rules import Owners, Rule, load_catalogue

NO_DOCUMENT = "tanpa_dokumen"


class FieldRules(Config):
    """The field rules with parameters filled in and each evidence's terms resolved; the names are those of the run plan."""

    versi: Version
    berlaku_hari: Count
    penerima: Prose
    pelaku: Listed[Text]
    petugas: Listed[Text] = ()
    tindak_lanjut: Listed[Text]
    tanpa_program: Filled[Cause]
    bukti: Filled[Evidence | Unmeasured]
    tanpa_dokumen: Evidence
    dokumen_lain: Listed[Document] = ()
    terjawab: Listed[Answer]
    golongan: Filled[Group]
    pertanyaan: Filled[Question]
    calon: Listed[Cause]

    @property
    def measured(self) -> list[Evidence]:
        """The evidence that something measures."""
        return [item for item in self.bukti if isinstance(item, Evidence)]


class Term(Config):
    """The terms of one reason that a task may have; `producer` is None for reasons of a person.

    `pemilik_sumber` owns it where nobody is to be visited.
    """

    producer: str | None = None
    kode: str
    level: str
    keterangan: str
    tindak_lanjut: str
    pemilik: str
    pemilik_sumber: str
    pendukung: str | None = None
    hari: int
    saluran: str


class FieldPlan(FieldRules):
    """The field rules as the run plan carries them: with the terms of every reason, who delivers its applicants, and who is
    entitled to what.
    """

    tugas: Listed[Term]
    pemohon: Listed[str]
    hak: Listed[PlannedEntitlement] = ()
    pelajar: Listed[str] = ()
    baru_bulan: int = 6


class _Visits(Config):
    petugas: Owners
    tindak_lanjut: Listed[Text] = Field(default=(), validation_alias="tindakLanjut")


class _EvidenceLine(Config):
    """As written: terms may be left to the first rule, and evidence without any measure says why."""

    id: Text
    keterangan: Prose
    aturan: Listed[Text] = ()
    berlaku: Prose | None = None
    tindakLanjut: Prose | None = None
    penanggungJawab: Owners | None = None
    hari: Count | None = None
    tidakDiukur: Prose | None = None


class _Document(Cause):
    id: Text = NO_DOCUMENT
    aturan: Filled[Text]


class _Prelist(Config):
    golongan: Filled[Group]
    pertanyaan: Filled[Question]


class _FieldFile(Config):
    version: Version = Field(examples=["1.0.0"])
    penerima: Prose
    kunjungan: _Visits
    berlakuHari: Count = Field(examples=[90])
    tanpaProgram: Filled[Cause]
    bukti: Filled[_EvidenceLine]
    tanpaDokumen: _Document
    dokumenLain: Listed[Document] = ()
    terjawab: Listed[Answer] = ()
    prelist: _Prelist
    calon: Listed[Cause] = ()


def load_field_rules(folder: Path | None = None, criteria: Criteria | None = None) -> FieldRules:
    """The field rules with parameters filled in and each evidence's terms resolved from the rule catalogue.

    Raises:
        ContractError: a field is missing, unknown or wrong, a predicate uses a plain cast, or a rule is unknown.
    """
    base = folder or expectations_dir()
    source = YamlSource(base / "lapangan.yaml")
    agencies = load_agencies(base)
    file = typed(source, _FieldFile, context=agencies.context)
    read = _Resolver(source, criteria or load_criteria(base), load_catalogue(base))
    if file.tanpaProgram[-1].berlaku != "true":
        last = ("tanpaProgram", len(file.tanpaProgram) - 1, "berlaku")
        raise source.error(last, "sebab terakhir tidak selalu berlaku", 'tulis berlaku: "true"')
    return FieldRules(
        versi=file.version,
        berlaku_hari=file.berlakuHari,
        penerima=read.predicate(("penerima",), file.penerima),
        pelaku=agencies.visiting,
        petugas=file.kunjungan.petugas,
        tindak_lanjut=file.kunjungan.tindak_lanjut,
        tanpa_program=tuple(read.cause(("tanpaProgram", n), item) for n, item in enumerate(file.tanpaProgram)),
        bukti=tuple(read.evidence(("bukti", n), item) for n, item in enumerate(file.bukti)),
        tanpa_dokumen=read.document(file.tanpaDokumen),
        dokumen_lain=tuple(read.paper(("dokumenLain", n), item) for n, item in enumerate(file.dokumenLain)),
        terjawab=tuple(read.answer(("terjawab", n), item, file.bukti) for n, item in enumerate(file.terjawab)),
        golongan=tuple(read.group(("prelist", "golongan", n), item) for n, item in enumerate(file.prelist.golongan)),
        pertanyaan=file.prelist.pertanyaan,
        calon=tuple(read.candidate(("calon", n), item) for n, item in enumerate(file.calon)),
    )


def field_plan(contracts: Mapping[str, Contract], folder: Path | None = None, criteria: Criteria | None = None) -> FieldPlan:
    """The field rules as the run plan carries them, with the limits of these criteria (by default of sasaran.yaml)."""
    rules = load_field_rules(folder, criteria)
    terms = [term for contract in contracts.values() for term in _contract_terms(contract, rules)]
    for cause in (cause for cause in rules.tanpa_program if cause.asks):
        told = f"Terpilih, berhak atas program yang belum diterimanya: {cause.keterangan}"
        terms.append(_term(None, "tanpa_program_" + cause.id, cause, told, rules))
    for item in rules.calon:
        told = f"Belum masuk data sasaran: {item.keterangan}"
        terms.append(_term(None, "calon_" + item.id, item, told, rules))
    terms.append(_term(None, NO_DOCUMENT, rules.tanpa_dokumen, rules.tanpa_dokumen.keterangan, rules))
    for paper in rules.dokumen_lain:
        terms.append(_term(None, "dokumen_" + paper.id, paper, paper.keterangan, rules))
    base = folder or expectations_dir()
    questions = _with_rules(base, rules.pertanyaan, contracts)
    _every_reason_asks(YamlSource(base / "lapangan.yaml"), questions, terms)
    applicants = [c.id for c in contracts.values() if c.program.get("menyampaikanPemohon") is True]
    asked = tuple(item for item in questions if item.kode)
    entitled = load_entitlements(folder)
    return FieldPlan(
        **{**dict(rules), "pertanyaan": asked},
        tugas=tuple(terms),
        pemohon=tuple(applicants),
        hak=planned(entitled, contracts),
        pelajar=entitled.pelajar,
        baru_bulan=entitled.baru_bulan,
    )


def _with_rules(base: Path, questions: tuple[Question, ...], contracts: Mapping[str, Contract]) -> tuple[Question, ...]:
    """The questions with the rules that name them, after their own reasons."""
    own: dict[str, dict[str, None]] = {item.id: dict.fromkeys(item.kode) for item in questions}
    for rule in (rule for contract in contracts.values() for rule in contract.rules if rule.question):
        if rule.question not in own:
            meant = nearest(str(rule.question), own)
            cure = f"mungkin maksudnya '{meant}'" if meant else "pakai id pertanyaan dari lapangan.yaml"
            cause = f"pertanyaan '{str(rule.question)[:40]}' tidak dikenal"
            raise YamlSource(base / "rules.yaml").error(("rules", rule.id, "pertanyaan"), cause, cure)
        own[rule.question][rule.id] = None
    return tuple(item.model_copy(update={"kode": tuple(own[item.id])}) for item in questions)


def _every_reason_asks(source: YamlSource, questions: tuple[Question, ...], terms: list[Term]) -> None:
    """Each reason to visit somebody has its question, once; a reason that nobody has is refused."""
    codes = {term.kode for term in terms}
    asked: set[str] = set()
    for number, question in enumerate(questions):
        for place, code in enumerate(question.kode):
            path = ("prelist", "pertanyaan", number, "kode", place)
            if code not in codes:
                meant = nearest(code, codes)
                cure = f"mungkin maksudnya '{meant}'" if meant else "pakai id aturan, bendera_<bukti>, tanpa_program_<sebab>"
                raise source.error(path, f"alasan '{code[:40]}' tidak dikenal", cure)
            if code in asked:
                raise source.error(path, f"alasan '{code[:40]}' punya dua pertanyaan", "hapus salah satunya")
            asked.add(code)
    silent = sorted({term.kode for term in terms if term.saluran == VISIT} - asked)
    if silent:
        raise source.error(
            ("prelist", "pertanyaan"),
            f"alasan kunjungan tanpa pertanyaan: {', '.join(silent[:5])}",
            "tulis kode itu di 'kode' salah satu pertanyaan, atau id pertanyaannya di 'pertanyaan' aturan itu",
        )


def _contract_terms(contract: Contract, rules: FieldRules) -> list[Term]:
    """Terms of a contract's own rules and, for a program, of each evidence against its recipients."""
    terms = []
    for rule in contract.rules:
        terms.append(_term(contract, rule.id, rule, rule.definisi, rules, level=rule.level))
    if contract.kind == "program":
        for item in rules.measured:
            told = f"Bendera pada penerima, hanya untuk diperiksa: {item.keterangan}"
            terms.append(_term(contract, "bendera_" + item.id, item, told, rules))
    return terms


def _term(
    contract: Contract | None, code: str, entry: Cause | Rule, told: str, rules: FieldRules, *, level: str = "peringatan"
) -> Term:
    """A visit is owned by the first named agency that visits (by `petugas` where none is named), a fault at the source by its
    producer; the others help. Every agency stands under its short name, once.
    """
    named = [contract.agency if contract and agency in PRODUCER_WORDS else agency for agency in entry.penanggung_jawab]
    asked = set(entry.penanggung_jawab) & set(rules.pelaku)
    own = entry.saluran if isinstance(entry, Cause) else None
    visit = own == VISIT if own else bool(asked) or entry.tindak_lanjut in rules.tindak_lanjut
    first = asked or set(rules.petugas) if visit else {contract.agency} if contract else set()
    named = sorted(dict.fromkeys([*named, *sorted(first - set(named))]), key=lambda one: one not in first)
    return Term(
        producer=contract.id if contract else None,
        kode=code,
        level=level,
        keterangan=told,
        tindak_lanjut=entry.tindak_lanjut,
        pemilik=named[0],
        pemilik_sumber=contract.agency if contract else named[0],
        pendukung="; ".join(named[1:]) or None,
        hari=entry.hari,
        saluran=VISIT if visit else AT_SOURCE,
    )


class _Resolver:
    """Fills what the file leaves to `sasaran.yaml` (parameters) and `rules.yaml` (terms)."""

    def __init__(self, source: YamlSource, criteria: Criteria, catalogue: Mapping[str, Rule]) -> None:
        self.source, self.parameters, self.catalogue = source, criteria.values, catalogue
        self.lists = {item.daftar for item in criteria.kriteria}

    def predicate(self, path: FieldPath, text: str) -> str:
        known = self.parameters
        return filled(read_predicate(self.source, path, text, known, "isi parameter itu di sasaran.yaml"), known)

    def cause(self, path: FieldPath, item: Cause) -> Cause:
        if item.berlaku is None:
            return item
        return item.model_copy(update={"berlaku": self.predicate((*path, "berlaku"), item.berlaku)})

    def evidence(self, path: FieldPath, item: _EvidenceLine) -> Evidence | Unmeasured:
        measures = item.aturan or item.berlaku
        if item.tidakDiukur:
            if measures:
                raise self.source.error((*path, "tidakDiukur"), "bukti diukur dan tidak diukur", "hapus salah satunya")
            return Unmeasured(id=item.id, keterangan=item.keterangan, tidak_diukur=item.tidakDiukur)
        if not measures:
            raise self.source.error(
                path, "bukti tanpa 'aturan' dan 'berlaku'", "isi salah satunya, atau tidakDiukur dengan alasannya"
            )
        self.known((*path, "aturan"), item.aturan)
        first = self.catalogue[item.aturan[0]] if item.aturan else None  # its words, unless the evidence has its own
        action = item.tindakLanjut or (first.tindak_lanjut if first else None)
        owners = item.penanggungJawab or (first.penanggung_jawab if first else None)
        days = item.hari or (first.hari if first else None)
        if action is None or owners is None or days is None:
            name = "tindakLanjut" if action is None else "penanggungJawab" if owners is None else "hari"
            raise self.source.error((*path, name), f"isian '{name}' belum ada", f"isi '{name}', karena bukti tanpa aturan")
        return Evidence(
            id=item.id,
            keterangan=item.keterangan,
            tindak_lanjut=action,
            penanggung_jawab=owners,
            hari=days,
            berlaku=None if item.berlaku is None else self.predicate((*path, "berlaku"), item.berlaku),
            aturan=item.aturan,
        )

    def answer(self, path: FieldPath, item: Answer, evidence: tuple[_EvidenceLine, ...]) -> Answer:
        self.known((*path, "aturan"), item.aturan)
        against = {name for line in evidence for name in line.aturan}
        for index, name in enumerate(item.aturan):
            if name in against and not item.selain_program:
                cause = f"aturan '{name[:40]}' adalah bukti yang memberatkan; yang menjawabnya hanya lapangan"
                cure = "hapus dari 'terjawab', atau tulis selainProgram: true"
                raise self.source.error((*path, "aturan", index), cause, cure)
        return item.model_copy(update={"berlaku": self.predicate((*path, "berlaku"), item.berlaku)})

    def candidate(self, path: FieldPath, item: Cause) -> Cause:
        if item.id not in self.lists:
            cure = f"pakai nama daftar dari sasaran.yaml: {', '.join(sorted(self.lists))}"
            raise self.source.error((*path, "id"), f"daftar '{item.id[:40]}' tidak dikenal", cure)
        return item

    def group(self, path: FieldPath, item: Group) -> Group:
        return item.model_copy(update={"berlaku": self.predicate((*path, "berlaku"), item.berlaku)})

    def document(self, item: _Document) -> Evidence:
        self.known(("tanpaDokumen", "aturan"), item.aturan)
        return Evidence(**dict(self.cause(("tanpaDokumen",), item)))

    def paper(self, path: FieldPath, item: Document) -> Document:
        if bool(item.aturan) == (item.kolom is not None):
            raise self.source.error(path, "dokumen diukur oleh aturan dan kolom, atau tidak keduanya", "isi salah satunya")
        self.known((*path, "aturan"), item.aturan)
        return item

    def known(self, path: FieldPath, ids: tuple[str, ...]) -> None:
        for index, name in enumerate(ids):
            if name not in self.catalogue:
                meant = nearest(name, self.catalogue)
                cure = f"mungkin maksudnya '{meant}'" if meant else "pakai id dari expectations/rules.yaml"
                raise self.source.error((*path, index), f"aturan '{name[:40]}' tidak dikenal", cure)
