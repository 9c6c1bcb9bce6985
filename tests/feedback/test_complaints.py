"""Complaints: the branches of §3.5, each step by whom it is due, both clocks at their edges, a board without anybody on it."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.cli import main
from padanan.contracts.feedback import Channel
from padanan.feedback.complaint_board import FILE, page
from padanan.feedback.complaint_steps import (
    AT_AGENCY,
    DONE,
    TO_VERIFY,
    WAITING,
    Act,
    answer,
    course,
    dispose,
    verify,
)
from padanan.feedback.complaints import (
    KNOWN,
    MISROUTED,
    UNKNOWN,
    UNSERVED,
    URGENT,
    Complaint,
    Rules,
    complaints,
    one,
    ticket_key,
)
from tests.feedback.field import Field
from tests.review.browser import axe, violations

TODAY = date(2025, 12, 16)
RULES = Rules.load()
WHY = "diteruskan menurut isi pengaduan"
STAFF = [
    ("crm.satu", "Crm Satu", "Diskominfotik", ["pengusul", "penyetuju"]),
    ("crm.dua", "Crm Dua", "Diskominfotik", ["penyetuju"]),
    ("dinsos.satu", "Dinsos Satu", "Dinsos", ["pengusul", "penyetuju"]),
    ("disdik.satu", "Disdik Satu", "Dinas Pendidikan Provinsi DKI Jakarta", ["pengusul"]),
    ("pem.satu", "Pem Satu", "Biro Pemerintahan", ["pengusul"]),
    ("bappeda.satu", "Bappeda Satu", "Bappeda", ["penyetuju"]),
]


@pytest.fixture
def office(field: Field, monkeypatch: pytest.MonkeyPatch) -> Field:
    """The field, with officials of several agencies."""
    path = field.home.root.parent / "reviewers.yaml"
    people = [
        {
            "id": name,
            "nama": full,
            "jabatan": "Petugas",
            "instansi": agency,
            "peran": roles,
            "berlaku": {"dari": date(2023, 1, 1)},
        }
        for name, full, agency, roles in STAFF
    ]
    path.write_text(yaml.safe_dump({"versi": "1.0.0", "petugas": people}))
    monkeypatch.setenv("PADANAN_REVIEWERS", str(path))
    return field


def unserved(field: Field) -> tuple[dict[str, str], tuple[str, ...]]:
    """Somebody who is entitled to programs and lacks them, and somebody whom nothing is owed."""
    rows = duckdb.execute(
        f"select id_orang, list(distinct program order by program) from "
        f"'{field.home.root}/published/*/rev-*/daftar_tanpa_program.parquet' group by 1"
    ).fetchall()
    owed = dict(rows)
    people = field.people(400)
    who = next(each for each in people if each["id"] in owed)
    return who, tuple(owed[who["id"]])


def act(by: str, day: date = TODAY, *, said: date | None = None, why: str = WHY) -> Act:
    return Act(by, why, datetime(day.year, day.month, day.day, 9, tzinfo=JAKARTA), said)


class Desk:
    """Steps on one complaint."""

    def __init__(self, field: Field, number: str) -> None:
        self.home, self.key = field.home, ticket_key(field.home, number)

    def now(self, today: date = TODAY) -> Complaint:
        return one(complaints(self.home, RULES, today), self.key)

    def take(self, step: Any, word: str, how: Act) -> None:
        each = self.now(how.now.date())
        step(self.home, each.tiket, each.masuk, each.channel, RULES.agencies, word, how)


def test_each_branch_of_the_paragraph(office: Field) -> None:
    who, owed = unserved(office)
    served = next(each for each in office.people(400) if each["id"] not in _owed(office))
    stranger = {"NAMA": "Zvonimir Quackenbush", "TANGGAL LAHIR": "03/02/1951"}
    other = {"NAMA": "Ottokar Wrzesniewski", "TANGGAL LAHIR": "04/02/1952"}
    office.returned(
        "pengaduan",
        office.row("pengaduan", who, NOMOR_TIKET="P1", JENIS="BELUM MENERIMA"),
        office.row("pengaduan", served, NOMOR_TIKET="P2"),
        office.row("pengaduan", stranger, NOMOR_TIKET="P3"),
        office.row("pengaduan", other, NOMOR_TIKET="P4", MENDESAK="YA"),
        office.row("pengaduan", NOMOR_TIKET="P5"),
    )
    found = {each.nomor: each for each in complaints(office.home, RULES, TODAY)}
    assert {name: each.cabang for name, each in found.items()} == {
        "P1": UNSERVED, "P2": KNOWN, "P3": UNKNOWN, "P4": URGENT, "P5": UNKNOWN,
    }  # fmt: skip
    assert found["P1"].lacks == owed and found["P1"].advised and found["P1"].id_orang == who["id"]
    assert [found[name].line for name in ("P1", "P3", "P4", "P5")] == [True, True, True, False]
    assert [found[name].form for name in ("P1", "P3", "P4", "P5")] == [False, False, False, True]
    assert found["P4"].advised == ("dinsos",) and set(found["P3"].advised) == {"dppapp", "dinsos"}
    urgent = Desk(office, "P4")
    urgent.take(dispose, "dinsos", act("crm.satu"))
    assert (urgent.now().course.state, urgent.now().line) == (AT_AGENCY, True), "forwarded, and the prelist in parallel"


def _owed(field: Field) -> set[str]:
    query = f"select distinct id_orang from '{field.home.root}/published/*/rev-*/daftar_tanpa_program.parquet'"
    return {name for (name,) in duckdb.execute(query).fetchall()}


def test_a_misrouted_complaint_goes_back_and_out_again_with_its_history(office: Field) -> None:
    office.returned("pengaduan", office.row("pengaduan", office.people(1)[0], NOMOR_TIKET="P1"))
    desk = Desk(office, " p1 ")
    desk.take(dispose, "disdik", act("crm.satu", date(2025, 12, 2), said=date(2025, 11, 7)))
    desk.take(answer, "salah_alamat", act("disdik.satu", date(2025, 12, 3), said=date(2025, 11, 10)))
    back = desk.now(date(2025, 12, 4))
    assert (back.cabang, back.course.state) == (MISROUTED, WAITING)
    assert back.disposition_due == date(2025, 11, 11), "a clock of its own from the day it came back"
    assert back.answer_due == date(2025, 11, 20), "the citizen's clock runs on"
    desk.take(dispose, "dinsos", act("crm.satu"))
    with pytest.raises(PadananError, match="bukan pada instansi"):
        desk.take(answer, "ditangani", act("disdik.satu"))
    desk.take(answer, "ditangani", act("dinsos.satu"))
    desk.take(verify, "tolak", act("crm.dua"))
    assert desk.now().course.state == AT_AGENCY and desk.now().answered is None
    desk.take(answer, "ditangani", act("dinsos.satu"))
    desk.take(verify, "terima", act("crm.dua"))
    done = desk.now()
    assert (done.course.state, done.course.returned, done.answered) == (DONE, 1, TODAY)
    assert [agency for _, agency in done.course.dispositions] == ["disdik", "dinsos"]
    assert [step["jenis"] for step in done.course.steps] == [
        "disposisi", "kembali", "disposisi", "jawab", "verifikasi", "jawab", "verifikasi",
    ]  # fmt: skip
    assert desk.now(date(2025, 12, 2)).course.state == AT_AGENCY, "an earlier day's answer stays"
    with pytest.raises(PadananError, match="sudah selesai"):
        desk.take(dispose, "dinsos", act("crm.satu"))


def test_who_may_take_which_step(office: Field) -> None:
    office.returned("pengaduan", office.row("pengaduan", NOMOR_TIKET="P1", KANAL="PENDOPO BALAIKOTA"))
    desk = Desk(office, "P1")
    for step, word, by, said in (
        (dispose, "dinsos", "dinsos.satu", "penanggung jawab kanal"),
        (dispose, "dinas_mana", "crm.satu", "tidak dikenal"),
        (dispose, "dinsos", "bappeda.satu", "tidak berperan pengusul"),
        (answer, "ditangani", "dinsos.satu", "menunggu disposisi"),
        (verify, "terima", "crm.dua", "menunggu disposisi"),
    ):
        with pytest.raises(PadananError, match=said):
            desk.take(step, word, act(by))
    desk.take(dispose, "dinsos", act("pem.satu"))
    for step, word, by, said in (
        (dispose, "disdik", "crm.satu", "sedang ditangani"),
        (answer, "nanti", "dinsos.satu", "hasil tidak dikenal"),
        (answer, "ditangani", "disdik.satu", "bukan pada instansi"),
    ):
        with pytest.raises(PadananError, match=said):
            desk.take(step, word, act(by))
    desk.take(answer, "ditangani", act("dinsos.satu"))
    for by, said in (("dinsos.satu", "jawabannya sendiri"), ("bappeda.satu", "diverifikasi Diskominfotik")):
        with pytest.raises(PadananError, match=said):
            desk.take(verify, "terima", act(by))
    assert desk.now().course.state == TO_VERIFY
    desk.take(verify, "terima", act("crm.dua"))


def test_diskominfo_s_own_answer_is_verified_by_the_secretariat(office: Field) -> None:
    office.returned("pengaduan", office.row("pengaduan", NOMOR_TIKET="P1"))
    desk = Desk(office, "P1")
    desk.take(dispose, "diskominfotik", act("crm.satu"))
    desk.take(answer, "ditangani", act("crm.satu"))
    for by in ("crm.dua", "crm.satu"):
        with pytest.raises(PadananError, match="jawabannya sendiri"):
            desk.take(verify, "terima", act(by))
    desk.take(verify, "terima", act("bappeda.satu"))


@pytest.mark.parametrize(
    ("said", "why", "cause"),
    [
        (date(2025, 11, 5), WHY, "sebelum langkah terdahulu"),
        (date(2025, 12, 17), WHY, "sesudah hari ini"),
        (None, " ", "alasan kosong"),
        (None, "NIK 3171010101800001", "nomor panjang"),
    ],
)
def test_a_step_has_a_day_that_can_be_and_a_reason_without_numbers(
    office: Field, said: date | None, why: str, cause: str
) -> None:
    office.returned("pengaduan", office.row("pengaduan", NOMOR_TIKET="P1"))
    desk = Desk(office, "P1")
    with pytest.raises(PadananError, match=cause):
        desk.take(dispose, "dinsos", act("crm.satu", said=said, why=why))
    assert desk.now().course.state == WAITING


CHANNEL = Channel(nama="K", pemilik="Diskominfotik", disposisiHari=2, jawabHari=14)


def at(came: date, *steps: tuple[str, date, str]) -> Complaint:
    """A complaint with steps written straight."""
    records = [
        {"jenis": kind, "tanggal": day.isoformat(), "instansi": word, "hasil": word, "oleh": {"id": "x"}}
        for kind, day, word in steps
    ]
    return Complaint(
        "t", "P", "jaki", CHANNEL, "ganda", False, came, None, None, UNKNOWN, (), (), False, course(came, records, CHANNEL)
    )


@pytest.mark.parametrize("came", [date(2025, 1, 31), date(2024, 2, 28), date(2025, 12, 30), date(2025, 11, 6)])
def test_the_clock_of_the_disposition_at_its_edge(came: date) -> None:
    due = came + timedelta(2)
    assert at(came).disposition_due == due
    assert [at(came).overdue(due + timedelta(off)) for off in (-1, 0, 1)] == [False, False, True]
    for off, late in ((-1, ()), (0, ()), (1, ("disposisi",))):
        sent = at(came, ("disposisi", due + timedelta(off), "dinsos"))
        assert sent.late(due + timedelta(1)) == late and not sent.overdue(due + timedelta(1))
    back = at(came, ("disposisi", came, "disdik"), ("kembali", came + timedelta(5), "disdik"))
    assert [back.overdue(came + timedelta(days)) for days in (7, 8)] == [False, True]


@pytest.mark.parametrize("came", [date(2025, 1, 31), date(2024, 2, 15), date(2025, 12, 20), date(2025, 11, 6)])
def test_the_clock_of_the_answer_at_its_edge_and_through_redispatch(came: date) -> None:
    due = came + timedelta(14)
    sent = ("disposisi", came, "dinsos")
    assert [at(came, sent).overdue(due + timedelta(off)) for off in (-1, 0, 1)] == [False, False, True]
    for off, late in ((-1, ()), (0, ()), (1, ("jawab",))):
        assert at(came, sent, ("jawab", due + timedelta(off), "dinsos")).late(due + timedelta(9)) == late
    again = at(came, sent, ("kembali", came, "dinsos"), ("disposisi", came + timedelta(1), "disdik"))
    assert again.answer_due == due
    refused = at(came, sent, ("jawab", came, "dinsos"), ("verifikasi", came, "tolak"))
    assert refused.overdue(due + timedelta(1)) and refused.late(due + timedelta(1)) == ("jawab",)


def many(count: int) -> list[Complaint]:
    """Complaints of one day, a few of them on rare channels and in rare states."""
    found = []
    for place in range(count):
        steps: list[tuple[str, date, str]] = []
        if place % 3:
            steps.append(("disposisi", TODAY - timedelta(20), "dinsos" if place % 5 else "disdik"))
        if place % 3 == 2:
            steps.append(("jawab", TODAY - timedelta(place % 9), "dinsos"))
        each = at(TODAY - timedelta(22), *steps)
        channel = "inspektorat" if place < 2 else ("jaki", "lurah", "camat")[place % 3]
        kind = ("ganda", "belum_menerima", "salah_sasaran")[place % 3] if place else "lainnya"
        found.append(Complaint(**{**each.__dict__, "kanal": channel, "jenis": kind, "tiket": str(place)}))
    return found


def test_small_cells_are_covered_on_the_board_and_nobody_is_named() -> None:
    found = many(200)
    html = page(found, RULES, TODAY)
    assert "&lt;5" in html and "ditutup" in html and "200 pengaduan" in html
    counts = html.split('<table id="pengaduan-waktu"')[0]
    rows = [re.findall(r'<td class="n">([^<]*)</td>', line)[-6:] for line in counts.split("<tr>") if 'scope="row"' in line]
    assert len(rows) > 25 and {len(cells) for cells in rows} == {6}
    assert not {cell for cells in rows for cell in cells} & {"1", "2", "3", "4"}
    assert page(many(0), RULES, TODAY).count("0 pengaduan") >= 1


@pytest.mark.feature("F36", "F37", "F56")
def test_the_commands_go_the_whole_way(office: Field, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    who = office.people(1)[0]
    office.returned("pengaduan", office.row("pengaduan", who, NOMOR_TIKET="P1", URAIAN="belum dapat bantuan"))
    say = ["--reason", WHY]
    assert main(["pengaduan", "daftar", "--late", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["nomor"], told["keadaan"], told["id_orang"]) == ("P1", WAITING, who["id"])
    assert main(["pengaduan", "disposisi", "P1", "--agency", "dinsos", "--by", "crm.satu", *say]) == 0
    assert main(["pengaduan", "jawab", "P1", "--result", "ditangani", "--by", "dinsos.satu", *say]) == 0
    assert main(["pengaduan", "verifikasi", "P1", "--result", "terima", "--by", "crm.dua", *say]) == 0
    capsys.readouterr()
    assert main(["pengaduan", "daftar"]) == 0
    said = capsys.readouterr().out
    assert "P1" in said and "selesai" in said
    assert main(["pengaduan", "papan", "--folder", str(tmp_path / "papan")]) == 0
    html = (tmp_path / "papan" / FILE).read_text()
    register = (office.home.decisions / "pengaduan" / "langkah.jsonl").read_text()
    for text in (said, html, register):
        assert not [word for word in (who["NIK"], who["NAMA"], "belum dapat bantuan") if word in text]
    assert who["id"] not in html and "P1" not in html
    assert main(["pengaduan", "disposisi", "P9", "--agency", "dinsos", "--by", "crm.satu", *say]) == 1
    assert main(["pengaduan", "disposisi", who["NIK"], "--agency", "dinsos", "--by", "crm.satu", *say]) == 1
    assert who["NIK"] not in capsys.readouterr().err


def test_a_complaint_that_was_taken_back_is_no_more(office: Field) -> None:
    office.returned("pengaduan", office.row("pengaduan", NOMOR_TIKET="P1"))
    office.returned("pengaduan", office.row("pengaduan", NOMOR_TIKET="P2", MEMBATALKAN="P1"), name="batal")
    assert [each.nomor for each in complaints(office.home, RULES, TODAY)] == ["P2"]


@pytest.mark.lambat
def test_axe_finds_nothing_on_the_board(tmp_path: Path) -> None:
    path, folder = tmp_path / FILE, tmp_path / "uji"
    path.write_text(page(many(200), RULES, TODAY))
    folder.mkdir()
    found = violations([path], (1280, 400), axe(), folder)
    assert len(found) == 2 and {name: faults for name, faults in found.items() if faults} == {}
