"""What people who tried to break the cycle found: each of these was taken for right, or counted twice, before."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from padanan.feedback.objections import record
from padanan.records import returned
from padanan.records.refusal import Refusal
from padanan.records.scans import read_scan
from tests.feedback.field import Field
from tests.papers import pdf


@pytest.mark.feature("F25")
@pytest.mark.parametrize(
    "kind, changes",
    [
        ("verivali", {"HASIL": "MENINGGAL"}),
        ("verivali", {"HASIL": "PINDAH"}),
        ("muskel", {"USULAN": "KELUAR", "HASIL": "TIDAK LAYAK"}),
        ("lampid", {"PERISTIWA": "MATI"}),
    ],
)
def test_a_nik_with_another_name_takes_nobody_off_though_the_birth_day_agrees(
    field: Field, kind: str, changes: dict[str, str]
) -> None:
    """A NIK holds the birth date: whose NIK differs by one digit was born on the same day."""
    one = field.people(1)[0]
    wrong = field.returned(kind, {**field.row(kind, one), **changes, "NAMA": "ZULKIFLI WARGADIREJA"})
    assert "nik_orang_lain" in field.faults(wrong)[2]
    found = field.state(one["id"]) or {}
    seen = ("meninggal_terverifikasi", "meninggal_tercatat", "verivali_hasil", "muskel_hasil")
    assert not found or not any(found[name] for name in seen)


@pytest.mark.feature("F25")
def test_a_visit_that_found_somebody_under_another_name_is_theirs(field: Field) -> None:
    """A nickname on a visit takes nothing away; the birth day beside the NIK is enough there."""
    one = field.people(1)[0]
    taken = field.returned("verivali", {**field.row("verivali", one), "NAMA": "ZULKIFLI WARGADIREJA"})
    assert field.faults(taken) == {}
    assert (field.state(one["id"]) or {})["verivali_hasil"] == "ditemukan"


@pytest.mark.feature("F25")
def test_dead_and_in_need_of_help_at_once_is_sent_back(field: Field) -> None:
    one = field.people(1)[0]
    taken = field.returned("verivali", field.row("verivali", one, HASIL="MENINGGAL", PERLU_SEGERA="YA"))
    assert "segera_bertentangan" in field.faults(taken)[2] and taken.refused == 1
    assert not (field.state(one["id"]) or {}).get("meninggal_terverifikasi")


@pytest.mark.feature("F36")
@pytest.mark.parametrize(
    "number, rule",
    [
        ("3171 0141 0170 0001", "nomor_memuat_nik"),
        ("317101.410170.0001", "nomor_memuat_nik"),
        ("JK/3171-0141-0170-0001", "nomor_memuat_nik"),
        ("SITI AMINAH BINTI KARTO", "nomor_tanpa_angka"),
        ("2025-11-12-0512-0001", None),
        ("JAKI/2025/11/0001234567", None),
        ("T-900", None),
    ],
)
def test_a_ticket_is_called_by_a_number_and_nobodys_nik(field: Field, number: str, rule: str | None) -> None:
    taken = field.returned("pengaduan", field.row("pengaduan", NOMOR_TIKET=number))
    assert field.faults(taken).get(2, set()) & {"nomor_memuat_nik", "nomor_tanpa_angka"} == ({rule} if rule else set())


@pytest.mark.feature("F29")
def test_two_intakes_at_once_take_a_delivery_once(field: Field) -> None:
    people = field.people(3)
    rows = [field.row("realisasi", one, NOMOR_TRANSAKSI=f"R{number}") for number, one in enumerate(people)]
    assert field.send("realisasi", rows).status == "diterima"
    start, found, failed = threading.Barrier(2), list[Any](), list[BaseException]()

    def take() -> None:
        try:
            start.wait()
            found.extend(field.take())
        except BaseException as error:
            failed.append(error)

    both = [threading.Thread(target=take) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert not failed and [one.events for one in found] == [3]
    assert [int(one["peristiwa"]) for one in returned.taken(field.home, "realisasi")] == [3]


@pytest.mark.feature("F37")
def test_the_same_objection_twice_is_said(field: Field) -> None:
    given = {
        "arah": "sanggah", "dari": "warga", "id_orang": field.people(1)[0]["id"], "cara": "nik", "tiket": None,
        "day": date(2025, 11, 20), "days": 14, "by": "contoh.pengusul", "reason": "tetangga melihat rumahnya sudah lama dijual",
    }  # fmt: skip
    from tests.feedback.field import CAME

    first = record(field.home, **given, now=CAME)
    with pytest.raises(Refusal, match=f"sudah dicatat sebagai {first.nomor}"):
        record(field.home, **given, now=CAME)
    record(field.home, **{**given, "day": date(2025, 11, 21)}, now=CAME)


@pytest.mark.feature("F15")
@pytest.mark.parametrize("name", ["surat.pdf", "./surat.pdf", "../luar/surat.pdf"])
def test_a_scan_is_found_from_where_one_stands(name: str, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "luar").mkdir()
    (tmp_path / "luar" / "surat.pdf").write_bytes(pdf("7/Disdik/2025"))
    monkeypatch.chdir(tmp_path / "luar")
    assert read_scan(field.home, Path(name))["halaman"] == "1"
