"""The four matrices as they go out (F38-F41): headings and rows to the letter, locked and open cells, lists, paper."""

import re
import zipfile

import docx
import openpyxl
import pytest

from padanan.feedback.lp3ke import forms
from tests.feedback.lp3ke import as_printed
from tests.feedback.lp3ke.filled import heads, opened
from tests.paper_back import printed


def mended(text: str) -> str:
    """The printed text with the misread words that the code names."""
    for wrong, good in forms.MENDED.items():
        text = text.replace(wrong, good)
    return text


def split(line: str) -> list[str]:
    return [part.strip() for part in f" {line} ".split("|")]


def shown(sheet, row: int, columns: int) -> list[str]:
    return [str(sheet.cell(row, place).value or "") for place in range(1, columns + 1)]


def head_rows(sheet, count: int, columns: int) -> list[list[str]]:
    last = heads(sheet)["row"]
    return [shown(sheet, row, columns) for row in range(last - count + 1, last + 1)]


@pytest.mark.feature("F38")
def test_matrix_1_has_the_headings_and_rows_of_the_document(made):
    _, sheet = opened(made.folder / "matriks-1.xlsx")
    assert head_rows(sheet, 3, 6) == [split(line) for line in as_printed.M1_HEADS]
    first = heads(sheet)["row"] + 1
    rows = [sheet.cell(row, 1).value for row in range(first, sheet.max_row + 1)]
    wanted = [mended(row) for row in as_printed.M1_ROWS]
    wanted.insert(5, "2. [Pemanfaatan dan analisis data P3KE]")
    assert rows == wanted
    # Of headings nothing is asked: their cells are locked; those of the 22 rows are open.
    open_rows = [row for row in range(first, sheet.max_row + 1) if not sheet.cell(row, 2).protection.locked]
    assert len(open_rows) == 22 and all(not re.match(r"\d\.", sheet.cell(row, 1).value) for row in open_rows)
    assert all(sheet.cell(row, 1).protection.locked for row in range(1, sheet.max_row + 1))
    lists = {(str(rule.sqref).split(":")[0], rule.formula1) for rule in sheet.data_validations.dataValidation}
    assert lists == {(f"B{first}", '"√"'), (f"C{first}", '"√"')}


@pytest.mark.feature("F39")
def test_matrix_2_has_fourteen_columns_strategies_and_whole_rupiah(made):
    book, sheet = opened(made.folder / "matriks-2.xlsx")
    assert head_rows(sheet, 3, 14) == [split(line) for line in as_printed.M2_HEADS]
    first = heads(sheet)["row"] + 1
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert (rules[f"B{first}"].type, rules[f"B{first}"].formula1) == ("list", '"1,2,3"')
    assert (rules[f"G{first}"].type, rules[f"G{first}"].operator, rules[f"G{first}"].formula1) == (
        "whole",
        "greaterThanOrEqual",
        "0",
    )
    programs = {sheet.cell(row, 5).value: row for row in range(first, sheet.max_row + 1) if sheet.cell(row, 5).value}
    row = programs["Kartu Lansia Jakarta (KLJ)"]
    assert [sheet.cell(row, column).value for column in (2, 3, 8)] == [1, "Dinas Sosial Provinsi DKI Jakarta", "APBD"]
    # No amount that no data say, and nobody says yet whether aid was handed out.
    assert {sheet.cell(one, 7).value for one in programs.values()} == {None}
    assert {sheet.cell(one, 13).value for one in programs.values()} == {None}
    assert sheet.cell(programs["Program Keluarga Harapan (PKH)"], 8).value == "APBN"
    assert notes(book) == [mended(line) for line in as_printed.M2_NOTES]


def notes(book) -> list[str]:
    """The instructions, each with what it speaks about."""
    guide = book["Keterangan"]
    rows = [(guide.cell(row, 1).value, guide.cell(row, 2).value) for row in range(1, guide.max_row + 1)]
    return [f"{what} {' '.join(text.split())}" for what, text in rows if what and what.startswith("(")]


