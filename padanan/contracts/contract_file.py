"""What a contract file and the code lists may say (ODCS v3.1), as pydantic models; unknown fields are refused.

A new property of contracts is one line of `Properties`; what it means stands where it is used.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from padanan.base.config import Config, Day, Filled, Listed, Prose, Share, Text, Version, fault
from padanan.base.yaml_source import YamlSource
from padanan.contracts.agencies import known_agency
from padanan.contracts.blanks import Blanks
from padanan.contracts.rule_use import QualityLine
from padanan.contracts.rules import Kind, Unit

Classification = Literal["umum", "pribadi", "spesifik"]
Type = Literal["string", "integer", "number", "date", "boolean"]
CLASSIFICATIONS, TYPES = get_args(Classification), get_args(Type)
CADENCES = {"bulanan": 1, "triwulanan": 3, "semesteran": 6, "tahunan": 12}
"""How often a producer delivers, in months."""
# Columns whose values are codes: a contract must name their list and code system (Perpres 39/2019).
CODED = ("jenis_kelamin", "shdk", "status_dasar", "status", "status_kawin", "kelompok_umur")
NAME = r"^[a-z][a-z0-9_]*$"


Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", examples=['"2025-01"'])]


class CodeList(Config):
    """What producers write (compared in upper case, trimmed) and the standard value of each."""

    sistem: Text
    nilai: dict[Text, Text]


class CodeLists(Config):
    """`expectations/code_lists.yaml`."""

    version: Version
    kosong: Blanks
    lists: dict[Text, CodeList]


class ColumnProperties(Config):
    """`customProperties` of a column."""

    namaLain: Listed[Text] = ()
    daftarKode: Text | None = None
    sistemKode: Text | None = None
    formatTanggal: Text | None = None
    teksId: bool | None = None


class Form(Config):
    """`bentuk`: how deliveries look."""

    jenis: Text | Listed[Text]
    pola_nama: Text | None = None
    pemisah: str | None = None
    kutip: str | None = None
    baris_judul: int | Literal["cari"] | None = None
    lembar: Text | None = None
    bagian: Text | None = None
    encoding_petunjuk: Text | None = None
    skema: Text | None = None
    kueri: str | None = None
    tabel: Text | None = None
    url_env: Listed[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]] = ()


class Deadline(Config):
    """`tenggat`: when a delivery is due."""

    bulanSebelumPenetapan: Annotated[int, Field(ge=0, le=12)] | None = None
    tanggalBulanan: Annotated[int, Field(ge=1, le=31)] | None = None
    dasar: Text | None = None


class Program(Config):
    """`program`: what a program pays, when, and beside which others it may not be received."""

    asal: Literal["daerah", "pusat"] = "daerah"
    mulai: Month
    akhir: Month
    nominalMaks: Annotated[int, Field(ge=0)]
    tidakBersama: Listed[Text] = ()
    menyampaikanPemohon: bool = False
    # False where being served says nothing of poverty (a card by age, training for business).
    kemiskinan: bool = True


class Tolerance(Config):
    """`toleransi`: the share of change in rows from which a delivery is warned about or held."""

    peringatan: Share | None = None
    tahan: Share | None = None


class OwnReading(Config):
    """`pembaca`: where a producer's files need more than `delivery.yaml` gives the process that opens them."""

    memoriMib: Annotated[int, Field(ge=256)] | None = None
    cpuDetik: Annotated[float, Field(ge=0)] | None = None
    cpuDetikPerMib: Annotated[float, Field(ge=0)] | None = None
    waktuDetik: Annotated[float, Field(ge=0)] | None = None
    waktuDetikPerMib: Annotated[float, Field(ge=0)] | None = None
    tulisMib: Annotated[int, Field(ge=1)] | None = None
    kaliBesarnya: Annotated[int, Field(ge=1)] | None = None
    selTerpanjangKib: Annotated[int, Field(ge=1)] | None = None


AgencyId = Annotated[Text, AfterValidator(known_agency)]


class Properties(Config):
    """`customProperties` of a contract, by name."""

    # Who delivers, whose data they are where another agency made them, through whom and together with whom they come.
    instansi: AgencyId
    dari: Listed[AgencyId] = ()
    melalui: AgencyId | None = None
    bersama: Listed[AgencyId] = ()
    dasarHukum: Prose
    satuan: Unit
    jenis: Kind
    berlakuDari: Day
    berlakuSampai: Day | None = None
    tenggat: Deadline = Deadline()
    bentuk: Form
    kunciEntitas: Filled[Text]
    kunciKeluarga: Text | None = None
    keluargaLengkap: bool = False
    usiaTerbesar: Annotated[int, Field(ge=1, le=120)] | None = None
    perjanjian: Literal["wajib"] | None = None
    program: Program | None = None
    toleransi: Tolerance = Tolerance()
    pembaca: OwnReading | None = None
    # The part that a contract plays among the others: read and checked in `parts`.
    peran: Any = None
    registri: Any = None
    pasangan: Any = None
    modelStaging: Any = None

    @model_validator(mode="after")
    def _a_program_says_so(self) -> Properties:
        if self.jenis == "program" and self.program is None:
            raise fault("program tanpa isian 'program'", "isi program: {asal, mulai, akhir, nominalMaks}")
        return self


