"""The lines that end a demo: rows and gaps per producer, statuses, and the draft, counted from the published tables."""

import json

import duckdb

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.decree.freeze import draft_folder
from padanan.run.summary import drafted, found

PERIODE = Periode.parse("2025-S2")


def test_rows_gaps_and_records_with_a_gap_are_told_apart(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder = home.published(PERIODE, 1)
    folder.mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(
            f"copy (select * from (values ('klj', 'padan_nik'), ('klj', 'padan_nik'), ('klj', 'tanpa_nik'), ('pkh', 'tanpa_nik'),"
            f" ('pkh', 'tanpa_nik')) t(producer, status)) to '{folder}/padanan_record.parquet'"
        )
        con.execute(
            f"copy (select * from (values ('klj', 'a'), ('klj', 'a'), ('klj', 'b')) t(producer, record_key))"
            f" to '{folder}/gap.parquet'"
        )
    lines = [line.split() for line in found(home, PERIODE, 1)]
    assert ["klj", "3", "3", "2"] in lines and ["pkh", "2", "0", "0"] in lines
    assert lines.index(["tanpa_nik", "3"]) < lines.index(["padan_nik", "2"]), "the largest first"


def test_the_draft_is_told_by_its_seal(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder = draft_folder(home, PERIODE, 1)
    folder.mkdir(parents=True)
    (folder / "segel.json").write_text(json.dumps({"jumlah_orang": 1234, "sha256": "ab" * 32}))
    assert drafted(home, PERIODE, 1) == f"Rancangan 2025-S2 revisi 1: 1.234 orang, hash {'ab' * 8}…"
