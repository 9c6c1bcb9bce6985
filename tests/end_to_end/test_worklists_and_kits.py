"""Worklists and kits of a finished demo: every task in one file, counts equal queries, a kit is its producer's alone."""

import json
import stat
import zipfile
from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO

import duckdb
import openpyxl
import pytest

from orchestration.run import run_job
from padanan.base import side_by_side
from padanan.base.digest import file_sha256
from padanan.base.home import CHECKOUT
from padanan.base.period import JAKARTA, Periode
from padanan.base.side_by_side import spread
from padanan.base.warehouse import connect_warehouse
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.contracts.field_rules import load_field_rules
from padanan.pages import words
from padanan.published.opened import open_published
from padanan.published.run_plan import read_plan
from padanan.published.targeting import measure
from padanan.review.kit import make as make_zips
from padanan.review.kit.make import make as make_kits
from padanan.review.worklist import book, tkpk
from padanan.review.worklist import make as make_files
from padanan.review.worklist.make import make as make_worklists
from tests.end_to_end.test_privacy_canaries import canaries, leaks, readable

PERIODE = Periode.parse("2025-S2")
SEED = CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv"
NOW = datetime.now(JAKARTA)
LEVEL = {"sumber": "Perbaikan sumber", "prelist": "Verifikasi"}


def query(home, sql):
    with duckdb.connect() as con:
        for path in home.published(PERIODE, 1).glob("*.parquet"):
            con.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
        con.execute(f"create view identitas as select * from read_parquet('{home.identitas(PERIODE, 1)}/identitas.parquet')")
        return con.execute(sql).fetchall()


@pytest.fixture
def worklists(finished):
    """The demo's worklists, made once for all tests of this file."""
    folder, facts = make_worklists(finished.home, PERIODE, now=NOW)
    return finished.home, folder, facts


@pytest.fixture
def kits(finished):
    folder, facts = make_kits(finished.home, PERIODE, now=NOW)
    return finished.home, folder, facts


def field_files(folder):
    return [path for path in sorted(folder.glob("*.xlsx")) if not path.name.startswith(tkpk.PREFIX)]


def rows_of(workbook, sheet):
    layouts = {layout.sheet: layout for layout in (*tkpk.SHEETS.values(), *book.layouts().values(), book.MACHINE)}
    layout = layouts[sheet]
    values = list(workbook[sheet].iter_rows(min_row=layout.head_row + 2, max_col=len(layout.columns), values_only=True))
    return [dict(zip(layout.columns, row, strict=True)) for row in values]


@pytest.mark.panjang
@pytest.mark.parametrize("made", ["worklists", "kits"])
def test_several_processes_write_the_same_files(made, request, monkeypatch):
    home, folder, facts = request.getfixturevalue(made)
    make, module = {"worklists": (make_worklists, make_files), "kits": (make_kits, make_zips)}[made]
    alone = {path.name: file_sha256(path) for path in folder.iterdir()}
    monkeypatch.setattr(side_by_side, "MANY", 0)
    monkeypatch.setattr(module, "spread", partial(_counted, asked := []))
    folder, again = make(home, PERIODE, now=NOW, again=True)
    # Both lists of the field, or all kits, went to as many processes as the machine has cores.
    assert asked == [side_by_side.cores()] * (2 if made == "worklists" else 1)
    assert {path.name: file_sha256(path) for path in folder.iterdir()} == alone
    assert again["berkas"] == facts["berkas"]


def _counted(asked, work, things, processes):
    asked.append(processes)
    return spread(work, things, 2)


