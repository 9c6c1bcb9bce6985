"""The rows of one registry before they become text: who stands in it, as of when, with which card and place.

Which faults the rows carry is `faults`; how they are written is `columns`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from padanan.contracts.contract import Contract
from padanan.synthetic.base import BASE_DAY, CANARY, DE_FACTO, HEAD, RESIDENT, Bools, Int8s, Int16s, Int32s, Int64s, serials
from padanan.synthetic.world import World

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Draws:
    """Random numbers per person that stay the same for every period of one seed and registry."""

    seed: int
    group: str
    people: int

    def uniform(self, name: str) -> Floats:
        """One number in [0, 1) per person, always the same for this name."""
        return self.generator(name).random(self.people, dtype=np.float32)

    def generator(self, name: str) -> np.random.Generator:
        """A generator of its own per name, so that one fault more does not move the others."""
        return np.random.default_rng([self.seed, zlib.crc32(f"{self.group}/{name}".encode())])


def group_of(contract_id: str) -> str:
    """P3KE is one producer with two files: both see the same families."""
    return "p3ke" if contract_id.startswith("p3ke") else contract_id


@dataclass
class Rows:
    """One registry's rows; arrays of one entry per row.

    `card` numbers the family as the registry knows it; `copy` > 0 marks a second record of the same person;
    `fault` maps a field to the fault's number in `faults.FAULTS[field]` (0 = none).
    """

    person: Int32s
    day: Int32s
    kk: Int64s
    shdk: Int8s
    kel: Int16s
    card: Int64s
    nik: Int64s
    birth: Int32s
    female: Bools
    desil: Int8s
    copy: Int8s
    fault: dict[str, Int8s] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.person)

    def take(self, index: npt.NDArray[Any]) -> Rows:
        """The rows at these positions."""
        arrays = {
            name: getattr(self, name)[index]
            for name in ("person", "day", "kk", "shdk", "kel", "card", "nik", "birth", "female", "desil", "copy")
        }
        return Rows(**arrays, fault={name: codes[index] for name, codes in self.fault.items()})


def lag_days(draws: Draws, world: World, config: Mapping[str, Any]) -> Int32s:
    """How old each family's data are, in days: `tertinggal: {bagian: share, hari: most}`."""
    lag = config.get("tertinggal") or {}
    share, most = float(lag.get("bagian", 0.0)), int(lag.get("hari", 0))
    if not share or not most:
        return np.zeros(len(world), dtype=np.int32)
    u = draws.uniform("tertinggal")[world.family]
    return np.where(u < share, u / share * most, 0).astype(np.int32)


def select(world: World, contract: Contract, config: Mapping[str, Any], draws: Draws, today: int) -> Int32s:
    """Persons that stand in a registry at `today`, in the registry's own order (place, family, person).

    Args:
        config: the profile's `cakupan` of this contract.
        today: day of the data (days since 1970).
    """
    day = np.maximum(today - lag_days(draws, world, config), BASE_DAY).astype(np.int32)
    if config.get("penduduk"):
        chosen = (world.kind != DE_FACTO) & (world.birth <= day) & (world.arrive <= day)
    else:
        chosen = world.present(day)
        if "keluarga_per_desil" in config:
            share = np.array([0.0, *config["keluarga_per_desil"]], dtype=np.float32)[world.desil]
            share = np.where(world.kind == DE_FACTO, np.float32(config.get("de_facto", 0.0)), share)
            chosen &= (draws.uniform("cakupan")[world.family] < share) | (world.kind == CANARY)
            chosen &= draws.uniform("anggota_hilang") >= float(config.get("anggota_hilang", 0.0))
        else:
            chosen = _program_members(world, contract, config, draws, day, chosen)
    who = np.flatnonzero(chosen).astype(np.int32)
    at = day[who]
    order = np.lexsort((who, world.family[who], world.kk_at(at, who), world.rw[who], world.kel_at(at, who)))
    return who[order]


def _program_members(
    world: World, contract: Contract, config: Mapping[str, Any], draws: Draws, day: Int32s, present: Bools
) -> Bools:
    age = (day - world.birth) / 365.2425
    able = present & (age >= float(config.get("umur_min", 0))) & (age < float(config.get("umur_maks", 130)))
    able &= world.desil <= int(config.get("desil_maks", 10))
    able &= world.kind == RESIDENT if not config.get("de_facto") else True
    if config.get("pelajar"):
        able &= world.student
    if config.get("disabilitas"):
        able &= world.disabled
    if contract.unit == "keluarga":
        everyone = np.arange(len(world), dtype=np.int32)
        able &= world.shdk_at(day, everyone) == HEAD
    u = draws.uniform("peserta")
    u = np.where(able, u, 2.0)
    wanted = max(int(able.sum() * float(config.get("bagian", 0.05))), int(config.get("minimal", 40)))
    wanted = min(wanted, int(able.sum()))
    chosen = np.zeros(len(world), dtype=bool)
    if wanted:
        chosen[np.argsort(u, kind="stable")[:wanted]] = True
    return np.asarray(chosen | (present & (world.kind == CANARY)))


def make_rows(world: World, who: Int32s, config: Mapping[str, Any], draws: Draws, today: int) -> Rows:
    """The faultless rows of the chosen persons."""
    day = np.maximum(today - lag_days(draws, world, config), BASE_DAY).astype(np.int32)[who]
    kk = world.kk_at(day, who)
    second = (day >= world.kk_day[who]) & (world.kk2[who] != world.kk1[who])
    return Rows(
        person=who,
        day=day,
        kk=kk,
        shdk=world.shdk_at(day, who),
        kel=world.kel_at(day, who),
        card=world.family[who].astype(np.int64) * 2 + second,
        nik=np.where(world.has_nik[who], world.nik[who], -1),
        birth=world.birth[who],
        female=world.female[who],
        desil=world.desil[who],
        copy=np.zeros(len(who), dtype=np.int8),
    )


def member_number(rows: Rows) -> Int64s:
    """1, 2, 3 … within each card: P3KE's id_individu, unique only within the family."""
    return serials(rows.card)
