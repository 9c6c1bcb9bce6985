"""The audit: before the first byte and at the end, whole under many writers, and every hand that touched it is seen."""

import json
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from itertools import pairwise

import httpx
import pytest
import sqlalchemy as sa

from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT
from padanan.base.period import JAKARTA
from padanan.distribution.audit import AuditWriter, Event, append, event_hash, used_rows
from padanan.distribution.audit_proof import export_events, export_head, people_of, readers_of, ring_of, verify_audit
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store
from padanan.records.chain import canonical
from padanan.upkeep.key.rotate import rotate
from tests.distribution.agencies_by_hand import BASE, PURPOSE, serving
from tests.distribution.decree_by_hand import nik_of, seal_decree
from tests.distribution.process import server, token_of

NOW = datetime.now(JAKARTA)


@pytest.fixture
def agency(served):
    served.grant(baris="sasaran", wilayah=["31"])
    return served.agency()


@pytest.mark.feature("F20", "F50")
def test_a_page_is_written_down_before_and_after(served, agency):
    agency.rows(batas=5, wilayah="31.74", kolom="id_orang,nama")
    start, end = [one for one in served.events() if one["jenis"] in ("mulai", "selesai")]
    for event in (start, end):
        assert (event["klien"], event["hibah"], event["hibah_versi"], event["tujuan"]) == ("dinsos-klj", "klj-dinsos", 1, PURPOSE)
        assert event["kolom"] == ["id_orang", "nama"] and event["saring"] == {"wilayah": "31.74"} and event["ke"] == 1
    assert end["baris"] == 5 and end["orang"][0] == 5 and "baris" not in start
    assert not verify_audit(served.home, served.door.store).faults


@pytest.mark.feature("F50")
def test_nothing_is_served_that_can_not_be_written_down(served, agency, monkeypatch):
    def full(*_):
        raise PadananError("penuh", cure="kosongkan")

    monkeypatch.setattr("padanan.distribution.audit.append", full)
    for answer in (agency.rows(), agency.find(nik_of(101)), agency.rows(bentuk="ndjson")):
        assert (answer.status_code, answer.json()["kode"]) == (503, "layanan-belum-siap") and "NAMA" not in answer.text


@pytest.mark.feature("F50")
def test_who_had_my_data(served, agency):
    person = people_of(served.home, nik_of(101))[0]
    agency.find(nik_of(101))
    agency.find(nik_of(102))
    agency.rows(bentuk="ndjson")
    found = list(readers_of(served.door.store, ring_of(served.home), person))
    assert [(one["layanan"], one["klien"], one["hibah_versi"], one["tujuan"]) for one in found] == [
        ("cari", "dinsos-klj", 1, PURPOSE),
        ("sasaran", "dinsos-klj", 1, PURPOSE),
    ]
    with pytest.raises(PadananError, match="bukan 16 digit"):
        people_of(served.home, "1")
    with pytest.raises(PadananError, match="tidak ada pada penetapan"):
        people_of(served.home, nik_of(99_999))


@pytest.mark.feature("F50")
def test_the_readers_are_found_after_the_key_was_changed(served, agency):
    person = people_of(served.home, nik_of(101))[0]
    agency.find(nik_of(101))
    rotate(served.home, by="Uji", reason="pergantian", now=NOW)
    agency.find(nik_of(101))
    assert len(list(readers_of(served.door.store, ring_of(served.home), person))) == 2
    assert not verify_audit(served.home, served.door.store).faults


def unlocked(store):
    """The audit without its triggers, as somebody with the database's own rights has it."""
    with store.engine.begin() as con:
        if store.sqlite:
            for act in ("update", "delete"):
                con.exec_driver_sql(f"drop trigger audit_tanpa_{act}")
        else:
            con.exec_driver_sql("alter table audit disable trigger all")


def rehash(store, number, said):
    """An event written anew with a right hash of its own."""
    content = canonical(said)
    with store.engine.begin() as con:
        con.execute(sa.update(tables.audit).where(tables.audit.c.no == number).values(isi=content, hash=event_hash(content)))


def edit(store, said):
    rehash(store, 4, said[3] | {"klien": "orang-lain"})


def edit_people(store, said):
    with store.engine.begin() as con:
        con.execute(sa.update(tables.audit).where(tables.audit.c.orang.is_not(None)).values(orang=b"0" * 16))


def delete_one(store, said):
    with store.engine.begin() as con:
        con.execute(sa.delete(tables.audit).where(tables.audit.c.no == 4))