@pytest.mark.feature("F11")
@pytest.mark.feature("F24")
def test_every_task_stands_in_exactly_one_file_and_every_person_once(worklists):
    """Read back from all workbooks: tasks and people are those published, each once, also without a kelurahan."""
    home, folder, facts = worklists
    found = {name: [] for name in ("Verifikasi", "Validasi", "Perbaikan sumber", "Untuk mesin")}
    for path in field_files(folder):
        workbook = openpyxl.load_workbook(path, read_only=True)
        own = {name: rows_of(workbook, name) for name in found}
        for kind, sheet in LEVEL.items():
            assert len(own[sheet]) == facts["berkas"][path.name][kind], path.name
        behind = [row for row in own["Untuk mesin"] if row["saluran"] == "lapangan"]
        assert len(behind) == facts["berkas"][path.name]["lapangan"], path.name
        assert {row["id_orang"] for row in behind} == {row["id_orang"] for row in own["Verifikasi"]}, path.name
        for name, rows in own.items():
            found[name] += rows
        assert all(row["kode"] and row["alasan"] and row["tenggat"] for row in own["Untuk mesin"]), path.name
        workbook.close()
    tasks = query(home, "select id_tugas, saluran from tugas")
    assert sorted((row["id_tugas"], row["saluran"]) for row in found["Untuk mesin"]) == sorted(tasks)
    assert sorted(row["id_tugas"] for row in found["Perbaikan sumber"]) == sorted(task for task, way in tasks if way == "sumber")
    people = sorted(row[0] for row in query(home, "select id_orang from prelist"))
    assert people == sorted(set(people))
    for name in ("Verifikasi", "Validasi"):
        assert sorted(row["id_orang"] for row in found[name]) == people, "one line a person"
        assert all("?" in row["tanya"] and "Paling lambat" in row["tanya"] for row in found[name]), "a line without a question"
    counted = {
        **{kind: len(found[sheet]) for kind, sheet in LEVEL.items()},
        "lapangan": sum(way == "lapangan" for _, way in tasks),
    }
    assert {kind: facts["jumlah"][kind] for kind in counted} == counted


@pytest.mark.feature("F24")
def test_a_kader_walks_by_rw_rt_and_house_and_is_asked_everything_about_a_person_at_once(worklists):
    """People stand in the order of the way, a family card of one RT under one number; each reason's question is asked."""
    home, folder, _ = worklists
    lines = query(home, """select id_orang, kode_alasan, coalesce(rw, '~'), coalesce(rt, '~'), no_kk, nama
        from prelist left join identitas using (id_orang)""")  # fmt: skip
    known = {person: (codes.split(","), rw, rt, kk, nama) for person, codes, rw, rt, kk, nama in lines}
    questions = read_plan(home).data.lapangan.pertanyaan
    several = 0
    for path in field_files(folder):
        workbook = openpyxl.load_workbook(path, read_only=True)
        rows = rows_of(workbook, "Verifikasi")
        workbook.close()
        way = [known[row["id_orang"]][1:3] for row in rows]
        assert way == sorted(way), path.name
        numbers = [int(row["rumah"]) for row in rows]
        assert numbers == sorted(numbers) and set(numbers) == set(range(1, len(set(numbers)) + 1)), path.name
        houses = {}
        for row in rows:
            codes, rw, rt, kk, nama = known[row["id_orang"]]
            if kk:
                houses.setdefault((rw, rt, kk), set()).add(row["rumah"])
            asked = [item for item in questions if set(item.kode) & set(codes)]
            assert asked and all(item.mohon in row["tanya"] for item in asked)
            assert row["tanya"].count("?") == 1 and (nama or "orang ini") in row["tanya"]
            several += len(asked) > 1
            assert row["orang"].splitlines()[2] == (nama or "nama tidak tercatat")
        assert all(len(found) == 1 for found in houses.values()), path.name
    assert several > 10, "the demo has people with several reasons"


