"""Several processes answer as one: what is taken back is closed in all, calls are counted together, the audit is one chain."""

import json
import threading
import time
from contextlib import suppress
from datetime import datetime

import httpx
import psutil
import pytest

from padanan.base.period import JAKARTA
from padanan.distribution.audit_proof import events, verify_audit
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.clients import revoke_client
from padanan.distribution.frequency import SharedWindow
from padanan.distribution.grants import revoke
from tests.distribution.agencies_by_hand import BASE, PURPOSE, serving
from tests.distribution.process import server, token_of
from tests.review.decided_by_hand import PROPOSER

WORKERS = 3


def workers_of(process):
    """The processes that answer."""
    found = []
    for one in psutil.Process(process.pid).children():
        with suppress(psutil.Error):  # one that was killed and is not yet buried
            found += [one] if any("spawn_main" in part for part in one.cmdline()) else []
    return found


def page(url, token, **params):
    """One page over a connection of its own: whichever process takes it."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{url}{BASE}/sasaran", params={"tujuan": PURPOSE, **params}, headers=headers, timeout=60)


@pytest.fixture
def running(decreed, database):
    """(state, process, address, token) of three workers, with a client that reads everything."""
    with serving(decreed, database) as served:
        agency = served.agency()
        served.grant(baris="sasaran", wilayah=["31"])
        with server(decreed, "--workers", str(WORKERS), PADANAN_API_DB=database) as (process, url):
            for _ in range(300):
                if len(workers_of(process)) == WORKERS:
                    break
                time.sleep(0.1)
            yield served, process, url, token_of(url, agency.id, agency.secret)


@pytest.mark.lambat
@pytest.mark.feature("F20", "F21")
def test_what_is_taken_back_is_closed_in_every_process(running):
    served, _, url, token = running
    pages, cursor = [], {}
    for _ in range(12):
        answer = page(url, token, batas=20, **cursor)
        pages += [row["id_orang"] for row in answer.json()["data"]]
        cursor = {"kursor": answer.json()["berikutnya"]}
    assert len(set(pages)) == 240 and pages == sorted(pages), "one paging over whichever process answers"
    revoke(served.home, "klj-dinsos", by=PROPOSER, reason="kerja sama berakhir", now=datetime.now(JAKARTA))
    assert {page(url, token, batas=20, **cursor).status_code for _ in range(24)} == {404}
    revoke_client(served.door.writer, "dinsos-klj", by="Uji", now=datetime.now(JAKARTA))
    assert {page(url, token).status_code for _ in range(24)} == {401}
    assert not verify_audit(served.home, served.door.store).faults


@pytest.mark.lambat
@pytest.mark.feature("F20")
def test_calls_are_counted_by_all_processes_together(running):
    _, _, url, token = running
    most = load_catalogue().batas.requests_a_minute
    found, started = [], time.monotonic()

    def ask():
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
            found.extend(client.get(f"{url}/v1/penetapan").status_code for _ in range(most // 6 + 10))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert time.monotonic() - started < 60, "the machine was too slow for this test"
    assert (found.count(200), found.count(429)) == (most, len(found) - most) and len(found) > most


@pytest.mark.lambat
@pytest.mark.feature("F20", "F50")
def test_a_worker_killed_between_two_commits_leaves_one_whole_chain(running):
    """Whatever was answered stands in the audit with its people; what was not answered was at most begun; the others go on."""
    served, process, url, token = running
    answered, done = {}, threading.Event()

    def read():
        while not done.is_set():
            try:
                answer = page(url, token, batas=50)
            except httpx.TransportError:
                continue  # whom the killed one was answering
            assert answer.status_code == 200
            answered[answer.headers["X-Request-ID"]] = len(answer.json()["data"])

    threads = [threading.Thread(target=read) for _ in range(8)]
    for one in threads:
        one.start()
    for _ in range(3):
        before = len(answered)
        while len(answered) < before + 25:
            time.sleep(0.01)
        workers_of(process)[0].kill()
    before = len(answered)
    while len(answered) < before + 25:
        time.sleep(0.01)
    done.set()
    for one in threads:
        one.join()
    process.kill()
    process.wait()
    proof = verify_audit(served.home, served.door.store)
    assert not proof.faults
    told = [json.loads(content) for _, content, _, _ in events(served.door.store)]
    ended = {one["permintaan"]: one for one in told if one["jenis"] == "selesai"}
    begun = [one["permintaan"] for one in told if one["jenis"] == "mulai"]
    assert set(answered) <= set(ended) and all(ended[name]["orang"][0] == rows for name, rows in answered.items())
    place = {one["permintaan"]: number for number, one in enumerate(told) if one["jenis"] == "mulai"}
    assert all(place[name] < one["no"] - 1 for name, one in ended.items()) and len(begun) == len(set(begun))
    assert proof.open_starts == len(set(begun) - set(ended) - {one["permintaan"] for one in told if one["jenis"] == "putus"})


@pytest.mark.lambat
def test_workers_end_with_a_parent_that_is_killed(running):
    _, process, url, _ = running
    found = workers_of(process)
    assert len(found) == WORKERS
    process.kill()
    process.wait()
    gone, left = psutil.wait_procs(found, timeout=40)
    assert len(gone) == WORKERS and not left
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/openapi.json", timeout=5)


def test_a_window_moves_and_is_shared(tmp_path, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("padanan.distribution.frequency.time.time", lambda: now[0])
    one, other = SharedWindow(tmp_path / "k.sqlite"), SharedWindow(tmp_path / "k.sqlite")
    assert (tmp_path / "k.sqlite").stat().st_mode & 0o777 == 0o600
    for place in range(3):
        now[0] += 10
        assert (one, other)[place % 2].acquire_entry("a", 3, 60)
    assert not one.acquire_entry("a", 3, 60) and not other.acquire_entry("a", 3, 60) and other.acquire_entry("b", 3, 60)
    assert one.get_moving_window("a", 3, 60) == (1010.0, 3)
    now[0] = 1070.5  # the first is a minute old, the second not yet
    assert other.acquire_entry("a", 3, 60) and not one.acquire_entry("a", 3, 60)
    now[0] = 1080.5
    assert one.acquire_entry("a", 3, 60)
    assert not one.acquire_entry("c", 3, 60, amount=4) and one.acquire_entry("c", 3, 60, amount=3)
    monkeypatch.setattr("padanan.distribution.frequency._SWEEP", 1)
    now[0] += 3700
    assert one.acquire_entry("d", 3, 60) and one.get_moving_window("a", 3, 5000) == (now[0], 0)
    one.reset()
    assert other.get_moving_window("d", 3, 60)[1] == 0
    for window in (one, other):
        window.close()
    assert b"klien-rahasia" not in (tmp_path / "k.sqlite").read_bytes()


def test_who_counts_at_the_same_moment_counts_once(tmp_path):
    windows, taken = [SharedWindow(tmp_path / "k.sqlite") for _ in range(4)], []

    def ask(window):
        taken.extend(window.acquire_entry("a", 150, 600) for _ in range(60))

    threads = [threading.Thread(target=ask, args=(one,)) for one in windows]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (taken.count(True), len(taken)) == (150, 240)
    for one in windows:
        one.close()
