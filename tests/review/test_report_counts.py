"""Every count of the report, parsed back from the HTML, equals a query over the published tables (F10)."""

import json
import re

import pyarrow.parquet as pq
import pytest
from scipy.stats import binomtest

from padanan.base.errors import PadananError
from padanan.contracts.contract import load_contracts
from padanan.contracts.dbt_yaml import written_columns
from padanan.contracts.parts import registries
from padanan.published.opened import NotPublished
from padanan.run.report import render_report
from tests.review.pages_back import count
from tests.review.published_by_hand import PERIODE, PRODUCERS, write_published
from tests.signed import write_manifest

REGISTRIES = tuple(registries(load_contracts()))
# Hand-made columns that no report may read (NIK and names), and helpers of their making.
CANARY_COLUMNS = {"catatan", "nik", "nama", "tgl_lahir", "nik_bersih", "nama_bersih", "keluarga", "i"}


@pytest.mark.feature("F10")
def test_gaps_by_rule_add_up_to_the_gap_table(pages, tables):
    shown = pages["aturan.html"].values("tabel-aturan", "aturan", "nilai")
    expected = tables.execute("""
        select rule_id, count(*), count(distinct id_orang) from gap join padanan_record using (producer, record_key) group by all
    """).fetchall()
    assert expected
    for rule, gaps, people in expected:
        assert (count(shown[rule]["gagal"]), count(shown[rule]["orang"])) == (gaps, people), rule
    assert set(shown) - {"semua"} == {rule for rule, _, _ in expected}
    assert count(shown["semua"]["gagal"]) == sum(gaps for _, gaps, _ in expected)
    distinct = tables.execute("select count(distinct record_key) from gap").fetchone()[0]
    assert count(pages["aturan.html"].texts["catatan-celah"]) == distinct


@pytest.mark.feature("F10")
def test_a_rule_is_called_on_every_page_what_the_catalogue_calls_it(pages):
    names = {rule.id: rule.name for contract in load_contracts().values() for rule in contract.rules}
    codes = pages["analis.html"].rows("tabel-kode", "kode")
    seen = 0
    for page in pages.values():
        for table in page.tables:
            if table in ("tabel-aturan", "tabel-definisi"):
                for rule, cells in page.rows(table, "aturan").items():
                    if rule in names:
                        seen += 1
                        assert cells[0] == names[rule] == codes[rule][0] and codes[rule][2] == rule, (table, cells[0])
    assert seen > 40


@pytest.mark.feature("F10")
def test_totals_come_from_the_manifest(pages, rendered):
    manifest = json.loads((rendered[0].published(PERIODE, 2) / "manifest.json").read_text())
    for producer in PRODUCERS:
        shown = pages[f"produsen-{producer.replace('_', '-')}.html"].values("tabel-aturan", "aturan", "nilai")
        stored = {item["rule_id"]: item for item in manifest["rules"] if item["producer"] == producer}
        assert {rule: (count(v["gagal"]), count(v["total"])) for rule, v in shown.items()} == {
            rule: (item["gagal"], item["total"]) for rule, item in stored.items()
        }


@pytest.mark.feature("F10")
def test_producer_pages_by_rule_and_kota(pages, tables):
    covered = 0
    for producer in PRODUCERS:
        page = pages[f"produsen-{producer.replace('_', '-')}.html"]
        cells = page.values("tabel-kota", "aturan", "kota")
        found = tables.execute(
            "select rule_id, coalesce(kode_kota, '-') as kota, count(*) from gap where producer = ? group by all", [producer]
        ).fetchall()
        expected = {(rule, kota): n for rule, kota, n in found}
        for rule, by_kota in cells.items():
            for kota, text in by_kota.items():
                truth, first = expected.get((rule, kota), 0), text.split("\n")[0]
                number = first.split("■")[0].split("%")[0]
                if first.startswith(("<5", "ditutup")):
                    covered += 1
                    assert "%" not in text
                    assert first == "ditutup" or 1 <= truth <= 4
                else:
                    assert number.startswith(f"{truth:,}".replace(",", ".")), (producer, rule, kota, text)
                    assert not 1 <= truth <= 4
    assert covered, "contoh ini harus memuat sel kecil"