@pytest.mark.feature("F24")
@pytest.mark.feature("F46")
def test_tkpk_reads_who_it_decides_about_and_the_rows_behind_ketepatan_sasaran(worklists):
    """Each person of `daftar_belum_masuk` once, in the file of the kecamatan where they live, by name, with list and reason;
    each recipient's record once, and as many distinct people as the report counts.
    """
    home, folder, facts = worklists
    found = {sheet: [] for sheet in ("Belum masuk", "Penerima program")}
    for path in sorted(set(folder.glob("*.xlsx")) - set(field_files(folder))):
        workbook = openpyxl.load_workbook(path, read_only=True)
        for sheet in found:
            found[sheet] += [{**row, "file": path.name} for row in rows_of(workbook, sheet)]
        workbook.close()
    lists = query(home, """select l.id_orang, daftar, alasan, nama, coalesce(nik, ''), coalesce(kode_kecamatan, '')
        from daftar_belum_masuk l join identitas using (id_orang)""")  # fmt: skip
    assert len(lists) == query(home, "select count(*) from daftar_belum_masuk")[0][0] == facts["jumlah"][tkpk.NOT_IN] > 0
    shown = {row["id_orang"]: row for row in found["Belum masuk"]}
    assert len(shown) == len(found["Belum masuk"])
    places = {row[0] for row in query(home, f"select distinct kode_kecamatan from read_csv('{SEED}', all_varchar=true)")}
    for person, daftar, alasan, nama, nik, kecamatan in lists:
        row = shown.pop(person)
        assert (row["daftar"], row["alasan"], row["nama"]) == (words.title(daftar), alasan, nama)
        assert not nik or f"NIK {nik}" in row["nomor"].splitlines()
        assert kecamatan not in places or row["file"].startswith(f"{tkpk.PREFIX}{kecamatan}-")
    assert not shown
    others = {"jakpreneur", "kartu_layanan_gratis"}
    names = ", ".join(f"'{one.id}'" for one in load_contracts().values() if one.kind == "program" and one.id not in others)
    poor = f"producer in ({names}) and (status_program is null or status_program in ('eksisting', 'baru', 'tunda'))"
    records = query(home, f"select record_key, terpilih from padanan_record join sasaran using (id_orang) where {poor}")
    rows = {row["record_key"]: row for row in found["Penerima program"]}
    assert len(rows) == len(found["Penerima program"]) == facts["jumlah"][tkpk.RECEIVERS] > 0
    assert {key: row["dalam_sasaran"] == "ya" for key, row in rows.items()} == dict(records)
    assert all(row["program"] and row["alasan"] for row in rows.values())
    assert sum(bool(row["nama"]) for row in rows.values()) > 0.9 * len(rows), "some programs deliver a row without a name"
    inside = {row["id_orang"] for row in rows.values() if row["dalam_sasaran"] == "ya"}
    source = open_published(home, PERIODE, 1)
    counted = measure(source, load_contracts(), dict.fromkeys(load_contracts(), 1))
    source.con.close()
    assert (len(inside), len({row["id_orang"] for row in rows.values()})) == (counted.inside, counted.people)


@pytest.mark.feature("F11")
def test_every_blocking_gap_has_one_open_task_with_owner_and_due_date(worklists):
    home, _, _ = worklists
    lost = query(
        home,
        """select count(*) from gap g anti join celah_terjawab using (record_key, rule_id) where level = 'blok'
        and (select count(*) from tugas t where t.record_key = g.record_key
        and t.blok and t.status = 'terbuka' and t.pemilik <> '' and t.tenggat > date '2025-12-15') <> 1""",
    )
    assert lost == [(0,)]
    asked = "select record_key, unnest(string_split(kode, ',')) as rule_id from tugas"
    assert query(home, f"select count(*) from celah_terjawab semi join ({asked}) using (record_key, rule_id)") == [(0,)]
    assert query(home, "select count(*) > 0 from celah_terjawab") == [(True,)]
    assert query(home, "select count(*) > 0 from gap where level = 'blok'") == [(True,)]


