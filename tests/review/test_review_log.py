"""The chain: every changed byte, every missing record and every rewritten chain is found; a crash loses nothing that was told."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base.errors import NoSpace, PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import JAKARTA, Periode
from padanan.records import chain
from padanan.records import review_log as review_log
from padanan.records.chain import EMPTY_HEAD
from padanan.records.review_log import log_of, log_path, read_log, writing

PERIODE = Periode(2025, 2)
NOW = datetime(2025, 11, 20, 9, tzinfo=JAKARTA)


def head_path(home, periode):
    return log_of(home, periode).head_path


def repair(home, periode):
    return log_of(home, periode).repair()


def add(home, *entries):
    with writing(home, PERIODE) as transaction:
        transaction.commit(transaction.compose(entries, NOW))


def entry(reason="kurang lengkap", revisi=1):
    return {"revisi": revisi, "tindakan": "perbaiki", "alasan": [reason]}


@pytest.fixture
def filled(home):
    for number in range(3):
        add(home, entry(f"alasan ke-{number}", number + 1))
    return home


@pytest.mark.feature("F15")
def test_records_are_chained_private_and_signed(filled):
    log = read_log(filled, PERIODE)
    assert [record["no"] for record in log.records] == [1, 2, 3]
    assert [record["sebelum"] for record in log.records] == [EMPTY_HEAD, *(record["hash"] for record in log.records[:-1])]
    assert log.head == log.records[-1]["hash"]
    for path in (log_path(filled, PERIODE), head_path(filled, PERIODE)):
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.feature("F15")
def test_a_record_added_while_somebody_reads_is_no_tampering(filled, monkeypatch):
    """A sensor read between record and head and called it tampering."""
    read_bytes, added = Path.read_bytes, []

    def slow(path):
        content = read_bytes(path)
        if path == log_path(filled, PERIODE) and not added:
            added.append(True)
            add(filled, entry("selagi dibaca", 4))
        return content

    monkeypatch.setattr(Path, "read_bytes", slow)
    assert len(read_log(filled, PERIODE).records) == 3
    assert len(read_log(filled, PERIODE).records) == 4


def test_an_empty_log_has_the_zero_head(home):
    assert read_log(home, PERIODE) == review_log.ReviewLog((), "0" * 64)


@pytest.mark.feature("F15")
def test_every_single_changed_byte_is_found(filled):
    path = log_path(filled, PERIODE)
    content = path.read_bytes()
    for place in range(0, len(content), 3):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        with pytest.raises(PadananError, match=r"decisions/reviu/2025-07-01.*baris \d"):
            read_log(filled, PERIODE)
    for place in [index for index, byte in enumerate(content) if byte == 0x0A]:
        path.write_bytes(content[:place] + b"\r" + content[place + 1 :])
        with pytest.raises(PadananError):
            read_log(filled, PERIODE)
    path.write_bytes(content)
    assert len(read_log(filled, PERIODE).records) == 3


@pytest.mark.feature("F15")
def test_a_deleted_last_record_is_named_by_the_signed_head(filled):
    path = log_path(filled, PERIODE)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(PadananError, match="ke-3 hilang"):
        read_log(filled, PERIODE)
    path.unlink()
    with pytest.raises(PadananError, match="ke-3 hilang"):
        read_log(filled, PERIODE)


def test_a_deleted_middle_record_breaks_the_chain(filled):
    path = log_path(filled, PERIODE)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(PadananError, match="baris 2"):
        read_log(filled, PERIODE)


def test_a_chain_rewritten_without_the_key_is_a_forgery(filled):
    head, lines = EMPTY_HEAD, []
    for record in read_log(filled, PERIODE).records:
        forged = {**record, "alasan": ["lain"], "sebelum": head}
        head = chain.content_hash(forged)
        lines.append(chain.canonical({**forged, "hash": head}))
    log_path(filled, PERIODE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(PadananError, match=r"baris 1.*palsu"):
        read_log(filled, PERIODE)


def test_a_forged_or_missing_head_file_is_found(filled):
    path = head_path(filled, PERIODE)
    head = json.loads(path.read_text())
    path.write_text(json.dumps({**head, "no": 2, "hash": read_log(filled, PERIODE).records[1]["hash"]}))
    with pytest.raises(PadananError, match="kepala catatan reviu berubah"):
        read_log(filled, PERIODE)
    path.unlink()
    with pytest.raises(PadananError, match="kepala catatan reviu hilang"):
        read_log(filled, PERIODE)


def test_another_key_says_so(filled, monkeypatch, tmp_path):
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "lain" / "key"))
    with pytest.raises(PadananError, match="kunci lain"):
        read_log(filled, PERIODE)


@pytest.mark.parametrize("cut", [1, 40])
def test_a_torn_last_line_is_named_and_mended_without_losing_a_whole_record(filled, cut):
    path = log_path(filled, PERIODE)
    whole = path.read_bytes()
    with writing(filled, PERIODE) as transaction:
        line = (chain.canonical(transaction.compose([entry("yang keempat")], NOW)[0]) + "\n").encode()
    path.write_bytes(whole + line[:-cut])
    with pytest.raises(PadananError, match=r"baris 4.*terpotong.*records repair reviu/2025-07-01"):
        read_log(filled, PERIODE)
    with pytest.raises(PadananError, match="terpotong"):
        add(filled, entry())
    assert repair(filled, PERIODE) == len(line) - cut
    assert path.read_bytes() == whole
    assert path.with_name(path.name + ".terpotong-1").exists()
    assert repair(filled, PERIODE) == 0


def test_half_of_a_package_does_not_count(filled):
    path = log_path(filled, PERIODE)
    whole = path.read_bytes()
    with writing(filled, PERIODE) as transaction:
        two = transaction.compose([entry("a"), entry("b")], NOW)
    path.write_bytes(whole + (chain.canonical(two[0]) + "\n").encode())
    with pytest.raises(PadananError, match=r"baris 5.*terpotong"):
        read_log(filled, PERIODE)
    assert repair(filled, PERIODE) > 0
    assert path.read_bytes() == whole


def test_a_crash_before_the_head_file_was_written_is_no_tampering(filled):
    before = head_path(filled, PERIODE).read_bytes()
    add(filled, entry("a"), entry("b"))
    head_path(filled, PERIODE).write_bytes(before)
    assert len(read_log(filled, PERIODE).records) == 5
    add(filled, entry("c"))
    assert json.loads(head_path(filled, PERIODE).read_text())["no"] == 6


def test_repair_leaves_a_tampered_log_alone(filled):
    path = log_path(filled, PERIODE)
    content = path.read_bytes().replace(b"alasan ke-1", b"alasan ke-9")
    path.write_bytes(content)
    with pytest.raises(PadananError, match="baris 2"):
        repair(filled, PERIODE)
    assert path.read_bytes() == content


def test_a_full_disk_leaves_the_log_as_it_was(filled, monkeypatch):
    path = log_path(filled, PERIODE)
    content = path.read_bytes()
    write = os.pwrite

    def full(descriptor, data, place):
        if len(data) > 100:
            write(descriptor, bytes(data[:50]), place)
            raise OSError(28, "No space left on device")
        return write(descriptor, data, place)

    monkeypatch.setattr("padanan.records.chain.os.pwrite", full)
    with pytest.raises(NoSpace):
        add(filled, entry())
    assert path.read_bytes() == content


def test_writers_wait_for_each_other(home):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: add(home, entry(f"alasan {number}"), entry("berikutnya")), range(12)))
    log = read_log(home, PERIODE)
    assert [record["no"] for record in log.records] == list(range(1, 25))
    assert [record["paket"] for record in log.records] == [[1, 2], [2, 2]] * 12


def test_a_killed_writer_leaves_a_log_that_is_whole_or_says_what_to_do(home):
    add(home, entry("sebelum"))
    code = (
        "from tests.review.test_review_log import add, entry; from padanan.base.home import Home; from pathlib import Path\n"
        f"home = Home(Path({str(home.root)!r})); print('mulai', flush=True)\n"
        "while True: add(home, entry('x' * 500), entry('y' * 500))"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=CHECKOUT)
    assert writer.stdout.readline().strip() == b"mulai"
    while log_path(home, PERIODE).stat().st_size < 20_000:
        time.sleep(0.01)
    writer.kill()
    writer.wait()
    try:
        read_log(home, PERIODE)
    except PadananError as error:
        assert "records repair" in error.cure
        repair(home, PERIODE)
    log = read_log(home, PERIODE)
    assert len(log.records) % 2 == 1 and len(log.records) > 1


texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)
entries = st.fixed_dictionaries({"revisi": st.integers(0, 5), "tindakan": texts, "alasan": st.lists(texts, max_size=3)})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(packages=st.lists(st.lists(entries, min_size=1, max_size=3), min_size=1, max_size=4), data=st.data())
def test_any_decisions_come_back_and_any_tampering_is_found(tmp_path_factory, packages, data):
    home = Home(Path(tmp_path_factory.mktemp("rantai")) / "data").ensure()
    for package in packages:
        add(home, *package)
    log = read_log(home, PERIODE)
    flat = [item for package in packages for item in package]
    assert [{name: record[name] for name in ("revisi", "tindakan", "alasan")} for record in log.records] == flat
    path = log_path(home, PERIODE)
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != content[place]))
    path.write_bytes(content[:place] + bytes([byte]) + content[place + 1 :])
    with pytest.raises(PadananError):
        read_log(home, PERIODE)
    cut = data.draw(st.integers(0, len(content) - 1))
    path.write_bytes(content[:cut])
    with pytest.raises(PadananError):
        read_log(home, PERIODE)
