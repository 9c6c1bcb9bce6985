"""What people type: dates with a message they can read, and no NIK in a text that stays."""

import argparse
from datetime import date

import pytest

from padanan.base.typed import day_argument, has_long_number
from padanan.cli import main


def test_a_date_and_what_is_none():
    assert day_argument("2025-12-15") == date(2025, 12, 15)
    with pytest.raises(argparse.ArgumentTypeError, match="tulis seperti 2025-12-15"):
        day_argument("15/12/2025")


@pytest.mark.parametrize("command", [["calendar", "--as-of"], ["status", "--periode", "2025-S2", "--as-of"]])
def test_a_wrong_date_is_told_in_indonesian(command, capsys):
    with pytest.raises(SystemExit):
        main([*command, "besok"])
    assert "tanggal 'besok' tidak terbaca" in capsys.readouterr().err


@pytest.mark.feature("F50")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NIK 3171012345678901 keliru", True),
        ("NIK 3171 0123 4567 8901", True),
        ("31.71.01.234567.8901", True),
        ("KK 3171-0123-4567-8901.", True),
        ("nomor 317101234", True),
        ("ambang 5.000 pada 2025-12-15, 12 orang", False),
        ("rapat 2025-12-15 10.30, nomor 721 Tahun 2025", False),
        ("", False),
    ],
)
def test_what_looks_like_a_nik(text, found):
    assert has_long_number(text) is found