def matrix_3(made):
    return made.folder / "matriks-3-31.71.01.1001-gambir.xlsx"


@pytest.mark.feature("F40")
def test_matrix_3_has_the_headings_of_the_document_and_one_column_a_program(made):
    book, sheet = opened(matrix_3(made))
    numbers = heads(sheet)
    assert sheet["A1"].value == as_printed.TITLES[3].replace("XX", "Jakarta Pusat")
    rows = head_rows(sheet, 3, numbers["(11)"])
    wanted = [split(line) for line in as_printed.M3_HEADS]
    assert rows[0][:10] == wanted[0][:10] and rows[2][:10] == wanted[2][:10]
    assert rows[0][numbers["(11)"] - 1] == "Penerima Program Daerah" and rows[1][9:11] == ["PKH", "BSPS"]
    assert rows[1][numbers["(11)"] - 1] == "Dana Desa"
    central = rows[1][9 : numbers["(11)"] - 1]
    assert central == ["PKH", "BSPS", "Program Sembako", "PIP/KIP", "PBI-JKN"]
    last = numbers["row"] - 1
    local = [sheet.cell(last, column).value for column in range(numbers["(11)"] + 1, sheet.max_column + 1)]
    local = [name for name in local if name]
    assert len(local) == 10 and all("kode nomenklatur" in name for name in local)
    assert notes(book) == [mended(line) for line in as_printed.M3_NOTES]


@pytest.mark.feature("F40")
def test_matrix_3_locks_its_first_four_columns_and_everything_behind(made):
    _, sheet = opened(matrix_3(made))
    numbers = heads(sheet)
    first, wide = numbers["row"] + 1, numbers["(11)"] + 10
    assert sheet.protection.sheet
    for row in range(first, sheet.max_row + 1):
        locked = [sheet.cell(row, column).protection.locked for column in range(1, wide + 1)]
        assert locked == [True] * 4 + [False] * (wide - 4)
        assert all(sheet.cell(row, column).protection.locked for column in range(wide + 1, sheet.max_column + 1))
    rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules[f"F{first}"] == '"Laki-laki,Perempuan"'
    assert rules[f"H{first}"] == '"Meninggal,Ditemukan,Pindah"'
    assert rules[f"I{first}"] == '"Ya,Tidak"' and rules[f"J{first}"] == '"Ya,Tidak"'
    assert "LEN(E" in rules[f"E{first}"]


@pytest.mark.feature("F41")
def test_matrix_4_has_eight_columns_and_its_seventh_is_open_in_the_last_quarter_only(made):
    from padanan.base.period import Quarter
    from padanan.feedback.lp3ke.sheets import Book, Programs, form_of, layout_of

    book, sheet = opened(made.folder / "matriks-4.xlsx")
    assert head_rows(sheet, 2, 8) == [split(line) for line in as_printed.M4_HEADS]
    first = heads(sheet)["row"] + 1
    assert not sheet.cell(first, 7).protection.locked
    assert sheet["A1"].value == as_printed.TITLES[4]
    assert notes(book) == [mended(line) for line in as_printed.M4_NOTES]
    # The document does not say what the duties of Ingub 34/2022 are: nobody makes them up.
    assert {sheet.cell(row, 3).value for row in range(first, sheet.max_row + 1)} == {None}
    for number, shut in ((1, ("dampak",)), (2, ("dampak",)), (3, ("dampak",)), (4, ())):
        of = Book(Quarter(2025, number), 4, 1, "matriks-4")
        assert layout_of(of, form_of(of, Programs((), ())), Programs((), ())).shut == shut


