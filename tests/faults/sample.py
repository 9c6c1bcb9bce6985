"""`python -m tests.faults.sample FILE KILLS OPERATIONS`: what the suite runs of the bench, in a process without threads.

Beside clients and grants it kills three made-up works that are wrong on purpose: one forgets, one does twice, one leaves a child.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults import kills, sweep
from tests.faults.breaker import tree
from tests.faults.scenarios import Scenario
from tests.faults.town import home_of
from tests.faults.works import AGENCIES

# How long a made-up work keeps the processor busy, in seconds, so that there is something to kill.
BUSY = 0.25


def _busy() -> None:
    until = time.process_time() + BUSY
    while time.process_time() < until:
        sum(range(1000))


def _empty(root: Path) -> None:
    home_of(root).ensure()


def _forgets(root: Path) -> None:
    """Marks its work as done before it is."""
    mark, result = root / "data" / "mulai", root / "data" / "hasil"
    if mark.exists():
        return
    mark.write_text("")
    _busy()
    result.write_text("isi")


def _doubles(root: Path) -> None:
    """Adds, and does not look whether it has."""
    with (root / "data" / "hasil").open("a") as handle:
        handle.write("satu\n")
    _busy()


def _leaves_a_child(root: Path) -> None:
    """Starts a process that does not end with its parent."""
    if os.fork() == 0:
        time.sleep(kills.WAIT + 15)
        os._exit(0)
    _busy()


WRONG = (
    (Scenario("lupa", _empty, _forgets, lambda root: tree(root / "data")), kills.KINDS[0]),
    (Scenario("dua kali", _empty, _doubles, lambda root: tree(root / "data")), kills.KINDS[0]),
    (Scenario("yatim", _empty, _leaves_a_child, lambda root: tree(root / "data")), kills.KINDS[1]),
)


def _killed(work: kills.Work, folder: Path, times: int, kind: str | None = None) -> dict[str, Any]:
    rng = random.Random(1)
    killer = kills.Killer(work, folder, rng, lambda _: None)
    for place in range(times):
        killer.kill(0.3 + 0.6 * place / times, kind or kills.KINDS[place % 2])
    outcomes = Counter[str]()
    for (_, outcome), count in killer.tally.outcomes.items():
        outcomes[outcome] += count
    return {"outcomes": dict(outcomes), "faults": killer.tally.faults}


def main(file: Path, times: int, operations: int) -> None:
    """Writes what came of it."""
    os.fsync = lambda _: None  # type: ignore[assignment]
    kills.WAIT = 1.5
    for name in ("padanan.distribution.state.copy", "padanan.distribution.clients", "padanan.synthetic.year_decree"):
        importlib.import_module(name)
    found = {}
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        folder = Path(temporary).resolve()
        for work, kind in WRONG:
            found[work.name] = _killed(kills.forked(work), folder / work.name, 1, kind)
        found[AGENCIES.name] = _killed(kills.forked(AGENCIES), folder / "bunuh", times)
        report = sweep.sample(AGENCIES, folder / "operasi", operations, random.Random(1))
        found["operasi"] = {"trials": dict(report.trials), "faults": report.faults}
    file.write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:4]))