@pytest.mark.feature("F50")
def test_worklists_are_private_and_name_nobody_outside(worklists):
    home, folder, facts = worklists
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    names = {row[0] for row in query(home, "select distinct unnest(string_split(lower(nama), ' ')) from identitas")}
    sheets = b"".join(readable(path) for path in folder.glob("*.xlsx"))
    assert [secret for secret in canaries(home) if secret in sheets], "names leave here: canaries with tasks are in their files"
    for path in field_files(folder):
        code = path.name[:13]
        assert code.startswith("31.") or path.name.startswith("tanpa-kelurahan-")
    text = (folder / "manifest.json").read_text()
    nik = [row[0] for row in query(home, "select nik from identitas where nik is not null")]
    assert names and nik and not [number for number in nik if number in text]
    assert date.fromisoformat(facts["kedaluwarsa"]) == NOW.date() + timedelta(days=90), "lapangan.yaml"


def test_the_same_revision_gives_the_same_bytes_and_standing_files_stay(worklists):
    home, folder, facts = worklists
    before = {path.name: file_sha256(path) for path in folder.glob("*.xlsx")}
    assert make_worklists(home, PERIODE, now=NOW) == (folder, facts)
    _, again = make_worklists(home, PERIODE, now=NOW, expires=NOW.date() + timedelta(days=200), again=True)
    assert {path.name: file_sha256(path) for path in folder.glob("*.xlsx")} == before
    assert date.fromisoformat(again["kedaluwarsa"]) == NOW.date() + timedelta(days=200)


@pytest.mark.feature("F33")
@pytest.mark.feature("F34")
@pytest.mark.feature("F35")
def test_the_lists_are_what_a_query_of_their_own_says(worklists):
    """Unserved people are selected, no flag changes the selection, nobody without NIK is lost from the prelist."""
    home, _, _ = worklists
    assert query(home, "select count(*) from daftar_tanpa_program")[0][0] > 0
    assert query(home, "select bool_and(terpilih) from daftar_tanpa_program join sasaran using (id_orang)") == [(True,)]
    active = "select id_orang, producer as program from padanan_record where status_program in ('eksisting', 'baru', 'tunda')"
    assert query(home, f"select count(*) from daftar_tanpa_program semi join ({active}) using (id_orang, program)") == [(0,)]
    none = "(select id_orang from daftar_tanpa_program where program_diterima = 0)"
    assert query(home, f"select count(*) > 0 from {none}") == [(True,)]
    assert query(home, f"select count(*) from {none} semi join ({active}) using (id_orang)") == [(0,)]
    # unknown is what is left: nobody better off of the same kecamatan receives that program
    served = """select r.producer as program, o.kode_kecamatan, max(o.desil) as desil
        from padanan_record r join padanan_orang o using (id_orang) where r.status_program in ('eksisting', 'baru', 'tunda')
        group by all"""
    better = (
        f"select count(*) from daftar_tanpa_program d join sasaran s using (id_orang) join ({served}) r on r.program = d.program"
    )
    better += " and r.kode_kecamatan = d.kode_kecamatan where r.desil > s.desil and d.sebab"
    assert query(home, f"{better} = 'tidak_diketahui'") == [(0,)]
    assert query(home, f"{better} = 'belum_didahulukan'")[0][0] > 0
    assert query(
        home,
        """select bool_and(s.terpilih = (s.kriteria_gagal is null)), bool_or(s.terpilih) from bendera_periksa b
        join sasaran s using (id_orang)""",
    ) == [(True, True)]
    assert query(home, "select count(*) from tanpa_dokumen anti join prelist using (id_orang)") == [(0,)]
    assert query(home, "select count(*) filter (nik is not null) from tanpa_dokumen join identitas using (id_orang)") == [(0,)]


