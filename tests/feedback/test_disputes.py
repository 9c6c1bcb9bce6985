"""What waits for a person: one proposes, another decides, and afterwards nothing of the case is left open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.cli import main
from padanan.feedback import decided, disputes
from tests.feedback.field import Field

NOW = datetime(2026, 1, 20, 9, tzinfo=JAKARTA)
WHO = {"NIK": "3171014107800001", "NAMA": "Warga Uji", "TANGGAL LAHIR": "01/07/1980"}
OTHER = {"NIK": "3171014107810002", "NAMA": "Orang Kedua", "TANGGAL LAHIR": "01/07/1981"}


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    """A home of a demo where nothing is published yet: everybody is a newcomer, the same one in each file."""
    home = Home(tmp_path / "data").ensure()
    home.demo_marker.write_text("{}")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    return Field(home, tmp_path)


def visits(field: Field, *told: tuple[str, str, str], who: dict[str, str] = WHO, start: int = 1, **options: Any) -> list[str]:
    """Visits (agency, result, day of November); their events' identifiers."""
    rows = [
        field.row(
            "verivali", who, NOMOR=f"V{number}", VERIFIKATOR=agency, HASIL=result, **{"TANGGAL KUNJUNGAN": f"{day}/11/2025"}
        )
        for number, (agency, result, day) in enumerate(told, start)
    ]
    return [one["id_peristiwa"] for one in field.events(field.returned("verivali", *rows, **options))]


def cases(field: Field) -> list[disputes.Case]:
    with disputes.opened(field.home) as con:
        return disputes.cases(con)


def person(field: Field) -> str:
    (case,) = cases(field)
    return case.id


def propose(field: Field, holds: Sequence[str], not_: Sequence[str], *, case: str = "", by: str = "contoh.pengusul") -> Any:
    return disputes.propose(field.home, case or person(field), holds, not_, by=by, reason="akta diperiksa", now=NOW)


def decide(field: Field, number: int, *, by: str = "contoh.penyetuju", accept: bool = True) -> Any:
    return disputes.decide(field.home, number, by=by, reason="berita acara", now=NOW, accept=accept)


@pytest.fixture
def differing(bare: Field) -> Iterator[tuple[Field, str, list[str]]]:
    """DPPAPP found a person dead twice, Dinsos met them in between."""
    events = visits(bare, ("DPPAPP", "MENINGGAL", "04"), ("DINSOS", "DITEMUKAN", "06"), ("DPPAPP", "MENINGGAL", "08"))
    yield bare, person(bare), events


@pytest.mark.feature("F25")
def test_a_decision_ends_the_conflict_and_says_which_visit_holds(differing: tuple[Field, str, list[str]]) -> None:
    field, who, (first, met, second) = differing
    assert (field.state(who) or {})["konflik"] is True
    (case,) = cases(field)
    assert case.differs and set(case.named) == {first, met, second}, "an outdone visit would come back: it is of the case"
    propose(field, [met], [first, second])
    assert (field.state(who) or {})["konflik"] is True, "a proposal decides nothing"
    decide(field, 1)
    found = field.state(who) or {}
    assert (found["konflik"], found["verivali_hasil"], found["meninggal_terverifikasi"]) == (False, "ditemukan", False)
    assert cases(field) == []


def test_the_other_way_round_the_death_is_verified(differing: tuple[Field, str, list[str]]) -> None:
    field, who, (first, met, second) = differing
    propose(field, [first, second], [met])
    decide(field, 1)
    found = field.state(who) or {}
    assert (found["konflik"], found["meninggal_terverifikasi"]) == (False, True)


def test_an_answer_of_before_the_decision_stays(differing: tuple[Field, str, list[str]]) -> None:
    field, who, (first, met, second) = differing
    propose(field, [met], [first, second])
    decide(field, 1)
    assert (field.state(who, known_at=date(2026, 1, 19)) or {})["konflik"] is True