class ColumnLine(Config):
    """An agreed column of `schema[0].properties`."""

    name: Annotated[str, Field(pattern=NAME)]
    physicalName: Text | None = None
    logicalType: Type = "string"
    required: bool = False
    classification: Classification
    description: Prose
    customProperties: ColumnProperties = ColumnProperties()

    @field_validator("customProperties", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        return by_name(value)

    @model_validator(mode="after")
    def _codes_are_named(self, info: ValidationInfo) -> ColumnLine:
        custom, lists = self.customProperties, (info.context or {}).get("lists", {})
        at = ("customProperties",)
        if self.name in CODED and not custom.daftarKode:
            raise fault(f"kolom {self.name} tanpa daftar kode", "isi customProperties daftarKode", at=at)
        if custom.daftarKode and custom.daftarKode not in lists:
            raise fault(
                f"daftar kode '{custom.daftarKode[:40]}' tidak ada", "pakai daftar di expectations/code_lists.yaml", at=at
            )
        if self.name.startswith("kode_") and not (custom.sistemKode or custom.daftarKode):
            raise fault(f"kolom {self.name} tanpa sistem kode", "isi customProperties sistemKode: Kemendagri atau BPS", at=at)
        return self


class Table(Config):
    """The one entry of `schema`."""

    name: Text
    physicalName: Text | None = None
    logicalType: Text | None = None
    physicalType: Text | None = None
    description: Prose | None = None
    properties: Filled[ColumnLine]
    quality: Listed[QualityLine] = ()

    @model_validator(mode="after")
    def _columns_once(self) -> Table:
        names = [column.name for column in self.properties]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise fault(f"kolom {name} tertulis dua kali", "hapus salah satunya", at=("properties", index))
        return self


class Description(Config):
    """`description` of a contract."""

    purpose: Prose
    limitations: Prose | None = None
    usage: Prose | None = None


class Retention(Config):
    """The service level `retention`: how long raw deliveries are kept."""

    value: int | Text
    unit: Text | None = None


class Frequency(Config):
    """The service level `frequency`: how often a producer delivers."""

    value: Literal["bulanan", "triwulanan", "semesteran", "tahunan"]


class ServiceLevels(Config):
    """`slaProperties`, by name."""

    frequency: Frequency
    retention: Retention


class ContractFile(Config):
    """A file of `expectations/contracts/`."""

    apiVersion: Literal["v3.1.0"]
    kind: Literal["DataContract"]
    id: Annotated[str, Field(pattern=NAME)]
    name: Prose
    version: Version
    status: Text | None = None
    domain: Text | None = None
    tenant: Text | None = None
    description: Description
    table: Annotated[tuple[Table], Field(strict=False, validation_alias="schema")]
    slaProperties: ServiceLevels
    customProperties: Properties

    @field_validator("customProperties", mode="before")
    @classmethod
    def _custom_by_name(cls, value: Any) -> Any:
        return by_name(value)

    @field_validator("slaProperties", mode="before")
    @classmethod
    def _levels_by_name(cls, value: Any) -> Any:
        levels = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
        return {item.get("property"): {key: part for key, part in item.items() if key != "property"} for item in levels}


def by_name(items: Any) -> Any:
    """ODCS's list of `{property, value}` as a mapping; anything else is left for the model to refuse."""
    if not isinstance(items, list):
        return items
    found: dict[Any, Any] = {}
    for index, item in enumerate(items):
        if not isinstance(item, dict) or set(item) - {"property", "value"} or not isinstance(item.get("property"), str):
            raise fault("isian bukan {property, value}", "tulis {property: <nama>, value: <nilai>}", at=(index,))
        if item["property"] in found:
            raise fault(f"isian '{item['property'][:40]}' tertulis dua kali", "hapus salah satunya", at=(index,))
        found[item["property"]] = item.get("value")
    return found


def known_by_name(source: YamlSource) -> None:
    """Lets messages find the line of a property by its name, as the models call it."""
    source.also_by_name(("customProperties",), "property", "value")
    source.also_by_name(("slaProperties",), "property", None)
    for index, column in enumerate(_columns(source.data)):
        if isinstance(column, dict) and column.get("customProperties"):
            source.also_by_name(("schema", 0, "properties", index, "customProperties"), "property", "value")


def _columns(data: Any) -> list[Any]:
    try:
        return list(data["schema"][0]["properties"])
    except (KeyError, IndexError, TypeError):
        return []
