"""Records where nobody reads them: above the labels, on sheets without labels, under labels in another order, under a number of
their own kind. Whatever is taken in as whole was read whole.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.contract import load_contracts
from padanan.landing.land import deliver
from padanan.landing.raw import Spec
from padanan.landing.receipt import Receipt
from padanan.landing.unread import holds_records
from padanan.landing.xlsx_reader import read_xlsx
from tests.landing.hostile import workbook

CONTRACTS = load_contracts()
KLJ = [column.source for column in CONTRACTS["klj"].columns]
DTKS = [column.source for column in CONTRACTS["dtks"].columns]
Rows = list[list[str]]
Deliver = Callable[[str, Path], Receipt]


def klj(number: int) -> list[str]:
    return [
        str(number), f"317101{41 + number:02d}0151{number:04d}", f"31710101012{number:05d}", "WARGA CONTOH",
        f"{1 + number:02d}/01/1951", "P", "JL. CONTOH NO. 5 RT 003 RW 04", "GAMBIR", "GAMBIR", "JAKARTA PUSAT",
        f"4001234{number:04d}", "1", "2025-11", "600000", "EKSISTING",
    ]  # fmt: skip


def dtks(number: int, **changes: str) -> list[str]:
    row = dict.fromkeys(DTKS, "")
    row |= {
        "iddtks": f"ID{number:06d}", "kabupaten_kota": "JAKARTA PUSAT", "kecamatan": "GAMBIR", "desa_kelurahan": "GAMBIR",
        "alamat": "JL. CONTOH NO. 5", "rt": "003", "rw": "004", "nomor_kk": f"317101010120{number:04d}",
        "nomor_nik": f"317101{1 + number:02d}0151{number:04d}", "nama": "WARGA CONTOH",
        "tanggal_lahir": f"1951-01-{1 + number:02d}",
    }  # fmt: skip
    return list((row | changes).values())


def book(path: Path, *sheets: tuple[str, Rows], hidden: str = "") -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
    made.save(path)
    return path


def text(path: Path, rows: Rows) -> Path:
    path.write_text("".join("|".join(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Deliver:
    def given_(producer: str, path: Path) -> Receipt:
        home = Home(tmp_path_factory.mktemp("rumah"))
        return deliver(home, CONTRACTS, producer, path, periode_data="2025-11", diterima=datetime(2025, 10, 10, tzinfo=JAKARTA))

    return given_


def rules(receipt: Receipt) -> dict[str, str]:
    return {flag["rule_id"]: flag["akibat"] for flag in receipt.flags}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 8), st.integers(0, 8), st.booleans())
def test_what_is_accepted_was_read_whole(take: Deliver, tmp_path: Path, count: int, at: int, as_book: bool) -> None:
    """A table sorted together with its labels has them in the middle: the rows above were lost without a word."""
    at = min(at, count)
    rows = [klj(number) if as_book else dtks(number) for number in range(count)]
    rows.insert(at, KLJ if as_book else DTKS)
    receipt = take("klj", book(tmp_path / "a.xlsx", ("Data", rows))) if as_book else take("dtks", text(tmp_path / "a.csv", rows))
    assert (receipt.status == "diterima", receipt.status == "karantina") == (at == 0, at > 0)
    if at:
        flag = next(flag for flag in receipt.flags if flag["rule_id"] == "judul_di_tengah")
        assert flag["tempat"] == ("baris 1" if at == 1 else f"baris 1-{at}") and f"baris {at + 1}" in str(flag["pesan"])
    else:
        assert receipt.rows_on == count


def test_titles_and_groups_above_the_labels_are_no_records(take: Deliver, tmp_path: Path) -> None:
    title = [["DAFTAR PENERIMA"], ["Nomor 123456/2025", "12/11/2025"], ["DATA KLJ 2025"] * len(KLJ)]
    receipt = take("klj", book(tmp_path / "a.xlsx", ("Data", [*title, KLJ, klj(1)])))
    assert receipt.status == "diterima" and receipt.rows_on == 1


@pytest.mark.parametrize("second", [
    [klj(4), klj(5)],
    [["N I K", "NO. KK", "NAMA PENERIMA", "KELURAHAN"], ["3171014201510004", "3171010101200004", "WARGA", "GAMBIR"]],
    [["rekap"], [], [1, "x", 3171014201510004.0]],
], ids=["tanpa judul", "judul separuh", "satu baris berangka"])  # fmt: skip
@pytest.mark.parametrize("hidden", [False, True])
def test_a_sheet_that_is_not_read_is_told(take: Deliver, tmp_path: Path, second: Rows, hidden: bool) -> None:
    """Excel's second sheet often goes on without labels: those people were lost without a word."""
    path = book(
        tmp_path / "a.xlsx", ("Data", [KLJ, klj(1)]), ("Tambahan SITIXYZ", second), hidden="Tambahan SITIXYZ" if hidden else ""
    )
    receipt = take("klj", path)
    if hidden and KLJ[1] in second[0]:
        assert rules(receipt) == {"lembar_tersembunyi": "tahan"}
        return
    assert receipt.status == "ditahan" and rules(receipt) == {"lembar_tak_dibaca": "tahan"}
    said = str(receipt.flags[0]["pesan"])
    assert "Tambahan" in said and "lembar ke-2" in said and "SITIXYZ" not in said


