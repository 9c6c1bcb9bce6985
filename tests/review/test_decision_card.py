"""The decision card: its numbers are the tables', its advice follows from penghalang and dates, its links lead somewhere."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from padanan.contracts.contract import load_contracts
from padanan.pages import verdict
from padanan.published.blockers import judge
from padanan.published.opened import open_published
from padanan.published.report import gather, in_order
from padanan.review.report import decision_card
from tests.review.pages_back import count
from tests.review.published_by_hand import PERIODE

SELECTED = "gap g join padanan_record r using (producer, record_key) join sasaran s on s.id_orang = r.id_orang and s.terpilih"
ONE = "g.producer = ? and g.rule_id = ? and coalesce(g.kode_kota, '') = ?"


@pytest.fixture(scope="module")
def report(rendered):
    source = open_published(rendered[0], PERIODE, 2)
    yield gather(rendered[0], in_order(load_contracts()), source)
    source.con.close()


def advised(report, monkeypatch, days):
    """The advice when the penetapan is planned so many days after the cut-off; None: on no day."""
    wanted = None if days is None else report.cutoff + timedelta(days=days)
    monkeypatch.setattr(verdict, "decree_day", lambda _: wanted)
    return verdict.advise(report)


@pytest.mark.feature("F10")
def test_whom_it_touches_is_counted_once_each(pages, tables, rendered):
    page = pages["index.html"]
    shown = dict(re.findall(r'data-aturan="(\w+)">([\d.]+|&lt;5)', page.source))
    for rule in ("nik_kosong", "alamat_tidak_lengkap", "meninggal_di_adminduk"):
        (people,) = tables.execute(f"select count(distinct s.id_orang) from {SELECTED} where g.rule_id = ?", [rule]).fetchone()
        assert shown[rule] == "&lt;5" if 0 < people < 5 else count(shown[rule]) == people, rule
    blocking = [item for item in judge(rendered[0], PERIODE, 2).found if item.rule.level == "blok" and item.terpilih]
    behind = set()
    for item in blocking:
        place = [item.producer, item.rule.id, item.kota]
        found = tables.execute(f"select distinct s.id_orang from {SELECTED} where {ONE}", place).fetchall()
        behind |= {person for (person,) in found}
    assert blocking and count(shown["penghalang"]) == len(behind)


@pytest.mark.feature("F10")
def test_the_three_gaps_are_the_largest_over_their_threshold(pages, rendered):
    source = pages["index.html"].source
    card = source[source.index('<ul class="celah">') : source.index("</ul>", source.index('<ul class="celah">'))]
    shown = re.findall(r'<a href="produsen-([a-z0-9-]+)\.html">([^<,]+),.*?<small>([\d.]+) orang; ([\d,]+%) gagal', card)
    assert len(shown) == 3 and card.count("<svg") == 3 and card.count(" sejak 2025-S2 r1") == 3
    over = {(item.producer, item.rule.id) for item in judge(rendered[0], PERIODE, 2).found}
    every = []
    for name, page in pages.items():
        if name.startswith("produsen-"):
            producer = name.removeprefix("produsen-").removesuffix(".html")
            by = page.values("tabel-aturan", "aturan", "nilai")
            for rule, cells in page.rows("tabel-aturan", "aturan").items():
                if (producer.replace("-", "_"), rule) in over:
                    every.append((count(by[rule]["orang"]), producer, cells[0], cells[4].removeprefix("■ ")))
    every.sort(key=lambda item: -item[0])
    assert [count(people) for _, _, people, _ in shown] == [people for people, *_ in every[:3]]
    assert {(producer, rule, share) for producer, rule, _, share in shown} <= {tuple(item[1:]) for item in every}


@pytest.mark.feature("F10")
@pytest.mark.feature("F50")
@pytest.mark.parametrize("most", [5, 40])
def test_the_bar_of_a_covered_count_is_as_long_as_that_of_any_other(report, most):
    """A length can be measured: 132 of 220 beside "5 orang" was three people."""
    gap = decision_card._material(report)[0]
    bars = {decision_card._gap(report, replace(gap, orang=people), most)["gambar"] for people in range(1, 5)}
    (bar,) = bars
    assert f'width="{220 * 5 / most:.1f}"' in bar and 'aria-label="&lt;5 orang"' in bar
    assert bar != decision_card._gap(report, replace(gap, orang=6), 40)["gambar"]


def test_a_gap_that_only_some_kota_exceed_says_so(report):
    """A penghalang is judged by kota; "over the threshold" beside a share under it is no sentence."""
    gap = decision_card._material(report)[0]
    for failed, said in ((1, True), (gap.total, False)):
        told = decision_card._gap(report, replace(gap, gagal=failed), gap.orang)["kata"]
        assert ("dilewati di sebagian kota" in told) is said, told


@pytest.mark.feature("F10")
def test_the_advice_follows_from_penghalang_and_dates(report, monkeypatch):
    blockers, minors = report.facts.blockers, report.facts.minors
    groups = {(item.producer, item.rule.id) for item in blockers} | {(item.producer, "catatan_kecil") for item in minors}
    monkeypatch.setattr(verdict, "REDO_SHARE", 0.001)
    late = advised(report, monkeypatch, 3)
    assert late.exceptions == len(groups) and late.sentence.startswith(f"Terima dengan {len(groups)} pengecualian dan minta ")
    assert "sesudah penetapan" in late.sentence and late.tone == "awas"
    for days in (120, None):
        redo = advised(report, monkeypatch, days)
        assert redo.sentence.startswith("Minta padanan ulang setelah ") and redo.tone == "buruk"
        assert "memperbaiki “" in redo.sentence and "orang sasaran (" in redo.sentence and "paling lambat" in redo.sentence
    monkeypatch.setattr(verdict, "REDO_SHARE", 1.0)
    few = advised(report, monkeypatch, 120)
    assert few.sentence.startswith("Terima dengan ") and "penetapan" not in few.sentence
    for sentence in (late.sentence, redo.sentence, few.sentence):
        assert len(re.findall(r"\.(?!\d)", sentence)) == 1 and f"{len(blockers)} penghalang pada " in sentence


@pytest.mark.feature("F10")
def test_days_are_told_from_the_cut_off_and_links_lead_somewhere(pages, rendered, report):
    page = pages["index.html"]
    wanted = verdict.decree_day(report)
    days = (wanted - report.cutoff).days
    assert f"{days} hari sesudah batas data" in page.source or f"lewat {-days} hari pada batas data" in page.source
    buttons = re.findall(r'href="([^"]+)"', page.source[page.source.index('<p class="tombol">') :].split("</p>")[0])
    assert "lampiran.html#berkas" in buttons and all((rendered[1] / name.split("#")[0]).exists() for name in buttons)
    folders = pages["lampiran.html"].source
    for folder in ("decree/2025-07-01/dokumen/rev-2", "worklists/2025-07-01/rev-2", "kit/2025-07-01/rev-2"):
        assert f"<code>{folder}</code>" in folders
