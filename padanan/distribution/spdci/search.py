"""One search request from its criteria to its records: judged, permitted, asked, written into the audit, answered.

The envelope around it is `envelope`'s; grants, quota and audit are those of the agencies' API (`api.serve`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import orjson

from padanan.base.duck import first_row
from padanan.base.period import JAKARTA
from padanan.distribution import gate
from padanan.distribution.api.door import Door
from padanan.distribution.api.serve import Call, answered, called
from padanan.distribution.clients import Client
from padanan.distribution.gate import Ask, narrowed
from padanan.distribution.oauth import Bearer
from padanan.distribution.reading import Rows, joined, places_of
from padanan.distribution.spdci import records
from padanan.distribution.spdci.condition import SORT, asked_numbers, compiled, family_size, ordered
from padanan.distribution.spdci.document import VERSION, faults, moment
from padanan.distribution.spdci.names import Names, tail
from padanan.distribution.spdci.query import IDTYPE, Query, read_query
from padanan.distribution.spdci.rejected import Rejected
from padanan.distribution.terms import Service

CRITERIA = "/components/schemas/SearchRequest/properties/search_request/items/properties/search_criteria"
WRONG, PAGES, MANY = "rjct.search_criteria.invalid", "rjct.pagination.invalid", "rjct.search.too_many_records_found"
REFERENCE, TWICE, TIME = "rjct.reference_id.invalid", "rjct.reference_id.duplicate", "rjct.timestamp.invalid"
LOCALE = "/components/schemas/SubscriptionInfo/properties/locale"
_BY_FIELD = {"sort": SORT, "pagination": PAGES}


@dataclass(frozen=True)
class Found:
    """What one search found: the page's records, how many there are altogether, under which decree and grant."""

    entries: list[Any] = field(default_factory=list)
    total: int = 0
    page: int = 1
    size: int = 1
    kind: str = records.PERSON
    decree: str | None = None


def judge_item(item: Any, seen: set[str], names: Names, criteria: str = "search_criteria") -> str:
    """What is common to each request of a batch.

    Returns:
        Its reference.

    Raises:
        Rejected: reference, time or locale is not as specified, or the reference stood before.
    """
    found = item if isinstance(item, Mapping) else {}
    reference = found.get("reference_id")
    # The specification gives it no greatest length.
    if not isinstance(reference, str) or not reference:
        raise Rejected(REFERENCE, "reference_id adalah teks yang tidak kosong.")
    if reference in seen:
        raise Rejected(TWICE, "reference_id ini sudah dipakai pada pesan yang sama.")
    seen.add(reference)
    if moment(found.get("timestamp")) is None:
        raise Rejected(TIME, "timestamp ditulis menurut ISO 8601 dengan zona waktu.")
    if not isinstance(found.get(criteria), Mapping):
        raise Rejected(WRONG, f"{criteria} tidak ada.")
    if "locale" in found and any(True for _ in faults(LOCALE, found["locale"])):
        raise Rejected(WRONG, "locale adalah tiga huruf kecil (ISO 639-3).")
    return reference


def purpose_of(criteria: Mapping[str, Any], door: Door, client: Client, service: Service) -> str | None:
    """The purpose a request names, or the only one that the client's only grant knows.

    Raises:
        Rejected: consent and authorize name different ones: which of them holds is not guessed.
    """
    named = list[str]()
    for part in ("authorize", "consent"):
        said = criteria.get(part)
        purpose = said.get("purpose") if isinstance(said, Mapping) else None
        if isinstance(purpose, Mapping) and "code" in purpose:
            named.append(str(purpose["code"]))
    if named:
        if len(set(named)) > 1:
            raise Rejected(WRONG, "consent dan authorize menyebut tujuan yang berbeda.")
        return named[0]
    day = door.clock().astimezone(JAKARTA).date()
    grants = door.book.of(client.id, client.agency, client.body, day)
    fitting = [one.terms for one in grants if service in one.terms.layanan]
    return fitting[0].tujuan[0] if len(fitting) == 1 and len(fitting[0].tujuan) == 1 else None


