"""Every write, rename and flush of landing, publication, freeze, record store, backup and first run may be the last one.

The sweep runs in a process of its own (`sweep --quick`: every commit and one operation of each kind; `make faults`: all), from
which children are forked before any library has threads.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from padanan.base import disk
from tests.faults.breaker import KILL, POWER
from tests.faults.scenarios import SCENARIOS
from tests.faults.sweep import COMMITS, chosen
from tests.once import once

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """The sweep's reports by scenario."""

    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.sweep", "--quick", "--json", str(folder / "laporan.json")]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=1100)
        assert (folder / "laporan.json").exists(), done.stdout[-2000:] + done.stderr[-2000:]
        print(done.stdout)

    folder = once(tmp_path_factory, "gangguan", make)
    return {report["name"]: report for report in json.loads((folder / "laporan.json").read_text())}


@pytest.mark.panjang
@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
def test_whatever_operation_is_the_last_the_next_run_comes_to_the_same_result(reports: dict[str, dict], name: str) -> None:
    report = reports[name]
    print(f"{len(report['operations'])} operasi, {report['trials']}")
    assert not report["faults"], "\n".join(report["faults"])
    # Only a torn record may need a person (the first landing records which key is in use).
    assert report["repaired"] == 0 or name in ("catatan", "landing")


@pytest.mark.panjang
@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
def test_the_operations_were_counted_and_broken(reports: dict[str, dict], name: str) -> None:
    report = reports[name]
    kinds = Counter(kind for kind, _ in report["operations"])
    assert kinds["fsync"] and kinds["mkdir"] and kinds["rename"] + kinds["link"]
    assert kinds[disk.BEFORE] == kinds[disk.WRITTEN] or name == "landing"  # a damaged file is never read to its end
    broken = [report["operations"][at - 1] for at in report["broken"]]
    assert {kind for kind, _ in broken} == set(kinds), "of each kind of operation one is broken"
    commits = [one for one in report["operations"] if one[0] in COMMITS]
    assert commits and [one for one in broken if one[0] in COMMITS] == commits, "and whatever makes a work visible"
    assert report["trials"][KILL] == len(broken) >= len(report["operations"]) // 4
    assert report["trials"][POWER] >= len(broken) // 4 and report["trials"][f"{KILL} dua kali"] == len(broken) // 4


def test_the_whole_sweep_leaves_no_operation_out() -> None:
    operations = [("tulis", ".tmp-1-a/x"), ("tulis", ".tmp-2-b/y"), ("tulis", "c/x"), ("rename", "c/x"), ("rename", "c/y")]
    assert chosen(operations, quick=False) == [1, 2, 3, 4, 5]
    assert chosen(operations, quick=True) == [1, 3, 4, 5]


def test_nothing_is_hooked_outside_a_sweep() -> None:
    assert disk.hook is None
