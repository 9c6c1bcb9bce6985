"""The report in five main pages: short, one bar on each, all others reached, jargon on one page, no green over few cases."""

import re

import pytest

from padanan.contracts.contract import load_contracts
from padanan.pages.layout import MAIN_PAGES
from padanan.pages.words import ENOUGH_TO_JUDGE, UNJUDGED
from padanan.run.report import render_report
from tests.review.pages_back import Page, count
from tests.review.published_by_hand import PERIODE, write_published

MOST_WORDS = 1_500
MOST_BYTES = 400 * 1024
# What only analysts read, besides the codes of rules and criteria.
JARGON = r"\b(?:bit|F1|recall|rasio reduksi|m/u|log-odds)\b"


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A report of every producer of the checkout with a period before it, parsed, by file name."""
    from padanan.base.home import Home

    home = Home(tmp_path_factory.mktemp("lengkap") / "data").ensure()
    write_published(home, people=3_000, all_contracts=True, periode=PERIODE.previous(), worse=3)
    write_published(home, people=3_000, all_contracts=True)
    folder = render_report(home, PERIODE, 1).parent
    return {path.name: Page(path) for path in sorted(folder.glob("*.html"))}


def visible(page):
    """What a reader sees of a page, tables and bar too; pictures and the style are no words."""
    body = page.source[page.source.index("<body") :]
    return re.sub(r"<[^>]+>", " ", re.sub(r"<(svg|style)\b.*?</\1>", "", body, flags=re.DOTALL))


@pytest.mark.feature("F10")
def test_each_main_page_is_short(full):
    words = {name: len(visible(full[name]).split()) for name in MAIN_PAGES}
    assert len(words) == 5 and min(words.values()) > 100
    assert {name: found for name, found in words.items() if found > MOST_WORDS} == {}


@pytest.mark.feature("F10")
def test_one_bar_on_every_page_and_the_current_one_is_marked(pages):
    for name, page in pages.items():
        bar = page.source[page.source.index('<nav class="bagian"') : page.source.index("</nav>")]
        assert re.findall(r'href="([^"]+)"', bar) == list(MAIN_PAGES), name
        current = re.findall(r'href="([^"]+)" aria-current="page"', bar)
        assert current == ([name] if name in MAIN_PAGES else []), name


@pytest.mark.feature("F10")
def test_the_appendix_leads_to_every_further_page_and_file(pages, rendered):
    links = [link for link in pages["lampiran.html"].links if not link.startswith("#")]
    further = {name for name in pages if name not in MAIN_PAGES}
    assert further <= set(links) and {"tabel.xlsx", "laporan-mutu.pdf"} <= set(links)
    assert len(links) == len(set(links)) and all((rendered[1] / link).exists() for link in links)


@pytest.mark.feature("F10")
def test_jargon_and_codes_stand_on_the_analysts_page_only(full):
    codes = {rule.id for contract in load_contracts().values() for rule in contract.rules if "_" in rule.id}
    for name, page in full.items():
        text = visible(page)
        if name != "analis.html":
            assert not re.findall(JARGON, text), name
            assert not codes & set(re.findall(r"[a-z]+(?:_[a-z]+)+", text)), name
    assert codes & set(re.findall(r"[a-z]+(?:_[a-z]+)+", visible(full["analis.html"])))


@pytest.mark.feature("F10")
@pytest.mark.parametrize("people", [90, 600])
def test_no_green_over_too_few_records(home, people):
    """Every green mark of the matrix stands on enough records; what too few were judged for says so with their number."""
    write_published(home, people=people, worse=0)
    few = green = 0
    for producer, cells in Page(render_report(home, PERIODE, 1).with_name("mutu.html")).rows("tabel-mutu", "produsen").items():
        dimensions = [*cells[2:6], *cells[7:]]
        for cell in dimensions:
            found = re.search(rf"{UNJUDGED}.*n = ([\d.]+)", cell, re.DOTALL)
            if found:
                few += 1
                assert count(found[1]) < ENOUGH_TO_JUDGE and "●" not in cell, producer
            elif cell.startswith("●"):
                green += 1
                assert count(cells[1]) >= ENOUGH_TO_JUDGE, (producer, cell)
    assert few if people == 90 else green, "contoh ini harus memuat yang belum dapat dinilai, atau yang baik"


@pytest.mark.feature("F10")
def test_a_trend_with_one_point_is_a_sentence(home):
    write_published(home, people=300)
    folder = render_report(home, PERIODE, 1).parent
    for name in ("mutu.html", "perubahan.html"):
        page = Page(folder / name)
        assert 'class="lintasan"' not in page.source, name
        assert "Baru ada satu terbitan, jadi belum ada tren" in page.source and "ambang" in page.source, name


@pytest.mark.feature("F10")
def test_heads_stay_above_long_tables(pages):
    source = pages["mutu.html"].source
    assert re.search(r"\.gulir\.tabel thead \{[^}]*position: sticky", source)
    for name, page in pages.items():
        assert page.source.count('<div class="gulir tabel"') == len(page.tables), name


@pytest.mark.feature("F10")
def test_each_producers_page_is_short_and_light_though_every_rule_fails(full):
    own = {name: page for name, page in full.items() if name.startswith("produsen-")}
    assert len(own) > 20
    words = {name: len(visible(page).split()) for name, page in own.items()}
    assert {name: found for name, found in words.items() if found > MOST_WORDS} == {} and max(words.values()) > 1_000
    assert max(len(page.source.encode()) for page in own.values()) <= MOST_BYTES
