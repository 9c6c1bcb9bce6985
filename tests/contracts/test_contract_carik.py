"""Carik's query: it gives the agreed columns, and no person is lost because a family, household or building is missing.

How the query is run against PostgreSQL is tested with the readers.
"""

import duckdb
import pytest

from padanan.contracts.contract import load_contracts

TABLES = {
    "bangunan": "id_bangunan, kelompok_dasawisma, alamat, rt, rw, kode_kelurahan, kelurahan, kecamatan, kota, provinsi",
    "rumah_tangga": "id_rumah_tangga, id_bangunan",
    "keluarga": "id_keluarga, id_rumah_tangga, no_kk",
    "individu": "id_individu, id_keluarga, nik, nama, tempat_lahir, tanggal_lahir, jenis_kelamin, hubungan_keluarga, "
    "status_kawin, nama_ibu, pendidikan, pekerjaan, disabilitas",
}


@pytest.fixture
def server():
    """The four tables of schema carik, empty."""
    with duckdb.connect() as con:
        con.execute("create schema carik")
        for table, columns in TABLES.items():
            con.execute(f"create table carik.{table} ({', '.join(f'{name} varchar' for name in columns.split(', '))})")
        yield con


@pytest.mark.feature("F04")
def test_query_gives_exactly_the_agreed_columns(server):
    contract = load_contracts()["carik"]
    given = [row[0] for row in server.execute(f"describe {contract.form['kueri']}").fetchall()]
    assert sorted(given) == sorted(column.source for column in contract.columns)


@pytest.mark.feature("F04")
def test_nobody_is_lost_or_doubled(server):
    """Three people: one placed, one whose building is unknown, one whose family row is missing."""
    server.execute("insert into carik.bangunan (id_bangunan, alamat) values ('B1', 'Jl. Contoh')")
    server.execute("insert into carik.rumah_tangga values ('R1', 'B1'), ('R2', 'B9')")
    server.execute("insert into carik.keluarga values ('K1', 'R1', '1'), ('K2', 'R2', '2')")
    server.execute("insert into carik.individu (id_individu, id_keluarga) values ('I3', 'K9'), ('I1', 'K1'), ('I2', 'K2')")
    rows = server.execute(load_contracts()["carik"].form["kueri"]).fetchall()
    names = [column[0] for column in server.description]
    people = [dict(zip(names, row, strict=True)) for row in rows]
    assert [(person["id_individu"], person["alamat"], person["no_kk"]) for person in people] == [
        ("I1", "Jl. Contoh", "1"),
        ("I2", None, "2"),
        ("I3", None, None),
    ]
    assert people[2]["id_keluarga"] == "K9", "the family id that the person names is kept"
