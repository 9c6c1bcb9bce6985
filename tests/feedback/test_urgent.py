"""The urgent list: who may be proposed, why others may not; nobody enters an addendum but by two people and a paper."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA
from padanan.cli import main
from padanan.contracts.contract import load_blanks
from padanan.contracts.feedback import load_feedback
from padanan.decree.verify import prove
from padanan.feedback import aid, typed_rows, urgent_steps
from padanan.feedback.addendum_folder import counts_text
from padanan.feedback.addendum_names import HEADINGS, _write, write
from padanan.feedback.aid import pay_list, write_pay_list
from padanan.feedback.asked_rows import content_of
from padanan.feedback.people import Known
from padanan.feedback.urgent import flagged, standing
from padanan.feedback.urgent_steps import Authority, decide, propose, propose_withdrawal
from padanan.forms.addendum_files import NAMES as FILE
from padanan.forms.addendum_files import folder_of
from padanan.forms.handover import faults_of_issues, hand_over, issues, register_of
from padanan.records import addenda
from padanan.records.people import load_reviewers
from padanan.records.seals import seal_folder
from padanan.upkeep.key.rotate import rotate
from tests.feedback.field import Field
from tests.papers import pdf
from tests.pipeline import PERIODE

CAME = datetime(2026, 2, 2, 9, tzinfo=JAKARTA)
NOW = datetime(2026, 2, 10, 9, tzinfo=JAKARTA)
TODAY = NOW.date()
STRANGER = {"NIK": "3171014107800001", "NAMA": "Orang Belum Tercatat", "TANGGAL LAHIR": "01/07/1980"}
NAME = "2025-S2/1/adendum-1"


def outside(field: Field, count: int) -> list[dict[str, str]]:
    """People of the publication whom the decree does not hold."""
    root = field.home.root
    found = duckdb.execute(
        f"""select i.id_orang, i.nik, i.nama, i.tgl_lahir from '{root}/identitas/*/rev-*/identitas.parquet' i
        join '{root}/published/*/rev-*/padanan_orang.parquet' o using (id_orang)
        where i.nik is not null and i.tgl_lahir < date '2000-01-01' and o.kode_kelurahan is not null
        and i.id_orang not in (select id_orang from '{root}/decree/*/ke-1/data_sasaran.parquet')
        -- which people come first depends on the key: a row about one with a faulty NIK is refused, rightly
        and i.id_orang not in (select id_orang from '{root}/published/*/rev-*/padanan_record.parquet'
          join '{root}/published/*/rev-*/gap.parquet' using (record_key)) order by 1 limit {count}"""
    ).fetchall()
    assert len(found) == count
    return [named(one) for one in found]


def inside(field: Field) -> dict[str, str]:
    """Somebody of the decree."""
    root = field.home.root
    return named(
        duckdb.execute(
            f"""select i.id_orang, i.nik, i.nama, i.tgl_lahir from '{root}/identitas/*/rev-*/identitas.parquet' i
            join '{root}/decree/*/ke-1/data_sasaran.parquet' d using (id_orang)
            where i.nik is not null and i.tgl_lahir < date '2000-01-01' order by 1 limit 1"""
        ).fetchall()[0]
    )


def named(row: Sequence[Any]) -> dict[str, str]:
    return {"id": row[0], "NIK": row[1], "NAMA": row[2], "TANGGAL LAHIR": row[3].strftime("%d/%m/%Y")}


def visit(field: Field, who: Mapping[str, str], number: str, **changes: str) -> dict[str, str]:
    """A visit of January that found somebody who needs help fast."""
    usual = {"TANGGAL KUNJUNGAN": "20/01/2026", "PERLU SEGERA": "YA", "PROGRAM YANG DIPERLUKAN": "klj"}
    return field.row("verivali", who, NOMOR=number) | usual | {name.replace("_", " "): value for name, value in changes.items()}


def send(
    field: Field, kind: str, *rows: Mapping[str, str], month: str = "2026-01", came: datetime = CAME
) -> list[dict[str, Any]]:
    return field.events(field.returned(kind, *rows, month=month, came=came))


def barred(field: Field, day: date = TODAY) -> dict[str, str | None]:
    return {one.id: one.barred for one in flagged(field.home, day)}


def authority(field: Field, *, number: str = "45/TKPK/2026", day: date = date(2026, 2, 6)) -> Authority:
    path = field.home.root.parent / "surat.pdf"
    path.write_bytes(pdf(number))
    return Authority(number, day, path)


def proposed(field: Field, *people: str, by: str = "contoh.pengusul", now: datetime = NOW) -> int:
    record = propose(field.home, people or None, by=by, reason="lansia sebatang kara", now=now)
    return int(record["no"])


def decided(field: Field, number: int, **options: Any) -> urgent_steps.Decided:
    given: dict[str, Any] = {"by": "contoh.penetap", "reason": "sesuai surat TKPK", "now": NOW, "authority": authority(field)}
    return decide(field.home, number, **{**given, **options})


def on(field: Field, day: date = TODAY) -> set[str]:
    return set(standing(field.home, day))


def register(field: Field) -> list[Mapping[str, Any]]:
    return list(addenda.log_of(field.home).read().records)


@pytest.fixture
def flags(decreed: Field) -> tuple[Field, list[str]]:
    """Three people whom the decree does not hold and a visit found with a need."""
    people = outside(decreed, 3)
    send(decreed, "verivali", *(visit(decreed, one, f"V{n}") for n, one in enumerate(people)))
    return decreed, [one["id"] for one in people]


@pytest.mark.feature("F27")
def test_two_people_and_a_paper_make_an_addendum_and_the_decree_keeps_its_bytes(flags: tuple[Field, list[str]]) -> None:
    field, people = flags
    decree = seal_folder(field.home, PERIODE, 1)
    before = {path.name: path.read_bytes() for path in decree.iterdir()}
    assert barred(field) == dict.fromkeys(people)
    number = proposed(field, *people[:2])
    assert on(field) == set() and barred(field)[people[0]] == "menunggu", "a proposal decides nothing"
    found = decided(field, number)
    assert on(field) == set(people[:2]) and found.left_out == {}
    assert found.folder is not None and decree not in found.folder.parents
    assert {path.name: path.read_bytes() for path in decree.iterdir()} == before
    assert prove(field.home, PERIODE).faults == [] and addenda.faults_of_addenda(field.home) == (1, [])
    assert {oct(path.stat().st_mode & 0o777) for path in found.folder.iterdir()} == {"0o400"}
    assert barred(field) == {people[0]: "adendum", people[1]: "adendum", people[2]: None}
    rows = duckdb.execute(f"select id_orang, program, warga_baru from '{found.folder / addenda.PEOPLE}'").fetchall()
    assert rows == [(one, "klj", False) for one in sorted(people[:2])]
    # What is kept for good names nobody.
    text = addenda.log_of(field.home).path.read_text() + (found.folder / "segel.json").read_text()
    for one in outside(field, 3):
        assert one["NIK"] not in text and one["NAMA"] not in text
    second = decided(field, proposed(field))
    assert second.record["adendum"] == 2 and second.record["orang"] == people[2:], "a second one holds only what is new"
    assert sum(len(one.on(TODAY)) for one in addenda.addenda(field.home)) == len(on(field)) == 3
    assert main(["verify"]) == 0


@pytest.mark.feature("F27")
def test_each_reason_for_leaving_out_is_named(decreed: Field) -> None:
    field = decreed
    dead, differ, doubt, moved, unmet, calm, ready = outside(field, 7)
    target = inside(field)
    unheard = {"NIK": "3171014107810002", "NAMA": "Warga Tanpa Musyawarah", "TANGGAL LAHIR": "01/07/1981"}
    events = send(
        field,
        "verivali",
        visit(field, dead, "V1"),
        visit(field, differ, "V2"),
        visit(field, doubt, "V3"),
        visit(field, moved, "V4"),
        visit(field, unmet, "V5", HASIL="TIDAK DITEMUKAN"),
        visit(field, calm, "V6"),
        visit(field, ready, "V7"),
        visit(field, target, "V8"),
        visit(field, STRANGER, "V9"),
        visit(field, unheard, "V10"),
    )
    newcomer, stranger = events[8]["id_orang"], events[9]["id_orang"]
    send(
        field,
        "verivali",
        visit(
            field,
            dead,
            "W1",
            HASIL="MENINGGAL",
            **{"TANGGAL KUNJUNGAN": "22/01/2026", "PERLU_SEGERA": "", "PROGRAM_YANG_DIPERLUKAN": ""},
        ),
        visit(field, differ, "W2", VERIFIKATOR="DINSOS", HASIL="MENINGGAL", PERLU_SEGERA="TIDAK", PROGRAM_YANG_DIPERLUKAN=""),
        visit(field, doubt, "V3", **{"TANGGAL KUNJUNGAN": "23/01/2026"}),
        visit(
            field, moved, "W4", HASIL="PINDAH", **{"TANGGAL KUNJUNGAN": "22/01/2026"}, PERLU_SEGERA="", PROGRAM_YANG_DIPERLUKAN=""
        ),
        visit(field, calm, "W6", **{"TANGGAL KUNJUNGAN": "22/01/2026"}, PERLU_SEGERA="TIDAK", PROGRAM_YANG_DIPERLUKAN=""),
    )
    send(field, "muskel", field.row("muskel", STRANGER, **{"TANGGAL MUSYAWARAH": "21/01/2026"}))
    assert barred(field) == {
        dead["id"]: "meninggal", differ["id"]: "konflik", doubt["id"]: "sengketa", moved["id"]: "pindah",
        unmet["id"]: "tidak_ditemukan", calm["id"]: "tidak_segera", ready["id"]: None, target["id"]: "penetapan",
        newcomer: None, stranger: "musyawarah",
    }  # fmt: skip
    assert barred(field, TODAY + timedelta(days=365))[ready["id"]] == "lama"
    # Before the files came nobody knew anything.
    assert barred(field, CAME.date() - timedelta(days=1)) == {}
    for who, told in (
        (dead["id"], "meninggal menurut verivali"),
        (stranger, "musyawarah"),
        (target["id"], "sudah ada dalam penetapan"),
    ):
        with pytest.raises(PadananError, match=told):
            proposed(field, ready["id"], who)
    assert register(field) == [], "all or nothing"
    number = proposed(field)
    assert set(register(field)[-1]["orang"]) == {ready["id"], newcomer}
    decided(field, number)
    assert on(field) == {ready["id"], newcomer}
    assert barred(field)[ready["id"]] == barred(field)[newcomer] == "adendum"


def test_neither_complaint_nor_score_nor_flag_alone_leads_onto_the_list(decreed: Field) -> None:
    field = decreed
    complained, plain, other = outside(field, 3)
    send(field, "pengaduan", field.row("pengaduan", complained, TANGGAL="20/01/2026", MENDESAK="YA"))
    send(field, "verivali", visit(field, plain, "V1", PERLU_SEGERA="", PROGRAM_YANG_DIPERLUKAN=""))
    send(field, "muskel", field.row("muskel", STRANGER, **{"TANGGAL MUSYAWARAH": "21/01/2026"}))
    assert barred(field) == {}
    with pytest.raises(PadananError, match="tidak ditandai perlu segera"):
        proposed(field, complained["id"])
    with pytest.raises(PadananError, match="tidak seorang pun dapat diusulkan"):
        proposed(field)
    send(field, "verivali", visit(field, other, "V2"))
    assert on(field) == set() and register(field) == []


@pytest.mark.feature("F27")
def test_who_changed_after_the_proposal_stays_out(flags: tuple[Field, list[str]]) -> None:
    field, (first, second, third) = flags
    people = {one["id"]: one for one in outside(field, 3)}
    number = proposed(field)
    later = NOW - timedelta(days=2)
    send(
        field,
        "verivali",
        visit(
            field,
            people[first],
            "X1",
            HASIL="MENINGGAL",
            PERLU_SEGERA="",
            PROGRAM_YANG_DIPERLUKAN="",
            TANGGAL_KUNJUNGAN="01/02/2026",
        ),
        visit(field, people[second], "X2", TANGGAL_KUNJUNGAN="01/02/2026"),
        month="2026-02",
        came=later,
    )
    # What is paid or told meanwhile changes nothing of it.
    send(field, "kesiapan", field.row("kesiapan", people[third], TANGGAL="01/02/2026"), month="2026-02", came=later)
    found = decided(field, number)
    assert dict(found.left_out) == {first: "meninggal", second: "bukti_berubah"} and on(field) == {third}
    assert barred(field)[second] is None, "on the new evidence they may be proposed again"


def test_a_proposal_of_whom_nobody_may_enter_can_only_be_rejected(flags: tuple[Field, list[str]]) -> None:
    field, (first, *_) = flags
    number = proposed(field, first)
    (who,) = (one for one in outside(field, 3) if one["id"] == first)
    send(field, "verivali", visit(field, who, "X2", TANGGAL_KUNJUNGAN="01/02/2026"), month="2026-02", came=NOW)
    with pytest.raises(PadananError, match="usul gugur"):
        decided(field, number)
    assert not (field.home.decree(PERIODE) / addenda.FOLDER).exists() and on(field) == set()
    decided(field, number, accept=False, authority=None)
    assert on(field) == set()


@pytest.mark.feature("F27")
def test_refused_stays_refused_and_a_copy_is_linked(flags: tuple[Field, list[str]]) -> None:
    field, (first, second, _) = flags
    number = proposed(field, first, second)
    decided(field, number, accept=False, authority=None)
    with pytest.raises(PadananError, match="sudah diputuskan"):
        decided(field, number)
    assert on(field) == set()
    proposed(field, second)
    assert register(field)[-1]["menyusul"] == [number]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"by": "contoh.pengusul"}, "tidak berperan penetap"),
        ({"by": "contoh.penyetuju"}, "tidak berperan penetap"),
        ({"reason": " "}, "alasan kosong"),
        ({"reason": "NIK 3171014107800001"}, "nomor panjang"),
        ({"authority": None}, "tanpa surat rujukan"),
        ({"until": date(2027, 1, 1)}, "tahun anggaran berjalan"),
        ({"until": date(2026, 2, 9)}, "tahun anggaran berjalan"),
    ],
)
def test_wrong_decisions_are_refused_with_cause_and_cure(
    flags: tuple[Field, list[str]], options: dict[str, Any], told: str
) -> None:
    field, _ = flags
    number = proposed(field)
    with pytest.raises(PadananError, match=told) as refused:
        decided(field, number, **options)
    assert refused.value.cure
    assert on(field) == set() and len(register(field)) == 1
    assert not (field.home.decree(PERIODE) / addenda.FOLDER).exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"number": " "}, "tanpa nomor"),
        ({"number": "3171014107800001"}, "tanpa nomor"),
        ({"day": date(2025, 12, 31)}, "tanggal dokumen"),
        ({"day": date(2026, 2, 11)}, "tanggal dokumen"),
    ],
)
def test_the_paper_is_of_this_year_and_has_a_number(flags: tuple[Field, list[str]], changes: dict[str, Any], told: str) -> None:
    field, _ = flags
    number = proposed(field)
    with pytest.raises(PadananError, match=told):
        decided(field, number, authority=authority(field, **changes))
    blank = field.home.root.parent / "kosong.pdf"
    blank.write_bytes(b"")
    with pytest.raises(PadananError, match="pindaian kosong"):
        decided(field, number, authority=Authority("45", date(2026, 2, 6), blank))
    assert on(field) == set() and len(register(field)) == 1


def test_who_proposes_does_not_decide_even_with_both_roles(
    flags: tuple[Field, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    field, _ = flags
    people = field.home.decisions / "reviu" / "reviewers.yaml"
    people.write_text(
        "versi: 1.0.0\npetugas:\n  - {id: dua.peran, nama: Dua Peran, jabatan: Analis, instansi: Bappeda, "
        "peran: [pengusul, penetap], berlaku: {dari: 2023-01-01}}\n"
    )
    assert load_reviewers(field.home).path == people
    number = proposed(field, by="dua.peran")
    with pytest.raises(PadananError, match="usulnya sendiri"):
        decided(field, number, by="dua.peran")
    assert on(field) == set()


@pytest.mark.feature("F27")
def test_it_ends_with_the_budget_year(flags: tuple[Field, list[str]]) -> None:
    field, (first, second, third) = flags
    decided(field, proposed(field, first))
    decided(field, proposed(field, second), until=date(2026, 3, 31))
    assert on(field, date(2026, 3, 31)) == {first, second} and on(field, date(2026, 4, 1)) == {first}
    assert on(field, date(2026, 12, 31)) == {first} and on(field, date(2027, 1, 1)) == set()
    assert on(field, TODAY - timedelta(days=1)) == set(), "not before it was decided"
    assert standing(field.home, TODAY, known_at=TODAY - timedelta(days=1)) == {}
    assert barred(field, date(2026, 12, 31))[first] == "adendum" and barred(field, date(2027, 1, 1))[first] is None
    # What one year proposed another does not decide; and on 1 January it no longer stands in anybody's way.
    number = proposed(field, third)
    with pytest.raises(PadananError, match="tahun anggaran 2026"):
        decided(field, number, now=datetime(2027, 1, 1, 9, tzinfo=JAKARTA), authority=authority(field, day=date(2027, 1, 1)))
    assert barred(field, date(2026, 12, 31))[third] == "menunggu" and barred(field, date(2027, 1, 1))[third] is None


@pytest.mark.feature("F27")
def test_it_is_taken_back_by_two_people_with_a_reason(flags: tuple[Field, list[str]]) -> None:
    field, (first, second, third) = flags
    decided(field, proposed(field, first, second))
    day = NOW + timedelta(days=5)
    with pytest.raises(PadananError, match="tidak ada pada"):
        propose_withdrawal(field.home, NAME, [third], by="contoh.pengusul", reason="keliru orang", now=day)
    with pytest.raises(PadananError, match="tidak ada"):
        propose_withdrawal(field.home, "2025-S2/1/adendum-9", None, by="contoh.pengusul", reason="keliru orang", now=day)
    record = propose_withdrawal(field.home, NAME.upper(), [first.upper()], by="contoh.pengusul", reason="keliru orang", now=day)
    with pytest.raises(PadananError, match="sudah menunggu"):
        propose_withdrawal(field.home, NAME, None, by="contoh.pengusul", reason="keliru orang", now=day)
    assert on(field, day.date()) == {first, second}, "a proposal takes nobody off"
    with pytest.raises(PadananError, match="tidak berperan penetap"):
        decided(field, record["no"], by="contoh.pengusul", now=day, authority=None)
    with pytest.raises(PadananError, match="hanya adendum baru"):
        decided(field, record["no"], now=day)
    decided(field, record["no"], now=day, authority=None)
    assert on(field, day.date()) == {second} and on(field, day.date() - timedelta(days=1)) == {first, second}
    assert standing(field.home, day.date(), known_at=day.date() - timedelta(days=1)).keys() == {first, second}
    assert barred(field, day.date())[first] is None
    assert addenda.faults_of_addenda(field.home) == (1, [])
    again = decided(field, proposed(field, first, now=day), now=day)
    assert again.record["adendum"] == 2 and on(field, day.date()) == {first, second}


@pytest.mark.feature("F27")
def test_a_kill_between_folder_and_register_is_finished_by_deciding_again(
    flags: tuple[Field, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    field, people = flags
    number = proposed(field)
    with monkeypatch.context() as patch:
        patch.setattr(urgent_steps, "_written", _killed)
        with pytest.raises(KeyboardInterrupt):
            decided(field, number)
    folder = addenda.folder_of(field.home, PERIODE, 1, 1)
    assert folder.is_dir() and on(field) == set(), "a folder that the register does not name counts for nothing"
    (fault,) = addenda.faults_of_addenda(field.home)[1]
    assert "belum terdaftar" in fault.cause
    decided(field, number)
    assert on(field) == set(people) and addenda.faults_of_addenda(field.home) == (1, [])


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_folder_that_is_not_ours_never_becomes_an_addendum(flags: tuple[Field, list[str]]) -> None:
    field, _ = flags
    number = proposed(field)
    folder = addenda.folder_of(field.home, PERIODE, 1, 1)
    folder.mkdir(parents=True)
    (folder / "segel.json").write_text(json.dumps({"status": "adendum", "tanda": "0" * 32}))
    with pytest.raises(PadananError, match="bukan buatan program ini"):
        decided(field, number)
    assert on(field) == set() and (folder / "segel.json").exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [("adendum.parquet", "berkas adendum berubah"), ("hitungan.csv", "berkas adendum berubah"),
     ("segel.json", "segel adendum berubah"), ("segel.json.sig", "Ed25519"), ("selundupan.txt", "tidak tercatat")],
)  # fmt: skip
def test_a_tampered_folder_is_refused(flags: tuple[Field, list[str]], name: str, told: str) -> None:
    field, _ = flags
    folder = decided(field, proposed(field)).folder
    assert folder is not None
    path = folder / name
    content = path.read_bytes() if path.exists() else b""
    path.unlink(missing_ok=True)
    path.write_bytes(content + b" ")
    assert any(told in fault.cause for fault in addenda.faults_of_addenda(field.home)[1])
    with pytest.raises(PadananError, match=told):
        pay_list(field.home, "klj", today=TODAY)
    with pytest.raises(PadananError, match=told):
        write(field.home, NAME, now=NOW)
    assert main(["verify"]) == 1


@pytest.mark.parametrize("gone", ["folder", "surat"])
def test_what_is_gone_is_named(flags: tuple[Field, list[str]], gone: str) -> None:
    field, _ = flags
    found = decided(field, proposed(field))
    if gone == "surat":
        addenda.paper_path(field.home, found.record["rujukan"]["sha256"]).unlink()
    else:
        assert found.folder is not None
        for path in found.folder.iterdir():
            path.unlink()
        found.folder.rmdir()
    assert [fault for fault in addenda.faults_of_addenda(field.home)[1] if "hilang" in fault.cause]


@pytest.mark.feature("F27", "F28")
def test_the_pay_list_holds_people_of_an_addendum_marked_as_such(flags: tuple[Field, list[str]]) -> None:
    field, (first, second, third) = flags
    people = {one["id"]: one for one in outside(field, 3)}
    ready = [field.row("kesiapan", people[one], NOMOR=f"K{n}", TANGGAL="25/01/2026") for n, one in enumerate((first, third))]
    send(field, "kesiapan", *ready)
    assert pay_list(field.home, "klj", today=TODAY).people == ()
    decided(field, proposed(field, first, second))
    found = pay_list(field.home, "klj", today=TODAY)
    assert (found.people, found.sources) == ((first,), ("adendum",)), "who is not ready is not paid, who is on none neither"
    path = field.home.root.parent / "bayar.csv"
    write_pay_list(found, path)
    assert path.read_text() == f"id_orang,sumber\n{first},adendum\n"
    assert pay_list(field.home, "klj", today=date(2027, 1, 1)).people == ()
    send(field, "verivali", visit(field, people[first], "X1", HASIL="MENINGGAL", PERLU_SEGERA="", PROGRAM_YANG_DIPERLUKAN="",
                                  TANGGAL_KUNJUNGAN="01/02/2026"), month="2026-02", came=NOW)  # fmt: skip
    dead = pay_list(field.home, "klj", today=TODAY)
    assert dead.people == () and dead.barred["meninggal"] == 1, "an addendum pays no dead"


@pytest.mark.feature("F28")
def test_a_later_publication_takes_nobody_of_the_decree_off_the_pay_list(
    decreed: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft of the next period that nobody had decided on stopped the aid of whom it did not select, and paid whom it did."""
    field = decreed
    root = field.home.root
    there, (other,) = inside(field), outside(field, 1)
    draft = tmp_path / "rev-9"
    draft.mkdir()
    (rev,) = root.glob("published/*/rev-1")
    duckdb.execute(
        f"""copy (select * replace (id_orang = '{other["id"]}' as terpilih) from '{rev}/sasaran.parquet')
        to '{draft}/sasaran.parquet' (format parquet)"""
    )
    duckdb.execute(
        f"""copy (select * replace ('klj' as program) from '{rev}/padanan_orang.parquet'
        where id_orang in ('{there["id"]}', '{other["id"]}')) to '{draft}/padanan_orang.parquet' (format parquet)"""
    )
    ready = [field.row("kesiapan", one, NOMOR=f"K{n}", TANGGAL="25/01/2026") for n, one in enumerate((there, other))]
    send(field, "kesiapan", *ready)
    usual = Home.published
    monkeypatch.setattr(Home, "published", lambda home, *which: draft if which[1:] == (9,) else usual(home, *which))
    monkeypatch.setattr(aid, "newest", lambda home: Known(PERIODE, 9))
    monkeypatch.setattr(aid, "prove_opened", lambda *_: None)
    found = pay_list(field.home, "klj", today=TODAY)
    assert (found.people, found.sources) == ((there["id"],), ("penetapan",))
    assert found.basis.startswith("penetapan ")


