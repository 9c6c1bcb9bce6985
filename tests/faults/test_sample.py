"""A small sample of `make bench-faults`: clients and grants killed and broken, and the harness held against works that lose.

The whole of it takes more than an hour; what it found is kept by tests beside the code that was mended.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import bench, kills
from tests.faults.environment import CLOCK, LIMITED
from tests.faults.works import WORKS
from tests.once import once

CHECKOUT = Path(__file__).resolve().parents[2]
KILLS, OPERATIONS = 4, 6


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What a run of the bench over clients and grants, and over three made-up works came to."""

    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.sample", str(folder / "hasil.json"), str(KILLS), str(OPERATIONS)]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=1100)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    return json.loads((once(tmp_path_factory, "gangguan-contoh", make) / "hasil.json").read_text())


def test_clients_and_grants_killed_at_random_moments_comes_to_the_same(sample: dict) -> None:
    found = sample["klien dan hibah"]
    assert found["faults"] == [] and sum(found["outcomes"].values()) == KILLS
    assert set(found["outcomes"]) <= {kills.RECOVERED, kills.CURED}


def test_each_broken_operation_of_clients_and_grants_recovers_or_is_named(sample: dict) -> None:
    found = sample["operasi"]
    assert found["faults"] == [] and sum(found["trials"].values()) == OPERATIONS
    assert any(way.endswith(" terus") for way in found["trials"]), "the clearing up fails too"


@pytest.mark.parametrize("work", ["lupa", "dua kali", "yatim"])
def test_a_work_that_loses_doubles_or_leaves_a_child_is_called_wrong(sample: dict, work: str) -> None:
    assert sample[work]["faults"], sample[work]


def test_every_work_has_its_share_and_the_same_seed_the_same_moments() -> None:
    names = [kills.MAIN, *(work.name for work in WORKS)]
    assert set(names) == set(kills.WEIGHTS)
    found = kills.shares(200, names)
    assert sum(found.values()) == 200 and min(found.values()) >= 1
    assert set(LIMITED) | {part for part, _, _ in CLOCK} <= set(names)


def test_the_table_sums_up_and_something_wrong_is_an_exit_code() -> None:
    tally = kills.Tally("reviu", faults=["reviu: hasil berbeda"])
    tally.outcomes.update(
        {(kills.KINDS[0], kills.RECOVERED): 3, (kills.KINDS[0], kills.WRONG): 1, (kills.KINDS[1], kills.CURED): 2}
    )
    table = bench.Table()
    table.killed(tally)
    assert table.text().splitlines()[-1] == "| semua |  | 6 | 3 | 2 | 1 |"
    assert table.code == 1 and bench.Table().code == 0
