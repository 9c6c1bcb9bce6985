# ruff: noqa: E501
"""`penduduk.html` read back (F06): shares of the delivered population, what they would give away, and what differs from the register."""

import json

import duckdb
import pytest

from padanan.base.home import Home
from padanan.base.tabular import file_sha256
from padanan.contracts.contract import load_contracts
from padanan.run.report import render_report
from tests.review.pages_back import Page, count
from tests.review.published_by_hand import PERIODE, SEED, write_published
from tests.signed import write_manifest

pytestmark = pytest.mark.feature("F06")

SOURCE = next(item for item in load_contracts().values() if "penyebut" in item.roles)
RULE = next(rule for rule in SOURCE.rules if rule.dimension == "A")
PAGE = "penduduk.html"
UNKNOWN = "tidak diukur"


def write_population(folder):
    """Adds what a denominator's delivery publishes: one cell a kelurahan and sex, in one of each kota not whole.

    Not whole is a kelurahan with 1 to 4 people of the data sasaran: the rest of its kecamatan would tell how many.
    The first kelurahan has 3 residents; every tenth differs from the register.
    """
    with duckdb.connect() as con:
        for name in ("sasaran", "padanan_orang", "gap"):
            con.execute(f"create table {name} as from read_parquet('{folder / name}.parquet')")
        con.execute(f"""
            create table k as
            select w.*, row_number() over (order by w.kode_kelurahan) - 1 as n, coalesce(s.n, 0) as sasaran
            from read_csv('{SEED}', all_varchar = true) w left join
              (select o.kode_kelurahan, count(*) as n from padanan_orang o join sasaran s using (id_orang) where s.terpilih group by 1) s
              using (kode_kelurahan);
            create table p as
            select *, case when n = 0 then 3 else 700 + 37 * (n % 29) end as jiwa, n % 10 = 4 as beda,
              row_number() over (partition by kode_kota order by case when sasaran between 1 and 4 then 0 else 1 end, n desc) > 1 as lengkap
            from k;
            create table penduduk_wilayah as
            select '{PERIODE.key}' as periode, 1 as revisi, kode_kelurahan, jk as jenis_kelamin, umur as kelompok_umur,
              case when jk = 'L' then jiwa // 2 else jiwa - jiwa // 2 end::bigint as jiwa, lengkap, 1::bigint as jumlah_baris,
              '{SOURCE.id}' as producer, '2025-10' as periode_data
            from p, (values ('L', '20-24'), ('P', '25-29')) c (jk, umur);
            create table rekaman_pendukung as
            select '{PERIODE.key}' as periode, 1 as revisi, '{SOURCE.id}' as producer, 'wilayah' as unit, '2025-10' as periode_data,
              'delivery' as delivery, 'sel' || n as record_key, 'sel' || n as entity_key, kode_kota, kode_kecamatan, kode_kelurahan,
              true as dipakai, null::varchar as alasan from p;
            insert into gap by name
            select '{PERIODE.key}' as periode, 1 as revisi, '{SOURCE.id}' as producer, 'wilayah' as unit, 'sel' || n as record_key,
              'sel' || n as entity_key, 'delivery' as delivery, '{RULE.id}' as rule_id, '{RULE.level}' as level, 'A' as dimensi,
              'lebih' as rincian, kode_kota, kode_kecamatan, kode_kelurahan, 'cleansing' as tahap from p where beda""")
        for name in ("penduduk_wilayah", "rekaman_pendukung", "gap"):
            con.execute(f"copy (from {name} order by all) to '{folder / name}.parquet' (format parquet)")
        broken, judged = con.execute("select count(*) filter (beda), count(*) from p").fetchone()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["rules"].append({"producer": SOURCE.id, "rule_id": RULE.id, "gagal": broken, "total": judged})
    for name in ("penduduk_wilayah", "rekaman_pendukung", "gap"):
        manifest["tables"][name] = {"sha256": file_sha256(folder / f"{name}.parquet")}
    write_manifest(folder, manifest)


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    """(the page, published tables with `k`: the places with what a reader may not learn)."""
    home = Home(tmp_path_factory.mktemp("penduduk") / "data").ensure()
    folder = write_published(home)
    write_population(folder)
    page = Page(render_report(home, PERIODE, 1).parent / PAGE)
    con = duckdb.connect()
    for name in ("sasaran", "padanan_orang", "gap", "penduduk_wilayah", "rekaman_pendukung"):
        con.execute(f"create view {name} as from read_parquet('{folder / name}.parquet')")
    con.execute(f"""
        create table truth as
        with s as (select o.kode_kelurahan, count(*) as n from padanan_orang o join sasaran s using (id_orang) where s.terpilih group by 1),
        j as (select kode_kelurahan, sum(jiwa)::bigint as n, bool_and(lengkap) as lengkap from penduduk_wilayah group by 1),
        b as (select distinct r.kode_kelurahan from gap join rekaman_pendukung r using (record_key) where rule_id = '{RULE.id}')
        select w.kode_kota, w.kode_kecamatan, w.kode_kelurahan, coalesce(s.n, 0) as sasaran, j.n as jiwa, j.lengkap,
          b.kode_kelurahan is not null as beda
        from read_csv('{SEED}', all_varchar = true) w left join s using (kode_kelurahan) left join j using (kode_kelurahan)
        left join b using (kode_kelurahan)""")
    yield page, con
    con.close()


