"""What is owed when and to whom (F42-F44, F57): recipients, due dates over year ends, who is late, before and after."""

from datetime import date, datetime

import docx
import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from padanan.base.errors import ContractError, PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, Quarter, last_day_after
from padanan.cli import main
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.lp3ke import load_reporting
from padanan.feedback.lp3ke import duties as owed
from padanan.feedback.lp3ke.accept import accept
from padanan.feedback.lp3ke.duties import duties, record_done
from padanan.feedback.lp3ke.served import AFTER, BEFORE, SERVED, UNSERVED, WHOLE, compare, decrees_until
from padanan.records import reports
from padanan.records.seals import newest_seal
from padanan.upkeep.calendar.year import build
from tests.distribution.decree_by_hand import BEFORE as FIRST
from tests.distribution.decree_by_hand import PERIODE, seal_decree
from tests.feedback.lp3ke.conftest import NOW, QUARTER
from tests.feedback.lp3ke.filled import right
from tests.review.decided_by_hand import demo_home


@pytest.fixture(scope="module")
def facts():
    return load_contracts(), load_agencies(expectations_dir()), load_reporting()


@pytest.mark.feature("F42")
def test_four_runs_a_year_to_the_governor_and_the_ministry_with_two_copies(facts):
    found = [duty for duty in duties(2026, *facts) if duty.kind == owed.LP3KE]
    assert [(duty.due, duty.key, duty.matrices) for duty in found] == [
        (date(2026, 1, 31), "2025-TW4 gubernur", (1, 2, 3, 4)),
        (date(2026, 1, 31), "2025-TW4 mendagri", (1, 2, 3)),
        (date(2026, 4, 30), "2026-TW1 gubernur", (1, 2, 3, 4)),
        (date(2026, 4, 30), "2026-TW1 mendagri", (1, 2, 3)),
        (date(2026, 7, 31), "2026-TW2 gubernur", (1, 2, 3, 4)),
        (date(2026, 7, 31), "2026-TW2 mendagri", (1, 2, 3)),
        (date(2026, 10, 31), "2026-TW3 gubernur", (1, 2, 3, 4)),
        (date(2026, 10, 31), "2026-TW3 mendagri", (1, 2, 3)),
    ]
    ministry = found[1]
    assert ministry.to == ("Menteri Dalam Negeri",) and ministry.owner == "Gubernur DKI Jakarta"
    assert ministry.copies == ("Menteri Koordinator Bidang Perekonomian", "Menteri Koordinator Bidang PMK")
    assert found[0].to == ("Gubernur DKI Jakarta",) and found[0].copies == ()


@pytest.mark.feature("F43")
@pytest.mark.parametrize(("year", "due"), [(2023, date(2024, 2, 29)), (2024, date(2025, 2, 28)), (2027, date(2028, 2, 29))])
def test_lp2kd_is_due_on_the_last_day_of_february(facts, year, due):
    [duty] = [duty for duty in duties(year + 1, *facts) if duty.kind == owed.LP2KD]
    assert (duty.key, duty.due, duty.basis) == (f"{year} lp2kd", due, "§3.6.1.d")
    assert duty.to == ("Gubernur DKI Jakarta", "Tim Nasional Percepatan Penanggulangan Kemiskinan (TNP2K)")


@given(st.integers(2020, 2060), st.integers(1, 4), st.integers(1, 24))
def test_the_last_day_so_many_months_after_is_a_months_end(year, number, months):
    end = Quarter(year, number).end
    found = last_day_after(end, months)
    assert (found.year * 12 + found.month) - (end.year * 12 + end.month) == months
    assert date.fromordinal(found.toordinal() + 1).day == 1


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_quarters_cover_every_day_once(day):
    quarter = Quarter.of(day)
    assert quarter.start <= day <= quarter.end and quarter.end < quarter.following().start
    assert quarter.following().previous() == quarter == Quarter.parse(quarter.label) == Quarter.parse(quarter.key)
    assert (quarter.following().start - quarter.end).days == 1


