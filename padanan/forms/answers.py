"""What people write into open cells, read without guessing: a day, a NIK, a word of a list, who it was.

Which answers belong together is decided by whoever sent the workbook out; no value that was written stands in a message.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from babel.dates import get_month_names

from padanan.base.format import LOCALE, day
from padanan.base.typed import NAME_LENGTH, has_long_number

NIK_LENGTH = 16
DATE_LOOK = "12 Januari 2026"
# Day, month, year, as Indonesia writes it; a year stands first only in the order of ISO 8601.
_DAY_FIRST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_IN_WORDS = re.compile(r"(\d{1,2})\s*[- ]\s*([A-Za-z]+)\.?\s*[- ,]\s*(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}\D+(?:\d{1,2}|[A-Za-z]+)\D+\d{2}")
# Spellings that Babel does not know and nobody takes for another month.
_OTHER_NAMES = {"pebruari": 2, "peb": 2, "agt": 8, "ags": 8, "agust": 8, "sept": 9, "nopember": 11, "nop": 11}


class Refused(Exception):
    """An answer that can't be taken: what is wrong and what to write instead, without the value."""

    def __init__(self, cause: str, cure: str) -> None:
        super().__init__(cause)
        self.cause, self.cure = cause, cure


def text_of(value: Any) -> str:
    """What a cell says, its spaces put in order; empty where it says nothing."""
    return "" if value is None else " ".join(str(value).split())


def date_of(value: Any, earliest: date, latest: date) -> date:
    """A day as people write it: `12-1-2026`, `12/01/2026`, `12 Januari 2026`, `2026-01-12`, or a date cell.

    Day, month, year in this order; a year of two digits, a month first or a day without a year is nobody's to guess.

    Args:
        earliest, latest: the days between which the answer can lie, both included.

    Raises:
        Refused: no day, one that may be another, one that does not exist, or one outside these limits.
    """
    found = _day_in(value)
    if not earliest <= found <= latest:
        when = f"sebelum {day(earliest)}" if found < earliest else f"sesudah {day(latest)}"
        raise Refused(f"tanggal {when}", f"periksa hari, bulan dan tahunnya; yang mungkin {day(earliest)} sampai {day(latest)}")
    return found


def _day_in(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    write = f"tulis hari, bulan, tahun, misalnya {DATE_LOOK}"
    if isinstance(value, bool) or not isinstance(value, str):
        raise Refused("isi berupa angka, bukan tanggal", write)
    text = text_of(value)
    if found := _DAY_FIRST.fullmatch(text):
        parts = int(found[4]), int(found[3]), int(found[1])
        if parts[1] > 12 >= parts[2]:
            raise Refused("tanggal ditulis bulan lebih dulu", f"tulis hari lebih dulu, misalnya {DATE_LOOK}")
    elif found := _YEAR_FIRST.fullmatch(text):
        parts = int(found[1]), int(found[2]), int(found[3])
    elif found := _IN_WORDS.fullmatch(text):
        month = _months().get(found[2].casefold())
        if month is None:
            raise Refused("nama bulan tidak dikenal", write)
        parts = int(found[3]), month, int(found[1])
    elif _SHORT_YEAR.fullmatch(text):
        raise Refused("tahun ditulis dua angka", f"tulis tahun dengan empat angka, misalnya {DATE_LOOK}")
    else:
        raise Refused("isi bukan tanggal", write)
    try:
        return date(*parts)
    except ValueError:
        raise Refused("tanggal itu tidak ada di kalender", write) from None


@cache
def _months() -> Mapping[str, int]:
    named = {
        name.rstrip(".").casefold(): number
        for names in (get_month_names("wide", locale=LOCALE), get_month_names("abbreviated", locale=LOCALE))
        for number, name in names.items()
    }
    return {**named, **_OTHER_NAMES}


def nik_of(value: Any) -> str:
    """A NIK: 16 digits, typed as text; blanks between its digits are put away.

    Raises:
        Refused: a number (a spreadsheet keeps 15 digits of it), other than 16 digits, other than digits.
    """
    if not isinstance(value, str):
        raise Refused("NIK tersimpan sebagai angka, angka terakhirnya dapat hilang", "ubah sel itu menjadi teks, lalu ketik lagi")
    digits = "".join(value.split())
    if not (digits.isascii() and digits.isdigit()):
        raise Refused("NIK memuat selain angka", f"tulis {NIK_LENGTH} angka tanpa titik atau huruf")
    if len(digits) != NIK_LENGTH:
        raise Refused(f"NIK {len(digits)} angka", f"tulis {NIK_LENGTH} angka menurut KTP atau kartu keluarga")
    if len(set(digits)) == 1:
        raise Refused("NIK berisi satu angka yang diulang", "kosongkan bila NIK tidak ada pada dokumen")
    return digits


def dated_nik_of(value: Any) -> str:
    """A NIK (see `nik_of`) whose own digits hold a day that exists, 40 added for a woman, and a serial number.

    Raises:
        Refused: see `nik_of`; or it is nobody's.
    """
    digits = nik_of(value)
    birth, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    try:
        # Of the two centuries the one with the leap day is enough: the digits do not tell which it is.
        date(2000 + year, month, birth - 40 if birth > 40 else birth)
    except ValueError:
        raise Refused("tanggal lahir di dalam NIK tidak ada", "periksa angka ke-7 sampai ke-12 pada KTP") from None
    if digits.startswith("00") or digits.endswith("0000"):
        raise Refused("NIK bukan nomor siapa pun", "periksa lagi pada KTP atau kartu keluarga")
    return digits


def word_of(value: Any, words: Sequence[str]) -> str:
    """The word of a list that was meant: capitals, and a blank, dash or underscore between its parts, make no difference.

    Raises:
        Refused: none of the words; a near one is offered, never taken.
    """
    said = _plain(text_of(value))
    by_look = {_plain(word): word for word in words}
    if said in by_look:
        return by_look[said]
    near = difflib.get_close_matches(said, by_look, n=1, cutoff=0.7)
    offered = f"bila yang dimaksud {near[0]}, pilih itu; " if near else ""
    raise Refused("isi bukan salah satu pilihan", f"{offered}pilih: {', '.join(by_look)}")


def shown(word: str) -> str:
    """A word of a list as people read it: `tidak ditemukan`."""
    return word.replace("_", " ")


def _plain(text: str) -> str:
    return " ".join(re.split(r"[\s_\-]+", text.casefold())).strip()


def name_of(value: Any) -> str:
    """Who did it, by name.

    Raises:
        Refused: no name, too long for one, or a number in it that could be somebody's.
    """
    name = text_of(value)
    if has_long_number(name):
        raise Refused("nama petugas memuat nomor panjang", "tulis namanya saja")
    if sum(one.isalpha() for one in name) < 2 or not name.isprintable() or len(name) > NAME_LENGTH:
        raise Refused("nama petugas tidak terbaca", f"tulis nama orangnya, paling panjang {NAME_LENGTH} huruf")
    return name


def remark_of(value: Any) -> str:
    """A remark or an address in own words.

    Raises:
        Refused: a number in it that could be somebody's NIK: it has a cell of its own, and would be lost here.
    """
    said = text_of(value)
    if has_long_number(said):
        raise Refused("teks memuat nomor panjang", "tulis NIK hanya di kolom NIK; hapus nomor itu di sini")
    return said
