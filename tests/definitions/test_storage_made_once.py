"""Dagster's storage is made once, however many processes find it missing at the same moment."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from padanan.base.home import CHECKOUT

pytestmark = pytest.mark.lambat

PROCESSES = 4
ROUNDS = 3


def _opens(folder: str, together: Any, told: Any) -> None:
    os.environ.update(DAGSTER_HOME=str(CHECKOUT), PADANAN_DAGSTER_STORAGE=folder)
    import dagster as dg

    together.wait()
    try:
        instance = dg.DagsterInstance.get()
        instance.get_runs(limit=1)
        instance.all_instigator_state()
        told.put("made")
    except BaseException as error:  # the test says which
        told.put(repr(error)[:300])


@pytest.mark.feature("F08")
def test_processes_that_start_together_on_the_first_day_all_find_one_storage(tmp_path: Path) -> None:
    """Webserver, daemon and code server did: two of three died, or left a stamp that no later start could read."""
    spawn = multiprocessing.get_context("fork")
    seen: Counter[str] = Counter()
    for one in range(ROUNDS):
        together, told = spawn.Barrier(PROCESSES), spawn.Queue()
        processes = [spawn.Process(target=_opens, args=(str(tmp_path / str(one)), together, told)) for _ in range(PROCESSES)]
        for process in processes:
            process.start()
        seen.update(told.get(timeout=60) for _ in processes)
        for process in processes:
            process.join(60)
    assert seen == {"made": PROCESSES * ROUNDS}
