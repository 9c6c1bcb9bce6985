"""Made-up names of Jakarta's communities: invented tokens, real habits (one word, Muhammad, Siti, patronym).

Which person carries which name belongs to the world; how a clerk misspells one is `variants` here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int32]

# Syllables by community: (share, starts, middles, male ends, female ends, surname ends or None).
COMMUNITIES: dict[str, tuple[float, str, str, str, str, str | None]] = {
    "jawa": (
        0.36,
        "SUR WAR PUR HAR SAR KAR SUD SUM PRAM TRIS WID MUJ",
        "AN IN ON IY UK AD",
        "DRIJO TOMYO WIRDO NANGGO SUSYO MARJO",
        "NINGSRI WATYA LESTRI RAHYU TINEM SIHRA",
        None,
    ),
    "betawi": (
        0.28,
        "ROJ MUS SAN NAS JAM MAR SAB HAS BOK ZUL MAD NIM",
        "AH IL UD ON IM AR",
        "LANIH SUDIN ROJI MANUN KARIM BIRIN",
        "LAYAH SANAH MUNAH RIYEH TIPAH ZAROH",
        None,
    ),
    "sunda": (
        0.16,
        "AS CEC DAD ENT UJ YAY KOK MAM TAT NAN ROS WAW",
        "EP AN IH UN AK EN",
        "SUTRIA GUMELIR WIJANA KARNADI PERMINA RUSMAN",
        "RUHAETI SURYENI KOMALIA NENGSIR ROHANDA CUCURA",
        None,
    ),
    "tionghoa": (
        0.06,
        "LI TAN WI HAL SUT KUS",
        "ON AN IM UW",
        "TARJA KOSMO DINGTO",
        "LIANTY MEYLI YUNSIE",
        "GUNTARI WIJOYO HALIMTO",
    ),
    "batak": (
        0.05,
        "TO PAR SA HO RU MANG",
        "GI BU NA LO",
        "HOTRAN GABEON PARLIN",
        "ROSNAI TIURAN LASMIAR",
        "SIRANGGU HUTABARU SIMANJORA",
    ),
    "minang": (0.05, "YUS ZAI RAF ERM SYAF NOV", "RI NA DI WA", "ZALDIR NURMAN SYAHRIL", "NELDIA FITRAH YARNISA", None),
    "timur": (
        0.04,
        "YO MAR FRA LE DO BEN",
        "HA TI SE NO",
        "NESKUS LAURIS BERTOD",
        "LINCE MARTHAE YOSVIN",
        "LATUPERI RUMAHUKA SOPLANIA",
    ),
}
PREFIX_MALE = ("MUHAMMAD", "ABDUL", "AHMAD")
PREFIX_FEMALE = ("SITI", "NUR")
SHORT = {
    "MUHAMMAD": ("MUH", "MOH", "MUHAMAD", "MOCHAMMAD"),
    "ABDUL": ("ABD",),
    "AHMAD": ("ACHMAD", "AKHMAD"),
    "SITI": ("ST",),
    "NUR": ("NOER",),
}
OLD_SPELLING = (("SU", "SOE"), ("CU", "TJOE"), ("J", "DJ"), ("C", "TJ"), ("U", "OE"))


@dataclass(frozen=True)
class Vocabulary:
    """All tokens, and per community the token ranges that a sex draws from."""

    tokens: pa.StringArray
    male: tuple[Ints, ...]
    female: tuple[Ints, ...]
    surname: tuple[Ints | None, ...]
    share: tuple[float, ...]
    prefix_male: Ints
    prefix_female: Ints
    variant: Ints
    tionghoa: int


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Builds the token lists: fixed, independent of any seed."""
    tokens: list[str] = [""]
    index: dict[str, int] = {"": 0}

    def number(token: str) -> int:
        if token not in index:
            index[token] = len(tokens)
            tokens.append(token)
        return index[token]

    shuffler = np.random.default_rng(7)

    def build(starts: str, middles: str, ends: str) -> Ints:
        made = [a + b + c for a, b, c in product(starts.split(), middles.split(), ends.split())]
        short = [a + b + c[:2] for a, b, c in product(starts.split(), middles.split(), ends.split())]
        found = np.array(sorted({number(token) for token in made + short}), dtype=np.int32)
        return found[shuffler.permutation(len(found))]

    male, female, surname = [], [], []
    for _, starts, middles, ends_m, ends_f, family in COMMUNITIES.values():
        male.append(build(starts, middles, ends_m))
        female.append(build(starts, middles, ends_f))
        surname.append(np.array([number(token) for token in family.split()], dtype=np.int32) if family else None)
    prefix_male = np.array([number(token) for token in PREFIX_MALE], dtype=np.int32)
    prefix_female = np.array([number(token) for token in PREFIX_FEMALE], dtype=np.int32)
    variants: dict[int, int] = {}
    for token, position in list(index.items()):
        if token in SHORT:
            variants[position] = number(SHORT[token][0])
            continue
        for new, old in OLD_SPELLING:
            if new in token[:-1]:
                variants[position] = number(token.replace(new, old, 1))
                break
    variant = np.arange(len(tokens), dtype=np.int32)
    for before, after in variants.items():
        variant[before] = after
    return Vocabulary(
        tokens=pa.array([token or None for token in tokens], pa.string()),
        male=tuple(male),
        female=tuple(female),
        surname=tuple(surname),
        share=tuple(row[0] for row in COMMUNITIES.values()),
        prefix_male=prefix_male,
        prefix_female=prefix_female,
        variant=variant,
        tionghoa=list(COMMUNITIES).index("tionghoa"),
    )