def delete_last(store, said):
    with store.engine.begin() as con:
        con.execute(sa.delete(tables.audit).where(tables.audit.c.no == len(said)))


def reorder(store, said):
    rehash(store, 3, said[3] | {"no": 3})
    rehash(store, 4, said[2] | {"no": 4})


def append_by_hand(store, said):
    content = canonical({"no": len(said) + 1, "jenis": "mulai", "permintaan": "x", "waktu": "x", "sebelum": "0" * 64})
    with store.engine.begin() as con:
        con.execute(sa.insert(tables.audit).values(no=len(said) + 1, isi=content, hash=event_hash(content)))


def all_anew(store, said):
    """The whole chain from one event on, right in itself, with its head; only the key is missing."""
    digest = said[3]["sebelum"]
    with store.engine.begin() as con:
        for event in said[3:]:
            content = canonical(event | {"klien": "orang-lain", "sebelum": digest})
            digest = event_hash(content)
            con.execute(sa.update(tables.audit).where(tables.audit.c.no == event["no"]).values(isi=content, hash=digest))
        con.execute(sa.update(tables.head).values(hash=digest))


@pytest.mark.feature("F50")
@pytest.mark.parametrize("hand", [edit, edit_people, delete_one, delete_last, reorder, append_by_hand, all_anew])
def test_any_edit_deletion_or_reordering_is_found(served, agency, hand):
    for number in (101, 102, 103):
        agency.find(nik_of(number))
    store, said = served.door.store, served.events()
    assert not verify_audit(served.home, store).faults
    unlocked(store)
    hand(store, said)
    assert verify_audit(served.home, store).faults


@pytest.mark.feature("F50")
def test_the_database_itself_refuses_to_change_an_event(served, agency):
    agency.rows()
    for statement in (sa.update(tables.audit).values(hash="0"), sa.delete(tables.audit)):
        with pytest.raises(sa.exc.DBAPIError), served.door.store.engine.begin() as con:
            con.execute(statement)


@pytest.mark.feature("F50")
def test_a_day_s_head_is_signed_and_tells_of_what_was_rolled_back(served, agency):
    agency.rows()
    path = export_head(served.home, served.door.store, NOW)
    agency.rows()
    proof = verify_audit(served.home, served.door.store)
    assert (proof.days, proof.faults) == (1, [])
    said = json.loads(path.read_text())
    # The whole state as it was before, put back with its own good head.
    unlocked(served.door.store)
    with served.door.store.engine.begin() as con:
        con.execute(sa.delete(tables.audit))
        con.execute(sa.update(tables.head).values(no=0, hash="0" * 64, kunci="", tanda=""))
        append(con, [Event("mulai", {"permintaan": "x"})] * said["no"], NOW)
    assert any("diekspor" in fault.cause for fault in verify_audit(served.home, served.door.store).faults)
    path.write_text(path.read_text().replace(said["hash"], "0" * 64))
    assert any("tanpa tanda" in fault.cause for fault in verify_audit(served.home, served.door.store).faults)


@pytest.mark.feature("F50")
def test_the_export_holds_no_pseudonyms_and_can_be_chained_by_anybody(served, agency, tmp_path):
    agency.rows()
    count = export_events(served.door.store, tmp_path / "a.ndjson", since=NOW.date(), until=NOW.date() + timedelta(days=1))
    lines = [json.loads(line) for line in (tmp_path / "a.ndjson").read_text().splitlines()]
    assert count == len(lines) == len(served.events())
    for line, following in pairwise(lines):
        digest = line.pop("hash")
        assert event_hash(canonical(line)) == digest == following["sebelum"]
    assert export_events(served.door.store, tmp_path / "b.ndjson", until=NOW.date() - timedelta(days=1)) == 0


@pytest.mark.feature("F50")
def test_many_requests_share_few_transactions_and_their_quota_is_exact(served, monkeypatch):
    """Who waits in an event loop and who waits in a thread; an event beyond the day's rows falls alone."""
    import asyncio

    writer, turns, real = AuditWriter(served.door.store), [], Store.in_turn
    monkeypatch.setattr(Store, "in_turn", lambda self: turns.append(1) or real(self))

    async def ask(number):
        await writer.adding(Event("mulai", {"permintaan": f"u-{number}"}))
        await writer.adding(Event("selesai", {"permintaan": f"u-{number}"}, b"x" * 160, grant="hibah-uji", rows=10, limit=500))

    async def everybody():
        return await asyncio.gather(*(ask(number) for number in range(120)), return_exceptions=True)

    before = len(served.events())
    found = asyncio.run(everybody())
    writer.add(Event("putus", {"permintaan": "sesudah"}))
    writer.close()
    assert [type(one).__name__ for one in found].count("QuotaSpent") == 70 and found.count(None) == 50
    assert used_rows(served.door.store, "hibah-uji", NOW) == 500
    assert len(served.events()) - before == 120 + 50 + 1 and len(turns) < 60
    assert not verify_audit(served.home, served.door.store).faults


