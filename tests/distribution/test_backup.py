"""The API's state in a backup, restored on either kind of database: the audit goes on, nothing revoked returns unseen."""

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from padanan import cli
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.distribution.api import door
from padanan.distribution.audit import TOKEN, Event
from padanan.distribution.audit_proof import export_head, verify_audit
from padanan.distribution.clients import all_clients, revoke_client
from padanan.distribution.frequency import SharedWindow
from padanan.distribution.grants import GrantBook, revoke
from padanan.distribution.shelf import publish_decree
from padanan.distribution.state import tables
from padanan.distribution.state.copy import copy_state
from padanan.distribution.state.store import FILE, Store, open_store
from padanan.upkeep.backup import backup
from padanan.upkeep.restore import restore
from tests.conftest import new_database
from tests.distribution.agencies_by_hand import serving
from tests.distribution.decree_by_hand import PERIODE
from tests.review.decided_by_hand import PROPOSER

SAID = ["--by", "Uji", "--reason"]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request):
    return request.param


@pytest.fixture
def address(kind, request, monkeypatch):
    """Where the state is, by the setting that a server has; None: in the home."""
    if kind == "sqlite":
        monkeypatch.delenv("PADANAN_API_DB", raising=False)
        return None
    found = request.getfixturevalue("postgres_database")
    monkeypatch.setenv("PADANAN_API_DB", found)
    return found


@pytest.fixture
def another(kind, request, monkeypatch, postgres_server):
    """Points the setting at an empty database, as after the loss of the first."""

    def pointed():
        if kind == "postgresql":
            monkeypatch.setenv("PADANAN_API_DB", new_database(postgres_server))

    return pointed


@pytest.fixture
def at_work(decreed, address):
    """A home whose API has served: an agency with a grant, one without, an event of each kind, a signed head."""
    with serving(decreed, address) as found:
        found.grant()
        found.one = found.agency()
        found.other = found.agency("disdukcapil", "disdukcapil")
        assert found.one.rows().status_code == 200 and found.other.rows().status_code == 404
        export_head(decreed, found.door.store, datetime.now(JAKARTA))
        yield found


def command(home, monkeypatch, *words):
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    return cli.main(list(words))


def test_the_state_is_in_the_archive_as_of_one_moment_without_a_token(at_work, tmp_path):
    index = backup(at_work.home, tmp_path / "c.tar.gz")
    events = len(at_work.events())
    assert index["keadaan"]["kejadian"] == events and index["keadaan"]["klien"] == 2
    assert any(name.startswith("distribusi/audit/kepala-") for name in index["files"])
    shutil.unpack_archive(tmp_path / "c.tar.gz", tmp_path / "isi")
    with closing(sqlite3.connect(tmp_path / "isi" / "distribusi" / FILE)) as con:
        assert con.execute("select count(*) from token").fetchone() == (0,)
        assert con.execute("select count(*) from audit").fetchone() == (events,)


@pytest.mark.feature("F50")
def test_a_restored_audit_proves_and_goes_on_without_a_fork(at_work, tmp_path, another, monkeypatch):
    """The next event follows the last of the backup, and says itself that it comes after a restore."""
    before = at_work.events()
    backup(at_work.home, tmp_path / "c.tar.gz")
    at_work.door.close()
    another()
    home = Home(tmp_path / "pulih")
    restore(tmp_path / "c.tar.gz", home)
    with pytest.raises(PadananError, match="API ditahan"), serving(home, None):
        pass
    assert command(home, monkeypatch, "api", "serve", "--port", "1") == 1
    assert command(home, monkeypatch, "api", "resume", *SAID, "hibah dan klien dicocokkan dengan surat") == 0
    publish_decree(home, PERIODE)
    with serving(home) as again:
        answer = again.web.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(at_work.one.id, at_work.one.secret)
        )
        at_work.one.web, at_work.one.token = again.web, answer.json()["access_token"]
        assert at_work.one.rows().status_code == 200
        after = again.events()
        assert not verify_audit(home, again.door.store).faults
        export_head(home, again.door.store, datetime.now(JAKARTA))
    assert after[: len(before)] == before
    told = after[len(before)]
    assert (told["jenis"], told["kejadian"], told["oleh"]) == ("dipulihkan", len(before), "Uji")


