"""Headers, tokens and bodies: what refuses a message as a whole, and in which of the specification's shapes that is told."""

import json

import pytest
from sqlalchemy import insert

from padanan.distribution.clients import SCOPES
from padanan.distribution.oauth import token_hash
from padanan.distribution.spdci import document, envelope, rejected, routes
from padanan.distribution.spdci.names import load_names
from padanan.distribution.state import tables
from tests.distribution.spdci.test_signatures import code_of
from tests.distribution.spdci.world import ADDRESS, NIK, NOW, Client, by_id, criterion, search

pytestmark = pytest.mark.feature("F20")
PATHS = {**routes.SYNC, **routes.ASYNC, **routes.RECEIVED}
SYNC, ASYNC = "/registry/sync/search", "/registry/search"


def status(transaction="t1", value="t1", how="transaction_id", kind="search", **more):
    asked = {"reference_id": "q1", "txn_type": kind, "attribute_type": how, "attribute_value": value, **more}
    return {"transaction_id": transaction, "txnstatus_request": asked}


MESSAGES = {
    "search": search(criterion(**by_id(NIK["a"]))),
    "txn-status": status(),
    "subscribe": {
        "transaction_id": "t1",
        "subscribe_request": [
            {
                "reference_id": "r1",
                "timestamp": NOW.isoformat(),
                "subscribe_criteria": {"reg_event_type": "REGISTER", "filter": [], "notify_record_type": "SRPerson"},
            }
        ],
    },
    "unsubscribe": {"transaction_id": "t1", "timestamp": NOW.isoformat(), "subscription_codes": ["x"]},
}


def test_the_eleven_paths_are_the_specification_s():
    assert set(PATHS) == set(document.specification()["paths"]) and len(PATHS) == 11
    for path, action in PATHS.items():
        said = document.specification()["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert said["properties"]["header"]["allOf"][1]["properties"]["action"]["enum"] == [action]
        assert action in envelope.ACTIONS


def test_the_specification_is_handed_out_as_it_is(world):
    answer = world.http.get("/registry/openapi.yaml")
    assert answer.status_code == 200 and answer.content == document.FILE.read_bytes()


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token(world, wide, path):
    for token in (None, Client("x", "unknown"), Client("x", "")):
        answer = world.post(path, {}, token)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "err.request.unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
    basic = world.post(path, {}, None, Authorization=f"Basic {wide.token}")
    assert basic.status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_tokens_that_ended_or_lack_the_scope(world, wide, path):
    with world.door.store.writing() as con:
        for name, scopes, until in (("lama", SCOPES, 1), ("kurang", ("sasaran:agregat",), 2**40)):
            con.execute(tables.token.delete().where(tables.token.c.sidik == token_hash(name)))
            con.execute(
                insert(tables.token).values(sidik=token_hash(name), klien=wide.id, lingkup=" ".join(scopes), sampai=until)
            )
    assert world.post(path, {}, Client("x", "lama")).status_code == 401
    answer = world.post(path, {}, Client("x", "kurang"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "err.request.forbidden")


@pytest.mark.parametrize("path", PATHS)
def test_too_many(world, wide, path, monkeypatch):
    limits = world.door.catalogue.batas.model_copy(update={"requests_a_minute": 1})
    monkeypatch.setattr(world.door, "catalogue", world.door.catalogue.model_copy(update={"batas": limits}))
    world.post(path, {}, wide)
    answer = world.post(path, {}, wide)
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
    if path not in routes.SYNC:
        assert code_of(answer) == "err.request.too_many_requests"
    else:
        assert answer.json()["header"]["status"] == "rjct"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"5",
        b"null",
        b'"x"',
        b"{}",
        b'{"header":5}',
        b'{"header":{}}',
        b"\xff",
        b'{"a":NaN}',
        b'"\\ud800"',
        b"[" * 5000,
        b'{"header":' + b'{"a":' * 60 + b"1" + b"}" * 61,
        b'{"header":{"total_count":1e400}}',
        b'{"header":{"total_count":9007199254740993}}',
    ],
)
def test_what_is_no_message(world, wide, path, body):
    answer = world.post(path, body, wide)
    assert answer.status_code in (200, 400)
    assert (answer.json()["header"]["status"] if path in routes.SYNC else code_of(answer)) in ("rjct", "err.request.bad")


