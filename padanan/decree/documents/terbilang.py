"""Numbers in Indonesian words, as naskah dinas writes them beside the figures.

How a figure itself is printed belongs to `padanan.base.format`; nothing here knows a document.
"""

from __future__ import annotations

LIMIT = 10**15
_ONES = ("", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
# Groups of three digits from the right; only the thousands contract "satu" to "se-".
_GROUPS = ("", "ribu", "juta", "miliar", "triliun", "kuadriliun")


def terbilang(value: int) -> str:
    """A whole number in words: 1234 is `seribu dua ratus tiga puluh empat`.

    Args:
        value: from -10^15 to 10^15.

    Raises:
        ValueError: outside that range.
    """
    if abs(value) > LIMIT:
        raise ValueError("terbilang goes up to 10^15")
    if value < 0:
        return f"minus {terbilang(-value)}"
    if value == 0:
        return "nol"
    words: list[str] = []
    for place in range(len(_GROUPS) - 1, -1, -1):
        group = value // 1000**place % 1000
        if group == 1 and _GROUPS[place] == "ribu":
            words.append("seribu")
        elif group:
            words += [*_below_thousand(group), _GROUPS[place]]
    return " ".join(word for word in words if word)


def rupiah(value: int) -> str:
    """An amount of money in words: 1000 is `seribu rupiah`."""
    return f"{terbilang(value)} rupiah"


def _below_thousand(value: int) -> list[str]:
    hundreds, rest = divmod(value, 100)
    words = ["seratus"] if hundreds == 1 else [_ONES[hundreds], "ratus"] if hundreds else []
    if rest == 10:
        return [*words, "sepuluh"]
    if rest == 11:
        return [*words, "sebelas"]
    if 11 < rest < 20:
        return [*words, _ONES[rest - 10], "belas"]
    tens, ones = divmod(rest, 10)
    return words + ([_ONES[tens], "puluh"] if tens else []) + ([_ONES[ones]] if ones else [])
