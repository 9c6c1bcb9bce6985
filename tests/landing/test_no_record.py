"""Rows that are no records are set aside with a reason, wherever they stand; a person never is, however little is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from padanan.contracts.contract import load_contracts
from padanan.landing.no_record import REASONS
from padanan.landing.receipt import Receipt
from tests.landing.deliveries import dtks_row

Take = Callable[..., Receipt]
COLUMNS = load_contracts()["dtks"].columns
LABELS = [column.source for column in COLUMNS]
NAMES = [column.name for column in COLUMNS]


def line(**cells: str) -> list[str]:
    return [cells.get(name, "") for name in NAMES]


def person(index: int, **changes: str) -> list[str]:
    return line(**dtks_row(index, **changes))


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    path.write_text("\n".join("|".join(row) for row in [LABELS, *rows]) + "\n", encoding="utf-8")
    return path


def aside(receipt: Receipt) -> dict[int, str]:
    rows = pq.read_table(receipt.folder / "rejects.parquet").to_pylist()
    assert {row["alasan"] for row in rows} <= {"bukan_rekaman"}
    return {row["_baris"]: row["sebab"] for row in rows}


BEFORE = {
    "baris_pengisi": ["x"] * len(NAMES),
    "penomoran_kolom": [f"({index + 1})" for index in range(len(NAMES))],
    "judul_berulang": ["\ufeff" + LABELS[0], *[f" {label.upper().replace('_', ' ')} " for label in LABELS[1:]]],
    "baris_kelompok": line(id_sumber="KECAMATAN TEBET"),
    "baris_jumlah": line(id_sumber="Sub Total", alamat="20"),
    "tanpa_identitas": line(
        id_sumber="17", kota="JAKARTA SELATAN", kelurahan="MANGGARAI", nik="-", nama="TIDAK ADA", no_kk="0", tgl_lahir="NULL"
    ),
}
AFTER = {
    "baris_jumlah": line(id_sumber="JUMLAH", alamat="20 orang"),
    "tempat_tanggal": line(alamat="Jakarta, 12 November 2025"),
    "tanda_tangan": line(nama="Drs. H. CONTOH PEJABAT, M.Si"),
    "nip": line(nik="NIP. 19700101 199503 1 001"),
}


def test_each_kind_is_named_and_the_people_go_on(take: Take, tmp_path: Path) -> None:
    rows = [*BEFORE.values(), *[person(index) for index in range(20)], *AFTER.values()]
    receipt = take(write(tmp_path / "a.csv", rows), periode_data="2025-10")
    expected = {index + 2: reason for index, reason in enumerate(BEFORE)}
    expected |= {index + 22 + len(BEFORE): reason for index, reason in enumerate(AFTER)}
    assert aside(receipt) == expected
    assert (receipt.rows_in, receipt.rows_on, receipt.rows_aside["bukan_rekaman"]) == (len(rows), 20, len(expected))
    said = next(flag["pesan"] for flag in receipt.flags if flag["rule_id"] == "bukan_rekaman")
    assert all(REASONS[reason] in said for reason in {**BEFORE, **AFTER})


@pytest.mark.parametrize(
    ("reason", "cells"),
    [
        ("penomoran_kolom", ["abcdefghijklmnopqrstuvwxyz"[index] for index in range(len(NAMES))]),
        ("penomoran_kolom", [f"{index + 1}." for index in range(len(NAMES) - 1)] + [f"{len(NAMES)}=3x4"]),
        ("baris_pengisi", ["0"] * len(NAMES)),
        ("tanpa_identitas", ["..."] * len(NAMES)),
        ("baris_kelompok", line(id_sumber="I. KELURAHAN GAMBIR")),
        ("baris_kelompok", line(id_sumber="A.", nik="KEC. SENEN")),
        ("baris_kelompok", line(nama="2) RW 05")),
        ("tanpa_identitas", line(id_sumber="Terbilang: dua juta rupiah")),
        ("tanpa_identitas", line(nama="123", alamat="JL UJI")),
    ],
)
def test_other_rows_of_the_kinds(take: Take, tmp_path: Path, reason: str, cells: list[str]) -> None:
    receipt = take(
        write(tmp_path / "a.csv", [person(1), cells, *[person(index) for index in range(2, 10)]]), periode_data="2025-10"
    )
    assert set(aside(receipt).values()) <= {reason} and receipt.rows_on == 9


@pytest.mark.parametrize(
    "cells",
    [
        {"nama": "SITI"},
        {"nama": "A", "jenis_kelamin": "P", "rt": "1"},
        {"nama": "DRS. BUDI CONTOH"},
        {"nama": "KEPALA DESA CONTOH"},
        {"nik": "3174011300000001"},
        {"no_kk": "3174011200000001"},
        {"tgl_lahir": "1990-01-01"},
        {"nama": "JUMLAH", "nik": "3174011300000001"},
        {"nama": "TOTAL", "tgl_lahir": "1990-01-01", "alamat": "JL UJI"},
        {"nama": "KOTA", "alamat": "JL UJI", "kelurahan": "MANGGARAI"},
        {"nama": "SITI", "nik": "TIDAK ADA", "alamat": "JL UJI, 12 MEI 2025"},
    ],
)
def test_whoever_has_a_number_a_name_or_a_birth_date_stays(take: Take, tmp_path: Path, cells: dict[str, str]) -> None:
    """In the middle of a list even a lone name is a person."""
    rows = [person(1), line(id_sumber="ID9", **cells), line(**cells), *[person(index) for index in range(2, 10)]]
    receipt = take(write(tmp_path / "a.csv", rows), periode_data="2025-10")
    assert receipt.rows_on == len(rows) and aside(receipt) == {}


def test_blank_keys_make_no_pseudonyms_and_no_one_person_of_many(take: Take, tmp_path: Path) -> None:
    odd = ["9999999999999994", "31710101018000.35", "TIDAK ADA", "3171.0101.8000.1001"]
    rows = [person(index, id_sumber="NULL", nik=nik, no_kk=nik) for index, nik in enumerate(odd)]
    receipt = take(write(tmp_path / "a.csv", rows), periode_data="2025-10")
    part = pq.read_table(receipt.folder / "part.parquet").to_pylist()
    assert [row["_nik_key"] is not None for row in part] == [False, False, False, True]
    assert [row["_kk_key"] is not None for row in part] == [False, False, False, True]
    assert len({row["_entity_key"] for row in part}) == 4


def test_an_optional_column_whose_heading_is_not_known_is_named(take: Take, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [person(index) for index in range(5)])
    path.write_text(path.read_text().replace("nama_ibu_kandung", "ibu si orang", 1))
    receipt = take(path, periode_data="2025-10")
    said = {flag["rule_id"]: flag["pesan"] for flag in receipt.flags}
    assert "1 kolom" in said["kolom_opsional_hilang"] and "nama_ibu_kandung" in said["kolom_opsional_hilang"]
    assert "ibu si orang" in said["kolom_tak_disepakati"]


def test_what_looks_quoted_twice_stays_as_it_is_and_is_told(take: Take, tmp_path: Path) -> None:
    """The quotes may be the value's own: nothing proves that they are not."""
    path = tmp_path / "a.csv"
    rows = [[f'"""{cell}"""' for cell in person(index)] for index in range(5)]
    path.write_text("\n".join("|".join(row) for row in [LABELS, *rows]) + "\n", encoding="utf-8")
    receipt = take(path, periode_data="2025-10")
    part = pq.read_table(receipt.folder / "part.parquet").to_pylist()
    assert [row["nik"] for row in part] == [f'"{person(index)[NAMES.index("nik")]}"' for index in range(5)]
    told = [flag["pesan"] for flag in receipt.flags if flag["rule_id"] == "kutip_rangkap"]
    assert told and "ikut terbaca" in told[0]