@pytest.mark.parametrize(
    ("holds", "not_", "told"),
    [
        ((1,), (0,), "belum disebut"),
        ((0, 1), (2,), "tetap berbeda"),
        ((0, 1, 2), (), "tetap berbeda"),
        ((), (), "tanpa peristiwa|belum disebut"),
        ((1, 1), (0, 2), "dua kali"),
    ],
)
def test_a_proposal_that_settles_nothing_is_refused(
    differing: tuple[Field, str, list[str]], holds: tuple[int, ...], not_: tuple[int, ...], told: str
) -> None:
    field, _, events = differing
    with pytest.raises(PadananError, match=told):
        propose(field, [events[one] for one in holds], [events[one] for one in not_])
    assert decided.log_of(field.home).read().records == ()


def test_a_strange_event_and_a_strange_case_are_refused(differing: tuple[Field, str, list[str]]) -> None:
    field, _, (first, met, second) = differing
    with pytest.raises(PadananError, match="bukan dari kasus ini"):
        propose(field, [met, "f" * 32], [first, second])
    with pytest.raises(PadananError, match="tidak ada sengketa"):
        propose(field, [met], [first, second], case="0" * 32)


def test_who_proposed_does_not_decide_whatever_case_the_name_is_typed_in(differing: tuple[Field, str, list[str]]) -> None:
    field, who, (first, met, second) = differing
    propose(field, [met], [first, second], by="contoh.penyetuju")
    for typed in ("contoh.penyetuju", "Contoh.PENYETUJU ", "CONTOH.PENYETUJU"):
        with pytest.raises(PadananError, match="usulnya sendiri"):
            decide(field, 1, by=typed)
    with pytest.raises(PadananError, match="tidak berperan penyetuju"):
        decide(field, 1, by="contoh.pengusul")
    assert (field.state(who) or {})["konflik"] is True


def test_a_proposal_is_void_once_the_evidence_changed(differing: tuple[Field, str, list[str]]) -> None:
    field, who, (first, met, second) = differing
    propose(field, [met], [first, second])
    (third,) = visits(field, ("DINSOS", "PINDAH", "10"), start=9)
    with pytest.raises(PadananError, match="usul gugur"):
        decide(field, 1)
    assert (field.state(who) or {})["konflik"] is True
    propose(field, [third], [first, met, second])
    decide(field, 2)
    assert (field.state(who) or {})["verivali_hasil"] == "pindah"


def test_a_value_that_changes_after_its_approval_waits_and_the_approved_one_stays(
    differing: tuple[Field, str, list[str]],
) -> None:
    field, who, (first, met, second) = differing
    propose(field, [met], [first, second])
    decide(field, 1)
    changed = field.row(
        "verivali", WHO, NOMOR="V2", VERIFIKATOR="DINSOS", HASIL="MENINGGAL", **{"TANGGAL KUNJUNGAN": "06/11/2025"}
    )
    (new,) = (one["id_peristiwa"] for one in field.events(field.returned("verivali", changed)))
    found = field.state(who) or {}
    assert (found["verivali_hasil"], found["meninggal_terverifikasi"]) == ("ditemukan", False)
    (case,) = cases(field)
    assert set(case.named) == {met, new}, "the approved one can be decided anew beside its rival"
    with pytest.raises(PadananError, match="dua isi"):
        propose(field, [met, new], [])
    propose(field, [new], [met])
    decide(field, 3)
    assert cases(field) == [] and (field.state(who) or {})["meninggal_terverifikasi"] is True


def test_a_conflict_is_not_evaded_by_a_change_of_case(bare: Field) -> None:
    visits(bare, ("DPPAPP", "MENINGGAL", "04"))
    visits(bare, ("dinsos", "Ditemukan", "06"), start=2)
    (case,) = cases(bare)
    assert case.differs
    # The same number in other letters is the same number.
    rows = [bare.row("verivali", WHO, NOMOR="v1", HASIL="DITEMUKAN", **{"TANGGAL KUNJUNGAN": "04/11/2025"})]
    taken = bare.returned("verivali", *rows)
    assert bare.faults(taken) == {2: {"nomor_sudah_dipakai"}}
    # A visit by the same agency spelled otherwise is no third opinion.
    visits(bare, ("Dinas  Sosial", "DITEMUKAN", "07"), start=7)
    assert (bare.state(case.id) or {})["verifikator"] == 1, "the disputed number holds in neither; Dinsos counts once"