@pytest.mark.parametrize("path", PATHS)
def test_bodies_of_another_kind_or_size(world, wide, path):
    assert world.post(path, b"<a/>", wide, **{"Content-Type": "application/xml"}).status_code == 415
    assert world.post(path, b" " * 70000, wide).status_code == 413


WRONG_HEADERS = [
    ("version", "2.0.0", "err.version.not_supported", "rjct.version.invalid"),
    ("version", 1, "err.version.not_supported", "rjct.version.invalid"),
    ("action", "subscribe", "err.request.bad", "rjct.action.invalid"),
    ("action", None, "err.request.bad", "rjct.action.invalid"),
    ("action", 5, "err.request.bad", "rjct.action.invalid"),
    ("action", "delete", "err.request.bad", "rjct.action.not_supported"),
    ("message_ts", None, "err.request.bad", "rjct.message_ts.invalid"),
    ("message_ts", "2026-03-02T09:00:00", "err.request.bad", "rjct.message_ts.invalid"),
    ("message_ts", "2026-02-30T09:00:00Z", "err.request.bad", "rjct.message_ts.invalid"),
    ("message_ts", "02/03/2026", "err.request.bad", "rjct.message_ts.invalid"),
    ("message_ts", 1772416800, "err.request.bad", "rjct.message_ts.invalid"),
    ("message_ts", "2026-03-02T09:05:01+07:00", "err.request.bad", "rjct.message_ts.invalid"),
    ("total_count", None, "err.request.bad", "rjct.total_count.invalid"),
    ("total_count", "1", "err.request.bad", "rjct.total_count.invalid"),
    ("total_count", 1.5, "err.request.bad", "rjct.total_count.invalid"),
    ("total_count", 2, "err.request.bad", "rjct.total_count.invalid"),
    ("total_count", 0, "err.request.bad", "rjct.total_count.invalid"),
    ("message_id", None, "err.request.bad", None),
    ("message_id", "", "err.request.bad", None),
    ("message_id", 7, "err.request.bad", None),
    ("meta", "", "err.request.bad", None),
    ("is_msg_encrypted", "no", "err.request.bad", None),
    ("is_msg_encrypted", True, "err.encryption.invalid", None),
]


@pytest.mark.parametrize(("field", "value", "code", "reason"), WRONG_HEADERS)
def test_every_field_of_the_header(world, wide, field, value, code, reason):
    for path in (SYNC, ASYNC):
        header = world.header(wide, "search", **{field: value})
        answer = world.post(path, world.signed(wide, header, MESSAGES["search"]), wide)
        if path == ASYNC:
            assert (answer.status_code, code_of(answer)) == (400, code)
            continue
        said = answer.json()["header"]
        assert (said["status"], said.get("status_reason_code")) == ("rjct", reason)
        assert answer.status_code == (200 if reason else 400)
        assert "message" not in answer.json() and len(said["status_reason_message"]) <= 999


@pytest.mark.parametrize("path", [*routes.SYNC, *routes.ASYNC])
def test_who_sends_and_who_receives(world, wide, path):
    action = PATHS[path]
    for field, value in (("sender_id", "sempit-uji"), ("sender_id", None), ("sender_id", 5), ("receiver_id", "registri-lain")):
        answer = world.post(path, world.signed(wide, world.header(wide, action, **{field: value}), MESSAGES[action]), wide)
        assert (answer.status_code, code_of(answer)) == (403 if path in routes.SYNC else 400, f"err.{field}.invalid")
    # Nobody has to name the receiver.
    header = world.header(wide, action, receiver_id=None)
    assert world.post(path, world.signed(wide, header, MESSAGES[action]), wide).status_code == 200


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "x",
        "https://lain.contoh.id/dci",
        ADDRESS + "x",
        ADDRESS + "/",
        ADDRESS + "/registry/on-search/..",
        ADDRESS.upper(),
        "http://siks.contoh.id/dci",
        ADDRESS + "/registry/lain",
        "https://siks.contoh.id@lain.contoh.id/dci",
        5,
        ADDRESS + "?x",
    ],
)
def test_a_callback_address_that_nobody_registered(world, wide, uri):
    for path, action in routes.ASYNC.items():
        answer = world.ask(path, wide, action, MESSAGES[action], sender_uri=uri)
        assert code_of(answer) == "err.sender_uri.invalid"
    # Nobody is called back from a synchronous question.
    assert world.ask(SYNC, wide, "search", MESSAGES["search"], sender_uri=uri).json()["header"]["status"] == "succ"


