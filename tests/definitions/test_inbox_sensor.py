"""The inbox sensor: one run a producer for what is new, none for a file that is still growing, another try for what stays,
one fault never keeping a tick from the others, and nothing personal in cursor, key, tags or log."""

import json
import os
import time
from datetime import UTC, datetime

import dagster as dg
import pytest

from orchestration.contracts import loaded
from orchestration.defs.automation import sensors
from orchestration.defs.automation.review_sensors import formulir_sensor
from orchestration.defs.automation.sensors import inbox_sensor
from orchestration.inbox_watch import look, retry_delay
from orchestration.resources import AlarmResource, RumahResource
from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.landing.inbox import process_inbox, state_of

NAME = "KLJ 2025-10 SARINAH 3175094512680007.xlsx"
ODD = os.fsdecode(b"klj \xff\xfe SARINAH.csv")
LONG = f"{'S' * 251}.csv"


@pytest.fixture
def home():
    return Home.from_env().ensure()


@pytest.fixture
def inbox(home):
    folder = home.inbox("klj")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(folder, content=b"isi", name=NAME, age=3600):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def tick(cursor=None, sensor=inbox_sensor):
    resources = {"rumah": RumahResource(), "alarm": AlarmResource(lingkungan="dev", luar=False)}
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources)
        result = sensor(context)
        if isinstance(result, dg.SkipReason):
            return [], context.cursor
        return list(result.run_requests), result.cursor


def alarms(home):
    path = home.root / "logs" / "alarm.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_an_empty_inbox_skips(inbox):
    assert tick()[0] == []


@pytest.mark.feature("F08")
def test_a_new_file_starts_its_producers_landing_once(inbox):
    put(inbox)
    (request,), cursor = tick()
    assert request.asset_selection == [dg.AssetKey(["landing", "klj"])]
    assert request.tags["padanan/produsen"] == "klj"
    assert tick(cursor)[0] == []


def test_many_files_of_a_producer_are_one_run(inbox):
    for number in range(5):
        put(inbox, name=f"klj-{number}.csv")
    (_,), cursor = tick()
    put(inbox, name="klj-5.csv")
    (_,), cursor = tick(cursor)
    assert tick(cursor)[0] == []


def test_a_tick_that_comes_again_asks_for_the_same_run_and_a_corrected_file_or_letter_for_another(inbox):
    path = put(inbox)
    (first,), cursor = tick()
    (again,), _ = tick()
    assert again.run_key == first.run_key, "the daemon was cut off before it kept the cursor"
    put(inbox, content=b"isi diperbaiki", age=900)
    (corrected,), cursor = tick(cursor)
    path.with_name(f"{NAME}.pengantar.yaml").write_text("periode_data: '2025-10'\n")
    (lettered,), _ = tick(cursor)
    assert len({first.run_key, corrected.run_key, lettered.run_key}) == 3


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


def test_what_stays_is_tried_again_with_growing_delay(inbox):
    path, memory, now, asked = put(inbox), {}, 1_800_000_000, []
    for minute in range(0, 60 * 24, 5):
        found = look([path], memory, state_of, now=now + 60 * minute, settle_seconds=10)
        memory = json.loads(json.dumps(found.memory))
        if found.key:
            asked.append((minute, found.key))
    assert [minute for minute, _ in asked] == [0, 15, 45, 105, 225, 465, 825, 1185]
    assert len({key for _, key in asked}) == len(asked), "a try with the run key of before would be skipped"
    assert [retry_delay(tries) for tries in (1, 2, 6, 7, 400)] == [900, 1800, 21600, 21600, 21600]
    put(inbox, content=b"lain")
    assert look([path], memory, state_of, now=now + 60 * 1190, settle_seconds=10).key, "a changed file waits for nobody"


def test_the_clock_of_a_tick_drives_the_tries(inbox, monkeypatch):
    put(inbox)
    (first,), cursor = tick()
    assert tick(cursor)[0] == []
    late = json.loads(cursor)
    ((name, (facts, tries, at)),) = late["klj"].items()
    late["klj"][name] = [facts, tries, at - 16 * 60]
    (second,), _ = tick(json.dumps(late))
    assert second.run_key != first.run_key and abs(at - datetime.now(UTC).timestamp()) < 3600


def test_a_cursor_of_another_make_is_no_fault(inbox):
    put(inbox)
    for cursor in ('{"klj": {"ab": "3:4:jalan"}}', '{"klj": 3}', "[]", "bukan json"):
        assert len(tick(cursor)[0]) == 1, cursor


