"""The padanan by evidence in a whole run, against the generator's truth: precision first, absent people stay absent, one
word a record, families kept apart, the published pairs explain themselves.

The matching library alone is tested in `test_linkage_*`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.published.cells.declared import Declared
from padanan.published.cells.matching import group_key, record_groups
from padanan.published.cells.model import Cells
from padanan.published.evidence_groups import Group
from padanan.run.report import render_report
from tests.pipeline import CHECKOUT, PERIODE, environment, landed_rows, period_once
from tests.review.browser import axe, violations
from tests.review.pages_back import Page

PROFILES = ("default", "hard")


class Run:
    """One published run with its truth."""

    def __init__(self, home: Path, key: Path, folder: Path) -> None:
        self.home, self.key, self.folder = home, key, folder
        self.con = duckdb.connect()
        landed_rows(self.con, home)
        for name in ("padanan_record", "padanan_orang", "anggota_keluarga", "pasangan_bukti", "ukuran_bukti"):
            self.con.execute(f"create view {name} as from read_parquet('{folder / name}.parquet')")
        names = Home(home).root / "identitas" / folder.parent.name / folder.name / "identitas.parquet"
        self.con.execute(f"create view identitas as from read_parquet('{names}')")
        self.con.execute(
            f"""create view truth as select l.record_key, r.* from read_parquet('{home}/truth/2025-07-01/records.parquet') r
            join landed l using (producer, file, baris)"""
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "padanan.cli", *arguments],
            cwd=CHECKOUT, env=environment(self.home, self.key), capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module", params=PROFILES)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    made = Run(*period_once(tmp_path_factory, request.param))
    yield made
    made.con.close()


@pytest.mark.feature("F14")
def test_a_match_by_evidence_is_the_right_person(run: Run) -> None:
    """Precision at least 0.995 of what is merged without a person, and of people in no Adminduk at most 0.5% are merged."""
    right, wrong = run.rows("""
        select count(*) filter (t.id_truth_person = a.id_truth_person),
            count(*) filter (t.id_truth_person is distinct from a.id_truth_person)
        from padanan_record p join truth t using (record_key) join truth a on a.record_key = p.record_key_acuan
        where p.status = 'padan_bukti'
    """)[0]
    linked = run.rows("select count(*) from padanan_record where status = 'padan_bukti'")[0][0]
    assert right + wrong == linked > 150
    assert right / linked >= 0.995
    matched, absent = run.rows("""
        select count(*) filter (p.status in ('padan_nik', 'padan_bukti')), count(*)
        from padanan_record p join truth t using (record_key) where not t.in_adminduk and p.producer <> 'adminduk'
    """)[0]
    assert absent > 100 and matched / absent <= 0.005


@pytest.mark.feature("F12")
def test_most_of_the_residue_is_found(run: Run) -> None:
    """Of the left-over records whose person is in Adminduk, at least 85% are matched by evidence."""
    found, all_ = run.rows("""
        select count(*) filter (p.status = 'padan_bukti'), count(*) from padanan_record p join truth t using (record_key)
        where t.in_adminduk and p.status_nik <> 'padan_nik' and p.producer <> 'adminduk'
    """)[0]
    assert found / all_ >= 0.85, (found, all_)


@pytest.mark.feature("F12")
def test_every_record_has_one_final_status(run: Run) -> None:
    """Nobody is lost, nobody counted twice, and step 1's word stays beside the final one."""
    bad = run.rows("""
        select count(*) from padanan_record
        where status not in ('padan_nik', 'padan_bukti', 'mungkin_padan', 'tidak_padan')
           or (status = 'padan_nik') <> (status_nik = 'padan_nik') or id_orang is null
           or (status = 'padan_bukti' and record_key_acuan is null)
    """)[0][0]
    matched_never = ("", *(contract.id for contract in load_contracts().values() if contract.kind == "pendukung"))
    total, keys, landed = run.rows(
        f"""select count(*), count(distinct record_key), (select count(*) from landed where producer not in {matched_never})
        from padanan_record"""
    )[0]
    assert bad == 0 and total == keys == landed


