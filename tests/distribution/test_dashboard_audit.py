"""The attack on what is shown of decrees: nothing covered is told, a leak goes red, and small differences of two are counted."""

from __future__ import annotations

import json

import duckdb
import pytest

from padanan.base.home import Home
from padanan.distribution.aggregate import PEOPLE, aggregate_text
from padanan.distribution.shelf import publish_decree
from padanan.upkeep.outputs.dashboards import attack_decree, audit_dashboards, readable_changes
from tests.distribution.decree_by_hand import BEFORE, PERIODE, seal_decree


@pytest.mark.feature("F19", "F50")
def test_shown_decrees_tell_no_covered_cell_and_small_differences_are_counted(tmp_path):
    """Two decrees of nearly the same people: three left, three came; the differences that a reader sees are told by the audit."""
    home = Home(tmp_path / "data").ensure()
    (home.root / "demo.json").write_text("{}")
    seal_decree(home, BEFORE)
    publish_decree(home, BEFORE)
    seal_decree(home, PERIODE, shift=3)
    publish_decree(home, PERIODE)
    first, second = audit_dashboards(home)
    assert (first.rebuilt, second.rebuilt) == ([], []) and first.tried > 100 < second.tried
    assert first.changes == (0, 0)
    known, every = second.changes
    assert 0 < known < every and f"{known} dari {every}" in second.line.replace(".", "")


@pytest.mark.feature("F19", "F50")
def test_few_beside_the_others_of_a_split_are_covered_and_a_leak_goes_red(tmp_path):
    """Three people of unknown sex in all of DKI: the others of that split told them."""
    path = tmp_path / "sasaran.duckdb"
    con = duckdb.connect(str(path))
    con.execute(
        "create table sasaran as select md5(i::varchar) as id_orang, null::varchar as id_keluarga, '31.74' as kode_kota,"
        " '31.74.01' as kode_kecamatan, '31.74.01.1001' as kode_kelurahan, 1 + i % 4 as desil, 'dewasa' as kelompok_umur,"
        " case when i < 3 then null when i % 2 = 0 then 'L' else 'P' end as jk, []::varchar[] as program_semua"
        " from range(400) t(i)"
    )
    con.close()
    rows = json.loads(aggregate_text(path))
    assert attack_decree("uji", path, rows).rebuilt == []
    split = [row for row in rows if row["tingkat"] == "provinsi" and row["dimensi"] == "jk" and row["satuan"] == PEOPLE]
    assert sum(row["jumlah"] is None for row in split) == 2
    leaking = [{**row, "jumlah": 1, "ditutup": None} if row["ditutup"] == "ditutup" else row for row in rows]
    assert attack_decree("uji", path, leaking).rebuilt


def test_differences_are_counted_where_both_are_printed():
    def rows(*counts):
        names = zip("abcd", counts, strict=True)
        return [
            {"satuan": PEOPLE, "tingkat": "kota", "kode_wilayah": one, "dimensi": "*", "nilai": "*", "jumlah": n}
            for one, n in names
        ]

    assert readable_changes(rows(10, 20, None, 40), rows(10, 23, 30, 50)) == (1, 3)
