"""Pay lists hold who is ready and alive, and the money of realisation reconciles to the rupiah, whatever its rows were worth."""

from __future__ import annotations

import duckdb
import pytest

from padanan.cli import main
from padanan.feedback.aid import pay_list, reconcile, write_pay_list
from tests.feedback.field import Field


def recipients(field: Field, program: str, count: int) -> list[dict[str, str]]:
    root = field.home.root
    found = duckdb.execute(
        f"""select i.id_orang, i.nik, i.nama, i.tgl_lahir from '{root}/identitas/*/rev-*/identitas.parquet' i
        join '{root}/published/*/rev-*/padanan_orang.parquet' o using (id_orang)
        join '{root}/published/*/rev-*/sasaran.parquet' s using (id_orang)
        where s.terpilih and list_contains(string_split(o.program, ','), '{program}') and i.nik is not null
        and i.tgl_lahir is not null order by 1 limit {count}"""
    ).fetchall()
    assert len(found) == count
    return [{"id": one[0], "NIK": one[1], "NAMA": one[2], "TANGGAL LAHIR": one[3].strftime("%d/%m/%Y")} for one in found]


@pytest.mark.feature("F28")
def test_only_who_is_ready_and_alive_is_paid(field: Field) -> None:
    ready, unready, dead, doubtful, unheard = recipients(field, "pkh", 5)
    field.returned(
        "kesiapan",
        *(field.row("kesiapan", one, NOMOR=f"K{n}", PROGRAM="pkh") for n, one in enumerate((ready, dead, doubtful))),
        field.row("kesiapan", unready, NOMOR="K9", PROGRAM="pkh", **{"SYARAT LENGKAP": "TIDAK", "KEKURANGAN": "KTP"}),
    )
    field.returned(
        "verivali",
        field.row("verivali", dead, NOMOR="V1", HASIL="MENINGGAL"),
        field.row("verivali", doubtful, NOMOR="V2"),
        field.row("verivali", doubtful, NOMOR="V3", VERIFIKATOR="DINSOS", HASIL="PINDAH"),
    )
    found = pay_list(field.home, "pkh")
    assert found.people == (ready["id"],)
    assert found.barred["meninggal"] == found.barred["konflik"] == 1
    assert unheard["id"] not in found.people and found.barred["belum_siap"] >= 2
    path = field.home.root.parent / "bayar.csv"
    write_pay_list(found, path)
    assert path.read_text() == f"id_orang,sumber\n{ready['id']},penetapan\n"


@pytest.mark.feature("F29")
def test_money_reconciles_to_the_rupiah(field: Field) -> None:
    one, other = field.people(2)
    number = "NOMOR TRANSAKSI"
    field.returned(
        "realisasi",
        field.row("realisasi", one, NOMINAL="Rp 300.000,00"),
        field.row("realisasi", other, **{number: "R2", "STATUS": "KEMBALI", "NOMINAL": "250001"}),
        field.row("realisasi", {"NAMA": "Orang Belum Tercatat", "TANGGAL LAHIR": "01/02/1970"}, **{number: "R3", "NOMINAL": "7"}),
        field.row("realisasi", one, **{number: "R4", "NOMINAL": "0"}),
        field.row("realisasi", one, **{number: "R5", "TANGGAL SALUR": "kemarin", "NOMINAL": "11"}),
        field.row("realisasi", one, **{number: "R6", "NOMINAL": "sebelas"}),
        field.row("realisasi", one, **{number: "R7", "NOMINAL": "5", "MASA": "Ibu Siti", "PROGRAM": "Bapak Budi"}),
    )
    money, unread = reconcile(field.home)
    # What a cell says is never printed where it is no program and no month.
    assert (unread.program, unread.month, unread.told, unread.sent_back, unread.difference) == (
        "tidak terbaca", "tidak terbaca", 5, 5, 0,
    )  # fmt: skip
    assert (money.program, money.month) == ("klj", "2025-11")
    assert (money.told, money.taken, money.sent_back, money.difference) == (550_019, 550_008, 11, 0)
    assert (money.paid, money.returned, money.unknown) == (300_007, 250_001, 7)


@pytest.mark.feature("F29")
def test_what_failed_is_told_apart_from_what_arrived(field: Field, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = field.people(2)
    field.returned(
        "realisasi",
        field.row("realisasi", one, NOMINAL="300000"),
        field.row("realisasi", other, **{"NOMOR TRANSAKSI": "R2", "STATUS": "GAGAL", "NOMINAL": "200000"}),
    )
    assert main(["bayar", "rekon"]) == 0
    head, row, *_ = capsys.readouterr().out.splitlines()
    told = dict(zip(head.split(), row.split(), strict=True))
    assert (told["diambil"], told["tersalur"], told["gagal"], told["kembali"]) == ("500.000", "300.000", "200.000", "0")
