"""Files with names: entered when made, handed over with recipient and purpose, deleted after their time; nothing is forgotten."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA, Periode
from padanan.forms import handover

PERIODE = Periode(2025, 2)
NOW = datetime(2026, 1, 5, 10, 0, tzinfo=JAKARTA)
GIVEN = {"to": "Lurah Gambir", "purpose": "verivali 2025-S2", "by": "Petugas Satu"}


@pytest.fixture
def issued(home):
    """Two files of a revision, valid to 1 February 2026."""
    target = handover.folder_of(home, "worklists", PERIODE, 1)
    temporary = target.with_name(".tmp-rev-1")
    temporary.mkdir(parents=True)
    files = {}
    for name in ("31.71.01.1001-gambir.xlsx", "tanpa-kelurahan-dtks.xlsx"):
        (temporary / name).write_bytes(name.encode())
        (temporary / name).chmod(0o644)
        files[name] = {"lapangan": 3, "sumber": 1, "prelist": 2, "sha256": file_sha256(temporary / name)}
    facts = {"periode": "2025-S2", "revisi": 1, "kedaluwarsa": "2026-02-01", "berkas": files}
    handover.place(home, "worklists", temporary, target, facts, NOW)
    return target


def lines(home):
    return handover.register_of(home).path.read_bytes().splitlines()


@pytest.mark.feature("F50")
def test_files_are_for_their_owner_alone(home, issued):
    assert stat.S_IMODE(issued.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in issued.iterdir()} == {0o600}
    assert stat.S_IMODE(handover.register_of(home).path.stat().st_mode) == 0o600


@pytest.mark.feature("F50")
def test_a_kill_while_files_are_put_into_place_leaves_none_that_no_entry_knows(home, monkeypatch):
    target = handover.folder_of(home, "worklists", PERIODE, 1)
    temporary = target.with_name(".tmp-4194305-kill")
    temporary.mkdir(parents=True)
    (temporary / "gambir.xlsx").write_bytes(b"nama")
    facts = {"periode": "2025-S2", "revisi": 1, "kedaluwarsa": "2026-02-01", "berkas": {"gambir.xlsx": {"sha256": "0"}}}
    monkeypatch.setattr(handover, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        handover.place(home, "worklists", temporary, target, facts, NOW)
    assert len(lines(home)) == 1 and not target.exists()
    handover.expire(home, NOW)
    assert not temporary.exists(), "what the killed run left goes with the next expiry"


@pytest.mark.feature("F50")
def test_an_edited_list_of_files_deletes_nothing_elsewhere(home, issued):
    stranger = home.root / "worklists" / "milik-lain.txt"
    stranger.write_text("x")
    manifest = issued / "manifest.json"
    facts = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(facts | {"berkas": {"../../milik-lain.txt": {"sha256": "0"}}}))
    with pytest.raises(PadananError, match="tidak terbaca"):
        handover.expire(home, NOW + timedelta(days=60))
    assert stranger.exists()


@pytest.mark.feature("F11")
def test_who_received_what_for_what_is_written_once_and_for_all(home, issued):
    before = lines(home)
    handover.hand_over(home, [issued / "31.71.01.1001-gambir.xlsx"], **GIVEN, now=NOW)
    after = lines(home)
    assert after[: len(before)] == before and len(after) == len(before) + 1
    record = json.loads(after[-1])
    assert (record["kepada"], record["keperluan"], record["oleh"]) == tuple(GIVEN.values())
    assert record["sha256"] == file_sha256(issued / "31.71.01.1001-gambir.xlsx")
    assert record["kedaluwarsa"] == "2026-02-01"
    # one changed byte in the register is found and named, and nothing is added to a broken one
    handover.register_of(home).path.write_bytes(b"\n".join(after).replace(b"Lurah Gambir", b"Lurah Senen") + b"\n")
    with pytest.raises(PadananError, match="baris 2"):
        handover.hand_over(home, [issued / "tanpa-kelurahan-dtks.xlsx"], **GIVEN, now=NOW)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda path: path.write_bytes(b"lain"), "berubah atau hilang"),
        (lambda path: path.rename(path.with_name("lain.xlsx")), "berubah atau hilang"),
    ],
)
def test_a_changed_or_missing_file_is_not_handed_over(home, issued, change, message):
    change(issued / "31.71.01.1001-gambir.xlsx")
    before = lines(home)
    with pytest.raises(PadananError, match=message):
        handover.hand_over(home, [issued / "31.71.01.1001-gambir.xlsx"], **GIVEN, now=NOW)
    assert lines(home) == before


def test_a_stray_file_an_empty_purpose_and_an_expired_file_are_refused(home, issued, tmp_path):
    (tmp_path / "daftar.xlsx").write_bytes(b"x")
    good = issued / "31.71.01.1001-gambir.xlsx"
    for files, given, now, message in [
        ([good, tmp_path / "daftar.xlsx"], GIVEN, NOW, "bukan daftar kerja"),
        ([good], {**GIVEN, "purpose": "  "}, NOW, "keperluan"),
        ([good], {**GIVEN, "to": "a\nb"}, NOW, "penerima"),
        ([good], GIVEN, NOW + timedelta(days=60), "kedaluwarsa"),
        ([], GIVEN, NOW, "tidak ada berkas"),
    ]:
        with pytest.raises(PadananError, match=message):
            handover.hand_over(home, files, **given, now=now)
    assert len(lines(home)) == 1, "all or nothing"


@pytest.mark.feature("F50")
def test_after_its_time_a_file_is_gone_and_its_hash_and_counts_remain(home, issued):
    """Deleting names who holds copies; on the last valid day nothing is deleted yet."""
    handover.hand_over(home, [issued / "31.71.01.1001-gambir.xlsx"], **GIVEN, now=NOW)
    last = datetime(2026, 2, 1, 23, 59, tzinfo=JAKARTA)
    assert handover.expire(home, last) == []
    assert [issue.folder for issue in handover.expire(home, last + timedelta(days=1), dry_run=True)] == [issued]
    assert len(list(issued.glob("*.xlsx"))) == 2
    over = handover.expire(home, last + timedelta(days=1))
    assert handover.receivers(home, over[0]) == ["Lurah Gambir"]
    assert sorted(path.name for path in issued.iterdir()) == [handover.TOMBSTONE]
    tombstone = json.loads((issued / handover.TOMBSTONE).read_text())
    assert tombstone["berkas"]["31.71.01.1001-gambir.xlsx"]["lapangan"] == 3
    assert tombstone["dihapus"] == "2026-02-02"
    assert [record["peristiwa"] for record in handover.register_of(home).read().records] == ["dibuat", "diserahkan", "dihapus"]
    assert handover.expire(home, last + timedelta(days=9)) == [], "deleted once"
    assert [issue.deleted for issue in handover.issues(home)] == [True]


@pytest.mark.feature("F50")
def test_deletion_that_was_killed_is_done_again(home, issued, monkeypatch):
    """A kill between two files leaves the folder due; the next call ends it."""
    later = datetime(2026, 3, 1, tzinfo=JAKARTA)
    (issued / "31.71.01.1001-gambir.xlsx").unlink()
    assert len(handover.expire(home, later)) == 1
    assert sorted(path.name for path in issued.iterdir()) == [handover.TOMBSTONE]


@pytest.mark.feature("F50")
def test_an_entry_added_while_somebody_reads_is_no_tampering(home, issued, monkeypatch):
    """A reader between entry and head called it a lost entry."""
    register, read_bytes, added = handover.register_of(home), Path.read_bytes, []

    def slow(path):
        content = read_bytes(path)
        if path == register.path and not added:
            added.append(True)
            handover.hand_over(home, [issued / "tanpa-kelurahan-dtks.xlsx"], **GIVEN, now=NOW)
        return content

    monkeypatch.setattr(Path, "read_bytes", slow)
    assert len(register.read().records) == 1
    assert len(register.read().records) == 2


@pytest.mark.feature("F50")
def test_no_nik_stays_in_the_register(home, issued):
    before = lines(home)
    with pytest.raises(PadananError, match=r"keperluan.*nomor panjang"):
        handover.hand_over(
            home, [issued / "tanpa-kelurahan-dtks.xlsx"], **GIVEN | {"purpose": "kunjungan 3171 0123 4567 8901"}, now=NOW
        )
    assert lines(home) == before
