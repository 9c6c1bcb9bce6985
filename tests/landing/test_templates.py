"""The blank workbook of every contract that takes workbooks: filled in as its guide says, it lands whole."""

from pathlib import Path

import openpyxl
import pytest

from padanan.cli import main
from padanan.contracts.contract import Column
from padanan.contracts.feedback import load_catalogue, load_deliverable
from padanan.generated.template import CODES, GUIDE, OUTCOMES, file_name, offered, offers_workbook
from tests.landing.test_landing_deliver import Take

CONTRACTS = load_deliverable()
WITH_WORKBOOK = [name for name, contract in CONTRACTS.items() if offers_workbook(contract)]


def _cell(column: Column, row: int) -> str:
    if column.codes:
        return offered(column)[0]
    if column.type == "date":
        return "05/10/2025"
    if column.type in ("integer", "number"):
        return "3"
    if column.name.startswith(("nik", "no_kk")):
        return f"317101{4 * row + 41:02d}0190000{row}"
    if "kelurahan" in column.name:
        return f"317101100{row}"
    return f"{column.name[:12].upper()} {row}"


@pytest.mark.parametrize("name", WITH_WORKBOOK)
def test_a_filled_template_lands_with_every_column_and_row(name: str, take: Take, tmp_path: Path) -> None:
    contract = CONTRACTS[name]
    assert main(["contracts", "template", name, "--out", str(tmp_path / "templat")]) == 0
    book = openpyxl.load_workbook(tmp_path / "templat" / file_name(contract))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [column.source for column in contract.columns]
    # Without the text format a spreadsheet would keep a NIK as a number, and lose its last digit.
    looks = {
        place: group.number_format for group in sheet.column_dimensions.values() for place in range(group.min, group.max + 1)
    }
    assert {looks[place] for place, column in enumerate(contract.columns, 1) if column.type == "string"} <= {"@"}
    for row in (2, 3):
        for place, column in enumerate(contract.columns, 1):
            sheet.cell(row, place).value = _cell(column, row)
    told = {"p3ke_individu": "p3ke_individu_3171_2025-10.xlsx", "p3ke_keluarga": "p3ke_keluarga_3171_2025-10.xlsx"}
    filled = tmp_path / told.get(name, f"{name.replace('_', '-')}-2025-10.xlsx")
    book.save(filled)
    receipt = take(filled, name, contracts=CONTRACTS, periode_data="2025-10")
    assert receipt.status in ("diterima", "ditahan"), receipt.flags
    assert receipt.rows_on == 2
    reasons = {flag["rule_id"] for flag in receipt.flags}
    assert not reasons & {"kolom_hilang", "kolom_tak_disepakati", "lembar_tak_terbaca", "lembar_beda"}, reasons


def test_the_guide_names_every_column_code_and_outcome(tmp_path: Path) -> None:
    assert main(["contracts", "template", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {file_name(CONTRACTS[name]) for name in WITH_WORKBOOK}
    for name in WITH_WORKBOOK:
        contract = CONTRACTS[name]
        book = openpyxl.load_workbook(tmp_path / file_name(contract))
        told = {str(cell.value) for row in book[GUIDE].iter_rows() for cell in row if cell.value}
        assert {column.source for column in contract.columns} <= told
        if coded := [column for column in contract.columns if column.codes]:
            listed = {str(cell.value) for row in book[CODES].iter_rows() for cell in row if cell.value}
            assert all(set(offered(column)) <= listed for column in coded)
    assert {rule.akibat for rule in load_catalogue().aturan.values()} == set(OUTCOMES)


def test_what_a_drop_down_offers_is_read_as_each_value_of_its_column() -> None:
    for contract in CONTRACTS.values():
        for column in contract.columns:
            assert sorted({column.codes[word] for word in offered(column)}) == sorted(set(column.codes.values()))


@pytest.mark.parametrize("name, told", [("verivalli", "maksudnya 'verivali'?"), ("dtks", "tidak dikirim sebagai XLSX")])
def test_a_contract_without_a_template_says_why(name: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contracts", "template", name, "--out", str(tmp_path)]) == 1
    assert told in capsys.readouterr().err
