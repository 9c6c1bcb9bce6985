"""subscribe, unsubscribe, and what subscribers are told when a decree changes their grant's rows."""

import pytest
from sqlalchemy import delete, update

from padanan.distribution.shelf import Opened
from padanan.distribution.spdci import callbacks, document, subscriptions
from padanan.distribution.spdci.names import load_names
from padanan.distribution.spdci.notices import announce
from padanan.distribution.state import tables
from tests.distribution.spdci.test_callbacks import deliver
from tests.distribution.spdci.world import ADDRESS, NIK, NOW, SINCE_DECREE, by_id, expression, predicate, stated

pytestmark = pytest.mark.feature("F20")


@pytest.fixture(autouse=True)
def empty(registry):
    """Nobody subscribed to anything, nothing waits."""
    with registry.door.store.writing() as con:
        con.execute(delete(tables.spdci_outgoing))
        con.execute(delete(tables.spdci_subscription))


def wanted(event="REGISTER", record="SRPerson", **more):
    said = {"reg_event_type": event, "filter": [], "filter_type": "predicate", "notify_record_type": record, **more}
    return {name: value for name, value in said.items() if value is not None}


def request(*criteria, **more):
    items = [
        {"reference_id": f"r{number}", "timestamp": NOW.isoformat(), "subscribe_criteria": one, **more}
        for number, one in enumerate(criteria, 1)
    ]
    return {"transaction_id": "t1", "subscribe_request": items}


def subscribe(world, client, *criteria, message=None):
    """The elements of the callback's response."""
    message = message or request(*criteria)
    total = len(message["subscribe_request"])
    receipt = world.ask("/registry/subscribe", client, "subscribe", message, total).json()["message"]
    assert receipt["ack_status"] == "ACK"
    assert deliver(world) == 1
    uri, body = world.sent[0]
    assert uri == ADDRESS + "/registry/on-subscribe" and body["header"]["action"] == "on-subscribe"
    assert body["message"]["correlation_id"] == receipt["correlation_id"]
    return body["message"]["subscribe_response"]


def code(world, client, criteria):
    one = subscribe(world, client, criteria)[0]
    return one.get("status_reason_code", one["status"])


def test_a_subscription(world, wide):
    cron = {"start_time": NOW.isoformat(), "end_time": "2026-12-31T00:00:00Z", "frequency": "0 0 0 5,15 * ?"}
    one = subscribe(world, wide, wanted("spdci-common:RegistryEventType:REGISTER", frequency=cron))[0]
    said = one["subscriptions"][0]
    assert one["status"] == "succ" and said["status"] == "subscribe" and said["frequency"] == cron
    assert said["code"] == subscriptions.standing(world.door.store)[0].code and "filter" not in said
    status = {"reference_id": "q", "txn_type": "subscribe", "attribute_type": "transaction_id", "attribute_value": "t1"}
    answer = world.ask(
        "/registry/sync/txn/status", wide, "txn-status", {"transaction_id": "x", "txnstatus_request": status}
    ).json()
    assert answer["message"]["txnstatus_response"]["txn_status"]["search_response"][-1]["status"] == "succ"