def search(door: Door, bearer: Bearer, criteria: Mapping[str, Any], request_id: str, names: Names) -> Found:
    """Answers one request's criteria.

    Raises:
        Rejected: with the specification's code. What is not there and what is not granted is no fault: nothing was found.
    """
    _shaped(criteria)
    query = read_query(str(criteria["query_type"]), criteria["query"], names)
    kind = _entity(criteria, query)
    size, number = _paging(criteria, names)
    service: Service = "cari" if query.kind == IDTYPE else "sasaran"
    ask = Ask(service, purpose_of(criteria, door, bearer.client, service))
    decrees = door.shelf.periods()
    if not decrees:
        return Found(page=number, size=size, kind=kind)
    try:
        call = called(door, bearer, decrees[0].periode.label, ask, request_id)
    except gate.Refused as refusal:
        if refusal.status == 404:
            return Found(page=number, size=size, kind=kind)
        raise Rejected(WRONG, refusal.detail) from None
    return _answered(call, query, criteria, kind, size, number, names)


def _shaped(criteria: Mapping[str, Any]) -> None:
    """Compares criteria with their schema; the query has a reader of its own, which is stricter than the overlapping schemas."""
    wrong = {str(path[0]) if path else "" for path in faults(CRITERIA, criteria)} - {"query"}
    for name, code in _BY_FIELD.items():
        if wrong == {name}:
            raise Rejected(code, f"{name} tidak sesuai spesifikasi.")
    if wrong:
        raise Rejected(WRONG, f"Tidak sesuai spesifikasi: {', '.join(sorted(one for one in wrong if one.isidentifier()))}.")
    if "query" not in criteria:
        raise Rejected(WRONG, "query tidak ada.")
    if criteria.get("version", VERSION) != VERSION:
        raise Rejected(WRONG, "Hanya search_criteria versi 1.0.0 yang didukung.")


def _entity(criteria: Mapping[str, Any], query: Query) -> str:
    """What is answered with: `response_entity`, else `reg_record_type`, else what the expression searches, else SRPerson."""
    named = criteria.get("response_entity") or criteria.get("reg_record_type") or query.collection or records.PERSON
    found = records.ENTITIES.get(tail(named))
    if found is None:
        raise Rejected(WRONG, "reg_record_type tidak dikenal; pakai SRPerson, Member atau Group.")
    return found


def _paging(criteria: Mapping[str, Any], names: Names) -> tuple[int, int]:
    said = criteria.get("pagination", {"page_size": min(100, names.batas.page)})
    size, number = said["page_size"], said.get("page_number", 1)
    whole = all(float(one).is_integer() and one >= 1 for one in (size, number))
    if not whole or size > names.batas.page or (number - 1) * size >= 2**31:
        raise Rejected(PAGES, f"page_size 1 sampai {names.batas.page} dan page_number mulai dari 1, bilangan bulat.")
    return int(size), int(number)


def _answered(call: Call, query: Query, criteria: Mapping[str, Any], kind: str, size: int, number: int, names: Names) -> Found:
    permission, today = call.permission, call.door.clock().astimezone(JAKARTA).date()
    condition = compiled(query, permission, names, today)
    sort = ordered(criteria.get("sort", ()), permission, names, today)
    if kind == records.GROUP and "id_keluarga" not in permission.columns:
        raise Rejected(WRONG, "Hibah tidak memuat nomor keluarga; Group tidak dapat dibentuk.")
    permission.filters["spdci"] = sorted(set(condition.asked))
    permission.filters["lain"] = kind
    numbers = asked_numbers(query, names)
    totals = list[int]()

    def read(one: Call) -> Rows:
        cursor = one.opened.con.cursor()
        try:
            places = places_of(one.opened, numbers)
            found = compiled(query, permission, names, today, places)
            window = (size, (number - 1) * size)
            asked = _Asked(permission, found.sql, list(found.values), sort, kind, *window, names.batas.records)
            if _is_shared(cursor, [place for some in places.values() if len(some) > 1 for place in some], permission):
                raise Rejected(MANY, "Lebih dari satu orang memakai nomor itu; tidak dijawab dengan salah satunya.")
            total = asked.total(cursor)
            if total > asked.most:
                raise Rejected(MANY, f"Lebih dari {asked.most} ditemukan; persempit query, atau pakai aliran /v1.")
            totals.append(total)
            return asked.rows(cursor)
        finally:
            cursor.close()

    try:
        rows = answered(call, read)
    except gate.Refused as refusal:
        if refusal.status == 404:
            return Found(page=number, size=size, kind=kind)
        raise Rejected(MANY, refusal.detail) from None
    lines = orjson.loads(b"[" + rows.lines.rstrip(b"\n").replace(b"\n", b",") + b"]")
    decree = f"{call.opened.periode.label}/{call.opened.ke}"
    return Found(lines, totals[0], number, size, kind, decree)


