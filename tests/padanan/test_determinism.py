"""The same inputs give byte-equal published tables, whatever threads, arrival order, time zone, locale, day or folder.

The two zones lie 26 hours apart, so that the two runs never see the same calendar day.
"""

import json
import shutil

import pytest

from padanan.base.home import Home
from tests.pipeline import CIRCUMSTANCES as WEST
from tests.pipeline import PERIODE, period_once, step, to_published

EAST = {"PADANAN_THREADS": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "LANG": "id_ID.UTF-8"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    assert {**WEST, **EAST} == EAST and all(WEST[name] != EAST[name] for name in EAST)
    source, key, west = period_once(tmp_path_factory, "default")
    base = tmp_path_factory.mktemp("determinism")
    home = base / "somewhere" / "deep" / "deeper"
    shutil.copy(key, base / "key")
    step(home, base / "key", "land", str(source), "12", **EAST)
    return west, to_published(home, base / "key", **EAST)


def test_published_tables_are_byte_equal(runs):
    west, east = runs
    assert sorted(path.name for path in west.iterdir()) == sorted(path.name for path in east.iterdir())
    different = [path.name for path in sorted(west.iterdir()) if path.read_bytes() != (east / path.name).read_bytes()]
    assert different == []


def test_landed_rows_keep_their_keys(runs):
    west, east = (json.loads((folder / "manifest.json").read_text()) for folder in runs)
    assert west["deliveries"] == east["deliveries"] and len(west["deliveries"]) > 20


def test_unchanged_inputs_open_no_new_revision(runs):
    folder = runs[1]
    home = folder.parents[2]
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    key = home.parents[2] / "key"
    step(home, key, "plan", PERIODE.label)
    step(home, key, "publish")
    assert [path.name for path in Home(home).published(PERIODE).glob("rev-*")] == ["rev-1"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
