"""Asynchronous questions: receipt, callback, another try, and what may wait in the state database meanwhile."""

import http.server
import json
import threading

import pytest
from sqlalchemy import delete, select

from padanan.base.sshsig import load_seal_key, seal_key_file
from padanan.distribution.clients import revoke_client
from padanan.distribution.spdci import box, callbacks, document, signing
from padanan.distribution.spdci.names import load_names
from padanan.distribution.spdci.partners import register
from padanan.distribution.state import tables
from tests.distribution.spdci.test_envelopes import status
from tests.distribution.spdci.world import ADDRESS, NIK, NOW, by_id, criterion, predicate, search, stated

pytestmark = pytest.mark.feature("F20")
ASYNC = "/registry/search"


@pytest.fixture(autouse=True)
def empty(registry):
    """Nothing waits from the test before."""
    with registry.door.store.writing() as con:
        con.execute(delete(tables.spdci_outgoing))


def deliver(world):
    """Sends what is due; what was sent, each compared with the specification of its path and with its signature."""
    world.sent.clear()
    arrived = callbacks.deliver_due(world.door, load_names(), world.send)
    public = load_seal_key(seal_key_file()).private.public_key().public_bytes_raw()
    for uri, body in world.sent:
        path = "/registry" + uri.rpartition("/registry")[2] if "/registry" in uri else None
        if path is not None:
            assert list(document.faults(document.body_of(path), body)) == []
        assert signing.holds(signing.parse(body["signature"]), body, public, load_names().tanda_tangan, world.door.clock())
        assert (body["header"]["sender_id"], body["header"]["is_msg_encrypted"]) == ("padanan", False)
    return arrived


def ask(world, client, **more):
    answer = world.ask(ASYNC, client, "search", search(criterion(**by_id(NIK["a"]))), **more)
    assert answer.status_code == 200
    return answer.json()["message"]


def test_a_search_is_received_and_answered_by_a_callback(world, wide):
    receipt = ask(world, wide)
    assert receipt["ack_status"] == "ACK" and "error" not in receipt and document.moment(receipt["timestamp"])
    assert deliver(world) == 1
    uri, body = world.sent[0]
    assert uri == ADDRESS + "/registry/on-search"
    assert (body["header"]["action"], body["header"]["status"], body["header"]["receiver_id"]) == ("on-search", "succ", wide.id)
    assert body["message"]["correlation_id"] == receipt["correlation_id"] and body["message"]["transaction_id"] == "t1"
    assert body["message"]["search_response"][0]["data"]["reg_records"][0]["name"]["given_name"] == "Sri"
    assert deliver(world) == 0


def test_it_goes_to_the_address_that_was_named(world, wide):
    ask(world, wide, sender_uri=ADDRESS + "/registry/on-search")
    ask(world, wide, sender_uri=ADDRESS)
    assert deliver(world) == 2
    assert {uri for uri, _ in world.sent} == {ADDRESS + "/registry/on-search"}


def test_faults_are_told_in_the_callback(world, wide):
    world.ask(ASYNC, wide, "search", search(criterion("predicate", [{}])))
    deliver(world)
    assert world.sent[0][1]["message"]["search_response"][0]["status_reason_code"] == "rjct.filter.invalid"
    most = load_names().batas.errors + 1
    world.ask(ASYNC, wide, "search", search(*[criterion("predicate", [{}])] * most), most)
    deliver(world)
    header = world.sent[0][1]["header"]
    assert (header["status"], header["status_reason_code"]) == ("rjct", "rjct.errors.too_many")
    assert "message" not in world.sent[0][1]


def test_without_an_address_nothing_follows(world):
    silent = world.client("tanpa-alamat", address=None)
    world.book.give("diam", silent.id)
    assert ask(world, silent)["ack_status"] == "NACK"
    assert deliver(world) == 0


def test_the_grant_of_the_moment_of_sending_counts(world, wide):
    ask(world, wide)
    world.book.revoke("luas")
    try:
        deliver(world)
        assert world.sent[0][1]["message"]["search_response"][0]["data"]["reg_records"] == []
    finally:
        world.book.give("luas", "dinsos-uji")


def test_a_revoked_client_or_address_hears_nothing_more(world):
    gone = world.client("akan-dicabut")
    world.book.give("akan", gone.id)
    ask(world, gone)
    revoke_client(world.door.writer, gone.id, by="uji", now=NOW)
    assert deliver(world) == 0 and world.sent == []
    moved = world.client("pindah-uji")
    world.book.give("pindah", moved.id)
    ask(world, moved, sender_uri=ADDRESS)
    register(
        world.door.writer,
        client=moved.id,
        by="uji",
        now=NOW,
        key_name="k",
        public=moved.public,
        address="https://lain.contoh.id",
    )
    assert deliver(world) == 0 and world.sent == []


