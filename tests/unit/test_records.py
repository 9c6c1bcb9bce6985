"""One store for every decision: whatever kind a record is of, tampering is named and refused, and a crash loses nothing told."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.cli import main
from padanan.records.chain import EMPTY_HEAD, Chain, canonical, content_hash
from padanan.records.kinds import KINDS, Kind
from padanan.records.log import Log, logs, mend_heads, prove_all
from padanan.run.plan import make_plan

NOW = datetime(2025, 11, 20, 9, tzinfo=JAKARTA)
SAMPLE = {
    "sumber": "dtks", "entity_key": "e", "sidik": "s", "register_key": "r", "id_penduduk": "p", "nama": "Petugas",
    "contract_id": "dtks", "sha16": "a" * 16, "oleh": "Petugas", "peristiwa": "diserahkan", "tindakan": "perbaiki",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data").ensure()


@pytest.fixture(params=KINDS, ids=[kind.folder for kind in KINDS])
def log(request: pytest.FixtureRequest, home: Home) -> Log:
    """A file of each kind with three packages: one record, two records, one record."""
    found = Log(home, request.param, "2025-07-01")
    for size in (1, 2, 1):
        found.append([{**SAMPLE, "alasan": f"uji {size} {place}"} for place in range(size)], NOW)
    return found


def lines_of(log: Log) -> list[bytes]:
    return log.path.read_bytes().splitlines(keepends=True)


def unsigned(log: Log) -> None:
    """One more record by somebody without the key: right hash, right place, a mark of nothing."""
    record = {**SAMPLE, "no": 5, "kunci": json.loads(lines_of(log)[0])["kunci"], "paket": [1, 1], "sebelum": log.read().head}
    record["hash"] = content_hash(record)
    log.path.write_bytes(log.path.read_bytes() + canonical({**record, "tanda": "0" * 32}).encode() + b"\n")


def forged(log: Log) -> None:
    """A changed word whose hashes were made again down to the end."""
    before, out = EMPTY_HEAD, []
    for record in (dict(item) for item in log.read().records):
        record |= {"alasan": "lain", "sebelum": before}
        before = record["hash"] = content_hash(record)
        out.append(canonical(record))
    log.path.write_text("\n".join(out) + "\n")


def plain_line(log: Log) -> None:
    """The line that one of the logs once accepted."""
    log.path.write_bytes(log.path.read_bytes() + json.dumps({**SAMPLE, "keputusan": "lepas"}).encode() + b"\n")


def cut(log: Log) -> None:
    log.path.write_bytes(b"".join(lines_of(log)[:-1]))


def cut_to_nothing(log: Log) -> None:
    log.path.write_bytes(b"")


def reordered(log: Log) -> None:
    first, second, *rest = lines_of(log)
    log.path.write_bytes(b"".join([second, first, *rest]))


def middle_removed(log: Log) -> None:
    lines = lines_of(log)
    log.path.write_bytes(b"".join([lines[0], *lines[3:]]))


def from_another_file(log: Log) -> None:
    """A whole line of another file of the same kind."""
    other = Log(log.home, log.kind, "2026-01-01")
    for place in range(5):
        other.append([{**SAMPLE, "alasan": f"lain {place}"}], NOW)
    log.path.write_bytes(log.path.read_bytes() + lines_of(other)[4])


def no_head(log: Log) -> None:
    log.head_path.unlink()


def forged_head(log: Log) -> None:
    """It names the newest record rightly, by somebody without the key: the next one could as well name an older record."""
    head = json.loads(log.head_path.read_text())
    log.head_path.write_text(json.dumps({**head, "tanda": "0" * len(head["tanda"])}))


def torn(log: Log) -> None:
    log.path.write_bytes(log.path.read_bytes()[:-7])
    log.chain.write_head(3, json.loads(lines_of(log)[2])["hash"])


def half_a_package(log: Log) -> None:
    log.path.write_bytes(b"".join(lines_of(log)[:2]))
    log.chain.write_head(1, json.loads(lines_of(log)[0])["hash"])


TAMPERING = (
    unsigned,
    forged,
    plain_line,
    cut,
    cut_to_nothing,
    reordered,
    middle_removed,
    from_another_file,
    no_head,
    forged_head,
)
CRASHES = (torn, half_a_package)


@pytest.mark.feature("F50")
@pytest.mark.parametrize("change", [*TAMPERING, *CRASHES])
def test_every_kind_names_it_on_reading_in_verify_and_in_the_next_run(
    log: Log, change: Callable[[Log], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change(log)
    place = log.path.relative_to(log.home.root).as_posix()
    with pytest.raises(PadananError) as read:
        log.read()
    assert f"decisions/{log.kind.folder}/2025-07-01" in str(read.value) and "Perbaikan:" in str(read.value)
    assert "Petugas" not in str(read.value)
    with pytest.raises(PadananError) as again:
        log.append([SAMPLE], NOW)
    assert str(again.value) == str(read.value), "nothing is added to a broken chain"
    with pytest.raises(PadananError) as run:
        make_plan(log.home, {}, Periode(2025, 2))
    assert str(run.value) == str(read.value)
    monkeypatch.setenv("PADANAN_HOME", str(log.home.root))
    assert main(["verify"]) == 1
    assert str(read.value) in capsys.readouterr().err, place
    if change in CRASHES:
        assert f"records repair {log.kind.folder}/2025-07-01" in read.value.cure
        before = log.path.read_bytes()
        assert main(["records", "repair", f"{log.kind.folder}/2025-07-01"]) == 0
        kept = log.read().records
        assert before.startswith(log.path.read_bytes()) and len(kept) == (3 if change is torn else 1)
        assert log.path.with_name(f"{log.path.name}.terpotong-1").exists()
        log.append([SAMPLE], NOW)
        assert len(log.read().records) == len(kept) + 1
    else:
        content = log.path.read_bytes()
        with pytest.raises(PadananError):
            log.repair()
        assert log.path.read_bytes() == content, "tampering is no crash"


class Kill(BaseException):
    """A process that dies: no handler of ours catches it."""


@pytest.mark.parametrize("first", ["write_head 1", "append 1", "write_head 2"])
@pytest.mark.parametrize("second", ["write_head 1", "append 1", "write_head 2", "append 2"])
@pytest.mark.parametrize("started", [False, True])
def test_two_crashes_in_a_row_leave_a_log_that_reads(
    home: Home, monkeypatch: pytest.MonkeyPatch, first: str, second: str, started: bool
) -> None:
    """Before and after the first head exists, each call of the disk may be the last one."""
    log = Log(home, KINDS[0], "2025-07-01")
    told = 0
    if started:
        log.append([SAMPLE], NOW)
        told = 1
    for where in (first, second):
        name, number = where.split()
        count, real = 0, getattr(Chain, name)

        def dying(chain: Chain, *args: object, _real: Callable[..., None] = real, _last: int = int(number)) -> None:
            nonlocal count
            count += 1
            if count == _last:
                raise Kill
            _real(chain, *args)

        with monkeypatch.context() as patch:
            patch.setattr(Chain, name, dying)
            try:
                log.append([SAMPLE, SAMPLE], NOW)
                told += 2
            except Kill:
                pass
        assert len(log.read().records) >= told
    log.append([SAMPLE], NOW)
    assert log.read().records[-1]["paket"] == [1, 1] and len(log.read().records) >= told + 1
    assert json.loads(log.head_path.read_text())["no"] == len(log.read().records)


def test_whoever_writes_finds_the_head_current_before_anything_is_decided(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed writer's records are ahead of the head; cut off before the next one comes, they would be missed by nobody."""
    log = Log(home, KINDS[0], "2025-07-01")
    log.append([SAMPLE], NOW)
    with monkeypatch.context() as patch:
        patch.setattr(Chain, "write_head", lambda *_: None)
        log.append([SAMPLE], NOW)
    assert log.chain.head_number() == 1
    with log.writing():
        assert log.chain.head_number() == 2
    log.path.write_bytes(b"".join(lines_of(log)[:1]))
    with pytest.raises(PadananError, match="ke-2 hilang atau diganti"):
        log.read()


