"""What places, programs and values are called on the dashboards.

The names are those of the seed of wilayah and of the contracts; no second list is kept here.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from padanan.base.suppress import ALL
from padanan.contracts.contract import load_contracts
from padanan.distribution.aggregate import DISABILITY, NUMBER, PAIR, UNKNOWN, UNSERVED
from padanan.distribution.dashboard.figures import PROVINCE
from padanan.pages.words import short_name
from padanan.published.opened import WILAYAH_SEED
from padanan.published.wilayah import UNKNOWN_NAMES

WHOLE = "DKI Jakarta"
_VALUES = {
    "jk": {"L": "Laki-laki", "P": "Perempuan"},
    "kelompok_umur": {"anak": "Anak", "dewasa": "Dewasa", "lansia": "Lansia"},
    DISABILITY: {"ya": "Dengan disabilitas", "tidak": "Tanpa disabilitas"},
    NUMBER: {"0": "Tidak menerima program", "1": "Satu program", "2": "Dua program", "3+": "Tiga program atau lebih"},
}


@cache
def place_names() -> Mapping[str, str]:
    """Code -> name of DKI, its kota, kecamatan and kelurahan in force."""
    found = {PROVINCE: WHOLE}
    with WILAYAH_SEED.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if not row["valid_to"]:
                for level in ("kota", "kecamatan", "kelurahan"):
                    found[row[f"kode_{level}"]] = row[level]
    return found


def known_places(level: str, within: str) -> list[str]:
    """The places of a level that there are within another place, those where nobody was counted too."""
    length = {"kota": 5, "kecamatan": 8, "kelurahan": 13}[level]
    return [code for code in place_names() if len(code) == length and (within == PROVINCE or code.startswith(f"{within}."))]


def place_name(code: str, level: str) -> str:
    """The name of a place; of an unknown one what is not known of it."""
    return place_names().get(code) or UNKNOWN_NAMES.get(level, code)


@cache
def program_names() -> Mapping[str, str]:
    """Program id -> its short name."""
    return {item.id: short_name(item.name) for item in load_contracts().values() if item.kind == "program"}


def program_name(program: str) -> str:
    """How a program is called."""
    return program_names().get(program, program)


def value_name(dimension: str, value: str) -> str:
    """How a value of a dimension is called."""
    kind, _, group = dimension.partition(".")
    if group:
        first, _, second = value.partition("/")
        return f"{value_name(kind, first)} · {value_name(group, second)}"
    if value == UNKNOWN:
        return "Tidak diketahui"
    if value == ALL:
        return "Jumlah"
    if dimension == "desil":
        return f"Desil {value}"
    if dimension in ("program", UNSERVED):
        return program_name(value)
    if dimension == PAIR:
        return " dan ".join(map(program_name, value.split("+")))
    return _VALUES.get(dimension, {}).get(value, value)
