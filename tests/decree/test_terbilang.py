"""Numbers in words, read back by a reader that shares nothing with the writer."""

import random

import pytest

from padanan.decree.documents.terbilang import LIMIT, rupiah, terbilang

UNITS = {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9}
SCALES = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12, "kuadriliun": 10**15}


def read_back(text):
    """Value of number words: a running group that a scale word closes."""
    if text == "nol":
        return 0
    total = group = last = 0
    text = text.replace("sepuluh", "satu puluh").replace("sebelas", "satu belas").replace("seratus", "satu ratus")
    for word in text.replace("seribu", "satu ribu").split():
        if word in UNITS:
            last = UNITS[word]
        elif word == "belas":
            group, last = group + 10 + last, 0
        elif word in ("puluh", "ratus"):
            group, last = group + last * {"puluh": 10, "ratus": 100}[word], 0
        else:
            total, group, last = total + (group + last) * SCALES[word], 0, 0
    return total + group + last


@pytest.mark.feature("F17")
@pytest.mark.parametrize(
    "value, words",
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (101, "seratus satu"),
        (1000, "seribu"),
        (1100, "seribu seratus"),
        (11_000, "sebelas ribu"),
        (21_000, "dua puluh satu ribu"),
        (101_000, "seratus satu ribu"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (7374, "tujuh ribu tiga ratus tujuh puluh empat"),
        (10**15, "satu kuadriliun"),
        (-5, "minus lima"),
    ],
)
def test_known_words(value, words):
    assert terbilang(value) == words


@pytest.mark.feature("F17")
def test_every_number_reads_back():
    draw = random.Random(20251215)
    numbers = [*range(2500), *(draw.randrange(10 ** draw.randint(1, 15)) for _ in range(5000)), LIMIT - 1]
    for number in numbers:
        words = terbilang(number)
        assert read_back(words) == number, words
        assert "satu ratus" not in words and "satu puluh" not in words and "satu belas" not in words
        assert "  " not in words and words == words.strip()


def test_rupiah_and_the_limit():
    assert rupiah(1_250_000) == "satu juta dua ratus lima puluh ribu rupiah"
    with pytest.raises(ValueError):
        terbilang(LIMIT + 1)
