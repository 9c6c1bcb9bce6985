"""`worklist check`: right and wrong lines told apart, each fault with sheet, row, cell, cause and cure, all at once."""

from __future__ import annotations

import re
from datetime import date, datetime

import openpyxl
import pytest

from padanan.base.errors import PadananError
from padanan.forms.answers import Refused, date_of, nik_of, word_of
from padanan.review.worklist import book
from padanan.review.worklist.findings import read_back
from tests.review.worklist_by_hand import STAMP, TODAY, person, type_into, write

NIK = "3171010101010001"
WHO = {"tanggal": "12-1-2026", "petugas": "Siti Kader"}
V, S, P = "Verifikasi", "Validasi", "Perbaikan sumber"
RIGHT = [
    (V, {"hasil": "ditemukan", **WHO}, {"hasil": "ditemukan", "tanggal": "2026-01-12"}),
    (V, {"hasil": "ditemukan", "nik_benar": NIK, **WHO}, {"nik_benar": NIK}),
    (V, {"hasil": "ditemukan", "nik_benar": "3171 0101 0101 0001", **WHO}, {"nik_benar": NIK}),
    (V, {"hasil": "tidak ditemukan", **WHO}, {"hasil": "tidak_ditemukan"}),
    (V, {"hasil": " Tidak  DITEMUKAN ", **WHO}, {"hasil": "tidak_ditemukan"}),
    (V, {"hasil": "tidak_ditemukan", **WHO}, {"hasil": "tidak_ditemukan"}),
    (V, {"hasil": "Meninggal", "tanggal": "12 Januari 2026", "petugas": "Ani"}, {"hasil": "meninggal", "tanggal": "2026-01-12"}),
    (V, {"hasil": "pindah", "tanggal": "12/01/2026", "petugas": "Siti", "alamat_benar": "Jl. Mawar 12, Depok"},
     {"tanggal": "2026-01-12", "alamat_benar": "Jl. Mawar 12, Depok"}),
    (V, {"hasil": "menolak", "tanggal": datetime(2026, 1, 12), "petugas": "Siti", "catatan": "minta surat tugas"},
     {"tanggal": "2026-01-12", "catatan": "minta surat tugas"}),
    (V, {"hasil": "ditemukan", "tanggal": "12.01.2026", "petugas": "Siti"}, {"tanggal": "2026-01-12"}),
    (V, {"hasil": "ditemukan", "tanggal": "3 Peb 2026", "petugas": "Siti"}, {"tanggal": "2026-02-03"}),
    (V, {"hasil": "ditemukan", "tanggal": "28 Feb 2026", "petugas": "Siti"}, {"tanggal": "2026-02-28"}),
    (V, {"hasil": "ditemukan", "tanggal": "2025-12-15", "petugas": "Siti"}, {"tanggal": "2025-12-15"}),
    (S, {"hasil": "Tidak Layak", "domisili": "YA", **WHO}, {"hasil": "tidak_layak", "domisili": "ya"}),
    (S, {"hasil": "perlu-ditinjau", **WHO}, {"hasil": "perlu_ditinjau"}),
    (P, {"hasil": "sudah benar", **WHO}, {"hasil": "sudah_benar"}),
]  # fmt: skip
WRONG = [
    (V, {"hasil": "meninggal"}, {"tanggal": "hasil meninggal tanpa tanggal", "petugas": "hasil meninggal tanpa nama petugas"}),
    (V, {"hasil": "meninggal", "tanggal": "12-1-2026"}, {"petugas": "hasil meninggal tanpa nama petugas"}),
    (V, {"hasil": "meninggal", "petugas": "Siti"}, {"tanggal": "hasil meninggal tanpa tanggal"}),
    (V, {"hasil": "ditemukan", "nik_benar": "317101010101000", **WHO}, {"nik_benar": "NIK 15 angka"}),
    (V, {"hasil": "ditemukan", "nik_benar": "31710101010100012", **WHO}, {"nik_benar": "NIK 17 angka"}),
    (V, {"hasil": "ditemukan", "nik_benar": 3171010101010001, **WHO}, {"nik_benar": "angka terakhirnya dapat hilang"}),
    (V, {"hasil": "ditemukan", "nik_benar": 3.17101010101e15, **WHO}, {"nik_benar": "angka terakhirnya dapat hilang"}),
    (V, {"hasil": "ditemukan", "nik_benar": "3171O10101010001", **WHO}, {"nik_benar": "selain angka"}),
    (V, {"hasil": "ditemukan", "nik_benar": "'" + NIK, **WHO}, {"nik_benar": "selain angka"}),
    (V, {"hasil": "ditemukan", "nik_benar": "0" * 16, **WHO}, {"nik_benar": "satu angka yang diulang"}),
    (V, {"hasil": "ditemukan", "tanggal": "kemarin", "petugas": "Siti"}, {"tanggal": "bukan tanggal"}),
    (V, {"hasil": "ditemukan", "tanggal": "01/13/2026", "petugas": "Siti"}, {"tanggal": "bulan lebih dulu"}),
    (V, {"hasil": "ditemukan", "tanggal": "12-1-26", "petugas": "Siti"}, {"tanggal": "tahun ditulis dua angka"}),
    (V, {"hasil": "ditemukan", "tanggal": "12 Januari", "petugas": "Siti"}, {"tanggal": "bukan tanggal"}),
    (V, {"hasil": "ditemukan", "tanggal": "12 Foo 2026", "petugas": "Siti"}, {"tanggal": "nama bulan tidak dikenal"}),
    (V, {"hasil": "ditemukan", "tanggal": "30-2-2026", "petugas": "Siti"}, {"tanggal": "tidak ada di kalender"}),
    (V, {"hasil": "ditemukan", "tanggal": 46034, "petugas": "Siti"}, {"tanggal": "angka, bukan tanggal"}),
    (V, {"hasil": "ditemukan", "tanggal": "20260112", "petugas": "Siti"}, {"tanggal": "bukan tanggal"}),
    (V, {"hasil": "ditemukan", "tanggal": "1-3-2026", "petugas": "Siti"}, {"tanggal": "sesudah 28 Februari 2026"}),
    (V, {"hasil": "ditemukan", "tanggal": "14-12-2025", "petugas": "Siti"}, {"tanggal": "sebelum 15 Desember 2025"}),
    (V, {"hasil": "ditemukan", "tanggal": "1-2-2026 atau 2-2-2026", "petugas": "Siti"}, {"tanggal": "bukan tanggal"}),
    (V, {"hasil": "tdk ditemukan", **WHO}, {"hasil": "bukan salah satu pilihan"}),
    (V, {"hasil": "layak", **WHO}, {"hasil": "bukan salah satu pilihan"}),
    (V, {"nik_benar": NIK, **WHO}, {"hasil": "baris terisi tanpa hasil"}),
    (V, {"hasil": "ditemukan", "tanggal": "12-1-2026", "petugas": "?"}, {"petugas": "nama petugas tidak terbaca"}),
    (V, {"hasil": "ditemukan", "tanggal": "12-1-2026", "petugas": NIK}, {"petugas": "nomor panjang"}),
    (V, {"hasil": "ditemukan", "catatan": f"NIK {NIK}", **WHO}, {"catatan": "nomor panjang"}),
    (V, {"hasil": "ditemukan", "catatan": "=1+1", **WHO}, {"catatan": "rumus"}),
    (S, {"hasil": "layak", "domisili": "mungkin", **WHO}, {"domisili": "bukan salah satu pilihan"}),
    (P, {"hasil": "diperbaiki", "tanggal": "12-1-2026"}, {"petugas": "hasil diperbaiki tanpa nama petugas"}),
]  # fmt: skip


