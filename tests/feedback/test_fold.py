"""The fold over events: no order and no delay changes the state, and what was answered for a day stays answered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.feedback.state import fold
from tests.feedback.facts import DAY, event, store, table

KINDS = {
    "lampid": ("lahir", "mati", "pindah", "datang"),
    "verivali": ("ditemukan", "meninggal", "pindah", "tidak_ditemukan", "menolak"),
    "muskel": ("layak", "tidak_layak"),
    "realisasi": ("tersalur", "kembali", "gagal"),
    "kesiapan": ("siap", "belum_siap"),
    "pengaduan": ("ganda",),
    "desil": ("desil",),
}


@st.composite
def events(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A few events of two people; some share a number, some take another back, some came twice."""
    made: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        happened = DAY + timedelta(draw(st.integers(0, 6)))
        more: dict[str, Any] = {"id_orang": draw(st.sampled_from("ab"))}
        if kind == "verivali":
            more["instansi"] = draw(st.sampled_from(("dppapp", "dinsos", "disdukcapil")))
        if kind in ("realisasi", "kesiapan"):
            more |= {"program": draw(st.sampled_from(("klj", "kaj"))), "nilai": draw(st.integers(1, 3))}
        if kind == "desil":
            more["nilai"] = draw(st.integers(1, 10))
        if kind == "muskel":
            more["sifat"] = draw(st.sampled_from(("baru", "keluar")))
        if draw(st.integers(0, 3)) == 0:
            more["kunci"] = draw(st.sampled_from(("n1", "n2")))
        if made and draw(st.integers(0, 3)) == 0:
            more["membatalkan"] = draw(st.sampled_from([one["kunci"] for one in made]))
        made.append(
            event(kind, draw(st.sampled_from(KINDS[kind])), happened, happened + timedelta(draw(st.integers(0, 5))), **more)
        )
    if draw(st.booleans()):
        made.append({**made[0], "sha16": "y", "dicatat": made[0]["dicatat"] + timedelta(1)})
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events(), st.randoms(use_true_random=False), st.integers(0, 40))
def test_any_order_and_any_delay_give_the_same_final_state(made: list[dict[str, Any]], chance: Any, delay: int) -> None:
    plain = store(made)
    fold(plain)
    shuffled = [{**one, "dicatat": one["dicatat"] + timedelta(chance.randrange(delay + 1))} for one in made]
    chance.shuffle(shuffled)
    late = store(shuffled)
    fold(late)
    for name in ("keadaan", "sengketa"):
        assert table(plain, name) == table(late, name)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events(), events(), st.integers(0, 11), st.integers(0, 8))
def test_an_answer_never_changes_by_what_is_recorded_later(
    made: list[dict[str, Any]], later: list[dict[str, Any]], known: int, until: int
) -> None:
    known_at, as_of = DAY + timedelta(known), DAY + timedelta(until)
    heard = [one for one in made if one["dicatat"] <= known_at]
    late = [{**one, "dicatat": known_at + timedelta(1)} for one in later]
    before, after = store(heard), store([one for one in [*heard, *late] if one["dicatat"] <= known_at])
    for con in (before, after):
        fold(con, as_of)
    assert table(before, "keadaan") == table(after, "keadaan")


def state(*made: dict[str, Any], as_of: date | None = None, decisions: Any = ()) -> dict[str, Any]:
    con = store(made, decisions)
    fold(con, as_of)
    cursor = con.execute("select * from keadaan where id_orang = 'a'")
    names = [one[0] for one in cursor.description]
    found = cursor.fetchall()
    return dict(zip(names, found[0], strict=True)) if found else {}


def visit(agency: str, result: str, day: int, **more: Any) -> dict[str, Any]:
    return event("verivali", result, DAY + timedelta(day), DAY + timedelta(day + 1), instansi=agency, **more)


