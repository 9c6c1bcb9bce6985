"""The linkage's parameters as one frozen object read from `expectations/linkage.yaml`.

What the parameters do belongs to the modules that use them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from padanan.base.yaml_source import YamlSource

DEFAULT_PATH = Path(__file__).resolve().parents[2] / "expectations" / "linkage.yaml"
MODELS = ("fellegi_sunter", "logistik")


@dataclass(frozen=True)
class PlugIn:
    """One comparison of the user's own: a `BaseCompareFeature` class, its column and its level limits.

    `limits` are descending similarities: a pair at or above the first has level 1, and so on; below all, the last.
    """

    path: str
    label: str
    column: str
    arguments: Mapping[str, Any]
    limits: tuple[float, ...]


@dataclass(frozen=True)
class LinkageConfig:
    """Parameters of one linkage run; bits are log2 units, probabilities and shares 0..1."""

    block_cap: int = 300
    candidates_per_record: int = 250
    small_register: int = 50_000
    name_jw: tuple[float, float] = (0.93, 0.85)
    mother_jw: tuple[float, float] = (0.92, 0.80)
    plug_ins: tuple[PlugIn, ...] = ()
    models: tuple[str, ...] = MODELS
    logistic_margin: float = 0.003
    training_max: int = 10_000
    training_min: int = 200
    training_own: int = 1_000
    smoothing: float = 0.5
    iterations: int = 60
    tolerance: float = 1e-5
    rarity_max: float = 6.0
    fit_share: float = 0.5
    m_start: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    m_strength: float = 50.0
    kin_share: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    precision: float = 0.995
    precision_guard: float = 0.0015
    absent_matched: float = 0.002
    absent_share: float = 0.10
    automatic_probability: float = 0.9
    unlabelled_upper: float = 0.999
    unlabelled_lower: float = 0.5
    keep_floor: float = -8.0
    keep_per_record: int = 5
    household_rounds: int = 2
    same_card_bits: float = 4.0
    other_card_bits: float = -7.0
    household_bits: tuple[float, float] = (6.0, -8.0)
    card_candidates: int = 30
    cluster_probability: float = 0.995
    cluster_possible: float = 0.5
    double_probability: float = 0.9
    group_min: int = 200
    group_points: float = 5.0
    completeness_min: float = 0.95
    precision_min: float = 0.995
    memory: str = "4GB"
    threads: int = 2

    @property
    def digest(self) -> str:
        """Hash of everything that can change a link; memory and threads can't."""
        values = asdict(self)
        values.pop("memory")
        values.pop("threads")
        return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


