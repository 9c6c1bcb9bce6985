"""Small deliveries that went wrong in offices, delivered as they came and staged: what each must give (made-up people).

The files lie in `field_cases/`; the first part of a name is the case. Each stands for a kind, whose other members are in
`test_repairs.py` and `tests/landing/test_no_record.py`.
"""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.contract import load_contracts
from padanan.landing.land import deliver
from padanan.landing.receipt import Receipt

CASES = Path(__file__).parent / "field_cases"
DAY = date(1980, 7, 12)


@pytest.fixture(scope="session")
def receipts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Receipt]:
    """Every case delivered into a home of its own: they are all of one period."""
    contracts, found = load_contracts(), {}
    for path in sorted(CASES.iterdir()):
        case, producer = path.name.split("_")[:2]
        producer = Path(producer).stem
        started = time.monotonic()
        found[case] = deliver(
            Home(tmp_path_factory.mktemp(case)), contracts, producer, path,
            periode_data="2025-11", diterima=datetime(2025, 11, 10, tzinfo=JAKARTA),
        )  # fmt: skip
        assert time.monotonic() - started < 10, path.name
    return found


@pytest.fixture(scope="session")
def staged(receipts: dict[str, Receipt], gudang_factory: Any) -> Any:
    """`staged(query)` over `s` (staging rows with `kasus`) and `g` (their gaps)."""
    home = gudang_factory("kasus")
    for case, receipt in receipts.items():
        if receipt.status == "diterima":
            rows = pq.read_table(receipt.folder / "part.parquet").to_pylist()
            columns = home.contracts[receipt.contract_id].column_names
            home.land(
                receipt.contract_id, [{name: row[name] for name in (*columns, "_sel_angka")} for row in rows],
                bagian=case, diterima="2025-11-10",
            )  # fmt: skip
    home.plan()
    home.dbt("build", "--select", "+gap_cleansing", "--exclude-resource-type", "unit_test")
    both = "select * from stg_dtks__individu union all by name select * from stg_bansos__penerima"

    def ask(query: str) -> list[tuple[Any, ...]]:
        return home.rows(f"with s as (select *, bagian as kasus from ({both})), g as (select s.*, rule_id from gap_cleansing "
                         f"join s using (record_key)) {query}")  # fmt: skip

    return ask


def flags(receipt: Receipt) -> dict[str, str]:
    return {flag["rule_id"]: flag["pesan"] + " / " + flag["perbaikan"] for flag in receipt.flags}


def test_every_case_has_a_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    missing = [
        path.name
        for path in CASES.iterdir()
        if f'"{path.name.split("_")[0]}"' not in text and f"'{path.name.split('_')[0]}'" not in text
    ]
    assert not missing


def test_float_exports_are_not_mended_and_make_no_family(staged: Any) -> None:
    rows = staged("select nik_bersih, kk_bersih, nik_angka16, family_id from s where kasus = 'V01' order by baris")
    assert [row[0] for row in rows[:2]] == ["317101010180001.0", "31710101018000.35"] and rows[0][2] is rows[1][2] is None
    assert [row[1] for row in rows[2:]] == ["317101010120000.0"] * 2 and [row[3] for row in rows[2:]] == [None, None]
    found = staged("select distinct baris, rule_id from g where kasus = 'V01'")
    assert {(1, "nik_rusak_excel"), (2, "nik_rusak_excel"), (3, "kk_format"), (4, "kk_format")} <= set(found)


def test_degrees_go_whole(staged: Any) -> None:
    names = [row[0] for row in staged("select nama_bersih from s where kasus = 'V02' order by baris")]
    assert names == ["BUDI CONTOH", "RINA CONTOH", "SITI CONTOH", "DEWI CONTOH", "AGUS CONTOH"]


def test_words_for_nothing_are_nothing(staged: Any) -> None:
    assert staged("select count(*), count(nama_bersih) from s where kasus = 'V04'") == [(4, 0)]
    assert staged("select count(*) from g where kasus = 'V04' and rule_id = 'nama_kosong'") == [(4,)]
    assert staged("select count(*), count(nik_bersih) from s where kasus = 'V10'") == [(4, 0)]
    assert staged("select count(*) from g where kasus = 'V10' and rule_id = 'nik_kosong'") == [(4,)]


def test_house_numbers_are_no_rt(staged: Any) -> None:
    rows = staged("select rt, rw, alamat_jalan from s where kasus = 'V05' order by baris")
    assert [row[:2] for row in rows] == [(None, None), (None, None), ("004", "006"), (None, None)]
    assert [row[2] for row in rows] == [
        "JL. RAYA BOGOR NO. 123/125",
        "BLOK C 101/102",
        "KAV. 120/121",
        "RUSUN BLOK B LT.3 NO.305/310",
    ]