def told(result: str, day: int, **more: Any) -> dict[str, Any]:
    return event("lampid", result, DAY + timedelta(day), DAY + timedelta(day), **more)


def test_a_register_s_word_proves_no_death_and_a_visit_does() -> None:
    assert state(told("mati", 1))["meninggal_terverifikasi"] is False
    assert state(told("mati", 1), visit("dppapp", "meninggal", 3))["meninggal_terverifikasi"] is True


@pytest.mark.feature("F25")
def test_agencies_that_disagree_are_a_conflict_and_decide_nothing() -> None:
    found = state(visit("dppapp", "meninggal", 1), visit("dinsos", "ditemukan", 2))
    assert (found["konflik"], found["meninggal_terverifikasi"], found["verivali_hasil"]) == (True, False, None)


def test_who_was_not_met_contradicts_nobody() -> None:
    found = state(visit("dppapp", "tidak_ditemukan", 1), visit("dinsos", "ditemukan", 2))
    assert (found["konflik"], found["verivali_hasil"]) == (False, "ditemukan")


def test_of_one_agency_the_last_visit_counts() -> None:
    found = state(visit("dppapp", "meninggal", 1), visit("dppapp", "ditemukan", 4))
    assert (found["konflik"], found["verivali_hasil"], found["meninggal_terverifikasi"]) == (False, "ditemukan", False)


@pytest.mark.parametrize("later", ["tidak_ditemukan", "menolak", "tidak_layak", "perlu_ditinjau"])
@pytest.mark.parametrize("met", ["ditemukan", "meninggal", "pindah"])
def test_a_later_visit_that_says_nothing_of_the_person_takes_no_answer_away(met: str, later: str) -> None:
    """An agency that found nobody home made its own verified death undone (and payable), and a newcomer unable to enter."""
    found = state(visit("dinsos", met, 1), visit("dinsos", later, 5))
    assert (found["verivali_hasil"], found["verivali_pada"]) == (met, DAY + timedelta(1))
    assert found["meninggal_terverifikasi"] is (met == "meninggal")


def test_what_an_officer_thinks_of_a_newcomer_s_need_does_not_keep_them_out() -> None:
    heard = [visit("dinsos", "ditemukan", 1), event("muskel", "layak", DAY, DAY, sifat="baru")]
    assert state(*heard, visit("dinsos", "tidak_layak", 5, sifat="tidak_layak"))["boleh_masuk"] is True


def test_two_answers_of_one_agency_on_one_day_are_a_conflict_and_decide_nothing() -> None:
    """A hash decided whether somebody was dead."""
    for number in range(8):
        found = state(visit("dinsos", "meninggal", 1, kunci=f"m{number}"), visit("dinsos", "ditemukan", 1, kunci=f"d{number}"))
        assert (found["konflik"], found["meninggal_terverifikasi"], found["verivali_hasil"]) == (True, False, None)


def test_one_number_with_two_contents_holds_in_neither_until_somebody_decides() -> None:
    one, other = visit("dppapp", "meninggal", 1, kunci="n"), visit("dppapp", "ditemukan", 1, kunci="n")
    assert state(one, other) == {}
    assert (
        state(one, other, decisions=[(one["id_peristiwa"], True), (other["id_peristiwa"], False)])["verivali_hasil"]
        == "meninggal"
    )


def test_the_same_event_sent_again_is_one() -> None:
    paid = event("realisasi", "tersalur", DAY, DAY, program="klj", nilai=300_000)
    assert state(paid, {**paid, "sha16": "y", "dicatat": DAY + timedelta(9)})["rupiah"] == 300_000


def test_money_that_came_back_is_taken_off() -> None:
    paid = event("realisasi", "tersalur", DAY, DAY, program="klj", nilai=300_000)
    back = event("realisasi", "kembali", DAY + timedelta(3), DAY + timedelta(3), program="klj", nilai=100_000)
    failed = event("realisasi", "gagal", DAY + timedelta(4), DAY + timedelta(4), program="kaj", nilai=900_000)
    assert (state(paid, back, failed)["rupiah"], state(paid, back, failed)["program"]) == (200_000, "klj")