def test_a_separator_too_many_in_the_heading_alone(take: Take, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [person(index) for index in range(5)])
    path.write_text(path.read_text(encoding="utf-8").replace("\n", "|\n", 1), encoding="utf-8")
    receipt = take(path, periode_data="2025-10")
    assert receipt.rows_on == 5
    assert any("satu pemisah lebih di baris judul" in flag["pesan"] for flag in receipt.flags)


def test_text_formulas_are_their_content(take: Take, tmp_path: Path) -> None:
    rows = [person(index) for index in range(5)]
    for row in rows:
        row[NAMES.index("nik")] = f'="{row[NAMES.index("nik")]}"'
    receipt = take(write(tmp_path / "a.csv", rows), periode_data="2025-10")
    assert [row["nik"] for row in pq.read_table(receipt.folder / "part.parquet").to_pylist()] == [
        f"31740113{index:08d}" for index in range(5)
    ]
    assert any(flag["rule_id"] == "rumus_teks" and flag["pesan"].startswith("5 sel") for flag in receipt.flags)


@pytest.mark.parametrize("footer", ["(5 rows)", " (5 baris) ", "\n(5 rows)\n"])
def test_a_query_footer_that_counts_its_rows_is_none_of_them(take: Take, tmp_path: Path, footer: str) -> None:
    path = write(tmp_path / "a.csv", [person(index) for index in range(5)])
    path.write_text(path.read_text() + footer + "\n")
    receipt = take(path, periode_data="2025-10")
    assert (receipt.status, receipt.rows_in, receipt.rows_on) == ("diterima", 6, 5)
    assert list(aside(receipt).values()) == ["kaki_kueri"]
    [said] = [flag for flag in receipt.flags if flag["rule_id"] == "bukan_rekaman"]
    assert REASONS["kaki_kueri"] in said["pesan"] and said["tempat"] == f"baris {8 if footer[0] == chr(10) else 7}"


def test_a_query_footer_that_counts_other_rows_holds_the_file_and_says_so(take: Take, tmp_path: Path) -> None:
    """What was cut between the query and the inbox is missed by nobody else; a footer in the middle is an unreadable row."""
    path = write(tmp_path / "a.csv", [person(index) for index in range(400)])
    whole = path.read_text()
    path.write_text(whole + "(412 rows)\n")
    receipt = take(path, periode_data="2025-10")
    [held] = [flag for flag in receipt.flags if flag["rule_id"] == "total_kendali"]
    assert receipt.status == "ditahan" and held["tempat"] == "baris 402" and "412, berkas memuat 400" in held["pesan"]
    assert "kirim berkas utuh" in held["perbaikan"]
    path.write_text(whole.replace("\n", "\n(400 rows)\n", 1))
    middle = take(path, periode_data="2025-11")
    assert {flag["rule_id"] for flag in middle.flags} & {"total_kendali", "bukan_rekaman"} == set()
    assert middle.rows_aside["tidak_terbaca"] == 1
