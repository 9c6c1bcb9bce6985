"""What a process uses is counted with everything it started, living or gone; a command's figures are its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from padanan.base import spent
from padanan.base.spent import MIB, Sampler, run, used

BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"
READY = "print('siap', flush=True); input()"


def test_a_child_counts_while_it_runs_and_once_it_is_gone() -> None:
    # Other tests of this process may have children that go on living.
    before, before_alone = used(), used(living=False)
    child = subprocess.Popen([sys.executable, "-c", BURN + READY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdin is not None
    child.stdout.readline()
    running, alone = used() - before, used(living=False) - before_alone
    child.communicate("\n")
    gone, gone_alone = used() - before, used(living=False) - before_alone
    assert running.cpu >= 0.3 > alone.cpu
    assert gone.cpu >= running.cpu and gone_alone.cpu >= 0.3
    # Handed to its parent when it was waited for, not counted beside it.
    assert gone.cpu < 0.3 * 2 + running.cpu


def test_a_command_is_measured_by_itself(tmp_path: Path) -> None:
    script = f"{BURN}\nheld = bytes(range(256)) * ({64 * MIB} // 256)\nopen('x', 'wb').write(held[:3_000_000])\n"
    script += "open('x', 'rb').read()\ntime.sleep(0.6)\nprint('selesai')\nraise SystemExit(3)"
    begun = time.perf_counter()
    found = run([sys.executable, "-c", script], env=os.environ, cwd=tmp_path, keep=True)
    assert (found.code, found.said) == (3, "selesai\n")
    assert 0.3 <= found.cpu <= found.wall + 0.1 and found.wall <= time.perf_counter() - begun
    assert found.written >= 3_000_000 and found.read >= 3_000_000
    assert 64 < found.rss < 1024


def test_what_ran_before_a_command_is_not_the_commands(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", BURN], check=True)
    assert run([sys.executable, "-c", "pass"], env=os.environ, cwd=tmp_path).cpu < 0.3


def test_a_peak_begins_anew_with_each_step() -> None:
    sampler = Sampler()
    held = bytearray(os.urandom(1) * (200 * MIB))
    sampler.sample()
    high = sampler.peak
    del held
    sampler.reset()
    assert sampler.peak < high - 100 and sampler.overall == high


@pytest.mark.parametrize("told", [True, False])
def test_a_sample_holds_what_the_children_of_children_hold(told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if told and not spent.TOLD_BY_KERNEL:
        pytest.skip("this kernel does not list children")
    monkeypatch.setattr(spent, "TOLD_BY_KERNEL", told)
    grandchild = f"held = bytes(range(256)) * ({150 * MIB} // 256); {READY}"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    sampler = Sampler(child.pid)
    sampler.sample()
    (below,) = spent.descendants(child.pid)
    assert {child.pid, below} <= set(spent.descendants(os.getpid()))
    child.communicate("\n")
    assert 150 < sampler.peak < 400


@pytest.mark.parametrize("pid", [2**22 - 3])
def test_a_process_that_is_gone_has_no_memory(pid: int) -> None:
    sampler = Sampler(pid)
    sampler.sample()
    assert sampler.peak == 0