@pytest.mark.feature("F08")
@pytest.mark.parametrize("name", [ODD, LONG])
def test_odd_names_are_asked_for_and_keep_nobody_back(home, inbox, name):
    put(inbox, name=name)
    put(home.inbox("pkh"), name="pkh_2025-11.csv")
    requests, cursor = tick()
    assert {request.tags["padanan/produsen"] for request in requests} == {"klj", "pkh"}
    assert tick(cursor)[0] == [] and "SARINAH" not in cursor
    taken = process_inbox(home, load_contracts(), "klj")
    texts = " ".join([str(fault.error) for fault in taken.faults] + [str(receipt.manifest) for receipt in taken.receipts])
    texts.encode("utf-8")
    assert len(taken.faults) + len(taken.receipts) == 1


def break_file(monkeypatch, error, name=NAME):
    """The file raises when it is looked at (tests may run as root, whom no permission stops)."""
    real = state_of

    def looked(path):
        if path.name == name:
            raise error
        return real(path)

    monkeypatch.setattr("padanan.landing.inbox.state_of", looked)


@pytest.mark.feature("F08")
def test_an_unreadable_file_is_told_once_and_the_others_are_asked_for(home, inbox, monkeypatch):
    put(inbox)
    put(inbox, name="klj-2.csv")
    put(home.inbox("pkh"), name="pkh_2025-11.csv")
    break_file(monkeypatch, PermissionError(13, "Permission denied", str(inbox / NAME)))
    requests, cursor = tick()
    assert {request.tags["padanan/produsen"] for request in requests} == {"klj", "pkh"}
    assert tick(cursor)[0] == []
    (alarm,) = alarms(home)
    assert "inbox/klj" in alarm["body"] and "Perbaikan:" in alarm["body"]
    assert "SARINAH" not in str(alarm) and "3175094512680007" not in str(alarm) + cursor


def test_a_file_that_vanishes_is_no_fault(home, inbox, monkeypatch):
    put(inbox)
    put(home.inbox("pkh"), name="pkh_2025-11.csv")
    break_file(monkeypatch, FileNotFoundError(2, "gone"))
    requests, _ = tick()
    assert [request.tags["padanan/produsen"] for request in requests] == ["pkh"] and alarms(home) == []


@pytest.mark.feature("F08")
def test_a_producer_whose_folder_can_not_be_listed_keeps_no_tick_from_the_others(home, inbox, monkeypatch):
    put(inbox)
    put(home.inbox("pkh"), name="pkh_2025-11.csv")
    _, cursor = tick()
    put(home.inbox("pip"), name="pip_2025-11.csv")
    (home.landing("klj")).mkdir(parents=True, exist_ok=True)
    (home.landing("klj") / "inbox.json").write_text("rusak")
    requests, cursor = tick(cursor)
    assert [request.tags["padanan/produsen"] for request in requests] == ["pip"]
    assert "klj" in json.loads(cursor), "what was asked for is not forgotten"
    (alarm,) = alarms(home)
    assert alarm["tags"]["perihal"] == "klj"
    assert set(json.loads(cursor)) <= set(loaded())


def test_a_fault_of_the_forms_inbox_is_told_and_fails_no_tick(home, monkeypatch):
    def broken(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("padanan.review.decision.inbox.pending", broken)
    assert tick(sensor=formulir_sensor)[0] == []
    (alarm,) = alarms(home)
    assert "inbox/review" in alarm["body"] and sensors.memory_of("[]") == {}


def test_an_alarm_that_can_not_be_sent_stops_no_tick(home, inbox, monkeypatch):
    put(inbox)
    break_file(monkeypatch, PermissionError(13, "Permission denied"))
    monkeypatch.setenv("PADANAN_SMTP_PORT", "dua")
    assert len(tick()[0]) == 1 and alarms(home) == []
    monkeypatch.delenv("PADANAN_SMTP_PORT")
    tick()
    assert len(alarms(home)) == 1, "told as soon as it can be"


WHOSE = (
    (["klj_2025-03.xlsx"], "2025-S1"),
    (["klj_2025-03.xlsx", "klj_2025-10.xlsx"], None),
    (["klj.xlsx"], None),
    (["klj_1999-03.xlsx"], None),
)


@pytest.mark.parametrize(("names", "label"), WHOSE)
def test_a_landing_is_of_the_half_year_of_its_data_where_all_letters_name_one(inbox, names, label):
    from orchestration.defs.partitions import periode_at

    for name in names:
        put(inbox, name=name)
    (request,), _ = tick()
    assert request.tags["padanan/periode"] == (label or periode_at(datetime.now(UTC)).label)
