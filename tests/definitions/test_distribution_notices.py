"""Dagster tells subscribers of a decree after its files are shown; whatever becomes of that, the distribution stands."""

from datetime import datetime

import dagster as dg
import pytest
from sqlalchemy import insert

from orchestration.defs.distribution.files import FILES
from orchestration.defs.distribution.notices import NOTICES
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.distribution.shelf import pointer_path
from padanan.distribution.spdci import box
from padanan.distribution.spdci.partners import register
from padanan.distribution.state import tables
from padanan.distribution.state.store import FILE
from tests.distribution.agencies_by_hand import PURPOSE, serving
from tests.distribution.decree_by_hand import BEFORE, PERIODE, seal_decree
from tests.distribution.spdci.test_subscriptions import wanted
from tests.distribution.spdci.world import ADDRESS, Client

pytestmark = pytest.mark.lambat

NAMES = ("orang", "3171", "dinsos")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Two decrees, none on the shelf yet."""
    found = Home(tmp_path / "data").ensure()
    monkeypatch.setenv("PADANAN_HOME", str(found.root))
    (found.root / "demo.json").write_text("{}")
    seal_decree(found, BEFORE)
    seal_decree(found, PERIODE, shift=60)
    return found


@pytest.fixture
def subscribed(home):
    """An agency that agreed on an address and subscribed when the earlier decree was the newest."""
    with serving(home) as served:
        agency = served.agency()
        served.grant(
            kolom=["id_orang", "id_keluarga", "nik", "nama", "kode_kelurahan", "program"], baris="sasaran", wilayah=["31"]
        )
        store, now = served.door.store, datetime.now(JAKARTA)
        client = Client(agency.id, agency.token)
        register(
            served.door.writer,
            client=agency.id,
            by="Uji",
            now=now,
            key_name="kunci-1",
            public=client.public,
            address=ADDRESS,
        )
        values = {
            "kode": "langganan-uji",
            "klien": agency.id,
            "sidik": "0" * 64,
            "dibuat": int(now.timestamp()),
            "sudah": "2025-S1/1",
        }
        kept = box.closed({"asked": wanted(), "purpose": PURPOSE}, "langganan-uji")
        with store.writing() as con:
            con.execute(insert(tables.spdci_subscription).values({**values, **kept}))
    return home


def distributed(repository, instance):
    return repository.get_job("penyaluran_periode").execute_in_process(
        instance=instance, partition_key=PERIODE.key, asset_selection=[FILES, NOTICES], raise_on_error=False
    )


def numbers(instance):
    record = instance.get_latest_materialization_event(NOTICES)
    return {name: value.value for name, value in record.asset_materialization.metadata.items() if isinstance(value.value, int)}


@pytest.mark.feature("F20")
def test_a_subscriber_hears_of_the_decree_once_and_the_run_tells_numbers_alone(repository, instance, subscribed, monkeypatch):
    sent = []
    monkeypatch.setattr("padanan.distribution.spdci.told.post", lambda uri, body, seconds: sent.append((uri, body)) or 200)
    assert distributed(repository, instance).success
    told = numbers(instance)
    assert told["disiapkan"] == 1 and told["sampai"] >= 1 and told["ditinggalkan"] == 0
    assert {uri for uri, _ in sent} == {ADDRESS + "/registry/notify"} and b"notify_event" in sent[0][1]
    again = len(sent)
    assert distributed(repository, instance).success
    assert numbers(instance) == {"disiapkan": 0, "sampai": 0, "menunggu": 0, "ditinggalkan": 0} and len(sent) == again
    shown = str(instance.get_latest_materialization_event(NOTICES).asset_materialization.metadata)
    assert not any(name in shown for name in NAMES)


@pytest.mark.feature("F20")
def test_who_can_not_be_reached_is_tried_again_later_and_undoes_nothing(repository, instance, subscribed, monkeypatch):
    monkeypatch.setattr("padanan.distribution.spdci.told.post", lambda *_: 503)
    assert distributed(repository, instance).success
    assert numbers(instance)["menunggu"] == 1 and numbers(instance)["sampai"] == 0
    assert pointer_path(subscribed).exists()


@pytest.mark.feature("F20")
def test_a_state_that_does_not_answer_fails_that_step_alone_after_another_try(repository, instance, home, monkeypatch):
    monkeypatch.setenv("PADANAN_API_DB", "postgresql://padanan@127.0.0.1:1/keadaan")
    result = distributed(repository, instance)
    assert not result.success and pointer_path(home).exists()
    assert instance.get_latest_materialization_event(FILES) and not instance.get_latest_materialization_event(NOTICES)
    kinds = [event.event_type for event in result.all_events if event.step_key == "distribution__pemberitahuan"]
    assert dg.DagsterEventType.STEP_UP_FOR_RETRY in kinds and dg.DagsterEventType.STEP_FAILURE in kinds


def test_a_home_whose_api_was_never_used_gets_no_state(repository, instance, home):
    assert distributed(repository, instance).success
    assert numbers(instance) == {"disiapkan": 0, "sampai": 0, "menunggu": 0, "ditinggalkan": 0}
    assert not (home.distribusi / FILE).exists()
