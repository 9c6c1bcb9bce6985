"""The report as a browser shows it: no accessibility violation at two widths, its own font, and A4 pages without lone rows."""

import re
import shutil

import pypdf
import pytest

from tests.review.browser import axe, run_chromium, violations

# One page of every kind; indikator.html, which needs the padanan by evidence, is looked at in tests/padanan.
KINDS = (
    "index",
    "produsen-dtks",
    "produsen-p3ke-keluarga",
    "produsen-klj",
    "kota-31-71",
    "peta-nik-kosong",
    "peta-penghalang",
    "metode",
    "penduduk",
    "perubahan",
    "kelompok",
    "daftar",
    "kalender",
    "kriteria",
    "mutu",
    "pemadanan",
    "wilayah",
    "lampiran",
    "penghalang",
    "aturan",
    "kiriman",
    "neraca",
    "irisan",
    "indikator",
    "analis",
)
WIDTHS = (1280, 400)
POINTS_A4 = (595, 842)
# The main pages that hold tables, and the longest ones behind them.
PRINTED = ("index", "mutu", "pemadanan", "wilayah", "aturan", "kiriman", "neraca", "penghalang", "irisan")


@pytest.fixture(scope="module")
def folder(rendered, tmp_path_factory):
    """A folder with the report's fonts, for changed copies of its pages."""
    folder = tmp_path_factory.mktemp("halaman")
    shutil.copytree(rendered[1] / "font", folder / "font")
    return folder


@pytest.mark.feature("F10")
def test_axe_finds_nothing_on_any_kind_of_page(rendered, folder):
    """Beside every kind a page with known faults: a silent axe-core would find nothing there either."""
    pages = [rendered[1] / f"{kind}.html" for kind in KINDS if (rendered[1] / f"{kind}.html").exists()]
    assert len(pages) >= len(KINDS) - 1
    kinds = {re.sub(r"-.*", "", path.stem) for path in rendered[1].glob("*.html")}
    assert kinds <= {re.sub(r"-.*", "", kind) for kind in KINDS}, "jenis halaman baru belum diperiksa"
    faulty = folder / "salah.html"
    text = (rendered[1] / "metode.html").read_text(encoding="utf-8")
    faulty.write_text(
        text.replace('<main id="utama">', '<main id="utama"><img src="x"><p style="color:#bbb">pudar</p>'), encoding="utf-8"
    )
    found = violations([*pages, faulty], WIDTHS, axe(), folder)
    for width in WIDTHS:
        assert {"image-alt", "color-contrast"} <= {item["id"] for item in found.pop(f"salah.html {width}")}
    assert {name: items for name, items in found.items() if items} == {}


@pytest.fixture(scope="module")
def printed(rendered, folder):
    """Pages on A4, each row of a table marked so that its sheet is known: {page: (PDF, {table: [sheets of its rows]})}."""
    return {name: _printed(rendered[1] / f"{name}.html", folder) for name in PRINTED}


def _printed(source, folder):
    text = source.read_text(encoding="utf-8")
    numbers = iter(range(10**6))
    tables = iter(range(10**6))
    current = {"t": -1}

    def mark(found: re.Match[str]) -> str:
        if found[0].startswith("<table"):
            current["t"] = next(tables)
            return found[0]
        where = f"zq{current['t']}r{next(numbers)}zq"
        return f'{found[0]}<span style="font-size:1pt">{where}</span>'

    # Only rows that begin with a cell of their own row: headings are repeated by the printer.
    marked = re.sub(r'<table[^>]*>|<tr[^>]*><th scope="row(?:group)?"[^>]*>', mark, text)
    page = folder / "cetak.html"
    page.write_text(marked, encoding="utf-8")
    target = folder / "cetak.pdf"
    run_chromium("--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri())
    pdf = pypdf.PdfReader(target)
    rows: dict[int, list[int]] = {}
    for number, sheet in enumerate(pdf.pages):
        for table, _ in re.findall(r"zq(\d+)r(\d+)zq", sheet.extract_text()):
            rows.setdefault(int(table), []).append(number)
    assert sum(len(pages) for pages in rows.values()) == marked.count('font-size:1pt">zq')
    return pdf, rows


@pytest.mark.feature("F10")
def test_prints_on_a4_with_its_own_font(printed):
    sheets = [sheet for pdf, _ in printed.values() for sheet in pdf.pages]
    assert len(sheets) > len(PRINTED)
    fonts = set()
    for sheet in sheets:
        assert (round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))) == POINTS_A4
        # Letters with a white edge (names on a map) are drawn as outlines, a font without a name.
        fonts |= {str(font.get_object().get("/BaseFont")) for font in sheet["/Resources"]["/Font"].values()}
    assert any("SourceSans3" in font for font in fonts), fonts  # the policy lets the file beside the page through


@pytest.mark.feature("F10")
def test_no_row_stands_alone_on_a_page(printed):
    tables = [(name, *found) for name, (_, rows) in printed.items() for found in rows.items()]
    assert len(tables) > 10
    for name, table, pages in tables:
        for page in set(pages):
            assert pages.count(page) > 1 or len(pages) == 1, f"{name}, tabel {table}: satu baris sendirian di lembar {page + 1}"


@pytest.mark.feature("F10")
def test_headings_are_repeated_and_the_block_to_sign_stays_with_the_text(printed, pages):
    seen = 0
    for name, (pdf, rows) in printed.items():
        # The last heading of each table, in the order of the page: a long one is broken into lines, which are joined again.
        headings = [[text for text, _, _ in mains[0]][-1] for mains in pages[f"{name}.html"].mains.values()]
        texts = [re.sub(r"zq\d+r\d+zq", "", sheet.extract_text()) for sheet in pdf.pages]
        for table, sheets in ((table, sorted(set(found))) for table, found in rows.items()):
            if len(sheets) > 1:
                assert all(headings[table] in " ".join(texts[sheet].split()) for sheet in sheets), (name, headings[table])
                seen += 1
    assert seen, "contoh ini harus memuat tabel yang terpotong halaman"
    texts = [sheet.extract_text() for sheet in printed["index"][0].pages]
    signing = [number for number, text in enumerate(texts) if "Tanda tangan dan tanggal" in text]
    assert len(signing) == 1 and texts[signing[0]].count("Tanda tangan dan tanggal") == 4
    assert "Pengesahan reviu" in texts[signing[0]] and "Daftar untuk ditindaklanjuti" in texts[signing[0]]


@pytest.mark.feature("F10")
def test_needs_no_script(pages):
    for name, page in pages.items():
        assert not [tag for tag, _ in page.tags if tag in ("script", "noscript", "button", "form")], name
        assert "javascript:" not in page.source, name
