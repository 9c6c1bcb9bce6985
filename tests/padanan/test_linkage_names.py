"""Name codes against one token at a time, and the letters' ceiling against Jaro-Winkler itself."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from padanan.linkage import names
from padanan.linkage.similarity import Texts, ceiling, may_reach, similarity

_OLD = (("TJ", "C"), ("DJ", "Y"), ("OE", "U"), ("NJ", "NY"), ("SJ", "SY"), ("CH", "K"), ("KH", "K"), ("SY", "S"), ("SH", "S"))
_OLD += (("TH", "T"), ("DH", "D"), ("PH", "F"), ("CK", "K"), ("NG", "G"))


def _slow_phonetic(token: str) -> str:
    for old, new in _OLD:
        token = token.replace(old, new)
    token = token.translate(str.maketrans("JVPQXZ", "YFFKKS"))
    head = "A" if token[:1] in tuple("AEIOU") else token[:1]
    code = re.sub(r"(.)\1+", r"\1", head + re.sub("[AEIOUHWY]", "", token[1:]))
    return code[:-1] + "T" if len(code) > 1 and code[-1] == "D" else code


def _tokens(count: int, seed: int) -> list[str]:
    dice = np.random.default_rng(seed)
    letters = [*list("AAAEIIOUUBCDGHJKLMNNPQRSTVWXYZ"), "TJ", "DJ", "OE", "NG", "SY", "KH", "É"]
    return ["".join(dice.choice(letters, int(dice.integers(1, 9)))) for _ in range(count)]


@pytest.mark.feature("F13")
def test_codes_of_many_tokens_equal_those_of_each() -> None:
    """All tokens are folded as one text: a neighbour must never leak into a code."""
    tokens = [*_tokens(3000, 1), "A", "D", "AD", "DD", "HD", "Y"]
    assert names.phonetics(tokens) == [_slow_phonetic(token) for token in tokens]
    assert [names.phonetic(token) for token in tokens[:50]] == names.phonetics(tokens)[:50]
    spelt = names.canonicals(["MOCH", "SOEKARNO", "TJIPTO", "DJOKO", "ST", "M"])
    assert spelt == ["MUHAMMAD", "SUKARNO", "CIPTO", "JOKO", "SITI", "MUHAMMAD"]


@pytest.mark.feature("F13")
def test_a_name_has_the_same_codes_whatever_was_read_before_it() -> None:
    """The dictionary grows with the batches; a missing name has no key, however often one came before."""
    tokens = _tokens(400, 2)
    texts = [" ".join(tokens[k : k + 1 + k % 4]) for k in range(390)] + ["", None]
    grown = names.TokenDictionary()
    parts = [names.encode(pa.array(texts[k : k + 37], pa.string()), grown) for k in range(0, len(texts), 37)]
    whole = names.encode(pa.array(texts, pa.string()), names.TokenDictionary())
    for what in ("key", "skeleton", "letters", "count"):
        assert np.concatenate([getattr(p, what) for p in parts]).tolist() == getattr(whole, what).tolist()
    assert whole.key[-2:].tolist() == whole.skeleton[-2:].tolist() == whole.letters[-2:].tolist() == [0, 0]
    assert len(set(whole.key.tolist())) > 300


@pytest.mark.feature("F14")
def test_no_pair_is_ruled_out_that_jaro_winkler_would_keep() -> None:
    """The ceiling is never under the true similarity: repeated letters, long names and letters outside A-Z among them."""
    dice = np.random.default_rng(3)
    tokens = [*_tokens(60, 4), "AAAAAAAA", "ANASTASIASARASWATIANANDA", "B", "ÉÈÊ"]
    texts = [" ".join(dice.choice(tokens, int(dice.integers(1, 4)))) for _ in range(700)] + ["A" * 40, "ABBA", "ABAB", None]
    for k in range(300):  # near misses, where a wrong ceiling would show
        text = str(texts[k])
        place = int(dice.integers(0, len(text)))
        texts.append(text[:place] + ("X" if k % 2 else "") + text[place + 1 :] or "X")
    codes = names.encode(pa.array(texts, pa.string()), names.TokenDictionary())
    side = Texts.of(codes.text.cast(pa.large_string()), codes.letters)
    i, j = (g.ravel() for g in np.meshgrid(np.arange(len(texts)), np.arange(len(texts))))
    with duckdb.connect() as con:
        con.register("pasangan", pa.table({"a": codes.text.take(pa.array(i)), "b": codes.text.take(pa.array(j))}))
        true = np.asarray(con.execute("select coalesce(jaro_winkler_similarity(a, b), 0) as s from pasangan").fetchnumpy()["s"])
        high = ceiling(side, side, i, j)
        assert (true <= high + 1e-5).all()
        assert (high < 0.85).mean() > 0.5
        near = may_reach(side, side, i, j, 0.85)
        got = np.zeros(len(i))
        got[near] = similarity(con, side, side, i[near], j[near], 0.85)
    assert np.array_equal(got > 0, true >= 0.85)
    assert np.allclose(got[got > 0], true[got > 0])
    assert (codes.letters == names.UNKNOWN_LETTERS).any()
