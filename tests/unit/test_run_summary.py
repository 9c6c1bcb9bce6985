"""The lines that end a demo: rows and gaps per producer, statuses, and the draft, counted from the published tables."""

import json
from types import SimpleNamespace

import duckdb
import pytest

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.decree.freeze import draft_folder
from padanan.run.summary import drafted, found, queued
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
    place = "'31.71' as kode_kota, null as kode_kecamatan, null as kode_kelurahan"
    rows = f"select 'pendukung_uji' as producer, range::varchar as record_key, {place} from range(1500)"
    duckdb.connect().execute(f"copy ({rows}) to '{folder}/rekaman_pendukung.parquet'")
    assert ["pendukung_uji", "1.500", "0", "0"] in [line.split() for line in found(home, PERIODE, 1)]


def test_the_draft_is_told_by_its_seal(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder = draft_folder(home, PERIODE, 1)
    folder.mkdir(parents=True)
    (folder / "segel.json").write_text(json.dumps({"jumlah_orang": 1234, "sha256": "ab" * 32}))
    assert drafted(home, PERIODE, 1) == f"Rancangan 2025-S2 revisi 1: 1.234 orang, hash {'ab' * 8}…"


@pytest.mark.parametrize(("waiting", "lines"), [(0, 1), (1234, 4)])
def test_the_summary_says_how_many_wait_and_how_one_is_decided(monkeypatch: pytest.MonkeyPatch, waiting: int, lines: int) -> None:
    """The commands it names are the ones there are; where nobody waits none is named."""
    asked: list[str] = []

    class Source:
        con = SimpleNamespace(close=lambda: asked.append("tutup"))

        def value(self, sql: str) -> int:
            asked.append(sql)
            return waiting

    monkeypatch.setattr("padanan.published.opened.open_published", lambda *_: Source())
    told = queued(None, PERIODE, 1)  # type: ignore[arg-type]
    assert len(told) == lines and asked[-1] == "tutup" and "mungkin_padan" in asked[0]
    assert ("1.234 catatan menunggu" in told[0]) == bool(waiting)
    commands = [" ".join(words) for line in told for words in [line.split("padanan clerical ")[1:]] if words]
    assert [command.split()[0] for command in commands] == (["export", "import"] if waiting else [])
