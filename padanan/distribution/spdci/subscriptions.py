"""Subscriptions to what a decree changes for a grant: taken, listed and ended; what is asked lies enciphered in the state.

When subscribers are told, and of what, is `notices`'; a subscription opens nothing that its grant does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from padanan.base.period import JAKARTA
from padanan.distribution.api.door import Door
from padanan.distribution.clients import Client
from padanan.distribution.gate import Ask
from padanan.distribution.oauth import Bearer
from padanan.distribution.spdci import box, records, transactions
from padanan.distribution.spdci.canonical import canonical
from padanan.distribution.spdci.document import VERSION, faults, moment, schema
from padanan.distribution.spdci.envelope import new_id, stamp
from padanan.distribution.spdci.names import Names, tail
from padanan.distribution.spdci.query import IDTYPE, read_query
from padanan.distribution.spdci.rejected import Rejected
from padanan.distribution.spdci.search import judge_item, purpose_of
from padanan.distribution.spdci.work import Worked, rejected_item
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store

CRITERIA = schema("SubscribeRequest/properties/subscribe_request/items/properties/subscribe_criteria")
EVENTS = ("REGISTER", "NewHouseHoldMember")
"""`reg_event_type` of NotifyEventRequest: somebody is new, somebody is new in a family that is there."""
TYPES, DETAILS, PERSON, TWICE = (
    "rjct.notify_types.invalid", "rjct.notify_details.invalid", "rjct.person_id.invalid", "rjct.event.already_subscribed",
)  # fmt: skip
CODE, REQUESTER, ENDED, TIME = (
    "rjct.subscription_code.invalid", "rjct.requester.invalid", "rjct.event.already_unsubscribed", "rjct.timestamp.invalid",
)  # fmt: skip
# Quartz writes six or seven fields, cron five; they are looked at for their shape: decrees, not clocks, are told of.
_CRON = re.compile(r"[0-9A-Za-z*/?,#LW-]{1,60}( [0-9A-Za-z*/?,#LW-]{1,60}){4,6}")


@dataclass(frozen=True)
class Subscription:
    """One subscription as it stands; `asked` is what `subscribe_criteria` said."""

    code: str
    client: str
    asked: Mapping[str, Any]
    purpose: str | None
    begun: int
    ended: int | None
    told: str | None

    @property
    def event(self) -> str:
        """Which event it is about."""
        return tail(self.asked["reg_event_type"])

    def within(self, now: datetime) -> bool:
        """Whether a notice may be sent at this moment."""
        said = self.asked.get("frequency")
        if said is None:
            return True
        start, end = moment(said["start_time"]), moment(said["end_time"])
        assert start is not None and end is not None
        return start <= now <= end

    def info(self) -> dict[str, Any]:
        """SubscriptionInfo, without the filter: it may name somebody."""
        fields = ("reg_type", "reg_event_type", "frequency", "filter_type", "notify_record_type")
        begun = datetime.fromtimestamp(self.begun, JAKARTA)
        status = "subscribe" if self.ended is None else "unsubscribe"
        said = {"version": VERSION, "code": self.code, "status": status, "timestamp": stamp(begun)}
        return said | {name: self.asked[name] for name in fields if name in self.asked}


def subscribed(door: Door, bearer: Bearer, message: Mapping[str, Any], correlation: str, names: Names) -> Worked:
    """SubscribeResponse to a message; each request is judged alone."""
    items, seen, now = list[dict[str, Any]](), set[str](), door.clock()
    for item in message["subscribe_request"]:
        try:
            reference = judge(item, seen, names)
            taken = _take(door, bearer, item["subscribe_criteria"], now, names)
            items.append({"reference_id": reference, "timestamp": stamp(now), "status": "succ", "subscriptions": [taken.info()]})
        except Rejected as error:
            items.append(rejected_item(item, error, stamp(now)))
    kept = [{name: value for name, value in one.items() if name != "subscriptions"} for one in items]
    said = message["transaction_id"]
    transactions.remember(door.store, bearer.client.id, transactions.SUBSCRIBE, said, correlation, kept, now, names)
    return Worked({"transaction_id": said, "correlation_id": correlation, "subscribe_response": items}, len(items))


def judge(item: Any, seen: set[str], names: Names) -> str:
    """What is common to each request; faults that have no code of their own among these responses are `notify_details`.

    Raises:
        Rejected: see `search.judge_item`.
    """
    try:
        return judge_item(item, seen, names, "subscribe_criteria")
    except Rejected as error:
        own = error.code.startswith(("rjct.reference_id", "rjct.timestamp"))
        raise error if own else Rejected(DETAILS, error.message) from None


def _take(door: Door, bearer: Bearer, criteria: Mapping[str, Any], now: datetime, names: Names) -> Subscription:
    _judged(criteria, names)
    purpose = _permitted(door, bearer, criteria)
    kept = {"asked": dict(criteria), "purpose": purpose}
    mark = box.digest("langganan", bearer.client.id, canonical({**criteria, "authorize": purpose}))
    code = new_id()
    decrees = door.shelf.periods()
    told = f"{decrees[0].periode.label}/{decrees[0].ke}" if decrees else None
    begun = int(now.timestamp())
    values = {"kode": code, "klien": bearer.client.id, "sidik": mark, "dibuat": begun, "sudah": told}
    try:
        with door.store.writing() as con:
            con.execute(insert(tables.spdci_subscription).values({**values, **box.closed(kept, code)}))
    except IntegrityError:
        raise Rejected(TWICE, "Langganan yang sama masih berlaku.") from None
    return Subscription(code, bearer.client.id, criteria, purpose, begun, None, told)


def _judged(criteria: Mapping[str, Any], names: Names) -> None:
    wrong = {str(path[0]) if path else "" for path in faults(CRITERIA, criteria)} - {"filter"}
    if wrong & {"reg_event_type", "notify_record_type", "reg_type"}:
        raise Rejected(TYPES, "reg_event_type dan notify_record_type adalah teks.")
    if wrong or "filter" not in criteria or criteria.get("version", VERSION) != VERSION:
        raise Rejected(
            DETAILS, f"Tidak sesuai spesifikasi: {', '.join(sorted(one for one in wrong if one.isidentifier())) or 'filter'}."
        )
    if tail(criteria["reg_event_type"]) not in EVENTS or tail(criteria["notify_record_type"]) not in records.ENTITIES:
        raise Rejected(TYPES, "Peristiwa REGISTER atau NewHouseHoldMember; jenis catatan SRPerson, Member atau Group.")
    if (said := criteria.get("frequency")) is not None:
        start, end = moment(said["start_time"]), moment(said["end_time"])
        if start is None or end is None or start >= end or not _CRON.fullmatch(said["frequency"]):
            raise Rejected(DETAILS, "frequency: start_time sebelum end_time, dan pernyataan cron.")
    try:
        read_query(filter_kind(criteria), criteria["filter"], names)
    except Rejected as error:
        raise Rejected(PERSON if filter_kind(criteria) == IDTYPE else DETAILS, error.message) from None


def filter_kind(criteria: Mapping[str, Any]) -> str:
    """`filter_type`; where it is not said, what the filter looks like."""
    said = criteria.get("filter_type")
    if isinstance(said, str):
        return said
    found = criteria["filter"]
    if isinstance(found, list):
        return "predicate"
    inner = found.get("value") if isinstance(found, Mapping) else None
    return "expression" if isinstance(inner, Mapping) and "expression" in inner else IDTYPE


def _permitted(door: Door, bearer: Bearer, criteria: Mapping[str, Any]) -> str | None:
    """The purpose; a client without a grant may subscribe and hears nothing, as one whose grant shows no change."""
    try:
        return purpose_of(criteria, door, bearer.client, "perubahan")
    except Rejected as error:
        raise Rejected(DETAILS, error.message) from None


def ask_of(one: Subscription) -> Ask:
    """What a notice reads: the changes, under the grant as it stands then."""
    return Ask("perubahan", one.purpose)


def standing(store: Store, client: str | None = None) -> list[Subscription]:
    """Every subscription that was not ended, oldest first."""
    own = tables.spdci_subscription.c
    place = own.berhenti.is_(None) if client is None else own.berhenti.is_(None) & (own.klien == client)
    with store.reading() as con:
        rows = con.execute(select(tables.spdci_subscription).where(place).order_by(own.dibuat, own.kode)).all()
    return [_subscription(row) for row in rows]


def find(store: Store, code: str) -> Subscription | None:
    """A subscription by its code, ended ones too."""
    with store.reading() as con:
        row = con.execute(select(tables.spdci_subscription).where(tables.spdci_subscription.c.kode == code)).first()
    return None if row is None else _subscription(row)


def _subscription(row: Any) -> Subscription:
    kept = box.opened(row, row.kode)
    return Subscription(row.kode, row.klien, kept["asked"], kept["purpose"], row.dibuat, row.berhenti, row.sudah)


def told(store: Store, code: str, decree: str) -> None:
    """A subscription's newest decree is this one now."""
    with store.writing() as con:
        own = tables.spdci_subscription
        con.execute(update(own).where(own.c.kode == code).values(sudah=decree))


