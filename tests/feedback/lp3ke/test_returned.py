"""Matrices that come back: every kind of fault named by its cell, several at once, nothing recorded of a faulty file."""

import json

import openpyxl
import pyarrow.parquet as pq
import pytest

from padanan.base.errors import PadananError
from padanan.base.period import Quarter
from padanan.cli import main
from padanan.feedback.lp3ke.accept import accept
from padanan.feedback.lp3ke.isian import read_isian
from padanan.feedback.lp3ke.make import make
from padanan.records import reports
from tests.distribution.decree_by_hand import PERIODE
from tests.feedback.lp3ke.conftest import NOW, QUARTER
from tests.feedback.lp3ke.filled import heads, opened, right

GAMBIR = "matriks-3-31.71.01.1001-gambir"
PLACES = {1: "matriks-1", 2: "matriks-2", 3: GAMBIR, 4: "matriks-4"}
NIK_OK = "3171014501900003"


def returned(made, number, tmp_path, change=None, name="kembali.xlsx"):
    path = right(number, made.folder / f"{PLACES[number]}.xlsx", tmp_path / name, change)
    return accept(made.home, path, QUARTER, by="Siti Petugas", now=NOW)


def put(column, value, line=0):
    """A change of one cell, by its letter and how many rows below the headings it stands."""
    return lambda sheet, first: sheet.__setitem__(f"{column}{first + line}", value)


def both(*changes):
    def change(sheet, first):
        for one in changes:
            one(sheet, first)

    return change


def blank_ticks(sheet, first):
    sheet[f"B{first + 1}"] = sheet[f"C{first + 1}"] = None


# matrix, change, the cell (`+n` below the headings), what is said of it.
FAULTS = {
    "Ya dan Tidak": (1, both(put("B", "√", 1), put("C", "√", 1)), "C+1", "Ya dan Tidak keduanya diisi"),
    "belum dijawab": (1, blank_ticks, "B+1", "Ya atau Tidak belum diisi"),
    "tanda lain": (1, both(put("C", None, 1), put("B", "mungkin", 1)), "B+1", "bukan tanda centang"),
    "judul diisi": (1, put("D", "Bappeda"), "D+0", "baris judul diisi"),
    "NIK di keterangan": (1, put("F", "lihat 3171014501900003", 1), "F+1", "teks memuat nomor panjang"),
    "butir diubah": (1, put("A", "a. Tidak perlu.", 1), "A+1", "sel terkunci berubah"),
    "tujuan 4": (2, put("B", 4), "B+0", "tujuan program di luar 1 sampai 3"),
    "tujuan kata": (2, put("B", "beban"), "B+0", "tujuan program di luar 1 sampai 3"),
    "alokasi teks": (2, put("G", "Rp 1.500.000"), "G+0", "alokasi tersimpan sebagai teks"),
    "alokasi teks angka": (2, put("G", "1500000"), "G+0", "alokasi tersimpan sebagai teks"),
    "alokasi pecahan": (2, put("G", 1500000.5), "G+0", "bukan rupiah bulat"),
    "alokasi negatif": (2, put("G", -1), "G+0", "di luar kewajaran"),
    "waktu tanpa Ya": (2, put("M", "Oktober"), "M+0", "tidak menyebut Ya atau Tidak"),
    "bulan lain": (2, put("M", "Ya, Maret"), "M+0", "di luar Triwulan IV Tahun 2025"),
    "Tidak berbulan": (2, put("M", "Tidak, Oktober"), "M+0", "Tidak disertai bulan"),
    "tanpa waktu": (2, put("M", None), "M+0", "baris terisi tanpa waktu penyaluran"),
    "kegiatan tanpa program": (
        2,
        both(put("F", "Pelatihan", 20), put("B", 2, 20), put("C", "Dinas Lain", 20), put("M", "Tidak", 20)),
        "E+20",
        "baris terisi tanpa program",
    ),
    "nomor diubah": (2, put("A", "99."), "A+0", "sel terkunci berubah"),
    "rumus": (2, put("G", "=1+1"), "G+0", "sel berisi rumus"),
    "NIK 15 angka": (3, put("E", "317101450190000"), "E+0", "NIK 15 angka"),
    "NIK angka": (3, put("E", 3171014501900003), "E+0", "NIK tersimpan sebagai angka"),
    "NIK bertanggal salah": (3, put("E", "3171013513900003"), "E+0", "tanggal lahir di dalam NIK tidak ada"),
    "NIK berakhir nol": (3, put("E", "3171014501900000"), "E+0", "bukan nomor siapa pun"),
    "NIK terkunci": (3, put("D", "3171014501900003"), "D+0", "sel terkunci berubah"),
    "nama terkunci": (3, put("C", "NAMA LAIN"), "C+0", "sel terkunci berubah"),
    "ID terkunci": (3, put("B", "IND-0"), "B+0", "sel terkunci berubah"),
    "kelamin lain": (3, put("F", "pria"), "F+0", "bukan salah satu pilihan"),
    "hubungan lain": (3, put("G", "Sahabat"), "G+0", "bukan salah satu pilihan"),
    "verifikasi lain": (3, put("H", "tidak ditemukan"), "H+0", "bukan salah satu pilihan"),
    "ditetapkan kosong": (3, put("I", None), "I+0", "Ya atau Tidak belum diisi"),
    "program mungkin": (3, put("J", "mungkin"), "J+0", "bukan salah satu pilihan"),
    "program kosong": (3, put("K", None), "K+0", "Ya atau Tidak belum diisi"),
    "tanpa perangkat daerah": (4, put("B", None), "B+0", "baris terisi tanpa perangkat daerah"),
}


