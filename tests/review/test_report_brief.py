"""The PDF's two pages for the chair, its pictures and its producers' part say what the pages say."""

import re
from collections import Counter

import pytest
from pypdf import PdfReader

from padanan.run.report import render_report
from tests.pdf_back import accessible, elements, lone_rows
from tests.review.pages_back import Page
from tests.review.published_by_hand import PERIODE, write_landing, write_published

BRIEF, CONTENTS = "Ringkasan untuk Ketua TKPK", "Isi"
# What carries no words of its own: swatches of a legend, the page's store of shapes.
MUTE = 'aria-hidden="true"'
LOWEST = 15


def plain(text):
    return " ".join(text.replace("\u00a0", " ").split())


def sheets_of(folder):
    reader = PdfReader(folder / "laporan-mutu.pdf")
    return reader, [page.extract_text() for page in reader.pages]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """Every producer of the checkout, each of its rules failing, most of them late: the longest brief and tables."""
    from padanan.base.home import Home
    from padanan.contracts.contract import load_contracts

    home = Home(tmp_path_factory.mktemp("penuh") / "data").ensure()
    write_published(home, people=3_000, all_contracts=True, periode=PERIODE.previous(), worse=3)
    write_published(home, people=3_000, all_contracts=True, worse=2)
    for at, producer in enumerate(load_contracts()):
        flags = [{"rule_id": "volume_berubah", "akibat": "tahan", "pesan": "naik 80%"}]
        write_landing(home, producer, f"{at + 1:016x}", status=("ditahan", "karantina")[at % 2], flags=flags)
    return render_report(home, PERIODE, 1).parent


@pytest.fixture(scope="module", params=["seven producers", "every producer"])
def report(request, rendered, crowded):
    """(reader, text of every sheet, pages by file name)."""
    folder = rendered[1] if request.param == "seven producers" else crowded
    return *sheets_of(folder), {path.name: Page(path) for path in sorted(folder.glob("*.html"))}


def brief_of(sheets):
    """The text before the contents."""
    end = next(at for at, text in enumerate(sheets) if f"\n{CONTENTS}\n" in text)
    return sheets[:end]


@pytest.mark.feature("F10")
def test_the_chair_reads_two_pages_first(report):
    _, sheets, _ = report
    brief = brief_of(sheets)
    assert 1 <= len(brief) <= 2 and BRIEF in brief[0]
    assert sum(BRIEF in text for text in sheets) == 2  # its own heading, and a line of the contents


@pytest.mark.feature("F10")
def test_the_brief_says_what_the_first_page_says(report):
    _, sheets, pages = report
    said, page = plain(" ".join(brief_of(sheets))), pages["index.html"]
    card = page.source[page.source.index('id="kartu"') : page.source.index("</section>")]
    for name in ("saran", "rekomendasi", "keadaan", "berikut"):
        assert plain(page.texts[name]) in said, name
    assert re.search(r"Penetapan direncanakan [^.]+\.|Tanggal penetapan belum direncanakan[^.]+\.", said)
    people = re.findall(r'<dt>([^<]+)</dt><dd data-aturan="\w+">([^<]+?)(?: <small>([^<]+)</small>)?</dd>', card)
    assert len(people) == 4
    for words, number, part in people:
        assert plain(f"{number} {part} {words}").replace("&lt;", "<") in said, words
    gaps = re.findall(r'<li><a href="[^"]+">([^<]+)</a>.*?<small>([^<]+)</small>', card)
    assert len(gaps) == 3
    for title, words in gaps:
        assert f"{title} {words}".replace("&lt;", "<") in said, title
    figures = page.source[page.source.index('<dl class="angka">') :]
    figures = re.findall(
        r'<dt>([^<]+)</dt><dd>([^<]+)</dd>(?:<dd class="kecil">([^<]+)</dd>)?', figures[: figures.index("</dl>")]
    )
    assert len(figures) == 8
    for name, number, note in figures:
        assert plain(f"{number} {name} {note}") in said, name
    if "alasan" in page.ids:
        reasons = page.source[page.source.index('<h2 id="alasan">') :]
        for reason in re.findall(r"<li>([^<]+)</li>", reasons[: reasons.index("</ul>")]):
            assert plain(reason) in said, reason


