"""What became of a message: its requests' statuses and counts, kept enciphered and without any record, and asked by txn/status.

Which status a request gets is decided by `work`; a transaction is told to the client alone that sent it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from padanan.distribution.spdci import box
from padanan.distribution.spdci.document import faults, fits, schema
from padanan.distribution.spdci.envelope import bad, new_id
from padanan.distribution.spdci.names import Names
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store

SEARCH, SUBSCRIBE, RECEIPT = "search", "subscribe", "receipt"
_REQUEST = schema("TxnStatusRequest")
_CODES = "/components/schemas/SearchStatusReasonCode"
_IDS = schema("SearchRequest/properties/transaction_id")
_MOST = 500


def remember(
    store: Store,
    client: str,
    kind: str,
    transaction_id: str,
    correlation: str,
    items: Sequence[Mapping[str, Any]],
    now: datetime,
    names: Names,
) -> None:
    """Keeps the statuses of a message's requests; of a message that is known already the new ones.

    Args:
        items: elements of a response, without their data.
    """
    moment = int(now.timestamp() * 1000)
    kept = {"transaction_id": transaction_id, "items": [dict(one) for one in items]}
    transaction, reference = tables.spdci_transaction.c, tables.spdci_reference.c
    with store.writing() as con:
        old = moment - names.pengiriman.kept_days * 86_400_000
        gone = select(transaction.korelasi).where(transaction.waktu < old)
        con.execute(delete(tables.spdci_reference).where(reference.korelasi.in_(gone)))
        con.execute(delete(tables.spdci_transaction).where(transaction.waktu < old))
        done = con.execute(
            update(tables.spdci_transaction)
            .where((transaction.korelasi == correlation) & (transaction.klien == client))
            .values(box.closed(kept, correlation))
        )
        if done.rowcount:
            return
        said = {"korelasi": correlation, "klien": client, "jenis": kind, "waktu": moment}
        named = box.digest("transaksi", client, transaction_id)
        con.execute(insert(tables.spdci_transaction).values({**said, "transaksi": named, **box.closed(kept, correlation)}))
        if rows := {box.digest("rujukan", client, str(one["reference_id"])) for one in items if one.get("reference_id")}:
            con.execute(insert(tables.spdci_reference), [{"korelasi": correlation, "rujukan": one} for one in sorted(rows)])


def checked(message: Mapping[str, Any]) -> None:
    """Compares a question with its schema; `attribute_type` decides what its value has to be.

    Raises:
        Refused: it is not as specified.
    """
    if any(True for _ in faults(_REQUEST, message)):
        raise bad("txnstatus_request tidak sesuai skemanya.")
    asked = message["txnstatus_request"]
    listed = asked["attribute_type"] == "reference_id_list"
    if listed != isinstance(asked["attribute_value"], list) or (not listed and not fits(_IDS, asked["attribute_value"])):
        raise bad("attribute_value tidak sesuai dengan attribute_type.")
    if not asked["attribute_value"] or (listed and len(asked["attribute_value"]) > _MOST):
        raise bad("attribute_value kosong atau terlalu panjang.")


def status_of(store: Store, client: str, message: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """TxnStatusResponse to a `checked` question, and how many requests it tells of; none for what this client never sent."""
    asked = message["txnstatus_request"]
    kind, own = asked["txn_type"], new_id()
    found = _found(store, client, kind, asked["attribute_type"], asked["attribute_value"])
    items, transaction_id, correlation = list[dict[str, Any]](), message["transaction_id"], own
    wanted = set(asked["attribute_value"]) if asked["attribute_type"] == "reference_id_list" else None
    for row in found:
        kept = box.opened(row, row.korelasi)
        transaction_id, correlation = kept["transaction_id"], row.korelasi
        items += [_told(one) for one in kept["items"] if wanted is None or one["reference_id"] in wanted]
    said: dict[str, Any]
    if kind == RECEIPT:
        # What was served is in the audit and nowhere else: a receipt names no beneficiary again.
        said = {"transaction_id": transaction_id, "receipt_information": {}}
    else:
        said = {"transaction_id": transaction_id, "correlation_id": correlation, "search_response": items}
    answer = {"txn_type": kind, "txn_status": said}
    return {"transaction_id": message["transaction_id"], "correlation_id": own, "txnstatus_response": answer}, len(items)


def _told(item: Mapping[str, Any]) -> dict[str, Any]:
    """A kept status as an element of `search_response`: codes of another kind of response are told in the message."""
    said = dict(item)
    code = said.get("status_reason_code")
    if code is not None and not fits(_CODES, code):
        said["status_reason_message"] = f"{said.pop('status_reason_code')}: {said.get('status_reason_message', '')}"[:999]
    return said


def _found(store: Store, client: str, kind: str, how: str, value: Any) -> list[Any]:
    own = tables.spdci_transaction.c
    if how == "transaction_id":
        place = own.transaksi == box.digest("transaksi", client, value)
    elif how == "correlation_id":
        place = own.korelasi == value
    else:
        marks = sorted({box.digest("rujukan", client, one) for one in value})
        reference = tables.spdci_reference.c
        place = own.korelasi.in_(select(reference.korelasi).where(reference.rujukan.in_(marks)))
    place &= own.klien == client
    if kind != RECEIPT:
        place &= own.jenis == kind
    with store.reading() as con:
        return list(
            con.execute(select(tables.spdci_transaction).where(place).order_by(own.waktu, own.korelasi).limit(_MOST)).all()
        )