def test_identifiers_typed_in_capitals_are_the_same(differing: tuple[Field, str, list[str]]) -> None:
    field, who, (first, met, second) = differing
    propose(field, [met.upper()], [first.upper(), second], case=who.upper())
    decide(field, 1)
    assert cases(field) == []


def test_a_second_proposal_names_the_rejected_one_and_two_never_wait(
    differing: tuple[Field, str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    field, who, (first, met, second) = differing
    propose(field, [met], [first, second])
    with pytest.raises(PadananError, match="masih menunggu putusan"):
        propose(field, [first, second], [met])
    decide(field, 1, accept=False)
    assert (field.state(who) or {})["konflik"] is True, "a rejected proposal has no effect"
    with pytest.raises(PadananError, match="sudah diputuskan"):
        decide(field, 1)
    words = ["--by", "contoh.pengusul", "--reason", "dilihat lagi"]
    assert main(["umpan-balik", "usul", who, "--berlaku", met, "--tidak-berlaku", first, second, *words]) == 0
    told = capsys.readouterr().out
    assert "Usul 1 atas peristiwa yang sama pernah ditolak: berita acara. Isinya sama persis." in told
    assert main(["umpan-balik", "sengketa"]) == 0
    told = capsys.readouterr().out
    assert "usul 3 oleh contoh.pengusul, menyusul usul 1 yang ditolak: dilihat lagi [menunggu putusan]" in told
    assert "[ditolak contoh.penyetuju: berita acara]" in told
    assert WHO["NIK"] not in told and "Warga" not in told
    assert main(["umpan-balik", "putus", "3", "--by", "contoh.penyetuju", "--reason", "akta asli"]) == 0
    assert "sengketanya selesai" in capsys.readouterr().out
    assert cases(field) == []


def test_a_number_of_two_people_is_one_case_to_both_and_closes_with_its_twin(bare: Field) -> None:
    rows = [bare.row("verivali", one, NOMOR="V1", HASIL="MENINGGAL") for one in (WHO, OTHER)]
    bare.returned("verivali", *rows)
    one, other = cases(bare)
    assert set(one.named) == set(other.named) and len(one.events) == 2
    mine = next(event.id for event in one.events if event.person == one.id)
    (twin,) = set(one.named) - {mine}
    propose(bare, [mine], [twin], case=one.id)
    propose(bare, [twin], [mine], case=other.id)
    decide(bare, 1)
    assert cases(bare) == []
    with pytest.raises(PadananError, match="usul gugur"):
        decide(bare, 2)
    assert (bare.state(one.id) or {})["meninggal_terverifikasi"] is True
    assert not (bare.state(other.id) or {}).get("meninggal_terverifikasi")


def test_a_death_that_was_decided_away_puts_no_later_event_in_dispute(bare: Field) -> None:
    first = bare.row("lampid", WHO, PERISTIWA="MATI", **{"TANGGAL PERISTIWA": "03/11/2025"})
    second = bare.row("lampid", WHO, NOMOR="L2", PERISTIWA="PINDAH", **{"TANGGAL PERISTIWA": "05/11/2025"})
    dead, moved = (one["id_peristiwa"] for one in bare.events(bare.returned("lampid", first, second)))
    with pytest.raises(PadananError, match="sama-sama berlaku"):
        propose(bare, [dead, moved], [])
    propose(bare, [moved], [dead])
    decide(bare, 1)
    bare.returned("lampid", bare.row("lampid", WHO, NOMOR="L3", **{"TANGGAL PERISTIWA": "09/11/2025"}))
    assert cases(bare) == []


def test_a_second_death_after_a_decision_is_decided_with_the_first(bare: Field) -> None:
    days = ("03/11/2025", "05/11/2025")
    rows = [bare.row("lampid", WHO, NOMOR=f"L{day}", PERISTIWA="MATI", **{"TANGGAL PERISTIWA": day}) for day in days]
    first, second = (one["id_peristiwa"] for one in bare.events(bare.returned("lampid", *rows)))
    propose(bare, [first], [second])
    decide(bare, 1)
    late = bare.row("lampid", WHO, NOMOR="L9", PERISTIWA="MATI", **{"TANGGAL PERISTIWA": "09/11/2025"})
    (third,) = (one["id_peristiwa"] for one in bare.events(bare.returned("lampid", late)))
    (case,) = cases(bare)
    assert set(case.named) == {first, third}
    with pytest.raises(PadananError, match="dua hari"):
        propose(bare, [first, third], [])
    propose(bare, [third], [first])
    decide(bare, 3)
    assert cases(bare) == []


def test_a_dead_person_is_ready_for_no_pay_list(bare: Field) -> None:
    bare.returned("kesiapan", bare.row("kesiapan", WHO))
    visits(bare, ("DPPAPP", "DITEMUKAN", "04"))
    (who,) = {event["id_orang"] for event in bare.events(bare.returned("kesiapan", bare.row("kesiapan", WHO, NOMOR="K2")))}
    assert (bare.state(who) or {})["siap"] == "klj"
    visits(bare, ("DPPAPP", "MENINGGAL", "09"), start=5)
    found = bare.state(who) or {}
    assert (found["meninggal_terverifikasi"], found["siap"]) == (True, None)


def meeting(field: Field, *told: tuple[str, dict[str, str]]) -> list[str]:
    """What a musyawarah said of one person on one day (number, cells); the events' identifiers."""
    rows = [field.row("muskel", WHO, **{"NOMOR USULAN": number}, USULAN="BARU", **cells) for number, cells in told]
    return [one["id_peristiwa"] for one in field.events(field.returned("muskel", *rows))]


@pytest.mark.feature("F25", "F26")
def test_two_words_of_one_day_are_decided_by_people_and_not_by_lot(bare: Field) -> None:
    worthy, unworthy = meeting(bare, ("M1", {"HASIL": "LAYAK"}), ("M2", {"HASIL": "TIDAK LAYAK"}))
    (case,) = cases(bare)
    assert set(case.named) == {worthy, unworthy} and {one.why for one in case.events} == {"sehari_berbeda"}
    assert (bare.state(case.id) or {}).get("muskel_hasil") is None, "until then neither holds"
    with pytest.raises(PadananError, match="dua keterangan satu hari"):
        propose(bare, [worthy, unworthy], [])
    propose(bare, [worthy], [unworthy])
    decide(bare, 1)
    assert (bare.state(case.id) or {})["muskel_hasil"] == "layak" and cases(bare) == []
    # A third word of that day reopens the case with what was decided.
    (later,) = meeting(bare, ("M3", {"HASIL": "TIDAK LAYAK"}))
    (case,) = cases(bare)
    assert set(case.named) == {worthy, later}


def test_who_takes_an_error_back_is_not_told_of_it_again(bare: Field) -> None:
    sent = bare.returned(
        "muskel",
        bare.row("muskel", WHO, USULAN="BARU", HASIL="TIDAK LAYAK", **{"NOMOR USULAN": "M1"}),
        bare.row("muskel", WHO, USULAN="BARU", HASIL="LAYAK", **{"NOMOR USULAN": "M2"}),
    )
    assert bare.faults(sent) == {2: {"sehari_berbeda"}, 3: {"sehari_berbeda"}}
    mended = bare.returned(
        "muskel", bare.row("muskel", WHO, USULAN="BARU", HASIL="LAYAK", MEMBATALKAN="M1", **{"NOMOR USULAN": "M3"})
    )
    assert bare.faults(mended) == {} and cases(bare) == []
    bare.returned("lampid", bare.row("lampid", WHO, PERISTIWA="MATI"))
    again = bare.row("lampid", WHO, NOMOR="L2", PERISTIWA="MATI", MEMBATALKAN="L1", **{"TANGGAL PERISTIWA": "09/11/2025"})
    assert bare.faults(bare.returned("lampid", again)) == {}
