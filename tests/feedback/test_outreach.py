"""What the field's rows show: outreach that is missing (F55), residents of panti (F59), split figures (F47), alerts (F45)."""

from __future__ import annotations

import itertools
import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from padanan.base.period import JAKARTA
from padanan.base.suppress import ALL, LIMIT, Cover, small
from padanan.cli import main
from padanan.feedback import cycle_groups, cycle_updates, institutions, outreach
from padanan.feedback.warning.field_series import months_until
from padanan.feedback.warning.page import write_page
from padanan.feedback.warning.register import alerts
from padanan.feedback.warning.run import compute
from padanan.published.cells.declared import Declared
from padanan.published.cells.lists import list_key
from padanan.published.cells.model import Cells
from padanan.published.groups import SPLITS
from tests.feedback.field import CAME, Field
from tests.unit.test_covering import assert_protected, interval

DAY = date(2025, 12, 31)
EVERYBODY = 40


def session(field: Field, number: int, place: str, day: str, **more: str) -> dict[str, str]:
    return field.row(
        "sosialisasi",
        NOMOR_KEGIATAN=f"S{number}",
        TANGGAL=day,
        KODE_KELURAHAN=place.replace(".", ""),
        PESERTA=f"{30 + number}",
        **more,
    )


def unserved(field: Field) -> dict[str, int]:
    (path,) = field.home.root.glob("published/*/rev-1/daftar_tanpa_program.parquet")
    query = f"select kode_kelurahan, count(distinct id_orang) from '{path}' where kode_kelurahan is not null group by 1"
    query += " order by 2 desc, 1"
    return dict(duckdb.execute(query).fetchall())


