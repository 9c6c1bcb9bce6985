"""What leaves on paper, printed as an office does: nothing under 8 points (9 at a door), nothing on top of something else.

Sizes are measured where LibreOffice has none of Excel's fonts, which is the smallest that anybody gets.
"""

from __future__ import annotations

import subprocess
import zipfile

import openpyxl
import pytest

from padanan.base.period import Periode
from padanan.cli import main
from padanan.pages.page import Page
from padanan.pages.table import Row, count, heads, table, text
from padanan.pages.workbook import Heading, write_workbook
from padanan.review.worklist.findings import read_back
from tests.paper_back import printed
from tests.review.worklist_by_hand import STAMP, TODAY, fill, person, write

pytestmark = pytest.mark.lambat
PERIODE = Periode.parse("2025-S2")
AT_A_DOOR, AT_A_TABLE = 9.0, 8.0
TABLE_PAGES = 60


def names_of(path, sheet, column, head=2):
    rows = openpyxl.load_workbook(path, read_only=True)[sheet].iter_rows(min_row=head + 1, values_only=True)
    return [row[column] for row in rows if row[column]]


@pytest.fixture(scope="module")
def papers(untouched_demo, tmp_path_factory):
    """Every workbook that the demo hands out, printed: the largest of each kind."""
    home, folder = untouched_demo.home, tmp_path_factory.mktemp("kertas")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_HOME", str(home.root))
        patch.setenv("PADANAN_KEY_FILE", str(untouched_demo.key))
        told = ("--periode", PERIODE.label)
        for command in (("worklist", "make", *told), ("kit", "make", *told, "--producer", "klj"),
                        ("review", "form", str(folder / "formulir.xlsx"), *told),
                        ("clerical", "export", str(folder / "antrean.xlsx"), *told)):  # fmt: skip
            assert main(command) == 0, command
    made = sorted(home.root.glob("worklists/*/rev-1/*.xlsx"), key=lambda path: path.stat().st_size)
    field = [path for path in made if path.name.startswith("31.")][-1]
    tkpk = [path for path in made if path.name.startswith("tkpk-")][-1]
    with zipfile.ZipFile(next(home.root.glob("kit/*/rev-1/klj-*.zip"))) as archive:
        archive.extract("baris.xlsx", folder)
    tabel = next(home.root.glob("reports/*/rev-1/tabel.xlsx"))
    files = {"field": field, "tkpk": tkpk, "kit": folder / "baris.xlsx", "form": folder / "formulir.xlsx",
             "clerical": folder / "antrean.xlsx", "tabel": tabel, "celah": tabel.with_name("celah-wilayah.xlsx")}  # fmt: skip
    pages = printed(list(files.values()), folder)
    return {kind: (path, pages[path.name]) for kind, path in files.items()}


@pytest.mark.panjang
@pytest.mark.parametrize("kind", ["field", "tkpk", "kit", "form", "clerical", "tabel", "celah"])
def test_it_can_be_read_on_paper(papers, kind):
    """A4 across, letters large enough, no word on another, no figure that its column is too narrow for, numbered pages."""
    path, pages = papers[kind]
    least = AT_A_DOOR if kind == "field" else AT_A_TABLE
    assert pages
    for number, page in enumerate(pages, 1):
        assert (round(page.width), round(page.height)) == (842, 595), (path.name, number)
        assert min(page.sizes) >= least, (path.name, number, page.sizes)
        assert page.overprinted == [], (path.name, number)
        assert "###" not in page.text, (path.name, number)
        assert f"Halaman {number} dari {len(pages)}" in page.text, (path.name, number)
        assert PERIODE.label in page.text, (path.name, number)


