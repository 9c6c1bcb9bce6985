"""Dashboard Bansos: its figures are the accepted padanan's, marked as such everywhere, and tell nothing beside the decree's."""

from __future__ import annotations

import csv
import json
import re
import shutil

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest

from padanan.base.period import Periode
from padanan.base.suppress import LIMIT, small
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.distribution import aggregate, bansos
from padanan.distribution.aggregate import FAMILIES, NUMBER, PAIR, PEOPLE, PROGRAM, SOURCE
from padanan.distribution.bansos import beside, count_accepted, newest_accepted
from padanan.distribution.dashboard import make
from padanan.distribution.dashboard.bansos_pages import make_bansos_pages
from padanan.distribution.dashboard.figures import PROVINCE, figures_of
from padanan.distribution.dashboard.files import BOOK, CSV, METADATA, PARQUET, write_files
from padanan.distribution.dashboard.kinds import ACCEPTED
from padanan.distribution.dashboard.open_data import load_open_data
from padanan.published.opened import open_published
from padanan.upkeep.outputs.dashboards import attack_bansos
from tests.distribution.accepted_by_hand import CENTRAL, accepted_home
from tests.distribution.decree_by_hand import copy_home
from tests.review.browser import axe, violations


@pytest.fixture(scope="module")
def accepted(tmp_path_factory):
    """A home with an accepted revision, and its counted figures."""
    home = accepted_home(tmp_path_factory.mktemp("bansos") / "data", 1500)
    found = newest_accepted(home)
    return home, found, count_accepted(home, found)


@pytest.fixture(scope="module")
def made(accepted, tmp_path_factory):
    """Its pages and files: (folder, figures, pages)."""
    _, found, counted = accepted
    folder = tmp_path_factory.mktemp("dasbor-bansos")
    facts = {"nomor": "", "tanggal": found.day.isoformat()}
    figures, data = figures_of(found.periode, found.revisi, facts, counted.rows, ACCEPTED), load_open_data()
    pages = make_bansos_pages(figures, data)
    pages["unduh.html"] = write_files(folder, [figures], figures, pages, data)
    return folder, figures, pages


def tables_of(home):
    """The published tables, for plain SQL."""
    con = duckdb.connect()
    folder = home.published(Periode(2025, 2), 1)
    con.execute(f"create view o as select *, string_split(program, ',') as p from '{folder / 'padanan_orang.parquet'}'")
    con.execute(f"create view s as from '{folder / 'sasaran.parquet'}'")
    return con


@pytest.mark.feature("F53")
def test_totals_equal_the_padanan(accepted):
    """Every open figure against plain SQL over the published table; and there is none for who receives nothing."""
    home, _, counted = accepted
    con, checked = tables_of(home), 0
    central = sorted(CENTRAL)
    for row in counted.rows:
        if row["jumlah"] is None or row["satuan"] != PEOPLE or "tidak" in row["kode_wilayah"]:
            continue
        where = ["program is not null"]
        if row["tingkat"] != "provinsi":
            where.append(f"kode_{row['tingkat']} = '{row['kode_wilayah']}'")
        if row["dimensi"] in (PROGRAM, PAIR):
            where += [f"list_contains(p, '{one}')" for one in row["nilai"].split("+")]
        elif row["dimensi"] == NUMBER:
            where.append("len(p) >= 3" if row["nilai"] == "3+" else f"len(p) = {row['nilai']}")
        elif row["dimensi"] == SOURCE:
            inside = f"len(list_filter(p, lambda x: x in {tuple(central)}))"
            where.append(
                {"pusat": f"{inside} = len(p)", "daerah": f"{inside} = 0"}.get(row["nilai"], f"{inside} between 1 and len(p) - 1")
            )
        ((expected,),) = con.execute(f"select count(*) from o where {' and '.join(where)}").fetchall()
        assert row["jumlah"] == expected, row
        checked += 1
    assert checked > 60
    whole = {row["satuan"]: row["jumlah"] for row in counted.rows if row["dimensi"] == "*" and row["tingkat"] == "provinsi"}
    ((people, families),) = con.execute(
        "select count(*), count(distinct coalesce(s.id_keluarga, o.id_orang)) from o join s using (id_orang)"
        " where o.program is not null"
    ).fetchall()
    assert whole == {PEOPLE: people, FAMILIES: families}
    kotas = [row for row in counted.rows if row["tingkat"] == "kota" and row["dimensi"] == "*" and row["satuan"] == PEOPLE]
    if all(row["jumlah"] is not None for row in kotas):
        assert sum(row["jumlah"] for row in kotas) == people
    assert {one for one, contract in load_contracts().items() if contract.kind == "program"
            and contract.properties.program.asal == "pusat"} >= CENTRAL  # fmt: skip


@pytest.mark.feature("F53")
def test_no_figure_tells_of_fewer_than_five(accepted):
    rows = accepted[2].rows
    assert not [row for row in rows if row["jumlah"] is not None and small(row["jumlah"])]
    assert {row["ditutup"] for row in rows if row["jumlah"] is None} == {"<5", "ditutup"}