@pytest.mark.feature("F44")
def test_a_report_is_due_a_month_after_its_program_ended(facts):
    contracts, agencies, reporting = facts
    assert [duty for duty in duties(2027, *facts) if duty.kind == owed.REPORT] == []
    found = {duty.key: duty for duty in duties(2028, *facts) if duty.kind == owed.REPORT}
    assert found["klj laporan"].due == date(2028, 1, 31) and found["klj laporan"].owner == "Dinsos"
    assert found["klj laporan"].to == ("Sekretariat TKPK",)
    assert len(found) == sum(item.kind == "program" for item in contracts.values())
    other = {"nama": "Dapur warga", "lembaga": "Yayasan Contoh", "akhir": "2026-01"}
    from padanan.contracts.lp3ke import Other

    more = reporting.model_copy(update={"others": {"dapur": Other.model_validate(other, by_alias=True)}})
    [duty] = [duty for duty in duties(2026, contracts, agencies, more) if duty.kind == owed.REPORT]
    assert (duty.key, duty.due, duty.owner) == ("dapur laporan", date(2026, 2, 28), "Yayasan Contoh")


@pytest.mark.feature("F57")
def test_monitoring_is_quarterly_and_evaluation_yearly(facts):
    found = [(duty.kind, duty.due) for duty in duties(2026, *facts) if duty.kind in (owed.MONITORING, owed.EVALUATION)]
    ends = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]
    assert found == [*((owed.MONITORING, end) for end in ends), (owed.EVALUATION, date(2026, 12, 31))]


@pytest.mark.feature("F42")
def test_the_years_calendar_holds_the_duties_and_who_is_late(made, facts):
    contracts = facts[0]
    calendar = build(made.home, contracts, 2026, day=date(2026, 3, 1))
    found = {entry.key: entry for entry in calendar.entries if entry.kind in owed.KINDS}
    assert (found["2025-TW4 gubernur"].state, found["2025-TW4 gubernur"].days_late) == ("lewat tenggat", 29)
    assert found["2025 lp2kd"].state == "lewat tenggat" and found["2025 lp2kd"].days_late == 1
    assert found["2026-TW1 mendagri"].state == "belum jatuh tempo"
    assert {entry.due.year for entry in found.values()} == {2026}
    record_done(made.home, "2025 lp2kd", date(2026, 2, 28), *facts, by="Siti", now=datetime(2026, 3, 1, 9, tzinfo=JAKARTA))
    calendar = build(made.home, contracts, 2026, day=date(2026, 3, 1))
    assert next(entry for entry in calendar.entries if entry.key == "2025 lp2kd").state == "tepat waktu"
    # As things stood before it was handed in.
    calendar = build(made.home, contracts, 2026, day=date(2026, 2, 27))
    assert next(entry for entry in calendar.entries if entry.key == "2025 lp2kd").state == "belum jatuh tempo"


@pytest.mark.feature("F42")
def test_lp3ke_is_done_only_when_its_matrices_came_back(made, facts, tmp_path):
    later = datetime(2026, 2, 5, 9, tzinfo=JAKARTA)

    def done(key, day=date(2026, 2, 5), **more):
        return record_done(made.home, key, day, *facts, by=more.pop("by", "Siti"), now=later, **more)

    with pytest.raises(PadananError, match="Matriks 1 2025-TW4 belum diterima kembali"):
        done("2025-TW4 mendagri")
    with pytest.raises(PadananError, match="kewajiban itu tidak ada"):
        done("2025-TW4 presiden")
    with pytest.raises(PadananError, match="belum tiba"):
        done("2025 lp2kd", date(2026, 2, 6))
    with pytest.raises(PadananError, match="nama kosong"):
        done("2025 lp2kd", by="  ")
    with pytest.raises(PadananError, match="nomor panjang"):
        done("2025 lp2kd", note="3171014501900003")
    for path in sorted(made.folder.glob("matriks-?.xlsx")) + sorted(made.folder.glob("matriks-3-*.xlsx")):
        if path.stem == "matriks-4":
            continue
        number = int(path.stem.split("-")[1])
        filled = right(number, path, tmp_path / path.name)
        assert accept(made.home, filled, QUARTER, by="Siti", now=NOW).faults == ()
    # Matriks 4 is the Governor's alone.
    paper = tmp_path / "tanda.pdf"
    paper.write_bytes(b"%PDF")
    record = done("2025-TW4 mendagri", note="surat 5/2026", file=paper)
    assert record["tembusan"] == ["Menteri Koordinator Bidang Perekonomian", "Menteri Koordinator Bidang PMK"]
    assert len(record["sha256"]) == 64 and record["tenggat"] == "2026-01-31"
    with pytest.raises(PadananError, match="Matriks 4 2025-TW4 belum diterima"):
        done("2025-TW4 gubernur")
    with pytest.raises(PadananError, match="sudah dicatat selesai"):
        done("2025-TW4 mendagri")
    assert reports.done_on(made.home) == {"2025-TW4 mendagri": date(2026, 2, 5)}


