"""Matriks 3 and 2 filled from a decree (F39, F40): who stands in it, programs, verification, the cover note."""

from datetime import date

import duckdb
import openpyxl
import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Quarter
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.feedback.lp3ke.accept import accept
from padanan.feedback.lp3ke.make import make
from padanan.feedback.lp3ke.verification import FileFacts
from padanan.forms import handover
from padanan.records import reports
from tests.distribution.decree_by_hand import PERIODE
from tests.feedback.lp3ke.conftest import KELURAHAN, NOW, QUARTER, decreed
from tests.feedback.lp3ke.filled import heads, opened
from tests.review.decided_by_hand import accept_all, demo_home, publish
from tests.review.published_by_hand import CANARY_NAME


def people_of(home: Home):
    """Number -> the sealed facts of each person, read by another way than the code's."""
    folder = home.decree(PERIODE) / "ke-1"
    con = duckdb.connect()
    rows = con.execute(
        f"""select cast(split_part(b.nama, ' ', 2) as integer) as i, b.nik, s.jk, s.program, s.kode_kelurahan, s.id_keluarga,
            s.id_orang
        from read_parquet('{folder}/data_sasaran.parquet') s join read_parquet('{folder}/bnba.parquet') b using (id_orang)"""
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def sheet_rows(folder):
    """(workbook name, row as heading -> text) of every Matriks 3."""
    for path in sorted(folder.glob("matriks-3-*.xlsx")):
        _, sheet = opened(path)
        last = heads(sheet)["row"]
        names = [sheet.cell(last - 1, column).value or sheet.cell(last - 2, column).value for column in range(1, 26)]
        for row in range(last + 1, sheet.max_row + 1):
            yield path, row, {name: sheet.cell(row, column).value for column, name in enumerate(names, 1) if name}


@pytest.mark.feature("F40")
def test_everybody_of_the_decree_stands_in_matrix_3_once_for_each_id(made):
    known = people_of(made.home)
    found: dict[int, list[dict]] = {}
    for _, _, row in sheet_rows(made.folder):
        found.setdefault(int(row["Nama"].split()[1]), []).append(row)
    assert found.keys() == known.keys() and len(known) > 20
    for i, rows in found.items():
        nik, jk, *_ = known[i]
        ids = sorted(str(row["ID Individu P3KE"] or "") for row in rows)
        wanted = [""] if i % 3 == 0 else sorted([f"IND-{i:05d}"] + ([f"GANDA-{i}"] if i % 7 == 0 else []))
        assert ids == wanted, i
        for row in rows:
            assert row["NIK"] == nik and row["Perbaikan NIK"] is None
            assert row["Jenis Kelamin"] == ("Laki-laki" if jk == "L" else "Perempuan")
            assert row["Ditetapkan Kepala Daerah"] == "Ya" and row["Verifikasi"] is None
            assert row["Dana Desa"] == "Tidak"
        main_row = next((row for row in rows if row["ID Individu P3KE"] == f"IND-{i:05d}"), None)
        if main_row:
            relation = ("Kepala Keluarga", "Suami", "Istri", "Anak")[i % 4]
            assert main_row["Hubungan dengan Kepala Keluarga"] == relation
            assert main_row["ID Keluarga P3KE"] == f"KEL-{i // 4:05d}"
    assert made.facts["jumlah"]["orang"] == len(known)
    assert made.facts["jumlah"]["tanpa_id"] == sum(i % 3 == 0 for i in known)
    assert made.facts["jumlah"]["tanpa_nik"] == sum(one[0] is None for one in known.values())


@pytest.mark.feature("F40")
def test_programs_are_ya_or_tidak_and_a_familys_program_is_every_members(made):
    known = people_of(made.home)
    families: dict[str, set[str]] = {}
    contracts = load_contracts()
    # The publication by hand tells of everybody, also outside the two kelurahan that the decree was narrowed to.
    con = duckdb.connect()
    everybody = made.home.published(PERIODE, 1) / "sasaran.parquet"
    query = f"select id_keluarga, program from read_parquet('{everybody}') where program is not null"
    for family, program in con.execute(query).fetchall():
        families.setdefault(family, set()).update(one for one in program.split(",") if contracts[one].unit == "keluarga")
    columns = {"KLJ": "klj", "KPDJ": "kpdj", "PKH": "pkh", "PBI-JKN": "pbi_jkn"}
    seen = set()
    for _, _, row in sheet_rows(made.folder):
        i = int(row["Nama"].split()[1])
        _, _, program, _, family, _ = known[i]
        served = set((program or "").split(",")) | families.get(family, set())
        for heading, contract in columns.items():
            shown = next(value for name, value in row.items() if name.split(" (")[0] == heading)
            assert shown == ("Ya" if contract in served else "Tidak"), (i, heading)
            seen.add((heading, shown))
    assert {heading for heading, shown in seen if shown == "Ya"} == set(columns)
    assert any("daftar program pada penetapan" in note for note in made.facts["catatan"])


@pytest.mark.feature("F40")
def test_who_stopped_receiving_is_tidak_a_card_serves_its_family_and_a_verified_death_is_meninggal(tmp_path):
    home = decreed(tmp_path / "data", records=True)
    folder, facts = make(home, QUARTER, now=NOW)
    known = people_of(home)
    cells = {"klj": set(), "pkh": set(), "mati": set()}
    for _, _, row in sheet_rows(folder):
        i = int(row["Nama"].split()[1])
        _, _, program, _, family, person = known[i]
        klj = next(value for name, value in row.items() if name.startswith("KLJ"))
        assert klj == ("Ya" if "klj" in (program or "").split(",") and ord(person[0]) % 2 else "Tidak"), i
        assert row["PKH"] == ("Ya" if ord(family[0]) % 3 == 0 else "Tidak"), i
        assert row["Verifikasi"] == ("Meninggal" if ord(person[0]) % 5 == 0 else None), i
        if row["ID Individu P3KE"] is None:
            assert row["Hubungan dengan Kepala Keluarga"] == "Anak"
        cells["klj"].add(klj), cells["pkh"].add(row["PKH"]), cells["mati"].add(row["Verifikasi"])
    assert all(len(found) == 2 for found in cells.values())
    assert facts["catatan"] == []


def facts_file(made, tmp_path, rows):
    path = tmp_path / "hasil.parquet"
    con = duckdb.connect()
    con.execute("create table f (id_orang varchar, hasil varchar, tanggal date)")
    con.executemany("insert into f values (?, ?, ?)", rows)
    con.execute(f"copy f to '{path}' (format parquet)")
    return path


@pytest.mark.feature("F40")
def test_verification_is_the_newest_and_what_the_form_has_no_word_for_is_listed(made, tmp_path):
    known = people_of(made.home)
    ids = {i: one[-1] for i, one in known.items()}
    a, b, c, d, e, f = sorted(i for i in ids if i % 3 and i % 7)[:6]
    path = facts_file(
        made,
        tmp_path,
        [
            (ids[a], "ditemukan", date(2025, 10, 1)),
            (ids[a], "meninggal", date(2025, 11, 1)),
            (ids[b], "pindah", date(2025, 11, 1)),
            (ids[c], "tidak_ditemukan", date(2025, 11, 1)),
            (ids[d], "ditemukan", date(2025, 11, 1)),
            (ids[d], "pindah", date(2025, 11, 1)),
            (ids[e], "ditemukan", date(2025, 11, 1)),
            (ids[e], "meninggal", date(2026, 1, 3)),
            (ids[f], "menolak", date(2025, 12, 31)),
        ],
    )
    folder, facts = make(made.home, QUARTER, now=NOW, facts=[FileFacts(path)])
    shown = {int(row["Nama"].split()[1]): (file, line, row["Verifikasi"]) for file, line, row in sheet_rows(folder)}
    # e was found in the quarter; what came after its last day belongs to the next report.
    assert [shown[i][2] for i in (a, b, c, d, e, f)] == ["Meninggal", "Pindah", None, None, "Ditemukan", None]
    assert (facts["jumlah"]["terverifikasi"], facts["jumlah"]["di_luar_pilihan"]) == (3, 3)
    note = openpyxl.load_workbook(folder / "catatan-pengantar.xlsx")["Tidak ada nilainya"]
    listed = {tuple(cell.value for cell in row) for row in note.iter_rows(min_row=2)}
    words = {c: "tidak ditemukan", d: "hasil berbeda pada hari yang sama, menunggu keputusan", f: "menolak didata"}
    assert listed == {(shown[i][0].stem, str(shown[i][1]), f"KEL-{i // 4:05d}", f"IND-{i:05d}", words[i]) for i in (c, d, f)}


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        ([("x", "wafat", date(2025, 11, 1))], "1 hasil di luar pilihan"),
        ([("x", "pindah", None)], "1 baris tanpa orang atau tanggal"),
    ],
)
def test_facts_of_another_shape_are_refused(made, tmp_path, rows, cause):
    with pytest.raises(PadananError, match=cause):
        make(made.home, QUARTER, now=NOW, facts=[FileFacts(facts_file(made, tmp_path, rows))])
    (tmp_path / "lain.parquet").write_bytes(b"PAR1")
    with pytest.raises(PadananError, match="hasil verifikasi tidak terbaca"):
        make(made.home, QUARTER, now=NOW, facts=[FileFacts(tmp_path / "lain.parquet")])
    duckdb.connect().execute(f"copy (select 'x' as id_orang, 'pindah' as hasil) to '{tmp_path}/tanpa.parquet' (format parquet)")
    with pytest.raises(PadananError, match="tanpa kolom tanggal bertipe date"):
        make(made.home, QUARTER, now=NOW, facts=[FileFacts(tmp_path / "tanpa.parquet")])
    assert [path.name for path in (made.home.root / "lp3ke" / QUARTER.key).iterdir()] == ["rev-1"]


