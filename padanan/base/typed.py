"""What people type, checked the same way everywhere: dates on the command line, words that must not hold anybody's number.

What a field means is its command's, form's or register's own business.
"""

from __future__ import annotations

import argparse
import os
import re
from datetime import date

from padanan.base.errors import PadananError
from padanan.base.period import Periode

# Nine digits in a row, or sixteen that spaces, dots or dashes group: a NIK or No. KK looks so, a date or a count does not.
_LONG_NUMBER = re.compile(r"\d{9,}|\d(?:[ .\-]{0,3}\d){15,}")


def day_argument(text: str) -> date:
    """A date of the command line, as argparse's `type`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"tanggal '{text[:20]}' tidak terbaca; tulis seperti 2025-12-15") from None


def revision_argument(text: str) -> tuple[Periode | None, int]:
    """`[PERIODE/]REVISI` of the command line, as argparse's `type`; None is the period that the command names otherwise."""
    label, _, number = text.rpartition("/")
    if not number.isdigit():
        raise argparse.ArgumentTypeError(f"revisi '{text[:20]}' tidak terbaca; tulis seperti 2 atau 2025-S1/2")
    try:
        return (Periode.parse(label) if label else None), int(number)
    except PadananError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def has_long_number(text: str) -> bool:
    """Whether a text holds what could be somebody's NIK or No. KK."""
    return _LONG_NUMBER.search(text) is not None


def safe_name(name: str) -> str:
    """A file name fit for a receipt or a terminal.

    Long digit runs (an id?) are masked; bytes that are no UTF-8 become U+FFFD; whatever steers a terminal or turns the direction
    of writing stands as its number (`\\x1b`).
    """
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:  # half a surrogate pair: no file bears it, a field of a form may
        raw = name.encode("utf-8", "replace")
    text = re.sub(r"\d{9,}", "…", raw.decode("utf-8", "replace"))
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