@pytest.mark.feature("F24")
def test_the_prelist_is_short_and_everybody_else_with_a_reason_for_a_visit_is_accounted_for(worklists):
    """Over a whole made-up town: on the prelist, answered, mended at the source, or no reason by the program's own rule."""
    home, _, _ = worklists
    people, lines = query(home, "select (select count(*) from sasaran), (select count(*) from prelist)")[0]
    assert 0 < lines <= 0.12 * people, f"{lines} of {people}"
    plan = read_plan(home).data
    visits = [(item.producer, item.kode) for item in plan.lapangan.tugas if item.saluran == "lapangan" and item.producer]
    values = ", ".join(f"('{producer}', '{code}')" for producer, code in visits)
    programs = ", ".join(f"'{item.id}'" for item in plan.contracts if item.kind == "program")
    asked = f"""select r.id_orang from gap g join (values {values}) v(producer, rule_id) using (producer, rule_id)
        join padanan_record r using (record_key) union
        select o.id_orang from padanan_orang o join padanan_record r using (id_orang)
        where o.desil > {plan.sasaran.limit} and r.status_program is distinct from 'henti' and r.producer in ({programs})"""
    lists = "select id_orang from prelist union select id_orang from tidak_didatangi union select id_orang from celah_terjawab"
    assert query(home, f"select count(*) > {lines} from ({asked})") == [(True,)]
    assert query(home, f"select count(*) from ({asked}) anti join ({lists}) using (id_orang)") == [(0,)]
    assert query(home, "select count(*) from prelist semi join tidak_didatangi using (id_orang)") == [(0,)]


@pytest.mark.feature("F09")
def test_a_kit_gives_back_what_its_producer_sent_and_what_became_of_it(kits):
    """Counts in the manifest, the README and the workbook equal queries over the published gap table and landing."""
    home, folder, facts = kits
    gaps = dict(query(home, "select producer, count(*) from gap group by 1"))
    answered = dict(query(home, "select producer, count(*) from celah_terjawab group by 1"))
    told = {item.keterangan for item in load_field_rules().terjawab}
    for name, item in facts["berkas"].items():
        producer = item["produsen"]
        with zipfile.ZipFile(folder / name) as archive:
            names = archive.namelist()
            workbook = openpyxl.load_workbook(BytesIO(archive.read("baris.xlsx")), read_only=True)
            readme = archive.read("BACA-DULU.txt").decode()
            page = archive.read(f"laporan/produsen-{producer.replace('_', '-')}.html").decode()
            assert archive.read(f"laporan/produsen-{producer.replace('_', '-')}.pdf").startswith(b"%PDF")
        answers = [cells[7] for cells in workbook["Celah per baris"].iter_rows(min_row=3, values_only=True) if cells[7]]
        assert len(answers) == answered.get(producer, 0) and set(answers) <= told, "that it exists, never what it is"
        rows = {sheet.title: sum(1 for _ in sheet.iter_rows(min_row=3)) for sheet in workbook}
        assert rows["Celah per baris"] == item["celah_per_baris"] == gaps.get(producer, 0)
        manifests = [json.loads(path.read_text()) for path in home.root.glob(f"landing/{producer}/*/*/manifest.json")]
        assert rows["Disisihkan"] == item["disisihkan"] == sum(sum(m["rows_aside"].values()) for m in manifests)
        assert rows["Diperbaiki"] == item["diperbaiki"]
        assert f"celah per baris {item['celah_per_baris']} baris" in readme
        assert (
            sum(1 for part in names if part.startswith("tanda-terima/") and part.endswith(".html"))
            == len(manifests)
            == item["tanda_terima"]
        )
        assert 'href="index.html' not in page and 'url("font/' not in page and "http" not in page.split("<body")[1]
    assert {item["produsen"] for item in facts["berkas"].values()} == {
        path.name for path in (home.root / "landing").iterdir() if list(path.glob("period=*"))
    }