def test_the_same_one_twice(world, wide, narrow):
    assert code(world, wide, wanted()) == "succ"
    assert code(world, wide, wanted()) == "rjct.event.already_subscribed"
    assert code(world, wide, wanted("NewHouseHoldMember")) == "succ"
    assert code(world, narrow, wanted()) == "succ"


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (wanted("LiveBirth"), "rjct.notify_types.invalid"),
        (wanted(5), "rjct.notify_types.invalid"),
        (wanted(None), "rjct.notify_types.invalid"),
        (wanted(record="Farmer"), "rjct.notify_types.invalid"),
        (wanted(record=None), "rjct.notify_types.invalid"),
        (wanted(filter=None), "rjct.notify_details.invalid"),
        (wanted(filter=[{}]), "rjct.notify_details.invalid"),
        (wanted(filter_type="graphql"), "rjct.notify_details.invalid"),
        (wanted(filter_type="sql"), "rjct.notify_details.invalid"),
        (wanted(filter={"type": "x", "value": {"expression": "query { x }"}}, filter_type=None), "rjct.notify_details.invalid"),
        (wanted(version="2.0.0"), "rjct.notify_details.invalid"),
        (wanted(frequency={"start_time": NOW.isoformat()}), "rjct.notify_details.invalid"),
        (wanted(frequency="daily"), "rjct.notify_details.invalid"),
        (wanted(frequency={"start_time": "x", "end_time": "y", "frequency": "* * * * *"}), "rjct.notify_details.invalid"),
        (
            wanted(frequency={"start_time": "2026-12-31T00:00:00Z", "end_time": NOW.isoformat(), "frequency": "* * * * *"}),
            "rjct.notify_details.invalid",
        ),
        (
            wanted(frequency={"start_time": NOW.isoformat(), "end_time": "2026-12-31T00:00:00Z", "frequency": "often"}),
            "rjct.notify_details.invalid",
        ),
        (wanted(filter=by_id("", "NIK")["query"], filter_type="idtype-value"), "rjct.person_id.invalid"),
        (wanted(filter=by_id("1", "PASSPORT")["query"], filter_type="idtype-value"), "rjct.person_id.invalid"),
        (wanted(filter=by_id("1", "PASSPORT")["query"], filter_type=None), "rjct.person_id.invalid"),
    ],
)
def test_what_can_not_be_subscribed_to(world, wide, criteria, expected):
    assert code(world, wide, criteria) == expected
    assert subscriptions.standing(world.door.store) == []


def test_each_request_is_judged_alone(world, wide):
    message = request(wanted(), wanted("NewHouseHoldMember"), wanted(record="Group"), wanted(record="Member"), None)
    message["subscribe_request"][1]["reference_id"] = "r1"
    message["subscribe_request"][2]["timestamp"] = "kemarin"
    message["subscribe_request"][3]["locale"] = "id"
    codes = [one.get("status_reason_code", one["status"]) for one in subscribe(world, wide, message=message)]
    assert codes == [
        "succ",
        "rjct.reference_id.duplicate",
        "rjct.timestamp.invalid",
        "rjct.notify_details.invalid",
        "rjct.notify_details.invalid",
    ]
    message["subscribe_request"][0]["reference_id"] = ""
    assert subscribe(world, wide, message=message)[0]["status_reason_code"] == "rjct.reference_id.invalid"


def test_codes_of_the_specification_are_all_reached():
    schemas = document.specification()["components"]["schemas"]
    own = {subscriptions.TYPES, subscriptions.DETAILS, subscriptions.PERSON, subscriptions.TWICE}
    common = {"rjct.reference_id.invalid", "rjct.reference_id.duplicate", "rjct.timestamp.invalid"}
    assert set(schemas["SubscribeStatusReasonCode"]["enum"]) == own | common
    ending = {subscriptions.CODE, subscriptions.REQUESTER, subscriptions.ENDED, subscriptions.TIME}
    # An unsubscribe request has no reference_id.
    assert set(schemas["UnSubscribeStatusReasonCode"]["enum"]) == ending | common


def unsubscribe(world, client, *codes, **more):
    message = {"transaction_id": "t9", "timestamp": NOW.isoformat(), "subscription_codes": list(codes), **more}
    assert world.ask("/registry/unsubscribe", client, "unsubscribe", message, len(codes)).json()["message"]["ack_status"] == "ACK"
    assert deliver(world) == 1
    uri, body = world.sent[0]
    assert uri == ADDRESS + "/registry/on-unsubscribe"
    assert body["header"]["status"] == body["message"]["status"] and "status_reason_code" not in body["header"]
    return body["message"]


