"""A producer's page against the tables: each rule's bar, its two denominators, its trend, and what stays wrong if it stays."""

import re
from types import SimpleNamespace

import pytest

from padanan.contracts.contract import load_contracts
from padanan.contracts.rules import IF_LEFT
from padanan.pages import svg
from padanan.published.cells.declared import Declared
from padanan.published.cells.model import Cells
from padanan.published.cells.places import rules, touched_key
from padanan.published.facts import NO_KOTA, KotaCount, RuleCount
from padanan.run.report import render_report
from tests.contrast import contrast, variables
from tests.review.pages_back import Page, count
from tests.review.published_by_hand import PERIODE, PRODUCERS, write_published

RULES = {(contract.id, rule.id): rule for contract in load_contracts().values() for rule in contract.rules}
LINE = r'data-aturan="([a-z_]+)"><th scope="row">[^<]*</th><td>(<svg class="ukur".*?</svg>)'
TOUCHED = """select count(distinct r.id_orang), count(distinct r.id_orang) filter (s.terpilih) from gap g
    join padanan_record r using (producer, record_key) left join sasaran s on s.id_orang = r.id_orang where g.producer = ?"""


def page_of(pages, producer):
    return pages[f"produsen-{producer.replace('_', '-')}.html"]


def share(part, whole):
    return f"{100 * part / whole:.1f}%".replace(".", ",")


@pytest.mark.feature("F10")
def test_every_rule_names_its_records_and_the_people_it_touches(pages, tables):
    """Both denominators: the producer's records, and the people of the data sasaran; who could be subtracted is covered."""
    selected = tables.execute("select count(*) from sasaran where terpilih").fetchone()[0]
    seen = {"<5": 0, "ditutup": 0, "": 0}
    for producer in PRODUCERS:
        page = page_of(pages, producer)
        assert f"dari {selected:,}".replace(",", ".") in page.source
        for rule, shown in page.values("tabel-aturan", "aturan", "nilai").items():
            people, inside = tables.execute(f"{TOUCHED} and rule_id = ?", [producer, rule]).fetchone()
            cells = page.rows("tabel-aturan", "aturan")[rule]
            assert count(shown["orang"]) == people
            part = cells[cells.index(shown["sasaran"], 7) + 1]
            if shown["sasaran"] in ("<5", "ditutup"):
                seen[shown["sasaran"]] += 1
                assert part == "–" and (1 <= inside <= 4 or 1 <= people - inside <= 4 or 1 <= people <= 4)
                assert shown["sasaran"] == "ditutup" or 1 <= inside <= 4
            else:
                seen[""] += 1
                assert count(shown["sasaran"]) == inside and part in (share(inside, selected), "<0,1%", "0%"[: 2 * (not inside)])
                assert not 1 <= inside <= 4 and not 1 <= people - inside <= 4
    assert all(seen[mark] for mark in ("<5", "")), seen


def test_who_is_outside_the_selection_can_not_be_subtracted():
    """7 touched of whom 5 are selected tell the other two; 3 touched of whom all are selected tell themselves."""
    rule = RULES["dtks", "nik_kosong"]
    marks = {}
    for pair in ((7, 5), (7, 3), (3, 3), (9, 9), (9, 0), (10, 5), (0, 0), (3, 0)):
        declared = Declared()
        item = RuleCount("dtks", rule, pair[0], 99, *pair)
        kotas = [KotaCount("dtks", rule, NO_KOTA, pair[0], 99, pair[0])]
        rules(declared, SimpleNamespace(rules=[item], kotas=kotas, kota_names={}, kota_rows={}, rows={"dtks": 99}))
        mark = Cells.of(declared).mark(touched_key("dtks", rule.id, selected=True))
        marks[pair] = mark.text if mark else None
    assert marks == {
        (7, 5): "ditutup",
        (7, 3): "<5",
        (3, 3): "ditutup",
        (9, 9): None,
        (9, 0): None,
        (10, 5): None,
        (0, 0): None,
        (3, 0): "ditutup",
    }


@pytest.mark.feature("F10")
def test_the_people_a_producer_touches(pages, tables):
    for producer in PRODUCERS:
        inside = tables.execute(TOUCHED, [producer]).fetchone()[1]
        source = page_of(pages, producer).source
        found = re.search(r"<dt>orang data sasaran tersentuh</dt><dd>([^<]+)</dd>", source)
        assert found[1] == "<5" if 0 < inside < 5 else count(found[1]) == inside


@pytest.mark.feature("F10")
def test_each_rule_stands_under_what_stays_wrong(pages):
    """The rule's own sentence, or what its level means; a group once, and those with a penghalang first."""
    own = {rule for (_, rule), item in RULES.items() if item.own_effect}
    assert all(item.own_effect for item in RULES.values() if item.level == "peringatan"), "tiap peringatan menyebut akibatnya"
    assert {item.if_left for item in RULES.values() if not item.own_effect} == {IF_LEFT["blok"]}
    for producer in PRODUCERS:
        under, heads = None, []
        for attrs, cells in page_of(pages, producer).tables["tabel-aturan"]:
            if len(cells) == 1:
                heads.append(under := cells[0][2].strip())
            elif "data-aturan" in attrs:
                rule = RULES[producer, attrs["data-aturan"]]
                assert under == f"Bila tetap: {rule.if_left}", rule.id
                assert rule.id in own or rule.level == "blok"
        assert heads and len(heads) == len(set(heads))


