"""The year's data plan: decree dates, berita acara, agreed variables and agreements, from `expectations/plans/<year>.yaml`.

What a producer owes and in which form stands in its contract; whether plan and contracts agree is asked in `plan_check`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, ValidationInfo, field_validator

from padanan.base.config import Config, Filled, Listed, Text, Version, fault, typed
from padanan.base.errors import PadananError
from padanan.base.period import Periode
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import expectations_dir
from padanan.contracts.criteria import Agreed, Choices

ALL_COLUMNS = "semua"


def _ordered(end: date, info: ValidationInfo, start: str, cause: str) -> date:
    if start in info.data and end < info.data[start]:
        raise fault(cause, "perbaiki tanggalnya")
    return end


class Agreement(Config):
    """An agreement under which a registry may be read."""

    number: Text = Field(validation_alias="nomor")
    valid_from: date = Field(validation_alias="berlakuDari", examples=["2025-12-01"])
    valid_to: date = Field(validation_alias="berlakuSampai", examples=["2027-01-31"])

    @field_validator("valid_to")
    @classmethod
    def _after_begin(cls, end: date, info: ValidationInfo) -> date:
        return _ordered(end, info, "valid_from", "perjanjian berakhir sebelum mulai")

    def valid_on(self, day: date) -> bool:
        """Whether the agreement covers that day, both ends included."""
        return self.valid_from <= day <= self.valid_to


class Party(Config):
    """Who agreed: the institution, its part in the plan, and the office that signs."""

    institution: Text = Field(validation_alias="lembaga")
    role: Text = Field(validation_alias="peran", examples=["produsen data"])
    office: Text = Field(validation_alias="jabatan", examples=["Kepala Dinas"])


class Activity(Config):
    """One line of the year's timeline; `basis` is the paragraph that asks for it."""

    name: Text = Field(validation_alias="kegiatan")
    start: date = Field(validation_alias="mulai", examples=["2026-04-01"])
    end: date = Field(validation_alias="selesai", examples=["2026-04-30"])
    owner: Text = Field(validation_alias="penanggungJawab")
    basis: Text = Field(validation_alias="dasar", examples=['"§3.1.4.b"'])

    @field_validator("end")
    @classmethod
    def _after_begin(cls, end: date, info: ValidationInfo) -> date:
        return _ordered(end, info, "start", "kegiatan selesai sebelum mulai")


class Minutes(Config):
    """The berita acara by which the plan was agreed."""

    number: Text = Field(validation_alias="nomor", examples=["BA-1/2025/TKPK"])
    day: date = Field(validation_alias="tanggal", examples=["2025-11-28"])
    place: Text = Field(default="Jakarta", validation_alias="tempat")


def _once_each(names: tuple[str, ...]) -> tuple[str, ...]:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise fault("satu hal tertulis dua kali", "hapus yang berulang", at=(index,))
    return names


Names = Annotated[Filled[Text], AfterValidator(_once_each)]
Columns = Annotated[Names, BeforeValidator(lambda value: [ALL_COLUMNS] if value == ALL_COLUMNS else value)]


class Needs(Config):
    """What dashboard and field verification need (§3.1.3.1.b)."""

    dashboard: Names = ()
    verifikasi_lapangan: Names = Field(default=(), validation_alias="verifikasiLapangan")


class AgreedCriteria(Choices):
    """What TKPK agreed about the data sasaran of the year; each field takes the place of its default in sasaran.yaml."""

    minutes: Minutes = Field(validation_alias="beritaAcara", examples=["{nomor: BA-2/2025/TKPK, tanggal: 2025-11-28}"])
    example: bool = Field(default=False, validation_alias="contoh")

    @property
    def values(self) -> dict[str, Any]:
        """By the names of `Criteria`."""
        own = {name: getattr(self, name) for name in type(self).model_fields if name not in ("minutes", "example")}
        return {**own, "disepakati": Agreed(nomor=self.minutes.number, tanggal=self.minutes.day)}


