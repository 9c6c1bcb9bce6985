"""Whatever is sent to the eleven paths: no failure of ours, every answer as specified; SQL in every parameter changes nothing."""

import hashlib
import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.distribution.spdci import document, routes
from padanan.distribution.spdci.names import load_names
from tests.distribution.spdci.test_envelopes import MESSAGES, PATHS
from tests.distribution.spdci.world import NIK, NOW, Client, by_id, criterion, expression, predicate, stated

pytestmark = pytest.mark.feature("F20")
SETTINGS = settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
SPECIFICATION = schemathesis.openapi.from_dict(json.loads(json.dumps(document.specification())))


@pytest.fixture(scope="module")
def state():
    """The embedded database is enough."""
    return None


def bodies(path):
    """Bodies as schemathesis makes them from the specification."""
    return SPECIFICATION[path]["POST"].as_strategy()


@pytest.mark.parametrize("path", PATHS)
def test_bodies_made_from_the_specification(world, wide, path):
    @SETTINGS
    @given(case=bodies(path))
    def run(case):
        world.door.window.reset()
        body = case.body
        if case.media_type != "application/json" or not isinstance(body, dict | list | str | int | float | bool | type(None)):
            return
        content = json.dumps(body).encode()
        for token in (wide, None, Client("x", "wrong")):
            answer = world.post(path, content, token)
            assert (answer.status_code == 401) is (token is not wide)
        if isinstance(body, dict) and isinstance(body.get("header"), dict):
            # The same message in a good envelope: what lies behind the signature.
            action = PATHS[path]
            header = world.header(wide, action, total=body["header"].get("total_count", 1))
            header |= {"status": "succ"} if path in routes.RECEIVED else {}
            if isinstance(body.get("message"), dict):
                for name in ("search_request", "subscribe_request", "subscription_codes"):
                    if isinstance(body["message"].get(name), list):
                        header["total_count"] = len(body["message"][name])
            try:
                signed = world.signed(wide, header, body.get("message"))
                json.dumps(signed)
            except (UnicodeEncodeError, ValueError, OverflowError):
                return
            world.post(path, signed, wide)

    run()


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**6), 10**6),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=20),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "value",
                    "expression",
                    "collection",
                    "query",
                    "$and",
                    "$or",
                    "$not",
                    "$eq",
                    "$in",
                    "age",
                    "NIK",
                    "name",
                    "expression1",
                    "expression2",
                    "condition",
                    "seq_num",
                    "attribute_name",
                    "operator",
                    "attribute_value",
                    "page_size",
                    "page_number",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_queries_sorts_and_pages_of_any_shape(world, wide):
    @settings(SETTINGS, max_examples=200)
    @given(kind=st.sampled_from(["idtype-value", "expression", "predicate"]), query=VALUES, sort=VALUES, pagination=VALUES)
    def run(kind, query, sort, pagination):
        world.door.window.reset()
        criteria = criterion(kind, sort=sort, pagination=pagination) | {"query": query}
        said = world.find(wide, criteria)
        assert said["message"]["search_response"][0]["status"] in ("succ", "rjct")

    run()


def test_numbers_are_spelled_as_ecmascript_spells_them():
    from padanan.distribution.spdci.canonical import canonical

    @settings(SETTINGS, max_examples=500)
    @given(value=st.floats(allow_nan=False, allow_infinity=False))
    def run(value):
        said = canonical([value])[1:-1]
        assert float(said) == value and "E" not in said and "e0" not in said and not said.endswith(".0")

    run()


def batched(items, size):
    """Some at a time: as many as may all be wrong in one message."""
    return [items[start : start + size] for start in range(0, len(items), size)]


ATTACKS = [
    "'; drop table sasaran; --",
    "' or 1=1 --",
    '" or ""="',
    "nik) or true --",
    "1; attach 'x' as y",
    "x'); copy sasaran to '/tmp/x",
    "\x00",
    "%",
    "_",
    "$1",
    "?",
    "{}",
    "\u202e",
    "a" * 200,
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_sql_in_every_parameter_changes_nothing(world, wide, attack):
    con = world.door.shelf.opened[0].con
    tables = con.execute("select table_name from duckdb_tables() order by 1").fetchall()
    before = con.execute("select count(*), sum(hash(s)) from sasaran s").fetchone()
    path = Path(con.execute("select path from duckdb_databases() where path is not null").fetchone()[0])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    everything = [
        by_id(attack),
        by_id(NIK["a"], attack),
        by_id(attack, "PADANAN"),
        *[predicate(stated(name, "eq", attack)) for name in load_names().atribut],
        *[predicate(stated(name, "in", [attack, attack])) for name in load_names().atribut],
    ]
    everything += [
        predicate(stated(attack, "eq", 1)),
        predicate(stated("age", attack, 1)),
        predicate({"expression1": stated("age", "eq", 1), "condition": attack}),
        expression({attack: {"$eq": 1}}),
        expression({"age": {attack: 1}}),
        expression({"name": {"$eq": attack}}),
        expression({"age": {"$eq": 1}}, attack),
        {**predicate(), "sort": [{"attribute_name": attack}]},
        {**predicate(), "sort": [{"attribute_name": "name", "sort_order": attack}]},
        {**predicate(), "pagination": {"page_size": attack}},
        {**predicate(), "response_entity": attack},
        {**predicate(), "reg_record_type": attack},
        {**predicate(), "authorize": {"purpose": {"code": attack}}},
    ]
    for some in batched(everything, 20):
        # Nothing that is compared with a text like that is anybody.
        for found in world.find(wide, *[criterion(**one) for one in some])["message"]["search_response"]:
            assert found["status"] == "rjct" or found["data"]["reg_records"] == [], (some, found)
    for field in ("message_id", "version", "action", "sender_id", "receiver_id", "sender_uri", "message_ts"):
        world.ask("/registry/search", wide, "search", MESSAGES["search"], **{field: attack})
    for how, value in (("transaction_id", attack), ("correlation_id", attack), ("reference_id_list", [attack])):
        asked = {"reference_id": attack, "txn_type": "search", "attribute_type": how, "attribute_value": value[:99]}
        world.ask("/registry/sync/txn/status", wide, "txn-status", {"transaction_id": attack[:99], "txnstatus_request": asked})
    message = {"transaction_id": "t", "timestamp": NOW.isoformat(), "subscription_codes": [attack[:99]]}
    world.ask("/registry/unsubscribe", wide, "unsubscribe", message)
    assert con.execute("select table_name from duckdb_tables() order by 1").fetchall() == tables
    assert con.execute("select count(*), sum(hash(s)) from sasaran s").fetchone() == before
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest


def test_other_methods_and_queries(world, wide):
    token = {"Authorization": f"Bearer {wide.token}"}
    for path in PATHS:
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
            assert world.http.request(method, path, headers=token).status_code == 405
