"""The envelope around every message: whether one may be taken (header, signature, counts, replay), and the one we answer in.

What a message asks is judged by `search`, `subscriptions` and `transactions`; a fault here refuses the message as a whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from padanan.distribution.api.door import Door
from padanan.distribution.spdci import signing
from padanan.distribution.spdci.document import VERSION, faults, fits, moment, schema
from padanan.distribution.spdci.names import Names
from padanan.distribution.spdci.partners import Partner, first_time, partner_of
from padanan.distribution.spdci.rejected import Refused
from padanan.records.seal_keys import sealing_key

ACTIONS = {
    "search", "on-search", "subscribe", "on-subscribe", "unsubscribe", "on-unsubscribe", "notify", "txn-status", "txn-on-status",
}  # fmt: skip
ITEMS = {"search": "search_request", "subscribe": "subscribe_request", "unsubscribe": "subscription_codes"}
"""Which list of a message `total_count` counts; a question about a transaction counts as one."""
HEADER, CALLBACK = schema("MsgHeader_V1.0.0"), schema("MsgCallbackHeader_V1.0.0")
TRANSACTION = schema("SearchRequest/properties/transaction_id")
_REASONS = {
    "message_ts": "rjct.message_ts.invalid",
    "action": "rjct.action.invalid",
    "total_count": "rjct.total_count.invalid",
    "version": "rjct.version.invalid",
}


@dataclass(frozen=True)
class Taken:
    """A message that may be worked on."""

    partner: Partner
    header: Mapping[str, Any]
    message: Mapping[str, Any]
    items: int

    @property
    def uri(self) -> str | None:
        """The callback address that the message names."""
        return self.header.get("sender_uri")


def bad(why: str, reason: str | None = None) -> Refused:
    """A message that is not as specified."""
    return Refused("err.request.bad", why=why, reason=reason)


def take(envelope: Any, action: str, door: Door, client: str, names: Names, *, sync: bool) -> Taken:
    """Judges an envelope of a request; its message id is used up when nothing else was wrong.

    Args:
        client: whose token the request came with.

    Raises:
        Refused: with the specification's code.
    """
    if not isinstance(envelope, Mapping) or not isinstance(envelope.get("header"), Mapping):
        raise bad("header tidak ada.")
    header, message = envelope["header"], envelope.get("message")
    _version_and_action(header, action)
    if header.get("sender_id") != client:
        raise Refused("err.sender_id.invalid", status=403)
    if "receiver_id" in header and header["receiver_id"] != names.registri.id:
        raise Refused("err.receiver_id.invalid", status=403)
    partner = partner_of(door.store, client)
    now = door.clock()
    until = _signed(envelope, partner, names, now)
    _shaped(header, sync)
    if header.get("is_msg_encrypted") is True or fits(schema("EncryptedMessage"), message):
        raise Refused("err.encryption.invalid")
    uri = header.get("sender_uri", partner.address)
    if not sync and uri is not None and not (isinstance(uri, str) and partner.may_call(uri)):
        raise Refused("err.sender_uri.invalid")
    sent = moment(header["message_ts"])
    if sent is None or sent.timestamp() > now.timestamp() + names.tanda_tangan.tolerance:
        raise bad("message_ts belum tiba.", "rjct.message_ts.invalid")
    count = _message(message, header, action, names)
    assert isinstance(message, Mapping)
    if not first_time(door.store, client, header["message_id"], until, int(now.timestamp())):
        raise bad("message_id ini sudah dipakai.", "rjct.message_id.duplicate")
    return Taken(partner, header, message, count)


def _version_and_action(header: Mapping[str, Any], action: str) -> None:
    if header.get("version", VERSION) != VERSION:
        raise Refused("err.version.not_supported", reason="rjct.version.invalid")
    said = header.get("action")
    if not isinstance(said, str) or (said in ACTIONS and said != action):
        raise bad(f"action alamat ini adalah {action}.", "rjct.action.invalid")
    if said != action:
        raise bad("action tidak dikenal.", "rjct.action.not_supported")


def _signed(envelope: Mapping[str, Any], partner: Partner, names: Names, now: datetime) -> int:
    """Looks at the signature.

    Returns:
        Until when the message has to be remembered so that it is not taken twice.
    """
    rules, text = names.tanda_tangan, envelope.get("signature")
    # A client that was let in unsigned and gave no key: nothing can be compared.
    if not partner.must_sign and (text is None or partner.public is None):
        return int(now.timestamp()) + names.batas.remembered_days * 86400
    if text is None or text == "":
        raise Refused("err.signature.missing", status=401)
    found = signing.parse(text) if isinstance(text, str) else None
    known = found is not None and (found.sender, found.key) == (partner.client, partner.key_name)
    if found is None or not known or partner.public is None or not signing.holds(found, envelope, partner.public, rules, now):
        raise Refused("err.signature.invalid", status=401)
    return found.expires + 2 * rules.tolerance


def _shaped(header: Mapping[str, Any], sync: bool) -> None:
    wrong = {str(path[0]) for path in faults(HEADER, header) if path}
    if sync or "sender_uri" in wrong:
        # A synchronous question calls nobody back; an asynchronous one is told what is wrong with its address by its own code.
        wrong -= {"sender_uri"}
    for name, reason in _REASONS.items():
        if name in wrong:
            raise bad(f"{name} tidak sesuai.", reason)
    if wrong or not header["message_id"]:
        raise bad(f"header: {', '.join(sorted(one for one in wrong if one.isidentifier())) or 'message_id'}.")


def _message(message: Any, header: Mapping[str, Any], action: str, names: Names) -> int:
    if not isinstance(message, Mapping):
        raise bad("message tidak ada.")
    if "transaction_id" not in message or any(True for _ in faults(TRANSACTION, message["transaction_id"])):
        raise bad("transaction_id adalah teks paling banyak 99 huruf.")
    count, said = 1, int(header["total_count"])
    if (name := ITEMS.get(action)) is not None:
        if not isinstance(message.get(name), list):
            raise bad(f"{name} adalah daftar.")
        count = len(message[name])
        # Several codes of one request to end subscriptions may be counted as the one request that they are.
        if count == 0 or (said != count and not (action == "unsubscribe" and said == 1)):
            raise bad("total_count bukan banyaknya permintaan.", "rjct.total_count.invalid")
        if count > names.batas.batch:
            raise bad(f"Paling banyak {names.batas.batch} permintaan dalam satu pesan.", "rjct.total_count.limit_exceeded")
    elif said != 1:
        raise bad("total_count bukan banyaknya permintaan.", "rjct.total_count.invalid")
    return count


def take_callback(envelope: Any, action: str, door: Door, client: str, names: Names, body: str) -> None:
    """Judges what another party sends to a callback path; it is looked at and not kept.

    Raises:
        Refused: it is not what the specification says.
    """
    if not isinstance(envelope, Mapping) or not isinstance(envelope.get("header"), Mapping):
        raise bad("header tidak ada.")
    header = envelope["header"]
    _version_and_action(header, action)
    if header.get("sender_id", client) != client:
        raise Refused("err.sender_id.invalid", status=403)
    if "receiver_id" in header and header["receiver_id"] != names.registri.id:
        raise Refused("err.receiver_id.invalid", status=403)
    until = _signed(envelope, partner_of(door.store, client), names, door.clock())
    if header.get("is_msg_encrypted") is True or fits(schema("EncryptedMessage"), envelope.get("message")):
        raise Refused("err.encryption.invalid")
    if "message" not in envelope or not fits(body, envelope) or not header["message_id"]:
        raise bad("Isi pesan tidak sesuai skemanya.")
    if not first_time(door.store, client, header["message_id"], until, int(door.clock().timestamp())):
        raise bad("message_id ini sudah dipakai.")


def stamp(now: datetime) -> str:
    """A moment as the specification writes it."""
    return now.isoformat(timespec="seconds")


def new_id() -> str:
    """A fresh identifier of ours."""
    return str(uuid.uuid4())


def reply(
    door: Door,
    client: str,
    action: str,
    message: Mapping[str, Any] | None,
    names: Names,
    *,
    status: str = "succ",
    reason: str | None = None,
    why: str | None = None,
    total: int = 0,
    meta: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An envelope of ours (MsgCallbackHeader), signed."""
    now = door.clock()
    header: dict[str, Any] = {
        "version": VERSION,
        "message_id": new_id(),
        "message_ts": stamp(now),
        "action": action,
        "status": status,
        "total_count": total,
        "completed_count": total,
        "sender_id": names.registri.id,
        "receiver_id": client,
        "is_msg_encrypted": False,
        "meta": dict(meta or {}),
    }
    if reason is not None:
        header["status_reason_code"] = reason
    if why is not None:
        header["status_reason_message"] = why[:999]
    return signing.signed(header, message, sealing_key(door.home, now), names.registri.id, names.tanda_tangan, now)


def acknowledgement(door: Door, status: str, correlation: str, error: Refused | None = None) -> dict[str, Any]:
    """The receipt of an asynchronous message (Response)."""
    said: dict[str, Any] = {"ack_status": status, "timestamp": stamp(door.clock()), "correlation_id": correlation}
    if error is not None:
        said["error"] = {"code": error.code, "message": error.message[:999]}
    return {"message": said}
