"""Matriks 3 says of a person what the field found of them, once it came back."""

from __future__ import annotations

from datetime import date

import duckdb

from padanan.feedback.lp3ke.verification import ReturnedFacts, newest
from tests.feedback.field import Field


def test_the_newest_visit_that_holds_is_told(field: Field) -> None:
    dead, moved, doubtful = field.people(3)
    field.returned(
        "verivali",
        field.row("verivali", dead, NOMOR="V1", HASIL="DITEMUKAN"),
        field.row("verivali", dead, NOMOR="V2", HASIL="MENINGGAL", **{"TANGGAL KUNJUNGAN": "20/11/2025"}),
        field.row("verivali", moved, NOMOR="V3", HASIL="PINDAH"),
        field.row("verivali", doubtful, NOMOR="V4", HASIL="PINDAH"),
        field.row("verivali", doubtful, NOMOR="V5", VERIFIKATOR="DINSOS", HASIL="DITEMUKAN"),
    )
    with duckdb.connect() as con:
        newest(con, [ReturnedFacts(field.home, date(2025, 12, 31))], date(2025, 12, 31), "kabar")
        told = dict(con.execute("select id_orang, hasil from kabar").fetchall())
        newest(con, [ReturnedFacts(field.home, date(2025, 11, 30))], date(2025, 11, 30), "dahulu")
        before = con.execute("select count(*) from dahulu").fetchall()[0][0]
    assert told == {dead["id"]: "meninggal", moved["id"]: "pindah", doubtful["id"]: "hasil_berbeda"}
    # Recorded on 1 December: in November nobody had heard of it.
    assert before == 0
