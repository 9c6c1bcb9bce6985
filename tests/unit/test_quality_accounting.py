"""The account of rows finds every way in which rows can go missing or appear."""

import re

import duckdb
import pytest

from padanan.base.errors import PadananError
from padanan.cleansing.accounting import account_violations

STAGES = ("landing", "cleansing", "padanan")
GOOD = [
    ("landing", "dtks", 100, 97, 2, "baris_kembar"),
    ("landing", "dtks", 100, 97, 1, "tidak_terbaca"),
    ("cleansing", "dtks", 97, 97, 0, None),
    ("padanan", "dtks", 97, 97, 0, None),
    ("landing", "klj", 5, 5, 0, None),
    ("cleansing", "klj", 5, 5, 0, None),
    ("padanan", "klj", 5, 5, 0, None),
]


def account(rows):
    con = duckdb.connect()
    con.execute(
        "create table row_account (periode varchar, revisi integer, tahap varchar, producer varchar, "
        "masuk bigint, lanjut bigint, sisih bigint, alasan varchar)"
    )
    if rows:
        con.executemany("insert into row_account values ('2025-07-01', 1, ?, ?, ?, ?, ?, ?)", rows)
    return con


def changed(index, row):
    return [*GOOD[:index], row, *GOOD[index + 1 :]]


@pytest.mark.feature("F09")
def test_a_right_account_has_no_violation():
    con = account(GOOD)
    assert account_violations(con, STAGES) == [] and account_violations(con) == []


@pytest.mark.feature("F09")
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (changed(2, ("cleansing", "dtks", 97, 96, 0, None)), {("tidak_seimbang", "cleansing"), ("putus", "padanan")}),
        (changed(3, ("padanan", "dtks", 98, 98, 0, None)), {("putus", "padanan")}),
        (changed(0, ("landing", "dtks", 100, 97, 2, " ")), {("tanpa_alasan", "landing")}),
        (changed(1, ("landing", "dtks", 101, 97, 1, "x")), {("beda_antar_baris", "landing")}),
        (changed(5, ("cleansing", "klj", None, 5, 0, None)), {("tanpa_angka", "cleansing"), ("putus", "cleansing")}),
        (changed(6, ("padanan", "klj", 5, 6, -1, "x")), {("tanpa_angka", "padanan")}),
        (GOOD[:-1], {("tahap_hilang", "padanan")}),
        ([*GOOD, ("landing", "pkh", 3, 3, 0, None)], {("tahap_hilang", "cleansing"), ("tahap_hilang", "padanan")}),
        ([], {("kosong", "-")}),
    ],
)
def test_every_break_is_found(rows, expected):
    found = {(violation.kind, violation.tahap) for violation in account_violations(account(rows), STAGES)}
    assert expected <= found
    if "tidak_seimbang" not in {kind for kind, _ in expected}:
        assert found == expected


def test_a_producer_whose_rows_were_all_set_aside_is_complete():
    con = account([*GOOD, ("landing", "pkh", 3, 0, 3, "tidak_terbaca")])
    assert account_violations(con, STAGES) == []


def test_the_account_without_reasons_has_one_line_a_stage():
    con = account(GOOD[2:])
    con.execute("alter table row_account rename sisih to disisihkan")
    con.execute("alter table row_account drop column alasan")
    con.execute("insert into row_account values ('2025-07-01', 1, 'landing', 'dtks', 100, 97, 3)")
    assert account_violations(con, STAGES) == []
    con.execute("update row_account set disisihkan = 2 where disisihkan = 3")
    assert [violation.kind for violation in account_violations(con, STAGES)] == ["tidak_seimbang"]


def test_a_stage_outside_the_chain_is_checked_alone():
    con = account([*GOOD, ("sasaran", "dtks", 97, 40, 57, "tidak_terpilih")])
    assert account_violations(con, STAGES) == []
    con.execute("update row_account set sisih = 56 where tahap = 'sasaran'")
    assert [violation.kind for violation in account_violations(con, STAGES)] == ["tidak_seimbang"]


def test_a_violation_names_its_place_and_numbers():
    con = account(changed(2, ("cleansing", "dtks", 97, 96, 0, None)))
    told = "; ".join(str(violation) for violation in account_violations(con, STAGES))
    assert re.search(r"dtks pada tahap cleansing .*seharusnya 97, ada 96", told), told


def test_a_missing_table_is_explained():
    with pytest.raises(PadananError, match="tabel row_account tidak ada"):
        account_violations(duckdb.connect())
