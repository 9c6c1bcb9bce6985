"""What people type, checked the same way everywhere: dates on the command line, words that must not hold anybody's number.

What a field means is its command's, form's or register's own business.
"""

from __future__ import annotations

import argparse
import unicodedata
from datetime import date
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.period import Periode
from padanan.base.shown import LONG_NUMBER

NAME_LENGTH = 80


def _echo(text: str) -> str:
    """What was typed, to be told again; nothing where it may be somebody's number."""
    return "" if has_long_number(text) else f" '{text[:20]}'"


def day_argument(text: str) -> date:
    """A date of the command line, as argparse's `type`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"tanggal{_echo(text)} tidak terbaca; tulis seperti 2025-12-15") from None


def year_argument(text: str) -> int:
    """A year of the command line, as argparse's `type`: four digits, for 25 is the year of nobody."""
    if len(text) != 4 or not text.startswith("20") or not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("tahun tidak terbaca; tulis empat angka, misalnya 2026")
    return int(text)


def revision_argument(text: str) -> tuple[Periode | None, int]:
    """`[PERIODE/]REVISI` of the command line, as argparse's `type`; None is the period that the command names otherwise."""
    label, _, number = text.rpartition("/")
    if not number.isdigit():
        raise argparse.ArgumentTypeError(f"revisi{_echo(text)} tidak terbaca; tulis seperti 2 atau 2025-S1/2")
    try:
        return (Periode.parse(label) if label else None), int(number)
    except PadananError as error:
        raise argparse.ArgumentTypeError(f"{error.cause}; {error.cure}") from None


def letters_of(name: str) -> str:
    """How a name is compared: capitals, blanks, signs and accents make no other one. The name itself stays as it was written."""
    return "".join(one for one in unicodedata.normalize("NFKD", name).casefold() if one.isalnum())


def has_long_number(text: str) -> bool:
    """Whether a text holds what could be somebody's NIK or No. KK."""
    return LONG_NUMBER.search(text) is not None


def clean_person(by: str) -> str:
    """The name of who does something, as it is kept: one line, printable, no number that could be somebody's NIK.

    Raises:
        PadananError: it is empty, longer than a name, not printable, or holds a long number.
    """
    name = " ".join(by.split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable() or has_long_number(name):
        raise PadananError("nama kosong atau tidak sah", cure="isi --by dengan nama petugas, tanpa nomor panjang")
    return name


def signed_options(parser: Any, role: str) -> None:
    """Adds `--by` and `--reason`, both required: an official of that role acts, and says why."""
    parser.add_argument("--by", required=True, metavar="PETUGAS", help=f"id petugas yang berperan {role}")
    parser.add_argument("--reason", required=True, metavar="TEKS", help="alasan tertulis, tanpa NIK")
