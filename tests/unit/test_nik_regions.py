"""Codes a NIK may begin with: each once, with those of before DKI's and the outer provinces' splits."""

import csv
from collections import Counter

import pytest

from padanan.base.home import CHECKOUT

with (CHECKOUT / "dbt_project" / "seeds" / "ref_kecamatan_nik.csv").open(encoding="utf-8") as handle:
    ROWS = list(csv.DictReader(handle))
CODES = {row["kode"]: row["asal"] for row in ROWS}


def test_each_code_stands_once_so_that_no_row_is_doubled_by_the_join():
    assert [code for code, times in Counter(row["kode"] for row in ROWS).items() if times > 1] == []
    assert all(len(code) == 6 and code.isdigit() for code in CODES)


@pytest.mark.parametrize("code", ["647301", "640401", "910101", "910201", "920101", "927101"])
def test_a_number_given_before_its_province_was_split_is_known(code):
    """Tarakan, Bulungan, Merauke, Jayawijaya, Sorong: whoever got the number then keeps it."""
    assert CODES[code] == "sebelum pemekaran"