@pytest.mark.panjang
@pytest.mark.feature("F24")
def test_a_worklist_prints_each_person_with_the_question_and_its_heading_on_each_page(papers):
    path, pages = papers["field"]
    people = names_of(path, "Verifikasi", 0)
    visits = [page for page in pages if "· Verifikasi" in page.text]
    assert people and visits and all("Yang ditanyakan" in page.text and "meninggal" in page.text for page in visits)
    words = " ".join(page.text for page in visits)
    for card in people:
        for line in card.splitlines():
            assert all(word in words for word in line.split()), "a line was cut off"
    assert not any("Untuk mesin" in page.text for page in pages), "codes are for the machine"


@pytest.mark.panjang
def test_the_tables_print_on_few_pages_with_indonesian_figures(papers):
    path, pages = papers["tabel"]
    assert len(pages) <= TABLE_PAGES
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "Data"
    large = [cell.value for row in book["mutu"].iter_rows() for cell in row if isinstance(cell.value, int) and cell.value > 1000]
    printed_words = {word.text for page in pages for word in page.words}
    assert large and all(f"{value // 1000}.{value % 1000:03d}" in printed_words for value in large)


def test_the_lines_above_a_table_do_not_make_its_letters_smaller(tmp_path):
    """What ran past the last column widened the page by one column more or less, as the digits of the hash fell out."""
    rows = [
        Row((text("Keluarga yang bantuannya berakhir dalam tiga bulan " * 2), text("Dinas Sosial"), count(number)))
        for number in range(3)
    ]
    made = Page("", "Laporan", tables=(table("satu", "Satu", heads("Apa", "Siapa", "Berapa"), rows),))
    files = []
    for sign in ("", "1", "W"):
        files.append(tmp_path / f"lembar-{sign or 'tanpa'}.xlsx")
        frame = f"Periode 2025-S2, revisi 1, data yang diterima sampai 30 November 2025. Nilai hash terbitan: {sign * 90}"
        write_workbook(Heading("Judul", "Isi", frame, "2025-S2 revisi 1"), {"satu.html": made}, files[-1])
    pages = printed(files, tmp_path)
    sizes = [[set(page.sizes) for page in pages[path.name]] for path in files]
    assert sizes[0] == sizes[1] == sizes[2] and min(map(min, sizes[0])) >= AT_A_TABLE
    shown = " ".join(page.text for page in pages[files[2].name])
    assert shown.count("W") == 90 * len(sizes[2]), "a line was cut off"


LONG = "MUHAMMAD ABDURRAHMAN WICAKSONO KUSUMANINGRAT SASTROWARDOYO"
STREET = "JL KEBON KACANG TERUSAN BLOK DALAM GANG MASJID AL-HIDAYAH NO 128 B RUMAH PETAK BELAKANG WARUNG IBU SASTRO LANTAI 2"


def test_long_names_and_addresses_push_nothing_over_another(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    codes = "nik_kosong,alamat_tidak_lengkap"
    people = [person(n, nama=LONG[: 10 * n], alamat=STREET[: 20 * n], kode=codes) for n in range(1, 7)]
    pages = printed([write(tmp_path, people)], tmp_path)["31.71.01.1001-gambir.xlsx"]
    assert [page.overprinted for page in pages] == [[]] * len(pages)
    assert min(min(page.sizes) for page in pages) >= AT_A_DOOR
    words = " ".join(page.text for page in pages)
    assert all(word in words for word in (LONG + " " + STREET).split())


def test_a_worklist_that_libreoffice_saved_comes_back(tmp_path, monkeypatch):
    """Whoever fills it in there sends another file than was made: seals, texts of several lines and dates survive."""
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    path = write(tmp_path)
    fill(path, "Verifikasi", 3, hasil="tidak ditemukan", tanggal="12-1-2026", petugas="Siti Kader")
    printed([path], tmp_path)  # skips where nothing prints
    saved = tmp_path / "lo"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path / 'profil'}", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(saved), str(path)], check=True, capture_output=True, timeout=120)
    read = read_back(saved / path.name, STAMP, TODAY)
    assert read.faults == ()
    assert [(item.row, item.answers["hasil"], item.answers["tanggal"]) for item in read.findings] == [
        (3, "tidak_ditemukan", "2026-01-12")
    ]