@pytest.mark.parametrize("answer", [500, 302, 404, 199])
def test_what_does_not_arrive_is_tried_again_later_and_later(world, wide, answer):
    ask(world, wide)
    world.answer, waits = answer, load_names().pengiriman.again
    for wait in waits:
        assert deliver(world) == 0 and len(world.sent) == 1
        world.later(seconds=wait - 1)
        assert deliver(world) == 0 and world.sent == []
        world.later(seconds=1)
    assert deliver(world) == 0 and len(world.sent) == 1
    # Given up: a witness stays, its content does not.
    world.later(days=2)
    world.answer = 200
    assert deliver(world) == 0 and world.sent == []
    with world.door.store.reading() as con:
        row = con.execute(select(tables.spdci_outgoing)).one()
    assert row.berikut is None and box.opened(row, row.id) == {}


def test_a_connection_that_fails_stops_no_other(world, wide, narrow):
    ask(world, wide)
    ask(world, narrow)

    def broken(uri, body, seconds):
        world.sent.append((uri, json.loads(body)))
        if len(world.sent) == 1:
            raise OSError(f"no route to {NIK['a']}")
        return 204

    assert callbacks.deliver_due(world.door, load_names(), broken) == 1 and len(world.sent) == 2


def test_two_processes_do_not_send_the_same(world, wide):
    ask(world, wide)
    now = int(world.door.clock().timestamp())
    assert callbacks.take(world.door.store, now) is not None
    assert callbacks.take(world.door.store, now) is None
    # One that died with it is followed by another one.
    assert callbacks.take(world.door.store, now + 3600) is not None


def test_of_two_that_see_the_same_one_takes_it(world, wide):
    ask(world, wide)
    now, store = int(world.door.clock().timestamp()), world.door.store

    class Slower:
        """A process that is overtaken between looking and taking."""

        reading, sqlite, first = store.reading, store.sqlite, None

        def writing(self):
            if self.first is None:
                self.first = callbacks.take(store, now)
            return store.writing()

    slower = Slower()
    assert callbacks.take(slower, now) is None and slower.first is not None


def test_nobody_stands_in_the_state_database(world, wide):
    query = predicate(stated("name", "eq", "Sri Rahasia"), stated("NIK", "eq", NIK["b"]))
    message = search(criterion(**query), transaction=NIK["c"])
    message["search_request"][0]["reference_id"] = NIK["d"]
    world.ask(ASYNC, wide, "search", message, message_id=NIK["e"])
    secrets = [NIK[one].encode() for one in "bcde"] + [b"Sri Rahasia"]
    if not world.door.store.sqlite:
        with world.door.store.reading() as con:
            said = [str(con.execute(select(table)).all()) for table in tables.metadata.sorted_tables]
        assert not [secret for secret in secrets for one in said if secret.decode() in one]
    files = [one for one in world.door.home.root.rglob("*") if one.is_file()]
    for one in files:
        content = one.read_bytes()
        assert not [secret for secret in secrets if secret in content], one
    deliver(world)
    assert world.sent[0][1]["message"]["transaction_id"] == NIK["c"]


def test_what_is_kept_can_not_be_moved_to_another_row(world, wide):
    from padanan.base.errors import PadananError

    ask(world, wide)
    with world.door.store.reading() as con:
        row = con.execute(select(tables.spdci_outgoing)).one()
    assert box.opened(row, row.id)["do"] == "search"
    with pytest.raises(PadananError):
        box.opened(row, "another")


def test_posting_follows_no_redirection(world):
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.path, self.rfile.read(int(self.headers["Content-Length"])), self.headers["Content-Type"]))
            self.send_response(302 if self.path == "/away" else 202)
            self.send_header("Location", "/other")
            self.end_headers()

        def log_message(self, *_):
            """Quiet."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        base = f"http://127.0.0.1:{server.server_port}"
        assert callbacks.post(f"{base}/dci/registry/on-search", b"{}", 5) == 202
        assert callbacks.post(f"{base}/away", b"{}", 5) == 302
    finally:
        server.shutdown()
        server.server_close()
    assert seen == [("/dci/registry/on-search", b"{}", "application/json"), ("/away", b"{}", "application/json")]


def test_the_server_sends_by_itself(world, wide, monkeypatch):
    from fastapi.testclient import TestClient

    from padanan.distribution.api.app import create_app
    from padanan.distribution.spdci import routes

    arrived = threading.Event()
    monkeypatch.setattr(routes, "_SECONDS", 0.01)
    monkeypatch.setattr(callbacks, "post", lambda *_: arrived.set() or 200)
    ask(world, wide)
    with TestClient(create_app(world.door)):
        assert arrived.wait(20)


def told(world, client, **asked):
    """TxnStatusResponse's inner answer."""
    answer = world.ask("/registry/sync/txn/status", client, "txn-status", status(**asked)).json()
    assert answer["header"]["action"] == "txn-on-status" and answer["header"]["status"] == "succ"
    return answer["message"]["txnstatus_response"]