class YearPlan(Config):
    """What TKPK and the producers agreed for one year (§3.1.3.1).

    Attributes:
        decree_dates: planned day of each period's decree, by label.
        agreements: by contract id.
        meetings: planned days of the rakor (§3.2.2.b), in order.
        criteria: the criteria of the data sasaran; without them no penetapan of the year is possible.
        legal_bases: what the year's decrees cite besides `dasar_hukum.yaml`.
        variables: agreed columns by contract id; `("semua",)` means every column of the contract.
    """

    year: int = Field(validation_alias="tahun", ge=2000, le=2200, examples=[2026])
    version: Version = Field(examples=["1.0.0"])
    minutes: Minutes = Field(validation_alias="beritaAcara", examples=["{nomor: BA-1/2025/TKPK, tanggal: 2025-11-28}"])
    decree_dates: dict[str, date] = Field(validation_alias="penetapan", min_length=1, examples=["{2026-S1: 2026-06-30}"])
    agreements: dict[str, Agreement] = Field(default_factory=dict, validation_alias="perjanjian")
    parties: Listed[Party] = Field(default=(), validation_alias="pihak")
    timeline: Listed[Activity] = Field(default=(), validation_alias="jadwal")
    meetings: Listed[date] = Field(default=(), validation_alias="rakor")
    variables: dict[str, Columns] = Field(default_factory=dict, validation_alias="variabel")
    needs: Needs = Field(default=Needs(), validation_alias="kebutuhan")
    criteria: AgreedCriteria | None = Field(default=None, validation_alias="kriteria")
    legal_bases: Listed[Text] = Field(
        default=(), validation_alias="dasarHukum", examples=["[Peraturan Gubernur Nomor 1 Tahun 2026 …]"]
    )
    _path: Path = PrivateAttr(default_factory=Path)

    @field_validator("decree_dates")
    @classmethod
    def _of_this_year(cls, given: dict[str, date], info: ValidationInfo) -> dict[str, date]:
        year = info.data.get("year")
        found = {}
        for label, day in given.items():
            try:
                periode = Periode.parse(label)
            except PadananError as error:
                raise fault(error.cause, f"tulis {year or 'tahun'}-S1 atau {year or 'tahun'}-S2", at=(label,)) from None
            if year is not None and periode.year != year:
                raise fault(f"periode {periode} bukan dari tahun {year}", "pindahkan ke rencana tahunnya", at=(label,))
            found[periode.label] = day
        return found

    @field_validator("meetings")
    @classmethod
    def _in_order(cls, days: tuple[date, ...]) -> tuple[date, ...]:
        return tuple(sorted(days))

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self._path

    @property
    def counts(self) -> bool:
        """Whether it was agreed before its year began (F01, §3.1.3.1.c)."""
        return self.minutes.day < date(self.year, 1, 1)

    def decree_date(self, periode: Periode) -> date:
        """The planned day of the period's decree."""
        return self.decree_dates.get(periode.label, periode.end)

    def agreed(self, periode: Periode, *, demo: bool) -> dict[str, Any] | None:
        """The agreed criteria of a period, by the names of `Criteria`; None where there are none that count.

        An agreement counts from its day on, so one of after the planned decree is none; an example counts in a demo's home only.
        """
        found = self.criteria
        if found is None or (found.example and not demo) or found.minutes.day > self.decree_date(periode):
            return None
        return found.values

    @property
    def last_periode(self) -> Periode:
        """The last period of the year that has a decree date."""
        return max((Periode.parse(label) for label in self.decree_dates), default=Periode(self.year, 2))


def load_plans(folder: Path | None = None) -> dict[int, YearPlan]:
    """Every year's plan that counts: one agreed in or after its own year is as good as none (F01).

    Raises:
        ContractError: a plan misses a field or holds one that can't be read; file, line and field are named.
    """
    return {year: plan for year, plan in all_plans(folder).items() if plan.counts}


def all_plans(folder: Path | None = None) -> dict[int, YearPlan]:
    """Every year's plan on file, also those agreed too late; see `load_plans`."""
    plans: dict[int, YearPlan] = {}
    for path in sorted(((folder or expectations_dir()) / "plans").glob("*.yaml")):
        source = YamlSource(path)
        plan = typed(source, YearPlan)
        plan._path = path
        if plan.year in plans:
            raise source.error(("tahun",), f"tahun {plan.year} punya dua rencana data", f"hapus {path.name} atau ubah tahunnya")
        plans[plan.year] = plan
    return plans


def late_minutes(source: YamlSource, plan: YearPlan) -> Exception:
    """The fault of a plan that was agreed after its year began."""
    return source.error(
        ("beritaAcara", "tanggal"),
        f"rencana data {plan.year} disepakati {plan.minutes.day.isoformat()}, setelah tahunnya mulai, jadi tidak berlaku",
        f"pakai berita acara yang bertanggal sebelum 1 Januari {plan.year}",
    )