@pytest.mark.feature("F39")
def test_matrix_2_says_who_is_served_and_where_without_small_counts(made):
    known = people_of(made.home)
    _, sheet = opened(made.folder / "matriks-2.xlsx")
    first = heads(sheet)["row"] + 1
    rows = {sheet.cell(row, 5).value: row for row in range(first, sheet.max_row + 1) if sheet.cell(row, 5).value}
    klj = sum("klj" in (one[2] or "").split(",") for one in known.values())
    text = sheet.cell(rows["Kartu Lansia Jakarta (KLJ)"], 10).value
    assert text == (f"{klj} orang pada data sasaran" if klj >= 5 else "<5 orang pada data sasaran")
    by_place: dict[str, int] = {}
    for one in known.values():
        if "klj" in (one[2] or "").split(","):
            by_place[one[3]] = by_place.get(one[3], 0) + 1
    named = sheet.cell(rows["Kartu Lansia Jakarta (KLJ)"], 9).value or ""
    assert named.count(",") + bool(named) == sum(count >= 5 for count in by_place.values())
    assert sheet.cell(rows["Kartu Jakarta Mahasiswa Unggul (KJMU)"], 10).value is None


def test_a_kelurahan_with_more_rows_than_a_workbook_takes_is_split(made, monkeypatch, tmp_path):
    from padanan.contracts import lp3ke

    few = lp3ke.load_reporting().model_copy(update={"rows": 6, "docx_rows": 2})
    monkeypatch.setattr("padanan.feedback.lp3ke.make.load_reporting", lambda: few)
    folder, _ = make(made.home, QUARTER, now=NOW)
    names = sorted(path.stem for path in folder.glob("matriks-3-*.xlsx"))
    assert len(names) == sum(-(-count // 6) for count in per_place(made).values()) and names[0].endswith("-bagian-1")
    rows = [row["ID Individu P3KE"] for _, _, row in sheet_rows(folder)]
    before = [row["ID Individu P3KE"] for _, _, row in sheet_rows(made.folder)]
    assert sorted(map(str, rows)) == sorted(map(str, before))
    import docx

    paper = docx.Document(folder / f"{names[0]}.docx")
    assert any("terlalu banyak untuk naskah" in one.text for one in paper.paragraphs) and len(paper.tables[0].rows) == 3


def per_place(made) -> dict[str, int]:
    counts: dict[str, int] = {}
    for path, _, _ in sheet_rows(made.folder):
        counts[path.stem] = counts.get(path.stem, 0) + 1
    return counts


@pytest.mark.feature("F40")
def test_files_with_names_expire_and_leave_their_counts(made):
    from datetime import datetime

    from padanan.base.period import JAKARTA

    issue = next(one for one in handover.issues(made.home) if one.kind == handover.REPORTS)
    assert issue.expires == date(2026, 3, 6)
    assert handover.faults_of_issues(made.home) == (1, [])
    handover.expire(made.home, datetime(2026, 3, 7, 9, tzinfo=JAKARTA))
    assert [path.name for path in made.folder.iterdir()] == ["kedaluwarsa.json"]
    assert reports.newest_edition(made.home, QUARTER)["jumlah"]["orang"] == made.facts["jumlah"]["orang"]


def test_a_changed_decree_is_not_reported_about(made):
    path = made.home.decree(PERIODE) / "ke-1" / "bnba.parquet"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(PadananError, match="berkas penetapan hilang atau berubah"):
        make(made.home, QUARTER, now=NOW)


def test_no_decree_or_a_quarter_that_has_not_begun_is_refused(made, tmp_path):
    with pytest.raises(PadananError, match="2026-TW2 belum mulai"):
        make(made.home, Quarter(2026, 2), now=NOW)
    with pytest.raises(PadananError, match="dari sebelum kewajibannya"):
        make(made.home, Quarter(2022, 4), now=NOW)
    with pytest.raises(PadananError, match="belum ada penetapan"):
        make(Home(tmp_path / "kosong").ensure(), QUARTER, now=NOW)
    # The first quarter of 2026 has no decree of its own yet: the one in force is reported about.
    folder, facts = make(made.home, Quarter(2026, 1), now=NOW)
    assert "2025-S2" in facts["sumber"] and folder.parent.name == "2026-01-01"


@pytest.mark.feature("F42")
def test_the_letters_name_recipients_matrices_and_copies_and_nobody_of_the_people(made):
    import docx

    def text(name):
        paper = docx.Document(made.folder / name)
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(one.text for one in paper.paragraphs), *cells])

    governor, ministry = text("surat-gubernur.docx"), text("surat-mendagri.docx")
    assert "Gubernur DKI Jakarta" in governor and "Matriks 1, 2, 3 dan 4" in governor and "Tembusan" not in governor
    assert "Kepada Yth. Menteri Dalam Negeri" in ministry and "Matriks 1, 2 dan 3 " in ministry and "Matriks 4" not in ministry
    assert "1. Menteri Koordinator Bidang Perekonomian\n2. Menteri Koordinator Bidang PMK" in ministry
    assert "NAMA" not in governor + ministry


