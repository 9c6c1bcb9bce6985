"""Callbacks on their way: what waits in the state database is put together, signed and sent when it is due, and tried again.

A search is answered when it is sent, not before: grant, quota and audit are those of that moment, and no record ever waits in the
database. Only a client's registered address is called.
"""

from __future__ import annotations

import http.client
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import delete, insert, select, update

from padanan.base.errors import safe_reason
from padanan.distribution.api.door import Door
from padanan.distribution.clients import BNBA, find_client
from padanan.distribution.oauth import Bearer
from padanan.distribution.spdci import box, transactions
from padanan.distribution.spdci.envelope import new_id
from padanan.distribution.spdci.names import Names, load_names
from padanan.distribution.spdci.notices import Lay, announce, noticed
from padanan.distribution.spdci.partners import partner_of
from padanan.distribution.spdci.work import Worked, answer, searched
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store

log = logging.getLogger("padanan.spdci")
SEARCH, STATUS, NOTICE, READY = "search", "status", "notice", "ready"
Send = Callable[[str, bytes, int], int]
"""Address, body and seconds to wait; returns the status of HTTP."""
# While one process sends, no other one takes the same.
_LEASE = 120
_ANSWER = 65536


@dataclass(frozen=True)
class Due:
    """One callback that somebody took to send."""

    id: str
    client: str
    action: str
    tries: int
    content: Mapping[str, Any]


def enqueue(store: Store, client: str, action: str, content: Mapping[str, Any], now: int) -> str:
    """Lays a callback into the queue, due at once.

    Args:
        content: `do` and what it needs; enciphered, since a question may name somebody.
    """
    name = new_id()
    row = {"id": name, "klien": client, "aksi": action, "dibuat": now, "coba": 0, "berikut": now}
    with store.writing() as con:
        con.execute(insert(tables.spdci_outgoing).values({**row, **box.closed(content, name)}))
    return name


def take(store: Store, now: int) -> Due | None:
    """The callback that is due longest, held by us for a while; None where nothing is."""
    own = tables.spdci_outgoing
    while True:
        with store.reading() as con:
            row = con.execute(select(own).where(own.c.berikut <= now).order_by(own.c.berikut, own.c.id).limit(1)).first()
        if row is None:
            return None
        with store.writing() as con:
            # Whoever changes it first holds it.
            place = (own.c.id == row.id) & (own.c.berikut == row.berikut)
            if con.execute(update(own).where(place).values(berikut=now + _LEASE, coba=row.coba + 1)).rowcount:
                return Due(row.id, row.klien, row.aksi, row.coba + 1, box.opened(row, row.id))


def deliver_due(door: Door, names: Names, send: Send, *, most: int = 100) -> int:
    """Sends what is due; returns how many arrived."""
    arrived = 0
    for _ in range(most):
        now = int(door.clock().timestamp())
        due = take(door.store, now)
        if due is None:
            break
        arrived += _deliver(door, due, names, send, now)
    return arrived


def _deliver(door: Door, due: Due, names: Names, send: Send, now: int) -> bool:
    partner = partner_of(door.store, due.client)
    client = find_client(door.store, due.client)
    uri = due.content.get("uri")
    if client is None or client.revoked is not None or partner.address is None or (uri and not partner.may_call(uri)):
        _over(door.store, due)
        return False
    try:
        # What follows a message is laid once it arrived: laid at each try, it would come as often as was tried.
        following = list[tuple[str, Mapping[str, Any]]]()
        worked = _composed(door, Bearer(client, client.scopes), due, names, lambda *one: following.append(one))
        if worked is None:
            _over(door.store, due)
            return False
        content = answer(door, due.client, due.action, worked, names)
        status = send(partner.target(due.action, uri), orjson.dumps(content), names.pengiriman.wait)
        if 200 <= status < 300:
            for whose, more in following:
                lay_notice(door, whose, more)
            _over(door.store, due)
            return True
        reason = f"HTTP {status}"
    except Exception as error:  # whatever stopped one callback, the others are sent
        reason = safe_reason(error)
    log.warning("panggilan balik %s ke %s belum sampai (%d): %s", due.action, due.client, due.tries, reason)
    _again(door.store, due, names, now)
    return False


def _composed(door: Door, bearer: Bearer, due: Due, names: Names, lay: Lay) -> Worked | None:
    """The message, made now; None where there is nothing to say any more."""
    content, what = due.content, due.content["do"]
    if what == SEARCH:
        if BNBA not in bearer.scopes:
            return None
        return searched(door, bearer, content["message"], content["correlation"], due.id, names)
    if what == STATUS:
        said, total = transactions.status_of(door.store, due.client, content["message"])
        return Worked(said, total)
    if what == NOTICE:
        return noticed(door, bearer, content, due.id, names, lay)
    # The header's codes are others than those of its requests: only the status is the same.
    return Worked(content["message"], content["total"], why=content["why"], rejected=content["rejected"])


def lay_notice(door: Door, client: str, content: Mapping[str, Any]) -> str:
    """Lays a notice into the queue (`notices.announce`)."""
    return enqueue(door.store, client, "notify", {**content, "do": NOTICE}, int(door.clock().timestamp()))


def announce_newest(door: Door) -> int:
    """Lays the notices of the newest decree; what a distribution asset calls after it was shown. Repeated it lays none."""
    return announce(door, load_names(), lambda client, content: lay_notice(door, client, content))


def _over(store: Store, due: Due) -> None:
    with store.writing() as con:
        con.execute(delete(tables.spdci_outgoing).where(tables.spdci_outgoing.c.id == due.id))


def _again(store: Store, due: Due, names: Names, now: int) -> None:
    """Puts it off; after the last try the row stays as a witness, without its content."""
    waits = names.pengiriman.again
    own = tables.spdci_outgoing
    values: dict[str, Any] = {"berikut": now + waits[due.tries - 1]} if due.tries <= len(waits) else {"berikut": None}
    if due.tries > len(waits):
        values |= box.closed({}, due.id)
    with store.writing() as con:
        con.execute(update(own).where(own.c.id == due.id).values(values))


def post(uri: str, body: bytes, seconds: int) -> int:
    """Sends a callback; follows no redirection: it would lead to an address that nobody registered."""
    parts = urlsplit(uri)
    assert parts.hostname is not None
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        connection.request("POST", parts.path or "/", body, {"Content-Type": "application/json", "Accept": "application/json"})
        answer = connection.getresponse()
        answer.read(_ANSWER)
        return answer.status
    finally:
        connection.close()
