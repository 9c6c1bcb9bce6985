"""What a child of `padanan.base.sandbox` does wrong, each in its own way; run there by tests/unit/test_sandbox.py."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


def fine(work: Path) -> dict[str, Any]:
    (work / "isi").write_text("x")
    return {"pid": os.getpid(), "server": os.getppid(), "threads": len(list(Path("/proc/self/task").iterdir()))}


def raises(work: Path) -> None:
    raise ValueError("Could not convert string 'SITI AMINAH' 3171012345678901")


def exits(work: Path) -> None:
    os.write(2, b"SITI AMINAH 3171012345678901")
    os._exit(7)


def aborts(work: Path) -> None:
    os.abort()


def segv(work: Path) -> None:
    ctypes.string_at(0)


def hangs(work: Path) -> None:
    time.sleep(600)


def spins(work: Path) -> None:
    while True:
        pass


def memory(work: Path) -> int:
    return len(bytearray(3 << 30))


def file(work: Path) -> None:
    with (work / "besar").open("wb") as handle:
        for _ in range(4096):
            handle.write(bytes(1 << 20))


def writes_outside(work: Path, path: str) -> None:
    Path(path).write_text("x")


def reads(work: Path, path: str) -> int:
    return len(Path(path).read_bytes())


def execs(work: Path) -> int:
    return subprocess.run(["/bin/true"], check=True).returncode


def connects(work: Path, port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=2)


def env(work: Path) -> dict[str, str]:
    return {**os.environ, "cwd": str(Path.cwd())}


def forks(work: Path) -> int:
    child = os.fork()
    if child == 0:
        (work / "anak").write_text(str(os.getpid()))
        time.sleep(600)
    while not (work / "anak").exists():
        time.sleep(0.01)
    return int((work / "anak").read_text() or child)


def bad_result(work: Path) -> None:
    (work / "hasil.json").write_text("[" * 100_000)
    os._exit(0)


def linked_result(work: Path, path: str) -> None:
    (work / "hasil.json").symlink_to(path)
    os._exit(0)


def kills_parent(work: Path) -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)