def test_titles_and_mended_words(made):
    assert forms.M1.title == as_printed.TITLES[1] and forms.M2.title == as_printed.TITLES[2]
    printed_text = "\n".join([*as_printed.M1_ROWS, *as_printed.M2_NOTES, *as_printed.M3_NOTES, *as_printed.M4_NOTES])
    # Every mended word but one of a heading over a page break stands in the rows typed here.
    assert {wrong for wrong in forms.MENDED if wrong not in printed_text} == {"PPKF"}


def test_the_papers_hold_the_same_headings_and_rows(made):
    for number, lines, columns in ((1, as_printed.M1_HEADS, 6), (2, as_printed.M2_HEADS, 14), (4, as_printed.M4_HEADS, 8)):
        paper = docx.Document(made.folder / f"matriks-{number}.docx")
        assert paper.paragraphs[0].text == as_printed.TITLES[number]
        table = paper.tables[0]
        first = [cell.text for cell in table.rows[0].cells]
        wanted = split(lines[0])
        assert [text.split("\n")[0] for text in dict.fromkeys(first)] == [text for text in wanted if text], number
        assert len(table.columns) == columns
    rows = [row.cells[0].text for row in docx.Document(made.folder / "matriks-1.docx").tables[0].rows][3:]
    assert [row for row in rows if not row.startswith("2. [")] == [mended(row) for row in as_printed.M1_ROWS]
    paper = docx.Document(matrix_3(made).with_suffix(".docx"))
    _, sheet = opened(matrix_3(made))
    assert len(paper.tables[0].rows) == sheet.max_row - 3
    assert paper.tables[0].rows[-1].cells[2].text == sheet.cell(sheet.max_row, 3).value


def test_the_same_decree_gives_the_same_bytes(made, tmp_path):
    from padanan.feedback.lp3ke.make import make
    from tests.feedback.lp3ke.conftest import NOW, QUARTER

    folder, _ = make(made.home, QUARTER, now=NOW)
    assert folder.name == "rev-2"
    for name in ("matriks-1.docx", "surat-mendagri.docx"):
        assert (folder / name).read_bytes() == (made.folder / name).read_bytes()
    # Workbooks differ by the edition that is sealed into them alone.
    one, other = (zipfile.ZipFile(path / "matriks-1.xlsx") for path in (made.folder, folder))
    assert [info.filename for info in one.infolist()] == [info.filename for info in other.infolist()]
    assert one.read("xl/styles.xml") == other.read("xl/styles.xml")


@pytest.mark.lambat
def test_libreoffice_opens_and_prints_all_of_them(made, tmp_path):
    books = [made.folder / f"matriks-{number}.xlsx" for number in (1, 2, 4)] + [matrix_3(made)]
    pages = printed(books, tmp_path)
    for path in books:
        text = " ".join(sheet.text for sheet in pages[path.name])
        assert "(1)" in text and "Matriks" in text, path.name
        assert all(sheet.width > sheet.height for sheet in pages[path.name])
    assert "PPKE di kabupaten/kota." in " ".join(sheet.text for sheet in pages["matriks-1.xlsx"])


def test_no_cell_is_a_formula_and_files_are_their_owners_alone(made):
    for path in made.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        if path.suffix == ".xlsx":
            for sheet in openpyxl.load_workbook(path).worksheets:
                assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row), path.name


def test_no_number_is_broken_over_lines_and_long_headings_stand_upright() -> None:
    from padanan.feedback.lp3ke.docx import _fitted, _longest

    room, shares = 26.7, [10.0, 12.0, 3.0, 3.0]
    wide = _fitted(shares, [_longest("SITI AMINAH"), _longest("3171014101700001"), 0.0, _longest("Tidak")], room)
    assert round(sum(wide), 6) == room
    assert wide[1] >= _longest("3171014101700001") and wide[3] >= _longest("Tidak")
    assert wide[2] >= 0.4 * room * 3 / 28  # an empty column stays wide enough for a hand to write in
    crowded = _fitted([1.0] * 20, [3.0] * 20, room)
    assert crowded == [room / 20] * 20
