"""`tabel.xlsx` says what the pages say: every table, every number, as numbers; covered cells as words; no formula (F10)."""

import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from padanan.run.report import render_report
from tests.review.pages_back import count
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK, PERIODE

NAMES = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
MONTHS = {name: i for i, name in enumerate(NAMES, 1)}


@pytest.fixture(scope="module")
def book(rendered):
    return openpyxl.load_workbook(rendered[1] / "tabel.xlsx")


def sheets(book):
    """(page title, caption) -> sheets, in the order of the contents."""
    found = {}
    for name, page, caption, _ in book["Isi"].iter_rows(min_row=6, values_only=True):
        found.setdefault((page, caption), []).append(book[name])
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
def test_every_table_and_every_cell_of_the_pages_stands_in_the_workbook(pages, book):
    found, seen, numbers = sheets(book), 0, 0
    for name, page in pages.items():
        title = " ".join(page.texts_of("h1").split())
        for table, mains in page.mains.items():
            queue = found.get((title, page.caption_main(table)))
            assert queue, (name, table)
            rows = list(queue.pop(0).iter_rows(min_row=5, values_only=True))
            names, lines = header(mains)
            places = [rows[0].index(text) for text in names]
            assert places == sorted(places)
            assert len(rows) - 1 == len(mains) - lines, (name, table)
            for shown, stored in zip(mains[lines:], rows[1:], strict=True):
                at = 0
                for text, columns, _ in shown:
                    assert same(text, stored[places[at]]), (name, table, names[at], text, stored[places[at]])
                    numbers += isinstance(stored[places[at]], int | float)
                    at += columns
            seen += 1
    assert seen > 60 and numbers > 2500
    assert not any(queue for queue in found.values()), "lembar tanpa tabel"


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