def test_a_stand_in_card_makes_no_family_of_strangers(staged: Any) -> None:
    assert staged("select count(*), count(family_id), count(distinct kk_pengganti) from s where kasus = 'V07'") == [(3, 0, 1)]
    assert staged("select count(*) from g where kasus = 'V07' and rule_id = 'kk_kosong'") == [(3,)]


def test_spellings_of_bps_resolve(staged: Any) -> None:
    rows = staged("select kelurahan_mentah, kode_kelurahan, wilayah_hasil from s where kasus = 'V08' order by baris")
    assert [row[2] for row in rows] == ["ejaan"] * 5, rows
    assert [row[1] for row in rows] == ["31.71.05.1003", "31.72.03.1004", "31.72.04.1002", "31.72.04.1004", "31.75.08.1002"]
    assert staged("select count(*) from g where kasus = 'V08' and rule_id = 'wilayah_tidak_dikenal'") == [(0,)]


def test_dates_that_people_read_are_read(staged: Any) -> None:
    rows = staged("select tgl_lahir, tgl_lahir_perbaikan from s where kasus = 'V09' order by baris")
    assert [row[0] for row in rows] == [DAY] * 5
    assert [row[1] for row in rows] == [
        "hari_bulan_tahun,jam", "hari_bulan_tahun,spasi", "hari_bulan_tahun,spasi", "hari_bulan_tahun,tempat", "zona"
    ]  # fmt: skip


def test_a_separator_too_many_is_one_line_of_the_receipt(receipts: dict[str, Receipt]) -> None:
    receipt = receipts["C02"]
    assert (
        receipt.status == "diterima"
        and receipt.rows_on == 4
        and "satu pemisah lebih di setiap baris" in flags(receipt)["pemisah_ekor"]
    )


@pytest.mark.parametrize(("case", "said"), [("C03", "HTML"), ("C04", "JSON"), ("X07", "berkas ODS / simpan ulang sebagai .xlsx")])
def test_foreign_files_are_named_with_their_cure(receipts: dict[str, Receipt], case: str, said: str) -> None:
    assert receipts[case].status == "karantina"
    text = flags(receipts[case])["berkas_rusak"]
    assert said in text and "simpan ulang sebagai .xlsx" in text


def test_dirty_headings_are_found(receipts: dict[str, Receipt], staged: Any) -> None:
    assert receipts["C12"].status == "diterima" and not flags(receipts["C12"])
    assert staged("select count(nik_angka16), count(nama_bersih), count(tgl_lahir) from s where kasus = 'C12'") == [(3, 3, 3)]


def test_single_quotes_are_read_and_said(receipts: dict[str, Receipt], staged: Any) -> None:
    assert "3 baris" in flags(receipts["C14"])["kutip_tunggal"]
    assert staged("select distinct nama_bersih, count(nik_angka16) over () from s where kasus = 'C14'") == [("WARGA CONTOH", 3)]


def test_a_workbook_with_another_part_name_is_read(receipts: dict[str, Receipt]) -> None:
    assert receipts["X03"].status == "diterima" and receipts["X03"].rows_on == 2


def test_days_since_1904(receipts: dict[str, Receipt], staged: Any) -> None:
    assert "1 tanggal" in flags(receipts["X06"])["penanggalan_1904"]
    assert [row[0] for row in staged("select tgl_lahir from s where kasus = 'X06' order by baris")] == [
        DAY,
        date(1976, 7, 10),
        DAY,
    ]


def test_hidden_rows_and_columns_are_counted(receipts: dict[str, Receipt]) -> None:
    said = flags(receipts["X09"])
    assert receipts["X09"].rows_on == 6
    assert said["baris_tersembunyi"].startswith("3 baris") and "1 kolom" in said["kolom_tersembunyi"]


def test_rows_that_are_no_records_are_set_aside_with_reasons(receipts: dict[str, Receipt]) -> None:
    receipt = receipts["X10"]
    assert (receipt.rows_in, receipt.rows_on, receipt.rows_aside["bukan_rekaman"]) == (10, 4, 6)
    said = flags(receipt)["bukan_rekaman"]
    for reason in ("penomoran kolom: 1 (baris 2)", "baris jumlah: 1 (baris 7)", "tempat dan tanggal", "penanda tangan: 2", "NIP"):
        assert reason in said
    assert "bukan rekaman" in receipt.paper.read_text(encoding="utf-8")


def test_group_rows_are_no_people(receipts: dict[str, Receipt]) -> None:
    assert receipts["X11"].rows_on == 4 and "kelompok" in flags(receipts["X11"])["bukan_rekaman"]