@pytest.mark.feature("F40")
@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_is_named_by_its_cell_with_its_cure(made, tmp_path, kind):
    number, change, cell, cause = FAULTS[kind]
    letter, _, line = cell.partition("+")
    _, sheet = opened(made.folder / f"{PLACES[number]}.xlsx")
    place = f"lembar Matriks {number} sel {letter}{heads(sheet)['row'] + 1 + int(line)}"
    taken = returned(made, number, tmp_path, change)
    assert [(fault.place, cause in fault.cause) for fault in taken.faults] == [(place, True)], [
        (fault.place, fault.cause) for fault in taken.faults
    ]
    assert taken.faults[0].cure and taken.record is None
    assert reports.accepted(made.home, QUARTER) == {}


@pytest.mark.feature("F39")
def test_every_fault_of_a_file_is_named_at_once_and_no_value_of_it(made, tmp_path, capsys):
    change = both(put("B", 9), put("G", "Rp 7", 1), put("M", "besok", 2), put("A", "x", 3))
    path = right(2, made.folder / "matriks-2.xlsx", tmp_path / "b.xlsx", change)
    assert main(["lp3ke", "accept", str(path), "--quarter", "2025-TW4", "--by", "Siti"]) == 1
    said = capsys.readouterr()
    first = heads(opened(path)[1])["row"] + 1
    for cell in (f"B{first}", f"G{first + 1}", f"M{first + 2}", f"A{first + 3}"):
        assert f"lembar Matriks 2 sel {cell}:" in said.err
    assert "4 kesalahan" in said.out and "besok" not in said.err and said.err.count("Perbaikan:") == 4


@pytest.mark.feature("F40")
def test_a_nik_that_was_typed_wrong_never_stands_in_a_message(made, tmp_path, capsys):
    path = right(3, made.folder / f"{GAMBIR}.xlsx", tmp_path / "c.xlsx", both(put("E", "3171990000000001"), put("D", NIK_OK, 1)))
    assert main(["lp3ke", "accept", str(path), "--quarter", "2025-TW4", "--by", "Siti"]) == 1
    said = capsys.readouterr()
    assert "3171990000000001" not in said.err + said.out and NIK_OK not in said.err + said.out