@pytest.mark.feature("F12")
def test_every_record_has_one_status(pages, tables):
    shown = pages["pemadanan.html"].rows("tabel-padanan", "produsen")
    order = ["padan_nik", "padan_bukti", "mungkin_padan", "tidak_padan"]
    for producer in PRODUCERS:
        counts = dict(
            tables.execute("select status, count(*) from padanan_record where producer = ? group by all", [producer]).fetchall()
        )
        _, _, total, *numbers, _ = shown[producer]
        assert [count(text) for text in numbers] == [counts.get(status, 0) for status in order]
        assert count(total) == sum(counts.values())


@pytest.mark.feature("F13")
@pytest.mark.parametrize("unit", ["orang", "keluarga"])
def test_overlap_equals_the_union(pages, tables, unit):
    shown = pages["irisan.html"].rows(f"tabel-irisan-{unit}", "irisan")
    expected = {}
    for *flags, n in tables.execute(
        f"select {', '.join(REGISTRIES)}, sum(jumlah)::bigint from overlap where satuan = ? group by all", [unit]
    ).fetchall():
        expected["+".join(sorted(name for name, flag in zip(REGISTRIES, flags, strict=True) if flag))] = n
    assert set(shown) == set(expected)
    for key, (_, number, _) in shown.items():
        if number not in ("<5", "ditutup"):
            assert count(number) == expected[key]
        else:
            assert number == "ditutup" or expected[key] < 5
    total = f"{sum(expected.values()):,}".replace(",", ".")
    assert all(total in pages[name].source for name in ("irisan.html", "pemadanan.html"))


@pytest.mark.feature("F10")
def test_places_from_kota_to_kelurahan(pages, tables):
    """Shown counts equal the query; a kelurahan's row stands under its kecamatan; covered cells carry no share."""
    seen = 0
    queries = {
        0: "select kode_kelurahan, count(*) from padanan_record group by all",
        1: """select kode_kelurahan, count(distinct record_key) from padanan_record
            where record_key in (select record_key from gap) group by all""",
        3: "select kode_kelurahan, count(*) from padanan_orang group by all",
        4: "select o.kode_kelurahan, count(*) from padanan_orang o join sasaran s using (id_orang) where s.terpilih group by all",
    }
    truth = {column: dict(tables.execute(query).fetchall()) for column, query in queries.items()}
    kota = [page for name, page in pages.items() if name.startswith("kota-")]
    assert len(kota) == 6
    kelurahan = set()
    # Nobody delivered a population here: no share by place is measured.
    assert {tuple(cells[-2:]) for page in kota for cells in page.rows("tabel-kelurahan", "wilayah").values()} == {
        ("tidak diukur", "tidak diukur")
    }
    for page in kota:
        for key, (_, *cells) in page.rows("tabel-kelurahan", "wilayah").items():
            code = key.split("/")[-1]
            if code.count(".") != 3:
                continue
            assert key.split("/")[-2] == code[:8]
            kelurahan.add(code)
            for column, counts in truth.items():
                real = counts.get(code, 0)
                if cells[column] in ("<5", "ditutup"):
                    seen += 1
                    assert cells[column] == "ditutup" or 1 <= real <= 4
                    assert cells[column + 1] == "–" or column in (0, 3, 4)
                else:
                    assert count(cells[column]) == real
                    assert not 1 <= real <= 4
    assert len(kelurahan) == 267
    assert seen, "contoh ini harus memuat sel kecil"


@pytest.mark.feature("F10")
def test_kota_add_up_to_the_whole(pages, tables):
    table = pages["wilayah.html"].rows("tabel-wilayah", "wilayah")
    total = table.pop("semua")
    assert len(table) == 7
    assert count(total[1]) == sum(count(cells[1]) for cells in table.values()) == tables.execute(
        "select count(*) from padanan_record").fetchone()[0]  # fmt: skip
    assert count(total[4]) == tables.execute("select count(*) from padanan_orang").fetchone()[0]


@pytest.mark.feature("F09")
def test_row_account_as_published(pages, tables):
    shown = pages["neraca.html"].values("tabel-neraca", "produsen", "nilai")
    for stage, producer, came, went, aside in tables.execute(
        "select tahap, producer, masuk, lanjut, disisihkan from row_account").fetchall():  # fmt: skip
        cells = shown[producer]
        assert [count(cells[f"{stage}-{name}"]) for name in ("masuk", "lanjut", "disisihkan")] == [came, went, aside]
    assert "tidak cocok" not in pages["neraca.html"].texts["tabel-neraca"]


