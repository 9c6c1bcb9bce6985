"""A message's requests one by one: answered, or each rejected with its own code; too many faults reject the message.

Judging one search is `search`'s; the envelope and the way back are `envelope`'s and `callbacks`'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from padanan.distribution.api.door import Door
from padanan.distribution.oauth import Bearer
from padanan.distribution.spdci import transactions
from padanan.distribution.spdci.document import VERSION
from padanan.distribution.spdci.envelope import reply, stamp
from padanan.distribution.spdci.names import Names
from padanan.distribution.spdci.rejected import Rejected
from padanan.distribution.spdci.search import Found, judge_item, search

TOO_MANY = "rjct.errors.too_many"


@dataclass(frozen=True)
class Worked:
    """A response's message, or None where the message was rejected as a whole with `reason`, a code of the header."""

    message: dict[str, Any] | None
    total: int
    reason: str | None = None
    why: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    rejected: bool = False


def rejected_item(item: Any, error: Rejected, now: str) -> dict[str, Any]:
    """An element of a response for a request that is not answered; its own reference where it has one."""
    reference = item.get("reference_id") if isinstance(item, Mapping) else None
    return {
        "reference_id": reference if isinstance(reference, str) else "",
        "timestamp": now,
        "status": "rjct",
        "status_reason_code": error.code,
        "status_reason_message": error.message[:999],
    }


def searched(door: Door, bearer: Bearer, message: Mapping[str, Any], correlation: str, request_id: str, names: Names) -> Worked:
    """SearchResponse to a message; its statuses are kept without the records."""
    items, seen, wrong, decrees = list[dict[str, Any]](), set[str](), 0, set[str]()
    for item in message["search_request"]:
        now = stamp(door.clock())
        try:
            reference = judge_item(item, seen, names)
            found = search(door, bearer, item["search_criteria"], request_id, names)
            items.append(_told(item, reference, found, names, now))
            decrees |= {found.decree} if found.decree else set()
        except Rejected as error:
            items.append(rejected_item(item, error, now))
            wrong += 1
        if wrong > names.batas.errors:
            break
    kept = [{name: value for name, value in one.items() if name != "data"} for one in items]
    transaction_id = message["transaction_id"]
    transactions.remember(
        door.store, bearer.client.id, transactions.SEARCH, transaction_id, correlation, kept, door.clock(), names
    )
    if wrong > names.batas.errors:
        why = "Terlalu banyak permintaan yang salah dalam satu pesan."
        return Worked(None, len(message["search_request"]), TOO_MANY, why, rejected=True)
    said = {"transaction_id": transaction_id, "correlation_id": correlation, "search_response": items}
    # A decree that is swapped between two pages would mix them: the client sees which one it was answered from.
    return Worked(said, len(items), meta={"penetapan": sorted(decrees)} if decrees else {})


def _told(item: Mapping[str, Any], reference: str, found: Found, names: Names, now: str) -> dict[str, Any]:
    said = {
        "reference_id": reference,
        "timestamp": now,
        "status": "succ",
        "data": {
            "version": VERSION,
            "reg_type": names.registri.jenis,
            "reg_record_type": found.kind,
            "reg_records": found.entries,
        },
        "pagination": {"page_size": found.size, "page_number": found.page, "total_count": found.total},
    }
    if "locale" in item:
        said["locale"] = "ind"  # what our sentences are written in, whatever was asked
    return said


def answer(door: Door, client: str, action: str, worked: Worked, names: Names) -> dict[str, Any]:
    """The envelope of a response, signed."""
    status = "rjct" if worked.rejected else "succ"
    return reply(
        door, client, action, worked.message, names,
        status=status, reason=worked.reason, why=worked.why, total=worked.total, meta=worked.meta,
    )  # fmt: skip