@pytest.mark.feature("F44")
def test_the_overdue_list_of_a_year(facts, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "kosong"))
    assert main(["lp3ke", "calendar", "--year", "2028", "--as-of", "2028-02-01", "--open"]) == 0
    said = capsys.readouterr().out.splitlines()
    late = [line for line in said if "laporan " in line and "lewat tenggat" in line]
    assert len(late) == 15 and all("lewat tenggat 1 hari" in line for line in late)
    assert said[-1] == "Jumlah: 29 kewajiban, 17 lewat tenggat"


def two_decrees(root, shift=120) -> Home:
    home = demo_home(root)
    seal_decree(home, FIRST, people=1200)
    seal_decree(home, PERIODE, people=1200, shift=shift)
    return home


@pytest.mark.feature("F57")
def test_served_before_and_after_add_up_and_cover_small_cells(tmp_path):
    home = two_decrees(tmp_path / "data")
    before, after = decrees_until(home, 2025)
    served = compare(home, before, after)
    con = duckdb.connect()
    for age, seal in ((BEFORE, before), (AFTER, after)):
        rows = con.execute(
            f"""select kode_kota, count(*), count(nullif(program, '')) from read_parquet('{seal.folder}/data_sasaran.parquet')
            group by 1"""
        ).fetchall()
        for kota, whole, reached in rows:
            for measure, count in ((WHOLE, whole), (SERVED, reached), (UNSERVED, whole - reached)):
                text = served.cells[age, kota, measure]
                assert text in (f"{count:,}".replace(",", "."), "<5", "ditutup"), (age, kota, measure)
                assert count == 0 or count >= 5 or text == "<5"
        assert served.cells[age, "*", WHOLE] == "1.200"
    # 120 people went out, as many came in.
    out = con.execute(
        f"""select count(*) from read_parquet('{before.folder}/data_sasaran.parquet') where id_orang not in
        (select id_orang from read_parquet('{after.folder}/data_sasaran.parquet'))"""
    ).fetchone()[0]
    gone = [text for (_, other), text in served.moves.items() if other == "tidak lagi sasaran"]
    assert out == 120 and sum(int(text) for text in gone) == 120
    # Kepulauan Seribu is small: whoever subtracts finds no small cell.
    small = [kota for kota, _ in served.places if kota == "31.01"]
    assert small and served.cells[AFTER, "31.01", WHOLE] not in ("1", "2", "3", "4")


