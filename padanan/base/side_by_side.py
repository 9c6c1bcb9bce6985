"""The same work on many independent things by as many processes as the machine has cores; answers come in the things' order.

What the work is belongs to its owner; it shares nothing with its neighbours but the disk.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from padanan.base.errors import PadananError
from padanan.base.parent import end_with

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")
WAITING = 2
"""Things handed out for each process beside the one that it works on: what waits is held in memory."""

MANY = 20_000
"""Rows from which on files are written by several processes: starting them takes a second or two."""


def cores() -> int:
    """Processes that run at once: the cores this process may use."""
    return len(os.sched_getaffinity(0))


def processes_for(rows: int) -> int:
    """How many processes write so many rows: as many as there are cores for many, this one alone for few."""
    return cores() if rows >= MANY else 1


def spread(work: Callable[[Thing], Answer], things: Iterable[Thing], processes: int | None = None) -> Iterator[Answer]:
    """What `work` answers for each thing, in their order; the first fault ends all of it.

    Args:
        work: a function of a module; it, the things and the answers are sent from process to process.
        processes: how many; with one, everything is done in this one. By default `cores()`.

    Raises:
        PadananError: as `work` raised it; or a process was ended from outside (out of memory).
    """
    count = cores() if processes is None else processes
    if count <= 1:
        yield from map(work, things)
        return
    # Spawned and not forked: an engine's threads would be missing in a copy of this process, and their locks held for ever.
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=end_with, initargs=(os.getpid(),))
    handed: deque[Future[Answer]] = deque()
    try:
        for thing in things:
            handed.append(pool.submit(work, thing))
            if len(handed) > count * (1 + WAITING):
                yield handed.popleft().result()
        while handed:
            yield handed.popleft().result()
    except BrokenProcessPool:
        raise PadananError(
            "proses pembantu berhenti sebelum selesai", cure="periksa memori yang tersisa pada mesin, lalu jalankan ulang"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