def test_the_registered_address_and_those_below_it(world, wide):
    for uri in (ADDRESS, ADDRESS + "/registry/on-search"):
        answer = world.ask(ASYNC, wide, "search", MESSAGES["search"], sender_uri=uri)
        assert answer.json()["message"]["ack_status"] == "ACK"


@pytest.mark.parametrize("path", [*routes.SYNC, *routes.ASYNC])
def test_transactions_have_at_most_99_letters(world, wide, path):
    action = PATHS[path]
    for name, good in (("t" * 99, True), ("", True), ("t" * 100, False), (None, False), (5, False), (["t"], False)):
        answer = world.ask(path, wide, action, {**MESSAGES[action], "transaction_id": name})
        assert (answer.status_code == 200) is good, (name, answer.text)
    without = {key: value for key, value in MESSAGES[action].items() if key != "transaction_id"}
    assert world.ask(path, wide, action, without).status_code == 400


@pytest.mark.parametrize("path", [*routes.SYNC, *routes.ASYNC])
@pytest.mark.parametrize("message", [None, [], "x", 5, {}, {"transaction_id": "t"}])
def test_messages_without_their_list(world, wide, path, message):
    assert world.ask(path, wide, PATHS[path], message).status_code == 400


def test_more_than_a_batch(world, wide):
    most = load_names().batas.batch
    one = {"query_type": "idtype-value", "query": {"type": "NIK", "value": "1"}}
    assert world.find(wide, *[one] * most)["header"]["status"] == "succ"
    said = world.find(wide, *[one] * (most + 1))["header"]
    assert said["status_reason_code"] == "rjct.total_count.limit_exceeded"
    message = search(*[one] * (most + 1))
    assert code_of(world.ask(ASYNC, wide, "search", message, most + 1)) == "err.request.bad"


@pytest.mark.parametrize("path", PATHS)
def test_enciphered_messages_are_not_taken(world, wide, path):
    sealed = {
        "header": {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "1"},
        "ciphertext": "x",
        "encrypted_key": "x",
        "tag": "x",
        "iv": "x",
    }
    header = world.header(wide, PATHS[path]) | ({"status": "succ"} if path in routes.RECEIVED else {})
    answer = world.post(path, world.signed(wide, header, sealed), wide)
    assert answer.status_code == 400 and "tersandi" in answer.text
    if path not in routes.SYNC:
        assert code_of(answer) == "err.encryption.invalid"


CALLBACKS = {
    "on-search": {"transaction_id": "t", "correlation_id": "c", "search_response": []},
    "on-subscribe": {"transaction_id": "t", "correlation_id": "c", "subscribe_response": []},
    "on-unsubscribe": {"transaction_id": "t", "correlation_id": "c", "timestamp": NOW.isoformat(), "status": "succ"},
    "notify": {"transaction_id": "t", "notify_event": []},
    "txn-on-status": {
        "transaction_id": "t",
        "correlation_id": "c",
        "txnstatus_response": {"txn_type": "receipt", "txn_status": {"transaction_id": "t", "receipt_information": {}}},
    },
}


