"""Rows that are written whole are, letter by letter, those that XlsxWriter writes cell by cell."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base.book import Book
from padanan.base.book_rows import HELD, HeldSheet, RowSheet
from padanan.forms.sealed_book import MADE

TEXT = st.text(alphabet=st.sampled_from("aZ9 é\n\t\r&<>\"'_x0041\x01\x0b\ufffe\U0001f600"), max_size=14) | st.text(max_size=6)
# The library escapes a run's control characters twice, so that another text comes back.
RUN = st.text(alphabet=st.sampled_from("aZ9 é\n\t&<>\"'\U0001f600"), min_size=1, max_size=14)
RUNS = st.lists(st.tuples(st.integers(0, 1), RUN), min_size=2, max_size=4).map(tuple)
CELLS = st.lists(st.none() | TEXT | RUNS | st.integers(-(10**18), 10**18) | st.just(date(2026, 1, 2)), min_size=3, max_size=3)
ROWS = st.lists(st.tuples(st.sampled_from([15.0, 17.0, 33.5, 400.0]), st.booleans(), CELLS), min_size=1, max_size=6)


def written(path: Path, rows: Any, *, whole: bool, held: bool) -> dict[str, bytes]:
    """Every part of a workbook of these rows below one of the library's own."""
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Book(path, streamed=True, rows=len(rows) if held else None, **plain)
    book.set_properties({"created": MADE})
    look = [book.add_format({"border": 1}), book.add_format({"num_format": "@", "bold": True}), book.add_format({"italic": True})]
    runs = [book.add_format({"bold": True, "font_size": 12}), book.add_format({"font_size": 9.5})]
    sheet = book.add_worksheet("Baris")
    sheet.write_string(0, 0, "judul", look[0])
    for number, (height, turned, cells) in enumerate(rows, 1):
        line = [tuple((runs[at], text) for at, text in cell) if isinstance(cell, tuple) else cell for cell in cells]
        put = sheet.put_row if whole else sheet._by_library
        assert put(number, height, line, look[::-1] if turned else look) == 0
    book.close()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_a_row_written_whole_is_the_librarys_to_the_letter(rows: Any, tmp_path: Path) -> None:
    # The library takes a text that begins and ends like a run for one and lets its signs through; here it stays a text.
    path = tmp_path / "b.xlsx"
    by_cell = written(path, rows, whole=False, held=False)
    for held in (False, True):
        found = written(path, rows, whole=True, held=held)
        assert found.keys() == by_cell.keys()
        for name, part in by_cell.items():
            assert found[name] == part, name


@pytest.mark.parametrize("held", [True, False])
def test_no_text_is_taken_for_signs_of_the_sheet(held: bool, tmp_path: Path) -> None:
    text = "<r><t>SITI</t></r>"
    written(tmp_path / "b.xlsx", [(15.0, False, [text, "b", "c"])], whole=True, held=held)
    assert openpyxl.load_workbook(tmp_path / "b.xlsx")["Baris"]["A2"].value == text


def test_few_rows_wait_in_memory_and_many_beside_the_workbook(tmp_path: Path) -> None:
    few, many = (Book(tmp_path / f"{rows}.xlsx", streamed=True, rows=rows).add_worksheet() for rows in (HELD, HELD + 1))
    assert type(few) is HeldSheet and type(many) is RowSheet
    assert [path.parent for path in tmp_path.iterdir()] == [Path(many.row_data_filename).parent] == [tmp_path]


@pytest.mark.parametrize("held", [True, False])
def test_a_row_that_does_not_go_in_is_said(held: bool, tmp_path: Path) -> None:
    book = Book(tmp_path / "b.xlsx", streamed=True, rows=1 if held else None)
    sheet, look = book.add_worksheet(), [book.add_format()]
    assert sheet.put_row(5, 15, ["a"], look) == 0
    assert sheet.put_row(4, 15, ["di atas yang sudah ditulis"], look) != 0
    assert sheet.put_row(sheet.xls_rowmax, 15, ["di bawah lembar"], look) != 0
    book.close()
    found = openpyxl.load_workbook(tmp_path / "b.xlsx").active
    assert [row[0] for row in found.iter_rows(values_only=True) if row[0]] == ["a"]


@pytest.mark.parametrize("text", ["x" * 32_768, "\U0001f600" * 16_384], ids=["long", "long by what counts twice"])
def test_a_text_longer_than_a_cell_is_said(text: str, tmp_path: Path) -> None:
    book = Book(tmp_path / "b.xlsx", streamed=True, rows=1)
    assert book.add_worksheet().put_row(0, 15, [text], [book.add_format()]) != 0
    book.close()
