"""The rakor (F48): agenda from the cycle's state, minutes and follow-up as records that can't be changed."""

import json
import re
from datetime import date, datetime, timedelta

import duckdb
import pytest

from padanan.base.errors import ContractError, PadananError
from padanan.base.format import number as shown_count
from padanan.base.period import JAKARTA, Periode
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.contracts.field_rules import load_field_rules
from padanan.published.facts import count_rules
from padanan.published.opened import open_published
from padanan.run.plan import decisions_version
from padanan.upkeep.calendar.agenda import agenda, as_markdown, as_page
from padanan.upkeep.calendar.agenda_data import EMPTY_LINES, TO_FILL
from padanan.upkeep.calendar.rakor import finish, follow_ups, meetings_held, read_follow_ups, record_meeting
from padanan.upkeep.calendar.year import FOLLOW_UP, MEETING, build
from tests.papers import pdf
from tests.review.published_by_hand import CHANGED, PERIODE, SAID, rewrite, write_landing, write_published
from tests.signed import write_manifest

NOW = datetime(2025, 12, 1, 10, tzinfo=JAKARTA)
ITEMS = """- uraian: Dinsos melengkapi NIK kosong KLJ
  penanggungJawab: Dinas Sosial
  tenggat: 2025-12-10
- uraian: Bappeda menyusun rencana data 2026
  penanggungJawab: Bappeda
  tenggat: 2025-12-31
"""


@pytest.fixture(scope="module")
def contracts():
    return load_contracts()


@pytest.fixture
def minutes(tmp_path):
    """Scan and follow-up list of a meeting."""
    scan, items = tmp_path / "notula rakor.pdf", tmp_path / "tindak.yaml"
    scan.write_bytes(pdf("notula"))
    items.write_text(ITEMS)
    return scan, items


@pytest.mark.feature("F48")
def test_minutes_and_follow_up_are_kept_and_shown_in_the_calendar(home, contracts, minutes):
    scan, items = minutes
    before = decisions_version(home, {})
    record = record_meeting(home, date(2025, 11, 25), scan, read_follow_ups(items), by="Sekretariat", now=NOW)
    assert [one["nomor"] for one in record["tindak_lanjut"]] == ["TL-2025-001", "TL-2025-002"]
    kept = home.root / record["berkas"]
    assert kept.read_bytes() == scan.read_bytes() and kept.stat().st_mode & 0o077 == 0 and "notula rakor" not in kept.name
    assert decisions_version(home, {}) == before, "a rakor is no input of a run"
    second = record_meeting(home, date(2025, 11, 28), scan, read_follow_ups(items), by="Sekretariat", now=NOW)
    assert second["tindak_lanjut"][0]["nomor"] == "TL-2025-003"
    finish(home, "TL-2025-001", date(2025, 11, 30), by="Dinas Sosial", note="dilengkapi", now=NOW)
    calendar = build(home, contracts, 2025, day=date(2025, 12, 20))
    by = {entry.key: entry for entry in calendar.entries if entry.kind == FOLLOW_UP}
    assert by["TL-2025-001"].state == "tepat waktu" and by["TL-2025-001"].owner == "Dinas Sosial"
    assert (by["TL-2025-003"].state, by["TL-2025-003"].days_late) == ("lewat tenggat", 10)
    assert by["TL-2025-002"].state == "belum jatuh tempo"
    meetings = [entry for entry in calendar.entries if entry.kind == MEETING]
    assert [entry.state for entry in meetings] == ["terlambat", "terlambat"]
    assert not [one for one in calendar.signals if one.subject == "rakor"]
    following = build(home, contracts, 2026, day=date(2026, 2, 1))
    open_ones = {entry.key for entry in following.entries if entry.kind == FOLLOW_UP}
    assert open_ones == {"TL-2025-002", "TL-2025-003", "TL-2025-004"}, "what is not done stays until it is"