def test_ending(world, wide, narrow):
    first = subscribe(world, wide, wanted())[0]["subscriptions"][0]["code"]
    second = subscribe(world, wide, wanted("NewHouseHoldMember"))[0]["subscriptions"][0]["code"]
    other = subscribe(world, narrow, wanted())[0]["subscriptions"][0]["code"]
    for codes, reason in (
        (("tidak-ada",), "rjct.subscription_code.invalid"),
        (("x" * 100,), "rjct.subscription_code.invalid"),
        ((5,), "rjct.subscription_code.invalid"),
        ((first, first), "rjct.subscription_code.invalid"),
        ((first, "tidak-ada"), "rjct.subscription_code.invalid"),
        ((first, other), "rjct.requester.invalid"),
    ):
        said = unsubscribe(world, wide, *codes)
        assert (said["status"], said["status_reason_code"]) == ("rjct", reason) and "subscription_status" not in said
    assert unsubscribe(world, wide, first, timestamp="kemarin")["status_reason_code"] == "rjct.timestamp.invalid"
    # All of it or nothing: the first one still stands.
    assert len(subscriptions.standing(world.door.store)) == 3
    said = unsubscribe(world, wide, first, second)
    assert said["status"] == "succ" and [one["status"] for one in said["subscription_status"]] == ["unsubscribe"] * 2
    assert unsubscribe(world, wide, first)["status_reason_code"] == "rjct.event.already_unsubscribed"
    assert [one.code for one in subscriptions.standing(world.door.store)] == [other]
    # And it may be subscribed to again.
    assert code(world, wide, wanted()) == "succ"


def test_several_codes_may_count_as_one_request(world, wide):
    message = {"transaction_id": "t9", "timestamp": NOW.isoformat(), "subscription_codes": ["a", "b"]}
    for total, good in ((1, True), (2, True), (3, False)):
        answer = world.ask("/registry/unsubscribe", wide, "unsubscribe", message, total)
        assert (answer.json()["message"]["ack_status"] == "ACK") is good


def notices(world, client, criteria, told=SINCE_DECREE):
    """The events that a subscription of before the newest decree is told of, and whether anything was laid."""
    assert code(world, client, criteria) == "succ"
    with world.door.store.writing() as con:
        con.execute(update(tables.spdci_subscription).values(sudah=told))

    def lay(name, content):
        return callbacks.lay_notice(world.door, name, content)

    laid = announce(world.door, load_names(), lay)
    assert announce(world.door, load_names(), lay) == 0  # once
    deliver(world)
    for uri, body in world.sent:
        assert uri == ADDRESS + "/registry/notify" and body["header"]["action"] == "notify"
    return laid, [one for _, body in world.sent for one in body["message"]["notify_event"]]


def who(events):
    """Who an event is about, and what happened."""
    found = {}
    for one in events:
        record = one["data"]["reg_records"]
        found[record["@id"].rpartition(":")[2]] = record["additional_attributes"][0]["change"]
    return found


def test_who_came_and_who_went(world, wide):
    laid, events = notices(world, wide, wanted())
    assert laid == 1 and who(events) == {"o-g": "added", "o-l": "added", "o-z": "removed"}
    by_name = {one["data"]["reg_records"]["@id"]: one for one in events}
    came = by_name["urn:padanan:orang:o-g"]["data"]
    assert (came["reg_event_type"], came["reg_record_type"]) == ("REGISTER", "SRPerson")
    assert came["reg_records"]["identifier"][0] == {"@type": "Identifier", "identifier_type": "NIK", "identifier_value": NIK["g"]}
    assert came["reg_records"]["additional_attributes"] == [{"change": "added"}, {"cause": "orang_baru"}]
    assert "reg_event_type" not in by_name["urn:padanan:orang:o-z"]["data"]


def test_only_granted_columns_and_rows_are_told(world, narrow):
    _, events = notices(world, narrow, wanted(record="Member"))
    assert who(events) == {"o-g": "added"}
    assert set(events[0]["data"]["reg_records"]) == {"@context", "@type", "@id", "member_identifier", "additional_attributes"}


def test_a_new_member_of_a_family_that_was_there(world, wide):
    _, events = notices(world, wide, wanted("NewHouseHoldMember", "Group"))
    assert len(events) == 1
    group = events[0]["data"]["reg_records"]
    assert group["@type"] == "Group" and [one["@id"] for one in group["member_list"]] == ["urn:padanan:orang:o-l"]
    assert events[0]["data"]["reg_event_type"] == "NewHouseHoldMember"


