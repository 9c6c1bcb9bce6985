"""The real regions that made-up people live in and come from, read from the dbt seeds.

How a delivery writes a region belongs to the column builders; how staging resolves it belongs to dbt.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT

Ints = npt.NDArray[np.int64]

# Residents by kota, 2024 (Satu Data Jakarta).
POPULATION = {
    "31.01": 30_334,
    "31.71": 1_057_270,
    "31.72": 1_832_032,
    "31.73": 2_556_752,
    "31.74": 2_331_411,
    "31.75": 3_230_417,
}
# Where people who move to Jakarta were born, by province code; weights are relative.
ORIGINS = {
    "32": 30,
    "33": 28,
    "36": 12,
    "35": 8,
    "34": 4,
    "12": 5,
    "13": 4,
    "16": 2,
    "18": 3,
    "61": 1,
    "73": 1.5,
    "53": 0.8,
    "81": 0.5,
    "94": 0.2,
}
# Neighbouring kota in which "KTP pendatang" and movers are written.
NEIGHBOURS = ("32.01", "32.16", "32.75", "32.76", "36.03", "36.71", "36.74")


@dataclass(frozen=True)
class Wilayah:
    """Arrays over the 267 kelurahan, the national kecamatan codes and the kota of Indonesia."""

    kel_code: tuple[str, ...]
    kel_name: tuple[str, ...]
    kec_code: tuple[str, ...]
    kec_name: tuple[str, ...]
    kota_code: tuple[str, ...]
    kota_name: tuple[str, ...]
    kota_bps: tuple[str, ...]
    national_kec: Ints
    old_dki: Ints
    region_kota: dict[str, tuple[str, str, str]]
    spelling: dict[tuple[str, str], tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.kel_code)

    @cached_property
    def weights(self) -> npt.NDArray[np.float64]:
        """Share of residents per kelurahan: the kota's share, spread unevenly but always the same way."""
        rng = np.random.default_rng(31)
        raw = rng.gamma(6.0, 1.0, len(self))
        kota = np.array(self.kota_code)
        out = np.zeros(len(self))
        total = sum(POPULATION.values())
        for code, people in POPULATION.items():
            here = kota == code
            out[here] = raw[here] / raw[here].sum() * people / total
        return np.asarray(out / out.sum())

    @cached_property
    def kec_digits(self) -> Ints:
        """Six-digit kecamatan code of each kelurahan, as a number."""
        return np.array([int(code.replace(".", "")) for code in self.kec_code], dtype=np.int64)

    @cached_property
    def kota_digits(self) -> Ints:
        """Four-digit kota code (Kemendagri) of each kelurahan."""
        return np.array([int(code.replace(".", "")) for code in self.kota_code], dtype=np.int64)

    def texts(self, name: str) -> pa.StringArray:
        """One attribute over the kelurahan as an Arrow array, to `take` from."""
        return pa.array(list(getattr(self, name)), pa.string())

    @cached_property
    def elsewhere(self) -> tuple[Ints, npt.NDArray[np.float64]]:
        """Kecamatan codes outside DKI and the odds that a newcomer was born there."""
        province = (self.national_kec // 10_000).astype(str)
        weight = np.array([ORIGINS.get(code, 0.02) for code in province])
        keep = province != "31"
        codes, weight = self.national_kec[keep], weight[keep]
        return codes, weight / weight.sum()


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    except FileNotFoundError:
        raise PadananError(
            "seed wilayah tidak ada", file=path.name, cure="ambil lagi berkas dbt_project/seeds dari repositori"
        ) from None


def load_wilayah(seeds: Path | None = None) -> Wilayah:
    """Reads ref_wilayah, ref_kecamatan_nik, ref_kota_indonesia and ref_ejaan_wilayah.

    Args:
        seeds: folder of the seeds; by default the checkout's `dbt_project/seeds`.

    Raises:
        PadananError: a seed is missing or holds no kelurahan of DKI.
    """
    seeds = seeds or CHECKOUT / "dbt_project" / "seeds"
    dki = sorted(
        (row for row in _rows(seeds / "ref_wilayah.csv") if not row.get("valid_to")),
        key=lambda row: row["kode_kelurahan"],
    )
    if not dki:
        raise PadananError("seed ref_wilayah kosong", cure="ambil lagi berkas dbt_project/seeds dari repositori")
    # Codes of before the provinces were split would only change whom the made-up numbers fall to.
    codes = [row["kode"] for row in _rows(seeds / "ref_kecamatan_nik.csv") if row["asal"] != "sebelum pemekaran"]
    spelling: dict[tuple[str, str], list[str]] = {}
    for row in _rows(seeds / "ref_ejaan_wilayah.csv"):
        spelling.setdefault((row["tingkat"], row["nama_baku"].upper()), []).append(row["ejaan"].upper())
    return Wilayah(
        kel_code=tuple(row["kode_kelurahan"] for row in dki),
        kel_name=tuple(row["kelurahan"].upper() for row in dki),
        kec_code=tuple(row["kode_kecamatan"] for row in dki),
        kec_name=tuple(row["kecamatan"].upper() for row in dki),
        kota_code=tuple(row["kode_kota"] for row in dki),
        kota_name=tuple(row["kota"].upper() for row in dki),
        kota_bps=tuple(row["kode_kota_bps"] for row in dki),
        national_kec=np.array([int(code) for code in codes if not code.startswith("0")], dtype=np.int64),
        old_dki=np.array([int(code) for code in codes if code.startswith("095")], dtype=np.int64),
        region_kota={
            row["kode_kota"].replace(".", ""): (row["jenis"], row["nama"], row["provinsi"])
            for row in _rows(seeds / "ref_kota_indonesia.csv")
        },
        spelling={key: tuple(values) for key, values in spelling.items()},
    )
