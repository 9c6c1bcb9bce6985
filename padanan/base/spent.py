"""What processes use: seconds of processor, bytes read and written, memory at its highest, over everything that they started.

It only looks; which step a figure belongs to is known by whoever asks.
"""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MIB = 1024 * 1024
SAMPLE_SECONDS = 0.25
PAGE = resource.getpagesize()
TOLD_BY_KERNEL = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists()
"""Whether the kernel lists the children of a process (`CONFIG_PROC_CHILDREN`)."""


@dataclass(frozen=True)
class Used:
    """Seconds of processor time, and bytes that were read and written: of files and pipes, from the disk or its cache."""

    cpu: float = 0.0
    read: int = 0
    written: int = 0

    def __add__(self, other: Used) -> Used:
        return Used(self.cpu + other.cpu, self.read + other.read, self.written + other.written)

    def __sub__(self, other: Used) -> Used:
        return Used(self.cpu - other.cpu, self.read - other.read, self.written - other.written)


@dataclass(frozen=True)
class Spent(Used):
    """The same of a command that ended.

    `wall`: seconds of the clock; `rss`: the highest MiB of all its processes; `code`: its exit; `said`: what it printed, if kept.
    """

    wall: float = 0.0
    rss: float = 0.0
    code: int = 0
    said: str = ""


def descendants(pid: int) -> list[int]:
    """Everything that a process started and that still runs, and what that started, as they are met: good enough for a sample.

    The kernel tells the children of each thread, where it was built to; psutil reads the state of every process of the machine
    for it, which four times a second cost a twentieth of a small run.
    """
    if not TOLD_BY_KERNEL:
        try:
            return [one.pid for one in psutil.Process(pid).children(recursive=True)]
        except psutil.Error:
            return []
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for told in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            try:
                begun = [int(one) for one in told.read_text().split()]
            except OSError:
                continue
            found += begun
            waiting += begun
    return found


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 once it ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def used(pid: int | None = None, *, living: bool = True) -> Used:
    """What a process has used so far, with every child that has ended and was waited for.

    Args:
        pid: by default this process.
        living: with what the descendants that still run have used (a server of readers, say).
    """
    process = psutil.Process(pid)
    total = Used()
    for one in [process, *(process.children(recursive=True) if living else ())]:
        try:
            # Both hold what children used that were waited for, so that nothing is lost when one ends, and nothing counted twice.
            times, moved = one.cpu_times(), one.io_counters()
        except psutil.Error:
            continue
        cpu = float(times.user + times.system + times.children_user + times.children_system)
        total += Used(cpu, int(moved.read_chars), int(moved.write_chars))
    return total


@dataclass
class Sampler:
    """Peak resident memory of a process (by default this one) and everything it started, in MiB."""

    pid: int | None = None
    peak: float = 0.0
    overall: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts sampling in the background."""
        self._thread = threading.Thread(target=self._loop, name="rss-sampler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stops sampling."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=2)

    def reset(self) -> None:
        """Begins a new step."""
        self.peak = 0.0
        self.sample()

    def sample(self) -> None:
        """Takes one sample."""
        root = self.pid or os.getpid()
        total = sum(_resident(one) for one in (root, *descendants(root)))
        self.peak = max(self.peak, total / MIB)
        self.overall = max(self.overall, self.peak)

    def _loop(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self.sample()


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, keep: bool = False) -> Spent:
    """Runs a command to its end; what it prints is shown, or kept where that is asked for.

    Nothing else that this process started may end meanwhile: it would be counted too.

    Raises:
        OSError: it can't be started.
    """
    before, begun = used(living=False), time.perf_counter()
    process = subprocess.Popen(command, env=dict(env), cwd=cwd, stdout=subprocess.PIPE if keep else None, text=True)
    sampler = Sampler(process.pid)
    sampler.start()
    try:
        said, _ = process.communicate()
    finally:
        sampler.stop()
    gone, wall = used(living=False) - before, time.perf_counter() - begun
    return Spent(gone.cpu, gone.read, gone.written, wall, sampler.overall, process.returncode, said or "")
