"""The lines that end a demo: rows and gaps per producer, statuses, and the draft, counted from the published tables."""

import json

import duckdb

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.decree.freeze import draft_folder
from padanan.run.summary import drafted, found
from tests.review.published_by_hand import write_published

PERIODE = Periode.parse("2025-S2")


def test_rows_gaps_and_records_with_a_gap_are_told_apart(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder = write_published(home, people=60)
    lines = [line.split() for line in found(home, PERIODE, 1)]
    con = duckdb.connect()
    records, gap = (f"read_parquet('{folder}/{name}.parquet')" for name in ("padanan_record", "gap"))
    producers = con.execute(f"select producer, count(*) from {records} group by all").fetchall()
    gaps = {
        row[0]: row[1:]
        for row in con.execute(f"select producer, count(*), count(distinct record_key) from {gap} group by 1").fetchall()
    }
    assert any(total > distinct for total, distinct in gaps.values()), "a record with two gaps is one record"
    for producer, rows in producers:
        total, distinct = gaps.get(producer, (0, 0))
        assert [producer, str(rows), str(total), str(distinct)] in lines
    first = con.execute(f"select status, count(*) from {records} group by 1 order by 2 desc, 1").fetchall()
    assert lines[-1 - len(first) : -1] == [[status, str(rows)] for status, rows in first], "the largest first"


def test_a_producer_of_supporting_data_is_told_too(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder = write_published(home, people=60)
    rows = "select 'pendukung_uji' as producer, range::varchar as record_key, '31.71' as kode_kota from range(1500)"
    duckdb.connect().execute(f"copy ({rows}) to '{folder}/rekaman_pendukung.parquet'")
    assert ["pendukung_uji", "1.500", "0", "0"] in [line.split() for line in found(home, PERIODE, 1)]


def test_the_draft_is_told_by_its_seal(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder = draft_folder(home, PERIODE, 1)
    folder.mkdir(parents=True)
    (folder / "segel.json").write_text(json.dumps({"jumlah_orang": 1234, "sha256": "ab" * 32}))
    assert drafted(home, PERIODE, 1) == f"Rancangan 2025-S2 revisi 1: 1.234 orang, hash {'ab' * 8}…"