def test_a_corrected_nik_that_equals_the_printed_one_is_refused(made, tmp_path):
    _, sheet = opened(made.folder / f"{GAMBIR}.xlsx")
    first = heads(sheet)["row"] + 1
    rows = [row for row in range(first, sheet.max_row + 1) if sheet.cell(row, 4).value]
    # The hand-made numbers hold no real day: one whose printed number is a whole NIK is made here, with its own seal.
    from padanan.feedback.lp3ke.returned import _m3
    from padanan.forms.answers import Refused
    from padanan.forms.sealed_book import Row

    with pytest.raises(Refused, match="sama dengan NIK kolom"):
        _m3("nik_benar", NIK_OK, Row(1, {"nik": NIK_OK}, ""))
    assert _m3("nik_benar", NIK_OK, Row(1, {"nik": str(sheet.cell(rows[0], 4).value)}, "")) == NIK_OK


@pytest.mark.parametrize("number", PLACES)
def test_changed_headings_refuse_the_file_and_name_the_cell(made, tmp_path, number):
    _, sheet = opened(made.folder / f"{PLACES[number]}.xlsx")
    last = heads(sheet)["row"]
    top = next(row for row in range(3, last) if sheet.cell(row, 3).value or sheet.cell(row, 2).value)
    for row, column in ((last, 2), (top, 2)):

        def change(sheet, first, row=row, column=column):
            sheet.cell(row, column).value = "lain"

        with pytest.raises(PadananError, match="judul kolom berubah") as refused:
            returned(made, number, tmp_path, change)
        assert refused.value.place == f"sel B{row}"


def test_a_changed_title_is_a_fault_of_its_cell(made, tmp_path):
    taken = returned(made, 1, tmp_path, lambda sheet, first: sheet.__setitem__("A2", "Provinsi Lain"))
    assert [(fault.place, fault.cause) for fault in taken.faults] == [("lembar Matriks 1 sel A2", "judul matriks berubah")]


def test_removed_added_doubled_and_reordered_rows_are_named(made, tmp_path):
    def swapped(sheet, first):
        for column in range(1, sheet.max_column + 1):
            one, other = sheet.cell(first + 1, column), sheet.cell(first + 2, column)
            one.value, other.value = other.value, one.value

    def doubled(sheet, first):
        for column in range(1, sheet.max_column + 1):
            sheet.cell(sheet.max_row if column > 1 else sheet.max_row + 1, column).value = sheet.cell(first, column).value

    def added(sheet, first):
        sheet.cell(sheet.max_row + 1, 1).value = "99."
        sheet.cell(sheet.max_row, 2).value = "Dinas Lain"

    def faults(change):
        return [
            (fault.place.removeprefix("lembar Matriks 4 "), fault.cause) for fault in returned(made, 4, tmp_path, change).faults
        ]

    _, sheet = opened(made.folder / "matriks-4.xlsx")
    first, last = heads(sheet)["row"] + 1, sheet.max_row
    assert faults(lambda sheet, first: sheet.delete_rows(first + 2, 2)) == [(f"sesudah baris {first + 1}", "2 baris hilang")]
    assert faults(lambda sheet, first: sheet.delete_rows(first, 1)) == [(f"sesudah baris {first - 1}", "1 baris hilang")]
    assert faults(lambda sheet, first: sheet.delete_rows(last, 1)) == [(f"sesudah baris {last - 1}", "1 baris hilang")]
    assert faults(swapped) == [(f"sel A{first + 2}", "urutan baris berubah")]
    assert faults(doubled) == [(f"sel A{last + 1}", f"baris ini sama dengan baris {first}")]
    assert faults(added) == [(f"sel A{last + 1}", "sel terkunci kosong: baris ini ditambahkan")]


