"""Early warning (F45): which figure tells somebody to look, and from where on, read from `expectations/peringatan.yaml`.

Counting the series and judging them is the work of `padanan/feedback/warning`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from padanan.base.config import Config, Count, Filled, Listed, Prose, Text, Version, fault, read_config
from padanan.base.suppress import LIMIT
from padanan.base.yaml_source import YamlSource
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.field_rules import load_field_rules
from padanan.contracts.rules import Owners

FILE = "peringatan.yaml"
PROVINCE, KOTA, KECAMATAN, KELURAHAN = LEVELS = ("dki", "kota", "kecamatan", "kelurahan")
COUNT, SHARE, PER_THOUSAND, DAYS = "jumlah", "bagian", "per_seribu", "hari"
RISES, FALLS, CHANGES, ABOVE, BELOW = "naik", "turun", "berubah", "di_atas", "di_bawah"
CHANGING = (RISES, FALLS, CHANGES)
"""Ways that look at two points; the others look at one."""


@dataclass(frozen=True)
class SeriesKind:
    """One series: its name in words, at which levels it is counted, how it can be measured, whether it has a point per month."""

    name: str
    levels: tuple[str, ...]
    measures: tuple[str, ...]
    monthly: bool = False


SERIES: Mapping[str, SeriesKind] = {
    "terpilih": SeriesKind("orang dalam data sasaran", (PROVINCE, KOTA, KECAMATAN, KELURAHAN), (COUNT, SHARE)),
    "belum_berdesil": SeriesKind("orang dengan tanda kebutuhan tanpa desil", (PROVINCE,), (COUNT, SHARE)),
    "celah": SeriesKind("catatan yang gagal satu aturan", (PROVINCE, KOTA), (COUNT, SHARE)),
    "tanpa_program": SeriesKind("orang data sasaran yang belum menerima program haknya", (PROVINCE, KOTA), (COUNT, SHARE)),
    "bendera": SeriesKind("penerima dengan bukti yang memberatkan", (PROVINCE, KOTA), (COUNT,)),
    "pemutakhiran": SeriesKind("catatan DTKS yang dimutakhirkan", (PROVINCE, KOTA), (COUNT, SHARE)),
    "kematian_belum_diverifikasi": SeriesKind(
        "kematian tercatat yang belum diverifikasi", (PROVINCE, KOTA, KECAMATAN), (COUNT, SHARE), monthly=True
    ),
    "prelist_terlambat": SeriesKind(
        "baris prelist terbuka yang terlambat", (PROVINCE, KOTA, KECAMATAN), (COUNT, SHARE), monthly=True
    ),
    "pengaduan": SeriesKind("pengaduan sebulan", (PROVINCE, KOTA), (COUNT, PER_THOUSAND), monthly=True),
    "baris_dikembalikan": SeriesKind("baris yang dikembalikan sebulan", (PROVINCE,), (COUNT, SHARE), monthly=True),
    "panti": SeriesKind("penghuni panti", (PROVINCE, KOTA), (COUNT,), monthly=True),
    "tanpa_sosialisasi": SeriesKind("hari sejak sosialisasi terakhir", (KELURAHAN,), (DAYS,), monthly=True),
}
Positive = Annotated[float | int, Field(gt=0)]


class WarningRule(Config):
    """One rule: what is looked at, where, which way, from where on, with how many people behind it, and who looks."""

    keterangan: Prose
    deret: Literal[tuple(SERIES)]  # type: ignore[valid-type]
    ukuran: Literal["jumlah", "bagian", "per_seribu", "hari"]
    menurut: Filled[Literal["dki", "kota", "kecamatan", "kelurahan"]]
    arah: Literal["naik", "turun", "berubah", "di_atas", "di_bawah"]
    ambang: Positive
    dasarMinimal: Annotated[int, Field(ge=LIMIT)]
    bedaMinimal: Count | None = None
    langkah: Positive | None = None
    bagian: Listed[Text] = ()
    pelihat: Owners

    @property
    def series(self) -> SeriesKind:
        """The series that it looks at."""
        return SERIES[self.deret]

    @property
    def changing(self) -> bool:
        """Whether it looks at a point beside the one before."""
        return self.arah in CHANGING

    @model_validator(mode="after")
    def _fits_its_series(self) -> WarningRule:
        if self.ukuran not in self.series.measures:
            raise fault(
                f"deret '{self.deret}' tidak punya ukuran itu", f"pakai {', '.join(self.series.measures)}", at=("ukuran",)
            )
        for place, level in enumerate(self.menurut):
            if level not in self.series.levels:
                raise fault(
                    f"deret '{self.deret}' tidak dihitung menurut {level}",
                    f"pakai {', '.join(self.series.levels)}",
                    at=("menurut", place),
                )
        needed, strange = ("bedaMinimal", "langkah") if self.changing else ("langkah", "bedaMinimal")
        if getattr(self, needed) is None:
            raise fault(f"arah '{self.arah}' tanpa {needed}", f"isi {needed}", at=("arah",))
        if getattr(self, strange) is not None:
            raise fault(f"{strange} tidak dipakai arah '{self.arah}'", f"hapus {strange}", at=(strange,))
        if self.ukuran == COUNT and self.arah == BELOW:
            raise fault("jumlah di bawah ambang tidak dapat dinilai: dasarnya jumlah itu sendiri", f"pakai {FALLS}", at=("arah",))
        if self.ukuran == DAYS and self.changing:
            raise fault("hari hanya dinilai sendiri", f"pakai {ABOVE} atau {BELOW}", at=("arah",))
        return self


class Outreach(Config):
    """F55: after how many months without a session a kelurahan with unserved people is listed, and which cause is told."""

    months: Annotated[int, Field(ge=1, le=60)] = Field(validation_alias="bulan", examples=[6])
    cause: Text = Field(validation_alias="sebab", examples=["belum_mengajukan"])


RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class EarlyWarning(Config):
    """The whole file."""

    version: Version = Field(examples=["1.0.0"])
    months: Annotated[int, Field(ge=2, le=36)] = Field(validation_alias="bulan", examples=[6])
    publications: Annotated[int, Field(ge=2, le=8)] = Field(validation_alias="terbitan", examples=[3])
    outreach: Outreach = Field(validation_alias="sosialisasi")
    rules: dict[RuleId, WarningRule] = Field(validation_alias="aturan", min_length=1)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides which alert there is; words and the version itself aside."""
        told = self.model_dump(mode="json", exclude={"version": True, "rules": {"__all__": {"keterangan", "pelihat"}}})
        return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def load_early_warning(folder: Path | None = None) -> EarlyWarning:
    """The file of an `expectations/` folder; by default `expectations_dir()`.

    Raises:
        ContractError: a field is missing, unknown or wrong, a rule does not fit its series, an agency or cause is unknown; file,
            line and field are named.
    """
    base = folder or expectations_dir()
    found = read_config(base / FILE, EarlyWarning, context=load_agencies(base).context)
    if found.outreach.cause not in (known := [one.id for one in load_field_rules(base).tanpa_program]):
        raise YamlSource(base / FILE).error(("sosialisasi", "sebab"), "sebab tidak dikenal", f"pakai {', '.join(known)}")
    return found
