"""Usul-sanggah: recorded by one, answered with reasons by another, listed when late; it opens a visit and changes nobody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.cli import main
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback.complaints import Rules, complaints
from padanan.feedback.lines import LINES, REASONS, open_lines
from padanan.feedback.objections import Objection, answer, listed, record
from padanan.feedback.state import STATE, Moment, open_state
from padanan.feedback.whose import kind_of, lines_of
from tests.feedback.field import Field

WHY = "menurut RT orangnya sudah pindah ke luar kota"
DAYS = load_catalogue().usul_sanggah.hari


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=JAKARTA)


def made(field: Field, person: str, day: date = date(2025, 12, 1), **more: Any) -> Objection:
    given = {
        "arah": "sanggah", "dari": "rt", "id_orang": person, "cara": "id_orang", "tiket": None, "day": day, "days": DAYS,
        "by": "contoh.pengusul", "reason": WHY, "now": at(date(2025, 12, 1)),
    }  # fmt: skip
    return record(field.home, **{**given, **more})


def seen(field: Field, person: str, today: date) -> tuple[list[Any], list[Any], list[Any]]:
    """(state, reasons, lines) of a person on a day."""
    with duckdb.connect() as con:
        open_state(con, field.home, load_feedback(), Moment(today, today))
        open_lines(con, field.home, load_catalogue(), today=today, known_at=today)
        return (
            con.execute(f"select * exclude (id_orang) from {STATE} where id_orang = ?", [person]).fetchall(),
            con.execute(f"select kode, status from {REASONS} where id_orang = ? order by 1", [person]).fetchall(),
            con.execute(f"select id_garis from {LINES} where id_orang = ?", [person]).fetchall(),
        )


def nobody_in_prelist(field: Field) -> str:
    query = (
        f"select min(id_orang) from '{field.home.root}/published/*/rev-*/padanan_orang.parquet' where id_orang not in "
        f"(select id_orang from '{field.home.root}/published/*/rev-*/prelist.parquet')"
    )
    return str(duckdb.execute(query).fetchall()[0][0])


def test_it_opens_one_line_and_changes_no_status(field: Field) -> None:
    person = nobody_in_prelist(field)
    before = seen(field, person, date(2025, 12, 1))
    assert before == ([], [], [])
    made(field, person)
    made(field, person, arah="usul", dari="warga")
    state, reasons, lines = seen(field, person, date(2025, 12, 1))
    assert reasons == [("usul_sanggah", "terbuka")] and len(lines) == 1
    (found,) = state
    assert not [value for value in found if value not in (None, False, 0)], "no field of a state says anything"
    assert seen(field, person, date(2025, 11, 30)) == before, "an earlier day knows nothing of it"
    answer(field.home, "us-2025-0001", "diterima", by="contoh.penyetuju", reason=WHY, now=at(date(2025, 12, 2)))
    assert seen(field, person, date(2025, 12, 2)) == (state, reasons, lines), "an answer changes nobody's status either"
    assert lines_of(field.home, date(2025, 12, 2)) == dict.fromkeys(("us-2025-0001", "us-2025-0002"), "terbuka")


def test_a_visit_after_it_closes_what_it_opened(field: Field) -> None:
    one, other = field.people(2)
    for who in (one, other):
        made(field, who["id"])
    late = field.row("verivali", one, NOMOR="V1", **{"TANGGAL KUNJUNGAN": "03/12/2025"})
    early = field.row("verivali", other, NOMOR="V2", **{"TANGGAL KUNJUNGAN": "29/11/2025"})
    taken = field.returned("verivali", late, early, month="2025-12", came=at(date(2025, 12, 20)))
    assert taken.events == 2, field.faults(taken)
    found = [dict(seen(field, who["id"], date(2025, 12, 21))[1])["usul_sanggah"] for who in (one, other)]
    assert found == ["selesai", "terbuka"]


def test_a_visit_without_a_name_is_told_in_the_receipt_and_not_passed_by(field: Field) -> None:
    taken = field.returned("verivali", field.row("verivali", ID_ORANG="f" * 32))
    assert (taken.rows, taken.refused) == (1, 1)
    assert {"id_orang_tak_dikenal", "tanpa_nama_dan_pengenal"} <= next(iter(field.faults(taken).values()))


@pytest.mark.parametrize("day", [date(2025, 11, 30), date(2025, 1, 31), date(2024, 2, 15)])
def test_an_unanswered_one_is_late_from_the_day_after_its_day(field: Field, day: date) -> None:
    one = made(field, "a" * 32, day)
    assert (one.due - day).days == DAYS
    for off, late in ((-1, False), (0, False), (1, True)):
        assert one.late(date.fromordinal(one.due.toordinal() + off)) is late
    done = Objection(**{**one.__dict__, "answered": one.due, "result": "ditolak"})
    assert not done.late(date.fromordinal(one.due.toordinal() + 50))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"arah": "lapor"}, "arah"),
        ({"dari": "tetangga"}, "asal"),
        ({"day": date(2025, 12, 2)}, "sesudah hari ini"),
        ({"reason": "salah"}, "terlalu pendek"),
        ({"reason": f"{WHY} 3171010101800001"}, "nomor panjang"),
        ({"by": "contoh.penetap"}, "tidak berperan pengusul"),
    ],
)
def test_what_cannot_be_recorded(field: Field, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(PadananError, match=said):
        made(field, "a" * 32, **changed)
    assert listed(field.home) == []


def test_another_person_answers_once_and_with_reasons(field: Field) -> None:
    one = made(field, "a" * 32, by="contoh.penyetuju")
    now = at(date(2025, 12, 3))
    for number, who, why, said in (
        (one.nomor, "contoh.penyetuju", WHY, "menjawabnya sendiri"),
        (one.nomor, "contoh.pengusul", WHY, "tidak berperan penyetuju"),
    ):
        with pytest.raises(PadananError, match=said):
            answer(field.home, number, "ditolak", by=who, reason=why, now=now)
    other = made(field, "b" * 32)
    assert other.nomor == "us-2025-0002"
    for number, result, why, said in (
        ("us-2025-0099", "ditolak", WHY, "tidak ada"),
        (other.nomor, "mungkin", WHY, "hasil tidak dikenal"),
        (other.nomor, "ditolak", "tidak", "terlalu pendek"),
    ):
        with pytest.raises(PadananError, match=said):
            answer(field.home, number, result, by="contoh.penyetuju", reason=why, now=now)
    done = answer(field.home, other.nomor, "ditolak", by="contoh.penyetuju", reason=WHY, decision="BA-7/2025", now=now)
    assert (done.result, done.keputusan, done.answered) == ("ditolak", "BA-7/2025", date(2025, 12, 3))
    with pytest.raises(PadananError, match="sudah dijawab"):
        answer(field.home, other.nomor, "diterima", by="contoh.penyetuju", reason=WHY, now=now)
    assert [each.answered for each in listed(field.home, date(2025, 12, 2))] == [None, None]


def test_the_commands_by_identifier_and_by_ticket(field: Field, capsys: pytest.CaptureFixture[str]) -> None:
    known, other = field.people(2)
    field.returned("pengaduan", field.row("pengaduan", known, NOMOR_TIKET="P1"))
    say = ["--by", "contoh.pengusul", "--reason", WHY]
    assert main(["usul-sanggah", "catat", "sanggah", "rt", "--number", "P1", *say]) == 0
    assert main(["usul-sanggah", "catat", "usul", "warga", other["id"], "--date", "2025-01-31", *say]) == 0
    by_ticket, by_id = listed(field.home)
    (complaint,) = complaints(field.home, Rules.load(), by_ticket.recorded)
    assert (by_ticket.tiket, by_ticket.id_orang) == (complaint.tiket, known["id"])
    assert (by_id.tiket, by_id.id_orang) == (None, other["id"])
    capsys.readouterr()
    assert main(["usul-sanggah", "daftar", "--late"]) == 0
    said = capsys.readouterr().out
    assert by_id.nomor in said and by_ticket.nomor not in said and "LEWAT" in said and "prelist terbuka" in said
    assert main(["usul-sanggah", "jawab", by_id.nomor, "--result", "ditolak", "--by", "contoh.penyetuju", "--reason", WHY]) == 0
    assert "lewat waktu" in capsys.readouterr().out
    for words in ([other["NIK"]], ["f" * 32], [], [other["id"], "--number", "P1"]):
        assert main(["usul-sanggah", "catat", "usul", "rt", *words, *say]) == 1
    assert other["NIK"] not in capsys.readouterr().err
    assert len(listed(field.home)) == 2


def test_a_newcomer_may_be_spoken_of_too(field: Field) -> None:
    taken = field.returned("verivali", field.row("verivali", {"NAMA": "Orang Belum Tercatat", "TANGGAL LAHIR": "01/02/1970"}))
    (event,) = field.events(taken)
    assert kind_of(field.home, event["id_orang"]) == "baru"
