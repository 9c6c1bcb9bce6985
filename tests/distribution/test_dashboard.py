"""The public dashboards: every figure is one of the decree's covered figures, and nothing that is covered can be worked out."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from padanan.base.digest import file_sha256
from padanan.base.period import Periode
from padanan.base.suppress import ALL, LIMIT
from padanan.cli import main
from padanan.distribution.aggregate import DIMENSIONS, FAMILIES, NUMBER, PAIR, PEOPLE, UNSERVED, aggregate_text
from padanan.distribution.dashboard import make, tables
from padanan.distribution.dashboard.figures import KELURAHAN, PROVINCE, figures_of, newest, read_figures, shown_decrees
from padanan.distribution.dashboard.files import BOOK, COLUMNS, CSV, METADATA, PARQUET, long_rows, write_files
from padanan.distribution.dashboard.make import dashboard_folder
from padanan.distribution.dashboard.names import program_name
from padanan.distribution.dashboard.open_data import Exclusive, load_open_data
from padanan.distribution.dashboard.pages import make_pages
from tests.distribution.agencies_by_hand import serving
from tests.distribution.made_up import PROGRAMS, database
from tests.review.browser import axe, violations

SCRIPT = Path(make.__file__).parent / "static" / make.SCRIPT
PEOPLE_MADE = {"small": 900, "large": 20_000}
SPLITS = [*DIMENSIONS, "disabilitas"]
FACTS = {"nomor": "721 Tahun 2025", "tanggal": "2025-12-15"}


@pytest.fixture(scope="module", params=sorted(PEOPLE_MADE))
def decree(request, tmp_path_factory):
    """A decree's rows, figures and database; small: most cells tell of very few."""
    path = database(tmp_path_factory.mktemp("siap") / "sasaran.duckdb", PEOPLE_MADE[request.param])
    rows = json.loads(aggregate_text(path))
    return rows, figures_of(Periode(2025, 2), 1, FACTS, rows), path


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two decrees, and the pages and files of both."""
    folder = tmp_path_factory.mktemp("dasbor")
    every, told = [], {}
    for seed, periode in enumerate((Periode(2025, 1), Periode(2025, 2)), 1):
        rows = json.loads(aggregate_text(database(folder / f"{seed}.duckdb", 6_000, seed)))
        every.append(figures_of(periode, 1, FACTS, rows))
        told[periode] = rows
    data = load_open_data()
    pages = make_pages(every, data)
    pages["unduh.html"] = write_files(folder, every, newest(every), pages, data)
    return folder, every, pages, told


@cache
def opened(path):
    con = duckdb.connect(str(path), read_only=True)
    # Hundreds of small counts: a second thread only waits.
    con.execute("set threads = 1")
    return con


def asked(path, query):
    return opened(path).execute(query).fetchall()


@pytest.mark.feature("F19", "F47")
def test_open_figures_are_the_decrees_own_counts(decree):
    """Counted again by other queries than the figures were made by."""
    rows, figures, path = decree
    checked = 0
    for row in rows:
        if (
            row["jumlah"] is None
            or row["satuan"] != PEOPLE
            or row["tingkat"] not in ("provinsi", "kota")
            or "tidak" in row["kode_wilayah"]
        ):
            continue
        where = ["true" if row["kode_wilayah"] == PROVINCE else f"kode_kota = '{row['kode_wilayah']}'"]
        for dimension, value in zip(row["dimensi"].split("."), row["nilai"].split("/"), strict=True):
            if dimension in ("desil", "jk", "kelompok_umur"):
                where.append(f"{dimension}::varchar = '{value}'")
            elif dimension == "disabilitas":
                where.append({"ya": "disabilitas", "tidak": "not disabilitas"}.get(value, "disabilitas is null"))
            elif dimension == "program":
                where.append(f"list_contains(program_semua, '{value}')")
            elif dimension == PAIR:
                where += [f"list_contains(program_semua, '{one}')" for one in value.split("+")]
            elif dimension == UNSERVED:
                waits = f"select id_orang from prioritas where untuk_program = '{value}'"
                where.append(f"id_orang in ({waits}) and not list_contains(program_semua, '{value}')")
            elif dimension == NUMBER:
                where.append("len(program_semua) >= 3" if value == "3+" else f"len(program_semua) = {value}")
            else:
                assert dimension == ALL
        ((expected,),) = asked(path, f"select count(*) from sasaran where {' and '.join(where)}")
        assert row["jumlah"] == expected, row
        checked += 1
    assert checked > 40
    ((families,),) = asked(path, "select count(distinct id_keluarga) from sasaran")
    assert figures.at(PROVINCE, unit=FAMILIES).value == families


def test_no_figure_tells_of_fewer_than_five(decree):
    rows, _, _ = decree
    assert not [row for row in rows if row["jumlah"] is not None and 0 < row["jumlah"] < LIMIT]
    assert {row["ditutup"] for row in rows if row["jumlah"] is None} <= {"<5", "ditutup"}
    assert not [row for row in rows if (row["jumlah"] is None) == (row["ditutup"] is None)]


@pytest.mark.feature("F32")
def test_those_who_are_left_over_are_never_told_where_they_are_few(decree):
    """Who of a place does not receive a program, and who of a program not another one: a reader subtracts."""
    rows, _, _ = decree
    known = {(row["kode_wilayah"], row["dimensi"], row["nilai"]): row["jumlah"] for row in rows if row["satuan"] == PEOPLE}
    judged = set()
    for (place, dimension, value), part in known.items():
        kind, _, group = dimension.partition(".")
        name, _, of = value.partition("/")
        everybody = (place, group, of) if group else (place, ALL, ALL)
        end = f"/{of}" if group else ""
        singles = [(place, dimension.replace(PAIR, "program"), one + end) for one in name.split("+")]
        served = (place, "program", value)
        if kind == UNSERVED and None not in (part, known[everybody], known.get(served, 0)):
            assert not 0 < known[everybody] - known.get(served, 0) - part < LIMIT, (place, dimension, value)
            judged.add((place, dimension))
        wholes = {"program": [everybody], PAIR: singles}
        for whole in wholes.get(kind, []):
            if part is not None and known[whole] is not None:
                assert not 0 < known[whole] - part < LIMIT, (place, dimension, value)
                judged.add((place, dimension))
        four = [known[everybody], part, *(known[one] for one in singles)] if kind == PAIR else [None]
        if None not in four:
            neither = four[0] - four[2] - four[3] + part
            assert not 0 < neither < LIMIT, (place, dimension, value, "neither")
            judged.add((place, "neither"))
    assert {
        (PROVINCE, "program"),
        (PROVINCE, PAIR),
        (PROVINCE, "program.desil"),
        (PROVINCE, "neither"),
        (PROVINCE, UNSERVED),
    } <= judged
    assert len({place for place, dimension in judged if dimension == PAIR}) > 1, "pairs of a kota too"
    pairs = [value for _, dimension, value in known if dimension == PAIR]
    assert pairs and all(value.split("+") == sorted(set(value.split("+"))) for value in pairs)


def equations(rows):
    """What a reader knows: the cells of one unit, and every sum between them as (coefficients) = 0."""
    at = {(row["kode_wilayah"], row["dimensi"], row["nilai"]): n for n, row in enumerate(rows)}
    level = {row["kode_wilayah"]: row["tingkat"] for row in rows}
    order = ["provinsi", "kota", "kecamatan", "kelurahan"]
    parent = {code: PROVINCE if of == "kota" else code.rsplit(".", 1)[0] for code, of in level.items() if of != "provinsi"}
    parts, thirds = defaultdict(list), []
    for (place, dimension, value), cell in at.items():
        kind, _, group = dimension.partition(".")
        if place != PROVINCE and (parent[place], dimension, value) in at:
            parts[parent[place], dimension, value, "di bawahnya"].append(cell)
        if dimension in SPLITS:
            parts[place, ALL, ALL, dimension].append(cell)
        if group:
            # A program, a pair, how many programs: each is the sum over a group; a group is the sum over how many programs.
            first, second = value.split("/")
            parts[place, kind, first, dimension].append(cell)
            if kind == NUMBER:
                parts[place, group, second, dimension].append(cell)
    known = {(place, dimension) for place, dimension, _ in at}
    for place in level:
        # Nobody receives three programs: then all recipients are those of one and twice those of two.
        if (place, NUMBER) in known and (place, "program") in known and (place, NUMBER, "3+") not in at:
            counted = {at[place, NUMBER, str(n)]: n for n in (1, 2) if (place, NUMBER, str(n)) in at}
            thirds.append(counted | {n: -1 for (code, of, _), n in at.items() if (code, of) == (place, "program")})
    lines = [{at[total[:3]]: 1, **dict.fromkeys(found, -1)} for total, found in parts.items()]
    assert {level[total[0]] for total in parts} >= set(order[:3])
    return at, lines + thirds


def left_over(at):
    """Differences that are nobody or more, as (coefficients) <= 0: beside a program, beside a pair, neither of two."""
    lines = []
    for (place, dimension, value), cell in at.items():
        kind, _, group = dimension.partition(".")
        name, _, of = value.partition("/")
        everybody = at[(place, group, of) if group else (place, ALL, ALL)] if kind in ("program", PAIR, UNSERVED) else None
        if kind == "program":
            lines.append({cell: 1, everybody: -1})
        elif kind == UNSERVED:
            served = at.get((place, "program", value))
            lines.append({cell: 1, everybody: -1} | ({} if served is None else {served: 1}))
        elif kind == PAIR:
            singles = [at[place, dimension.replace(PAIR, "program"), f"{one}/{of}" if group else one] for one in name.split("+")]
            lines += [{cell: 1, one: -1} for one in singles]
            lines.append({singles[0]: 1, singles[1]: 1, cell: -1, everybody: -1})
    return lines


@pytest.mark.feature("F19")
def test_no_covered_figure_can_be_worked_out(decree):
    """For each covered cell the least and the most that it can be, given all that is printed, are apart.

    Who of a place or group is left over beside a program or a pair is at least nobody: that is an inequality of the reader's too.
    """
    rows, _, _ = decree
    for unit in (PEOPLE, FAMILIES):
        own = [row for row in rows if row["satuan"] == unit]
        at, lines = equations(own)
        limits = left_over(at)
        matrix = lil_matrix((len(lines), len(own)))
        for n, line in enumerate(lines):
            for cell, sign in line.items():
                matrix[n, cell] = sign
        beyond = lil_matrix((len(limits), len(own)))
        for n, line in enumerate(limits):
            for cell, sign in line.items():
                beyond[n, cell] = sign
        bounds = [
            (row["jumlah"],) * 2 if row["jumlah"] is not None else (1, LIMIT - 1) if row["ditutup"] == "<5" else (0, None)
            for row in own
        ]
        covered = [n for n, row in enumerate(own) if row["jumlah"] is None]
        assert covered
        # Cells far from each other are as hidden as all of them: a sample keeps the test short.
        for cell in covered[:: max(len(covered) // 60, 1)]:
            least, most = (
                linprog(
                    sign * np.eye(1, len(own), cell)[0],
                    A_eq=matrix.tocsr(),
                    b_eq=np.zeros(len(lines)),
                    bounds=bounds,
                    **({"A_ub": beyond.tocsr(), "b_ub": np.zeros(len(limits))} if limits else {}),
                )
                for sign in (1, -1)
            )
            assert least.status == 0 and most.status in (0, 3), own[cell]
            assert most.status == 3 or -most.fun - least.fun > 0.5, own[cell]


@pytest.mark.feature("F32")
def test_the_matrix_has_the_recipients_on_its_diagonal_and_is_its_own_mirror(two):
    _, every, _, _ = two
    figures = newest(every)
    made = tables.matrix(figures)
    names = [row.data["program"] for row in made.rows]
    assert sorted(names) == sorted(PROGRAMS)
    grid = [[cell.text for cell in row.cells[1:]] for row in made.rows]
    assert [grid[n][n] for n in range(len(grid))] == [tables.figure(figures.at(PROVINCE, "program", one)).text for one in names]
    assert grid == [list(line) for line in zip(*grid, strict=True)]
    pair = Exclusive(pasangan=["klj", "kaj"], sumber="kesepakatan uji")
    (row,) = tables.exclusive(figures, [pair]).rows
    assert row.cells[1].text == tables.figure(figures.at(PROVINCE, PAIR, "kaj+klj")).text


@pytest.mark.feature("F32")
def test_complementarity_is_told_by_kota_kelurahan_and_group(decree):
    """The tables of a kota and of groups against plain SQL; a figure that is covered shows its mark."""
    _, figures, path = decree
    pair = Exclusive(pasangan=["pkh", "pangan_murah"], sumber="kesepakatan uji")
    both = "list_contains(program_semua, 'pkh') and list_contains(program_semua, 'pangan_murah')"
    made = tables.exclusive(figures, [pair])
    (row,) = made.rows
    told = {column.name: cell.value for column, cell in zip(made.columns, row.cells, strict=True)}
    counted = {name: asked(path, f"select count(*) from sasaran where {both} and {where}")[0][0] for name, where in (
        ("Jakarta Selatan", "kode_kota = '31.74'"), ("Desil 1", "desil = 1"), ("Lansia", "kelompok_umur = 'lansia'"),
        ("Perempuan", "jk = 'P'"), ("Dengan disabilitas", "disabilitas"),
    )}  # fmt: skip
    shown = {name: next(value for column, value in told.items() if name in column) for name in counted}
    assert {name: value for name, value in shown.items() if value is not None}.items() <= counted.items()
    assert sum(value is not None for value in shown.values()) >= 2
    by_group = tables.grouped(figures, NUMBER, "desil", "uji")
    none = next(row for row in by_group.rows if row.data["nilai"] == "0")
    poorest = none.cells[1].value
    assert poorest in (None, asked(path, "select count(*) from sasaran where len(program_semua) = 0 and desil = 1")[0][0])
    kota = tables.matrix(figures, "31.74")
    assert {row.data["program"] for row in kota.rows} == set(figures.values("program", "31.74"))
    villages = [code for code in figures.places(KELURAHAN) if figures.values(NUMBER, code)]
    large = figures.at(PROVINCE).value > 10_000
    assert bool(villages) == large, "where a kelurahan holds few people on average nothing more is told of it"
    for code in villages:
        one = figures.at(code, NUMBER, "1")
        if one.value and "tidak" not in code:
            assert (
                one.value
                == asked(path, f"select count(*) from sasaran where kode_kelurahan = '{code}' and len(program_semua) = 1")[0][0]
            )
    pages = make_pages([figures], load_open_data())
    assert {table.id for table in pages["program.html"].tables} >= {"jumlah-program-disabilitas", "program-kelompok-umur"}
    assert "matriks" in {table.id for table in pages["wilayah-31-74.html"].tables}


def test_figures_of_before_show_no_pair_as_nobody(decree):
    """A decree that was counted before pairs were counted by kota and group shows no such column, not zeros."""
    rows, _, _ = decree
    older = [row for row in rows if row["tingkat"] == "provinsi" or row["dimensi"] != PAIR]
    figures = figures_of(Periode(2025, 2), 1, FACTS, [row for row in older if "." not in row["dimensi"]])
    made = tables.exclusive(figures, [Exclusive(pasangan=["pkh", "klj"], sumber="uji")])
    assert [column.name for column in made.columns] == ["Pasangan", "Orang", "Ketentuan"]
    pages = make_pages([figures], load_open_data())
    assert not [table for table in pages["wilayah-31-74.html"].tables if table.id == "matriks"]
    assert not [table for table in pages["program.html"].tables if table.id.startswith("program-desil")]


def test_a_program_that_excludes_itself_or_is_unknown_is_refused():
    for pair in (["klj", "klj"], ["klj", "tidak_ada"], ["klj"]):
        with pytest.raises(ValueError, match="bukan dua program"):
            Exclusive(pasangan=pair, sumber="uji")


@pytest.mark.feature("F52")
def test_pockets_are_ranked_by_open_figures_alone(decree):
    _, figures, _ = decree
    made = tables.pockets(figures, KELURAHAN, "uji")
    counts = [row.cells[3].value for row in made.rows]
    assert 0 < len(counts) <= tables.TOP and None not in counts and all(a >= b for a, b in pairwise(counts))
    best = max((figures.at(code).value or 0) for code in figures.places(KELURAHAN) if "tidak" not in code)
    assert counts[0] == best


def test_every_cell_of_a_page_is_a_figure_of_the_decree(two):
    """No page shows a number that the covered figures do not hold; sums are counted, not added up again."""
    _, every, pages, _ = two
    known = {figure.value for one in every for figure in one.cells.values() if figure.value is not None}
    ranks = set(range(1, tables.TOP + 1))
    for name, page in pages.items():
        for table in page.tables:
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    if isinstance(cell.value, int):
                        assert cell.value in known | (ranks if column.name == "Urutan" else {0}), (name, table.id)


@pytest.mark.feature("F19", "F50")
def test_pages_load_nothing_from_elsewhere_and_need_no_script(two):
    _, _, pages, _ = two
    for name, page in pages.items():
        assert len(page.html) < 400_000, name
        outside = set(re.findall(r'(?:href|src)="(https?://[^"]+)"', page.html))
        assert outside == {load_open_data().licence.address}, name
        assert re.findall(r"<script[^>]*>", page.html) == ['<script src="dasbor.js" defer>'], name
        assert "unsafe-inline'; script" not in page.html.replace("style-src 'unsafe-inline'", "")
        for link in set(re.findall(r'href="([^"#:]+\.html)', page.html)):
            assert link in pages, (name, link)
        anchors = set(re.findall(r'href="(wilayah-[^"#]+\.html)#([^"]+)"', page.html))
        assert all(f'id="{anchor}"' in pages[file].html for file, anchor in anchors), name


@pytest.mark.feature("F58", "F54")
def test_downloads_hold_the_same_figures_and_say_what_they_are(two):
    folder, every, pages, told = two
    with (folder / CSV).open(encoding="utf-8", newline="") as handle:
        read = list(csv.reader(handle))
    rows = list(long_rows(every))
    assert read[0] == list(COLUMNS)
    assert read[1:] == [["" if value is None else str(value) for value in row] for row in rows]
    table = pq.read_table(folder / PARQUET)
    assert [tuple(row.values()) for row in table.to_pylist()] == rows
    counted = {(one["satuan"], one["kode_wilayah"], one["dimensi"], one["nilai"]): one for one in told[newest(every).periode]}
    own = [row for row in rows if row[0] == "2025-S2"]
    assert len(own) == len(counted) and any(row[-1] for row in own)
    for row in own:
        one = counted[row[2], row[4], row[6], row[7]]
        assert (row[3], row[9], row[10]) == (one["tingkat"], one["jumlah"], one["ditutup"])
    metadata = json.loads((folder / METADATA).read_text())
    assert [one["nama"] for one in metadata["variabel"]] == table.column_names
    assert {one["nama"]: one["sha256"] for one in metadata["berkas"]} == {
        name: file_sha256(folder / name) for name in (CSV, PARQUET, BOOK)
    }
    for needed in (
        "produsen_data",
        "walidata",
        "lisensi",
        "klasifikasi_penyajian",
        "satuan",
        "periode",
        "kode_referensi",
        "dasar",
    ):
        assert metadata[needed], needed
    book = openpyxl.load_workbook(folder / BOOK, read_only=True)
    printed = {str(value) for sheet in book for line in sheet.iter_rows(values_only=True) for value in line if value is not None}
    figures = newest(every)
    assert str(figures.at(PROVINCE).value) in printed and not [one for one in printed if one.startswith("=")]
    assert "CC-BY-4.0" in pages["unduh.html"].html


def test_the_course_stands_over_every_decree(two):
    _, every, _, _ = two
    made = tables.course(every, "uji")
    assert [column.name for column in made.columns] == ["Kota", "2025-S1", "2025-S2"]
    assert [cell.value for cell in made.rows[-1].cells[1:]] == [one.at(PROVINCE).value for one in every]
    alone = make_pages(every[:1], load_open_data())["tren.html"].html
    assert "Baru satu penetapan" in alone and "<table" not in alone
    assert newest(list(reversed(every))) is every[1]


def test_axe_finds_nothing_on_the_dashboards(two, tmp_path):
    """With its script, at both widths: the filter and the headings that sort are controls too."""
    _, _, pages, _ = two
    for name, page in pages.items():
        (tmp_path / name).write_text(page.html)
    folder = tmp_path / "uji"
    folder.mkdir()
    shutil.copy(SCRIPT, folder)
    found = violations([tmp_path / name for name in pages], (1280, 400), axe(), folder)
    assert len(found) == 2 * len(pages)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.feature("F19")
def test_dashboards_of_a_home_are_made_from_the_decrees_that_agencies_see(decreed, monkeypatch, capsys):
    """By command, twice the same bytes, sealed; nothing of them holds a person, and without a decree the cure is said."""
    monkeypatch.setenv("PADANAN_HOME", str(decreed.root))
    assert main(["dasbor", "make"]) == 0 and "[2/2]" in capsys.readouterr().out
    folder = dashboard_folder(decreed)
    first = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert len(read_figures(decreed, *shown_decrees(decreed)[-1]).cells) > 100
    assert main(["dasbor", "make"]) == 0 and main(["dasbor", "open"]) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == first
    assert str(folder / "index.html") in capsys.readouterr().out
    texts = b"".join(first.values())
    con = duckdb.connect()
    seal = next(decreed.root.glob("decree/*/*/bnba.parquet"))
    for nik, name, address in con.execute(f"select nik, nama, alamat from '{seal}'").fetchall():
        assert not [value for value in (nik, name, address) if value and value.encode() in texts]
    assert (folder / "index.html").stat().st_mode & 0o077 == 0


@pytest.mark.feature("F32", "F52")
def test_who_is_not_served_by_ones_own_program_is_what_the_api_tells_and_the_list_counts(decreed, monkeypatch, capsys):
    """Against plain SQL over the sealed and published tables: rows of `prioritas` by program, and the counts per agency."""
    monkeypatch.setenv("PADANAN_HOME", str(decreed.root))
    con = duckdb.connect()
    (seal,) = decreed.root.glob("decree/2025-07-01/ke-1/data_sasaran.parquet")
    (waiting,) = decreed.root.glob("published/2025-07-01/rev-1/daftar_tanpa_program.parquet")
    con.execute(f"create view s as select * from '{seal}'")
    con.execute(f"create view t as select * from '{waiting}'")
    programs = [one for (one,) in con.execute("select distinct program from t order by all").fetchall()]
    assert len(programs) > 1
    with serving(decreed) as served:
        for program in programs:
            agency = served.agency(f"dinsos-{program}")
            served.grant(hibah=f"semua-{program}", klien=agency.id, program=program, wilayah=["31"], kolom=["id_orang"])
            told = [row["id_orang"] for row in agency.rows("/v1/penetapan/2025-S2/prioritas", batas=1000).json()["data"]]
            by_hand = con.execute(
                "select id_orang from t join s using (id_orang) where t.program = ?"
                " and not list_contains(string_split(coalesce(s.program, ''), ','), ?) order by all", [program, program]
            ).fetchall()  # fmt: skip
            assert told == [one for (one,) in by_hand] and told, program
            assert main(["dasbor", "unserved"]) == 0
            line = next(one for one in capsys.readouterr().out.splitlines() if f" {program_name(program)}:" in one)
            assert line.startswith("Dinsos, ") and f": {len(told)} orang belum dilayani" in line


def test_without_a_decree_the_command_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    assert main(["dasbor", "make"]) == 1 and "padanan api publish" in capsys.readouterr().err
    assert main(["dasbor", "open"]) == 1 and "padanan dasbor make" in capsys.readouterr().err
    assert main(["dasbor", "unserved"]) == 1 and "padanan api publish" in capsys.readouterr().err


def test_a_changed_file_of_a_decree_makes_no_dashboard(decreed, monkeypatch, capsys):
    monkeypatch.setenv("PADANAN_HOME", str(decreed.root))
    (path,) = list(decreed.root.glob("distribusi/siap/*/*/agregat.json"))[-1:]
    path.chmod(0o600)
    path.write_text(path.read_text().replace('"jumlah":', '"jumlah" :', 1))
    assert main(["dasbor", "make"]) == 1 and "agregat.json" in capsys.readouterr().err
    assert not dashboard_folder(decreed).exists()