CASES = [*RIGHT, *WRONG]
PLACES = [(sheet, 3 + sum(one[0] == sheet for one in CASES[:number])) for number, (sheet, _, _) in enumerate(CASES)]


@pytest.fixture(scope="module")
def all_at_once(tmp_path_factory):
    """One workbook with every case in a line of its own, read once."""
    folder = tmp_path_factory.mktemp("temuan")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_HOME", str(folder / "data"))
        patch.setenv("PADANAN_KEY_FILE", str(folder / "key"))
        path = write(folder, [person(number) for number in range(1, len(CASES) + 1)], corrections=4)
        workbook = openpyxl.load_workbook(path)
        for (sheet, row), (_, values, _) in zip(PLACES, CASES, strict=True):
            type_into(workbook, sheet, row, **values)
        workbook.save(path)
        return read_back(path, STAMP, TODAY)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    return write(tmp_path)


@pytest.mark.feature("F24")
@pytest.mark.parametrize("number", range(len(RIGHT)))
def test_a_right_line_is_taken_as_it_was_meant(all_at_once, number):
    (sheet, row), told = PLACES[number], RIGHT[number][2]
    (finding,) = [item for item in all_at_once.findings if (item.sheet, item.row) == (sheet, row)]
    assert {name: finding.answers[name] for name in told} == told
    task = f"{'sumber' if sheet == P else 'tugas'}-{row - 2}"
    assert finding.tasks == (task,), "the sheet for the machine says which tasks"