@pytest.mark.feature("F27")
def test_names_leave_in_one_file_under_the_register_of_handing_over(decreed: Field) -> None:
    field = decreed
    (known,) = outside(field, 1)
    events = send(field, "verivali", visit(field, known, "V1"), visit(field, STRANGER, "V2"))
    send(field, "muskel", field.row("muskel", STRANGER, **{"TANGGAL MUSYAWARAH": "21/01/2026"}))
    decided(field, proposed(field), until=date(2026, 2, 20))
    folder, facts = write(field.home, NAME, now=NOW)
    path = folder / FILE
    assert facts["jumlah"] == {"orang": 2, "tanpa_nama": 0, "berketerangan": 0}
    assert facts["kedaluwarsa"] == "2026-02-20", "never longer than itself"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    rows = {row["ID ORANG"]: row for row in _csv(path)}
    assert rows.keys() == {known["id"], events[1]["id_orang"]}
    assert rows[known["id"]]["NIK"] == known["NIK"] and rows[events[1]["id_orang"]]["NAMA"] == STRANGER["NAMA"]
    assert {row["RUJUKAN"] for row in rows.values()} == {"45/TKPK/2026, 2026-02-06"}
    assert [one.folder for one in issues(field.home)] == [folder] and faults_of_issues(field.home) == (1, [])
    hand_over(field.home, [path], to="Kepala Bidang Dinsos", purpose="KLJ segera", by="Pengelola", now=NOW)
    assert register_of(field.home).read().records[-1]["folder"] == folder.relative_to(field.home.root).as_posix()
    assert write(field.home, NAME, now=NOW) == (folder, facts), "it stands already"
    record = propose_withdrawal(field.home, NAME, [known["id"]], by="contoh.pengusul", reason="keliru orang", now=NOW)
    decided(field, record["no"], authority=None)
    _, anew = write(field.home, NAME, now=NOW, again=True)
    assert anew["jumlah"]["orang"] == 1 and known["NIK"] not in path.read_text()
    assert folder == folder_of(field.home, addenda.addenda(field.home)[0])
    with pytest.raises(PadananError, match="tidak memuat siapa pun"):
        write(field.home, NAME, now=datetime(2026, 2, 21, tzinfo=JAKARTA), again=True)


