"""What a producer can still mend while the file is at hand is said by the receipt, and what waits is seen from any period."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.landing.receipt import Receipt, paper_of
from padanan.landing.status import render, status
from padanan.records.ledger import release
from tests.landing.deliveries import dtks_row

Written = DtksFile = Callable[..., Path]
Take = Callable[..., Receipt]


def rules(receipt: Receipt) -> dict[str, str]:
    return {flag["rule_id"]: flag["akibat"] for flag in receipt.flags}


@pytest.fixture
def klj(tmp_path: Path, contracts: dict[str, Contract]) -> Written:
    """A workbook of KLJ: rows of a month, the NIK as text or as numbers."""

    def write(name: str, *, month: str = "2025-10", numbers: bool = False, renamed: dict[str, str] | None = None) -> Path:
        columns = contracts["klj"].columns
        book = xlsxwriter.Workbook(str(tmp_path / name))
        sheet = book.add_worksheet("Data")
        for place, column in enumerate(columns):
            sheet.write_string(0, place, (renamed or {}).get(column.name, column.source))
            for row in range(1, 9):
                text = f"317401{row:02d}0155{row:04d}" if column.name == "nik" else f"{column.name} {row}"
                text = month if column.name == "periode_program" else text
                if numbers and column.name == "nik":
                    sheet.write_number(row, place, int(text))
                else:
                    sheet.write_string(row, place, text)
        book.close()
        return tmp_path / name

    return write


def said(receipt: Receipt, contracts: dict[str, Contract]) -> str:
    paper = paper_of(receipt.manifest, contracts[receipt.contract_id])
    return "\n".join([paper.verdict, *paper.steps, *(f"{label}: {value}" for label, value in paper.counts)])


@pytest.mark.feature("F50")
def test_rows_of_another_month_than_the_letter_says_are_pointed_out(take: Take, klj: Written) -> None:
    other = take(klj("klj_2025-10.xlsx", month="2025-11"), "klj", periode_data="2025-10")
    assert other.status == "diterima" and rules(other)["periode_beda"] == "peringatan"
    (flag,) = (one for one in other.flags if one["rule_id"] == "periode_beda")
    assert "2025-10" in flag["pesan"] and "2025-11" in flag["pesan"] and "kolom" in flag["tempat"]
    same = take(klj("klj_b.xlsx", month="2025-11"), "klj", periode_data="2025-11", bagian="b")
    assert "periode_beda" not in rules(same)


@pytest.mark.feature("F50")
def test_a_nik_that_is_a_number_is_pointed_out_while_the_file_is_at_hand(take: Take, klj: Written, dtks_file: DtksFile) -> None:
    assert "id_angka" not in rules(take(klj("klj_2025-10.xlsx"), "klj", periode_data="2025-10"))
    damaged = take(klj("klj_2025-11.xlsx", month="2025-11", numbers=True), "klj", periode_data="2025-11")
    (flag,) = (one for one in damaged.flags if one["rule_id"] == "id_angka")
    assert flag["akibat"] == "peringatan" and flag["pesan"].startswith("8 sel") and "kolom B" in flag["tempat"]
    text = take(
        dtks_file("p.csv", rows=[dtks_row(1, nik="3,17401E+15"), *(dtks_row(i) for i in range(2, 20))]), periode_data="2025-09"
    )
    assert [one["pesan"][:5] for one in text.flags if one["rule_id"] == "id_angka"] == ["1 sel"]


@pytest.mark.feature("F50")
def test_a_held_file_that_comes_again_says_what_holds_it(
    take: Take, dtks_file: DtksFile, home: Home, contracts: dict[str, Contract]
) -> None:
    path = dtks_file("a.csv", rows=20, tail="x|y\n" * 5)
    held = take(path, periode_data="2025-10")
    assert held.status == "ditahan" and "menunggu dilepas" in said(held, contracts)
    again = take(path, periode_data="2025-10")
    told = said(again, contracts)
    assert again.status == "duplikat" and "masih ditahan" in told and "menunggu dilepas" in told
    assert "Tidak ada yang perlu dilakukan" not in told and "baris_tak_terbaca" in rules(again)
    release(home, contracts, held.sha16, by="Ketua TKPK", reason="baris itu memang kosong")
    free = take(path, periode_data="2025-10")
    assert "Tidak ada yang perlu dilakukan" in said(free, contracts) and list(rules(free)) == ["duplikat"]


@pytest.mark.feature("F50")
def test_a_renamed_column_is_not_told_to_be_deleted(take: Take, klj: Written) -> None:
    renamed = take(klj("klj_2025-10.xlsx", renamed={"nama": "NAMA LANSIA"}), "klj", periode_data="2025-10")
    cures = {flag["rule_id"]: flag["perbaikan"] for flag in renamed.flags}
    assert "kembalikan" in cures["kolom_hilang"] and "jangan dihapus" in cures["kolom_tak_disepakati"]


@pytest.mark.feature("F50")
def test_what_is_held_in_another_period_is_listed(
    take: Take, dtks_file: DtksFile, home: Home, contracts: dict[str, Contract]
) -> None:
    take(dtks_file("a.csv", rows=20, tail="x|y\n" * 5), periode_data="2025-10")
    own = status(home, contracts, Periode(2025, 2))
    other = status(home, contracts, Periode(2026, 1))
    assert [one["contract_id"] for one in own["ditahan"]] == ["dtks"] and own["periode_lain"] == []
    assert other["ditahan"] == [] and [one["contract_id"] for one in other["periode_lain"]] == ["dtks"]
    text = render(other)
    assert "di periode lain: 1" in text and "periode data 2025-10" in text
