"""A backfill of 2025-S1 (DTKS and P3KE, no DTSEN) and a period with DTSEN alone: retired producers raise no alarm."""

import json

import pytest

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.decree.freeze import verify_draft
from tests.end_to_end.conftest import run_module

NAMES = {"2025-S1": {"dtks", "p3ke_keluarga", "p3ke_individu"}, "2026-S1": {"dtsen"}}


@pytest.mark.panjang
@pytest.mark.feature("F18")
@pytest.mark.parametrize("label", sorted(NAMES))
def test_the_period_runs_with_the_registries_of_its_time(label, tmp_path):
    periode = Periode.parse(label)
    home = Home(tmp_path / "data")
    arguments = ["--scale", "1000", "--periode", label]
    done = run_module("orchestration.demo", *arguments, home=home.root, key=tmp_path / "key")
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    manifest = json.loads((home.published(periode, 1) / "manifest.json").read_text())
    used = {delivery["contract"] for delivery in manifest["deliveries"]}
    contracts = load_contracts()
    assert used == {name for name, contract in contracts.items() if contract.in_force(periode)}
    assert used & {"dtks", "p3ke_keluarga", "p3ke_individu", "dtsen"} == NAMES[label]
    assert manifest["missing"] == []
    assert verify_draft(home, periode, 1)["label"] == label