@pytest.mark.feature("F57")
def test_a_small_cell_of_a_kota_is_covered_and_can_not_be_subtracted(tmp_path):
    """Eight people in one kota, three of them unserved: neither they nor who is beside them in the sum is printed alone."""
    home = demo_home(tmp_path / "data")
    folder = seal_decree(home, PERIODE, people=900)
    from tests.feedback.lp3ke.conftest import narrowed

    # Programs are by divisors of the number in the name; the sealed table has no names, so ids are asked of the other file.
    keep = f"""kode_kota <> '31.01' or id_orang in (select id_orang from (select s.id_orang, row_number() over (
        partition by coalesce(s.program, '') = '' order by s.id_orang) as n, coalesce(s.program, '') = '' as belum
        from read_parquet('{folder}/data_sasaran.parquet') s where kode_kota = '31.01')
        where (belum and n <= 3) or (not belum and n <= 5))"""
    narrowed(folder, home, where=keep)
    served = compare(home, None, newest_seal(home, PERIODE))
    assert served.cells[AFTER, "31.01", UNSERVED] == "<5"
    assert served.cells[AFTER, "31.01", WHOLE] != "8" or served.cells[AFTER, "31.01", SERVED] != "5"
    covered = [kota for kota, _ in served.places if served.cells[AFTER, kota, UNSERVED] in ("<5", "ditutup")]
    assert len(covered) >= 2


@pytest.mark.feature("F43")
def test_the_skeleton_of_lp2kd_holds_the_decrees_figures(tmp_path, capsys, monkeypatch):
    home = two_decrees(tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    path = tmp_path / "lp2kd.docx"
    assert main(["lp2kd", "make", "--year", "2025", "--out", str(path)]) == 0
    assert "2 penetapan pada 2025, dibandingkan dengan 2025-S1; tenggat 28 Februari 2026" in capsys.readouterr().out
    paper = docx.Document(path)
    text = "\n".join(one.text for one in paper.paragraphs)
    assert "Disampaikan kepada Gubernur DKI Jakarta dan Tim Nasional Percepatan Penanggulangan Kemiskinan (TNP2K)" in text
    cells = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    for periode in (FIRST, PERIODE):
        seal = newest_seal(home, periode)
        assert any(seal.data["nomor"] in row[0] and row[2] == "1.200" for row in cells), periode
    assert ["Triwulan IV Tahun 2025", "belum dibuat; disampaikan: belum"] in cells
    assert "[diisi TKPK]" in text and "NAMA" not in text
    assert main(["lp2kd", "make", "--year", "2024", "--out", str(path)]) == 1
    assert "belum ada penetapan sampai 2024" in capsys.readouterr().err
    # With one decree there is nothing to compare with, and that is said.
    assert Periode(2025, 1) == FIRST
    one = demo_home(tmp_path / "satu")
    seal_decree(one, PERIODE, people=300)
    monkeypatch.setenv("PADANAN_HOME", str(one.root))
    assert main(["lp2kd", "make", "--year", "2025", "--out", str(path)]) == 0
    assert any("belum ada pembandingnya" in paragraph.text for paragraph in docx.Document(path).paragraphs)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("tujuan: 1}", "tujuan: 4}", "terlalu besar"),
        ("sejak: 2023-TW1", "sejak: 2023-TW5", "triwulan '2023-TW5' tidak dikenal"),
        ("matriks1: bappeda, matriks2: bappeda,", "matriks1: bappeda,", "'matriks2' belum ada"),
        ("matriks3: diskominfotik", "matriks3: diskominfo", "id instansi 'diskominfo' tidak dikenal"),
        ("tugas: {}", "tugas: {bapeda: sesuatu}", "id instansi 'bapeda' tidak dikenal"),
        ("matriks: [1, 2, 3]", "matriks: [1, 2, 5]", "terlalu besar"),
        ("programLembaga: {}", 'programLembaga: {a: {nama: A, lembaga: B, akhir: "2026-13"}}', "bulan tidak terbaca"),
        ("barisPerBuku: 10000", "barisPerBuku: 0", "terlalu kecil"),
        ("berlakuHari: 60\n", "", "belum ada"),
    ],
)
def test_a_wrong_configuration_is_refused_with_its_line(tmp_path, old, new, cause):
    text = (expectations_dir() / "lp3ke.yaml").read_text()
    assert old in text
    (tmp_path / "lp3ke.yaml").write_text(text.replace(old, new, 1))
    (tmp_path / "instansi.yaml").write_text((expectations_dir() / "instansi.yaml").read_text())
    with pytest.raises(ContractError) as refused:
        load_reporting(tmp_path)
    assert cause in str(refused.value) and "baris" in str(refused.value.place)