@pytest.mark.feature("F10")
def test_a_rule_with_a_penghalang_stands_before_those_without(pages):
    """Which rules have one is read from the table by kota."""
    seen = 0
    for producer in PRODUCERS:
        page = page_of(pages, producer)
        blocked = {RULES[producer, rule].if_left for rule, by in page.values("tabel-kota", "aturan", "kota").items()
                   if any("■" in text for text in by.values())}  # fmt: skip
        heads = [cells[0][2].strip() for _, cells in page.tables["tabel-aturan"] if len(cells) == 1]
        told = {f"Bila tetap: {effect}" for effect in blocked}
        assert set(heads[: len(told)]) == told or "Penghalang yang jumlah catatannya ditutup" in page.source
        seen += 0 < len(told) < len(heads)
    assert seen, "contoh ini harus memuat produsen dengan sebagian aturan berpenghalang"


def drawn(picture):
    """(class of the failing part, its width, place of the mark, whether the end is torn, words) of one bar."""
    bad = re.search(r'<rect class="(gagal|lewat)" x="0" y="4" width="([\d.]+)"', picture)
    mark = re.search(r'<path class="ambang" d="M([\d.]+) ', picture)
    label = re.search(r'aria-label="([^"]+)"', picture)
    return bad[1], float(bad[2]), float(mark[1]), 'class="sobek"' in picture, label[1]


@pytest.mark.feature("F10")
def test_a_bar_shows_failing_records_against_the_threshold(pages):
    seen = set()
    for producer in PRODUCERS:
        page = page_of(pages, producer)
        lines = dict(
            re.findall(r'data-aturan="([a-z_]+)"><th scope="row">[^<]*</th><td>(<svg class="ukur".*?</svg>)', page.source)
        )
        shown = page.values("tabel-aturan", "aturan", "nilai")
        assert set(lines) == set(shown)
        for rule, picture in lines.items():
            failed, total = count(shown[rule]["gagal"]), count(shown[rule]["total"])
            css, width, mark, torn, label = drawn(picture)
            limit = RULES[producer, rule].threshold
            over = failed / total > limit
            assert (css == "lewat") == over == (width > mark) and width <= 150
            assert width / mark == pytest.approx(failed / total / limit, abs=0.12) or width == 1
            assert torn == (max(2 * limit, 1.15 * failed / total) < 1)
            assert f"{shown[rule]['gagal']} gagal" in label and "ambang" in label
            assert ("■" in page.rows("tabel-aturan", "aturan")[rule][4]) == over
            seen.add(css)
    assert seen == {"gagal", "lewat"}


@pytest.mark.parametrize(
    ("failed", "total", "limit", "css", "width", "mark", "torn"),
    [
        (10, 100, 0.10, "gagal", 75, 75, True),
        (0, 100, 0.10, None, 0, 75, True),
        (60, 100, 0.01, "lewat", 130.4, 2.2, True),
        (95, 100, 0.10, "lewat", 142.5, 15, False),
        (100, 100, 0.5, "lewat", 150, 75, False),
        (1, 100_000, 0.10, "gagal", 1, 75, True),
        (0, 0, 0.10, None, 0, 75, True),
        (5, 100, 0.0, "lewat", 130.4, 0, True),
    ],
)
def test_a_bars_scale(failed, total, limit, css, width, mark, torn):
    picture = svg.against(failed, total, limit, "x")
    assert ('class="sobek"' in picture) == torn and float(re.search(r'"ambang" d="M([\d.]+) ', picture)[1]) == mark
    if css is None:
        assert "gagal" not in picture and "lewat" not in picture
    else:
        assert drawn(picture)[:2] == (css, width)


@pytest.mark.feature("F10")
def test_a_trend_needs_two_publications(pages, home):
    """Three publications: a course of three dots and the change since the last; one: a sentence and no picture."""
    page = page_of(pages, "dtks")
    courses = re.findall(r'<svg class="lintasan kecil".*?</svg>(?:<span aria-hidden="true">.</span> )?([^<]+)', page.source)
    assert courses and page.source.count('class="lintasan kecil"') == len(page.rows("tabel-aturan", "aturan"))
    for picture in re.findall(r'<svg class="lintasan kecil".*?</svg>', page.source):
        assert picture.count("<circle") == 3 and picture.count('class="ambang"') == 1
        assert re.search(r'aria-label="2025-S1 r1 [\d,]+%; 2025-S2 r1 [\d,]+%; 2025-S2 r2 [\d,]+%"', picture)
    assert all(re.match(r"[▲▼] [+−][\d,]+ poin|● tetap|[▲▼] tetap", text) for text in courses), courses
    assert any(text.startswith("▲ +") for text in courses)
    assert "sekali diukur" not in page.source
    write_published(home, people=600)
    alone = Page(render_report(home, PERIODE, 1).with_name("produsen-dtks.html"))
    assert "lintasan kecil" not in alone.source and "Baru sekali diukur, belum ada tren." in alone.captions["tabel-aturan"]


def test_the_bars_colours_can_be_told_apart():
    """WCAG 1.4.11: 3:1 between neighbours; over the threshold a ■ stands beside the share, so that colour is not the only cue."""
    colour, fill = variables("gaya.css")
    paper, stripe = colour["kertas"], colour["muka"]
    bad, over, passed = fill(".ukur .gagal"), fill(".ukur .lewat"), fill(".ukur .lulus")
    for one in (bad, over):
        assert contrast(one, passed) >= 3 and contrast(one, paper) >= 3 and contrast(one, stripe) >= 3
    edge, mark, casing = fill(".ukur .lulus", "stroke"), fill(".ukur .ambang", "stroke"), fill(".ukur .tepi", "stroke")
    assert min(contrast(edge, paper), contrast(edge, stripe), contrast(edge, passed)) >= 3
    assert contrast(mark, casing) >= 3 and contrast(casing, bad) >= 3 and contrast(casing, over) >= 3
    assert min(contrast(colour["buruk"], paper), contrast(colour["buruk"], stripe)) >= 4.5