@pytest.mark.parametrize("path", routes.RECEIVED)
def test_callbacks_of_others_are_looked_at_and_not_kept(world, wide, path):
    action = routes.RECEIVED[path]
    body = world.signed(wide, world.header(wide, action, status="succ"), CALLBACKS[action])
    # NACK: valid, and there is no further update from us.
    assert world.post(path, body, wide).json()["message"]["ack_status"] == "NACK"
    assert code_of(world.post(path, body, wide)) == "err.request.bad"  # once
    for wrong in (
        {"message": {"transaction_id": "t" * 100}},
        {"message": None},
        {"header": world.header(wide, action, status="done")},
        {"header": world.header(wide, action, status="succ", message_ts="kemarin")},
        {"header": world.header(wide, "search", status="succ")},
        {"header": world.header(wide, action, status="succ", message_id="")},
        {"header": world.header(wide, action, status="succ", sender_id="sempit-uji")},
        {"header": world.header(wide, action, status="succ", receiver_id="lain")},
    ):
        if action in ("on-subscribe", "on-unsubscribe") and wrong.get("header", {}).get("status") == "done":
            continue  # these two have the header of a request, which has no status
        said = {"header": world.header(wide, action, status="succ"), "message": CALLBACKS[action], **wrong}
        signed = world.signed(wide, said["header"], said["message"])
        assert world.post(path, signed, wide).json()["message"]["ack_status"] == "ERR"
    without = world.signed(wide, world.header(wide, action, status="succ"), None)
    del without["message"]
    assert code_of(world.post(path, without, wide)) in ("err.signature.invalid", "err.request.bad")


def upload(fields):
    """multipart/form-data by hand: names, contents."""
    parts = [
        f'--sekat\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
        for name, file, content in fields
    ]
    return b"".join(parts) + b"--sekat--\r\n"


@pytest.mark.parametrize("path", [*routes.ASYNC, *routes.RECEIVED])
def test_files(world, wide, path):
    action = PATHS[path]
    kind = {"Content-Type": "multipart/form-data; boundary=sekat"}

    def content():
        if path in routes.RECEIVED:
            return json.dumps(world.signed(wide, world.header(wide, action, status="succ"), CALLBACKS[action])).encode()
        return json.dumps(world.signed(wide, world.header(wide, action), MESSAGES[action])).encode()

    name = '; filename="pesan.json"\r\nContent-Type: application/octet-stream'
    good = [("action", "", action.encode()), ("fileName", name, content())]
    assert world.post(path, upload(good), wide, **kind).status_code == 200
    good[1] = ("fileName", name, content())
    assert world.post(path, upload([*good, ("fileFormat", "", b"json")]), wide, **kind).status_code == 200
    for wrong in (
        good[:1],
        good[1:],
        [*good, ("fileFormat", "", b"csv")],
        [*good, ("action", "", action.encode())],
        [("action", "", b"delete"), good[1]],
        [good[0], ("fileName", name, b"a,b\n1,2\n")],
        [],
    ):
        assert code_of(world.post(path, upload(wrong), wide, **kind)) == "err.request.bad"
    assert world.post(path, b"--x", wide, **{"Content-Type": "multipart/form-data"}).status_code == 400
    # A synchronous address lists no files.
    answer = world.post(SYNC, upload(good), wide, **kind)
    assert answer.status_code == 415


def test_a_state_that_does_not_answer_gives_no_data(world, wide, monkeypatch):
    from padanan.base.errors import PadananError

    def broken(*_):
        raise PadananError("x", cure="y")

    monkeypatch.setattr(world.door.writer, "add", broken)
    body = json.dumps(world.signed(wide, world.header(wide, "search"), MESSAGES["search"])).encode()
    token = {"Content-Type": "application/json", "Authorization": f"Bearer {wide.token}"}
    answer = world.http.post(SYNC, content=body, headers=token)
    assert answer.status_code == 503 and answer.json()["header"]["status"] == "rjct" and "message" not in answer.json()
    monkeypatch.undo()
    # It was not used up: the very same message is taken when the state answers again.
    assert world.post(SYNC, body, wide).json()["header"]["status"] == "succ"


def test_codes_are_the_specification_s():
    errors = document.specification()["components"]["schemas"]["Error"]["properties"]["code"]["enum"]
    assert set(rejected.ERRORS) <= set(errors)
    # Said by others than this interface: no address of it is looked up (404), none waits (408).
    assert set(errors) - set(rejected.ERRORS) == {"err.request.not_found", "err.request.timeout"}
