"""Newcomers go through the linkage: a certain match is a dated record, a possible one waits for two people, the rest stay new."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.cli import main
from padanan.feedback import links
from padanan.feedback.events import COLUMNS
from padanan.feedback.links import Pair, decide, record_found, standing
from padanan.feedback.newcomers import compare
from padanan.feedback.state import fold
from tests.feedback.facts import store, table
from tests.feedback.field import Field
from tests.feedback.test_fold import events

NOW = datetime(2025, 12, 3, 9, tzinfo=JAKARTA)
LATER = datetime(2025, 12, 5, 9, tzinfo=JAKARTA)
WHO = {"pengusul": "contoh.pengusul", "penyetuju": "contoh.penyetuju", "reason": "kartu keluarga dan alamatnya sama"}


def wrong_nik(nik: str) -> str:
    """One digit of the serial is another."""
    return nik[:15] + str((int(nik[15]) + 1) % 10)


@pytest.fixture
def mixed(field: Field) -> tuple[Field, list[dict[str, str]], dict[str, str]]:
    """Two hundred people whom a file names rightly, six whose NIK has a wrong digit, and a stranger."""
    people = field.people(210, "p.kode_kelurahan is not null")
    known, mistaken = people[:-6], people[-6:]
    stranger = {"NAMA": "Zvonimir Quackenbush", "TANGGAL LAHIR": "03/02/1951"}
    rows = [field.row("verivali", one, NOMOR=f"K{place}") for place, one in enumerate(known)]
    rows += [
        field.row("verivali", {**one, "NIK": wrong_nik(one["NIK"])}, NOMOR=f"S{place}") for place, one in enumerate(mistaken)
    ]
    rows.append(field.row("verivali", stranger, NOMOR="X"))
    taken = field.returned("verivali", *rows)
    new = {one["id_orang"] for one in field.events(taken) if one["cara"] == "baru"}
    assert len(new) in (6, 7), "a wrong digit may be another one's NIK"
    return field, mistaken, stranger


def test_who_is_certainly_known_is_linked_and_a_stranger_stays_new(mixed: Any) -> None:
    field, mistaken, _ = mixed
    found = compare(field.home, now=NOW)
    assert found.newcomers in (6, 7) and found.lost == 0
    assert found.linked >= 4 and found.new >= 1
    linked = standing(field.home).links
    assert set(linked.values()) <= {one["id"] for one in mistaken}
    for provisional, person in linked.items():
        assert field.state(person, known_at=date(2025, 12, 2)) is None, "an earlier day knows of no link"
        assert field.state(provisional, known_at=date(2025, 12, 2))["baru"] is True
        after = field.state(person, known_at=date(2025, 12, 3))
        assert after["verivali_hasil"] == "ditemukan" and after["baru"] is False
        assert field.state(provisional) is None
    assert compare(field.home, now=LATER).records == 0, "nothing new adds nothing"
    assert main(["umpan-balik", "kenali"]) == 0 and main(["umpan-balik", "calon"]) == 0


def test_a_person_s_word_outranks_what_was_computed(mixed: Any) -> None:
    field, _, _ = mixed
    compare(field.home, now=NOW)
    provisional, person = next(iter(standing(field.home).links.items()))
    decide(field.home, provisional, person, "bukan", now=LATER, **WHO)
    assert provisional not in standing(field.home).links
    assert standing(field.home, date(2025, 12, 4)).links[provisional] == person, "what was known stays known"
    assert field.state(provisional)["baru"] is True
    again = compare(field.home, now=datetime(2025, 12, 6, tzinfo=JAKARTA))
    assert again.linked == 0 and provisional not in standing(field.home).links, "nothing links again what people parted"
    decide(field.home, provisional, person, "padan", now=datetime(2025, 12, 7, tzinfo=JAKARTA), **WHO)
    assert standing(field.home).links[provisional] == person


def test_a_second_newcomer_like_one_person_waits_for_a_decision(mixed: Any) -> None:
    field, mistaken, _ = mixed
    compare(field.home, now=NOW)
    linked = set(standing(field.home).links.values())
    one = next(person for person in mistaken if person["id"] in linked)
    other = {**one, "NIK": wrong_nik(wrong_nik(one["NIK"]))}
    field.returned("verivali", field.row("verivali", other, NOMOR="T1"), name="lagi")
    found = compare(field.home, now=LATER)
    assert (found.linked, found.queued >= 1) == (0, True)
    (pair,) = [each for each in standing(field.home).queue if each.id_orang == one["id"]]
    decide(field.home, pair.sementara, pair.id_orang, "padan", now=LATER, **WHO)
    assert standing(field.home).links[pair.sementara] == one["id"]
    assert pair not in standing(field.home).queue


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"penyetuju": "contoh.pengusul"}, "tidak berperan penyetuju"),
        ({"pengusul": "contoh.penyetuju"}, "menyetujui sendiri"),
        ({"reason": "  "}, "alasan kosong"),
        ({"reason": "NIK 3171010101800001 sama"}, "nomor panjang"),
        ({"result": "mungkin"}, "tidak dikenal"),
        ({"sementara": "b" * 32}, "tidak ada di antrean"),
    ],
)
def test_a_decision_needs_two_people_a_pair_and_a_reason(field: Field, changed: dict[str, str], said: str) -> None:
    record_found(field.home, [], [Pair("a" * 32, "c" * 32, 0.7, 2.0)], publication="x", rules="y", now=NOW)
    given = {"sementara": "a" * 32, "id_orang": "c" * 32, "result": "padan", **WHO, **changed}
    with pytest.raises(PadananError, match=said):
        decide(field.home, given.pop("sementara"), given.pop("id_orang"), given.pop("result"), now=NOW, **given)
    assert len(standing(field.home).queue) == 1


def test_without_a_publication_nobody_is_compared(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("padanan.feedback.newcomers.newest", lambda _: None)
    with pytest.raises(PadananError, match="belum ada terbitan"):
        compare(field.home, now=NOW)


def test_thousands_of_links_are_a_few_records_and_all_of_them_stand(field: Field) -> None:
    certain = [Pair(f"{place:032x}", f"{place + 10**6:032x}", 0.99, 20.0) for place in range(links.PACK * 2 + 1)]
    assert record_found(field.home, certain, [], publication="x", rules="y", now=NOW) == 3
    assert standing(field.home).links == {one.sementara: one.id_orang for one in certain}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(events(), st.randoms(use_true_random=False))
def test_a_state_with_links_does_not_depend_on_order(made: list[dict[str, Any]], chance: random.Random) -> None:
    known = [{**one, "cara": "baru"} if one["id_orang"] == "b" else one for one in made]
    shuffled = list(known)
    chance.shuffle(shuffled)
    tables = []
    for given_events in (known, shuffled):
        con = store(given_events)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(links, "standing", lambda *_: links.Standing({"b": "a"}, (), {}))
            links.apply(con, None, None)  # type: ignore[arg-type]
        assert not con.execute("select count(*) from peristiwa where id_orang = 'b'").fetchall()[0][0]
        fold(con)
        tables.append([table(con, name) for name in ("keadaan", "sengketa")])
    assert tables[0] == tables[1]
    assert len(COLUMNS) == len(known[0])