@pytest.mark.feature("F21")
def test_what_was_revoked_after_the_backup_is_told_and_the_api_stays_shut(at_work, tmp_path, another, monkeypatch, capsys):
    backup(at_work.home, tmp_path / "c.tar.gz")
    now = datetime.now(JAKARTA)
    revoke(at_work.home, "klj-dinsos", by=PROPOSER, reason="kerja sama berakhir", now=now)
    revoke_client(at_work.door.writer, at_work.other.id, by="Uji", now=now)
    at_work.door.close()
    another()
    home = Home(tmp_path / "pulih")
    assert command(home, monkeypatch, "restore", str(tmp_path / "c.tar.gz"), "--former", str(at_work.home.root)) == 0
    told = capsys.readouterr().out
    assert "API DITAHAN" in told and "hibah klj-dinsos versi 1, klien dinsos-klj" in told and "HIDUP KEMBALI" in told
    assert "hibah klj-dinsos: sebelumnya versi 2 dicabut, sekarang versi 1 berlaku" in told
    if not at_work.door.store.sqlite:  # the first database can't be read any more, its clients neither
        assert "klien disdukcapil: sebelumnya" not in told
    else:
        assert f"klien disdukcapil: sebelumnya dicabut {now.date()}, sekarang hidup, rahasia sampai" in told
    assert "padanan api publish --periode 2025-S2" in told
    # It lives again, as told; the door is shut until somebody has looked and revoked it once more.
    assert not GrantBook(home).all()["klj-dinsos"].revoked
    with pytest.raises(PadananError, match="API ditahan"), serving(home):
        pass


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_database_that_was_not_lost_is_kept_with_all_that_came_later(at_work, tmp_path, monkeypatch, capsys):
    backup(at_work.home, tmp_path / "c.tar.gz")
    at_work.grant(sampai=(datetime.now(JAKARTA).date() + timedelta(days=10)).isoformat())
    assert at_work.one.rows().status_code == 200
    revoke_client(at_work.door.writer, at_work.other.id, by="Uji", now=datetime.now(JAKARTA))
    events = at_work.events()
    home = Home(tmp_path / "pulih")
    assert command(home, monkeypatch, "restore", str(tmp_path / "c.tar.gz")) == 0
    told = capsys.readouterr().out
    assert "dilanjutkan" in told and "klien disdukcapil: dicabut" in told
    assert "hibah klj-dinsos: versi 2 sudah dipakai sesudah cadangan, yang dipulihkan versi 1" in told
    assert at_work.events() == events and not (home.distribusi / FILE).exists()


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_database_of_another_audit_stops_the_restore_and_nothing_is_put_into_place(at_work, tmp_path, another):
    backup(at_work.home, tmp_path / "c.tar.gz")
    another()
    with serving(at_work.home) as stranger:
        stranger.agency("lain-klj")
        for _ in range(5):
            stranger.web.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("lain-klj", "x"))
    home = Home(tmp_path / "pulih")
    with pytest.raises(PadananError, match="catatan akses lain") as told:
        restore(tmp_path / "c.tar.gz", home)
    assert "PADANAN_API_DB" in told.value.cure and not home.root.exists()


def test_a_broken_audit_is_told_and_not_opened(at_work, tmp_path, another, monkeypatch, capsys):
    """Restored all the same: the decrees of a home must not wait for it."""
    path = next((at_work.home.distribusi / "audit").glob("kepala-*.json"))
    path.write_text(path.read_text().replace('"no"', '"nO"'))
    backup(at_work.home, tmp_path / "c.tar.gz")
    at_work.door.close()
    another()
    home = Home(tmp_path / "pulih")
    assert command(home, monkeypatch, "restore", str(tmp_path / "c.tar.gz")) == 1
    assert "kepala harian berubah" in capsys.readouterr().err
    assert command(home, monkeypatch, "api", "resume", *SAID, "sudah diperiksa bersama") == 1


def test_a_door_that_can_not_open_lets_go_of_what_it_had_opened(decreed, address, monkeypatch):
    closed = []
    monkeypatch.setattr(Store, "close", lambda self: closed.append("keadaan"))
    monkeypatch.setattr(SharedWindow, "close", lambda self: closed.append("jendela"))
    monkeypatch.setattr(door, "AuditWriter", lambda store: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        door.open_door(decreed, "https://api.contoh.go.id", database=address)
    assert closed == ["jendela", "keadaan"]


def test_the_copy_alone_is_of_either_kind_too(at_work, tmp_path, monkeypatch):
    target = tmp_path / "keadaan-salinan.sqlite"
    assert command(at_work.home, monkeypatch, "api", "backup", str(target)) == 0
    store = open_store(Home(tmp_path / "lain").ensure(), f"sqlite:///{target}")
    assert [one.id for one in all_clients(store)] == ["dinsos-klj", "disdukcapil"]
    with store.reading() as con:
        assert con.execute(tables.token.select()).first() is None
    assert verify_audit(at_work.home, store).events == len(at_work.events())
    store.close()


def test_a_home_without_an_api_is_restored_without_a_word_of_it(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("PADANAN_API_DB", raising=False)
    home = Home(tmp_path / "data").ensure()
    assert backup(home, tmp_path / "c.tar.gz")["keadaan"] is None
    assert command(Home(tmp_path / "pulih"), monkeypatch, "restore", str(tmp_path / "c.tar.gz")) == 0
    assert "API" not in capsys.readouterr().out


def test_a_copy_of_an_api_at_work_is_of_one_moment(at_work, tmp_path):
    """Events come while it is copied: its head is its own last event, in every copy."""
    ending = threading.Event()

    def busy():
        while not ending.is_set():
            at_work.door.writer.add(Event(TOKEN, {"permintaan": "uji", "klien": "uji", "lingkup": "uji"}))

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(6):
            target = tmp_path / f"{number}.sqlite"
            copy_state(at_work.home, target)
            with closing(open_store(at_work.home, f"sqlite:///{target}")) as store:
                proof = verify_audit(at_work.home, store)
                assert not proof.faults and proof.events
    finally:
        ending.set()
        for thread in threads:
            thread.join()