def test_families_by_registry(pages, tables):
    shown = pages["pemadanan.html"].rows("tabel-keluarga", "registri")
    for source, families in tables.execute("select sumber, count(*) from padanan_keluarga group by all").fetchall():
        members = tables.execute(
            """select count(distinct (id_keluarga, id_orang)) from anggota_keluarga where sumber = ?""", [source]
        )
        assert [count(cell) for cell in shown[source][1:3]] == [families, members.fetchone()[0]]


def test_selection_counts(pages, tables):
    shown = pages["index.html"].rows("tabel-sasaran", "kriteria")
    expected = dict(tables.execute("select coalesce(kriteria_gagal, 'terpilih'), count(*) from sasaran group by all").fetchall())
    assert {key: count(cells[1]) for key, cells in shown.items() if count(cells[1])} == expected
    assert "meninggal_terverifikasi" not in shown and "hidup_atau_belum_diketahui" in shown


@pytest.mark.feature("F50")
def test_covered_rows_stand_last(pages):
    """Between two counts in falling order a covered one could be read off: 8, ditutup, 7."""
    lists = [[cells[1] for cells in page.rows(f"tabel-irisan-{unit}", "irisan").values()]
             for page in pages.values() for unit in ("orang", "keluarga") if f"tabel-irisan-{unit}" in page.tables]  # fmt: skip
    covered = 0
    for shown in lists:
        marks = [text in ("<5", "ditutup") for text in shown]
        assert marks == sorted(marks)
        covered += sum(marks)
    assert covered


@pytest.mark.feature("F10")
def test_blockers_are_the_rates_above_the_contracts_threshold(pages, tables):
    """All of them are counted; named with their kota are only those whose count is open on the producer's page."""
    thresholds = {(contract.id, rule.id): rule.threshold for contract in load_contracts().values() for rule in contract.rules}
    rows = {
        (producer, kota): n
        for producer, kota, n in tables.execute(
            "select producer, kode_kota, count(*) from padanan_record group by all"
        ).fetchall()
    }
    found = tables.execute(
        """select g.producer, rule_id, g.kode_kota, count(*), bool_or(level = 'blok' and s.terpilih) from gap g
        left join padanan_record r using (producer, record_key) left join sasaran s on s.id_orang = r.id_orang
        where g.kode_kota is not null group by all"""
    ).fetchall()
    above, minor = [], []
    for producer, rule, kota, n, blocked in found:
        if n / rows[producer, kota] > thresholds[producer, rule]:
            low = binomtest(n, rows[producer, kota], alternative="greater").proportion_ci(0.95, method="wilson").low
            material = (n >= 10 and low > thresholds[producer, rule]) or blocked
            (above if material else minor).append((n, producer, rule, kota))
    assert minor and f"{len(minor)} catatan kecil pada" in pages["index.html"].source
    assert f"{len(above)} penghalang pada" in pages["index.html"].texts["rekomendasi"]
    assert re.search(rf"\d+ dari {len(above)} penghalang", pages["index.html"].captions["tabel-penghalang"])
    shown = [[cell[2] for cell in cells] for _, cells in pages["index.html"].tables["tabel-penghalang"][1:]]
    assert shown and all(count(cells[2]) >= 5 for cells in shown)
    assert [count(cells[5]) for cells in shown] == sorted((count(cells[5]) for cells in shown), reverse=True)
    marked = sum(
        "■" in cell[2]
        for name, page in pages.items() if name.startswith("produsen-")
        for attrs, cells in page.tables["tabel-kota"] for cell in cells
    )  # fmt: skip
    small = re.search(r"(\d+) penghalang bersandar pada jumlah yang ditutup", pages["index.html"].source)
    assert marked + (int(small[1]) if small else 0) == len(above)
    assert len(pages["penghalang.html"].tables["tabel-penghalang-semua"]) == marked + 1


@pytest.mark.feature("F10")
def test_scores_are_shares_of_records_without_a_gap(pages, tables):
    cells = pages["mutu.html"].rows("tabel-mutu", "produsen")["carik"]
    rows, failing = tables.execute("""select (select count(*) from padanan_record where producer = 'carik'),
        (select count(distinct record_key) from gap where producer = 'carik' and dimensi = 'K')""").fetchone()
    assert f"{100 * (1 - failing / rows):.1f}%".replace(".", ",") in cells[2]
    padan, dead = tables.execute("""select (select count(*) from padanan_record
            where producer = 'carik' and status in ('padan_nik', 'padan_bukti')),
        (select count(*) from gap where producer = 'carik' and dimensi = 'A')""").fetchone()
    assert f"{100 * (1 - dead / padan):.1f}%".replace(".", ",") in cells[7]


