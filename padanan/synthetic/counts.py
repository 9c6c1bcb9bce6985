"""Deliveries that count people by place: cells of the true population, with the faults of a statistics office.

Deliveries whose rows are people or families are made in `maker`; how a file is written is in `writers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from padanan.contracts.contract import Contract
from padanan.synthetic.base import DE_FACTO, Bools, Int64s
from padanan.synthetic.world import World

# Share of kelurahan that a fault strikes -> the rules that its rows must trip; each kelurahan bears at most one fault.
FAULTS = (
    "jiwa_tak_sah",
    "umur_tak_dikenal",
    "sel_jk_tak_dikenal",
    "sel_ganda",
    "sel_hilang",
    "kode_tak_dikenal",
    "tanpa_kelurahan",
    "kelurahan_nihil",
    "jiwa_kali_sepuluh",
)
BAD_COUNTS = ("tidak ada", "-3", "1,5", "")
ENOUGH = 10
"""Residents of a kelurahan whose count is multiplied: fewer would stay within what the rule tolerates."""


@dataclass
class CountRows:
    """Cells of a delivery, one entry a row; `flags` holds the rows that each rule must find.

    `truth` is the population itself (kelurahan x sex x age group) and `struck` the fault of each kelurahan (-1: none).
    """

    kel: Int64s
    female: Bools
    group: Int64s
    jiwa: Int64s
    truth: npt.NDArray[np.int64]
    struck: Int64s
    text: dict[str, list[str | None]] = field(default_factory=dict)
    flags: dict[str, Bools] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.kel)


def true_population(world: World, today: int, groups: int) -> npt.NDArray[np.int64]:
    """Registered residents present on a day: an array kelurahan x sex (man, woman) x five-year age group, the last one open."""
    day = np.full(len(world), today, dtype=np.int32)
    who = np.flatnonzero(world.present(day) & (world.kind != DE_FACTO)).astype(np.int32)
    kel = world.kel_at(day[who], who).astype(np.int64)
    age = ((today - world.birth[who]) / 365.2425 // 5).astype(np.int64)
    cells = np.zeros((len(world.wilayah), 2, groups), dtype=np.int64)
    np.add.at(cells, (kel, world.female[who].astype(np.int64), np.minimum(age, groups - 1)), 1)
    return cells


def age_groups(contract: Contract) -> list[str]:
    """The standard age groups of the contract's code list, youngest first."""
    column = contract.column("kelompok_umur")
    return sorted(set(column.codes.values())) if column else []


def make_cells(contract: Contract, world: World, today: int, rates: Mapping[str, float], rng: np.random.Generator) -> CountRows:
    """The rows of a delivery with its faults, and what each rule must find in them.

    Args:
        today: the day that is counted (days since 1970).
        rates: share of kelurahan by fault; a rate above 0 strikes at least one kelurahan.
    """
    groups = age_groups(contract)
    truth = true_population(world, today, len(groups))
    places = len(truth)
    struck = _struck(truth.sum(axis=(1, 2)), rates, rng)
    kel, female, group = (index.ravel() for index in np.indices(truth.shape))
    rows = CountRows(kel, female.astype(bool), group, truth.ravel().copy(), truth, struck)
    cell = rng.integers(0, 2 * len(groups), places)
    hit = {name: (struck == number) for number, name in enumerate(FAULTS)}
    one = np.arange(len(rows)) % (2 * len(groups)) == cell[rows.kel]
    rows.jiwa[hit["jiwa_kali_sepuluh"][rows.kel]] *= 10
    keep = ~hit["kelurahan_nihil"][rows.kel] & ~(hit["sel_hilang"][rows.kel] & one)
    twice = np.flatnonzero(hit["sel_ganda"][rows.kel] & one)
    order = np.sort(np.concatenate([np.flatnonzero(keep), twice]))
    second = np.r_[False, order[1:] == order[:-1]] if len(order) else np.zeros(0, dtype=bool)
    rows = CountRows(rows.kel[order], rows.female[order], rows.group[order], rows.jiwa[order] + second, truth, struck)
    fault = np.where(one[order], struck[rows.kel], -1)
    _texts(rows, contract, world, groups, fault)
    _flags(rows, struck, fault, hit)
    return rows


def _struck(people: Int64s, rates: Mapping[str, float], rng: np.random.Generator) -> Int64s:
    """The fault of each kelurahan, -1 for none."""
    struck = np.full(len(people), -1, dtype=np.int64)
    order = rng.permutation(len(people))
    for number, name in enumerate(FAULTS):
        rate = float(rates.get(name, 0.0))
        wanted = max(1, round(rate * len(people))) if rate else 0
        fit = order[(struck[order] == -1) & ((people[order] >= ENOUGH) | (name != "jiwa_kali_sepuluh"))]
        struck[fit[:wanted]] = number
    return struck


def _texts(rows: CountRows, contract: Contract, world: World, groups: list[str], fault: Int64s) -> None:
    """The cells as the office writes them, faults included."""
    codes, names = world.wilayah.kel_code, world.wilayah.kel_name
    at = {name: fault == number for number, name in enumerate(FAULTS)}
    lost, odd = at["tanpa_kelurahan"], at["kode_tak_dikenal"]
    rows.text = {
        "kode_kelurahan": [
            None if gone else "3199991999" if wrong else codes[k].replace(".", "")
            for k, gone, wrong in zip(rows.kel, lost, odd, strict=True)
        ],
        "kelurahan": [None if gone else names[k] for k, gone in zip(rows.kel, lost, strict=True)],
        "jenis_kelamin": [
            "?" if unknown else "Perempuan" if woman else "Laki-laki"
            for woman, unknown in zip(rows.female, at["sel_jk_tak_dikenal"], strict=True)
        ],
        "kelompok_umur": [
            "tidak tahu" if unknown else groups[g].replace("00-04", "0-4").replace("05-09", "5-9")
            for g, unknown in zip(rows.group, at["umur_tak_dikenal"], strict=True)
        ],
        "jiwa": [
            BAD_COUNTS[k % len(BAD_COUNTS)] if wrong else str(n)
            for k, n, wrong in zip(rows.kel, rows.jiwa, at["jiwa_tak_sah"], strict=True)
        ],
    }


def _flags(rows: CountRows, struck: Int64s, fault: Int64s, hit: Mapping[str, Bools]) -> None:
    """What each rule must find, from the faults alone; a kelurahan is judged on its first row that names it."""
    at = {name: fault == number for number, name in enumerate(FAULTS)}
    named = ~at["tanpa_kelurahan"]
    first = np.zeros(len(rows), dtype=bool)
    where = np.flatnonzero(named)
    first[where[np.unique(rows.kel[where], return_index=True)[1]]] = True
    short = ("umur_tak_dikenal", "sel_jk_tak_dikenal", "sel_hilang", "tanpa_kelurahan")
    lacking = np.isin(struck, [FAULTS.index(name) for name in short])
    rows.flags = {
        "jiwa_tidak_sah": at["jiwa_tak_sah"],
        "kelompok_umur_tidak_dikenal": at["umur_tak_dikenal"],
        "jk_tidak_dikenal": at["sel_jk_tak_dikenal"],
        "sel_ganda": at["sel_ganda"],
        "sel_kurang": first & lacking[rows.kel],
        "wilayah_tidak_dikenal": at["kode_tak_dikenal"],
        "kelurahan_tidak_diisi": at["tanpa_kelurahan"],
        "jumlah_beda_acuan": first & hit["jiwa_kali_sepuluh"][rows.kel],
    }
