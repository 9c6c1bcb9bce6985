"""Pairs that no weight may merge without a person: what speaks for them is true of a twin, a brother or a namesake as well.

What evidence weighs belongs to `model`; a marked pair keeps its weight and waits in the clerical queue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from padanan.linkage.comparison import COLUMNS, People, level_of
from padanan.linkage.levels import Column
from padanan.linkage.names import UNKNOWN_LETTERS
from padanan.linkage.pairs import Pairs, Right

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Marks = npt.NDArray[np.uint8]
Borne: TypeAlias = Callable[[Ints], npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Mark:
    """One thing that a clerk would see in a pair: its bit, in words, and whether it keeps the pair from being merged."""

    bit: int
    told: str
    holds: bool


DATE = Mark(1, "tanggal lahir lain dan NIK tidak mirip: mungkin kerabat atau orang senama", True)
TWIN = Mark(2, "serumah dan lahir sehari, tetapi namanya lain: mungkin saudara kembarnya", True)
BARE = Mark(4, "hanya nama dan wilayahnya yang sama: mungkin orang senama", True)
MATE = Mark(8, "orang lain di kartu itu cocok sama baik atau lebih", True)
DAY = Mark(16, "tanggal lahirnya tanggal baku (01-01) atau dipakai banyak orang: kecil artinya", False)
WORD = Mark(32, "namanya satu kata yang dipakai banyak orang: kecil artinya", False)
MARKS = (DATE, TWIN, BARE, MATE, DAY, WORD)
HOLDS = sum(mark.bit for mark in MARKS if mark.holds)
# Twins of whom one is not registered yet are small; from this age on a name of fewer words is a shortened one.
SMALL = 5
# A wrong letter is one that either name has alone, a shortened name has none of its own; from so many on it is another word.
LETTERS = 2
# A word is a name when so many residents bear it.
BORNE, BORNE_SHARE = 3, 2e-5


def held(pairs: Pairs) -> Bools:
    """Pairs that wait for a person whatever they weigh.

    Relatives already matched into the resident's card are more than name and place.
    """
    return np.asarray(holding(pairs) != 0)


def holding(pairs: Pairs) -> Marks:
    """The marks that make pairs wait."""
    marks = pairs.marks & np.uint8(HOLDS)
    return np.asarray(np.where(pairs.kin == 1, marks & np.uint8(HOLDS - BARE.bit), marks), dtype=np.uint8)


def words(marks: int) -> list[str]:
    """The marks of one pair, for its reader."""
    return [mark.told for mark in MARKS if marks & mark.bit]


def marked(pairs: Pairs, people: People, right: Right, borne: Borne, least: float) -> Pairs:
    """Pairs with every mark but those of `fit` (`DAY`, `WORD`), which stay.

    Args:
        pairs: in whatever order.
        people: the list's side. right: the register rows that `pairs` name.
        borne: how many people bear each of some given names. least: from how many on a word is a name.
    """
    level = {c.name: _Levels(c, pairs.packed) for c in COLUMNS}
    near = level["nik"].any("sama", "satu_salah")
    card, day, name = level["kk"].any("sama", "satu_salah"), level["lahir"].any("sama"), level["nama"]
    mother = level["ibu"].any("sama", "mirip")
    marks = pairs.marks & np.uint8(DAY.bit | WORD.bit)
    # One name, one card and one year are not father and son.
    year = level["lahir"].any("tahun_sama") & ~(card & name.any("sama", "bunyi_sama"))
    marks[(year | level["lahir"].any("beda")) & ~near] |= DATE.bit
    home = card | level["ibu"].any("sama") | level["alamat"].any("sama") | level["wilayah"].any("rt_sama")
    unlike = name.any("kata_lebih", "kata_depan_sama", "beda")
    year = people["dob"] // 10000
    # The list's own youngest tell its day; one in a hundred may have a date to come.
    today = np.quantile(year[year > 0], 0.99) if (year > 0).any() else 0
    unlike |= name.any("sebagian") & (year[pairs.left] >= today - SMALL)
    close = home & ~near & level["lahir"].any("sama", "tertukar", "dua_bagian")
    other = np.flatnonzero(close & name.any("bunyi_sama", "huruf_hidup", "mirip", "agak_mirip"))
    other = other[_another_name(people["given"][pairs.left[other]], right.given[pairs.right[other]], borne, least)]
    marks[other] |= TWIN.bit
    far = np.flatnonzero(day & home & ~near & name.any("mirip", "agak_mirip"))
    mine, theirs = people.name.letters[pairs.left[far]], right.letters[pairs.right[far]]
    known = (mine != UNKNOWN_LETTERS) & (theirs != UNKNOWN_LETTERS)
    own = np.minimum(np.bitwise_count(mine & ~theirs), np.bitwise_count(theirs & ~mine))
    unlike[far] |= known & (own >= LETTERS)
    marks[close & day & unlike] |= TWIN.bit
    vague = level["lahir"].any("kosong") | ((marks & DAY.bit) != 0)
    marks[vague & ~near & ~card & ~mother & ~level["alamat"].any("sama")] |= BARE.bit
    marks[_mate_fits(pairs, right, name)] |= MATE.bit
    return replace(pairs, marks=marks)


def _another_name(given: Ints, theirs: Ints, borne: Borne, least: float) -> Bools:
    """Given names that differ and that others bear too: a typing error seldom makes a name of a name."""
    names = (given != theirs) & (given != 0) & (theirs != 0)
    return np.asarray(names & (borne(given) >= least) & (borne(theirs) >= least))


def least_borne(people: int) -> float:
    """How many of so many people must bear a word for it to be a name."""
    return max(BORNE, people * BORNE_SHARE)


def first_day(people: People, a: Ints, b: Ints) -> Bools:
    """Pairs of which one was born on 1 January: who knows the year alone writes so."""
    return np.asarray((people["dob"][a] % 10000 == 101) | (people["dob"][b] % 10000 == 101))


class _Levels:
    """One comparison's levels of pairs, asked by name."""

    def __init__(self, column: Column, packed: npt.NDArray[np.int32]) -> None:
        self._names, self._level = column.levels, level_of(packed, column)

    def any(self, *names: str) -> Bools:
        """Pairs at one of these levels."""
        wanted = np.zeros(len(self._names), dtype=bool)
        wanted[[self._names.index(name) for name in names]] = True
        return np.asarray(wanted[self._level])


def _mate_fits(pairs: Pairs, right: Right, name: _Levels) -> Bools:
    """Pairs whose name is not quite the resident's while it is exactly that of another on the same card."""
    card = right.card[pairs.right]
    key = (card * np.uint64(0x9E3779B97F4A7C15)) ^ pairs.left.astype(np.uint64)
    exact = name.any("sama") & (card != 0)
    return np.asarray(~name.any("sama", "bunyi_sama") & (card != 0) & np.isin(key, key[exact]))