def test_a_family_is_not_told_to_who_does_not_hold_it(world, wide):
    world.book.give("luas", "dinsos-uji", kolom=["id_orang", "nik"])
    try:
        assert notices(world, wide, wanted("NewHouseHoldMember"))[1] == []
        assert len(notices(world, wide, wanted())[1]) == 3
    finally:
        world.book.give("luas", "dinsos-uji")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (predicate(stated("location", "eq", "31.75")), {"o-g": "added"}),
        (predicate(stated("location", "eq", "31.74")), {"o-l": "added", "o-z": "removed"}),
        (predicate({"expression1": stated("location", "eq", "31.74"), "condition": "not"}), {"o-g": "added"}),
        (by_id("3174000000009999"), {"o-z": "removed"}),
        (by_id(NIK["l"]), {"o-l": "added"}),
        # What a change does not say of who went can't be asked: that one is told.
        (expression({"poverty_score": {"$ge": 4}}), {"o-g": "added", "o-z": "removed"}),
        (expression({"group_size": {"$ge": 4}}), {"o-l": "added", "o-z": "removed"}),
    ],
)
def test_filters(world, wide, asked, expected):
    _, events = notices(world, wide, wanted(filter=asked["query"], filter_type=asked["query_type"]))
    assert who(events) == expected


def test_a_filter_that_the_grant_does_not_hold_tells_nothing(world, narrow):
    asked = predicate(stated("poverty_score", "ge", 0))
    assert notices(world, narrow, wanted(filter=asked["query"]))[1] == []


def test_many_events_come_in_several_messages(world, wide, monkeypatch):
    own = load_names()
    few = own.model_copy(update={"pengiriman": own.pengiriman.model_copy(update={"events": 2})})
    monkeypatch.setattr("tests.distribution.spdci.test_callbacks.load_names", lambda: few)
    _, events = notices(world, wide, wanted())
    assert len(world.sent) == 2 and len(who(events)) == 3


def test_outside_its_time_nothing_is_told(world, wide):
    cron = {"start_time": "2026-04-01T00:00:00Z", "end_time": "2026-12-31T00:00:00Z", "frequency": "* * * * *"}
    laid, events = notices(world, wide, wanted(frequency=cron))
    assert (laid, events) == (0, [])
    world.later(days=40)
    assert announce(world.door, load_names(), lambda *_: None) == 1


def test_revoked_ended_or_overtaken_nothing_is_told(world, wide, monkeypatch):
    def laid():
        with world.door.store.writing() as con:
            con.execute(update(tables.spdci_subscription).values(sudah=SINCE_DECREE))
        assert announce(world.door, load_names(), lambda name, content: callbacks.lay_notice(world.door, name, content)) == 1

    one = subscribe(world, wide, wanted())[0]["subscriptions"][0]["code"]
    laid()
    world.book.revoke("luas")
    assert deliver(world) == 0 and world.sent == []
    world.book.give("luas", "dinsos-uji")
    laid()
    before = world.door.shelf.opened
    world.door.shelf.opened = [Opened(before[0].periode, 2, before[0].facts, (), before[0].con, {})]
    assert deliver(world) == 0 and world.sent == []
    world.door.shelf.opened = before
    laid()
    world.ask(
        "/registry/unsubscribe",
        wide,
        "unsubscribe",
        {"transaction_id": "t", "timestamp": NOW.isoformat(), "subscription_codes": [one]},
    )
    deliver(world)
    assert [body["header"]["action"] for _, body in world.sent] == ["on-unsubscribe"]


def test_what_can_not_be_compared_is_not_guessed(world, wide):
    for told in ("2020-S1/1", "2025-S2/1"):
        with world.door.store.writing() as con:
            con.execute(delete(tables.spdci_subscription))
        assert notices(world, wide, wanted(), told)[1] == []