def test_what_is_taken_back_does_not_hold() -> None:
    dead = told("mati", 1, kunci="m")
    assert state(dead, told("pindah", 0, membatalkan="m"))["meninggal_tercatat"] is None


def test_an_agency_takes_back_its_own_visits_only() -> None:
    found = visit("dppapp", "meninggal", 1, kunci="v")
    assert state(found, visit("dinsos", "tidak_ditemukan", 2, membatalkan="v"))["meninggal_terverifikasi"] is True
    assert state(found, visit("dppapp", "tidak_ditemukan", 2, membatalkan="v"))["meninggal_terverifikasi"] is False


@pytest.mark.parametrize("result", ["pindah", "lahir", "datang"])
def test_life_after_death_puts_both_in_dispute(result: str) -> None:
    assert state(told("mati", 1), told(result, 3)) == {}
    con = store([told("mati", 1), told(result, 3)])
    fold(con)
    assert {one[2] for one in table(con, "sengketa")} == {"hidup_sesudah_mati"}


def test_deaths_on_two_days_are_in_dispute() -> None:
    con = store([told("mati", 1), told("mati", 2)])
    fold(con)
    assert [one[2] for one in table(con, "sengketa")] == ["mati_dua_kali"] * 2


@pytest.mark.parametrize(
    ("contract", "one", "other"),
    [
        ("muskel", {"hasil": "layak", "sifat": "baru"}, {"hasil": "tidak_layak", "sifat": "baru"}),
        ("muskel", {"hasil": "layak", "sifat": "tetap"}, {"hasil": "layak", "sifat": "keluar"}),
        ("kesiapan", {"hasil": "siap", "program": "klj"}, {"hasil": "belum_siap", "program": "klj"}),
        ("desil", {"hasil": "desil", "nilai": 2}, {"hasil": "desil", "nilai": 7}),
    ],
)
def test_two_words_of_one_day_wait_for_a_person(contract: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    """Which of them counted was drawn by lot: by the events' hashes."""

    def heard(words: dict[str, Any], day: int = 1) -> dict[str, Any]:
        more = {key: value for key, value in words.items() if key != "hasil"}
        return event(contract, words["hasil"], DAY + timedelta(day), DAY + timedelta(day + 1), **more)

    def waiting(*made: dict[str, Any]) -> list[str]:
        con = store(made)
        fold(con)
        return [row[2] for row in table(con, "sengketa")]

    assert waiting(heard(one), heard(other)) == ["sehari_berbeda"] * 2
    assert waiting(heard(one), heard(other, 2)) == waiting(heard(one), heard(one)) == []
    assert waiting(heard(one), heard({**other, "program": "kaj"} if "program" in other else one)) == []


@pytest.mark.feature("F26")
def test_a_newcomer_enters_with_visit_and_musyawarah_and_never_with_one_of_them() -> None:
    worthy = event("muskel", "layak", DAY + timedelta(5), DAY + timedelta(5), sifat="baru")
    assert state(worthy)["boleh_masuk"] is False
    assert state(visit("dppapp", "ditemukan", 2))["boleh_masuk"] is False
    assert state(worthy, visit("dppapp", "ditemukan", 2))["boleh_masuk"] is True
    assert state(worthy, visit("dppapp", "ditemukan", 2), as_of=DAY + timedelta(4))["boleh_masuk"] is False


def test_ready_is_who_was_ready_last() -> None:
    ready = event("kesiapan", "siap", DAY, DAY, program="klj")
    no_more = event("kesiapan", "belum_siap", DAY + timedelta(2), DAY + timedelta(2), program="klj")
    assert (state(ready)["siap"], state(ready, no_more)["siap"]) == ("klj", None)
