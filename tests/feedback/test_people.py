"""Whom a row speaks of: by the records that its own NIK or identifier leads to, whatever else was read with them."""

from pathlib import Path

import duckdb
import pytest

from padanan.base.home import Home
from padanan.feedback.people import PEOPLE, find

NIK, OTHER = "3171014101700001", "3171014101700002"
RECORDS = f"""
    select * from (values
      ('k1', 'x', 'p1', 'bukti', '{OTHER}', 'BAMBANG SUTRISNO', date '1970-01-01'),
      ('k2', 'n', 'p1', 'nik_sementara', '{NIK}', 'SITI AMINAH', date '1970-01-01'),
      ('k3', 'm', 'p2', 'acuan', '{OTHER}', 'DEWI', date '1980-01-01'))
    t(record_key, _nik_key, id_orang, metode, nik, nama, lahir)"""


def _found(tmp_path: Path, rows: str, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        con.execute(f"copy ({RECORDS}) to '{tmp_path / 'catatan.parquet'}' (format parquet)")
        con.execute(f"create table isi as {rows}")
        find(con, Home(tmp_path), tmp_path / "catatan.parquet", columns)
        return con.execute(f"select _baris, id_orang, cara, nama_beda from {PEOPLE} order by 1").fetchall()


@pytest.mark.parametrize(
    "name, differs",
    [("SITI AMINAH", False), ("SITTI AMINAH", False), ("BAMBANG SUTRISNO", True)],
)
def test_a_name_is_held_against_the_records_of_its_own_nik(name: str, differs: bool, tmp_path: Path) -> None:
    row = f"select 1 as _baris, 'n' as _nik_key, '{NIK}' as nik, '{name}' as nama, date '1970-01-01' as tgl_lahir"
    assert _found(tmp_path, row, ("nik", "nama", "tgl_lahir")) == [(1, "p1", "nik", differs)]


def test_a_nik_that_came_with_another_row_leads_nobody_further(tmp_path: Path) -> None:
    """The second row's NIK is also of a record that the model matched: the register's person is meant."""
    rows = (
        f"select 1 as _baris, 'n' as _nik_key, '{NIK}' as nik, 'SITI AMINAH' as nama, null::date as tgl_lahir "
        f"union all select 2, 'm', '{OTHER}', 'DEWI', null union all select 3, null, null, 'TANPA NIK', null"
    )
    assert _found(tmp_path, rows, ("nik", "nama", "tgl_lahir")) == [(1, "p1", "nik", False), (2, "p2", "nik", False)]


def test_an_identifier_outweighs_the_nik_beside_it(tmp_path: Path) -> None:
    row = (
        f"select 1 as _baris, 'n' as _nik_key, '{NIK}' as nik, 'DEWI' as nama, null::date as tgl_lahir, 'p2' as id_orang "
        "union all select 2, null, null, 'DEWI', null, 'tidak-ada'"
    )
    assert _found(tmp_path, row, ("nik", "nama", "tgl_lahir", "id_orang")) == [(1, "p2", "id_orang", False)]


@pytest.mark.parametrize("born, differs", [("null::date", None), ("date '1980-01-01'", False), ("date '1970-01-01'", True)])
def test_an_identifier_and_a_nik_of_two_people_without_a_name_contradict_each_other(
    born: str, differs: bool | None, tmp_path: Path
) -> None:
    """A death was told of whoever's identifier stood in the row, though NIK and day of birth were somebody else's."""
    cells = f"'n' as _nik_key, '{NIK}' as nik, null::varchar as nama, {born} as tgl_lahir, 'p2' as id_orang"
    row = f"select 1 as _baris, {cells}"
    columns = ("nik", "nama", "tgl_lahir", "id_orang")
    assert _found(tmp_path, row, columns) == [(1, "p2", "id_orang", True)]
    with duckdb.connect() as con:
        con.execute(f"create table isi as {row}")
        find(con, Home(tmp_path), tmp_path / "catatan.parquet", columns)
        assert con.execute(f"select lahir_beda from {PEOPLE}").fetchall() == [(differs,)]


def test_an_identifier_alone_or_with_its_own_nik_contradicts_nothing(tmp_path: Path) -> None:
    row = (
        f"select 1 as _baris, 'm' as _nik_key, '{OTHER}' as nik, null::varchar as nama, null::date as tgl_lahir, "
        "'p2' as id_orang union all select 2, null, null, null, null, 'p2'"
    )
    found = _found(tmp_path, row, ("nik", "nama", "tgl_lahir", "id_orang"))
    assert [one[3] for one in found] == [False, False]