def test_the_command_makes_and_tells_the_state(made, capsys):
    assert main(["lp3ke", "status", "--quarter", "2025-TW4", "--as-of", "2026-02-01"]) == 0
    said = capsys.readouterr().out
    assert f"Matriks 3 (Diskominfotik): 0 dari {len(KELURAHAN)} buku kerja" in said
    assert said.count("TERLAMBAT") == 2
    assert "Menteri Dalam Negeri, tembusan Menteri Koordinator Bidang Perekonomian dan Menteri Koordinator Bidang PMK" in said


@pytest.mark.feature("F40")
def test_an_accepted_revision_is_reported_as_not_decreed_yet(tmp_path):
    """Before its decree everybody is Tidak; with a decree in force those who stand in it are Ya."""
    home = demo_home(tmp_path / "data")
    publish(home, people=300)
    with pytest.raises(PadananError, match="belum ada penetapan atau revisi yang diterima"):
        make(home, QUARTER, now=NOW)
    accept_all(home)
    folder, facts = make(home, QUARTER, now=NOW)
    assert "yang diterima, belum ditetapkan" in facts["sumber"]
    rows = [row for _, _, row in sheet_rows(folder)]
    chosen = f"select count(*) from read_parquet('{home.published(PERIODE, 1)}/sasaran.parquet') where terpilih"
    assert len(rows) == duckdb.connect().execute(chosen).fetchone()[0] == facts["jumlah"]["orang"] > 50
    assert {row["Ditetapkan Kepala Daerah"] for row in rows} == {"Tidak"} and {row["Nama"] for row in rows} == {CANARY_NAME}
    assert any("belum memuat ID P3KE" in note for note in facts["catatan"])


def test_verify_names_accepted_answers_that_were_changed(made, capsys):
    main(["verify"])
    assert "isian Matriks 3" not in capsys.readouterr().err
    path = made.folder / f"{next(made.folder.glob('matriks-3-*.xlsx')).name}"
    taken = accept(made.home, path, QUARTER, by="Siti", now=NOW)
    assert taken.faults == ()
    stored = made.home.root / taken.record["rincian"]["berkas"]
    stored.write_bytes(b"x")
    assert main(["verify"]) == 1
    assert "isian Matriks 3 yang diterima berubah" in capsys.readouterr().err


@pytest.mark.feature("F38")
def test_two_makers_at_once_make_two_editions(made):
    """Each took the number after the same one before, and both said that the one folder was theirs."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        folders = [one.result()[0].name for one in [pool.submit(make, made.home, QUARTER, now=NOW) for _ in range(2)]]
    assert sorted(folders) == ["rev-2", "rev-3"]
    assert [path.name for path in sorted(made.folder.parent.iterdir()) if path.is_dir()] == ["rev-1", "rev-2", "rev-3"]