def test_a_link_puts_nobody_into_two_families_of_one_source(run: Run) -> None:
    """Whoever stands in two families of one source was there by NIK already, not because of a link."""
    assert (
        run.rows("""
        with orang as (
            select f.sumber, f.id_orang, count(distinct f.id_keluarga) as n,
                count(distinct f.id_keluarga) filter (p.status = 'padan_nik' or p.metode = 'kunci_sumber') as dasar,
                bool_or(p.metode in ('bukti', 'klerikal', 'kelompok_bukti')) as tautan
            from anggota_keluarga f join padanan_record p using (record_key) where f.sumber <> 'adminduk' group by all
        )
        select * from orang where n > 1 and tautan and n > dasar
    """)
        == []
    )


def test_people_in_no_register_are_one_person_across_lists(run: Run) -> None:
    """Provisional persons never mix two people, and few people are split over several ids."""
    mixed, persons, ids = run.rows("""
        with x as (
            select p.id_orang, t.id_truth_person from padanan_record p join truth t using (record_key)
            where not t.in_adminduk and p.status in ('tidak_padan', 'mungkin_padan') and t.id_truth_person is not null
        )
        select (select count(*) from (select id_orang from x group by 1 having count(distinct id_truth_person) > 1)),
            (select count(distinct id_truth_person) from x), (select count(distinct id_orang) from x)
    """)[0]
    assert mixed <= 0.005 * ids
    assert persons <= ids <= 1.1 * persons


@pytest.mark.feature("F14")
def test_explained_weights_add_up(run: Run) -> None:
    """Twenty published pairs: the printed weights sum to the printed total, and the text names nobody."""
    chosen = run.rows("select producer, record_key from pasangan_bukti order by hash(record_key) limit 20")
    assert len(chosen) == 20
    from padanan.linkage import explain
    from padanan.published import pairs as published

    limits = published.thresholds(run.folder)
    for producer, key in chosen:
        pair = published.pairs_of(run.folder, key)[0]
        text = explain.waterfall(pair, limits[producer])
        steps = re.findall(r" ([+-]\d+,\d\d)  jumlah", text)
        total = re.search(r"JUMLAH +([+-]\d+,\d\d)", text)
        assert total is not None and len(steps) >= 10
        summed = sum(round(float(step.replace(",", ".")) * 100) for step in steps)
        assert summed == round(float(total[1].replace(",", ".")) * 100) == round(pair["bobot"] * 100)
    producer, key = chosen[0]
    done = run.command("explain", producer, key[:12])
    assert done.returncode == 0 and "JUMLAH" in done.stdout, done.stderr
    names = {row[0] for row in run.rows("select distinct nama from identitas where nama is not null")}
    words = set(re.findall(r"[A-Z]{3,}(?: [A-Z]{3,})+", done.stdout))
    assert not words & names


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("explain", "dtks", "00"), "kunci rekaman tidak sah"),
        (("explain", "dtks", "00000000000000000000000000000000"), "tidak ada rekaman dtks"),
        (("explain", "dtks", "abcd", "--periode", "2024-S1"), "belum ada revisi terbit"),
        (("clerical", "import", "tidak-ada.xlsx", "--by", "ANI"), "berkas tidak ada"),
    ],
)
def test_wrong_questions_get_one_line_with_a_cure(run: Run, arguments: tuple[str, ...], cause: str) -> None:
    """No traceback, no value of a person: cause and cure."""
    done = run.command(*arguments)
    assert done.returncode == 1
    assert cause in done.stderr and "Perbaikan:" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.feature("F14")
def test_figures_of_every_list_are_published(run: Run) -> None:
    """Completeness, thresholds and the match rate by group stand in ukuran_bukti; groups add up to the records."""
    lists = {row[0] for row in run.rows("select distinct producer from padanan_record where producer <> 'adminduk'")}
    have = {row[0] for row in run.rows("select producer from ukuran_bukti where nama = 'ambang_otomatis_bit'")}
    assert have == lists
    low = run.rows("select min(nilai) from ukuran_bukti where nama = 'kelengkapan_pasangan'")[0][0]
    assert low >= 0.97
    differing = run.rows("""
        select u.producer from ukuran_bukti u join (select producer, count(*) as n,
            count(*) filter (status in ('padan_nik', 'padan_bukti')) as padan from padanan_record group by all) p using (producer)
        where u.jenis = 'kelompok' and u.nama = 'semua' and (u.n <> p.n or abs(u.nilai - 100.0 * p.padan / p.n) > 1e-4)
    """)
    assert differing == []
    assert (run.folder / "model_bukti.json").exists()


