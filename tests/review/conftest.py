"""Fixtures of the review: a data home with a revision published by hand, rendered once for all tests that only read it.

The hand-made tables are in `published_by_hand`, the reader of pages in `pages_back`.
"""

import duckdb
import pytest

from padanan.base.home import Home
from padanan.run.report import render_report
from tests.review.pages_back import Page
from tests.review.published_by_hand import PERIODE, write_landing, write_published


@pytest.fixture
def home(tmp_path):
    """An empty data home."""
    return Home(tmp_path / "data").ensure()


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """Revision 2 of a period with revision 1 and a worse period before it: (home, folder of pages)."""
    home = Home(tmp_path_factory.mktemp("laporan") / "data").ensure()
    write_published(home, periode=PERIODE.previous(), worse=3)
    write_published(home)
    write_published(home, revisi=2, worse=2)
    write_landing(
        home, "dtks", f"{1:016x}", late=True, flags=[{"rule_id": "volume_berubah", "akibat": "peringatan", "pesan": "turun 31%"}]
    )
    write_landing(
        home,
        "pkh",
        "aaaaaaaaaaaaaaaa",
        status="ditahan",
        flags=[{"rule_id": "volume_berubah", "akibat": "tahan", "pesan": "naik 80%"}],
    )
    write_landing(
        home,
        "kjmu",
        "bbbbbbbbbbbbbbbb",
        status="karantina",
        flags=[{"rule_id": "berkas_rusak", "akibat": "karantina", "pesan": "rusak"}],
    )
    return home, render_report(home, PERIODE, 2).parent


@pytest.fixture(scope="session")
def counted(tmp_path_factory):
    """A revision whose rules judge every record, as runs publish it: (home, folder of pages)."""
    home = Home(tmp_path_factory.mktemp("celah") / "data").ensure()
    write_published(home, rules=False, people=9000)
    return home, render_report(home, PERIODE, 1).parent


@pytest.fixture(scope="session")
def pages(rendered):
    """Every page of that report, parsed, by file name."""
    return {path.name: Page(path) for path in sorted(rendered[1].glob("*.html"))}


@pytest.fixture(scope="session")
def tables(rendered):
    """The published tables of that revision as views of a DuckDB, for queries of the tests' own."""
    con = duckdb.connect()
    for path in rendered[0].published(PERIODE, 2).glob("*.parquet"):
        con.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
    return con
