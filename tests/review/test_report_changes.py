"""What became of earlier gaps, the course over publications, and who entered or left: as a query finds it (F10, F15)."""

import json
import re

import duckdb
import pytest

from padanan.run.report import render_report
from tests.review.pages_back import Page, count
from tests.review.published_by_hand import PERIODE, write_published
from tests.signed import write_manifest

KEYS = ("lalu", "terbuka", "selesai", "hilang", "baru", "kini")


def gaps(home, periode, revisi):
    path = home.published(periode, revisi) / "gap.parquet"
    return set(duckdb.sql(f"select distinct producer, rule_id, entity_key from '{path}'").fetchall())


@pytest.mark.feature("F10")
@pytest.mark.parametrize(("place", "earlier"), [(0, (PERIODE.previous(), 1)), (1, (PERIODE, 1))])
def test_follow_up_of_every_earlier_gap(pages, rendered, tables, place, earlier):
    """Sets of Python, no query of ours: each gap of before is in exactly one of open, mended, no longer delivered."""
    home = rendered[0]
    before, now = gaps(home, *earlier), gaps(home, PERIODE, 2)
    delivered = set(tables.execute("select distinct producer, entity_key from padanan_record").fetchall())
    shown = pages["perubahan.html"].values(f"tabel-lanjutan-produsen-{place}", "produsen", "nilai")
    gone = {gap for gap in before - now if (gap[0], gap[2]) not in delivered}
    expected = {"lalu": before, "terbuka": before & now, "selesai": before - now - gone, "hilang": gone}
    expected |= {"baru": now - before, "kini": now}
    for key in KEYS:
        assert count(shown["semua"][key]) == len(expected[key]), key
        for producer in shown.keys() - {"semua"}:
            assert count(shown[producer][key]) == sum(gap[0] == producer for gap in expected[key]), (producer, key)
    by_rule = pages["perubahan.html"].values(f"tabel-lanjutan-aturan-{place}", "aturan", "nilai")
    assert {rule: count(cells["terbuka"]) for rule, cells in by_rule.items()} == {
        rule: sum(gap[1] == rule for gap in expected["terbuka"]) for rule in by_rule
    }
    assert expected["terbuka"] and (expected["selesai"] or expected["baru"])


@pytest.mark.feature("F10")
def test_each_producer_reads_what_became_of_its_own_gaps(pages):
    whole = pages["perubahan.html"].values("tabel-lanjutan-produsen-0", "produsen", "nilai")
    for producer in whole.keys() - {"semua"}:
        shown = pages[f"produsen-{producer.replace('_', '-')}.html"].values("tabel-lanjutan", "aturan", "nilai")
        total = shown.pop("semua")
        assert total == whole[producer]
        assert {key: sum(count(cells[key]) for cells in shown.values()) for key in KEYS} == {
            key: count(total[key]) for key in KEYS
        }


@pytest.mark.feature("F10")
def test_the_page_of_quality_follows_the_last_period_up(pages):
    total = pages["perubahan.html"].values("tabel-lanjutan-produsen-0", "produsen", "nilai")["semua"]
    told = next(line for line in pages["mutu.html"].source.split("<p>") if line.startswith("Dari "))
    for key in ("lalu", "selesai", "terbuka", "hilang", "baru"):
        assert f" {total[key]} " in told, (key, told)
    assert "Dari " in pages["mutu.html"].source and "periode 2025-S1 revisi 1" in pages["mutu.html"].source


def test_a_mended_and_a_vanished_record_are_told_apart(home):
    folder = write_published(home, people=400)
    second = write_published(home, people=400, revisi=2)
    con = duckdb.connect()
    one, other = con.execute(
        f"select distinct entity_key from '{folder}/gap.parquet' where producer = 'carik' order by 1 limit 2"
    ).fetchall()
    for table, keys in (("gap", (one[0], other[0])), ("padanan_record", (other[0],))):
        con.execute(f"create or replace table t as select * from '{second}/{table}.parquet'")
        con.execute(f"delete from t where entity_key in {(*keys, '')}")
        con.execute(f"copy t to '{second}/{table}.parquet' (format parquet)")
    manifest = json.loads((second / "manifest.json").read_text())
    del manifest["rules"]
    write_manifest(second, manifest)
    page = Page(render_report(home, PERIODE, 2).parent / "perubahan.html")
    carik = page.values("tabel-lanjutan-produsen-0", "produsen", "nilai")["carik"]
    gone = con.execute(f"select count(*) from '{folder}/gap.parquet' where entity_key = '{other[0]}'").fetchone()[0]
    mended = con.execute(f"select count(*) from '{folder}/gap.parquet' where entity_key = '{one[0]}'").fetchone()[0]
    assert (count(carik["selesai"]), count(carik["hilang"]), count(carik["baru"])) == (mended, gone, 0)


@pytest.mark.feature("F10")
def test_course_of_the_largest_gaps(pages, rendered):
    home = rendered[0]
    shown = pages["perubahan.html"].rows("tabel-lintasan", "celah")
    head = [cell[2] for cell in pages["perubahan.html"].tables["tabel-lintasan"][0][1]]
    assert head[2:5] == ["2025-S1 r1", "2025-S2 r1", "2025-S2 r2"]
    assert len(shown) == 12
    points = [(PERIODE.previous(), 1), (PERIODE, 1), (PERIODE, 2)]
    for key, (_, limit, *cells) in shown.items():
        producer, rule = key.split("/")
        for (periode, revisi), text in zip(points, cells, strict=False):
            manifest = json.loads((home.published(periode, revisi) / "manifest.json").read_text())
            item = next(found for found in manifest["rules"] if (found["producer"], found["rule_id"]) == (producer, rule))
            assert float(text.strip("%").replace(",", ".")) == pytest.approx(100 * item["gagal"] / item["total"], abs=0.051)
        assert limit.endswith("%")
    pictures = [found for tag, found in pages["mutu.html"].tags if tag == "svg" and found.get("class") == "lintasan"]
    assert len(pictures) == 6
    assert pages["mutu.html"].source.count('class="ambang" x1=') == 6


@pytest.mark.feature("F10")
def test_people_in_and_out_are_the_difference_of_two_selections(pages, rendered):
    home = rendered[0]
    paths = [home.published(*side) / "sasaran.parquet" for side in ((PERIODE.previous(), 1), (PERIODE, 2))]
    before, after = ({row[0] for row in duckdb.sql(f"select id_orang from '{path}' where terpilih").fetchall()} for path in paths)
    shown = pages["perubahan.html"].rows("tabel-perubahan-0", "arah")
    for direction, people in (("masuk", after - before), ("keluar", before - after)):
        text = shown[direction][2]
        assert people
        assert (text in ("<5", "ditutup")) if 0 < len(people) < 5 else count(text) == len(people), direction
    parts = [count(cells[2]) for key, cells in shown.items() if key.startswith("berubah/") and re.fullmatch(r"[\d.]+", cells[2])]
    assert sum(parts) <= count(shown["berubah"][2])


def test_an_older_publication_without_a_column_is_left_out_and_named(home):
    folder = write_published(home, people=300, periode=PERIODE.previous())
    con = duckdb.connect()
    con.execute(f"create table t as select * exclude (entity_key) from '{folder}/gap.parquet'")
    con.execute(f"copy t to '{folder}/gap.parquet' (format parquet)")
    write_published(home, people=300)
    folder = render_report(home, PERIODE, 1).parent
    text = (folder / "perubahan.html").read_text()
    assert "Belum ada terbitan sebelumnya yang dapat dibandingkan" in text
    assert "versi program yang lebih lama: 2025-S1 revisi 1" in text