@pytest.mark.feature("F24")
@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_wrong_line_is_named_by_cell_with_its_cure_and_without_its_value(all_at_once, number):
    (sheet, row), causes = PLACES[len(RIGHT) + number], WRONG[number][2]
    assert (sheet, row) in all_at_once.wrong
    assert not [item for item in all_at_once.findings if (item.sheet, item.row) == (sheet, row)]
    layout = book.layouts()[sheet]
    places = {f"lembar {sheet} baris {row} sel {layout.cell(column, row)}": cause for column, cause in causes.items()}
    faults = [fault for fault in all_at_once.faults if fault.place.startswith(f"lembar {sheet} baris {row} ")]
    assert [fault.place for fault in faults] == list(places)
    for fault in faults:
        assert places[fault.place] in fault.cause and len(fault.cure) > 10
        shown = str(fault.error("berkas.xlsx"))
        assert not re.search(r"\d{9,}", shown) and "Siti" not in shown


@pytest.mark.feature("F24")
def test_all_faults_of_a_file_at_once_and_the_right_lines_beside_them(all_at_once):
    """One reading tells everything: whoever mends the file is not sent round once for each cell."""
    assert len(all_at_once.faults) == sum(len(causes) for _, _, causes in WRONG) > 25
    assert len(all_at_once.wrong) == len(WRONG) and len(all_at_once.findings) == len(RIGHT)


def test_a_line_twice_and_a_line_of_another_file_are_no_answers(path, tmp_path):
    other = tmp_path / "lain"
    other.mkdir()
    strange = write(other, [person(number) for number in range(60, 62)])
    workbook, source = openpyxl.load_workbook(path), openpyxl.load_workbook(strange)
    for target, cells in ((5, workbook[V][3]), (6, source[V][3])):
        for cell in cells:
            workbook[V].cell(target, cell.column, cell.value)
    workbook.save(path)
    read = read_back(path, STAMP, TODAY)
    assert [(fault.place, fault.cause) for fault in read.faults] == [
        ("lembar Verifikasi baris 5", "baris ini sama dengan baris 3"),
        ("lembar Verifikasi baris 6", "baris ini berasal dari berkas lain"),
    ]


def test_a_file_that_nobody_filled_in_is_right_and_empty(path):
    read = read_back(path, STAMP, TODAY)
    assert (read.findings, read.faults, read.wrong) == ((), (), frozenset())


def test_a_heading_that_was_changed_refuses_the_file(path):
    workbook = openpyxl.load_workbook(path)
    workbook[V]["A2"] = "Rumah"
    workbook.save(path)
    with pytest.raises(PadananError, match="judul kolom berubah"):
        read_back(path, STAMP, TODAY)


def test_nothing_is_guessed():
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    assert date_of("1 desember 2026", first, last) == date(2026, 12, 1) == date_of(datetime(2026, 12, 1, 9), first, last)
    for value in (True, 1.5, "", "12/01-2026", "besok", "2026-13-01"):
        with pytest.raises(Refused):
            date_of(value, first, last)
    with pytest.raises(Refused, match="bukan salah satu") as refused:
        word_of("tidak ditemukn", ("ditemukan", "tidak_ditemukan"))
    assert "tidak ditemukan" in refused.value.cure, "offered, never taken"
    with pytest.raises(Refused, match="sebagai angka"):
        nik_of(3171010101010001)
