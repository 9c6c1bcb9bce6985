"""What the evidence step asks of all records at once is asked of some, and the answer is the one of all."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from padanan.evidence.run import _known_twice


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Sixty thousand people, every third in two lists; some only in Adminduk and another list, some twice in one."""
    made = duckdb.connect()
    made.execute(
        """create temp table rekaman as
        select md5(n::varchar) as id_awal, 'satu' as producer, 'padan_nik' as status_nik, false as acuan from range(60000) t(n)
        union all select md5(n::varchar), 'dua', 'padan_nik', false from range(0, 60000, 3) t(n)
        union all select md5(n::varchar), 'satu', 'padan_nik', false from range(1, 60000, 3) t(n)
        union all select md5(n::varchar), 'adminduk', 'padan_nik', true from range(60000) t(n)
        union all select md5(n::varchar), 'tiga', 'tidak_padan', false from range(1, 60000, 3) t(n)"""
    )
    yield made
    made.close()


@pytest.mark.parametrize("most", [40, 900, 7000, 30_000])
def test_labels_of_the_smallest_hashes_are_found_without_looking_at_all(con: duckdb.DuckDBPyConnection, most: int) -> None:
    """A 256th of the people holds 80 of them, a 16th 1,250; 20,000 are all there are."""
    wanted = con.execute(
        f"""select id_awal from (select md5(n::varchar) as id_awal from range(0, 60000, 3) t(n))
        order by hash(id_awal), id_awal limit {most}"""
    ).fetchall()
    assert [(one,) for one in _known_twice(con, most).column(0).to_pylist()] == wanted
