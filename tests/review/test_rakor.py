"""The rakor (F48): agenda from the cycle's state, minutes and follow-up as records that can't be changed."""

import json
import re
from datetime import date, datetime

import pytest

from padanan.base.errors import ContractError, PadananError
from padanan.base.period import JAKARTA, Periode
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.published.facts import count_rules
from padanan.published.opened import open_published
from padanan.run.plan import decisions_version
from padanan.upkeep.calendar.agenda import agenda, as_markdown, as_page
from padanan.upkeep.calendar.rakor import finish, follow_ups, meetings_held, read_follow_ups, record_meeting
from padanan.upkeep.calendar.year import FOLLOW_UP, MEETING, build
from tests.papers import pdf
from tests.review.published_by_hand import PERIODE, write_landing, write_published

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
    assert "Perumusan rencana tindak lanjut (§3.2.2.d.5)" in text
    page = as_page(found)
    assert page == as_page(found) and "http" not in page.replace("http-equiv", "") and "<script" not in page
    for point in found.points:
        for row in point.table.rows if point.table else ():
            assert all(cell.text in page.replace("&#39;", "'") for cell in row.cells)
    assert not re.search(r"(?<!\d)\d{15,16}(?!\d)", page + text) and "KANARI" not in page + text


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
