"""The tracked samples become what their README promises; the corpus of damaged files is tested beside this."""

from pathlib import Path

import pytest
import yaml

from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.landing.land import deliver

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
EXPECTED = yaml.safe_load((SAMPLES / "harapan.yaml").read_text())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_sample_ends_as_promised(name, tmp_path):
    expected = EXPECTED[name]
    receipt = deliver(Home(tmp_path / "data"), load_contracts(), expected["kontrak"], SAMPLES / name)
    assert receipt.status == expected["hasil"]
    if "aturan" in expected:
        assert expected["aturan"] in {flag["rule_id"] for flag in receipt.flags}


def test_every_sample_is_expected():
    files = {path.relative_to(SAMPLES).as_posix() for folder in ("baik", "buruk") for path in (SAMPLES / folder).iterdir()}
    assert {name for name in files if not name.endswith(".pengantar.yaml")} == set(EXPECTED)