def test_an_unbalanced_account_is_said_aloud(home):
    folder = write_published(home, people=300)
    import duckdb

    con = duckdb.connect()
    con.execute(f"create table t as select * from read_parquet('{folder}/row_account.parquet')")
    con.execute("update t set masuk = masuk + 1 where producer = 'dtks' and tahap = 'cleansing'")
    con.execute(f"copy t to '{folder}/row_account.parquet' (format parquet)")
    con.close()
    write_manifest(folder, json.loads((folder / "manifest.json").read_text()))
    text = render_report(home, PERIODE, 1).with_name("neraca.html").read_text()
    assert text.count("</span> tidak cocok") == 2  # the producer's line and the sum


def test_manifest_and_gap_table_that_disagree_are_refused(home):
    folder = write_published(home, people=300)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["rules"][0]["gagal"] += 1
    write_manifest(folder, manifest)
    with pytest.raises(PadananError, match="jumlah celah"):
        render_report(home, PERIODE, 1)
    assert not home.reports(PERIODE, 1).exists()


def test_unpublished_and_incomplete_revisions_are_refused(home):
    with pytest.raises(PadananError, match="belum terbit"):
        render_report(home, PERIODE, 1)
    folder = write_published(home, people=300)
    (folder / "overlap.parquet").unlink()
    with pytest.raises(PadananError, match=r"overlap\.parquet: berkas terbitan hilang"):
        render_report(home, PERIODE, 1)
    assert not list(home.reports(PERIODE, 1).parent.glob(".tmp*"))


def test_hand_made_tables_are_those_that_dbt_publishes(home):
    """The hand-made tables can't drift from the real ones: all their columns, canaries apart, stand in dbt's contracts."""
    folder = write_published(home, people=300)
    made = sorted(folder.glob("*.parquet"))
    assert len(made) > 10
    for path in made:
        strange = set(pq.read_schema(path).names) - set(written_columns(path.stem)) - CANARY_COLUMNS
        assert not strange, (path.stem, strange)


# Column that a later Padanan added -> the page that asks for it and what it shows in its place.
@pytest.mark.feature("F17")
@pytest.mark.parametrize(
    ("table", "columns", "page"),
    [
        ("tanpa_dokumen", None, "daftar.html"),
        ("daftar_tanpa_program", ["sebab"], "daftar.html"),
        ("bendera_periksa", ["bukti"], "daftar.html"),
        ("pilah_disabilitas", ["disabilitas"], "kelompok.html"),
        ("overlap", ["dtsen"], "irisan.html"),
        ("overlap", None, "irisan.html"),
    ],
)
def test_what_a_publication_lacks_was_not_published_then(home, table, columns, page):
    """An older publication is reported column by column: what it lacks is said, never shown as 0."""
    folder = write_published(home, people=300)
    path = folder / f"{table}.parquet"
    manifest = json.loads((folder / "manifest.json").read_text())
    if columns is None:
        path.unlink()
        del manifest["tables"][table]
    else:
        pq.write_table(pq.read_table(path).drop_columns(columns), path)
    write_manifest(folder, manifest)
    index = render_report(home, PERIODE, 1)
    assert "belum diterbitkan waktu itu" in (index.parent / page).read_text(encoding="utf-8")


def test_a_later_column_asked_for_is_named(home):
    folder = write_published(home, people=300)
    path = folder / "sasaran.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["kriteria_gagal"]), path)
    write_manifest(folder, json.loads((folder / "manifest.json").read_text()))
    with pytest.raises(NotPublished, match=r"sasaran\.kriteria_gagal belum diterbitkan waktu itu"):
        render_report(home, PERIODE, 1)


def test_the_page_and_the_first_screen_say_what_an_older_publication_lacks(pages):
    page = pages["kriteria.html"]
    assert "Tidak diukur" in page.source and not page.tables
    assert "BA-UJI/2024" in pages["index.html"].texts["kriteria"] and "besar" not in pages["index.html"].texts
