"""The server and the child of `sandbox`: modules are loaded once, each task runs in a fork with limits that it can't lift.

Nothing here knows what a task reads. The server itself never opens a file of a task and has one thread, so that a fork is safe.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from padanan.base.errors import safe_reason
from padanan.base.home import CHECKOUT
from padanan.base.landlock import confine
from padanan.base.sandbox import COMPLAINT, RESULT, SAID

_PARENT_DIED = 1
_PROGRAM_SIZE = 128 << 20
# Below these the program's own modules lie, and what the C library looks up.
_PROGRAM = (sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev/urandom", CHECKOUT / "padanan")


class _Without:
    """Arrow would load pandas in every child, for half a second, to ask whether a value is one of its own; no task needs it."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def serve() -> None:
    """Answers requests, a line of JSON each, until the program that asks is gone."""
    answers = os.dup(1)
    os.set_inheritable(answers, False)
    with open(os.devnull, "r+b", buffering=0) as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
    sys.meta_path.insert(0, _Without())
    pending = b""
    while True:
        piece = os.read(0, 1 << 20)
        if not piece:
            return
        pending += piece
        while b"\n" in pending:
            line, _, pending = pending.partition(b"\n")
            os.write(answers, json.dumps(_fork(json.loads(line), answers)).encode() + b"\n")


def _fork(request: dict[str, Any], answers: int) -> dict[str, Any]:
    # Loaded here, once: a child would load it anew each time. It is this program's own.
    module, _, name = request["task"].partition(":")
    function = getattr(importlib.import_module(module), name)
    told, tell = os.pipe()
    parent, child = os.getpid(), os.fork()
    if child == 0:
        os.close(told)
        os.close(answers)
        _child(request, function, tell, parent)
    os.close(tell)
    wall = float(request["allowance"]["wall"])
    deadline, timeout = time.monotonic() + wall, False
    ended = os.pidfd_open(child)
    try:
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        poll.register(0, select.POLLHUP | select.POLLERR)
        while True:
            found = dict(poll.poll(max(deadline - time.monotonic(), 0) * 1000))
            if ended in found:
                break
            if 0 in found or time.monotonic() >= deadline:
                timeout = True
                _kill(child)
                break
    finally:
        os.close(ended)
    _, status, used = os.wait4(child, 0)
    _kill(child)  # what it may have started is of its group
    with os.fdopen(told, "rb") as pipe:
        landlock = pipe.read(8)
    return {
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "timeout": timeout,
        "cpu": used.ru_utime + used.ru_stime,
        "rss": used.ru_maxrss * 1024,
        "landlock": int(landlock or 0),
    }


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def _child(request: dict[str, Any], function: Callable[..., Any], tell: int, parent: int) -> None:
    """Never returns."""
    code = 1
    try:
        work = Path(request["work"])
        os.setsid()
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)
        if os.getppid() != parent:  # the server ended before it could be asked for that
            return
        _streams(work)
        os.chdir(work)
        version = confine(
            [Path(place) for place in (*_PROGRAM, *request["reads"])],
            [work, Path(os.devnull)],
        )
        os.write(tell, str(version).encode())
        os.close(tell)
        _limit(request["allowance"])
        found = function(work=work, **request["arguments"])
        (work / RESULT).write_text(json.dumps(found, default=_plain), encoding="utf-8")
        code = 0
    except MemoryError:
        os.write(2, f"\n{SAID}MemoryError\n".encode())
    except BaseException as error:
        os.write(2, f"\n{SAID}{safe_reason(error)}\n".encode("utf-8", "replace"))
    finally:
        os._exit(code)


def _plain(value: Any) -> Any:
    """Counts that come from arrays."""
    return value.item()


def _streams(work: Path) -> None:
    """Nothing to read, nowhere to write but the complaint; the server's pipes are closed to the child."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    complaint = os.open(work / COMPLAINT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.dup2(complaint, 2)


def _limit(allowance: dict[str, Any]) -> None:
    memory, cpu = int(allowance["memory"]), max(int(allowance["cpu"]), 1)
    if (duck := sys.modules.get("padanan.base.duck")) is not None:
        duck.MEMORY = f"{memory // 2 >> 20}MB"  # type: ignore[attr-defined]
    for limit, most in (
        # Memory of its own, mapped files left out: a large delivery is read through a mapping that takes none. The program
        # itself and its libraries are mapped too, and count to what people see of a process.
        (resource.RLIMIT_DATA, max(memory - _PROGRAM_SIZE, _PROGRAM_SIZE)),
        (resource.RLIMIT_FSIZE, int(allowance["file_size"])),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))


if __name__ == "__main__":
    serve()