@pytest.mark.feature("F48")
def test_a_changed_cut_or_forged_record_is_found(home, minutes):
    scan, items = minutes
    for day in (date(2025, 5, 20), date(2025, 11, 25)):
        record_meeting(home, day, scan, read_follow_ups(items), by="Sekretariat", now=NOW)
    path = home.decisions / "rakor" / "2025.jsonl"
    text = path.read_text()
    lines = text.splitlines(keepends=True)
    for changed in (text.replace("Bappeda", "Bapeda", 1), lines[0], lines[1], "".join(reversed(lines)), ""):
        path.write_text(changed)
        with pytest.raises(PadananError, match=r"decisions/rakor/2025.*(berubah|hilang)"):
            meetings_held(home)
    path.write_text(text + '{"tindakan": "rakor"')
    with pytest.raises(PadananError, match="records repair rakor/2025"):
        meetings_held(home)
    assert main(["--home", str(home.root), "records", "repair", "rakor/2025"]) == 0
    assert len(meetings_held(home)) == 2, "a line torn by a kill is no record"
    record_meeting(home, date(2025, 11, 28), scan, [], by="Sekretariat", now=NOW)
    assert len(meetings_held(home)) == 3
    record = json.loads(lines[0]) | {"tanda": "0" * 32}
    path.write_text(json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n")
    (path.with_suffix(".kepala.json")).unlink()
    with pytest.raises(PadananError, match="palsu"):
        meetings_held(home)


@pytest.mark.parametrize(
    ("text", "cause", "line"),
    [
        (ITEMS.replace("  tenggat: 2025-12-10\n", ""), "tanpa 'tenggat'", 1),
        (ITEMS.replace("2025-12-10", "segera"), "tanggal tidak terbaca", 3),
        (ITEMS.replace("NIK kosong KLJ", "NIK 3171 0176 0985 0007"), "nomor panjang seperti NIK", 1),
        ("uraian: satu saja\n", "bukan daftar", 1),
        ("- uraian: [belum\n", "YAML tidak terbaca", 2),
    ],
)
def test_a_wrong_follow_up_list_is_refused_with_its_line(minutes, text, cause, line):
    minutes[1].write_text(text)
    with pytest.raises(ContractError, match=cause) as caught:
        read_follow_ups(minutes[1])
    assert f"baris {line}" in str(caught.value)


@pytest.mark.parametrize(
    ("day", "by", "cause"),
    [(date(2025, 12, 2), "A", "belum berlangsung"), (date(2025, 11, 25), " ", "tanpa nama")],
)
def test_what_cannot_be_recorded(home, minutes, day, by, cause):
    with pytest.raises(PadananError, match=cause):
        record_meeting(home, day, minutes[0], [], by=by, now=NOW)
    assert not (home.decisions / "rakor").exists()


def test_follow_up_is_finished_once_and_in_its_time(home, minutes):
    record_meeting(home, date(2025, 11, 25), minutes[0], read_follow_ups(minutes[1]), by="A", now=NOW)
    with pytest.raises(PadananError, match="sudah dicatat"):
        record_meeting(home, date(2025, 11, 25), minutes[0], [], by="A", now=NOW)
    for number, day, note, cause in (
        ("TL-2025-009", date(2025, 11, 30), "x", "tidak ada"),
        ("TL-2025-001", date(2025, 11, 1), "x", "di luar masa"),
        ("TL-2025-001", date(2026, 1, 1), "x", "di luar masa"),
        ("TL-2025-001", date(2025, 11, 30), " ", "tanpa nama atau catatan"),
        ("TL-2025-001", date(2025, 11, 30), "NIK 3171017609850007", "nomor panjang"),
    ):
        with pytest.raises(PadananError, match=cause):
            finish(home, number, day, by="A", note=note, now=NOW)
    finish(home, "TL-2025-001", date(2025, 11, 30), by="A", note="selesai", now=NOW)
    with pytest.raises(PadananError, match="sudah selesai"):
        finish(home, "TL-2025-001", date(2025, 11, 30), by="A", note="lagi", now=NOW)
    assert [item.done for item in follow_ups(home)] == [date(2025, 11, 30), None]


@pytest.mark.feature("F48")
def test_the_agenda_repeats_the_cycles_state(home, contracts, minutes):
    write_published(home, people=1500)
    write_landing(home, "klj", "b" * 16, status="ditahan")
    record_meeting(home, date(2025, 11, 25), minutes[0], read_follow_ups(minutes[1]), by="A", now=NOW)
    found = agenda(home, contracts, PERIODE, day=date(2025, 12, 1))
    text = as_markdown(found)
    assert text == as_markdown(agenda(home, contracts, PERIODE, day=date(2025, 12, 1)))
    assert "Revisi terbaru 2025-S2 adalah revisi 1: belum direviu" in text
    source = open_published(home, PERIODE, 1)
    try:
        expected = [item for item in count_rules(source, contracts).kotas if item.blocker]
    finally:
        source.con.close()
    assert expected and f"{len(expected)} penghalang terbuka pada revisi 1" in text
    rows = next(point.table for point in found.points if point.title.startswith("Penghalang")).rows
    shown = sum(row.cells[2].value for row in rows)
    assert shown == len(expected) if len(rows) < 20 else shown <= len(expected)
    assert "1 kiriman ditahan menunggu keputusan pelepasan: Kartu Lansia Jakarta (KLJ)" in text
    assert "2 dari 2 tindak lanjut belum selesai" in text and "TL-2025-001" in text
    assert "Keputusan Gubernur data sasaran 2025-S2 | 15 Des 2025 | ○ belum jatuh tempo" in text
    assert all(f"§3.2.2.d.{number})" in text for number in range(1, 6))
    assert "Angka ini belum diterbitkan waktu itu." in text, "tabel yang datang kemudian tidak dihitung 0"
    page = as_page(found)
    assert page == as_page(found) and "http" not in page.replace("http-equiv", "") and "<script" not in page
    for point in found.points:
        for row in point.table.rows if point.table else ():
            assert all(cell.text in page.replace("&#39;", "'") for cell in row.cells)
    assert not re.search(r"(?<!\d)\d{15,16}(?!\d)", page + text) and "KANARI" not in page + text


@pytest.mark.feature("F48")
def test_the_agenda_fills_what_data_tell_and_marks_what_only_people_can_say(home, contracts):
    """d.1 and d.3 to d.5 of §3.2.2 from the published tables, each figure as a query counts it."""
    for periode in (PERIODE.previous(), PERIODE):
        folder = write_published(home, people=3000, periode=periode)
        rewrite(folder, SAID)
    rewrite(folder, CHANGED)
    con = duckdb.connect()
    for name in ("sasaran", "daftar_tanpa_program", "padanan_record"):
        con.execute(f"create view {name} as from read_parquet('{folder}/{name}.parquet')")
    con.execute(f"create view lalu as from read_parquet('{home.published(PERIODE.previous(), 1)}/sasaran.parquet')")
    found = agenda(home, contracts, PERIODE, day=date(2025, 12, 1))
    tables = {point.table.id: point.table for point in found.points if point.table is not None}
    receives = "producer = 'klj' and status_program is distinct from 'henti'"
    inside, people = con.execute(
        f"""select count(distinct id_orang) filter (terpilih), count(distinct id_orang)
        from padanan_record join sasaran using (id_orang) where {receives}"""
    ).fetchone()
    assert [cell.value for cell in tables["tabel-ketepatan"].rows[-1].cells[1:3]] == [people, inside]
    reached = {row.data["banyak"]: row.cells[1].value for row in tables["tabel-keterpaduan"].rows}
    selected = con.execute("select count(*) from sasaran where terpilih").fetchone()[0]
    assert (reached["semua"], reached["1"], reached["0"]) == (selected, inside, selected - inside)
    causes = dict(con.execute("select sebab, count(distinct id_orang) from daftar_tanpa_program group by 1").fetchall())
    shown = {row.data["sebab"]: row.cells[1].text for row in tables["tabel-belum-dilayani"].rows}
    assert {cause: text for cause, text in shown.items() if text not in ("<5", "ditutup")} == {
        cause: shown_count(n) for cause, n in causes.items() if shown[cause] not in ("<5", "ditutup")
    }
    told = "select producer, count(*) from padanan_record where status_program = 'henti' group by all"
    news = {row.data["program"]: row.cells[3].text for row in tables["tabel-balikan"].rows}
    assert news == {producer: shown_count(n) if n >= 5 else "<5" for producer, n in con.execute(told).fetchall()}
    target = "(select id_orang from {} where terpilih)"
    now, before = target.format("sasaran"), target.format("lalu")
    came, left = con.execute(
        f"select (select count(*) from ({now} except {before})), (select count(*) from ({before} except {now}))"
    ).fetchone()
    text = as_markdown(found)
    plan = tables["tabel-rencana-tindak-lanjut"].rows
    proposed = [row for row in plan if row.cells[1].text != TO_FILL]
    assert len(plan) - len(proposed) == EMPTY_LINES and all(cell.text == TO_FILL for cell in plan[-1].cells[1:])
    cure = {cause.id: cause for cause in load_field_rules().tanpa_program}["alamat_tidak_lengkap"]
    line = next(row for row in proposed if row.cells[1].text.lower().startswith(cure.tindak_lanjut.lower()))
    assert shown["alamat_tidak_lengkap"] in line.cells[1].text and line.cells[2].text == "; ".join(cure.penanggung_jawab)
    assert line.cells[3].value == date(2025, 12, 15) + timedelta(days=cure.hari)
    assert f"{len(proposed)} usul dari data" in text
    assert text.count("[diisi sekretariat]") == 3 and "Pimpinan rapat" in as_page(found)
    write_prelist(folder, con)
    told = next(point for point in agenda(home, contracts, PERIODE, day=date(2025, 12, 1)).points if "lapangan" in point.title)
    assert f"{shown_count(came)} orang masuk ke data sasaran, {shown_count(left)} orang tidak lagi di dalamnya" in told.lines[0]
    assert "kota aktif memutakhirkan DTKS" in told.lines[1] and told.table.rows[0].cells[1].value == 7


def write_prelist(folder, con):
    """A prelist of seven people with one question."""
    con.execute(
        f"copy (select id_orang, 'hidup' as pertanyaan from sasaran limit 7) to '{folder}/prelist.parquet' (format parquet)"
    )
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["tables"]["prelist"] = {"rows": 7}
    write_manifest(folder, manifest)


@pytest.mark.feature("F48")
def test_an_agenda_without_any_padanan_says_so(home, contracts):
    text = as_markdown(agenda(home, contracts, Periode(2026, 1), day=date(2026, 3, 1)))
    assert "Belum ada padanan yang terbit untuk 2026-S1" in text and "20 Mei 2026" in text


@pytest.mark.feature("F48")
def test_commands(home, minutes, capsys, tmp_path):
    scan, items = minutes
    base = ["--home", str(home.root), "rakor"]
    record = [*base, "record", "--date", "2025-11-25", "--file", str(scan), "--by", "Sekretariat"]
    assert main([*record, "--tindak-lanjut", str(items)]) == 0
    out = capsys.readouterr().out
    assert "TL-2025-001" in out and "1 rakor tercatat pada 2025, paling sedikit 2" in out
    assert main([*base, "done", "TL-2025-001", "--date", "2025-11-30", "--by", "Dinsos", "--note", "lengkap"]) == 0
    assert main([*base, "agenda", "--periode", "2025-S2", "--as-of", "2025-12-01", "--out", str(tmp_path / "a.html")]) == 0
    assert (tmp_path / "a.html").read_text().startswith("<!doctype html>")
    assert main([*base, "agenda", "--periode", "2025-S2", "--as-of", "2025-12-01"]) == 0
    assert "selesai 30 November 2025" in capsys.readouterr().out
    assert main([*base, "record", "--date", "2025-11-26", "--file", str(tmp_path / "tidak.pdf"), "--by", "A"]) == 1
    assert "notula tidak terbaca" in capsys.readouterr().err
