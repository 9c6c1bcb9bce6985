"""Early warning (F45): a seeded jump alerts once, in whatever order it is computed, and no alert tells a covered figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base.errors import ContractError, PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.suppress import Cover
from padanan.contracts.contract import expectations_dir
from padanan.contracts.early_warning import EarlyWarning, WarningRule, load_early_warning
from padanan.feedback.warning.judge import CLEARED, FIRED, Turn, bounds, judged, turns
from padanan.feedback.warning.page import FILE, page
from padanan.feedback.warning.points import Known, Point, SeriesSet, Where
from padanan.feedback.warning.register import NAME, alerts, answer, history, recorded
from padanan.records.kinds import WARNINGS
from padanan.records.log import Log
from padanan.records.refusal import Refusal
from tests.review.browser import axe, violations

NOW = datetime(2026, 6, 1, 7, tzinfo=JAKARTA)
PLACE = Where("pengaduan", "kota", "31.71", "ganda")
LEVEL = Where("prelist_terlambat", "kota", "31.71")


def rule(**changes: Any) -> WarningRule:
    given = {
        "keterangan": "Uji", "deret": "pengaduan", "ukuran": "jumlah", "menurut": ["kota"], "arah": "naik", "ambang": 100,
        "dasarMinimal": 20, "bedaMinimal": 15, "pelihat": ["Dinsos"],
    }  # fmt: skip
    return WarningRule.model_validate({**given, **changes})


def level(**changes: Any) -> WarningRule:
    given = {
        "deret": "prelist_terlambat",
        "ukuran": "bagian",
        "arah": "di_atas",
        "ambang": 50,
        "langkah": 20,
        "bedaMinimal": None,
        "dasarMinimal": 30,
    }
    return rule(**{**given, **changes})


def file_of(version: str = "1.0.0", **rules: WarningRule) -> EarlyWarning:
    outreach = {"bulan": 6, "sebab": "belum_mengajukan"}
    told = {name: one.model_dump(exclude_none=True) for name, one in (rules or {"lonjak": rule()}).items()}
    return EarlyWarning.model_validate({"version": version, "bulan": 6, "terbitan": 3, "sosialisasi": outreach, "aturan": told})


def point(at: int, value: int, whole: int | None = None, mark: Cover | None = None) -> Point:
    return Point(f"2026-{at:02d}", f"bulan {at}", Known.of(value, mark), None if whole is None else Known.of(whole))


def series(points: Sequence[Point], where: Where = PLACE) -> SeriesSet:
    return SeriesSet({where: list(points)}, {("kota", "31.71"): "Jakarta Pusat"}, {("pengaduan", "ganda"): "ganda"})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "kunci" / "hmac.key"))
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    made = Home(tmp_path / "data").ensure()
    (made.root / "demo.json").write_text("{}")
    return made


def told(found: Sequence[Turn]) -> list[tuple[str, str]]:
    return [(one.kind, one.point.order) for one in found]


@pytest.mark.feature("F45")
def test_a_seeded_jump_alerts_once(home: Home) -> None:
    points = [point(1, 22), point(2, 24), point(3, 61)]
    (one,) = recorded(home, file_of(), series(points), NOW)
    assert one.told == "Jakarta Pusat: pengaduan sebulan (ganda) dari 24 (bulan 2) menjadi 61 (bulan 3), 154,2%; ambang 100%"
    assert (one.rule, one.version, one.viewers, one.standing) == ("lonjak", "1.0.0", ("Dinsos",), True)
    for _ in range(3):
        assert recorded(home, file_of(), series(points), NOW + timedelta(1)) == []
    assert [one.id for one in alerts(home)] == [one.id]
    recorded(home, file_of(), series([*points, point(4, 60)]), NOW + timedelta(30))
    (ended,) = alerts(home)
    assert ended.ended == "bulan 4" and not ended.standing
    (again,) = recorded(home, file_of(), series([*points, point(4, 60), point(5, 130)]), NOW + timedelta(60))
    assert again.id != one.id and [found.standing for found in alerts(home)] == [True, False]
    assert any("padam lonjak" in line for line in history(home))


def test_a_small_base_or_a_small_change_does_not_cry() -> None:
    assert told(turns(rule(), [point(1, 1), point(2, 19)])) == []
    assert told(turns(rule(ambang=10), [point(1, 100), point(2, 114)])) == []
    assert told(turns(rule(ambang=10), [point(1, 100), point(2, 115)])) == [(FIRED, "2026-02")]
    assert told(turns(level(), [point(1, 29, 29)])) == [] and told(turns(level(), [point(1, 30, 30)])) == [(FIRED, "2026-01")]


def test_exactly_the_threshold_is_not_past_it() -> None:
    assert told(turns(rule(), [point(1, 20), point(2, 40)])) == []
    assert told(turns(rule(), [point(1, 20), point(2, 41)])) == [(FIRED, "2026-02")]
    assert told(turns(level(), [point(1, 50, 100)])) == []
    below = level(arah="di_bawah", ambang=5, langkah=2)
    assert told(turns(below, [point(1, 5, 100)])) == [] and told(turns(below, [point(1, 4, 100)])) == [(FIRED, "2026-01")]


def test_from_nothing_to_many_is_a_change_and_a_fall_is_one_where_asked() -> None:
    assert told(turns(rule(), [point(1, 0), point(2, 30)])) == [(FIRED, "2026-02")]
    assert told(turns(rule(), [point(1, 60), point(2, 10)])) == []
    assert told(turns(rule(arah="turun", ambang=50), [point(1, 60), point(2, 10)])) == [(FIRED, "2026-02")]
    assert told(turns(rule(arah="berubah", ambang=50), [point(1, 60), point(2, 10)])) == [(FIRED, "2026-02")]
    assert told(turns(rule(arah="berubah", ambang=50), [point(1, 10), point(2, 60)])) == [(FIRED, "2026-02")]


@pytest.mark.feature("F45")
def test_a_level_is_told_again_when_it_worsened_by_the_step_and_after_it_came_back() -> None:
    points = [point(n, value, 100) for n, value in enumerate((40, 55, 60, 74, 76, 90, 95, 96, 50, 51), 1)]
    assert told(turns(level(), points)) == [
        (FIRED, "2026-02"),  # 55
        (FIRED, "2026-05"),  # 76: 21 more than 55
        (FIRED, "2026-08"),  # 96: 20 more than 76
        (CLEARED, "2026-09"),
        (FIRED, "2026-10"),
    ]


def test_beside_a_covered_figure_a_change_is_judged_by_the_least_that_it_can_be() -> None:
    before = point(1, 1, mark=Cover.SMALL)
    assert told(turns(rule(ambang=400), [before, point(2, 24)])) == [(FIRED, "2026-02")], "20 of at most 4 are 500%"
    assert told(turns(rule(ambang=600), [before, point(2, 24)])) == []
    assert told(turns(rule(bedaMinimal=20), [before, point(2, 24)])) == [(FIRED, "2026-02")]
    assert told(turns(rule(bedaMinimal=21), [before, point(2, 24)])) == []


def test_earlier_months_that_are_computed_later_change_nothing_that_stands(home: Home) -> None:
    points = [point(n, value, 100) for n, value in enumerate((60, 40, 60, 61, 62), 1)]
    recorded(home, file_of(satu=level()), series(points[2:], LEVEL), NOW)
    recorded(home, file_of(satu=level()), series(points, LEVEL), NOW)
    assert [(one.point, one.ended) for one in alerts(home)] == [("bulan 3", None), ("bulan 1", "bulan 2")]


def test_a_point_that_nobody_can_judge_changes_nothing() -> None:
    covered = Point("2026-03", "bulan 3", Known.of(80, Cover.MORE), Known.of(100))
    points = [point(2, 60, 100), covered, point(4, 65, 100)]
    assert told(turns(level(), points)) == [(FIRED, "2026-02")]
    assert bounds(level(), covered) is None and judged(level(), None, covered).passes is None


_VALUES = st.tuples(st.integers(0, 120), st.integers(120, 140), st.sampled_from([None, None, None, Cover.MORE]))
RULES = (rule(), rule(arah="berubah", ambang=30), level(), level(arah="di_bawah", ambang=20, langkah=5))


def made(values: Sequence[tuple[int, int, Cover | None]]) -> list[Point]:
    return [
        Point(f"2026-{n:02d}", f"bulan {n}", Known.of(value, mark or (Cover.SMALL if 0 < value < 5 else None)), Known.of(whole))
        for n, (value, whole, mark) in enumerate(values, 1)
    ]


@pytest.mark.feature("F45")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(values=st.lists(_VALUES, min_size=1, max_size=7), at=st.integers(0, len(RULES) - 1), data=st.data())
def test_computing_in_any_order_and_twice_tells_the_same_alerts_once(
    home: Home, values: list[tuple[int, int, Cover | None]], at: int, data: st.DataObject
) -> None:
    chosen = RULES[at]
    where = PLACE if chosen.deret == "pengaduan" else LEVEL
    points, rules = made(values), file_of(satu=chosen)
    Log(home, WARNINGS, NAME).path.unlink(missing_ok=True)
    Log(home, WARNINGS, NAME).head_path.unlink(missing_ok=True)
    days = data.draw(st.permutations([*range(1, len(points) + 1), *range(1, len(points) + 1)]))
    sent = []
    for day in days:
        shuffled = data.draw(st.permutations([*points[:day], points[day - 1]]))
        sent += [one.id for one in recorded(home, rules, series(shuffled, where), NOW)]
    expected = turns(chosen, points)
    assert len(sent) == len(set(sent)) == sum(one.kind == FIRED for one in expected)
    listed = alerts(home)
    assert {one.order for one in listed} == {one.point.order for one in expected if one.kind == FIRED}
    standing = [one.order for one in listed if one.standing]
    assert standing == ([expected[-1].point.order] if expected and expected[-1].kind == FIRED else [])


@pytest.mark.feature("F45")
@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(st.tuples(st.integers(0, 60), st.integers(60, 90)), min_size=2, max_size=4),
    other=st.lists(st.integers(1, 4), min_size=4, max_size=4),
    at=st.integers(0, len(RULES) - 1),
)
def test_alerts_are_the_same_whatever_a_covered_figure_is(values: list[tuple[int, int]], other: list[int], at: int) -> None:
    """The attack on difference: who sees the alerts, and those that did not come, knows no more than the mark says."""
    before = made([(value, whole, None) for value, whole in values])
    after = made([(other[n] if 0 < value < 5 else value, whole, None) for n, (value, whole) in enumerate(values)])
    assert turns(RULES[at], before) == turns(RULES[at], after)
    for one in turns(RULES[at], before):
        if one.kind == FIRED:
            # And what it says is so, whatever the true value is.
            for value in range(one.point.value.low, (one.point.value.high or 0) + 1):
                true = Point(one.point.order, "", Known.of(value), one.point.whole)
                assert judged(RULES[at], one.before, true).passes


def test_changed_thresholds_need_a_new_version(home: Home) -> None:
    recorded(home, file_of(), series([point(1, 22)]), NOW)
    with pytest.raises(PadananError, match=r"versinya tetap 1\.0\.0") as fault:
        recorded(home, file_of(lonjak=rule(ambang=90)), series([point(1, 22)]), NOW)
    assert "naikkan version" in str(fault.value) and "expectations/peringatan.yaml" in str(fault.value)
    recorded(home, file_of("1.1.0", lonjak=rule(ambang=90)), series([point(1, 22)]), NOW)
    recorded(home, file_of(), series([point(1, 22)]), NOW)  # back to a version that is known
    recorded(home, file_of(lonjak=rule(keterangan="Kata lain", pelihat=["Bappeda"])), series([point(1, 22)]), NOW)


def test_a_raised_threshold_ends_what_it_no_longer_tells(home: Home) -> None:
    points = [point(1, 60, 100), point(2, 61, 100)]
    recorded(home, file_of(satu=level()), series(points, LEVEL), NOW)
    recorded(home, file_of("2.0.0", satu=level(ambang=70)), series(points, LEVEL), NOW)
    assert [one.ended for one in alerts(home)] == ["bulan 2"]
    assert recorded(home, file_of("2.0.0", satu=level(ambang=70)), series(points, LEVEL), NOW) == []


def test_a_revision_that_another_replaced_is_not_told_twice_and_ends(home: Home) -> None:
    first = Point("2026-01/0001", "r1", Known.of(60), Known.of(100))
    second = Point("2026-01/0002", "r2", Known.of(40), Known.of(100))
    recorded(home, file_of(satu=level()), series([first], LEVEL), NOW)
    recorded(home, file_of(satu=level()), series([second], LEVEL), NOW)
    assert [one.ended for one in alerts(home)] == ["r2"]
    assert recorded(home, file_of(satu=level()), series([second], LEVEL), NOW) == []


def test_a_person_answers_what_stands(home: Home) -> None:
    covered = series([point(1, 3, 300, Cover.SMALL)], LEVEL)
    (low,) = recorded(home, file_of("2.0.0", satu=level(arah="di_bawah", ambang=5, langkah=2)), covered, NOW)
    assert (
        low.told
        == "Jakarta Pusat, bulan 1: baris prelist terbuka yang terlambat <5 dari 300, paling banyak 1,3%, di bawah ambang 5%"
    )
    (one,) = recorded(home, file_of(), series([point(1, 22), point(2, 61)]), NOW)
    why = "sudah dibahas bersama Dinsos, daftar diperiksa ulang"
    ends = {found.id: found.ended for found in alerts(home)}
    assert ends == {low.id: "aturannya tidak berlaku lagi", one.id: None}, "a rule that is gone leaves no alert standing"
    answered = answer(home, one.id, by="contoh.pengusul", reason=why, now=NOW)
    assert answered.standing and [note[::2] for note in answered.notes] == [("contoh.pengusul", why)]
    for number, words, told_of in (
        ("pd-0000000000", why, "tidak ada"),
        (one.id, "ok", "terlalu pendek"),
        (one.id, f"{why} 3171019913990001", "nomor panjang"),
    ):
        with pytest.raises(Refusal, match=told_of):
            answer(home, number, by="contoh.pengusul", reason=words, now=NOW)
    with pytest.raises(Refusal, match="tidak dikenal"):
        answer(home, one.id, by="siapa.saja", reason=why, now=NOW)
    recorded(home, file_of(), series([point(1, 22), point(2, 61), point(3, 60)]), NOW)
    with pytest.raises(Refusal, match="sudah padam"):
        answer(home, one.id, by="contoh.pengusul", reason=why, now=NOW)


def test_a_changed_register_is_refused(home: Home) -> None:
    recorded(home, file_of(), series([point(1, 22), point(2, 61)]), NOW)
    path = Log(home, WARNINGS, NAME).path
    path.write_text(path.read_text().replace("menjadi 61", "menjadi 16"))
    with pytest.raises(PadananError, match="register peringatan dini berubah"):
        alerts(home)


@pytest.mark.parametrize(
    ("before", "after", "told_of"),
    [
        ("    arah: naik\n    ambang: 1\n", "    arah: di_atas\n    ambang: 1\n", "di_atas"),
        ("    deret: belum_berdesil", "    deret: belum_desil", "salah satu"),
        ("    menurut: [kelurahan]", "    menurut: [dki]", "tidak dihitung menurut dki"),
        ("    ukuran: hari", "    ukuran: bagian", "tidak punya ukuran itu"),
        ("    dasarMinimal: 500", "    dasarMinimal: 3", "terlalu kecil"),
        ("    pelihat: [Bappeda]", "    pelihat: [Bapeda]", "tidak dikenal"),
        ("sebab: belum_mengajukan", "sebab: malas", "sebab tidak dikenal"),
        ("    bedaMinimal: 20\n    pelihat: [Bappeda]", "    pelihat: [Bappeda]", "tanpa bedaMinimal"),
        (
            "    ukuran: bagian\n    menurut: [dki, kota]\n    arah: di_bawah",
            "    ukuran: jumlah\n    menurut: [dki, kota]\n    arah: di_bawah",
            "di bawah",
        ),
        ("bulan: 6\nterbitan", "bulan: 1\nterbitan", "terlalu kecil"),
        ("    langkah: 90", "    langkah: 0", "terlalu kecil"),
    ],
)
def test_a_wrong_rule_is_named_with_its_line(tmp_path: Path, before: str, after: str, told_of: str) -> None:
    folder = tmp_path / "expectations"
    folder.mkdir()
    for path in expectations_dir().glob("*.yaml"):
        (folder / path.name).write_text(path.read_text())
    text = (folder / "peringatan.yaml").read_text()
    assert before in text
    (folder / "peringatan.yaml").write_text(text.replace(before, after, 1))
    with pytest.raises(ContractError, match=told_of) as fault:
        load_early_warning(folder)
    assert "peringatan.yaml" in str(fault.value) and "baris" in str(fault.value) and "Perbaikan" in str(fault.value)


@pytest.mark.lambat
def test_axe_finds_nothing_on_the_page(home: Home, tmp_path: Path) -> None:
    shown = series([point(1, 22), point(2, 3, mark=Cover.SMALL), point(3, 61)])
    recorded(home, file_of(), shown, NOW)
    path, folder = tmp_path / FILE, tmp_path / "uji"
    path.write_text(page(alerts(home), shown, file_of(), NOW.date()))
    assert "<svg" in path.read_text() and "&lt;5" in path.read_text()
    folder.mkdir()
    found = violations([path], (1280, 400), axe(), folder)
    assert len(found) == 2 and {name: faults for name, faults in found.items() if faults} == {}


def test_every_rule_of_the_house_can_be_judged() -> None:
    found = load_early_warning()
    assert {one.deret for one in found.rules.values()} >= {"terpilih", "celah", "pengaduan", "panti", "tanpa_sosialisasi"}
    assert date(2026, 1, 1) and len(found.fingerprint) == 64
