"""Names by a dictionary of their distinct tokens: canonical form and phonetic code of each token, once.

Cleaning of raw names (titles, accents) belongs to staging; comparing two names belongs to `comparison`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

UInts = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.uint32]

_CANONICAL = {
    **dict.fromkeys(
        (
            "M",
            "MUH",
            "MOH",
            "MUHAMAD",
            "MOHAMAD",
            "MOHAMMAD",
            "MUHAMMED",
            "MOCHAMAD",
            "MOCHAMMAD",
            "MOCH",
            "MUCH",
            "MHD",
            "MOEHAMMAD",
            "MOEHAMAD",
            "MUHAMMAT",
        ),
        "MUHAMMAD",
    ),
    **dict.fromkeys(("ABD", "ABDL", "ABDOEL", "ABDOL"), "ABDUL"),
    **dict.fromkeys(("ST", "SITTI", "SITY"), "SITI"),
    **dict.fromkeys(("ACHMAD", "AHMAT", "AKHMAD", "ACH"), "AHMAD"),
}
# Tokens so common that they can't stand for a person: skipped where another token is there.
GENERIC = frozenset(("MUHAMMAD", "ABDUL", "SITI", "AHMAD", "NUR", "SRI"))
_OLD = (
    ("TJ", "C"),
    ("DJ", "Y"),
    ("OE", "U"),
    ("NJ", "NY"),
    ("SJ", "SY"),
    ("CH", "K"),
    ("KH", "K"),
    ("SY", "S"),
    ("SH", "S"),
    ("TH", "T"),
    ("DH", "D"),
    ("PH", "F"),
    ("CK", "K"),
    ("NG", "G"),
)
_CLASS = str.maketrans({"J": "Y", "V": "F", "P": "F", "Q": "K", "X": "K", "Z": "S"})
# Vowels count in front of a token only; tokens stand one a line.
_VOWELS = re.compile(r"(?<=[^\n])[AEIOUHWY]+")
_VOWEL_HEAD = re.compile(r"^[AEIOU]", re.MULTILINE)
_TWICE = re.compile(r"(.)\1+")
_SOFT_END = re.compile(r"(?<=[^\n])D$", re.MULTILINE)

# Letters that are counted together, 16 counts of 4 bits; bytes of no class share the last one.
_CLASSES = ("A", "I", "U", "EO", "N", "R", "SZ", "H", "TD", "M", "L", "KG", "BPF", "WYJ", "CVQX \n")
_CLASS_OF = np.full(256, len(_CLASSES), dtype=np.uint64)
for _number, _members in enumerate(_CLASSES):
    _CLASS_OF[list(_members.encode())] = _number
_ONE_LETTER = np.uint64(1) << (np.uint64(4) * _CLASS_OF)
_SPACE = _ONE_LETTER[ord(" ")]
_LOW = np.uint64(0x1111111111111111)
UNKNOWN_LETTERS = np.uint64(2**64 - 1)


def canonicals(tokens: Sequence[str]) -> list[str]:
    """One spelling of frequent tokens; any other token in its new spelling (OE to U, TJ to C, DJ to J)."""
    if not tokens:
        return []
    spelt = "\n".join(tokens).replace("OE", "U").replace("TJ", "C").replace("DJ", "J").split("\n")
    return [_CANONICAL.get(token) or new for token, new in zip(tokens, spelt, strict=True)]


def phonetics(tokens: Sequence[str]) -> list[str]:
    """Consonant skeletons of tokens after folding old spelling and look-alike sounds; vowels kept only in front."""
    if not tokens:
        return []
    # One text for all tokens: a replacement costs the same for one as for thousands.
    text = "\n".join(tokens)
    for old, new in _OLD:
        text = text.replace(old, new)
    text = _VOWELS.sub("", text.translate(_CLASS))
    text = _TWICE.sub(r"\1", _VOWEL_HEAD.sub("A", text))
    return _SOFT_END.sub("T", text).split("\n")


def phonetic(token: str) -> str:
    """`phonetics` of one token."""
    return phonetics([token])[0]


def mix(values: UInts) -> UInts:
    """Finaliser of splitmix64: sums of mixed values name a set of tokens whatever its order."""
    x = values + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


class TokenDictionary:
    """Distinct tokens met so far with what is known of each, aligned arrays.

    Attributes:
        texts: canonical forms. codes: phonetic codes (crc32; 0 = none). generic: tokens too common to stand for a person.
        hashes: of the canonical form. letters: counts of its letters with a space behind it, 4 bits a class;
        most: largest of these counts, 16 when unknown.
    """

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self.texts = pa.array([], pa.string())
        self.codes = np.empty(0, dtype=np.uint32)
        self.generic = np.empty(0, dtype=bool)
        self.hashes = np.empty(0, dtype=np.uint64)
        self.letters = np.empty(0, dtype=np.uint64)
        self.most = np.empty(0, dtype=np.uint64)

    def ids(self, tokens: pa.Array) -> npt.NDArray[np.int64]:
        """Numbers of the distinct `tokens`, new ones entered."""
        asked = tokens.to_pylist()
        fresh = [token for token in asked if token not in self._index]
        if fresh:
            self._enter(fresh)
        return np.fromiter((self._index[token] for token in asked), dtype=np.int64, count=len(asked))

    def _enter(self, tokens: list[str]) -> None:
        start = len(self._index)
        self._index.update(zip(tokens, range(start, start + len(tokens)), strict=True))
        texts = canonicals(tokens)
        raw = [text.encode() for text in texts]
        codes = [zlib.crc32(code.encode()) or 1 if code else 0 for code in phonetics(texts)]
        hashes = np.array([zlib.crc32(text) | (zlib.adler32(text) << 32) for text in raw], dtype=np.uint64)
        counts, most = _letters(raw)
        self.texts = pa.concat_arrays([self.texts, pa.array(texts, pa.string())])
        self.codes = np.r_[self.codes, np.array(codes, dtype=np.uint32)]
        self.generic = np.r_[self.generic, np.array([text in GENERIC or len(text) == 1 for text in texts], dtype=bool)]
        # A missing name comes as one empty token: its key stays 0.
        self.hashes = np.r_[self.hashes, np.where([bool(text) for text in raw], mix(hashes), np.uint64(0))]
        self.letters, self.most = np.r_[self.letters, counts], np.r_[self.most, most]


def _letters(tokens: list[bytes]) -> tuple[UInts, UInts]:
    """(counts of each token's bytes with a space behind it, 4 bits a class; the largest count, 16 if it may not fit)."""
    every = np.frombuffer(b"\n".join(tokens) + b"\n", dtype=np.uint8)
    length = np.array([len(token) + 1 for token in tokens], dtype=np.int64)
    begin = np.cumsum(length) - length
    counts = np.add.reduceat(_ONE_LETTER[every], begin)
    most = np.zeros(len(tokens), dtype=np.uint64)
    for shift in range(0, 64, 4):
        np.maximum(most, counts >> np.uint64(shift) & np.uint64(15), out=most)
    most[length > 15] = 16
    return counts, most


def _marks(counts: UInts) -> UInts:
    """Counts of 4 bits as so many marks: 0 to 4 set bits a class, so that common letters are common bits."""
    one, two, four, eight = (counts >> np.uint64(k) for k in range(4))
    more = four | eight
    marks = (one | two | more) & _LOW
    marks |= ((two | more) & _LOW) << np.uint64(1)
    marks |= (((one & two) | more) & _LOW) << np.uint64(2)
    return np.asarray(marks | (more & _LOW) << np.uint64(3))


@dataclass(frozen=True)
class NameCodes:
    """Per name: canonical text, its letters as marks, hash of its token set, skeleton, token codes, given name's hash, count.

    `letters` has a bit for each of the first four letters of a class (`UNKNOWN_LETTERS` when they can't be counted).
    """

    text: pa.Array
    letters: UInts
    key: UInts
    skeleton: UInts
    tokens: tuple[Codes, Codes, Codes]
    given: Codes
    count: npt.NDArray[np.uint8]


def encode(names: pa.Array, dictionary: TokenDictionary) -> NameCodes:
    """Codes of names; a NULL or empty name has text NULL and every code 0.

    Args:
        names: cleansed names (upper case, single spaces).
        dictionary: shared between batches and with the other table.
    """
    n = len(names)
    filled = pc.fill_null(names, "")
    parts = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(filled))
    lengths = pc.list_value_length(parts).to_numpy(zero_copy_only=False).astype(np.int64)
    flat = pc.list_flatten(parts)
    coded = flat.dictionary_encode()
    table = dictionary.ids(coded.dictionary)
    number = table[coded.indices.to_numpy(zero_copy_only=False)] if len(flat) else np.empty(0, dtype=np.int64)
    canonical_flat = dictionary.texts.take(pa.array(number))
    code, generic = dictionary.codes[number], dictionary.generic[number]
    name = np.repeat(np.arange(n), lengths)
    # A generic token counts only where nothing else is there.
    own = np.bincount(name, weights=~generic, minlength=n) if len(flat) else np.zeros(n)
    used = (~generic | (own[name] == 0)) & (code > 0) if len(flat) else np.empty(0, dtype=bool)
    key = sums(dictionary.hashes[number], lengths)
    skeleton = sums(np.where(used, mix(dictionary.codes.astype(np.uint64))[number], np.uint64(0)), lengths)
    # One space less than tokens; an empty name has none to give back.
    counts = sums(dictionary.letters[number], lengths) - np.where(lengths > 0, _SPACE, np.uint64(0))
    letters = np.where(sums(dictionary.most[number], lengths) <= 15, _marks(counts), UNKNOWN_LETTERS)
    slots = _first_three(n, name[used], code[used])
    given = _first_three(n, name[used], np.maximum(dictionary.hashes[number][used] >> np.uint64(32), 1).astype(np.uint32))[0]
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, canonical_flat), " ")
    joined = pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)
    return NameCodes(joined, letters, key, skeleton, slots, given, np.minimum(lengths, 255).astype(np.uint8))


def sums(values: UInts, lengths: npt.NDArray[np.int64]) -> UInts:
    """Sum modulo 2^64 of each run of `lengths` values; 0 for an empty run."""
    total = np.r_[np.uint64(0), np.cumsum(values, dtype=np.uint64)]
    ends = np.cumsum(lengths)
    return np.asarray(total[ends] - total[ends - lengths])


def _first_three(n: int, name: npt.NDArray[np.int64], code: Codes) -> tuple[Codes, Codes, Codes]:
    slots = (np.zeros(n, dtype=np.uint32), np.zeros(n, dtype=np.uint32), np.zeros(n, dtype=np.uint32))
    if len(name) == 0:
        return slots
    start = np.r_[True, name[1:] != name[:-1]]
    position = np.arange(len(name)) - np.maximum.accumulate(np.where(start, np.arange(len(name)), 0))
    for slot, values in enumerate(slots):
        here = position == slot
        values[name[here]] = code[here]
    return slots
