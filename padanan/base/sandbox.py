"""Work on what somebody else wrote, done by a child process with little memory, time and rights, whatever becomes of it.

One server process a program holds the modules and forks a child per task (`sandbox_server`); which task reads what, and what
its end means for a delivery or a form, belongs to who calls. Results come back as files in the child's work folder.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from padanan.base.home import CHECKOUT
from padanan.base.regular import read_regular

RESULT, COMPLAINT = "hasil.json", "galat.txt"
SAID = "padanan: "
MOST_RESULT = 16 << 20
# The server is asked for nothing that takes longer than the child's own time, but for starting it.
_SLACK = 30.0
# What a child may know of this program's surroundings: no address of a database, no key's place.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TZDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "PADANAN_EXPECTATIONS")
_ADDED = {
    "PYTHONPATH": str(CHECKOUT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # Other allocators reserve a gigabyte at once, which counts against the limit though nobody uses it.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
}


@dataclass(frozen=True)
class Allowance:
    """What a child may use: bytes of memory, seconds of processor and of the clock, bytes of the largest file it writes."""

    memory: int
    cpu: float
    wall: float
    file_size: int


@dataclass(frozen=True)
class Used:
    """What a child used: seconds of processor, bytes of memory at its highest; `landlock` 0 where the kernel has none."""

    cpu: float
    rss: int
    landlock: int


class ChildStopped(Exception):
    """A child that did not end well: `cause` in Indonesian, without any value of a person; `used` what it had used by then."""

    def __init__(self, cause: str, used: Used | None = None) -> None:
        super().__init__(cause)
        self.cause, self.used = cause, used


def run(task: str, arguments: Mapping[str, Any], *, work: Path, reads: Sequence[Path], allowance: Allowance) -> tuple[Any, Used]:
    """Runs `module:function` in a child, which may write into `work` alone.

    Args:
        task: the function takes `work` (a Path) and `arguments` by name, and returns what JSON can hold.
        arguments: what JSON can hold.
        work: a private folder of this program; the child's result and complaints lie there too.
        reads: what the child may read besides `work` and the program itself.

    Returns:
        What the function returned, and what it used. It comes from a process that read what anybody may have written: check it.

    Raises:
        ChildStopped: it raised, hung, was killed or used more than it may.
        OSError: no server can be started.
    """
    request = {
        "task": task,
        "arguments": dict(arguments),
        "work": str(work),
        "reads": [str(path) for path in reads],
        "allowance": asdict(allowance),
    }
    with _LOCK:
        ended = _server().ask(request, allowance.wall + _SLACK)
    if ended is None:
        raise ChildStopped("membuat proses pembacanya berhenti tanpa jawaban")
    used = Used(ended["cpu"], ended["rss"], ended["landlock"])
    complaint = _complaint(work)
    if ended["timeout"]:
        raise ChildStopped(_time(allowance.wall), used)
    if ended["signal"] or ended["code"]:
        raise ChildStopped(_cause(ended["signal"], complaint, allowance), used)
    return _result(work, used), used


def _time(seconds: float) -> str:
    return f"tidak selesai dibaca dalam {seconds:.0f} detik"


def _cause(number: int, complaint: str, allowance: Allowance) -> str:
    memory = f"meminta ingatan lebih dari {allowance.memory >> 20} MiB"
    low = complaint.lower()
    if "memory" in low or "bad_alloc" in low or "out of mem" in low:
        return memory
    if number == signal.SIGXCPU:
        return f"memakai prosesor lebih dari {allowance.cpu:.0f} detik"
    if number == signal.SIGXFSZ or "file too large" in low:
        return f"menjadi lebih besar dari {allowance.file_size >> 20} MiB ketika dibaca"
    if number == signal.SIGKILL:
        return "proses pembacanya dihentikan sistem"
    if number:
        return f"merusak proses pembacanya ({signal.Signals(number).name})"
    # What a library printed may hold a value; our own line holds a class and a message without any.
    said = [line.removeprefix(SAID) for line in complaint.splitlines() if line.startswith(SAID)]
    return f"tidak terbaca ({said[-1][:160]})" if said else "tidak terbaca"


def _complaint(work: Path) -> str:
    try:
        return (read_regular(work / COMPLAINT, 1 << 20) or b"").decode("utf-8", "replace")
    except OSError:
        return ""


def _result(work: Path, used: Used) -> Any:
    try:
        data = read_regular(work / RESULT, MOST_RESULT)
        if data is not None:
            return json.loads(data)
    except (OSError, ValueError, RecursionError):
        pass
    raise ChildStopped("tidak memberi hasil yang terbaca", used)


class _Server:
    """The process that forks the children; it ends when this program does."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "padanan.base.sandbox_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**kept, **_ADDED},
            cwd=CHECKOUT,
            start_new_session=True,
        )

    def alive(self) -> bool:
        return self.owner == os.getpid() and self._process.poll() is None

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any] | None:
        """The server's answer; None when it gave none in time, and then it is gone with its child."""
        pipes = self._process
        assert pipes.stdin is not None and pipes.stdout is not None
        try:
            pipes.stdin.write(json.dumps(request).encode() + b"\n")
            pipes.stdin.flush()
            line, deadline = b"", time.monotonic() + seconds
            while not line.endswith(b"\n"):
                ready, _, _ = select.select([pipes.stdout], [], [], max(deadline - time.monotonic(), 0))
                piece = os.read(pipes.stdout.fileno(), 65_536) if ready else b""
                if not piece:
                    break
                line += piece
        except BrokenPipeError:
            line = b""
        if not line.endswith(b"\n"):
            self.end()
            return None
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def end(self) -> None:
        """Ends the server and, as it watches its pipe, its child."""
        if self.owner != os.getpid():
            return
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_LOCK = threading.Lock()
_STARTED: list[_Server] = []


def _server() -> _Server:
    if not (_STARTED and _STARTED[-1].alive()):
        _STARTED[:] = [_Server()]
    return _STARTED[-1]


@atexit.register
def stop() -> None:
    """Ends the server; the next task starts another."""
    while _STARTED:
        _STARTED.pop().end()