@pytest.mark.feature("F10")
def test_the_map_of_the_brief_is_that_of_its_page(report):
    reader, sheets, pages = report
    said, page = plain(" ".join(brief_of(sheets))), pages["peta-sasaran.html"]
    legend = re.findall(r"<li><svg class=\"contoh\".*?</svg>([^<]+)</li>", page.source)
    assert len(legend) >= 3 and all(words in said for words in legend)
    assert "bukan batas resmi" in said
    title, told = (re.search(rf'<{tag} id="peta-sasaran-.">([^<]+)<', page.source)[1] for tag in ("title", "desc"))
    maps = [text for text in alternatives(reader) if text.startswith(title)]
    assert maps and all(told.rstrip(".") in text for text in maps)


def alternatives(reader):
    """What every picture says to those who can't see it."""
    return [plain(str(one.get("/Alt", ""))) for one in elements(reader.trailer["/Root"]["/StructTreeRoot"], "/Figure")]


@pytest.mark.feature("F10")
def test_every_picture_of_a_printed_page_is_drawn_and_says_its_words(report):
    """The pages' pictures with words, those of the card and one map more in the brief."""
    reader, sheets, pages = report
    drawn = Counter(alternatives(reader))
    assert "" not in drawn and not [text for text in drawn if "&" in text]
    body = plain(" ".join(sheets))
    wanted: Counter[str] = Counter()
    for name, page in pages.items():
        title = plain(page.texts_of("h1"))
        if name.startswith(("peta-", "kalender", "lampiran", "index")) or title not in body:
            continue
        for label in re.findall(r'<svg class="[a-z ]+"[^>]*aria-label="([^"]+)"', page.source):
            wanted[plain(label)] += 1
        for title in re.findall(r'<svg class="[a-z ]+"[^>]*aria-labelledby="[^"]*"><title[^>]*>([^<]+)<', page.source):
            assert [text for text in drawn if text.startswith(plain(title))], (name, title)
    assert wanted and not wanted - drawn, list((wanted - drawn).items())[:3]
    assert sum(drawn.values()) >= sum(wanted.values()) + 4


@pytest.mark.feature("F10")
def test_the_producers_part_says_what_their_pages_say(report):
    """Every rule's records, both denominators and follow-up, in the order of the page, and what stays wrong."""
    _, sheets, pages = report
    said = plain(" ".join(sheets))
    seen = 0
    for name, page in pages.items():
        if not name.startswith("produsen-"):
            continue
        title = plain(page.texts_of("h1"))
        start = said.index(f"{title} Ringkasan {plain(page.texts['ringkas'])}"[: len(title) + 10])
        for _, cells in page.tables["tabel-aturan"][1:]:
            words = [plain(cell[2]) for cell in cells if plain(cell[2])]
            if len(cells) == 1:
                assert words[0] in said[start:], (name, words)
            elif cells[0][0] == "th" and "scope" in cells[0][1] and cells[0][1]["scope"] == "row":
                numbers = " ".join(words[1 : 8 if len(cells) > 8 else 5])
                start = said.find(f"{words[0]} {numbers}", start)
                assert start >= 0, (name, words[0], numbers)
                seen += 1
    assert seen > 20


@pytest.mark.feature("F10")
def test_nothing_runs_off_a_sheet(report):
    """A producer with forty penghalang is longer than a sheet: its body breaks, and no line lies in or below the foot."""
    reader, _, _ = report
    assert accessible(reader) and not lone_rows(reader)
    for number, page in enumerate(reader.pages, 1):
        low: list[float] = []

        def lines(text, page_matrix, at, *_, low=low):
            if text.strip():
                low.append(at[4] * page_matrix[1] + at[5] * page_matrix[3] + page_matrix[5])

        page.extract_text(visitor_text=lines)
        assert min(low) >= LOWEST, number
    assert len(reader.pages) > 20