def unsubscribed(door: Door, client: Client, message: Mapping[str, Any], correlation: str) -> Worked:
    """UnSubscribeResponse: all the codes end, or none does."""
    now = door.clock()
    said: dict[str, Any] = {
        "transaction_id": message["transaction_id"], "correlation_id": correlation, "timestamp": stamp(now), "status": "succ",
    }  # fmt: skip
    try:
        codes = _codes(message)
        found = [find(door.store, one) for one in codes]
        _endable(found, client.id)
        own = tables.spdci_subscription
        with door.store.writing() as con:
            place = own.c.kode.in_(codes) & (own.c.klien == client.id) & own.c.berhenti.is_(None)
            con.execute(update(own).where(place).values(berhenti=int(now.timestamp()), sidik=own.c.kode))
        said["subscription_status"] = [{"code": one, "status": "unsubscribe"} for one in codes]
    except Rejected as error:
        said |= {"status": "rjct", "status_reason_code": error.code, "status_reason_message": error.message}
        return Worked(said, 1, why=error.message, rejected=True)
    return Worked(said, len(codes))


def _codes(message: Mapping[str, Any]) -> list[str]:
    if moment(message.get("timestamp")) is None:
        raise Rejected(TIME, "timestamp ditulis menurut ISO 8601 dengan zona waktu.")
    codes = message["subscription_codes"]
    if not all(isinstance(one, str) and 0 < len(one) <= 99 for one in codes) or len(set(codes)) != len(codes):
        raise Rejected(CODE, "Kode langganan adalah teks 1 sampai 99 huruf, tidak berulang.")
    return list(codes)


def _endable(found: list[Subscription | None], client: str) -> None:
    if any(one is None for one in found):
        raise Rejected(CODE, "Kode langganan tidak dikenal.")
    there = [one for one in found if one is not None]
    # A code is a random number: who has another's code does not learn from this that it is one.
    if any(one.client != client for one in there):
        raise Rejected(REQUESTER, "Langganan itu bukan milik klien ini.")
    if any(one.ended is not None for one in there):
        raise Rejected(ENDED, "Langganan itu sudah berhenti.")