def test_the_list_of_an_earlier_day_is_of_the_decree_and_the_proposals_of_that_day(
    flags: tuple[Field, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked as of an earlier day, the list spoke of a decree that came after it, and of what was proposed and decided since."""
    field, (first, *_) = flags
    number = proposed(field, first)
    decided(field, number, now=NOW + timedelta(days=3))
    decree = seal_folder(field.home, PERIODE, 1)
    later = decree.parent / "ke-2"
    shutil.copytree(decree, later)
    told = json.loads((later / "segel.json").read_text()) | {"ke": 2, "tanggal": "2026-02-20"}
    (later / "segel.json").chmod(0o600)
    (later / "segel.json").write_text(json.dumps(told))
    assert main(["mendesak", "daftar", "--as-of", TODAY.isoformat()]) == 0
    shown = capsys.readouterr().out
    assert "ke-1:" in shown.splitlines()[0] and f"Usul {number} masuk" in shown and "[menunggu putusan]" in shown
    assert main(["mendesak", "daftar", "--as-of", (TODAY - timedelta(days=1)).isoformat()]) == 0
    assert "Usul" not in capsys.readouterr().out
    assert flagged(field.home, TODAY)[0].barred in {None, "menunggu"}


@pytest.mark.feature("F27")
def test_who_died_after_the_addendum_is_named_as_dead_wherever_its_people_are_shown(
    flags: tuple[Field, list[str]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """List and file of names showed a verified dead one like everybody else; nobody was told to propose taking them off."""
    field, (first, second, _) = flags
    monkeypatch.setattr("padanan.feedback.urgent_cli.datetime", _Now)
    decided(field, proposed(field, first, second))
    dead = next(one for one in outside(field, 3) if one["id"] == first)
    unpressed = {"PERLU_SEGERA": "", "PROGRAM_YANG_DIPERLUKAN": "", "TANGGAL_KUNJUNGAN": "01/02/2026"}
    told = visit(field, dead, "X1", HASIL="MENINGGAL", **unpressed)
    send(field, "verivali", told, month="2026-02", came=NOW)
    folder, facts = write(field.home, NAME, now=NOW)
    assert facts["jumlah"]["berketerangan"] == 1
    rows = {row["ID ORANG"]: row["KETERANGAN"] for row in _csv(folder / FILE)}
    assert rows == {first: "meninggal menurut verivali", second: ""}, "and nobody is taken off without two people"
    assert main(["mendesak", "daftar", "--as-of", TODAY.isoformat()]) == 0
    shown = capsys.readouterr().out
    assert f"  {first} KINI meninggal menurut verivali" in shown and f"  {second}\n" in shown


def _csv(path: Path) -> list[dict[str, str]]:
    import csv

    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_a_name_from_the_field_is_no_formula_in_the_file_of_an_addendum(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        cells = dict.fromkeys(HEADINGS, "null::varchar") | {"tgl_lahir": "date '1980-02-01'", "kode_kelurahan": "'31.71'"}
        told = cells | {"nama": "'=HYPERLINK(1)'", "alamat": "'@x'", "id_orang": "'a'"}
        con.execute(f"create table diserahkan as select {', '.join(f'{cell} as {name}' for name, cell in told.items())}")
        assert _write(con, tmp_path / FILE) == 1
    (row,) = _csv(tmp_path / FILE)
    assert (row["NAMA"], row["ALAMAT"], row["ID ORANG"], row["TANGGAL LAHIR"], row["NIK"]) == (
        "'=HYPERLINK(1)", "'@x", "a", "01/02/1980", "",
    )  # fmt: skip


def test_small_counts_by_kota_are_covered() -> None:
    with duckdb.connect() as con:
        text = counts_text(con, {"31.71": 3, "31.72": 40, "31.73": 12})
        lines = dict(line.split(",")[::2] for line in text.splitlines()[1:])
        assert lines["31.71"] == "<5" and lines[""] == "55"
        assert "ditutup" in lines.values(), "else the one small cell follows from the sum"
        few = counts_text(con, {"31.71": 3})
        assert "3" not in [line.split(",")[2] for line in few.splitlines()]


def test_the_commands_go_from_a_flag_to_a_person(
    flags: tuple[Field, list[str]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    field, people = flags
    for module in ("urgent_cli", "person_cli", "aid"):
        monkeypatch.setattr(f"padanan.feedback.{module}.datetime", _Now)

    def told(*words: str, code: int = 0) -> str:
        assert main(list(words)) == code
        found = capsys.readouterr()
        return found.out + found.err

    assert "3 orang dapat diusulkan" in told("mendesak", "daftar")
    said = ("--by", "contoh.pengusul", "--reason", "lansia sebatang kara")
    assert "tidak jelas" in told("mendesak", "usulkan", *said, code=1)
    assert "Usul 1 tercatat, 2 orang" in told("mendesak", "usulkan", *people[:2], *said)
    last = ("--by", "contoh.penetap", "--reason", "sesuai surat")
    assert "tidak lengkap" in told("mendesak", "tetapkan", "1", "--number", "4", *last, code=1)
    assert "tidak punya surat" in told("mendesak", "tetapkan", "1", "--until", "2026-12-31", "--reject", *last, code=1)
    given = authority(field)
    paper = ("--number", given.number, "--date", given.day.isoformat(), "--scan", str(given.scan))
    assert "--until" in told("mendesak", "tetapkan", "1", *paper, "--until", "2027-06-30", *last, code=1)
    assert "Adendum-1 ditetapkan: 2 orang, sampai 2026-12-31" in told("mendesak", "tetapkan", "1", *paper, *last)
    shown = told("mendesak", "daftar")
    assert f"{NAME}: berlaku sampai 2026-12-31, 2 orang; rujukan 45/TKPK/2026, 2026-02-06" in shown and people[0] in shown
    assert f"adendum {NAME}: 2026-02-10 sampai 2026-12-31, rujukan 45/TKPK/2026" in told("person", people[0])
    on_list = json.loads(told("person", people[0], "--json"))["adendum"]
    assert [(one["adendum"], one["berlaku"]) for one in on_list] == [(NAME, True)]
    assert "Usul 3 tercatat" in told("mendesak", "batalkan", NAME, people[0], *said)
    assert "1 orang keluar dari adendum-1" in told("mendesak", "tetapkan", "3", *last)
    assert "dibatalkan 2026-02-10" in told("person", people[0])
    assert "1 orang, berlaku sampai" in told("mendesak", "berkas", NAME)
    assert "'2025-S2/1/adendum-7' tidak ada" in told("mendesak", "berkas", "2025-S2/1/adendum-7", code=1)
    assert "0 orang siap dibayar" in told("bayar", "siap", "klj")


class _Now(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return NOW


def test_without_a_decree_there_is_nothing_to_add_to(field: Field) -> None:
    with pytest.raises(PadananError, match="belum ada penetapan"):
        propose(field.home, None, by="contoh.pengusul", reason="lansia sebatang kara", now=NOW)


def test_a_changed_decree_stops_it(flags: tuple[Field, list[str]]) -> None:
    field, _ = flags
    path = seal_folder(field.home, PERIODE, 1) / "data_sasaran.parquet"
    digest = file_sha256(path)
    content = path.read_bytes()
    path.unlink()  # others share the file
    path.write_bytes(content + b" ")
    assert file_sha256(path) != digest
    with pytest.raises(PadananError, match="berkas penetapan hilang atau berubah"):
        proposed(field)


def test_rows_of_an_earlier_contract_keep_their_content(decreed: Field) -> None:
    """What came before the columns were there is the same event; landed then and taken in now it says nothing in them."""
    field = decreed
    (who,) = outside(field, 1)
    one = send(field, "verivali", field.row("verivali", who, NOMOR="V1", **{"TANGGAL KUNJUNGAN": "20/01/2026"}))[0]
    assert one["mendesak"] is False and one["program"] is None
    receipt = field.send("verivali", [field.row("verivali", who, NOMOR="V1", **{"TANGGAL KUNJUNGAN": "20/01/2026"}),
                                      field.row("verivali", who, NOMOR="V2", **{"TANGGAL KUNJUNGAN": "20/01/2026"})],
                         month="2026-01", came=CAME, name="lama")  # fmt: skip
    assert receipt.status == "diterima"
    (taken,) = field.take()
    again = field.events(taken)
    assert again[0]["isi"] == one["isi"] and again[0]["id_peristiwa"] == one["id_peristiwa"]


def test_a_part_that_landed_without_the_newer_columns_reads_like_one_that_leaves_them_blank() -> None:
    contract = load_feedback()["verivali"]
    newer = ("mendesak", "program")
    keys = "1 as _baris, 'r' as _record_key, 'e' as _entity_key, null as _nik_key"
    old = ", ".join(f"'{name}' as {name}" for name in contract.column_names if name not in newer)
    with duckdb.connect() as con:
        con.execute("create macro hmac_hex(teks) as md5(teks)")
        found = []
        for blank in ("", ", '' as mendesak, '' as program"):
            con.execute(f"create or replace table mendarat as select {keys}, {old}{blank}")
            assert typed_rows.read(con, contract, "mendarat", load_blanks()) == 1
            found.append(con.execute(f"select {content_of(contract)}, mendesak, program from {typed_rows.ROWS}").fetchall())
    assert found[0] == found[1] and found[0][0][1:] == (None, None)


def test_after_a_change_of_the_key_people_stand_there_still(
    flags: tuple[Field, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    field, people = flags
    decided(field, proposed(field, *people[:2]))
    number = proposed(field, people[2])
    key = tmp_path / "kunci" / "hmac.key"
    key.parent.mkdir(mode=0o700)
    shutil.copy2(field.key, key)
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    rotate(field.home, by="Uji", reason="penggantian berkala", now=NOW)
    ring = load_ring(field.home)
    first, second, _ = (ring.today(one, ring.names[-2]) for one in people)
    assert first not in people and on(field) == {first, second}
    assert addenda.faults_of_addenda(field.home) == (1, [])
    # Nobody is found by a publication of before: it is made anew first, and so is the proposal.
    with pytest.raises(PadananError, match="sebelum kunci diganti"):
        decided(field, number)
    record = propose_withdrawal(field.home, NAME, [first], by="contoh.pengusul", reason="keliru orang", now=NOW)
    decided(field, record["no"], authority=None)
    assert on(field) == {second}