def test_what_became_of_a_transaction(world, wide, narrow):
    good, wrong = criterion(**by_id(NIK["a"])), criterion("predicate", [{}])
    message = search(good, wrong, transaction="urusan")
    for number, one in enumerate(message["search_request"]):
        one["reference_id"] = f"urusan-{number}"
    receipt = world.ask(ASYNC, wide, "search", message, 2).json()["message"]
    asked = [
        {"value": "urusan"},
        {"value": receipt["correlation_id"], "how": "correlation_id"},
        {"value": ["urusan-0", "urusan-1"], "how": "reference_id_list"},
    ]
    for one in asked[:2]:
        said = told(world, wide, **one)["txn_status"]
        assert (said["transaction_id"], said["correlation_id"]) == ("urusan", receipt["correlation_id"])
        assert [item["status"] for item in said["search_response"]] == ["rcvd", "rcvd"]
    deliver(world)
    for one in asked:
        said = told(world, wide, **one)
        last = said["txn_status"]["search_response"][-2:]
        assert said["txn_type"] == "search"
        assert [item.get("status_reason_code", item["status"]) for item in last] == ["succ", "rjct.filter.invalid"]
        assert last[0]["pagination"]["total_count"] == 1 and "data" not in last[0]
    # Of another client, of another kind, and unknown: nothing there, told alike.
    other = {**asked[0], "kind": "subscribe"}
    for client, more in ((narrow, asked[0]), (narrow, asked[1]), (wide, {"value": "lain"}), (wide, other)):
        assert told(world, client, **more)["txn_status"]["search_response"] == []
    only = told(world, wide, value=["urusan-1"], how="reference_id_list")["txn_status"]["search_response"]
    assert {item["reference_id"] for item in only} == {"urusan-1"}


def test_the_status_by_callback_and_of_a_synchronous_search(world, wide):
    world.ask("/registry/sync/search", wide, "search", search(criterion(**by_id(NIK["a"])), transaction="langsung"))
    answer = world.ask("/registry/txn/status", wide, "txn-status", status(value="langsung"))
    assert answer.json()["message"]["ack_status"] == "ACK"
    deliver(world)
    uri, body = world.sent[0]
    assert uri == ADDRESS + "/registry/txn/on-status" and body["header"]["action"] == "txn-on-status"
    assert body["message"]["txnstatus_response"]["txn_status"]["search_response"][-1]["status"] == "succ"


def test_a_receipt_names_nobody(world, wide):
    world.find(wide, criterion(**by_id(NIK["a"])))
    said = told(world, wide, kind="receipt")
    assert said == {"txn_type": "receipt", "txn_status": {"transaction_id": "t1", "receipt_information": {}}}


@pytest.mark.parametrize("path", ["/registry/sync/txn/status", "/registry/txn/status"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "sale"},
        {"how": "name"},
        {"how": "reference_id_list", "value": "r1"},
        {"how": "reference_id_list", "value": []},
        {"how": "reference_id_list", "value": [1]},
        {"how": "transaction_id", "value": ["t1"]},
        {"how": "transaction_id", "value": "t" * 100},
        {"how": "correlation_id", "value": "t" * 100},
        {"value": ""},
        {"value": 5},
        {"locale": "id"},
        {"locale": "INDO"},
    ],
)
def test_a_question_that_is_not_as_specified(world, wide, path, wrong):
    answer = world.ask(path, wide, "txn-status", status(**wrong))
    assert answer.status_code == 400
    for field in ("reference_id", "txn_type", "attribute_type", "attribute_value"):
        message = status()
        del message["txnstatus_request"][field]
        assert world.ask(path, wide, "txn-status", message).status_code == 400


def test_statuses_are_forgotten_in_time(world, wide):
    world.find(wide, criterion(**by_id(NIK["a"])))
    world.later(days=load_names().pengiriman.kept_days + 1)
    world.find(wide, criterion(**by_id(NIK["a"])), message_id="besok")
    with world.door.store.reading() as con:
        assert len(con.execute(select(tables.spdci_transaction)).all()) == 1
        assert len(con.execute(select(tables.spdci_reference)).all()) == 1