@pytest.mark.feature("F55")
def test_a_kelurahan_with_unserved_people_and_no_session_in_six_months_is_listed(
    field: Field, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = unserved(field)
    recent, old, never = list(waiting)[:3]
    before = outreach.coverage(field.home, DAY)
    assert before.first is None and {one.code for one in before.forgotten()} >= waiting.keys()
    field.returned(
        "sosialisasi",
        session(field, 1, recent, "01/07/2025"),
        session(field, 2, old, "29/06/2025", MATERI="Kartu Lansia", PROGRAM="klj"),
        session(field, 3, old, "01/02/2025"),
        month="2025-11",
    )
    found = outreach.coverage(field.home, DAY)
    assert found.since == date(2025, 6, 30)
    listed = {one.code: one for one in found.forgotten()}
    assert recent not in listed and {old, never} <= listed.keys()
    assert listed[never].last is None
    assert listed[old].last == outreach.Session(date(2025, 6, 29), "Kartu Lansia", "klj", 32, 2)
    assert {one.code: one.unserved for one in found.rows if one.unserved} == waiting
    # The edge: a session on the very day counts, one a day earlier does not.
    assert old not in {one.code for one in outreach.coverage(field.home, date(2025, 12, 29)).forgotten()}
    for one in found.rows:
        printed = found.cells.mark(outreach.key(one.code)) is None
        assert printed or one.unserved not in range(LIMIT, 10**6) or found.waiting(one)
        assert not (printed and small(one.unserved))
        assert (one.code in listed) == (one.code != recent and (not printed or one.unserved > 0))
    book = outreach.write_book(found, tmp_path / "buku")
    sheet = openpyxl.load_workbook(book)
    text = " ".join(str(cell.value) for name in sheet.sheetnames for line in sheet[name].iter_rows() for cell in line)
    assert "29 Juni 2025" in text and "belum tercatat" in text
    assert main(["sosialisasi", "--as-of", "2025-12-31", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["kode_kelurahan"] for one in told["kelurahan"]} == listed.keys()
    shown = {one["tanpa_program"] for one in told["kelurahan"]}
    assert not shown & {"1", "2", "3", "4"} and Cover.SMALL.text in shown


@pytest.mark.feature("F55")
def test_nobody_works_out_who_waits_in_a_kelurahan_from_list_and_report(field: Field) -> None:
    """The attack: this list beside all that the report prints of the same people by kota."""
    found = outreach.coverage(field.home, DAY)
    assert_protected(found.cells.declared, found.cells.solved)
    publications = outreach.Publications(field.home, found.rules.cause)
    report, people = publications.of(*publications.until(DAY)[-1])
    assert people is not None
    both = Declared()
    outreach.declare(both, people, [one.code for one in found.rows], found.rules.cause, None)
    marks = dict(found.cells.solved.marks)
    tried = 0
    for kota in {one.code[:5] for one in found.rows}:
        key = list_key(outreach.UNSERVED, "sebab", kota=kota)
        if report.cells.has(key) and report.cells.mark(key) is None:
            marks.pop(key, None)  # the report prints it, so it is known whatever this list does
    for one in found.rows:
        key = outreach.key(one.code)
        if small(one.unserved):
            low, high = interval(both, marks, key)
            assert low < high, one.code
            tried += 1
    assert tried > 5


@pytest.mark.feature("F59")
def test_residents_of_panti_by_kota_kind_and_adminduk(field: Field, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["siklus", "panti", "--as-of", "2025-12-31"]) == 0
    assert "tidak diukur" in capsys.readouterr().out, "of a source that never came nobody says zero"
    people = field.people(EVERYBODY)
    kinds = itertools.cycle(("PSTW", "ANAK", ""))
    where = itertools.cycle(("3171011001", "3172011001", ""))
    rows = [
        field.row("panti", one, NOMOR_REGISTRASI=f"T{n}", JENIS_PANTI=next(kinds), KODE_KELURAHAN_PANTI=next(where))
        for n, one in enumerate(people)
    ]
    newcomer = {"id": "", "NIK": "", "NAMA": "ORANG TANPA SURAT", "TANGGAL LAHIR": "01/01/1960"}
    rows.append(field.row("panti", newcomer, NOMOR_REGISTRASI="T900", JENIS_PANTI="TELANTAR"))
    left = field.row(
        "panti", people[0], NOMOR_REGISTRASI="T901", JENIS_PANTI="PSTW", TANGGAL_KELUAR="20/11/2025", MEMBATALKAN="T0"
    )
    field.returned("panti", *rows, left)
    found = institutions.residents(field.home, DAY)
    assert found.people == EVERYBODY and found.delivered
    assert sum(found.kinds.values()) == sum(found.listed.values()) == EVERYBODY
    of = {kind: sum(n for (_, own), n in found.kinds.items() if own == kind) for kind in institutions.KINDS}
    thirds = [len(range(first, EVERYBODY, 3)) for first in range(3)]
    assert (of["lansia"], of["anak"], of["tidak_diketahui"], of["telantar"]) == (thirds[0] - 1, thirds[1], thirds[2], 1)
    assert sum(n for (kota, _), n in found.kinds.items() if kota == "31.72") == thirds[1]
    without = sum(n for (_, column), n in found.listed.items() if column == institutions.WITHOUT)
    (path,) = field.home.root.glob("published/*/rev-1/padanan_orang.parquet")
    known = {one[0] for one in duckdb.execute(f"select id_orang from '{path}' where status_identitas = 'terdaftar'").fetchall()}
    assert without == 1 + sum(one["id"] not in known for one in people[1:])
    assert institutions.residents(field.home, date(2025, 11, 30)).people == 0, "known only since 1 December"
    cells = institutions.cells_of(found)
    assert_protected(cells.declared, cells.solved)
    assert main(["siklus", "panti", "--as-of", "2025-12-31"]) == 0
    assert not re.search(r"\| [1-4] \|", capsys.readouterr().out)


@pytest.mark.panjang
@pytest.mark.feature("F34")
@pytest.mark.feature("F59")
def test_the_flag_of_panti_opens_a_check_and_stops_nothing(field: Field) -> None:
    from tests.pipeline import to_published

    (path,) = field.home.root.glob("published/*/rev-1/bendera_periksa.parquet")
    assert duckdb.execute(f"select count(*) from '{path}' where bukti = 'panti'").fetchone() == (0,)
    source = path.with_name("padanan_record.parquet")
    receiving = {
        one[0]
        for one in duckdb.execute(f"select distinct id_orang from '{source}' where status_program = 'eksisting'").fetchall()
    }
    inside, outside, other = [one for one in field.people(400, "p.terpilih") if one["id"] in receiving][:3]
    rows = [
        field.row("panti", inside, NOMOR_REGISTRASI="T1", JENIS_PANTI="LANSIA"),
        field.row("panti", outside, NOMOR_REGISTRASI="T2", TANGGAL_KELUAR="20/11/2025"),
    ]
    field.returned("panti", *rows)
    folder = to_published(field.home.root, field.key)
    flagged = {
        one[0]
        for one in duckdb.execute(f"select id_orang from '{folder}/bendera_periksa.parquet' where bukti = 'panti'").fetchall()
    }
    assert flagged == {inside["id"]}
    target = dict(duckdb.execute(f"select id_orang, terpilih from '{folder}/sasaran.parquet'").fetchall())
    assert all(target[one["id"]] for one in (inside, outside, other)), "a flag alone never stops aid"
    lines = dict(duckdb.execute(f"select id_orang, kode_alasan from '{folder}/prelist.parquet'").fetchall())
    assert "bendera_panti" in lines[inside["id"]].split(",")
    assert "bendera_panti" not in lines.get(outside["id"], "")


@pytest.mark.feature("F47")
def test_every_split_of_the_cycle_adds_up_with_the_unknown(field: Field, capsys: pytest.CaptureFixture[str]) -> None:
    people = field.people(EVERYBODY)
    results = itertools.cycle(("DITEMUKAN", "DITEMUKAN", "MENINGGAL", "TIDAK DITEMUKAN", "PINDAH"))
    field.returned("verivali", *(field.row("verivali", one, NOMOR=f"V{n}", HASIL=next(results)) for n, one in enumerate(people)))
    kinds = itertools.cycle(("GANDA", "LAINNYA", "SALAH SASARAN"))
    told = [field.row("pengaduan", one, NOMOR_TIKET=f"P{n}", JENIS=next(kinds)) for n, one in enumerate(people[:31])]
    nobody = [field.row("pengaduan", {"id": ""}, NOMOR_TIKET=f"PX{n}", JENIS="LAINNYA") for n in range(7)]
    field.returned("pengaduan", *told, *nobody)
    paid = [field.row("realisasi", one, **{"NOMOR TRANSAKSI": f"R{n}"}) for n, one in enumerate(people[:23])]
    field.returned("realisasi", *paid)
    found = cycle_groups.groups(field.home, DAY)
    with duckdb.connect() as con:
        from padanan.contracts.feedback import load_catalogue, load_feedback
        from padanan.feedback.lines import open_lines
        from padanan.feedback.state import Moment, open_state

        open_state(con, field.home, load_feedback(), Moment(DAY, DAY))
        open_lines(con, field.home, load_catalogue(), today=DAY, known_at=DAY)
        (lines,) = con.execute("select count(*) from garis").fetchone() or (0,)
        (rupiah,) = con.execute("select sum(rupiah) from keadaan").fetchone() or (0,)
    truth = {"baris": lines, "hasil": EVERYBODY, "pengaduan": 38, "bantuan": 23}
    for split in cycle_groups.BY:
        assert {name: found.total(name, split) for name in cycle_groups.FIGURES} == truth
        assert sum(n for (of, _), n in found.rupiah.items() if of == split) == rupiah == 23 * 300_000
        assert {value for value, _ in found.counts["pengaduan", split]} <= set(SPLITS[split])
        assert sum(n for (value, _), n in found.counts["pengaduan", split].items() if value == "tidak_diketahui") >= 7
    cells = cycle_groups.cells_of(found)
    assert_protected(cells.declared, cells.solved)
    for made in cycle_groups.tables(found):
        for line in made.rows:
            figures = [cell.text for cell in line.cells[1:]]
            assert not {"1", "2", "3", "4"} & set(figures)
    assert main(["siklus", "pilah", "--as-of", "2025-12-31"]) == 0
    assert "Disabilitas tidak dipilah" in capsys.readouterr().out


@pytest.mark.feature("F59")
def test_updates_are_counted_by_kota_and_month_each_person_once_a_month(field: Field) -> None:
    people = field.people(12, "p.kode_kota is not null")
    field.returned("verivali", *(field.row("verivali", one, NOMOR=f"V{n}") for n, one in enumerate(people)))
    field.returned("verivali", *(field.row("verivali", one, NOMOR=f"W{n}", VERIFIKATOR="DINSOS") for n, one in enumerate(people)))
    later = datetime(2026, 1, 6, tzinfo=JAKARTA)
    field.returned("desil", *(field.row("desil", one, ID_SERAH=f"D{n}") for n, one in enumerate(people[:5])), came=later)
    field.returned("pengaduan", field.row("pengaduan", people[0]), came=later)
    found = cycle_updates.updates(field.home, date(2026, 1, 31), date(2025, 11, 15))
    assert found.months == ("2025-11", "2025-12", "2026-01")
    by_month = [sum(n for (_, label), n in found.people.items() if label == month) for month in found.months]
    assert by_month[:2] == [0, 12] and by_month[2] in (0, 5)
    cells = cycle_updates.cells_of(found)
    assert_protected(cells.declared, cells.solved)
    assert cells.value(cycle_updates.key(ALL, "2025-12")) == 12


@pytest.mark.feature("F45")
def test_a_seeded_jump_of_complaints_alerts_once_from_file_to_page(
    field: Field, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = field.people(EVERYBODY)

    def complaints(count: int, month: int, year: int = 2026) -> None:
        came = datetime(year, month, 20, 9, tzinfo=JAKARTA)
        rows: list[dict[str, Any]] = [
            field.row("pengaduan", one, NOMOR_TIKET=f"P{year}{month}-{n}", TANGGAL=f"05/{month:02d}/{year}", JENIS="LAINNYA")
            for n, one in enumerate(people[:count])
        ]
        field.returned("pengaduan", *rows, month=f"{year}-{month:02d}", came=came)

    complaints(3, 12, 2025)
    complaints(3, 1)
    complaints(EVERYBODY, 2)
    complaints(EVERYBODY, 3)
    chosen = [date(2026, 1, 31), date(2026, 3, 5), date(2026, 3, 5), date(2026, 2, 10), date(2026, 4, 1), date(2026, 3, 31)]
    begun = []
    for turn, day in enumerate(chosen):
        found = compute(field.home, day, now=CAME + timedelta(120 + turn))
        begun += [one for one in found.begun if one.rule == "pengaduan_melonjak"]
    (whole,) = (one for one in begun if not one.where.code)
    told = "dari <5 (Januari 2026) menjadi 40 (Februari 2026), sedikitnya 900%; ambang 100%"
    assert whole.told == f"DKI Jakarta: pengaduan sebulan (Lainnya) {told}"
    assert len({one.id for one in begun}) == len(begun)
    assert {one.point for one in begun} == {"Februari 2026"}
    (one,) = (one for one in alerts(field.home) if one.id == whole.id)
    assert one.ended == "Maret 2026"
    again = compute(field.home, date(2026, 4, 1), now=CAME + timedelta(140))
    assert not again.begun
    page = write_page(tmp_path, field.home, date(2026, 4, 1), today=date(2026, 4, 1))
    text = page.read_text()
    assert all(one.id in text for one in again.standing) and again.standing
    names = {one["NAMA"] for one in people} | {one["NIK"] for one in people} | {one["id"] for one in people}
    register = (field.home.decisions / "peringatan" / "register.jsonl").read_text()
    assert not any(name in text or name in register for name in names)
    assert main(["peringatan", "daftar"]) == 0
    assert whole.id in capsys.readouterr().out
    assert main(["peringatan", "riwayat"]) == 0
    assert "padam pengaduan_melonjak" in capsys.readouterr().out


@pytest.mark.feature("F45")
def test_the_asset_sends_each_alert_once_and_warns_until_somebody_answered(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    import dagster as dg

    from orchestration.defs.feedback.early_warning import peringatan, peringatan_ditanggapi, sosialisasi_menjangkau
    from orchestration.resources import AlarmResource, RumahResource
    from padanan.feedback.warning.register import answer

    monkeypatch.delenv("PADANAN_ALERT_FILE", raising=False)

    def run() -> dict[str, dg.AssetCheckEvaluation]:
        done = dg.materialize(
            [peringatan, peringatan_ditanggapi, sosialisasi_menjangkau],
            resources={"rumah": RumahResource(), "alarm": AlarmResource(lingkungan="dev", luar=False)},
            partition_key="2025-07-01",
            instance=dg.DagsterInstance.ephemeral(),
        )
        return {one.check_name: one for one in done.get_asset_check_evaluations()}

    first = run()
    sent = (field.home.root / "logs" / "alarm.jsonl").read_text().splitlines()
    standing = [one for one in alerts(field.home) if one.standing]
    assert len(sent) == len(standing) > 0 and all(any(one.id in line for line in sent) for one in standing)
    assert not first["peringatan_ditanggapi"].passed and not first["sosialisasi_menjangkau"].passed
    for one in standing:
        answer(field.home, one.id, by="contoh.pengusul", reason="sudah dibahas bersama Dinsos dan Bappeda", now=CAME)
    assert run()["peringatan_ditanggapi"].passed
    assert (field.home.root / "logs" / "alarm.jsonl").read_text().splitlines() == sent


def test_months_that_have_passed() -> None:
    assert months_until(date(2026, 3, 30), 2) == [date(2026, 1, 31), date(2026, 2, 28)]
    assert months_until(date(2026, 3, 31), 2) == [date(2026, 1, 31), date(2026, 2, 28)], (
        "the day itself may still bring something"
    )
    assert months_until(date(2026, 4, 1), 1) == [date(2026, 3, 31)]
    assert isinstance(Cells.of(Declared()), Cells)
