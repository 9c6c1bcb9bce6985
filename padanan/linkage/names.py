"""Names by a dictionary of their distinct tokens: canonical form and phonetic code of each token, once.

Cleaning of raw names (titles, accents) belongs to staging; comparing two names belongs to `comparison`.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

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
_VOWEL = re.compile("[AEIOUHW]")
_TWICE = re.compile(r"(.)\1+")


def canonical(token: str) -> str:
    """One spelling of a frequent token; any other token in its new spelling (OE to U, TJ to C, DJ to J)."""
    return _CANONICAL.get(token) or token.replace("OE", "U").replace("TJ", "C").replace("DJ", "J")


def phonetic(token: str) -> str:
    """Consonant skeleton of a token after folding old spelling and look-alike sounds; vowels kept only in front."""
    text = token
    for old, new in _OLD:
        text = text.replace(old, new)
    text = text.translate(_CLASS)
    head, tail = text[:1], _VOWEL.sub("", text[1:].replace("Y", ""))
    code = _TWICE.sub(r"\1", ("A" if head and head in "AEIOU" else head) + tail)
    return code[:-1] + "T" if len(code) > 1 and code.endswith("D") else code


def mix(values: UInts) -> UInts:
    """Finaliser of splitmix64: sums of mixed values name a set of tokens whatever its order."""
    x = values + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


@dataclass
class TokenDictionary:
    """Distinct tokens met so far with their canonical form, phonetic code (crc32; 0 = none) and genericity."""

    index: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    generic: list[bool] = field(default_factory=list)

    def ids(self, tokens: pa.Array) -> npt.NDArray[np.int64]:
        """Numbers of the distinct `tokens`, new ones entered."""
        out = np.empty(len(tokens), dtype=np.int64)
        for position, token in enumerate(tokens.to_pylist()):
            number = self.index.get(token)
            if number is None:
                text = canonical(token)
                code = phonetic(text)
                number = len(self.texts)
                self.index[token] = number
                self.texts.append(text)
                self.codes.append(zlib.crc32(code.encode()) or 1 if code else 0)
                self.generic.append(text in GENERIC or len(text) == 1)
            out[position] = number
        return out


@dataclass(frozen=True)
class NameCodes:
    """Per name: canonical text, hash of its token set, skeleton, given-name code, further token codes, count."""

    text: pa.Array
    key: UInts
    skeleton: UInts
    tokens: tuple[Codes, Codes, Codes]
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
    texts = np.array(dictionary.texts, dtype=object) if dictionary.texts else np.empty(0, dtype=object)
    canonical_flat = pa.array(texts, pa.string()).take(pa.array(number)) if len(flat) else pa.array([], pa.string())
    code_table = np.array(dictionary.codes, dtype=np.uint32)
    generic_table = np.array(dictionary.generic, dtype=bool)
    code = code_table[number] if len(flat) else np.empty(0, dtype=np.uint32)
    generic = generic_table[number] if len(flat) else np.empty(0, dtype=bool)
    name = np.repeat(np.arange(n), lengths)
    # A generic token counts only where nothing else is there.
    own = np.bincount(name, weights=~generic, minlength=n) if len(flat) else np.zeros(n)
    used = (~generic | (own[name] == 0)) & (code > 0) if len(flat) else np.empty(0, dtype=bool)
    whole = _text_hash(dictionary)[number] if len(flat) else np.empty(0, dtype=np.uint64)
    key = sums(whole, lengths)
    skeleton = sums(
        np.where(used, mix(code_table.astype(np.uint64))[number] if len(flat) else code.astype(np.uint64), np.uint64(0)), lengths
    )
    slots = _first_three(n, name[used], code[used])
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, canonical_flat), " ")
    joined = pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)
    return NameCodes(joined, key, skeleton, slots, np.minimum(lengths, 255).astype(np.uint8))


def sums(values: UInts, lengths: npt.NDArray[np.int64]) -> UInts:
    """Sum modulo 2^64 of each run of `lengths` values; 0 for an empty run."""
    total = np.r_[np.uint64(0), np.cumsum(values, dtype=np.uint64)]
    ends = np.cumsum(lengths)
    return np.asarray(total[ends] - total[ends - lengths])


def _text_hash(dictionary: TokenDictionary) -> UInts:
    texts = [zlib.crc32(text.encode()) | (zlib.adler32(text.encode()) << 32) if text else 0 for text in dictionary.texts]
    numbers = np.array(texts, dtype=np.uint64)
    return np.where(numbers == 0, np.uint64(0), mix(numbers))


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
