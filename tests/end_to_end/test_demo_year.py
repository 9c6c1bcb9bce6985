"""`make demo-year` at a small scale, through Dagster: two decrees, nine months, four LP3KE; the field lowers both errors."""

import json
import re

import pytest

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.records.returned import taken
from padanan.records.seals import seals
from padanan.synthetic.year_files import KINDS
from tests.end_to_end.conftest import run_module

FIRST, SECOND = Periode(2025, 2), Periode(2026, 1)


def rows(text: str, name: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.strip().startswith(name)]
    return re.split(r"\s{2,}", line.strip())[1:]


@pytest.mark.lambat
@pytest.mark.feature("F24", "F42")
def test_a_year_from_decree_to_decree(tmp_path):
    home = Home(tmp_path / "data")
    done = run_module("orchestration.demo_year", "--scale", "2000", "--seed", "1", home=home.root, key=tmp_path / "key")
    assert done.returncode == 0, done.stderr + done.stdout[-3000:]
    said = done.stdout
    for name in ("kekeliruan eksklusi", "kekeliruan inklusi"):
        before, after, control = (float(cell.rstrip("%").replace(",", ".")) for cell in rows(said, name))
        assert after < before and after < control, name
    # The rates stand beside the numbers that they are made of.
    missed, entitled = (rows(said, name) for name in ("tidak terpilih", "berhak menurut"))
    assert [f"{100 * int(a) / int(b):.2f}".replace(".", ",") + "%" for a, b in zip(missed, entitled, strict=True)] == rows(
        said, "kekeliruan eksklusi"
    )
    months = [line.split() for line in said.splitlines() if re.match(r"  2026-0\d +\d", line)]
    assert [line[0] for line in months] == [f"2026-0{month}" for month in range(1, 10)]
    sent = {kind: sum(int(line[1 + place].replace(".", "")) for line in months) for place, kind in enumerate(KINDS)}
    held = {kind: sum(int(one["baris"]) for one in taken(home, kind)) for kind in KINDS}
    assert sent == held and all(held.values())
    assert [len(seals(home, one)) for one in (FIRST, SECOND)] == [1, 1]
    assert len(list(home.root.glob("lp3ke/*/rev-1"))) == 4
    manifest = json.loads((home.published(SECOND, 1) / "manifest.json").read_text())
    assert manifest["cutoff"] == "2026-06-30"
