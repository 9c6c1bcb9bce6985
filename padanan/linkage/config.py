"""The linkage's parameters as one frozen object read from `expectations/linkage.yaml`.

What the parameters do belongs to the modules that use them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator

from padanan.base.config import Config, Count, Filled, Listed, Share, Text, Version, fault, nearest, read_config
from padanan.linkage.levels import COLUMNS

DEFAULT_PATH = Path(__file__).resolve().parents[2] / "expectations" / "linkage.yaml"
ModelName = Literal["fellegi_sunter", "logistik"]
MODELS: tuple[ModelName, ...] = ("fellegi_sunter", "logistik")
LEVELS = {column.name: column.levels[1:] for column in COLUMNS}

Positive = Annotated[float, Field(gt=0)]
Falling = Annotated[tuple[float, float], Field(strict=False)]
"""Two numbers, the higher first."""


def _falls(pair: tuple[float, ...]) -> tuple[float, ...]:
    if list(pair) != sorted(pair, reverse=True):
        raise fault("angkanya tidak menurun", "tulis yang terbesar lebih dahulu, misalnya [0.92, 0.75]")
    return pair


def _known(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Comparisons and levels by their names: a misspelt one would weigh nothing and nobody would know."""
    for name, levels in given.items():
        _one_of(name, LEVELS, "perbandingan", (name,))
        for level in levels:
            _one_of(level, LEVELS[name], f"tingkat {name}", (name, level) if isinstance(levels, dict) else (name,))
    return given


def _one_of(name: str, known: Mapping[str, Any] | tuple[str, ...], what: str, at: tuple[str, ...]) -> None:
    if name not in known:
        meant = nearest(name, known)
        cure = f"mungkin maksudnya '{meant}'" if meant else f"pakai {', '.join(known)}"
        raise fault(f"{what} '{name[:40]}' tidak dikenal", cure, at=at)


Jaro = Annotated[Falling, AfterValidator(_falls)]
Limits = Annotated[Filled[float], Field(max_length=6), AfterValidator(_falls)]
LevelShares = Annotated[dict[str, dict[str, Share]], AfterValidator(_known)]
LevelNames = Annotated[dict[str, Listed[Text]], AfterValidator(_known)]


class PlugIn(Config):
    """One comparison of the user's own: a `BaseCompareFeature` class, its column and its level limits.

    `limits` are descending similarities: a pair at or above the first has level 1, and so on; below all, the last.
    """

    path: Text = Field(validation_alias="kelas", examples=["recordlinkage.compare:String"])
    label: Text
    column: Text = Field(validation_alias="kolom")
    arguments: dict[str, Any] = Field(default_factory=dict, validation_alias="argumen")
    limits: Annotated[Filled[float], Field(max_length=6), AfterValidator(_falls)] = Field(
        default=(0.92, 0.75), validation_alias="batas"
    )

    @field_validator("path")
    @classmethod
    def _module_and_class(cls, path: str) -> str:
        if ":" not in path:
            raise fault("kelas harus ditulis modul:Kelas", "contoh recordlinkage.compare:String")
        return path


class _Blocking(Config):
    block_cap: Count = Field(default=300, validation_alias="batas_blok")
    candidates_per_record: Count = Field(default=250, validation_alias="calon_per_rekaman")
    small_register: int = Field(default=50_000, validation_alias="acuan_kecil", ge=0)


class _Comparison(Config):
    name_jw: Jaro = Field(default=(0.93, 0.85), validation_alias="nama_jw")
    mother_jw: Jaro = Field(default=(0.92, 0.80), validation_alias="ibu_jw")
    plug_ins: Listed[PlugIn] = Field(default=(), validation_alias="tambahan")


class _Model(Config):
    models: Filled[ModelName] = Field(default=MODELS, validation_alias="calon_model")
    logistic_margin: float = Field(default=0.003, validation_alias="unggul_minimum")
    training_max: Count = Field(default=10_000, validation_alias="latihan_maksimum")
    training_min: Count = Field(default=200, validation_alias="latihan_minimum")
    training_own: Count = Field(default=1_000, validation_alias="latihan_sendiri")
    smoothing: Positive = Field(default=0.5, validation_alias="pelunakan")
    iterations: Count = Field(default=60, validation_alias="iterasi")
    tolerance: Positive = Field(default=1e-5, validation_alias="toleransi")
    rarity_max: float = Field(default=6.0, validation_alias="kelangkaan_maksimum", ge=0)
    fit_share: Share = Field(default=0.5, validation_alias="bagi_latih")
    m_start: LevelShares = Field(default_factory=dict, validation_alias="m_awal")
    m_strength: float = Field(default=50.0, validation_alias="m_awal_bobot", ge=0)
    kin_share: LevelShares = Field(default_factory=dict, validation_alias="serumah")
    refused: LevelNames = Field(default_factory=dict, validation_alias="ditolak_tahap1")