@pytest.mark.feature("F53", "F50")
def test_nothing_can_be_worked_out_beside_the_decree(accepted):
    """Recipients outside the data sasaran: a reader subtracts the decree's figure. Attacked by linear programs; and an open pair
    of figures never differs by one to four.
    """
    home, found, counted = accepted
    source = open_published(home, found.periode, found.revisi)
    try:
        bansos._tables(source)
        decree, places = aggregate.people_counts(source.con)
        rows = json.loads(aggregate.text_of(source.con))
        dimensions = {NUMBER: aggregate.DIMENSIONS[NUMBER], SOURCE: bansos.source_sql(load_contracts())}
        people, parents = aggregate.counts(source.con, "penerima", dimensions, programs=True)
    finally:
        source.con.close()
    shown = {(row["tingkat"], row["kode_wilayah"], row["dimensi"], row["nilai"]): row["jumlah"] for row in counted.rows
             if row["satuan"] == PEOPLE}  # fmt: skip
    few = [cell for cell, part in beside(people, decree).items() if small(people[cell] - part)]
    assert len(few) > 20 and not [cell for cell in few if shown[cell] is not None]
    attacked = attack_bansos("uji", (counted.rows, people, parents), (rows, decree, places))
    assert attacked.tried > 300 and attacked.rebuilt == []
    # An output that leaks goes red: one covered figure whose rest is small is printed.
    leaking = [dict(row) for row in counted.rows]
    open_decree = {(row["tingkat"], row["kode_wilayah"], row["dimensi"], row["nilai"]) for row in rows
                   if row["satuan"] == PEOPLE and row["jumlah"] is not None}  # fmt: skip
    leak = next(cell for cell in few if cell in open_decree and people[cell] >= LIMIT and cell[2] == PROGRAM)
    for row in leaking:
        if (row["tingkat"], row["kode_wilayah"], row["dimensi"], row["nilai"]) == leak and row["satuan"] == PEOPLE:
            row["jumlah"], row["ditutup"] = people[leak], None
    assert attack_bansos("uji", (leaking, people, parents), (rows, decree, places)).rebuilt


@pytest.mark.feature("F53", "F58")
def test_every_page_and_file_says_that_it_is_no_decree(made):
    folder, figures, pages = made
    told = "revisi 1 yang diterima pada reviu"
    for name, page in pages.items():
        assert told in page.html and "bukan data sasaran yang ditetapkan Gubernur" in page.html, name
        assert "Menurut Keputusan Gubernur" not in page.html, name
        outside = set(re.findall(r'(?:href|src)="(https?://[^"]+)"', page.html))
        assert outside == {load_open_data().licence.address}, name
        for link in set(re.findall(r'href="([^"#:]+\.html)', page.html)):
            assert link in pages, (name, link)
        anchors = set(re.findall(r'href="(wilayah-[^"#]+\.html)#([^"]+)"', page.html))
        assert all(f'id="{anchor}"' in pages[file].html for file, anchor in anchors), name
    metadata = json.loads((folder / METADATA).read_text())
    assert told in metadata["dasar"] and "bukan data sasaran" in metadata["konsep"] and metadata["lisensi"]["kode"] == "CC-BY-4.0"
    assert told in pq.read_table(folder / PARQUET).schema.metadata[b"dasar"].decode()
    book = openpyxl.load_workbook(folder / BOOK, read_only=True)
    assert told in book.properties.subject
    for sheet in book:
        assert told in str(sheet.cell(2, 1).value), sheet.title
    with (folder / CSV).open(encoding="utf-8", newline="") as handle:
        read = list(csv.DictReader(handle))
    assert len(read) == len(figures.cells) and {row["satuan"] for row in read} == {PEOPLE, FAMILIES}


@pytest.mark.feature("F53")
def test_programs_stand_with_their_source_and_agency(made):
    _, figures, pages = made
    table = next(one for one in pages["program.html"].tables if one.id == "penerima-program")
    contracts = load_contracts()
    for row in table.rows:
        contract = contracts[row.data["program"]]
        assert [cell.text for cell in row.cells[1:4]] == [
            "Pusat" if row.data["program"] in CENTRAL else "Daerah", contract.agency, contract.unit
        ]  # fmt: skip
        assert row.cells[4].value == figures.at(PROVINCE, PROGRAM, row.data["program"]).value
    assert {"matriks", "jumlah-program-kota"} <= {one.id for one in pages["tumpang-tindih.html"].tables}


@pytest.mark.feature("F53")
def test_axe_finds_nothing(made, tmp_path):
    _, _, pages = made
    for name, page in pages.items():
        (tmp_path / name).write_text(page.html)
    folder = tmp_path / "uji"
    folder.mkdir()
    shutil.copy(make.Path(make.__file__).parent / "static" / make.SCRIPT, folder)
    found = violations([tmp_path / name for name in pages], (1280, 400), axe(), folder)
    assert len(found) == 2 * len(pages) and {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.feature("F53")
def test_the_command_makes_it_of_the_accepted_revision_alone(accepted, tmp_path, monkeypatch, capsys):
    home = copy_home(accepted[0], tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    assert main(["dasbor", "open", "--bansos"]) == 1 and "padanan dasbor bansos" in capsys.readouterr().err
    assert main(["dasbor", "bansos"]) == 0
    told = capsys.readouterr().out
    assert "2025-S2 revisi 1" in told and "penetapan yang akan dibuat" in told
    assert main(["dasbor", "open", "--bansos"]) == 0
    page = capsys.readouterr().out.strip()
    assert page.endswith("distribusi/dasbor-bansos/index.html")
    assert main(["dasbor", "bansos", "--periode", "2025-S1"]) == 1
    assert "belum ada revisi padanan yang diterima untuk 2025-S1" in capsys.readouterr().err


@pytest.mark.feature("F53")
def test_a_revision_that_nobody_accepted_is_refused(tmp_path, monkeypatch, capsys):
    home = accepted_home(tmp_path / "data", 300, accept=False)
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    assert main(["dasbor", "bansos"]) == 1
    err = capsys.readouterr().err
    assert "belum ada revisi padanan yang diterima" in err and "padanan review accept" in err
    assert not (home.distribusi / "dasbor-bansos").exists()