def rows(page, table, depth):
    return {path: cells for path, cells in page.rows(table, "wilayah").items() if path.count("/") == depth and "-" not in path}


def as_share(text):
    return float(text.removesuffix("%").replace(",", ".")) / 100


def test_a_kelurahans_share_is_its_sasaran_by_its_population(population):
    page, con = population
    shown = {path.split("/")[2]: cells for path, cells in rows(page, "tabel-penduduk-kelurahan", 2).items()}
    truth = con.execute("select kode_kelurahan, sasaran, jiwa, lengkap from truth").fetchall()
    assert len(truth) == len(shown) == 267
    measured = covered = 0
    for code, sasaran, jiwa, whole in truth:
        _, _, target, residents, share, _ = shown[code]
        if not whole:
            assert (residents, share) == (UNKNOWN, UNKNOWN)
        elif target in ("<5", "ditutup") or residents in ("<5", "ditutup"):
            assert share == "–"
            covered += 1
        else:
            assert (count(target), count(residents)) == (sasaran, jiwa)
            assert not 1 <= sasaran <= 4
            assert as_share(share) == pytest.approx(sasaran / jiwa, abs=0.0005001), code
            measured += 1
    assert measured > 100 and covered > 10


def test_above_a_kelurahan_the_share_is_of_the_measured_ones(population):
    page, con = population
    seen = 0
    for table, depth, level in (("tabel-penduduk-kota", 0, "kode_kota"), ("tabel-penduduk-kelurahan", 1, "kode_kecamatan")):
        truth = con.execute(
            f"""select {level}, sum(sasaran), sum(sasaran) filter (lengkap), sum(jiwa) filter (lengkap), count(*) filter (lengkap), count(*)
            from truth group by 1"""
        ).fetchall()
        shown = {path.split("/")[-1]: cells for path, cells in rows(page, table, depth).items()}
        for code, _, part, jiwa, whole, every in truth:
            _, told, _, residents, share, _ = shown[code]
            assert told == f"{whole} dari {every}"
            if share not in ("–", UNKNOWN):
                assert count(residents) == jiwa
                assert as_share(share) == pytest.approx(part / jiwa, abs=0.0005001), code
                seen += 1
    assert seen > 5


def test_no_share_gives_a_small_kelurahan_away(population):
    """Where one kelurahan isn't measured, its kecamatan's sasaran without the measured ones would be its own few people."""
    page, con = population
    shown = {path.split("/")[1]: cells for path, cells in rows(page, "tabel-penduduk-kelurahan", 1).items()}
    at_risk = con.execute("""
        select kode_kecamatan, sum(sasaran) filter (not lengkap) as rest, sum(sasaran) filter (lengkap) as part from truth
        group by 1 having sum(sasaran) filter (not lengkap) between 1 and 4""").fetchall()
    assert len(at_risk) >= 3
    for code, _, _ in at_risk:
        _, _, target, residents, share, _ = shown[code]
        assert share == "–" or target in ("<5", "ditutup") or residents in ("<5", "ditutup"), code
    assert any(shown[code][4] == "–" for code, _, _ in at_risk)


def test_what_differs_from_the_register_is_measured_and_marked(population):
    page, con = population
    shown = {path.split("/")[2]: cells for path, cells in rows(page, "tabel-penduduk-kelurahan", 2).items()}
    told = {code: cells[-1] for code, cells in shown.items()}
    for code, whole, differs in con.execute("select kode_kelurahan, lengkap, beda from truth").fetchall():
        assert told[code] == (UNKNOWN if not whole else "▲ berbeda" if differs else "● sesuai"), code
    doubtful = con.execute("select count(*) from truth where lengkap and beda").fetchone()[0]
    assert doubtful > 10
    assert f"{doubtful} kelurahan yang diukur berbeda dari registri acuan" in page.texts["berbeda"]
    by_kota = con.execute("select kode_kota, count(*) from truth where lengkap and beda group by 1").fetchall()
    kota = page.rows("tabel-penduduk-kota", "wilayah")
    for code, n in by_kota:
        # the islands have few kelurahan; a single one is still told with its number
        assert kota[code][-1] == f"▲ berbeda di {n} kelurahan"
    # It is a denominator all the same: its share stands.
    with_share = con.execute("select kode_kelurahan from truth where lengkap and beda and sasaran >= 5").fetchall()
    assert any(shown[code][4].endswith("%") for (code,) in with_share)
    assert RULE.definisi[:40] in page.source


def test_without_a_rule_of_accuracy_nothing_is_called_equal():
    from padanan.published.wilayah import Node
    from padanan.review.report.population_page import Doubt

    leaf = Node(("", "a", "b", "c"), "X", measured=True)
    assert Doubt((), frozenset()).cell([leaf]).text == UNKNOWN
    assert Doubt((RULE,), frozenset()).cell([leaf]).text == "sesuai"
    assert Doubt((RULE,), frozenset({"c"})).cell([leaf]).text == "berbeda"
