"""What happens to the families: deaths, divorces, split cards, moves in, out and within.

Who the people are is `world`; which registry notices an event, and when, is `rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from padanan.synthetic.base import BASE_DAY, CHILD, FAR, HEAD, HORIZON_DAYS, NONE, OTHER_KIN, RESIDENT, WIFE, Bools, Int8s, Int32s


def draw_events(
    rng: np.random.Generator,
    family: Int32s,
    role: Int8s,
    kind: Int8s,
    birth: Int32s,
    first: Int32s,
    spouse: Int32s,
    born_later: Bools,
    population: Mapping[str, Any],
) -> dict[str, Any]:
    """Deaths, moves, divorces and split cards: at most one family event each, so that every card keeps one head."""
    n, n_fam = len(family), len(first)
    span = HORIZON_DAYS / 365
    age = (BASE_DAY - birth) / 365.2425
    resident_fam = kind[first] == RESIDENT
    hazard = np.clip(0.0004 * np.exp(0.082 * np.clip(age, 0, 100)) + 0.0004, 0, 0.4) * span * float(population["mati"])
    dies = (rng.random(n) < hazard) & (kind == RESIDENT) & ~born_later
    when = (BASE_DAY + 1 + rng.integers(0, HORIZON_DAYS, n)).astype(np.int32)
    has_baby = np.zeros(n_fam, dtype=bool)
    has_baby[family[born_later]] = True
    members = np.bincount(family[~born_later], minlength=n_fam)
    has_wife = spouse >= 0
    u = rng.random(n_fam)
    head_dies = dies[first] & resident_fam
    rates = [
        float(population[key]) * span
        for key in (
            "cerai_per_tahun",
            "pecah_kk_per_tahun",
            "pindah_keluar_per_tahun",
            "pindah_dalam_per_tahun",
            "datang_per_tahun",
        )
    ]
    edges = np.cumsum(rates)
    grown = (role == CHILD) & (age >= 21) & ~born_later
    grown_row = np.full(n_fam, NONE)
    grown_row[family[grown]] = np.flatnonzero(grown)
    free = resident_fam & ~head_dies
    divorce = free & (u < edges[0]) & has_wife & ~has_baby
    split = free & (u >= edges[0]) & (u < edges[1]) & (grown_row >= 0)
    gone = free & (u >= edges[1]) & (u < edges[2]) & ~has_baby
    within = free & (u >= edges[2]) & (u < edges[3])
    newcomer = free & (u >= edges[3]) & (u < edges[4])
    day = (BASE_DAY + 1 + rng.integers(0, HORIZON_DAYS, n_fam)).astype(np.int32)

    death = np.where(dies & (role != HEAD), when, FAR)
    death[first[head_dies]] = when[first[head_dies]]
    # A head made by an event does not die inside the horizon; nor does a spouse who divorces or succeeds.
    protected = (divorce | split | head_dies)[family] & (role != HEAD)
    death[protected] = FAR
    shdk1 = role.copy()
    shdk2 = role.copy()
    kk_day = np.full(n, FAR, dtype=np.int32)
    kk_day_fam = np.full(n_fam, FAR, dtype=np.int32)

    # Head's death: spouse, else the eldest other member, becomes head of a new card; the dead stay on the old one.
    order = np.lexsort((birth, family))
    eldest = np.full(n_fam, NONE)
    candidates = order[(role[order] != HEAD) & ~born_later[order]][::-1]
    eldest[family[candidates]] = candidates
    heir = np.where(spouse >= 0, spouse, eldest)
    succeeds = head_dies & (heir >= 0) & (members > 1)
    day[head_dies] = death[first[head_dies]]
    rest = succeeds[family] & (role != HEAD)
    kk_day[rest] = day[family[rest]]
    is_heir = np.zeros(n, dtype=bool)
    is_heir[heir[succeeds]] = True
    by_child = np.zeros(n_fam, dtype=bool)
    by_child[family[is_heir & (role != WIFE)]] = True
    shdk2[rest & by_child[family]] = OTHER_KIN
    shdk2[is_heir] = HEAD
    # Divorce: the wife takes the younger half of the children onto her own card.
    leaves = divorce[family] & ((role == WIFE) | ((role == CHILD) & (age < 17)))
    kk_day[leaves] = day[family[leaves]]
    shdk2[leaves & (role == WIFE)] = HEAD
    # Split card: a grown child becomes head of a card of their own.
    own = grown_row[split]
    kk_day[own] = day[split]
    shdk2[own] = HEAD
    changed = divorce | split | succeeds
    kk_day_fam[changed] = day[changed]

    leave = np.full(n, FAR, dtype=np.int32)
    away = gone[family]
    leave[away] = day[family[away]]
    lone = (rng.random(n) < float(population["pindah_sendiri_per_tahun"]) * span) & (role == CHILD) & (age > 18) & (age < 35)
    lone &= ~(divorce | split | head_dies | gone)[family] & (kind == RESIDENT) & ~born_later
    leave[lone] = when[lone]
    death[lone | away] = FAR
    arrive = np.full(n, -FAR, dtype=np.int32)
    came = newcomer[family]
    arrive[came] = day[family[came]]
    death[came] = FAR
    leave[came] = FAR
    move = np.full(n, FAR, dtype=np.int32)
    moved = within[family] | leaves
    move[moved] = day[family[moved]]
    return {
        "death": death,
        "leave": leave,
        "arrive": arrive,
        "move_day": move,
        "kk_day": kk_day,
        "kk_day_fam": kk_day_fam,
        "shdk1": shdk1,
        "shdk2": shdk2,
    }
