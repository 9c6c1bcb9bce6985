"""What goes wrong in operation ends in one line of cause and cure, exit code 1, and nothing half-published."""

import json
import os
import signal
import subprocess
import sys
import time

import dagster as dg
import psutil
import pytest

from orchestration.run import run_job
from padanan.base.home import Home
from padanan.base.period import Periode
from tests.end_to_end.conftest import HANGS, ROOT, environment

PERIODE = Periode.parse("2025-S2")


def run(home, job="padanan_periode", **options):
    return run_job(job, PERIODE, home=home, quiet=True, **options)


def assert_nothing_published(home):
    assert list(home.root.glob("published/*/*")) == []
    assert list(home.root.glob("reports/*/rev-*/index.html")) == []
    assert list(home.root.glob("decree/*/rancangan/*")) == []


def assert_one_line(line):
    assert line.startswith("GALAT") and "Perbaikan:" in line and "\n" not in line, line


@pytest.fixture
def empty():
    return Home.from_env().ensure()


def test_missing_delivery_names_the_producer_and_publishes_nothing(empty):
    outcome = run(empty)
    assert not outcome.ok
    assert_one_line(outcome.line)
    assert "Adminduk belum ada" in outcome.line and "landing/adminduk" in outcome.line
    assert_nothing_published(empty)


def test_command_line_exits_1_with_the_line_alone_on_stderr(empty, tmp_path):
    command = [sys.executable, "-m", "orchestration.run", "--periode", "2025-S2"]
    env = environment(empty.root, tmp_path / "key")
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=HANGS)
    assert done.returncode == 1
    assert_one_line(done.stderr.strip())
    wrong = subprocess.run([*command[:-1], "2025"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert_one_line(wrong.stderr.strip())


def test_draft_without_a_published_revision_is_refused(empty):
    outcome = run(empty, "rancangan_periode")
    assert not outcome.ok
    assert_one_line(outcome.line)
    assert "belum ada revisi terbit" in outcome.line


@pytest.mark.feature("F18")
def test_a_run_over_a_sealed_period_is_refused(empty):
    seal = empty.decree(PERIODE) / "ke-1" / "segel.json"
    seal.parent.mkdir(parents=True)
    seal.write_text(json.dumps({"status": "ditetapkan"}))
    published = empty.published(PERIODE, 1)
    published.mkdir(parents=True)
    outcome = run(empty)
    assert not outcome.ok
    assert_one_line(outcome.line)
    assert "sudah ditetapkan" in outcome.line
    assert list(published.iterdir()) == []
    assert seal.read_text() == json.dumps({"status": "ditetapkan"})


def test_no_postgresql_is_told_after_retries_and_the_order_stays(empty, monkeypatch):
    order = empty.inbox("carik") / "carik_2025-10.tarik.yaml"
    order.parent.mkdir(parents=True)
    order.write_text("url_env: PADANAN_CARIK_URL\nperiode_data: '2025-10'\n")
    monkeypatch.setenv("PADANAN_CARIK_URL", "postgresql+psycopg://x@127.0.0.1:1/x")
    outcome = run(empty, "landing_produsen")
    assert not outcome.ok
    assert_one_line(outcome.line)
    assert "PostgreSQL" in outcome.line
    assert order.exists()
    assert not list(empty.landing("carik").glob("period=*/*"))


def test_three_bad_files_through_dagster_end_in_quarantine_with_place_cause_and_cure(empty):
    bad = {
        "klj": ("klj_2025-11.xlsx", b"PK\x03\x04 bukan buku kerja"),
        "pkh": ("pkh_2025-11.csv", b""),
        "pip": ("pip_2025-11.csv", b"\x00\x00\x00\x00\x00\x00\x00\x00"),
    }
    for contract_id, (name, content) in bad.items():
        folder = empty.inbox(contract_id)
        folder.mkdir(parents=True)
        (folder / name).write_bytes(content)
        (folder / f"{name}.pengantar.yaml").write_text("periode_data: '2025-11'\n")
    outcome = run(empty, "landing_produsen")
    assert outcome.ok, outcome.line
    for contract_id, (name, _) in bad.items():
        (receipt,) = (empty.root / "quarantine" / contract_id).glob("*/tanda_terima.json")
        text = receipt.read_text()
        assert name in text and "karantina" in text, text
        assert not list(empty.landing(contract_id).glob("period=*/*"))


LOCKER = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('terkunci', flush=True); time.sleep(600)"


def test_locked_warehouse_is_named_and_nothing_is_published(landed, monkeypatch):
    # dbt waits for the lock by itself, here once; the step's own retry is what the next test sees.
    monkeypatch.setenv("PADANAN_CONNECT_ATTEMPTS", "2")
    monkeypatch.setenv("PADANAN_RETRY_AFTER", "-1")
    command = [sys.executable, "-c", LOCKER, str(landed.warehouse_db)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline().strip() == "terkunci"
            outcome = run(landed)
        finally:
            holder.kill()
    assert not outcome.ok
    assert_one_line(outcome.line)
    assert "sedang dipakai proses lain" in outcome.line
    assert_nothing_published(landed)


def test_two_runs_at_once_are_kept_apart(landed):
    holder_code = (
        "import sys, time; from padanan.base.home import Home; from orchestration.warehouse import acquire; "
        "acquire(Home.from_env()); print('terkunci', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", holder_code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
        try:
            assert holder.stdout.readline().strip() == "terkunci"
            outcome = run(landed)
        finally:
            holder.kill()
    assert not outcome.ok
    assert "sedang dipakai proses lain" in outcome.line
    with dg.DagsterInstance.get() as instance:
        retries = instance.get_records_for_run(outcome.run_id, of_type=dg.DagsterEventType.STEP_UP_FOR_RETRY).records
    assert len(retries) == 1


def start_run(home, key):
    command = [sys.executable, "-m", "orchestration.run", "--periode", "2025-S2"]
    env = environment(home.root, key)
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def dbt_child(process, seconds=200):
    """The dbt process below a run, once it exists."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        for child in psutil.Process(process.pid).children(recursive=True):
            try:
                if any("dbt_child.py" in part for part in child.cmdline()):
                    return child
            except psutil.Error:
                continue
        time.sleep(0.1)
    raise AssertionError(f"dbt did not start: {process.stderr.read() if process.poll() is not None else ''}")


def test_killed_dbt_is_told_and_nothing_is_half_published(landed):
    process = start_run(landed, os.environ["PADANAN_KEY_FILE"])
    child = dbt_child(process)
    child.send_signal(signal.SIGKILL)
    _, stderr = process.communicate(timeout=HANGS)
    assert process.returncode == 1
    assert_one_line(stderr.strip())
    assert "dihentikan oleh sinyal 9" in stderr
    assert_nothing_published(landed)


def test_a_killed_run_takes_its_dbt_along_and_frees_the_warehouse(landed):
    process = start_run(landed, os.environ["PADANAN_KEY_FILE"])
    child = dbt_child(process)
    process.kill()
    process.communicate(timeout=60)
    _gone, alive = psutil.wait_procs([child], timeout=20)
    assert not alive, "dbt outlived its run and would keep the warehouse's lock"
    assert_nothing_published(landed)
    from orchestration.warehouse import acquire, release

    acquire(landed)
    release(landed)