_FIELDS: dict[tuple[str, str], tuple[str, type]] = {
    ("penyekatan", "batas_blok"): ("block_cap", int),
    ("penyekatan", "calon_per_rekaman"): ("candidates_per_record", int),
    ("penyekatan", "acuan_kecil"): ("small_register", int),
    ("perbandingan", "nama_jw"): ("name_jw", tuple),
    ("perbandingan", "ibu_jw"): ("mother_jw", tuple),
    ("model", "calon_model"): ("models", tuple),
    ("model", "unggul_minimum"): ("logistic_margin", float),
    ("model", "latihan_maksimum"): ("training_max", int),
    ("model", "latihan_minimum"): ("training_min", int),
    ("model", "latihan_sendiri"): ("training_own", int),
    ("model", "pelunakan"): ("smoothing", float),
    ("model", "iterasi"): ("iterations", int),
    ("model", "toleransi"): ("tolerance", float),
    ("model", "kelangkaan_maksimum"): ("rarity_max", float),
    ("model", "bagi_latih"): ("fit_share", float),
    ("model", "m_awal"): ("m_start", dict),
    ("model", "m_awal_bobot"): ("m_strength", float),
    ("model", "serumah"): ("kin_share", dict),
    ("model", "ditolak_tahap1"): ("refused", dict),
    ("ambang", "presisi_otomatis"): ("precision", float),
    ("ambang", "jaga_presisi"): ("precision_guard", float),
    ("ambang", "tanpa_orang_padan"): ("absent_matched", float),
    ("ambang", "tanpa_orang"): ("absent_share", float),
    ("ambang", "peluang_otomatis"): ("automatic_probability", float),
    ("ambang", "tanpa_label_otomatis"): ("unlabelled_upper", float),
    ("ambang", "tanpa_label_klerikal"): ("unlabelled_lower", float),
    ("ambang", "lantai_simpan"): ("keep_floor", float),
    ("ambang", "simpan_per_rekaman"): ("keep_per_record", int),
    ("keluarga", "putaran"): ("household_rounds", int),
    ("keluarga", "sekartu_bit"): ("same_card_bits", float),
    ("keluarga", "kartu_lain_bit"): ("other_card_bits", float),
    ("keluarga", "batas_bit"): ("household_bits", tuple),
    ("keluarga", "calon_per_kartu"): ("card_candidates", int),
    ("klaster", "peluang"): ("cluster_probability", float),
    ("klaster", "kemungkinan"): ("cluster_possible", float),
    ("klaster", "ganda_adminduk"): ("double_probability", float),
    ("kewajaran", "n_minimum"): ("group_min", int),
    ("kewajaran", "selisih_poin"): ("group_points", float),
    ("pemeriksaan", "kelengkapan_minimum"): ("completeness_min", float),
    ("pemeriksaan", "presisi_minimum"): ("precision_min", float),
    ("sumber_daya", "memori"): ("memory", str),
    ("sumber_daya", "utas"): ("threads", int),
}


def load_linkage_config(path: Path | None = None) -> LinkageConfig:
    """Reads the parameters.

    Raises:
        ContractError: a field that is unknown or of the wrong type, with its line.
    """
    source = YamlSource(path or DEFAULT_PATH)
    data = source.data if isinstance(source.data, dict) else {}
    values: dict[str, Any] = {}
    for group, fields in data.items():
        if group == "versi":
            continue
        if not isinstance(fields, dict):
            raise source.error((group,), "bagian ini harus berisi nama dan nilai", "lihat expectations/linkage.yaml semula")
        for name, value in fields.items():
            if (group, name) == ("perbandingan", "tambahan"):
                values["plug_ins"] = tuple(_plug_in(source, i, entry) for i, entry in enumerate(value or []))
                continue
            known = _FIELDS.get((group, name))
            if known is None:
                raise source.error((group, name), "parameter tidak dikenal", "hapus, atau perbaiki ejaannya")
            target, kind = known
            try:
                values[target] = tuple(value) if kind is tuple else kind(value)
            except (TypeError, ValueError):
                raise source.error((group, name), f"nilai bukan {kind.__name__}", "tulis angka atau daftar yang sah") from None
    config = LinkageConfig(**values)
    unknown = set(config.models) - set(MODELS)
    if unknown or not config.models:
        raise source.error(("model", "calon_model"), "model tidak dikenal", f"pilih dari {', '.join(MODELS)}")
    return config


def _plug_in(source: YamlSource, index: int, entry: Any) -> PlugIn:
    place = ("perbandingan", "tambahan", index)
    if not isinstance(entry, dict) or not {"kelas", "label", "kolom"} <= set(entry):
        raise source.error(place, "perbandingan tambahan perlu kelas, label dan kolom", "lihat contoh dalam berkas ini")
    if ":" not in str(entry["kelas"]):
        raise source.error(place, "kelas harus ditulis modul:Kelas", "contoh recordlinkage.compare:String")
    limits = tuple(float(v) for v in entry.get("batas", (0.92, 0.75)))
    if list(limits) != sorted(limits, reverse=True) or not 1 <= len(limits) <= 6:
        raise source.error(place, "batas harus 1 sampai 6 angka yang menurun", "contoh [0.92, 0.75]")
    return PlugIn(str(entry["kelas"]), str(entry["label"]), str(entry["kolom"]), dict(entry.get("argumen", {})), limits)
