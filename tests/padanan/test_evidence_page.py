"""The page on the padanan by evidence: its figures are the tables', small cells stay covered, nobody can be named.

One small run serves the file; the form of every page is tested in tests/review.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from padanan.home import Home
from padanan.report import evidence_tables, render_report
from tests.pipeline import PERIODE, generate_and_land, to_published
from tests.review.pages_back import Page


class Rendered:
    """A published run with its report."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.folder = folder
        self.reports = render_report(home, PERIODE, 1).parent
        self.page = Page(self.reports / "padanan.html")
        self.con = duckdb.connect()
        for path in folder.glob("*.parquet"):
            self.con.execute(f"create view {path.stem} as from read_parquet('{path}')")

    def value(self, query: str) -> Any:
        return self.con.execute(query).fetchall()[0][0]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    base = tmp_path_factory.mktemp("halaman-bukti")
    home, key = Home(base / "data"), base / "key"
    generate_and_land(home.root, key, residents=1500, seed=31, profile="hard")
    folder = to_published(home.root, key)
    return Rendered(home, folder)


def _number(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.mark.feature("F14")
def test_figures_are_those_of_the_published_tables(made: Rendered) -> None:
    """Statuses per producer sum up to padanan_record; completeness and thresholds are ukuran_bukti's."""
    rows = made.page.rows("tabel-bukti", "produsen")
    counted = made.con.execute("""
        select producer, count(*), count(*) filter (status = 'padan_bukti') from padanan_record
        where producer <> 'adminduk' and status <> 'padan_nik' group by 1
    """).fetchall()
    assert {name: (_number(cells[1]), _number(cells[2])) for name, cells in rows.items()} == {
        name: (left, found) for name, left, found in counted
    }
    quality = made.page.rows("tabel-mutu-bukti", "produsen")
    upper = dict(made.con.execute("select producer, nilai from ukuran_bukti where nama = 'ambang_otomatis_bit'").fetchall())
    assert quality.keys() == upper.keys()
    for name, value in upper.items():
        assert float(quality[name][4].replace(".", "").replace(",", ".")) == pytest.approx(value, abs=1e-3)


@pytest.mark.feature("F46")
def test_renstra_indicators_with_numerator_and_denominator(made: Rendered) -> None:
    """Both sides are printed; the targets are the document's, and none is invented for ketepatan sasaran."""
    rows = [[cell[2] for cell in cells] for _, cells in made.page.tables["tabel-renstra"][1:]]
    assert len(rows) == 3
    part, whole = made.con.execute("""
        select count(distinct id_orang) filter (status in ('padan_nik', 'padan_bukti')), count(distinct id_orang)
        from padanan_record where producer = 'dtks'
    """).fetchall()[0]
    assert (_number(rows[0][1]), _number(rows[0][2])) == (part, whole)
    assert re.findall(r"\d{4} (\d+)%", rows[0][4]) == ["30", "40", "50", "60", "100"]
    assert re.findall(r"\d{4} (\d+)%", rows[1][4]) == ["30", "40", "50", "70", "70"]
    assert rows[2][4] == "tidak ditetapkan"
    assert 0 < _number(rows[2][1]) < _number(rows[2][2])


@pytest.mark.feature("F47")
def test_fairness_covers_small_cells_and_their_complements(made: Rendered) -> None:
    """No list's group with 1 to 4 unmatched records shows a rate; nor may a group tell its rest by subtraction."""
    shown = made.page.rows("tabel-kewajaran-daftar", "produsen")
    heads = [cell[2] for cell in made.page.tables["tabel-kewajaran-daftar"][0][1]]
    women = heads.index("Perempuan")
    hidden = 0
    for producer, n, rate, all_n, all_rate in made.con.execute("""
        select p.producer, p.n, p.nilai, s.n, s.nilai from ukuran_bukti p join ukuran_bukti s using (producer)
        where p.jenis = 'kelompok' and p.nama = 'perempuan' and s.jenis = 'kelompok' and s.nama = 'semua' and producer <> 'semua'
    """).fetchall():
        lost, all_lost = round(n * (100 - rate) / 100), round(all_n * (100 - all_rate) / 100)
        if 0 < lost < 5 or 0 < all_lost - lost < 5:
            assert shown[producer][women] == "ditutup", producer
            hidden += 1
    assert hidden >= 1


@pytest.mark.feature("F50")
def test_the_page_names_nobody_and_reads_without_a_script(made: Rendered) -> None:
    """Levels and bits only: no key, no name, no long run of digits; small, headed and captioned."""
    source = made.page.source
    assert len(source.encode()) < 400_000
    assert not re.search(r"(?<!\d)\d{12,}(?!\d)", source) and "<script" not in source
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", source)
    names = made.con.execute(
        # a filler that some clerk typed; the page says "tanpa nama" of what it does not show
        "select distinct nama from padanan_orang where length(nama) > 8 and nama <> 'TANPA NAMA'"
    ).fetchall()
    text = source.upper()
    assert not [name for (name,) in names if name.upper() in text]
    keys = made.con.execute("select record_key from pasangan_bukti union select register_key from pasangan_bukti").fetchall()
    assert not [key for (key,) in keys if key in source]
    assert made.page.headings[0] == 1 and all(
        b - a <= 1 for a, b in zip(made.page.headings, made.page.headings[1:], strict=False)
    )
    assert source.count("<caption>") == source.count("<table ")
    assert len(made.page.ids) == len(set(made.page.ids))
    drawings = re.findall(r'<svg[^>]*aria-labelledby="([^"]+)"', source)
    assert 2 <= len(drawings) <= 5 and all(set(ids.split()) <= set(made.page.ids) for ids in drawings)


@pytest.mark.feature("F14")
def test_examples_add_up_and_the_index_leads_here(made: Rendered) -> None:
    """Each drawing's numbers sum to its total."""
    found = re.findall(r'<svg xmlns="[^"]+" viewBox.*?</svg>', made.page.source, flags=re.S)
    assert 1 <= len(found) <= 3
    for svg in found:
        values = [round(float(v.replace(",", ".")) * 100) for v in re.findall(r">([+-]\d+,\d\d)</text>", svg)]
        assert sum(values[:-1]) == values[-1]
    assert "padanan.html" in Page(made.reports / "index.html").links


def test_calibration_on_the_page_is_the_models(made: Rendered) -> None:
    """As many outcomes as the artefact holds."""
    body = json.loads((made.folder / "model_bukti.json").read_text())
    stored = sum(row["n"] for group in body["kelompok"].values() for row in group["kalibrasi"])
    shown = sum(_number(cells[2][2]) for _, cells in made.page.tables["tabel-kalibrasi"][1:])
    assert stored == shown > 0


def test_covers_leave_no_small_count_to_subtract() -> None:
    """Two kota, one small: the other one is covered too, or the sum would tell it."""
    lines = [
        {"nama": "semua", "n": 1000, "nilai": 90.0, "gagal": 100},
        {"nama": "kota 31.71", "n": 500, "nilai": 99.6, "gagal": 2},
        {"nama": "kota 31.72", "n": 500, "nilai": 80.4, "gagal": 98},
        {"nama": "perempuan", "n": 480, "nilai": 79.8, "gagal": 97},
    ]
    got = evidence_tables._covers(lines)
    assert {"kota 31.71", "kota 31.72", "perempuan"} <= set(got) and "semua" not in got
