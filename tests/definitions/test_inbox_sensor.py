"""The inbox sensor: one run per content, none for a file that is still growing, nothing personal in cursor or key."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration import inbox_watch
from orchestration.contracts import loaded
from orchestration.defs.automation.sensors import inbox_sensor
from orchestration.inbox_watch import look
from orchestration.resources import AlarmResource, RumahResource
from padanan.delivery import inbox as delivery_inbox
from padanan.home import Home
from padanan.period import Periode

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
        resources = {"rumah": RumahResource(), "alarm": AlarmResource(lingkungan="dev", luar=False)}
        context = dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources)
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


def test_a_file_that_is_still_there_after_its_run_is_tried_again_ever_more_seldom(inbox):
    """A source that did not answer once meant never again."""
    put(inbox)
    home, start = Home.from_env(), datetime(2026, 11, 28, 9, tzinfo=UTC)
    contracts, keys, seen, asked = loaded(), {"2026-07-01"}, {}, []
    for minute in range(0, 60 * 24, 5):
        found = look(home, contracts, seen, start + timedelta(minutes=minute), keys, Periode(2026, 2))
        seen = json.loads(json.dumps(found.seen))
        asked += [(minute, item.run_key) for item in found.wanted]
    assert [minute for minute, _ in asked] == [0, 15, 45, 105, 225, 465, 825, 1185]
    assert len({key for _, key in asked}) == len(asked), "a run key is taken once only"


@pytest.mark.feature("F08")
def test_one_producers_fault_keeps_no_other_from_being_landed(inbox, monkeypatch):
    """Odd names, a file without the right to read it, one that vanishes, an inbox that is no folder to be read."""
    put(inbox)
    home = Home.from_env()
    odd = os.fsencode(str(home.inbox("kaj"))) + b"/kaj_2025-11 \xff\xfe.xlsx"
    home.inbox("kaj").mkdir()
    Path(os.fsdecode(odd)).write_bytes(b"isi")
    os.utime(odd, (1, 1))
    home.inbox("pkh").mkdir()
    put(home.inbox("pkh"), name="p" * 251 + ".csv")
    for name in ("kpdj", "kparj"):
        home.inbox(name).mkdir()
        put(home.inbox(name), name=f"{name}_2025-11.xlsx")

    real_hash, real_pending = inbox_watch.content_hash, delivery_inbox.pending

    def unreadable(path):
        if path.name.startswith("kpdj"):
            raise PermissionError(13, "Permission denied", str(path))
        return real_hash(path)

    def broken(home, contract_id, **options):
        if contract_id == "bsps":
            raise OSError(5, "Input/output error")
        return real_pending(home, contract_id, **options)

    monkeypatch.setattr(inbox_watch, "content_hash", unreadable)
    monkeypatch.setattr(delivery_inbox, "pending", broken)
    (home.inbox("kparj") / "kparj_2025-11.xlsx").unlink()
    requests, cursor = tick()
    assert {request.tags["padanan/produsen"] for request in requests} == {"klj", "kaj", "pkh"}
    alarms = [json.loads(line) for line in (home.root / "logs" / "alarm.jsonl").read_text().splitlines()]
    assert {alarm["body"].split(":")[0].split()[1] for alarm in alarms} == {"inbox/kpdj", "inbox/bsps"}
    assert all("Perbaikan:" in alarm["body"] and ".xlsx" not in alarm["body"] for alarm in alarms)
    again, _ = tick(cursor)
    assert again == []
    assert len((home.root / "logs" / "alarm.jsonl").read_text().splitlines()) == len(alarms), "not on every tick"
    monkeypatch.undo()


def test_the_run_is_of_the_half_year_of_the_data_where_the_letter_names_one(inbox):
    put(inbox, name="klj_2025-03.xlsx")
    (request,), _ = tick()
    assert request.partition_key == "2025-01-01" and request.tags["padanan/periode"] == "2025-S1"


def test_a_corrected_letter_asks_for_another_run(inbox):
    path = put(inbox)
    letter = path.with_name(path.name + ".pengantar.yaml")
    letter.write_text("periode_data: salah")
    (first,), cursor = tick()
    letter.write_text("periode_data: 2025-10")
    os.utime(letter, (2, 2))
    (second,), _ = tick(cursor)
    assert first.run_key != second.run_key