def _is_shared(cursor: duckdb.DuckDBPyConnection, places: list[int], permission: gate.Permission) -> bool:
    """Whether the grant shows one of those who share a NIK that was asked for; almost always nobody does."""
    if not places:
        return False
    seen = narrowed(permission, f"urut in ({', '.join('?' * len(places))})", *places)
    return first_row(cursor, f"select 1 from sasaran where {seen.where} limit 1", list(seen.parameters)) is not None


@dataclass(frozen=True)
class _Asked:
    """A page of persons or families as SQL."""

    permission: gate.Permission
    condition: str
    values: list[Any]
    sort: tuple[tuple[str, str], ...]
    kind: str
    size: int
    skipped: int
    most: int

    def _base(self) -> tuple[str, list[Any]]:
        size = family_size(self.condition, *(one for one, _ in self.sort))
        rows = f"select *{size} from sasaran where {self.permission.where}"
        # Not materialized: what one number is looked up for must not read everybody.
        matching = f"select * from terlihat where {self.condition}"
        base = f"with terlihat as not materialized ({rows}), cocok as not materialized ({matching})"
        return base, [*self.permission.parameters, *self.values]

    def total(self, cursor: duckdb.DuckDBPyConnection) -> int:
        base, values = self._base()
        # A person without a family is no family.
        what = "count(distinct id_keluarga)" if self.kind == records.GROUP else "count(*)"
        found = first_row(cursor, f"{base} select {what} from cocok", values)
        assert found is not None
        return int(found[0])

    def rows(self, cursor: duckdb.DuckDBPyConnection) -> Rows:
        base, values = self._base()
        columns = records.served(self.permission.columns)
        window = f"limit {self.size} offset {self.skipped}"
        if self.kind == records.GROUP:
            # A family stands where its first member in the asked order stands.
            keys = ", ".join(f"{'max' if way == 'desc' else 'min'}({one}) as u{n}" for n, (one, way) in enumerate(self.sort))
            order = ", ".join([*(f"u{n} {way} nulls last" for n, (_, way) in enumerate(self.sort)), "id_keluarga"])
            sql = (
                f"{base}, halaman as (select id_keluarga, row_number() over (order by {order}) as urutan from (select id_keluarga"
                f"{', ' + keys if keys else ''} from cocok where id_keluarga is not null group by id_keluarga)"
                f" order by urutan {window})"
                f" select {records.group_sql(columns)}::varchar || chr(10), string_agg(hex(sidik_orang), ''),"
                " any_value(id_keluarga), count(*) from terlihat join halaman using (id_keluarga) group by urutan order by urutan"
            )
        else:
            order = ", ".join([*(f"{one} {way} nulls last" for one, way in self.sort), "id_orang"])
            shown = records.member_sql(columns) if self.kind == records.MEMBER else records.person_sql(columns)
            sql = f"{base} select {shown}::varchar || chr(10), hex(sidik_orang), id_orang, 1 from cocok order by {order} {window}"
        table = cursor.sql(sql, params=values).to_arrow_table()
        if not table.num_rows:
            return Rows(0, b"", b"", None)
        people = bytes.fromhex(joined(table.column(1)).decode())
        return Rows(sum(table.column(3).to_pylist()), joined(table.column(0)), people, None)
