"""A child that reads what anybody wrote: whatever it does ends by itself, within its limits, with a cause that holds no value,
and the next task runs as if nothing had been."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from padanan.base import landlock, sandbox
from padanan.base.keys import key_file, load_key
from padanan.base.sandbox import Allowance, ChildStopped, Used

HERE = Path(__file__).resolve().parents[1]
PLENTY = Allowance(memory=2 << 30, cpu=20, wall=20, file_size=1 << 30)


def run(tmp_path: Path, name: str, arguments: dict[str, Any] | None = None, allowance: Allowance = PLENTY) -> tuple[Any, Used]:
    work = tmp_path / name
    work.mkdir(exist_ok=True)
    return sandbox.run(f"tests.sandbox_tasks:{name}", arguments or {}, work=work, reads=[HERE], allowance=allowance)


ENDS = {
    "raises": (PLENTY, "tidak terbaca (ValueError: Could not convert string … …)"),
    "exits": (PLENTY, "tidak terbaca"),
    "aborts": (PLENTY, "merusak proses pembacanya (SIGABRT)"),
    "segv": (PLENTY, "merusak proses pembacanya (SIGSEGV)"),
    "hangs": (Allowance(2 << 30, 20, 1, 1 << 30), "tidak selesai dibaca dalam 1 detik"),
    "spins": (Allowance(2 << 30, 1, 20, 1 << 30), "memakai prosesor lebih dari 1 detik"),
    "memory": (PLENTY, "meminta ingatan lebih dari 2048 MiB"),
    "file": (Allowance(2 << 30, 20, 20, 1 << 20), "menjadi lebih besar dari 1 MiB ketika dibaca"),
    "bad_result": (PLENTY, "tidak memberi hasil yang terbaca"),
}


@pytest.mark.parametrize("task", ENDS)
def test_each_end_has_its_cause_and_the_next_task_runs(tmp_path: Path, task: str) -> None:
    allowance, cause = ENDS[task]
    start = time.monotonic()
    with pytest.raises(ChildStopped) as caught:
        run(tmp_path, task, allowance=allowance)
    assert caught.value.cause == cause
    assert caught.value.used is not None and caught.value.used.rss < allowance.memory and time.monotonic() - start < 8
    assert "SITI" not in str(caught.value) and "3171" not in str(caught.value)
    assert run(tmp_path, "fine")[0]["threads"] == 1


def test_one_server_serves_all_and_is_started_again_when_it_is_gone(tmp_path: Path) -> None:
    first, second = run(tmp_path, "fine")[0], run(tmp_path, "fine")[0]
    assert first["server"] == second["server"] and first["pid"] != second["pid"]
    os.kill(first["server"], signal.SIGKILL)
    assert _tried_twice(tmp_path)["server"] != first["server"]
    sandbox.stop()
    assert run(tmp_path, "fine")[0]["server"] != first["server"]


def _tried_twice(tmp_path: Path) -> Any:
    """A server that dies while it is asked costs that one task, no other."""
    try:
        return run(tmp_path, "fine")[0]
    except ChildStopped:
        return run(tmp_path, "fine")[0]


def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    pid, _ = run(tmp_path, "forks")
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{pid}").exists()


def test_no_secret_of_the_surroundings_is_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PADANAN_CARIK_URL", "postgresql://rahasia@x/y")
    sandbox.stop()
    found, _ = run(tmp_path, "env")
    assert not [name for name in found if name.startswith("PADANAN_") and name != "PADANAN_EXPECTATIONS"]
    assert found["cwd"] == str(tmp_path / "env")
    sandbox.stop()


def test_a_result_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lain.json").write_text("{}")
    with pytest.raises(ChildStopped):
        run(tmp_path, "linked_result", {"path": str(tmp_path / "lain.json")})


def test_a_child_writes_to_its_work_folder_alone_and_starts_nothing(tmp_path: Path) -> None:
    """Where the kernel has Landlock (the answer says so); elsewhere file rights alone hold, as docs/operations.md says."""
    _, used = run(tmp_path, "fine")
    load_key()
    outside, server = tmp_path / "luar", socket.create_server(("127.0.0.1", 0))
    tasks: dict[str, dict[str, Any]] = {
        "writes_outside": {"path": str(outside)},
        "reads": {"path": str(key_file())},
        "execs": {},
        "kills_parent": {},
        "connects": {"port": server.getsockname()[1]},
    }
    held = {}
    for name, arguments in tasks.items():
        try:
            run(tmp_path, name, arguments, Allowance(2 << 30, 5, 3, 1 << 30))
        except ChildStopped as stopped:
            if "PermissionError" in stopped.cause:
                held[name] = True
    server.close()
    version = used.landlock
    since = {"writes_outside": 1, "reads": 1, "execs": 1, "connects": 4, "kills_parent": 6}
    assert held == {name: True for name in tasks if version >= since[name]} and outside.exists() is (version < 1)


def test_a_kernel_without_landlock_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "_CREATE", 9_999)
    assert landlock.confine([], []) == 0