def test_a_file_of_another_quarter_edition_or_workbook_is_refused(made, tmp_path):
    path = made.folder / "matriks-4.xlsx"
    with pytest.raises(PadananError, match="berkas ini dari 2025-TW4, yang diminta 2025-TW3"):
        accept(made.home, path, Quarter(2025, 3), by="Siti", now=NOW)
    make(made.home, QUARTER, now=NOW)
    with pytest.raises(PadananError, match="edisi ke-1, yang terakhir dibuat edisi ke-2"):
        accept(made.home, path, QUARTER, by="Siti", now=NOW)
    other = openpyxl.Workbook()
    other.save(tmp_path / "lain.xlsx")
    with pytest.raises(PadananError, match="lembar Matriks tidak ada"):
        accept(made.home, tmp_path / "lain.xlsx", QUARTER, by="Siti", now=NOW)
    other.active.title = "Matriks 1"
    other.save(tmp_path / "lain.xlsx")
    with pytest.raises(PadananError, match="bukan buku kerja LP3KE"):
        accept(made.home, tmp_path / "lain.xlsx", QUARTER, by="Siti", now=NOW)


def test_rows_of_another_kelurahan_are_not_taken(made, tmp_path):
    """Sealed rows of one workbook, pasted into another: each is genuine, none belongs here."""
    stranger = next(path for path in made.folder.glob("matriks-3-31.75*.xlsx"))
    _, other = opened(stranger)
    copied = [
        [cell.value for cell in row] for row in other.iter_rows(min_row=heads(other)["row"] + 1, max_row=heads(other)["row"] + 1)
    ]

    def pasted(sheet, first):
        for column, value in enumerate(copied[0], 1):
            sheet.cell(first, column).value = value

    causes = [fault.cause for fault in returned(made, 3, tmp_path, pasted).faults]
    assert causes == ["baris ini berasal dari berkas lain", "1 baris hilang"]


@pytest.mark.feature("F38")
def test_right_matrices_are_recorded_with_name_time_and_hash_once(made, tmp_path):
    for number in (1, 2, 4):
        taken = returned(made, number, tmp_path, name=f"k{number}.xlsx")
        assert taken.faults == () and not taken.again
        assert taken.record["oleh"] == "Siti Petugas" and taken.record["waktu"] == NOW.isoformat()
        again = accept(made.home, tmp_path / f"k{number}.xlsx", QUARTER, by="Orang Lain", now=NOW)
        assert again.again and again.record["oleh"] == "Siti Petugas"
    assert len(reports.records_of(made.home, QUARTER, reports.ACCEPTED)) == 3
    records = reports.accepted(made.home, QUARTER)
    said = records["matriks-1"]["jawaban"]["1a"]
    assert said.pop("pihak") == "Bappeda" and list(said.values()) == ["√"] and set(said) < {"ya", "tidak"}
    assert len(records["matriks-1"]["jawaban"]) == 22
    klj = next(row for row in records["matriks-2"]["jawaban"].values() if row["program"].endswith("(KLJ)"))
    assert (klj["tujuan"], klj["alokasi"], klj["waktu"]) == (1, 1_500_000_000, "Ya, Oktober")
    # The next edition of the quarter holds what was answered.
    folder, _ = make(made.home, QUARTER, now=NOW)
    _, sheet = opened(folder / "matriks-2.xlsx")
    first = heads(sheet)["row"] + 1
    assert sheet.cell(first, 7).value == 1_500_000_000 and sheet.cell(first, 13).value == "Ya, Oktober"


@pytest.mark.feature("F40")
def test_matrix_3_keeps_answers_about_people_apart_and_only_counts_in_the_register(made, tmp_path):
    def change(sheet, first):
        sheet[f"E{first}"], sheet[f"F{first}"], sheet[f"H{first}"] = NIK_OK, "Lelaki", "meninggal"
        sheet[f"H{first + 1}"], sheet[f"J{first + 1}"] = "Ditemukan", "Ya"

    taken = returned(made, 3, tmp_path, change)
    assert taken.faults == ()
    record = taken.record
    assert record["jumlah"]["Meninggal"] == 1 and record["jumlah"]["Ditemukan"] == 1 and record["jumlah"]["perbaikan_nik"] == 1
    said = json.dumps(record)
    rows = pq.read_table(made.home.root / record["rincian"]["berkas"]).to_pylist()
    assert NIK_OK not in said and "NAMA" not in said and rows[0]["id_orang"] not in said
    assert len(rows) == record["baris"]
    assert (rows[0]["nik_benar"], rows[0]["jk"], rows[0]["verifikasi"]) == (NIK_OK, "Laki-laki", "Meninggal")
    assert "pkh" in rows[1]["program"] and rows[2]["verifikasi"] is None
    path = made.home.root / record["rincian"]["berkas"]
    assert path.stat().st_mode & 0o077 == 0
    assert reports.faults_of_returned(made.home) == (1, [])
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert [fault.cause for fault in reports.faults_of_returned(made.home)[1]] == ["isian Matriks 3 yang diterima berubah"]
    path.unlink()
    assert [fault.cause for fault in reports.faults_of_returned(made.home)[1]] == ["isian Matriks 3 yang diterima hilang"]


