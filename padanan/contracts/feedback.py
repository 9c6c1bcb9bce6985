"""What comes back from the field: its contracts (`expectations/umpan_balik/`), how their rows become events, what may be wrong.

Taking a delivery of them in is `padanan/feedback`'s work; registers and programs are `contract`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from padanan.base.by_content import by_content
from padanan.base.config import Config, Count, Listed, Prose, Share, Text, Version, fault, read_config
from padanan.base.errors import ContractError
from padanan.base.yaml_source import YamlSource
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import FEEDBACK, Contract, expectations_dir, load_contract, load_contracts
from padanan.contracts.contract_file import AgencyId, CodeLists
from padanan.contracts.rules import Owners, RulePredicate, read_catalogue

NEWCOMERS = "warga_baru"
"""The contract of people whom only the field knows, and how a record of the padanan says that it is theirs (`producer`)."""
REFUSED, DISPUTED, LOOK = "tolak", "sengketa", "periksa"
Outcome = Literal["tolak", "sengketa", "periksa"]
EXTRA = (
    "diterima", "awal", "akhir", "dikenal", "cara", "orang_lahir", "nama_beda", "lahir_beda", "orang_lain", "mati_pada",
    "nomor_n", "nomor_lama", "kelurahan_ada", "program_ada", "nominal_maks", "bayar_lain", "sehari_lain", "batal_ada",
    "batal_lain",
)  # fmt: skip
"""What a predicate may ask besides the contract's own columns."""


class EventOf(Config):
    """How a row of one contract becomes an event; each is SQL over the typed row.

    `melepas` is what would take a person off the list: then the name must agree by itself, for a NIK holds the birth date, and
    whose NIK differs in one digit was often born on the same day.
    """

    hasil: RulePredicate
    melepas: RulePredicate | None = None
    instansi: RulePredicate | None = None
    nilai: RulePredicate | None = None
    sifat: RulePredicate | None = None
    orang: bool = True


class Channel(Config):
    """A channel of complaints (§3.5.c–d): who answers for it, and how many days the disposition and the answer may take."""

    nama: Text
    pemilik: Text
    lokasi: bool = False
    disposisiHari: Count
    jawabHari: Count


class Opening(Config):
    """What opens a line of the prelist (F24): an event, in words, who goes there, how soon, whether a musyawarah must follow."""

    dari: RulePredicate
    alasan: Text
    pelaku: Owners
    hari: Count
    prioritas: Annotated[int, Field(ge=1, le=9)]
    muskel: bool = False


class Newcomers(Config):
    """How newcomers are compared: the share of them of whom no register is expected to know (0..1)."""

    tanpaOrang: Share


class Objections(Config):
    """Usul-sanggah: so many days until a reasoned answer."""

    hari: Count


HANDED_COLUMNS = ("id_serah", "nik", "no_kk", "nama", "tgl_lahir", "jk", "alamat", "rt", "rw", "kode_kelurahan")


class Ranking(Config):
    """Who ranks (F31), and the headings of the file that goes to them, by standard column."""

    lembaga: AgencyId
    kolom: dict[Literal[HANDED_COLUMNS], Text]  # type: ignore[valid-type]

    @field_validator("kolom")
    @classmethod
    def _comes_back(cls, columns: dict[str, str]) -> dict[str, str]:
        if "id_serah" not in columns:
            raise fault("berkas tanpa id_serah", "tulis id_serah: tanpa itu balikannya tidak dapat dipasangkan")
        return columns


class RowRule(Config):
    """What may be wrong with a row: where it is asked, when it is so, what follows, and what the sender does."""

    kolom: Listed[Text] = ()
    untuk: Listed[Text] = ()
    kecuali: Listed[Text] = ()
    gagal: RulePredicate
    akibat: Outcome
    antarPeristiwa: bool = False
    sebab: Prose
    perbaikan: Prose

    def concerns(self, contract: Contract) -> bool:
        """Whether the rule is asked of a contract's rows."""
        if contract.id in self.kecuali or (self.untuk and contract.id not in self.untuk):
            return False
        return set(self.kolom) <= set(contract.column_names)