@pytest.mark.feature("F50")
def test_nobody_is_told_before_the_transaction_stands(served, monkeypatch):
    """An answer may leave only then: the transaction is held open, and who waits, in thread or loop, waits."""
    import asyncio
    from contextlib import contextmanager

    writer, gate, real, told = AuditWriter(served.door.store), threading.Event(), Store.in_turn, []

    @contextmanager
    def held(self):
        with real(self) as con:
            yield con
            gate.wait(20)

    monkeypatch.setattr(Store, "in_turn", held)

    async def ask():
        waiting = asyncio.ensure_future(writer.adding(Event("mulai", {"permintaan": "u"})))
        await asyncio.sleep(0.3)
        told.append(waiting.done())
        gate.set()
        await waiting

    asyncio.run(ask())
    writer.close()
    assert told == [False] and served.events()[-1]["permintaan"] == "u"


WRITER = """
import sys
from padanan.base.home import Home
from padanan.distribution.audit import AuditWriter, Event
from padanan.distribution.state.store import open_store
writer = AuditWriter(open_store(Home.from_env(), sys.argv[1]))
for number in range(25):
    said = {"permintaan": f"{sys.argv[2]}-{number}"}
    writer.add(Event("mulai", said), Event("putus", said))
writer.close()
"""


@pytest.mark.lambat
@pytest.mark.feature("F50")
def test_eight_writers_make_one_chain(served, database):
    """Four processes and four threads of this one; no number twice, no fork, nothing lost."""
    import os

    env = os.environ | {"PADANAN_HOME": str(served.home.root), "PYTHONPATH": str(CHECKOUT)}
    running = [subprocess.Popen([sys.executable, "-c", WRITER, database, str(place)], env=env) for place in range(4)]

    def write(place):
        writer = AuditWriter(served.door.store)
        for number in range(25):
            writer.add(Event("mulai", {"permintaan": f"u{place}-{number}"}))
        writer.close()

    threads = [threading.Thread(target=write, args=(place,)) for place in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.wait() for one in running] == [0] * 4
    proof = verify_audit(served.home, served.door.store)
    assert (proof.events, proof.faults, proof.open_starts) == (4 * 50 + 4 * 25, [], 100)


@pytest.mark.lambat
@pytest.mark.feature("F50")
def test_a_server_killed_in_a_stream_leaves_a_start_without_an_end(decreed, database):
    """What was sent is written down as served; the request never ended, and the proof says so."""
    from padanan.distribution.shelf import publish_decree

    seal_decree(decreed, ke=2, people=90_000)
    publish_decree(decreed, seal_period())
    with serving(decreed, database) as served:
        agency = served.agency()
        served.grant(baris="sasaran", wilayah=["31"], kolom=["id_orang", "nik", "nama", "alamat"])
    with server(decreed, PADANAN_API_DB=database) as (process, url):
        token = token_of(url, agency.id, agency.secret)
        params = {"tujuan": PURPOSE, "bentuk": "ndjson"}
        with httpx.stream(
            "GET", url + f"{BASE}/sasaran", params=params, headers={"Authorization": f"Bearer {token}"}, timeout=60
        ) as answer:
            assert answer.status_code == 200
            parts = answer.iter_bytes(50_000)
            got = next(parts)
            process.kill()
            process.wait()
            with pytest.raises(httpx.TransportError):
                for part in parts:
                    got += part
    with serving(decreed, database) as served:
        events = [one for one in served.events() if one["jenis"] in ("mulai", "sajian", "selesai", "putus")]
        assert events[0]["jenis"] == "mulai" and {one["jenis"] for one in events[1:]} == {"sajian"}
        assert sum(one["baris"] for one in events[1:]) >= got.count(b"\n") > 0, "nothing was sent that is not written down"
        proof = verify_audit(decreed, served.door.store)
        assert (proof.faults, proof.open_starts) == ([], 1)


def seal_period():
    from tests.distribution.decree_by_hand import PERIODE

    return PERIODE