@pytest.mark.feature("F41")
def test_impact_before_the_last_quarter_is_refused_by_its_cell(made, tmp_path):
    third = Quarter(2025, 3)
    folder, _ = make(made.home, third, PERIODE, now=NOW)
    path = right(4, folder / "matriks-4.xlsx", tmp_path / "d.xlsx", put("G", "turun"))
    taken = accept(made.home, path, third, by="Siti", now=NOW)
    first = heads(opened(path)[1])["row"] + 1
    assert [(fault.place, fault.cause) for fault in taken.faults] == [
        (f"lembar Matriks 4 sel G{first}", "kolom (7) diisi pada Triwulan III Tahun 2025")
    ]
    right(4, made.folder / "matriks-4.xlsx", tmp_path / "e.xlsx", put("G", "turun"))
    assert accept(made.home, tmp_path / "e.xlsx", QUARTER, by="Siti", now=NOW).faults == ()


@pytest.mark.feature("F38")
def test_answers_written_as_yaml_stand_in_the_forms_and_wrong_ones_are_named(made, tmp_path, capsys):
    path = tmp_path / "isian.yaml"
    path.write_text(
        "matriks1: {1a: {status: Ya, pihak: Bappeda}, 5d: {status: Tidak, tantangan: belum}}\n"
        "matriks2:\n  - {tujuan: 2, pd: Dinas Contoh, program: Program Contoh, alokasi: 1200, waktu: Tidak}\n"
        "matriks4:\n  - {pd: Dinas Contoh, program: Program Contoh, capaian: 80 persen}\n"
    )
    folder, _ = make(made.home, QUARTER, now=NOW, isian=read_isian(path))
    _, sheet = opened(folder / "matriks-1.xlsx")
    first, last = heads(sheet)["row"] + 1, sheet.max_row
    assert [sheet.cell(first + 1, column).value for column in (2, 3, 4)] == ["√", None, "Bappeda"]
    assert [sheet.cell(last, column).value for column in (2, 3, 5)] == [None, "√", "belum"]
    _, sheet = opened(folder / "matriks-2.xlsx")
    first = heads(sheet)["row"] + 1
    assert [sheet.cell(first, column).value for column in (2, 3, 5, 7, 13)] == [
        2,
        "Dinas Contoh",
        "Program Contoh",
        1200,
        "Tidak",
    ]
    assert sheet.cell(first + 1, 5).value is None
    for wrong, cause in (
        ("matriks1: {9z: {status: Ya}}", "butir '9z' tidak ada pada Matriks 1"),
        ("matriks1: {1a: {status: mungkin}}", "bukan salah satu pilihannya"),
        ("matriks1: {1a: {status: Ya, pihak: '3171014501900003'}}", "isian memuat nomor panjang"),
        ("matriks2: [{tujuan: true, pd: A, program: B}]", "bukan bilangan bulat"),
        ("matriks2: [{tujuan: 1, pd: A, program: B, alokasi: '1200'}]", "bukan bilangan bulat"),
        ("matriks4: [{pd: A, program: B, dampak: turun}]", "isian 'dampak' tidak dikenal"),
    ):
        path.write_text(wrong + "\n")
        assert main(["--home", str(made.home.root), "lp3ke", "make", "--quarter", "2025-TW4", "--isian", str(path)]) == 1
        said = capsys.readouterr().err
        assert cause in said and "isian.yaml baris 1" in said and "3171014501900003" not in said