class FeedbackCatalogue(Config):
    """`expectations/umpan_balik.yaml`."""

    version: Version
    peristiwa: dict[Text, EventOf]
    kanal: dict[Text, Channel]
    garis: dict[Text, Opening]
    hasilBerlakuHari: Count
    warga_baru: Newcomers
    usul_sanggah: Objections
    pemeringkatan: Ranking
    aturan: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], RowRule]

    def rules(self, contract: Contract) -> dict[str, RowRule]:
        """The rules that are asked of a contract's rows, in the order of the file."""
        return {name: rule for name, rule in self.aturan.items() if rule.concerns(contract)}

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """The channels' codes."""
        return tuple(self.kanal)


@by_content(expectations_dir)
def load_feedback(base: Path) -> dict[str, Contract]:
    """The contracts of what comes back, by id; in form and reading they are contracts like any other.

    Raises:
        ContractError: naming file, line and field of the first fault.
    """
    lists = read_config(base / "code_lists.yaml", CodeLists).lists
    agencies = load_agencies(base)
    found = {}
    for path in sorted((base / FEEDBACK).glob("*.yaml")):
        # Rules of the catalogue speak of registers' staging rows; those of feedback stand in umpan_balik.yaml.
        contract = load_contract(path, {}, lists, agencies)
        if contract.kind != FEEDBACK:
            raise YamlSource(path).error(("customProperties", "jenis"), "bukan umpan balik", f"tulis jenis: {FEEDBACK}")
        found[contract.id] = contract
    return found


def load_newcomers(folder: Path | None = None) -> Contract:
    """`warga_baru.yaml`: as what a run reads the people whom the field found and no register names; nobody delivers by it.

    Raises:
        ContractError: naming file, line and field of the first fault.
    """
    base = folder or expectations_dir()
    lists = read_config(base / "code_lists.yaml", CodeLists).lists
    return load_contract(base / f"{NEWCOMERS}.yaml", read_catalogue(base).rules, lists, load_agencies(base))


def load_deliverable(folder: Path | None = None) -> dict[str, Contract]:
    """Every contract somebody may deliver by: those of registers and programs, and those of feedback.

    Raises:
        ContractError: two contracts share an id, or see `load_contracts`.
    """
    registers, feedback = load_contracts(folder), load_feedback(folder)
    if both := sorted(registers.keys() & feedback.keys()):
        raise ContractError(f"id kontrak {both[0]} dipakai dua kali", file=feedback[both[0]].path, cure="beri id lain")
    return registers | feedback


def load_catalogue(folder: Path | None = None) -> FeedbackCatalogue:
    """`umpan_balik.yaml`, compared with the contracts.

    Raises:
        ContractError: an unknown or wrong field, a contract without its event, a rule that names an unknown contract or is asked
            of none, a channel of the code list without an owner; with file, line and cure.
    """
    base = folder or expectations_dir()
    path = base / f"{FEEDBACK}.yaml"
    found = read_config(path, FeedbackCatalogue, context=load_agencies(base).context)
    contracts = load_feedback(base)
    source = YamlSource(path)
    for name in sorted(contracts.keys() ^ found.peristiwa.keys()):
        raise source.error(("peristiwa",), f"kontrak {name} dan peristiwanya tidak berpasangan", "tulis keduanya, atau hapus")
    for name, rule in found.aturan.items():
        if strange := sorted({*rule.untuk, *rule.kecuali} - contracts.keys()):
            raise source.error(("aturan", name), f"kontrak {strange[0]} tidak ada", "pakai id di expectations/umpan_balik/")
        if not any(rule.concerns(contract) for contract in contracts.values()):
            raise source.error(("aturan", name), "aturan tidak berlaku untuk kontrak mana pun", "perbaiki kolom atau untuk")
    _check_channels(source, found, contracts)
    return found


def _check_channels(source: YamlSource, found: FeedbackCatalogue, contracts: Mapping[str, Contract]) -> None:
    column = contracts["pengaduan"].column("kanal") if "pengaduan" in contracts else None
    if column is not None and (odd := sorted(set(column.codes.values()) ^ found.kanal.keys())):
        raise source.error(("kanal",), f"kanal {odd[0]} tidak punya pemilik atau tidak ada di daftar kode", "samakan keduanya")
