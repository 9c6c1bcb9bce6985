"""Two levels of penghalang: what is material, what is a catatan kecil, and which reasons and groups waive them."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from padanan.contracts.contract import expectations_dir
from padanan.contracts.rules import load_catalogue
from padanan.published.blockers import Judged, judge, key_of
from padanan.published.facts import KotaCount, lower_bound
from padanan.records.decided import worded_reason
from padanan.records.refusal import Refusal
from padanan.records.review_log import ReviewLog, read_log
from padanan.records.steps import EVERYWHERE, MINORS, waivers
from padanan.review.decision import show
from padanan.review.decision.actions import decide
from padanan.review.decision.offered import offered
from padanan.review.decision.waived import SAME_TEXT, Waiver, described, waived_items
from tests.review.decided_by_hand import NOW, copy_of, demo_home, publish, waivers_of, wish
from tests.review.published_by_hand import PERIODE

CATALOGUE = load_catalogue(expectations_dir())
BLOK = dataclasses.replace(CATALOGUE["nik_kosong"], threshold=0.05)
WARN = dataclasses.replace(CATALOGUE["alamat_tidak_lengkap"], threshold=0.05)
REASON = "diperbaiki produsen pada kiriman bulan depan"


def count(gagal, total, *, rule=WARN, terpilih=0, producer="dtks", kota="31.71"):
    return KotaCount(producer, rule, kota, gagal, total, gagal, terpilih)


@pytest.mark.parametrize(
    ("item", "level"),
    [
        (count(5, 100), ""),  # at the threshold, not above
        (count(9, 100), "minor"),  # above, by nine records
        (count(10, 100), "penghalang"),  # ten, and the bound is above 5%
        (count(10, 140), "minor"),  # ten, perhaps by chance
        (count(2, 10, rule=BLOK), "minor"),
        (count(2, 10, rule=BLOK, terpilih=1), "penghalang"),  # one of the data sasaran is blocked
        (count(2, 10, terpilih=2), "minor"),  # a warning blocks nobody
        (count(1, 100, rule=BLOK, terpilih=1), ""),
        (count(20, 100, rule=dataclasses.replace(WARN, minimum=21)), "minor"),
    ],
)
def test_what_is_material(item, level):
    assert (item.blocker, item.minor, item.over) == (level == "penghalang", level == "minor", level != "")


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_bound_lies_below_the_share_and_nears_it_with_more_records(failed, more):
    total = failed + more
    assert 0 <= lower_bound(failed, total) <= failed / total
    assert lower_bound(failed, total) <= lower_bound(10 * failed, 10 * total) + 1e-12


@pytest.mark.parametrize(("failed", "total"), [(10, 100), (0, 7), (7, 7), (1, 3), (433, 12345)])
def test_the_bound_is_that_of_another_library(failed, total):
    other = binomtest(failed, total, alternative="greater").proportion_ci(0.95, method="wilson").low
    assert lower_bound(failed, total) == pytest.approx(other, abs=1e-12)


def test_no_records_bound_nothing():
    assert lower_bound(0, 0) == 0


@pytest.mark.parametrize(
    "text", ["-", "ok", "....................", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ok ok ok ok ok ok ok ok ok ok", "1 2 3 4 5"]
)
def test_a_reason_that_says_nothing_is_refused(text):
    with pytest.raises(Refusal, match="paling sedikit 20 huruf"):
        worded_reason(text, field="alasan")


def judged(found=(), minors=()):
    return Judged(tuple(found), tuple(minors), frozenset())


MANY = [count(20, 100, kota=f"31.7{n}") for n in range(7)]


def items(wishes, of, before=None):
    return waived_items(wishes, of, before or {}, period=PERIODE.label)


def test_seventy_four_dashes_are_refused_at_the_first_row_with_the_cure():
    found = [count(20, 100, kota=f"31.{n}") for n in range(74)]
    with pytest.raises(Refusal) as refused:
        items([Waiver("dtks", WARN.id, item.kota, "-", row) for row, item in enumerate(found)], judged(found))
    assert refused.value.field == "pengecualian.0.alasan" and "tulis apa sebabnya" in refused.value.cure


@pytest.mark.parametrize("change", [str.upper, lambda text: f"{text}.", lambda text: text.replace(" ", "  ")])
def test_one_text_for_more_than_five_asks_for_a_group_at_the_sixth_row(change):
    wishes = [Waiver("dtks", WARN.id, item.kota, change(REASON) if row else REASON, row) for row, item in enumerate(MANY)]
    assert len(items(wishes[:SAME_TEXT], judged(MANY))) == SAME_TEXT
    with pytest.raises(Refusal) as refused:
        items(wishes, judged(MANY))
    assert refused.value.field == f"pengecualian.{SAME_TEXT}.alasan" and EVERYWHERE in refused.value.cure
    done = items(wishes[:SAME_TEXT], judged(MANY))
    before = {(item["producer"], item["aturan"], item["kota"]): item for item in done}
    with pytest.raises(Refusal, match="lebih dari 5"):
        items(wishes[SAME_TEXT:], judged(MANY), before)


def test_a_group_waives_all_of_its_kind_and_a_member_may_have_its_own_reason():
    few = [count(6, 100, kota="31.71"), count(6, 100, rule=BLOK, kota="31.72"), count(6, 100, producer="klj")]
    of = judged(MANY, few)
    group = Waiver("dtks", WARN.id, EVERYWHERE, REASON)
    assert {key_of(item) for item in MANY} == {(i["producer"], i["aturan"], i["kota"]) for i in items([group], of)}
    assert {i["kelompok"] for i in items([group], of)} == {EVERYWHERE}
    small = items([Waiver("dtks", MINORS, EVERYWHERE, REASON)], of)
    assert [(i["aturan"], i["kelompok"]) for i in small] == [(WARN.id, MINORS), (BLOK.id, MINORS)], "those of klj are its own"
    # "ya" dragged down the whole column with one text says the same again; another text is that one's own reason
    same = [Waiver("dtks", WARN.id, item.kota, REASON, row) for row, item in enumerate(MANY, 1)]
    assert items([*same, group], of) == items([group], of)
    own = items([group, Waiver("dtks", WARN.id, "31.73", "kelurahan sudah memeriksa semuanya", 1)], of)
    assert [i["kota"] for i in own if "kelompok" not in i] == ["31.73"] and len(own) == len(MANY)
    with pytest.raises(Refusal, match="bukan penghalang"):
        items([Waiver("carik", MINORS, EVERYWHERE, REASON)], of)
    with pytest.raises(Refusal, match="sudah dikecualikan"):
        items([group, group], of)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    home = demo_home(tmp_path_factory.mktemp("kecil") / "data")
    publish(home)
    return home


def test_catatan_kecil_hold_an_acceptance_until_their_group_is_waived(template, tmp_path):
    home = copy_of(template, tmp_path / "data")
    of = judge(home, PERIODE, 1)
    assert of.found and of.minors
    singles = tuple(item for item in waivers_of(home) if item.rule != MINORS)
    with pytest.raises(Refusal, match=rf"masih ada {len(of.minors)} catatan kecil terbuka"):
        decide(home, wish(home, "terima", waivers=singles), now=NOW)
    decide(home, wish(home, "terima", waivers=waivers_of(home)), now=NOW)
    log = read_log(home, PERIODE)
    kept = waivers(log, 1)
    assert set(kept) == {key_of(item) for item in of.every}
    assert log.records[-1]["catatan_kecil"] == len(of.minors)
    assert offered(of, log, 1, {}, {}) == ()


def test_a_form_offers_each_group_once_and_every_penghalang(template):
    producers = {"dtks": "DTKS", "klj": "KLJ"}
    of = judged(MANY, [count(6, 100, rule=BLOK), count(6, 100, producer="klj")])
    rows = offered(of, read_log(template, PERIODE), 1, producers, {})
    assert [(row.producer, row.rule, row.kota) for row in rows] == [
        ("dtks", MINORS, EVERYWHERE),
        ("dtks", WARN.id, EVERYWHERE),
        *(("dtks", WARN.id, item.kota) for item in MANY),
        ("klj", MINORS, EVERYWHERE),
    ]
    every = [Waiver(row.producer, row.rule, row.kota, REASON, place) for place, row in enumerate(rows)]
    assert len(items(every, of)) == len(of.every), "whoever answers every row with one text has waived each once"


def test_a_penghalang_with_a_covered_count_is_named_by_its_rule_alone():
    """With its kota on the form and the rule's total on the page a covered count could be worked out."""
    open_one, hidden = count(40, 100, kota="31.71"), count(3, 20, rule=BLOK, terpilih=1, kota="31.74")
    other = count(30, 100, rule=BLOK, kota="31.72")
    names, kotas = {"dtks": "DTKS"}, {"31.71": "Jakarta Selatan", "31.72": "Jakarta Timur", "31.74": "Jakarta Barat"}
    for found in ((open_one, hidden), (open_one, hidden, other)):
        of = Judged(found, (), frozenset({key_of(hidden)}))
        rows = [*offered_rows(of, names, kotas), *shown_lines(of, kotas)]
        assert not [row for row in rows if "31.74" in row or "Barat" in row or "3 dari" in row], rows
        assert [row for row in rows if "jumlahnya ditutup" in row]
        # Nor does a number of penghalang beside the named ones say how many are hidden.
        assert not [row for row in rows if BLOK.id in row and "2 penghalang" in row]
    assert described(hidden, of) == f"dtks {BLOK.id} {EVERYWHERE}"
    waived = items([Waiver("dtks", BLOK.id, EVERYWHERE, REASON)], of)
    assert {item["kota"] for item in waived} == {"31.72", "31.74"}, "dikecualikan bersama aturannya"


def offered_rows(of, names, kotas):
    rows = offered(of, ReviewLog((), ""), 1, names, kotas)
    return [f"{row.rule} {row.kota} {row.kota_text} {row.figures}" for row in rows]


def shown_lines(of, kotas):
    return show._open_lines(of, of.found, kotas)
