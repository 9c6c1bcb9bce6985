"""What a database cannot hold in memory stays on the data home's disk: names never overflow into the folder one works in."""

import duckdb
import pytest

from padanan.base.home import Home
from padanan.base.tabular import scratch
from padanan.published.opened import open_published
from tests.review.published_by_hand import PERIODE, write_published


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "data").ensure()


@pytest.mark.feature("F50")
def test_overflow_stays_in_the_home(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    con = scratch(home)
    con.execute("set memory_limit = '60MB'; set threads = 1")
    con.execute("create table angka as select i, hash(i)::varchar || repeat('x', 60) as teks from range(1500000) t(i)")
    assert list((home.warehouse / "tmp").iterdir()) and not (tmp_path / ".tmp").exists()
    con.close()


@pytest.mark.feature("F50")
def test_a_publication_is_read_so(home):
    write_published(home, people=50)
    source = open_published(home, PERIODE, 1)
    assert source.con.execute("select current_setting('temp_directory')").fetchall() == [(str(home.warehouse / "tmp"),)]
    assert duckdb.connect().execute("select current_setting('temp_directory')").fetchall() != [(str(home.warehouse / "tmp"),)]
    source.con.close()
