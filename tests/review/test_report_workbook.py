"""`tabel.xlsx` says what the pages say: every figure in one list, as numbers; covered cells as words; no formula (F10)."""

import re
import zipfile
from collections import Counter
from datetime import date, datetime

import openpyxl
import pytest

from padanan.pages.workbook import ONLY_LONG
from padanan.run.report import render_report
from tests.review.pages_back import count
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK, PERIODE

NAMES = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
MONTHS = {name: i for i, name in enumerate(NAMES, 1)}


@pytest.fixture(scope="module")
def book(rendered):
    return openpyxl.load_workbook(rendered[1] / "tabel.xlsx")


def figures(book):
    """(page title, caption) -> [(row, column, value)], in the order of the long list."""
    found = {}
    for page, caption, row, column, value, kind in book["Data"].iter_rows(min_row=6, values_only=True):
        assert kind in ("jumlah", "bagian", "poin", "tanggal", "ditutup"), kind
        found.setdefault((page, caption), []).append((row, column, value))
    return found


def header(mains):
    """The names of a table's columns, with the name of their group, and how many lines the heading has."""
    if all(rowspan == 1 for _, _, rowspan in mains[0]):
        return [text for text, _, _ in mains[0]], 1
    lower, names = iter(mains[1]), []
    for text, columns, rowspan in mains[0]:
        names += [text] if rowspan == 2 else [f"{text}: {next(lower)[0]}" for _ in range(columns)]
    return names, 2


def same(shown: str, stored) -> bool:
    """Whether what the page shows is what the workbook holds."""
    shown = " ".join(shown.split())
    if stored is None:
        return shown in ("", "–") or shown.startswith("Jumlah")
    if isinstance(stored, datetime):
        day, month, year = shown.split()
        return date(int(year), MONTHS[month[:3]], int(day)) == stored.date()
    if isinstance(stored, str):
        return (
            shown == stored
            or set(stored.split("; ")) <= {*re.split(r"(?<=\S)\s*\n\s*", shown)}
            or stored.replace("; ", "") in shown
        )
    number = re.sub(r"^[●▲■○] ", "", shown)
    if number.endswith("%"):
        figure = float(number.strip("<>%").replace(".", "").replace(",", "."))
        if number[0] in "<>":
            return 0 < stored < 0.001 if number[0] == "<" else 0.999 < stored < 1
        return abs(stored * 100 - figure) <= 0.0501
    return count(number) == stored


@pytest.mark.feature("F10")
def test_every_figure_of_every_page_stands_in_the_long_list(pages, book):
    """In the order of the page, under its page, table and column, as the number that is shown."""
    found, taken, tables = figures(book), 0, 0
    for name, page in pages.items():
        title = " ".join(page.texts_of("h1").split())
        for table, mains in page.mains.items():
            names, lines = header(mains)
            queue = [item for item in found.get((title, page.caption_main(table)), []) if item[1] in names]
            for shown in mains[lines:]:
                at = 0
                for text, columns, _ in shown:
                    if queue and queue[0][1] == names[at] and same(text, queue[0][2]):
                        queue.pop(0)
                        taken += 1
                    else:
                        assert not re.fullmatch(r"[<>]?[\d.]+,\d+%|\d{1,3}(\.\d{3})+", text.strip()), (
                            name,
                            table,
                            names[at],
                            text,
                        )
                    at += columns
            assert queue == [], (name, table, queue[:2])
            tables += 1
    assert tables > 60 and taken > 2500


@pytest.mark.feature("F10")
def test_the_main_pages_tables_stand_on_sheets_to_print(pages, book):
    """Each short table of a main page on one sheet, with all its figures; a figure that was dropped would be missed here."""
    found, on_sheets = figures(book), 0
    for name, page, caption, rows in book["Isi"].iter_rows(min_row=6, values_only=True):
        sheet = book[name]
        cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
        assert caption in cells and rows <= 60
        left = Counter(str(value) for value in cells)
        wanted = Counter(str(value) for _, _, value in found.get((page, caption), []))
        assert not wanted - left, (name, caption, list(wanted - left)[:3])
        on_sheets += wanted.total()
    titles = {page for _, page, _, _ in book["Isi"].iter_rows(min_row=6, values_only=True)}
    main = {
        " ".join(page.texts_of("h1").split()) for name, page in pages.items() if page.mains and not name.startswith(ONLY_LONG)
    }
    assert titles == main and on_sheets > 500
    assert book.sheetnames[:2] == ["Data", "Isi"]


@pytest.mark.feature("F10")
def test_no_formula_no_person_and_the_frame_on_each_sheet(book, rendered):
    import hashlib

    digest = hashlib.sha256((rendered[0].published(PERIODE, 2) / "manifest.json").read_bytes()).hexdigest()
    dashed = "-".join(digest[i : i + 4] for i in range(0, 64, 4))
    covered = 0
    for sheet in book:
        assert f"Periode {PERIODE.label}, revisi 2" in sheet["A3"].value and dashed in sheet["A3"].value
        for cells in sheet.iter_rows():
            for cell in cells:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                text = str(cell.value)
                assert CANARY_NIK not in text and CANARY_NAME not in text
                assert not re.search(r"(?<!\d)\d{15,16}(?!\d)", text), (sheet.title, cell.coordinate)
                covered += text in ("<5", "ditutup")
    assert covered


def test_the_same_bytes_each_time(rendered, tmp_path):
    home, folder = rendered
    before = (folder / "tabel.xlsx").read_bytes()
    render_report(home, PERIODE, 2)
    assert (folder / "tabel.xlsx").read_bytes() == before
    times = {item.date_time for item in zipfile.ZipFile(folder / "tabel.xlsx").infolist()}
    assert times == {(1980, 1, 1, 0, 0, 0)}