def draw(rng: np.random.Generator, community: npt.NDArray[np.int8], female: npt.NDArray[np.bool_], birth_year: Ints) -> Ints:
    """Draws three tokens per person (0 = no token), shape (n, 3).

    Older people carry one-word names more often; skewed token use follows u².
    """
    voc = vocabulary()
    n = len(community)
    out = np.zeros((n, 3), dtype=np.int32)
    u = rng.random((n, 3))
    one_word = u[:, 2] < np.where(birth_year < 1970, 0.30, 0.08)
    three = rng.random(n) < np.where(birth_year > 2000, 0.45, 0.15)
    with_prefix = rng.random(n) < np.where(birth_year > 1985, 0.28, 0.18)
    extra = rng.random((n, 2))
    for number in range(len(voc.share)):
        for sex, pools, prefixes in ((False, voc.male, voc.prefix_male), (True, voc.female, voc.prefix_female)):
            here = np.flatnonzero((community == number) & (female == sex))
            pool = pools[number]
            first = pool[(u[here, 0] ** 2 * len(pool)).astype(np.int64)]
            second = pool[(u[here, 1] ** 1.5 * len(pool)).astype(np.int64)]
            family = voc.surname[number]
            out[here, 0] = first
            if family is not None:
                out[here, 1] = np.where(three[here], second, 0)
                out[here, 2] = family[(extra[here, 0] * len(family)).astype(np.int64)]
                continue
            out[here, 1] = np.where(one_word[here], 0, second)
            muslim = with_prefix[here]
            out[here, 2] = np.where(muslim & ~one_word[here] & three[here], out[here, 1], 0)
            out[here, 1] = np.where(muslim, first, out[here, 1])
            out[here, 0] = np.where(muslim, prefixes[(extra[here, 1] * len(prefixes)).astype(np.int64)], first)
    return out


def text(tokens: Ints) -> pa.StringArray:
    """Full names from (n, 3) token numbers, upper case, single spaces."""
    voc = vocabulary().tokens
    parts = [voc.take(pa.array(tokens[:, slot])) for slot in range(tokens.shape[1])]
    return pc.binary_join_element_wise(*parts, pa.scalar(" "), null_handling="skip")