@pytest.mark.parametrize("kind", KINDS, ids=[kind.folder for kind in KINDS])
def test_a_run_lets_the_head_name_what_a_killed_writer_left(kind: Kind, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(home, kind, "2025-07-01")
    log.append([SAMPLE], NOW)
    with monkeypatch.context() as patch:
        patch.setattr(Chain, "write_head", lambda *_: None)
        log.append([SAMPLE, SAMPLE], NOW)
    assert log.chain.head_number() == 1
    with pytest.raises(PadananError, match="peran acuan"):
        make_plan(home, {}, Periode(2025, 2))
    assert log.chain.head_number() == 3
    log.path.write_bytes(lines_of(log)[0])
    with pytest.raises(PadananError, match="ke-3 hilang atau diganti"):
        log.read()


def test_heads_that_name_the_newest_record_are_left_alone_and_a_broken_one_is_named(log: Log) -> None:
    before = log.head_path.stat().st_ino
    mend_heads(log.home)
    assert log.head_path.stat().st_ino == before
    log.head_path.write_text("{}")
    mend_heads(log.home, *(kind for kind in KINDS if kind is not log.kind))
    with pytest.raises(PadananError, match=r"kepala .* berubah"):
        mend_heads(log.home)


def test_an_older_head_put_back_is_found(home: Home) -> None:
    """With it the newest records could be cut off unseen."""
    log = Log(home, KINDS[0], "2025-07-01")
    log.append([SAMPLE], NOW)
    old = log.head_path.read_bytes()
    for _ in range(2):
        log.append([SAMPLE], NOW)
    log.head_path.write_bytes(old)
    with pytest.raises(PadananError, match="lebih tua"):
        log.read()


@pytest.mark.panjang
def test_killed_at_two_hundred_moments_no_acknowledged_record_is_lost(home: Home) -> None:
    """A child appends and acknowledges over a pipe until it is killed at a random moment; what it told is there."""
    log = Log(home, KINDS[0], "2025-07-01")
    log.append([{**SAMPLE, "urut": 0}], NOW)
    rng, told, torn_tails = random.Random(5), 0, 0
    for turn in range(200):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            number = told
            while True:
                number += 1
                log.append([{**SAMPLE, "urut": number}, {**SAMPLE, "urut": -number}], NOW)
                os.write(writer, f"{number}\n".encode())
        os.close(writer)
        if turn % 4 == 0:  # on a busy machine a short while alone would kill each child before it is at work
            select.select([reader], [], [], 10)
        time.sleep(rng.uniform(0.001, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader, "rb") as pipe:
            acknowledged = [int(line) for line in pipe.read().split()]
        try:
            records = log.read().records
        except PadananError as error:
            assert "records repair" in error.cure
            torn_tails += 1
            log.repair()
            records = log.read().records
        last = max(int(record["urut"]) for record in records)
        assert last >= max(acknowledged, default=told)
        assert {int(record["urut"]) for record in records} >= set(acknowledged) | {-one for one in acknowledged}
        told = last
    assert told > 20, "the child was at work when it was killed"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.old], ids=lambda kind: kind.folder)