class Rendered:
    """The report of a run."""

    def __init__(self, run: Run) -> None:
        self.folder, self.con = run.folder, run.con
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PADANAN_KEY_FILE", str(run.key))
            self.reports = render_report(Home(run.home), PERIODE, 1).parent
        self.page = Page(self.reports / "analis.html")
        self.indicators = Page(self.reports / "indikator.html")


@pytest.fixture(scope="module")
def rendered(run: Run) -> Rendered:
    return Rendered(run)


def _number(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.mark.feature("F14")
def test_figures_are_those_of_the_published_tables(rendered: Rendered) -> None:
    """Statuses per producer sum up to padanan_record; completeness and thresholds are ukuran_bukti's."""
    rows = rendered.page.rows("tabel-bukti", "produsen")
    counted = rendered.con.execute("""
        select producer, count(*), count(*) filter (status = 'padan_bukti') from padanan_record
        where producer <> 'adminduk' and status <> 'padan_nik' group by 1
    """).fetchall()
    assert {name: (_number(cells[1]), _number(cells[2])) for name, cells in rows.items()} == {
        name: (left, found) for name, left, found in counted
    }
    quality = rendered.page.rows("tabel-mutu-bukti", "produsen")
    upper = dict(rendered.con.execute("select producer, nilai from ukuran_bukti where nama = 'ambang_otomatis_bit'").fetchall())
    assert quality.keys() == upper.keys()
    for name, value in upper.items():
        assert float(quality[name][4].replace(".", "").replace(",", ".")) == pytest.approx(value, abs=1e-3)


@pytest.mark.feature("F46")
def test_renstra_indicators_with_numerator_and_denominator(rendered: Rendered) -> None:
    """Both sides are printed; the targets are the document's, and none is invented for ketepatan sasaran."""
    rows = [[cell[2] for cell in cells] for _, cells in rendered.indicators.tables["tabel-renstra"][1:]]
    assert len(rows) == 3
    part, whole = rendered.con.execute("""
        select count(distinct id_orang) filter (status in ('padan_nik', 'padan_bukti')), count(distinct id_orang)
        from padanan_record where producer = 'dtks'
    """).fetchall()[0]
    assert (_number(rows[0][1]), _number(rows[0][2])) == (part, whole)
    assert re.findall(r"\d{4} (\d+)%", rows[0][4]) == ["30", "40", "50", "60", "100"]
    assert re.findall(r"\d{4} (\d+)%", rows[1][4]) == ["30", "40", "50", "70", "70"]
    assert rows[1][1:4] == ["–", "–", "–"] and "belum ada periode sebelumnya" in rows[1][0], "satu periode tidak menilai"
    assert rows[2][4] == "tidak ditetapkan"
    assert 0 < _number(rows[2][1]) < _number(rows[2][2])
    folder = rendered.folder
    shown = rendered.indicators.rows("tabel-ketepatan", "baris")
    others = {"jakpreneur", "kartu_layanan_gratis"}
    poor = ", ".join(f"'{one.id}'" for one in load_contracts().values() if one.kind == "program" and one.id not in others)
    counted = rendered.con.execute(f"""
        select producer, count(distinct id_orang), count(distinct id_orang) filter (terpilih)
        from padanan_record join read_parquet('{folder}/sasaran.parquet') using (id_orang)
        where (status_program is null or status_program in ('eksisting', 'baru', 'tunda')) and producer in ({poor})
        group by rollup (producer)
    """).fetchall()
    assert {producer or "*" for producer, *_ in counted} == set(shown)
    for producer, people, inside in counted:
        cells = shown[producer or "*"]
        assert cells[1] in ("<5", "ditutup") or _number(cells[1]) == people, producer
        assert cells[2] in ("<5", "ditutup") or _number(cells[2]) == inside, producer
    assert [_number(shown["*"][place]) for place in (2, 1)] == [_number(cell) for cell in rows[2][1:3]]


@pytest.mark.feature("F47")
def test_fairness_covers_small_cells_and_their_complements(rendered: Rendered) -> None:
    """No list's group with 1 to 4 unmatched records shows a rate; nor may a group tell its rest by subtraction."""
    shown = rendered.page.rows("tabel-kewajaran-daftar", "produsen")
    heads = [cell[2] for cell in rendered.page.tables["tabel-kewajaran-daftar"][0][1]]
    women = heads.index("Perempuan")
    hidden = 0
    for producer, n, rate, all_n, all_rate in rendered.con.execute("""
        select p.producer, p.n, p.nilai, s.n, s.nilai from ukuran_bukti p join ukuran_bukti s using (producer)
        where p.jenis = 'kelompok' and p.nama = 'perempuan' and s.jenis = 'kelompok' and s.nama = 'semua' and producer <> 'semua'
    """).fetchall():
        lost, all_lost = round(n * (100 - rate) / 100), round(all_n * (100 - all_rate) / 100)
        if 0 < lost < 5 or 0 < all_lost - lost < 5:
            # Where all of a list's unmatched are few, even that a group's are some says too much.
            mark = "<5" if 0 < lost < 5 <= all_lost else "ditutup"
            assert shown[producer][women] == mark, (producer, n, lost, all_lost)
            hidden += 1
    assert hidden >= 1


@pytest.mark.feature("F50")
def test_the_page_names_nobody_and_reads_without_a_script(rendered: Rendered) -> None:
    """Levels and bits only: no key, no name, no long run of digits; small, headed and captioned."""
    source = rendered.page.source
    assert len(source.encode()) < 400_000
    assert not re.search(r"(?<!\d)\d{12,}(?!\d)", source) and "<script" not in source
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", source)
    names = rendered.con.execute(
        # a filler that some clerk typed; the page says "tanpa nama" of what it does not show
        "select distinct nama from identitas where length(nama) > 8 and nama <> 'TANPA NAMA'"
    ).fetchall()
    text = source.upper()
    assert not [name for (name,) in names if name.upper() in text]
    keys = rendered.con.execute("select record_key from pasangan_bukti union select register_key from pasangan_bukti").fetchall()
    assert not [key for (key,) in keys if key in source]
    assert rendered.page.headings[0] == 1 and all(
        b - a <= 1 for a, b in zip(rendered.page.headings, rendered.page.headings[1:], strict=False)
    )
    assert source.count("<caption>") == source.count("<table ")
    assert len(rendered.page.ids) == len(set(rendered.page.ids))
    drawings = re.findall(r'<svg[^>]*aria-labelledby="([^"]+)"', source)
    assert 2 <= len(drawings) <= 5 and all(set(ids.split()) <= set(rendered.page.ids) for ids in drawings)


@pytest.mark.feature("F14")
def test_examples_add_up_and_the_page_of_the_padanan_leads_here(rendered: Rendered) -> None:
    """Each drawing's numbers sum to its total."""
    found = re.findall(r'<svg xmlns="[^"]+" viewBox.*?</svg>', rendered.page.source, flags=re.S)
    assert 1 <= len(found) <= 3
    for svg in found:
        values = [round(float(v.replace(",", ".")) * 100) for v in re.findall(r">([+-]\d+,\d\d)</text>", svg)]
        assert sum(values[:-1]) == values[-1]
    links = Page(rendered.reports / "pemadanan.html").links
    assert {"analis.html", "indikator.html"} <= set(links)


def test_calibration_on_the_page_is_the_models(rendered: Rendered) -> None:
    """As many outcomes as the artefact holds."""
    body = json.loads((rendered.folder / "model_bukti.json").read_text())
    stored = sum(row["n"] for group in body["kelompok"].values() for row in group["kalibrasi"])
    shown = sum(_number(cells[3][2]) for _, cells in rendered.page.tables["tabel-kalibrasi"][1:])
    assert stored == shown > 0


def test_covers_leave_no_small_count_to_subtract() -> None:
    """Two kota, one small: the other one is covered too, or the sum would tell it."""
    lines = (("semua", 1000, 90.0), ("kota 31.71", 500, 99.6), ("kota 31.72", 500, 80.4), ("perempuan", 480, 79.8))
    into = Declared()
    record_groups(into, [Group("dtks", name, n, rate, rate, rate, False) for name, n, rate in lines])
    cells = Cells.of(into)
    got = {name for name, *_ in lines if cells.mark(group_key("dtks", name)) is not None}
    assert {"kota 31.71", "kota 31.72", "perempuan"} <= got and "semua" not in got


@pytest.mark.feature("F10")
def test_axe_finds_nothing_on_the_page(rendered: Rendered, tmp_path: Path) -> None:
    """The other kinds of pages are looked at in tests/review/test_report_browser.py."""
    shutil.copytree(rendered.reports / "font", tmp_path / "font")
    looked = ("analis.html", "indikator.html", "pemadanan.html")
    found = violations([rendered.reports / name for name in looked], (1280, 400), axe(), tmp_path)
    assert found == {f"{name} {width}": [] for name in looked for width in (1280, 400)}
