"""The made-up population and its events: who lives with whom, born, dead, moved, divorced, and when.

Everything is known by date, so that a registry is a view of this world at some day; no registry is made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from padanan.synthetic import names
from padanan.synthetic.base import (
    BASE_DAY,
    CANARY,
    CHILD,
    DE_FACTO,
    FAR,
    HEAD,
    HORIZON_DAYS,
    NONE,
    OTHER_KIN,
    PARENT,
    RESIDENT,
    WIFE,
    Bools,
    Int8s,
    Int16s,
    Int32s,
    Int64s,
    civil,
    serials,
)
from padanan.synthetic.events import draw_events
from padanan.synthetic.wilayah import Wilayah


@dataclass
class World:
    """Arrays of one entry per person; dates in days since 1970, FAR = never.

    `family` is the household at the start; `kk1` holds until `kk_day`, then `kk2` (split card, new head).
    """

    family: Int32s
    kind: Int8s
    female: Bools
    birth: Int32s
    nik: Int64s
    nik_birth: Int32s
    nik_female: Bools
    has_nik: Bools
    community: Int8s
    tokens: Int32s
    birth_region: Int64s
    mother: Int32s
    father: Int32s
    kk1: Int64s
    kk2: Int64s
    shdk1: Int8s
    shdk2: Int8s
    kk_day: Int32s
    kel1: Int16s
    kel2: Int16s
    rt: Int16s
    rw: Int16s
    street: Int32s
    number: Int16s
    move_day: Int32s
    death: Int32s
    leave: Int32s
    arrive: Int32s
    desil: Int8s
    disabled: Bools
    student: Bools
    names: pa.StringArray
    wilayah: Wilayah

    def __len__(self) -> int:
        return len(self.family)

    def kk_at(self, day: Int32s, who: Int32s) -> Int64s:
        """Family-card number of persons `who`, each at its own day."""
        return np.where(day >= self.kk_day[who], self.kk2[who], self.kk1[who])

    def shdk_at(self, day: Int32s, who: Int32s) -> Int8s:
        """SIAK relation code of persons `who`, each at its own day."""
        return np.where(day >= self.kk_day[who], self.shdk2[who], self.shdk1[who])

    def kel_at(self, day: Int32s, who: Int32s) -> Int16s:
        """Kelurahan number of persons `who`, each at its own day."""
        return np.where(day >= self.move_day[who], self.kel2[who], self.kel1[who])

    def present(self, day: Int32s) -> Bools:
        """Born, arrived, alive and not moved away, for every person at its own day."""
        return (self.birth <= day) & (self.arrive <= day) & (self.death > day) & (self.leave > day)


def make_nik(region: Int64s, birth: Int32s, female: Bools) -> Int64s:
    """16-digit NIK as integers: region, DDMMYY with day + 40 for women, serial unique within both."""
    year, month, day = civil(birth)
    head = region * 1_000_000 + (day + 40 * female) * 10_000 + month * 100 + year % 100
    return np.asarray(head * 10_000 + serials(head))


def _families(rng: np.random.Generator, people: int) -> tuple[Int32s, Int8s, Int8s, Int32s]:
    """Slots of families that hold exactly `people` persons: family, slot role, family type, first row of each."""
    count = people // 2 + 10
    kind = rng.choice(6, count, p=[0.10, 0.13, 0.50, 0.08, 0.15, 0.04]).astype(np.int8)
    children = np.minimum(1 + rng.poisson(1.05, count), 6)
    children[(kind == 0) | (kind == 1)] = 0
    parents = np.where(kind == 4, 1, 0)
    kin = np.where(kind == 5, 1 + rng.integers(0, 2, count), 0)
    spouse = np.isin(kind, (1, 2, 4)).astype(np.int64)
    size = 1 + spouse + children + parents + kin
    ends = np.cumsum(size)
    last = int(np.searchsorted(ends, people, side="right"))
    rest = people - (int(ends[last - 1]) if last else 0)
    size = np.concatenate([size[:last], np.ones(rest, dtype=np.int64)])
    kind = np.concatenate([kind[:last], np.zeros(rest, dtype=np.int8)])
    spouse = np.concatenate([spouse[:last], np.zeros(rest, dtype=np.int64)])
    children = np.concatenate([children[:last], np.zeros(rest, dtype=np.int64)])
    parents = np.concatenate([parents[:last], np.zeros(rest, dtype=np.int64)])
    family = np.repeat(np.arange(len(size), dtype=np.int32), size)
    first = (np.cumsum(size) - size).astype(np.int32)
    slot = np.arange(len(family)) - first[family]
    bound = 1 + spouse[family]
    role = np.full(len(family), OTHER_KIN, dtype=np.int8)
    role[slot < bound + children[family] + parents[family]] = PARENT
    role[slot < bound + children[family]] = CHILD
    role[slot < bound] = WIFE
    role[slot == 0] = HEAD
    return family, role, kind, first


def _ages(rng: np.random.Generator, family: Int32s, role: Int8s, kind: Int8s, first: Int32s) -> tuple[Bools, Int32s, Int32s]:
    """Sex, birth day and the row of the spouse (NONE) of every slot."""
    n = len(family)
    female_head = rng.random(len(first)) < np.where(kind == 3, 0.78, np.where(kind == 0, 0.45, 0.0))
    low, high = np.where(kind == 0, 18, 24), np.where(kind == 0, 85, 72)
    low = np.where(kind == 1, 22, low)
    head_age = low + (high - low) * rng.beta(1.7, 2.4, len(first))
    wife_age = np.maximum(head_age - rng.normal(3.0, 3.5, len(first)), 19.0)
    spouse = np.full(len(first), NONE)
    is_spouse = role == WIFE
    spouse[family[is_spouse]] = np.flatnonzero(is_spouse)
    mother_age = np.where(spouse >= 0, wife_age, head_age)
    order = serials(family.astype(np.int64) * 16 + role)
    age = np.empty(n)
    u = rng.random(n)
    age[:] = head_age[family]
    age[is_spouse] = wife_age[family[is_spouse]]
    child = role == CHILD
    age[child] = np.maximum(mother_age[family] - 19 - 8 * u - 3.2 * (order - 1), 0.02 + 3 * u)[child]
    age[child] = np.minimum(age[child], 38)
    parent = role == PARENT
    age[parent] = np.minimum(mother_age[family] + 21 + 10 * u, 98)[parent]
    kin = role == OTHER_KIN
    age[kin] = (5 + 55 * u)[kin]
    female = rng.random(n) < 0.495
    head = role == HEAD
    female[head] = female_head[family[head]]
    female[is_spouse] = True
    female[parent] = rng.random(int(parent.sum())) < 0.68
    birth = (BASE_DAY - 1 - age * 365.2425).astype(np.int32)
    # Birthdays written by a clerk: 01-01 and 31-12 are more frequent among the old.
    year, _, _ = civil(birth)
    rounded = rng.random(n) < np.where(year < 1965, 0.06, 0.005)
    birth[rounded] = (year[rounded] - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int32)
    return female, birth, spouse


def build_world(residents: int, seed: int, population: Mapping[str, Any], wilayah: Wilayah) -> World:
    """Builds the population of one seed.

    Args:
        residents: people registered in Adminduk at the start (births and newcomers come on top).
        seed: the same seed gives the same people for every period.
        population: shares from the profile's `penduduk`.
        wilayah: real regions.
    """
    rng = np.random.default_rng([seed, 1])
    extra = round(residents * float(population["de_facto"]))
    canaries = int(population["kanari"])
    parts = [_families(rng, residents)]
    if extra:
        parts.append(_families(rng, extra))
    if canaries:
        single = np.arange(canaries, dtype=np.int32)
        parts.append((single, np.full(canaries, HEAD, dtype=np.int8), np.zeros(canaries, dtype=np.int8), single))
    families_before = np.cumsum([0] + [len(part[3]) for part in parts])
    people_before = np.cumsum([0] + [len(part[0]) for part in parts])
    family = np.concatenate([part[0] + np.int32(families_before[i]) for i, part in enumerate(parts)])
    role = np.concatenate([part[1] for part in parts])
    fkind = np.concatenate([part[2] for part in parts])
    first = np.concatenate([part[3] + np.int32(people_before[i]) for i, part in enumerate(parts)])
    labels = [RESIDENT] + ([DE_FACTO] if extra else []) + ([CANARY] if canaries else [])
    kind = np.concatenate([np.full(len(part[0]), label, dtype=np.int8) for part, label in zip(parts, labels, strict=True)])
    female, birth, spouse = _ages(rng, family, role, fkind, first)

    # Births to come: children of couples, appended after everyone.
    wives = np.flatnonzero(role == WIFE)
    wife_age = (BASE_DAY - birth[wives]) / 365.2425
    odds = float(population["lahir_per_tahun"]) * HORIZON_DAYS / 365
    mothers = wives[(rng.random(len(wives)) < odds) & (wife_age < 40) & (kind[wives] == RESIDENT)]
    baby_birth = (BASE_DAY + 1 + rng.integers(0, HORIZON_DAYS, len(mothers))).astype(np.int32)
    n_old = len(family)
    family = np.concatenate([family, family[mothers]])
    role = np.concatenate([role, np.full(len(mothers), CHILD, dtype=np.int8)])
    kind = np.concatenate([kind, kind[mothers]])
    female = np.concatenate([female, rng.random(len(mothers)) < 0.49])
    birth = np.concatenate([birth, baby_birth])
    n, n_fam = len(family), len(first)
    born_later = np.arange(n) >= n_old

    community = rng.choice(len(names.vocabulary().share), n_fam, p=np.array(names.vocabulary().share)).astype(np.int8)[family]
    mixed = (role == WIFE) & (rng.random(n) < 0.35)
    community[mixed] = rng.choice(len(names.vocabulary().share), int(mixed.sum()), p=np.array(names.vocabulary().share))
    year, _, _ = civil(birth)
    tokens = names.draw(rng, community, female, year.astype(np.int32))

    kel_fam = rng.choice(len(wilayah), n_fam, p=wilayah.weights).astype(np.int16)
    kel_fam2 = rng.choice(len(wilayah), n_fam, p=wilayah.weights).astype(np.int16)
    rw_fam = (1 + (rng.random(n_fam) ** 1.2 * 14).astype(np.int16)).astype(np.int16)
    rt_fam = (1 + (rng.random(n_fam) * 15).astype(np.int16)).astype(np.int16)
    street_fam = ((kel_fam.astype(np.int64) * 7919 + rw_fam * 131 + rt_fam // 4) % 4096).astype(np.int32)
    number_fam = rng.integers(1, 190, n_fam).astype(np.int16)
    # Desil are national: few families of Jakarta stand in the lowest, as the published shares of the poor say.
    rank = rng.beta(1.05, 1.0, n_fam) ** 1.05
    desil_fam = (1 + np.searchsorted(np.cumsum(population["desil"])[:9], rank)).astype(np.int8)
    kk_elsewhere = np.zeros(n_fam, dtype=bool)
    kk_elsewhere[family[kind == DE_FACTO]] = True

    events = draw_events(rng, family, role, kind, birth, first, spouse, born_later, population)
    region = _birth_regions(rng, kind, birth, wilayah.kec_digits[kel_fam[family]], wilayah, population)
    nik_birth, nik_female = birth.copy(), female.copy()
    corrected = (rng.random(n) < float(population["nik_tgl_dikoreksi"])) & (kind != CANARY)
    shift = rng.choice(np.array([-365, -31, -10, -1, 1, 9, 30, 366], dtype=np.int32), n)
    shift = np.where(birth + shift > BASE_DAY - 30, -np.abs(shift), shift)
    nik_birth[corrected] = (birth + shift)[corrected]
    swapped = (rng.random(n) < float(population["nik_jk_dikoreksi"])) & (kind != CANARY)
    nik_female[swapped] = ~female[swapped]
    nik = make_nik(region, nik_birth, nik_female)
    canary = np.flatnonzero(kind == CANARY)
    nik[canary] = (nik[canary] // 10_000) * 10_000 + 9_870 + np.arange(len(canary)) % 100

    kk_region = wilayah.kec_digits[kel_fam]
    codes, weight = wilayah.elsewhere
    kk_region = np.where(kk_elsewhere, rng.choice(codes, n_fam, p=weight), kk_region)
    issued = (BASE_DAY - 1 - rng.integers(0, 5800, n_fam)).astype(np.int32)
    kk1, kk2_fam = _cards(kk_region, issued, events["kk_day_fam"])
    changed = events["kk_day"] < FAR
    has_nik = np.ones(n, dtype=bool)
    without = (kind == DE_FACTO) & (rng.random(n) < float(population["de_facto_tanpa_nik"]))
    has_nik[without] = False
    mother = _parents(family, role, first, spouse, female, want_female=True)
    father = _parents(family, role, first, spouse, female, want_female=False)
    age = (BASE_DAY - birth) / 365.2425
    full = names.text(tokens)
    if canaries:
        full = _canary_names(full, canary)
    moved = events["move_day"]
    return World(
        family=family,
        kind=kind,
        female=female,
        birth=birth,
        nik=nik,
        nik_birth=nik_birth,
        nik_female=nik_female,
        has_nik=has_nik,
        community=community,
        tokens=tokens,
        birth_region=region // 100,
        mother=mother,
        father=father,
        kk1=kk1[family],
        kk2=np.where(changed, kk2_fam[family], kk1[family]),
        shdk1=events["shdk1"],
        shdk2=events["shdk2"],
        kk_day=events["kk_day"],
        kel1=kel_fam[family],
        kel2=np.where(moved < FAR, kel_fam2[family], kel_fam[family]),
        rt=rt_fam[family],
        rw=rw_fam[family],
        street=street_fam[family],
        number=number_fam[family],
        move_day=moved,
        death=events["death"],
        leave=events["leave"],
        arrive=events["arrive"],
        desil=desil_fam[family],
        disabled=rng.random(n) < float(population["disabilitas"]),
        student=(age >= 6) & (age <= 22) & (rng.random(n) < 0.93),
        names=full,
        wilayah=wilayah,
    )


def _canary_names(full: pa.StringArray, canary: Int64s) -> pa.StringArray:
    """Names that exist nowhere else, so that a leak can be searched for."""
    letters = "QWXZVKJF"
    made = [
        f"KANARI {''.join(letters[(i * 3 + k * 5) % 8] for k in range(4))} ZQ{letters[i % 8]}{letters[(i // 8) % 8]}XW"
        for i in range(len(canary))
    ]
    head = full.slice(0, int(canary[0]))
    tail = full.slice(int(canary[-1]) + 1)
    return pa.concat_arrays([head, pa.array(made, pa.string()), tail])


def _birth_regions(
    rng: np.random.Generator, kind: Int8s, birth: Int32s, home: Int64s, wilayah: Wilayah, population: Mapping[str, Any]
) -> Int64s:
    """The six-digit region of the NIK: the birth region's, a newcomer's elsewhere, an old DKI code, or home."""
    n = len(kind)
    age = (BASE_DAY - birth) / 365.2425
    codes, weight = wilayah.elsewhere
    away = rng.choice(codes, n, p=weight)
    other_dki = rng.choice(np.unique(wilayah.kec_digits), n)
    old = rng.choice(wilayah.old_dki, n)
    u = rng.random(n)
    newcomer = float(population["nik_luar_dki"]) * np.clip((age - 12) / 25, 0.1, 1.0)
    region = np.where(u < newcomer, away, np.where(u < newcomer + 0.18, other_dki, home))
    region = np.where((rng.random(n) < float(population["nik_kode_lama"])) & (age > 33) & (region // 10_000 == 31), old, region)
    region = np.where(kind == DE_FACTO, away, region)
    return np.where(kind == CANARY, 317_101, region)


def _cards(region: Int64s, issued: Int32s, changed: Int32s) -> tuple[Int64s, Int64s]:
    """First and second family-card number per family: region, issue date without + 40, serial."""

    def head(day: Int32s) -> Int64s:
        year, month, date_ = civil(day)
        return region * 1_000_000 + date_ * 10_000 + month * 100 + year % 100

    second = np.where(changed < FAR, changed, issued)
    both = np.concatenate([head(issued), head(second)])
    numbers = both * 10_000 + serials(both) + 100
    return numbers[: len(region)], numbers[len(region) :]


def _parents(family: Int32s, role: Int8s, first: Int32s, spouse: Int32s, female: Bools, *, want_female: bool) -> Int32s:
    """Row of the mother (or father) where she lives in the family, else NONE."""
    head = first[family]
    wife = spouse[family]
    parent = np.where(female[head] == want_female, head, np.where(wife >= 0, wife, NONE))
    ok = (role == CHILD) & (parent >= 0)
    ok &= np.where(parent >= 0, female[np.maximum(parent, 0)] == want_female, False)
    return np.where(ok, parent, NONE).astype(np.int32)
