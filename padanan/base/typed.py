"""What people type, checked the same way everywhere: dates on the command line, words that must not hold anybody's number.

What a field means is its command's, form's or register's own business.
"""

from __future__ import annotations

import argparse
from datetime import date

from padanan.base.errors import PadananError
from padanan.base.period import Periode
from padanan.base.shown import LONG_NUMBER


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
    return LONG_NUMBER.search(text) is not None