def test_records_of_before_they_were_signed_wait_for_a_person(
    home: Home, kind: Kind, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    old = home.decisions / str(kind.old)
    rows = [{**SAMPLE, "keputusan": "padan", "waktu": f"2025-10-0{day}T08:00:00+07:00", "alasan": "x"} for day in (1, 2)]
    old.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(PadananError, match="belum ditandai") as caught:
        prove_all(home)
    assert f"records adopt {kind.folder}" in caught.value.cure
    assert main(["verify"]) == 1 and "belum ditandai" in capsys.readouterr().err
    assert main(["records", "adopt", kind.folder, "--by", "Pengelola"]) == 0
    [log] = logs(home, kind)
    found = log.read().records
    assert [record["waktu"] for record in found] == [row["waktu"] for row in rows], "decided then, not now"
    assert {record["ditandai_oleh"] for record in found} == {"Pengelola"}
    assert not old.exists() and old.with_name(f"{old.name}.lama").exists()
    prove_all(home)
    # A kill between signing and putting aside: the records are known, and not taken in again.
    old.with_name(f"{old.name}.lama").replace(old)
    assert main(["records", "adopt", kind.folder, "--by", "Pengelola"]) == 0
    assert len(log.read().records) == 2


def test_a_broken_line_of_before_is_named_and_nothing_is_adopted(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    (home.decisions / "pelepasan.jsonl").write_text(json.dumps({**SAMPLE, "waktu": NOW.isoformat()}) + '\n{"terpotong')
    assert main(["records", "adopt", "pelepasan", "--by", "Pengelola"]) == 1
    assert "baris 2" in capsys.readouterr().err and logs(home) == []


def test_what_is_recorded_is_listed(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    assert main(["records", "list"]) == 0 and "Belum ada" in capsys.readouterr().out
    for kind in KINDS:
        Log(home, kind, "2025").append([SAMPLE], NOW)
    assert main(["records", "list"]) == 0
    told = capsys.readouterr().out
    assert all(f"{kind.folder}/2025: 1 catatan" in told for kind in KINDS)
    cut(Log(home, KINDS[2], "2025"))
    assert main(["records", "list"]) == 1
    assert main(["records", "repair", "tidak/ada"]) == 1
