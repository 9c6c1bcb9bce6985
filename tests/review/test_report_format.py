"""Numbers, dates and names as an Indonesian official reads them."""

from datetime import UTC, date, datetime

import pytest

from padanan.base.format import day, fingerprint, listed, month, number, percent, points, shares, threshold
from padanan.pages.words import title, without_long_runs


def test_numbers():
    assert number(1234567) == "1.234.567"
    assert number(None) == "–"
    assert threshold(0.005) == "0,5%" and threshold(0.2) == "20%"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 8, "12,5%"),
        (0, 8, "0%"),
        (8, 8, "100%"),
        (1, 100_000, "<0,1%"),
        (99_999, 100_000, ">99,9%"),
        (1, 0, "–"),
        (None, 3, "–"),
    ],
)
def test_shares_never_lie_at_the_ends(part, whole, text):
    assert percent(part, whole) == text


@pytest.mark.parametrize(
    ("part", "whole", "limit", "text"),
    [
        (222, 12_345, 0.05, ("1,8%", "5,0%")),
        (502, 10_000, 0.05, ("5,02%", "5,00%")),
        (500, 10_000, 0.05, ("5,0%", "5,0%")),
        (1, 100_000, 0.0, ("0,001%", "0,000%")),
        (3, 3, 0.2, ("100%", "20,0%")),
        (0, 0, 0.2, ("–", "20,0%")),
    ],
)
def test_a_share_and_its_threshold_are_told_apart_in_one_unit(part, whole, limit, text):
    assert shares(part, whole, limit) == text


def test_changes_are_points():
    assert points(0.9, 0.875) == "+2,5 poin"
    assert points(0.875, 0.9) == "−2,5 poin"
    assert points(0.5, 0.5001) == "tetap"
    assert points(None, 0.5) is None


def test_dates_in_jakarta():
    assert day(date(2023, 7, 12)) == "12 Juli 2023"
    assert day(datetime(2025, 10, 9, 18, 30, tzinfo=UTC)) == "10 Oktober 2025"
    assert day("2025-12-15") == "15 Desember 2025" and day(None) == "–" and day("besok") == "–"
    assert month("2025-10") == "Oktober 2025" and month("2025") == "2025"


def test_words():
    assert listed(["a", "b", "c"]) == "a, b dan c" and listed(["a"]) == "a" and listed([]) == ""
    assert fingerprint("0123456789abcdef") == "0123-4567-89ab-cdef"
    assert without_long_runs("kode 9999999999999994/5") == "kode 9999 9999 9999 9994/5"


def test_an_id_is_shown_as_an_official_writes_it():
    assert title("nik_tidak_di_adminduk") == "NIK tidak di Adminduk"
    assert title("ktp_pendatang") == "KTP pendatang"
    assert title("belum_berdesil") == "Belum berdesil"
