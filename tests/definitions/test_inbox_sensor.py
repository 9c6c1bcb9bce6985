"""The inbox sensor: one run per content, none for a file that is still growing, nothing personal in cursor or key."""

import os
import time

import dagster as dg
import pytest

from orchestration.defs.automation.sensors import inbox_sensor
from orchestration.resources import RumahResource
from padanan.home import Home

NAME = "KLJ 2025-10 SARINAH 3175094512680007.xlsx"


@pytest.fixture
def inbox():
    home = Home.from_env().ensure()
    folder = home.inbox("klj")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(folder, content=b"isi", name=NAME, age=3600):
    path = folder / name
    path.write_bytes(content)
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def tick(cursor=None):
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor, resources={"rumah": RumahResource()})
        result = inbox_sensor(context)
        if isinstance(result, dg.SkipReason):
            return [], context.cursor
        return list(result.run_requests), result.cursor


def test_an_empty_inbox_skips(inbox):
    assert tick()[0] == []


@pytest.mark.feature("F08")
def test_a_new_file_starts_its_producers_landing_once(inbox):
    put(inbox)
    (request,), cursor = tick()
    assert request.asset_selection == [dg.AssetKey(["landing", "klj"])]
    assert request.tags["padanan/produsen"] == "klj"
    assert tick(cursor)[0] == []


def test_the_same_content_has_the_same_run_key_and_a_corrected_file_another(inbox):
    put(inbox)
    (first,), cursor = tick()
    put(inbox, age=1800)
    (again,), cursor = tick(cursor)
    assert again.run_key == first.run_key
    put(inbox, content=b"isi diperbaiki", age=900)
    (corrected,), _ = tick(cursor)
    assert corrected.run_key != first.run_key


@pytest.mark.feature("F50")
def test_neither_run_key_nor_cursor_nor_tags_carry_the_file_name(inbox):
    put(inbox)
    (request,), cursor = tick()
    seen = f"{request.run_key} {cursor} {request.tags}"
    assert "SARINAH" not in seen and "3175094512680007" not in seen


def test_a_growing_file_waits_until_it_stands_still(inbox):
    put(inbox, age=0)
    requests, cursor = tick()
    assert requests == []
    with (inbox / NAME).open("ab") as handle:
        handle.write(b" tumbuh")
    requests, cursor = tick(cursor)
    assert requests == []
    (request,), _ = tick(cursor)
    assert request.run_key.startswith("klj:")
