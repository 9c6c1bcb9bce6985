"""A decree as its approval leaves it: frozen data and a seal, made without the approval's code.

The published tables below it are those of tests/review/published_by_hand.
"""

from padanan.base.home import Home
from padanan.base.tabular import write_table
from tests.review.published_by_hand import PERIODE, write_published

SEAL = {"status": "ditetapkan", "nomor": "812", "tanggal": "2025-12-15", "ke": 1, "kepala_log": "a1b2" * 16}


def seal_by_hand(home: Home, people: int = 4000):
    """(folder, seal) of `ke-1` of the hand-made period."""
    import duckdb

    published = write_published(home, people=people)
    folder = home.decree(PERIODE) / "ke-1"
    folder.mkdir(parents=True)
    query = f"select * from read_parquet('{published}/sasaran.parquet') where terpilih order by id_orang"
    written = write_table(duckdb.connect(), query, folder / "data_sasaran.parquet")
    return folder, {**SEAL, "periode": PERIODE.key, "revisi": 1, "sha256": written.sha256, "row_hash": written.row_hash}
