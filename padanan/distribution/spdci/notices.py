"""Notices to subscribers: who came into or went out of the rows of their grant with a decree, as NotifyEventRequest.

The changes are those of `/sasaran/perubahan` (`reading.changes`), read when a notice is sent; queue and sending are `callbacks`'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from padanan.base.period import JAKARTA
from padanan.distribution import gate
from padanan.distribution.api.door import Door
from padanan.distribution.api.serve import Call, answered, called
from padanan.distribution.gate import seen
from padanan.distribution.oauth import Bearer
from padanan.distribution.reading import Rows, changes
from padanan.distribution.spdci import records, subscriptions
from padanan.distribution.spdci.condition import compiled, family_size
from padanan.distribution.spdci.document import VERSION
from padanan.distribution.spdci.envelope import new_id, stamp
from padanan.distribution.spdci.names import Names, tail
from padanan.distribution.spdci.query import IDTYPE, Compare, Query, Tree, read_query
from padanan.distribution.spdci.rejected import Rejected
from padanan.distribution.spdci.subscriptions import Subscription, ask_of, filter_kind, standing
from padanan.distribution.spdci.work import Worked

REGISTER, JOINED = subscriptions.EVENTS
ADDED, REMOVED = "tambah", "hapus"
Lay = Callable[[str, Mapping[str, Any]], Any]
"""Lays the content of a notice for a client into the queue."""
_IDENTIFIERS = {"nik": "NIK", "id_orang": "PADANAN"}
_PLACES = {"locality": "kode_kelurahan", "sub_region_code": "kode_kecamatan", "region_code": "kode_kota"}


def announce(door: Door, names: Names, lay: Lay) -> int:
    """Lays a notice of the newest decree for each subscription that has not heard of it; repeated it lays none.

    Returns:
        How many.
    """
    decrees, laid = door.shelf.periods(), 0
    if not decrees:
        return 0
    newest = decrees[0]
    decree = f"{newest.periode.label}/{newest.ke}"
    for one in standing(door.store):
        if one.told == decree or not one.within(door.clock()):
            continue
        # What can't be compared with what it was told last, a subscriber asks for itself by a search.
        if one.told is not None and one.told in newest.facts["sejak"]:
            lay(one.client, {"code": one.code, "since": one.told, "decree": decree, "after": None})
            laid += 1
        subscriptions.told(door.store, one.code, decree)
    return laid


def noticed(door: Door, bearer: Bearer, content: Mapping[str, Any], request_id: str, names: Names, lay: Lay) -> Worked | None:
    """One message of events; where more follow, the next one is laid.

    Returns:
        None where the subscription or its grant ended, a newer decree is in force, or nothing changed.
    """
    one = subscriptions.find(door.store, content["code"])
    decrees = door.shelf.periods()
    if one is None or one.ended is not None or not decrees or content["decree"] != f"{decrees[0].periode.label}/{decrees[0].ke}":
        return None
    size = names.pengiriman.events
    try:
        call = called(door, bearer, decrees[0].periode.label, ask_of(one), request_id, more=content["since"])
        only = _only(call, one, content["since"], names)
        rows = answered(call, lambda it: _read(it, content, size, only))
    except (gate.Refused, Rejected):
        return None
    if not rows.count:
        return None
    if rows.count == size:
        lay(one.client, {**content, "after": rows.last})
    now = stamp(door.clock())
    events = [_event(orjson.loads(line), one, now, names) for line in rows.lines.splitlines()]  # at most `peristiwa` of them
    said = {"transaction_id": new_id(), "notify_event": events}
    return Worked(said, len(events), meta={"penetapan": [content["decree"]], "langganan": one.code})


def _read(call: Call, content: Mapping[str, Any], size: int, only: tuple[str, tuple[Any, ...]]) -> Rows:
    rows = changes(call.opened, call.permission, content["since"], after=content["after"], size=size, only=only)
    return rows if rows is not None else Rows(0, b"", b"", None)


def _only(call: Call, one: Subscription, since: str, names: Names) -> tuple[str, tuple[Any, ...]]:
    """Which changes a subscription is about: who came is filtered in the new decree, who went by what the change says."""
    grant = call.permission.grant
    query = read_query(filter_kind(one.asked), one.asked["filter"], names)
    condition = compiled(query, call.permission, names, call.door.clock().astimezone(JAKARTA).date())
    where, shown = seen(grant, "")
    rows = f"select *{family_size(condition.sql)} from sasaran where {' and '.join(where) or 'true'}"
    came = f"jenis_hibah = '{ADDED}' and id_orang in (select id_orang from ({rows}) where {condition.sql})"
    values = [*shown, *condition.values]
    if one.event == JOINED:
        if "id_keluarga" not in call.permission.columns:
            return "false", ()
        # A family that the grant showed before: somebody else of it is there who did not come with this decree.
        stayed = (
            f"select id_keluarga from ({rows}) where id_orang not in"
            f" (select id_orang from perubahan where sejak = ? and jenis = '{ADDED}')"
        )
        came += f" and id_orang in (select id_orang from sasaran where id_keluarga in ({stayed}))"
        return f"({came})", (*values, *shown, since)
    gone = list[Any]()
    went = _gone(query, query.tree, names, gone)
    return f"(({came}) or (jenis_hibah = '{REMOVED}' and {went}))", (*values, *gone)


def _gone(query: Query, tree: Tree, names: Names, values: list[Any]) -> str:
    """The filter over what a change says of who went out. What it does not say is taken to match: rather one notice too many."""
    own = list[Any]()
    try:
        found = _went(query, tree, names, own)
    except LookupError:
        return "true"
    values += own
    return found


def _went(query: Query, tree: Tree, names: Names, values: list[Any]) -> str:
    if isinstance(tree, Compare):
        column = names.pengenal[tree.name] if query.kind == IDTYPE else names.atribut[tree.name].kolom
        if column not in _IDENTIFIERS and column not in _PLACES.values():
            raise LookupError(column)
        values.extend(tree.values)
        known = column if column in _IDENTIFIERS else f"coalesce({column}_dulu, {column})"
        return f"{known} in ({', '.join('?' * len(tree.values))})"
    parts = [_went(query, part, names, values) for part in tree.parts]
    if tree.how == "not":
        return f"(not {parts[0]})"
    return f"({f' {tree.how} '.join(parts)})" if parts else "true"


def _event(line: Mapping[str, Any], one: Subscription, now: str, names: Names) -> dict[str, Any]:
    """One change as an element of `notify_event`: who it is by the granted numbers and places; the rest is asked by a search."""
    kind = records.ENTITIES[tail(one.asked["notify_record_type"])]
    data = {
        "version": VERSION,
        "reg_type": names.registri.jenis,
        "reg_record_type": kind,
        "reg_records": {"@context": f"{records.CONTEXT}{kind}.jsonld", **_record(line, kind)},
    }
    if line["jenis"] == ADDED:
        # The specification has no event for who went out; that one has no type and says `removed` itself.
        data["reg_event_type"] = one.event
    return {"reference_id": new_id(), "timestamp": now, "data": data}


def _record(line: Mapping[str, Any], kind: str) -> dict[str, Any]:
    if kind == records.GROUP:
        return {"@type": kind, "group_type": "family", "member_list": [_record(line, records.MEMBER)]}
    own = [
        {"@type": "Identifier", "identifier_type": name, "identifier_value": line[column]}
        for column, name in _IDENTIFIERS.items()
        if line.get(column) is not None
    ]
    said: dict[str, Any] = {"@type": kind}
    if "id_orang" in line:
        said["@id"] = f"urn:padanan:orang:{line['id_orang']}"
    said["member_identifier" if kind == records.MEMBER else "identifier"] = own
    if place := {name: line[column] for name, column in _PLACES.items() if column in line}:
        said["address"] = [{"@type": "Address", **place, "country_code": "ID"}]
    change = {ADDED: "added", REMOVED: "removed"}[line["jenis"]]
    said["additional_attributes"] = [{"change": change}, {"cause": line["sebab"]}]
    return said
