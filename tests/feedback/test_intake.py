"""What the field sends becomes events: every row is one or is named, whoever is known is found, and an old answer stays."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback.intake import take_all, waiting
from padanan.feedback.judge import asked
from padanan.records.returned import EVENTS, FAULTS, faults_of_events, folder_of
from tests.feedback.field import NUMBER, RIGHT, Field

KINDS = sorted(RIGHT)


@pytest.fixture
def person(field: Field) -> dict[str, str]:
    return field.people(1)[0]


def test_a_right_file_of_each_kind_is_taken_in_whole(field: Field, person: dict[str, str]) -> None:
    for kind in KINDS:
        taken = field.returned(kind, field.row(kind, person))
        assert (taken.rows, taken.events, taken.refused, field.faults(taken)) == (1, 1, 0, {}), kind
        (one,) = field.events(taken)
        assert one["id_orang"] == (person["id"] if kind != "sosialisasi" else None), kind
    found = field.state(person["id"])
    assert found is not None
    assert (found["verivali_hasil"], found["rupiah"], found["siap"], found["desil"], found["di_panti"]) == (
        "ditemukan", 300_000, "klj", 2, True,
    )  # fmt: skip


def test_every_kind_has_ten_faults_that_are_asked_of_its_rows() -> None:
    catalogue = load_catalogue()
    assert dict.fromkeys(KINDS, True) == {name: len(asked(one, catalogue)) >= 10 for name, one in load_feedback().items()}


ANY: dict[str, dict[str, str]] = {
    "kosong_nomor": {"{number}": ""},
    "kosong_tanggal": {"{day}": ""},
    "tidak_terbaca_tanggal": {"{day}": "kemarin"},
    "tanggal_sesudah_diterima": {"{day}": "02/12/2025"},
    "tanggal_sesudah_masa": {"{day}": "01/12/2025"},
    "sebelum_lahir": {"{day}": "01/01/1890", "TANGGAL LAHIR": "02/01/1901"},
    "lahir_tak_masuk_akal": {"TANGGAL LAHIR": "01/01/1850"},
    "tidak_terbaca_nik": {"NIK": "123"},
    "tidak_terbaca_tgl_lahir": {"TANGGAL LAHIR": "13/13/1980"},
    "nik_tanggal_tidak_mungkin": {"NIK": "3171019913800001"},
    "kelurahan_tak_dikenal": {"KODE KELURAHAN": "9999999999"},
    "program_tak_dikenal": {"PROGRAM": "kartu_khayal"},
}
OWN: dict[str, list[tuple[str, dict[str, str]]]] = {
    "lampid": [
        ("tidak_terbaca_peristiwa", {"PERISTIWA": "NIKAH"}),
        ("lahir_bukan_hari_lahir", {"PERISTIWA": "LAHIR", "TANGGAL PERISTIWA": "05/11/2025"}),
        ("pindah_tanpa_tujuan_dan_asal", {"KODE KELURAHAN ASAL": ""}),
        ("tidak_terbaca_nik_ibu", {"NIK IBU": "abc"}),
    ],
    "verivali": [
        ("tidak_terbaca_hasil", {"HASIL": "ADA"}),
        ("kosong_petugas", {"PETUGAS": ""}),
        ("petugas_bernomor", {"PETUGAS": "Siti 197901012005"}),
        ("id_orang_tak_dikenal", {"ID ORANG": "f" * 32}),
        ("tidak_terbaca_verifikator", {"VERIFIKATOR": "RT 05"}),
    ],
    "muskel": [
        ("tidak_terbaca_usulan", {"USULAN": "MUNGKIN"}),
        ("kosong_nomor_berita_acara", {"NOMOR BERITA ACARA": ""}),
        ("keluar_untuk_warga_baru", {"USULAN": "KELUAR", "NIK": "", "NAMA": "Tak Dikenal"}),
    ],
    "realisasi": [
        ("tidak_terbaca_nominal", {"NOMINAL": "tiga ratus ribu"}),
        ("tidak_terbaca_nominal", {"NOMINAL": "300,5"}),
        ("nominal_tidak_positif", {"NOMINAL": "0"}),
        ("nomor_memuat_nik", {"NOMOR TRANSAKSI": "3171014101700001"}),
        ("masa_tidak_terbaca", {"MASA": "Nov 2025"}),
        ("masa_sesudah_berkas", {"MASA": "2026-01"}),
        ("tidak_terbaca_status", {"STATUS": "LUNAS"}),
    ],
    "pengaduan": [
        ("tidak_terbaca_kanal", {"KANAL": "Tiktok"}),
        ("nomor_memuat_nik", {"NOMOR TIKET": "JK/3171014101700001"}),
        ("lokasi_separuh", {"LINTANG": "-6.2"}),
        ("tidak_terbaca_lintang", {"LINTANG": "selatan", "BUJUR": "106.8"}),
        ("tidak_terbaca_mendesak", {"MENDESAK": "SEKALI"}),
    ],
    "kesiapan": [("tidak_terbaca_burekol", {"BUREKOL": "SUDAH"}), ("kosong_syarat_lengkap", {"SYARAT LENGKAP": ""})],
    "pemohon": [("ditolak_tanpa_alasan", {"STATUS": "DITOLAK"}), ("tidak_terbaca_status", {"STATUS": "OK"})],
    "panti": [
        ("keluar_sebelum_masuk", {"TANGGAL KELUAR": "01/11/2025"}),
        ("keluar_di_masa_depan", {"TANGGAL KELUAR": "01/01/2027"}),
        ("kosong_panti", {"PANTI": ""}),
    ],
    "sosialisasi": [
        ("peserta_tidak_mungkin", {"PESERTA": "-3"}),
        ("tidak_terbaca_peserta", {"PESERTA": "ramai"}),
        ("kosong_materi", {"MATERI": ""}),
        ("kosong_kode_kelurahan", {"KODE KELURAHAN": ""}),
        ("kosong_peserta", {"PESERTA": ""}),
    ],
    "desil": [("desil_di_luar", {"DESIL": "11"}), ("tidak_terbaca_desil", {"DESIL": "D2"}), ("kosong_desil", {"DESIL": ""})],
}


def cases(kind: str) -> list[tuple[str, dict[str, str]]]:
    """The wrong rows that a contract's columns allow: (rule, changes)."""
    columns = {column.source: column.name for column in load_feedback()[kind].columns}
    day = next(source for source, name in columns.items() if name == "tanggal")
    places = {"{number}": NUMBER[kind], "{day}": day}
    found = []
    for rule, changes in ANY.items():
        given = {places.get(name, name): value for name, value in changes.items()}
        if set(given) <= set(columns):
            found.append((f"kosong_{columns[NUMBER[kind]]}" if rule == "kosong_nomor" else rule, given))
    return found + OWN[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_rows_are_named_by_row_with_cause_and_cure_and_right_ones_are_taken(field: Field, kind: str) -> None:
    person = field.people(1)[0]
    wrong = cases(kind)
    assert len(wrong) >= 10
    rows = []
    for number, (_, changes) in enumerate(wrong):
        given = {**field.row(kind, person), NUMBER[kind]: f"{kind}-{number}", **changes}
        rows.append(given)
    rows.append({**field.row(kind, person), NUMBER[kind]: f"{kind}-benar"})
    taken = field.returned(kind, *rows)
    assert (taken.events, taken.refused) == (1, len(wrong))
    found = field.faults(taken)
    for line, (rule, _) in enumerate(wrong, 2):
        assert rule in found.get(line, set()), (rule, found.get(line))
    told = json.loads(taken.page.with_suffix(".json").read_text())["kesalahan"]
    by_rule = {one["aturan"].replace(" ", "_"): one for one in told}
    for line, (rule, changes) in enumerate(wrong, 2):
        one = by_rule[rule]
        assert one["sebab"] and one["perbaikan"] and str(line) in one["tempat"].replace("–", " "), rule
        for value in changes.values():
            assert not (len(value) > 7 and value in json.dumps(told)), rule


def test_the_account_closes_and_nothing_is_taken_in_twice(field: Field, person: dict[str, str]) -> None:
    taken = field.returned("verivali", field.row("verivali", person), field.row("verivali", person, NOMOR="V2", HASIL="?"))
    assert taken.rows == taken.events + taken.refused == 2
    assert field.take() == []


def test_a_killed_intake_is_finished_by_the_next_one(
    field: Field, person: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    field.send("verivali", [field.row("verivali", person)])

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("padanan.records.log.Log.append", dies)
        with pytest.raises(KeyboardInterrupt):
            field.take()
    assert field.state(person["id"]) is None
    assert [fault.cause for fault in faults_of_events(field.home, load_feedback())[1]] == [
        "peristiwa belum terdaftar: prosesnya mati sebelum mencatatnya"
    ]
    (taken,) = field.take()
    assert taken.events == 1
    assert field.state(person["id"]) is not None


def test_a_delivery_that_was_changed_keeps_no_other_waiting(field: Field, person: dict[str, str]) -> None:
    """One damaged file, first in the queue, stopped whatever came after it, of every kind, until somebody mended it."""
    field.send("verivali", [field.row("verivali", person, NOMOR="RUSAK")], name="rusak")
    (part,) = field.home.root.glob("landing/verivali/*/*/part.parquet")
    field.send("verivali", [field.row("verivali", person, NOMOR="UTUH")], name="utuh")
    field.send("kesiapan", [field.row("kesiapan", person)])
    content = part.read_bytes()
    part.chmod(0o600)
    part.write_bytes(content + b" ")
    with pytest.raises(PadananError, match="2 kiriman lain yang menunggu sudah diambil"):
        field.take()
    assert [item["folder"] for _, item in waiting(field.home, load_feedback())] == [part.parent]
    part.write_bytes(content)
    (late,) = field.take()
    assert late.events == 1


def test_changed_events_are_refused(field: Field, person: dict[str, str]) -> None:
    taken = field.returned("verivali", field.row("verivali", person))
    path = folder_of(field.home, "verivali", taken.sha16) / EVENTS
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(PadananError, match="berubah"):
        field.state(person["id"])


def test_who_is_unknown_is_kept_as_a_newcomer_the_same_one_in_each_file(field: Field) -> None:
    stranger = {"NAMA": "Orang Belum Tercatat", "TANGGAL LAHIR": "01/02/1970"}
    first = field.returned("verivali", field.row("verivali", stranger))
    second = field.returned("muskel", field.row("muskel", stranger))
    (seen,), (proposed,) = field.events(first), field.events(second)
    assert (seen["cara"], seen["id_orang"]) == ("baru", proposed["id_orang"])
    found = field.state(seen["id_orang"])
    assert found is not None and found["boleh_masuk"] is True


def test_a_number_that_names_somebody_else_waits_for_a_person(field: Field) -> None:
    one, other = field.people(2)
    taken = field.returned("verivali", field.row("verivali", {**other, "NIK": one["NIK"]}, HASIL="MENINGGAL"))
    assert taken.disputed == 1
    assert field.state(one["id"]) is None


def test_an_identifier_of_the_worklist_finds_a_person_without_nik(field: Field, person: dict[str, str]) -> None:
    taken = field.returned("verivali", field.row("verivali", {"NAMA": person["NAMA"]}, **{"ID ORANG": person["id"]}))
    (one,) = field.events(taken)
    assert (one["id_orang"], one["cara"]) == (person["id"], "id_orang")


@pytest.mark.feature("F23")
def test_an_answer_for_a_day_stays_whatever_is_recorded_later(field: Field, person: dict[str, str]) -> None:
    field.returned("verivali", field.row("verivali", person))
    known = date(2025, 12, 5)
    before = field.state(person["id"], known_at=known)
    field.returned(
        "verivali",
        field.row("verivali", person, NOMOR="V2", VERIFIKATOR="DINSOS", HASIL="MENINGGAL"),
        came=datetime(2025, 12, 20, tzinfo=JAKARTA),
    )
    assert field.state(person["id"], known_at=known) == before
    assert field.state(person["id"])["konflik"] is True  # type: ignore[index]


def test_deaths_and_payments_are_compared_with_what_came_before(field: Field, person: dict[str, str]) -> None:
    field.returned("lampid", field.row("lampid", person, PERISTIWA="MATI"))
    later = field.returned(
        "lampid", field.row("lampid", person, NOMOR="L2", PERISTIWA="MATI", **{"TANGGAL PERISTIWA": "09/11/2025"})
    )
    assert field.faults(later) == {2: {"mati_dua_kali"}}
    paid = field.returned(
        "realisasi",
        field.row("realisasi", person),
        field.row("realisasi", person, **{"NOMOR TRANSAKSI": "R2"}),
    )
    assert field.faults(paid) == {2: {"bayar_ganda", "tercatat_sesudah_mati"}, 3: {"bayar_ganda", "tercatat_sesudah_mati"}}
    again = field.returned("realisasi", field.row("realisasi", person, **{"NOMOR TRANSAKSI": "R3"}))
    assert "bayar_ganda" in field.faults(again)[2]


def test_a_number_used_again_with_another_content_is_named(field: Field, person: dict[str, str]) -> None:
    field.returned("verivali", field.row("verivali", person))
    again = field.returned("verivali", field.row("verivali", person, HASIL="MENINGGAL"))
    assert field.faults(again) == {2: {"nomor_sudah_dipakai"}}
    assert field.state(person["id"]) is None


def test_the_same_file_sent_as_another_month_counts_once(field: Field, person: dict[str, str]) -> None:
    field.returned("realisasi", field.row("realisasi", person))
    field.returned(
        "realisasi",
        field.row("realisasi", person),
        field.row("realisasi", person, **{"NOMOR TRANSAKSI": "R2", "MASA": "2025-10"}),
    )
    assert field.state(person["id"])["rupiah"] == 600_000  # type: ignore[index]


def test_a_ticket_without_a_name_is_a_record(field: Field) -> None:
    other = field.row("pengaduan", **{"NOMOR TIKET": "P2", "KANAL": "LURAH"})
    taken = field.returned("pengaduan", field.row("pengaduan"), other)
    assert (taken.rows, taken.events) == (2, 2)
    assert {one["id_orang"] for one in field.events(taken)} == {None}


def test_whom_a_row_speaks_of_does_not_depend_on_what_else_waits(field: Field, tmp_path: Path) -> None:
    """Records are read once for all that waits; a delivery is still judged by those that its own rows name."""
    people = field.people(400)
    by_nik = [field.row("verivali", one, NOMOR=f"N{n}") for n, one in enumerate(people)]
    by_id = [field.row("verivali", {"ID ORANG": one["id"]}, NOMOR=f"I{n}") for n, one in enumerate(people)]
    field.send("verivali", by_nik, name="nik")
    field.send("verivali", by_id, name="id")
    field.send("kesiapan", [field.row("kesiapan", one, NOMOR=f"K{n}") for n, one in enumerate(people[:50])])
    copy = Home(tmp_path / "bersama")
    shutil.copytree(field.home.root, copy.root)
    apart = [one for _, item in waiting(field.home, load_feedback()) for one in take_all(field.home, sha16=item["sha16"])]
    together = take_all(copy)
    assert len(apart) == len(together) == 3
    for left, right in zip(apart, together, strict=True):
        for name in (EVENTS, FAULTS):
            mine, yours = (
                folder_of(home, one.contract_id, one.sha16) / name for home, one in ((field.home, left), (copy, right))
            )
            assert mine.read_bytes() == yours.read_bytes(), name


def test_who_takes_back_another_agency_s_number_is_told_and_nothing_is_taken_back(field: Field, person: dict[str, str]) -> None:
    field.returned("verivali", field.row("verivali", person, NOMOR="V1", HASIL="MENINGGAL"))
    taken = field.returned(
        "verivali",
        field.row("verivali", person, NOMOR="V2", VERIFIKATOR="DINSOS", HASIL="TIDAK DITEMUKAN", MEMBATALKAN="V1"),
        field.row("verivali", person, NOMOR="V3", VERIFIKATOR="DISDUKCAPIL", HASIL="TIDAK DITEMUKAN", MEMBATALKAN="V9"),
        field.row("verivali", person, NOMOR="V4", VERIFIKATOR="DISDUKCAPIL", HASIL="TIDAK DITEMUKAN", MEMBATALKAN="V3"),
    )
    assert field.faults(taken) == {2: {"membatalkan_milik_lain"}, 3: {"membatalkan_tak_dikenal"}}
    assert (field.state(person["id"]) or {})["meninggal_terverifikasi"] is True