@pytest.mark.feature("F50")
def test_no_value_of_another_registry_is_in_a_kit(kits):
    """Adminduk names and numbers that a program never sent are in no cell and on no page of its kit."""
    home, folder, facts = kits
    mine = "select * from stg_bansos__penerima where producer = ?"
    said = ("nik_mentah", "nik_bersih", "kk_mentah", "kk_bersih", "nama_mentah", "nama_bersih", "alamat_mentah")
    foreign = ("nik_bersih", "kk_bersih", "nama_mentah", "nama_bersih", "alamat_mentah")
    checked = 0
    for name, item in facts["berkas"].items():
        with connect_warehouse(home) as con:
            model = con.execute(f"select count(*) from ({mine})", [item["produsen"]]).fetchall()[0][0]
            if not model:
                continue
            own = {
                value
                for column in said
                for (value,) in con.execute(f"select distinct {column} from ({mine})", [item["produsen"]]).fetchall()
            }
            others = {
                value
                for column in foreign
                for (value,) in con.execute(
                    f"select distinct {column} from stg_adminduk__penduduk where {column} is not null"
                ).fetchall()
            } - own
            others = {value for value in others if len(value) > 4}  # a name of one letter says nobody
        assert len(others) > 1000
        with zipfile.ZipFile(folder / name) as archive:
            workbook = openpyxl.load_workbook(BytesIO(archive.read("baris.xlsx")), read_only=True)
            cells = {str(value) for sheet in workbook for row in sheet.iter_rows(values_only=True) for value in row if value}
            texts = " ".join(archive.read(part).decode() for part in archive.namelist() if not part.endswith((".xlsx", ".pdf")))
        assert cells & others == set(), name
        assert not [value for value in others if value.isdigit() and len(value) == 16 and value in texts], name
        checked += 1
    assert checked > 5


def test_no_other_revision_can_come_into_the_warehouse_between_two_kits(kits):
    home, _, _ = kits
    refused = []

    def write(_):
        with pytest.raises(duckdb.Error):
            duckdb.connect(str(home.warehouse_db)).close()
        refused.append(True)

    make_kits(home, PERIODE, now=NOW, producer="klj", again=True, progress=write)
    assert refused == [True]


def test_kits_are_the_same_bytes_again_and_one_may_be_made_alone(kits):
    home, folder, facts = kits
    before = {path.name: file_sha256(path) for path in folder.glob("*.zip")}
    _, again = make_kits(home, PERIODE, now=NOW, producer="klj", again=True)
    assert {path.name: file_sha256(path) for path in folder.glob("*.zip")} == before
    assert again["berkas"] == facts["berkas"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.feature("F50")
def test_the_job_makes_both_and_names_nobody_in_its_events(worklists, kits):
    """`tugas_periode` over files that stand changes none of them; Dagster's storage and the logs hold counts alone."""
    home, folder, _ = worklists
    before = {path.name: file_sha256(path) for base in (folder, kits[1]) for path in base.iterdir()}
    outcome = run_job("tugas_periode", PERIODE, home=home, quiet=True)
    assert outcome.ok, outcome.line
    assert {path.name: file_sha256(path) for base in (folder, kits[1]) for path in base.iterdir()} == before
    assert leaks(home, canaries(home)) == []


@pytest.mark.feature("F11")
def test_the_commands_as_a_person_runs_them(worklists, capsys):
    """Handing over is told by `list`; wrong inputs are named with a cure; nothing that is valid is deleted."""
    _, folder, facts = worklists

    def padanan(*arguments, code=0):
        assert main(arguments) == code
        shown = capsys.readouterr()
        return shown.out + shown.err

    first = sorted(folder.glob("31.7*.xlsx"))[0]
    given = ("--to", "Lurah Gambir", "--purpose", "verivali 2025-S2", "--by", "Petugas Satu")
    assert "1 penyerahan dicatat kepada Lurah Gambir" in padanan("worklist", "hand-over", str(first), *given)
    listed = padanan("worklist", "list")
    assert f"{len(facts['berkas'])} berkas, sampai" in listed and f"{first.name} kepada Lurah Gambir" in listed
    assert "Tidak ada berkas yang kedaluwarsa" in padanan("worklist", "expire", "--dry-run")
    assert "sah; Verifikasi 0 baris terisi" in padanan("worklist", "check", str(first), "--periode", "2025-S2", "--revisi", "1")
    assert "tidak dikenal" in padanan("kit", "make", "--periode", "2025-S2", "--producer", "tidak_ada", code=1)
    assert "belum ada revisi terbit" in padanan("worklist", "make", "--periode", "2026-S1", code=1)