def test_guides_and_recapitulations_are_not_told(take: Deliver, tmp_path: Path) -> None:
    guide = [["Isi NIK 16 angka, misalnya 3171014201510004"], ["Kecamatan", "Orang", "Nominal"], ["GAMBIR", 12, 4200000000]]
    receipt = take("klj", book(tmp_path / "a.xlsx", ("Data", [KLJ, klj(1)]), ("Petunjuk", guide)))
    assert receipt.status == "diterima" and not receipt.flags


def test_a_row_that_is_filled_by_the_xml_and_empty_as_read_is_told(tmp_path: Path) -> None:
    """Its cells bear the number of the row below: whoever reads them takes one row, and the other was no row at all."""

    def row(number: int, at: int, name: str) -> str:
        cells = zip("ABCDE", ("3171014201510004", "3171010101200004", name, "JL. CONTOH", "GAMBIR"), strict=True)
        inner = (f'<c r="{letter}{at}" t="inlineStr"><is><t>{told}</t></is></c>' for letter, told in cells)
        return f'<row r="{number}">{"".join(inner)}</row>'

    workbook(tmp_path / "a.xlsx", row(2, 3, "SITI CONTOH") + row(3, 3, "BUDI CONTOH"))
    table = read_xlsx(tmp_path / "a.xlsx", Spec.of(CONTRACTS["klj"]), tmp_path)
    assert table.counted == 1
    flag = next(flag for flag in table.flags if flag.rule_id == "baris_kosong_semu")
    assert (flag.outcome, flag.place) == ("tahan", "baris 2") and "SITI" not in flag.cause


@pytest.mark.parametrize(
    "cell", ["3171014201510004", "'3171 0142 0151 0004", 3171014201510004.0, "3171014201510004.0", "31.71.01.1001"]
)
def test_numbers_of_people_and_places(cell: object) -> None:
    assert holds_records([["x", "y", cell]])
    assert not holds_records([["", "", cell]]) and not holds_records([["x", "y", f"lihat {cell}"]])


def moved(rows: Rows, order: list[int]) -> Rows:
    return [[row[index] for index in order] for row in rows]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(len(DTKS))), st.booleans())
def test_a_second_header_in_another_order_stops_the_file(take: Deliver, tmp_path: Path, order: list[int], same: bool) -> None:
    """Two tables pasted one below the other: the second's NIK were read as whatever the first has in that place."""
    order = list(range(len(DTKS))) if same else order
    rows = [DTKS, dtks(1), dtks(2), *moved([DTKS, dtks(3), dtks(4)], order)]
    receipt = take("dtks", text(tmp_path / "a.csv", rows))
    if order == list(range(len(DTKS))):
        assert receipt.status == "diterima" and (receipt.rows_on, receipt.rows_aside["bukan_rekaman"]) == (4, 1)
    else:
        assert receipt.status == "karantina" and rules(receipt)["judul_lain"] == "karantina"


def test_a_second_header_of_fewer_columns_stops_the_file(take: Deliver, tmp_path: Path) -> None:
    few = [["No", "NAMA PENERIMA", "N I K", "KELURAHAN"], ["3", "WARGA", "3171014201510004", "GAMBIR"]]
    receipt = take("klj", book(tmp_path / "a.xlsx", ("Data", [KLJ, klj(1), klj(2), *few])))
    assert receipt.status == "karantina" and "baris 4" in str(receipt.flags[0]["tempat"])
    in_place = [["No", "N I K", "NO. KK", "NAMA PENERIMA"], klj(3)]
    receipt = take("klj", book(tmp_path / "b.xlsx", ("Data", [KLJ, klj(1), klj(2), *in_place])))
    assert receipt.status == "diterima" and receipt.rows_on == 3


def test_people_in_the_column_of_cards_are_held(take: Deliver, tmp_path: Path) -> None:
    right = [dtks(number) for number in range(1, 9)]
    nik, kk = DTKS.index("nomor_nik"), DTKS.index("nomor_kk")
    wrong = [[row[kk] if at == nik else row[nik] if at == kk else cell for at, cell in enumerate(row)] for row in right]
    assert take("dtks", text(tmp_path / "a.csv", [DTKS, *right])).status == "diterima"
    receipt = take("dtks", text(tmp_path / "b.csv", [DTKS, *wrong]))
    assert receipt.status == "ditahan" and rules(receipt) == {"kolom_tertukar": "tahan"}
    # Women's numbers tell it where no birth date stands.
    day = DTKS.index("tanggal_lahir")
    bare = [[*row] for row in wrong]
    for number, row in enumerate(bare):
        row[kk], row[day] = f"317101410151{number:04d}", ""
    assert rules(take("dtks", text(tmp_path / "c.csv", [DTKS, *bare])))["kolom_tertukar"] == "tahan"
    # A few such rows are faults of their own, not of the columns.
    assert take("dtks", text(tmp_path / "d.csv", [DTKS, *right, *wrong[:1]])).status == "diterima"