class _Thresholds(Config):
    precision: Share = Field(default=0.995, validation_alias="presisi_otomatis")
    precision_guard: Share = Field(default=0.0015, validation_alias="jaga_presisi")
    absent_matched: Share = Field(default=0.002, validation_alias="tanpa_orang_padan")
    absent_share: Share = Field(default=0.10, validation_alias="tanpa_orang")
    automatic_probability: Share = Field(default=0.98, validation_alias="peluang_otomatis")
    answers_min: Count = Field(default=20, validation_alias="keputusan_minimum")
    answer_strength: Positive = Field(default=20.0, validation_alias="keputusan_setara")
    unlabelled_upper: Share = Field(default=0.999, validation_alias="tanpa_label_otomatis")
    unlabelled_lower: Share = Field(default=0.5, validation_alias="tanpa_label_klerikal")
    keep_floor: float = Field(default=-8.0, validation_alias="lantai_simpan")
    keep_per_record: Count = Field(default=5, validation_alias="simpan_per_rekaman")


class _Households(Config):
    household_rounds: int = Field(default=2, validation_alias="putaran", ge=0)
    same_card_bits: float = Field(default=4.0, validation_alias="sekartu_bit")
    other_card_bits: float = Field(default=-7.0, validation_alias="kartu_lain_bit")
    household_bits: Annotated[Falling, AfterValidator(_falls)] = Field(default=(6.0, -8.0), validation_alias="batas_bit")
    card_candidates: Count = Field(default=30, validation_alias="calon_per_kartu")


class _Clusters(Config):
    cluster_probability: Share = Field(default=0.995, validation_alias="peluang")
    cluster_possible: Share = Field(default=0.5, validation_alias="kemungkinan")
    double_probability: Share = Field(default=0.9, validation_alias="ganda_adminduk")


class _Fairness(Config):
    group_min: Count = Field(default=200, validation_alias="n_minimum")
    group_points: float = Field(default=5.0, validation_alias="selisih_poin", ge=0)


class _Checks(Config):
    completeness_min: Share = Field(default=0.95, validation_alias="kelengkapan_minimum")
    precision_min: Share = Field(default=0.995, validation_alias="presisi_minimum")


class _Resources(Config):
    memory: Text = Field(default="4GB", validation_alias="memori", pattern=r"^\d+(\.\d+)?\s?[KMGT]i?B$", examples=["4GB"])
    threads: Count = Field(default=2, validation_alias="utas")


class LinkageConfig(_Blocking, _Comparison, _Model, _Thresholds, _Households, _Clusters, _Fairness, _Checks, _Resources):
    """Parameters of one linkage run; bits are log2 units, probabilities and shares 0..1. Each stands in its part above."""

    @property
    def digest(self) -> str:
        """Hash of everything that can change a link; memory and threads can't."""
        values = self.model_dump(exclude={"memory", "threads"})
        return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


class _File(Config):
    """The file's parts; one that is left out has its defaults."""

    versi: Version = Field(examples=[1])
    penyekatan: _Blocking = _Blocking()
    perbandingan: _Comparison = _Comparison()
    model: _Model = _Model()
    ambang: _Thresholds = _Thresholds()
    keluarga: _Households = _Households()
    klaster: _Clusters = _Clusters()
    kewajaran: _Fairness = _Fairness()
    pemeriksaan: _Checks = _Checks()
    sumber_daya: _Resources = _Resources()


def load_linkage_config(path: Path | None = None) -> LinkageConfig:
    """Reads the parameters.

    Raises:
        ContractError: a field that is unknown, missing or of the wrong type, with its line.
    """
    file = read_config(path or DEFAULT_PATH, _File)
    values = {name: value for _, part in file if isinstance(part, Config) for name, value in part}
    return LinkageConfig(**values)
