"""The same inputs give byte-equal published tables, whatever threads, arrival order, time zone, locale, day or folder.

The two zones lie 26 hours apart, so that the two runs never see the same calendar day.
"""

import json

import pytest

from padanan.base.home import Home
from tests.pipeline import PERIODE, generate_and_land, step, to_published

CIRCUMSTANCES = {
    "one-thread-west": {"PADANAN_THREADS": "1", "TZ": "Etc/GMT+12", "LC_ALL": "C", "LANG": "C"},
    "two-threads-east": {"PADANAN_THREADS": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "LANG": "id_ID.UTF-8"},
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    base = tmp_path_factory.mktemp("determinism")
    source, key = base / "source", base / "key"
    generate_and_land(source, key, residents=2500, seed=3, profile="default")
    published = {}
    for number, (name, environment) in enumerate(CIRCUMSTANCES.items()):
        home = base / f"somewhere-{name}" / ("deep" * (number + 1))
        step(home, key, "land", str(source), str(number + 11), **environment)
        published[name] = to_published(home, key, **environment)
    return published


def test_published_tables_are_byte_equal(runs):
    west, east = runs.values()
    assert sorted(path.name for path in west.iterdir()) == sorted(path.name for path in east.iterdir())
    different = [path.name for path in sorted(west.iterdir()) if path.read_bytes() != (east / path.name).read_bytes()]
    assert different == []


def test_landed_rows_keep_their_keys(runs):
    west, east = (json.loads((folder / "manifest.json").read_text()) for folder in runs.values())
    assert west["deliveries"] == east["deliveries"] and len(west["deliveries"]) > 20


def test_unchanged_inputs_open_no_new_revision(runs, tmp_path_factory):
    folder = runs["two-threads-east"]
    home = folder.parents[2]
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    key = home.parents[1] / "key"
    step(home, key, "plan", PERIODE.label)
    step(home, key, "publish")
    assert [path.name for path in Home(home).published(PERIODE).glob("rev-*")] == ["rev-1"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
