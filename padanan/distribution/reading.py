"""Rows of a prepared decree for one permission: a page, one person, the changes, or everything in chunks.

What may be read is `gate`'s; what was read is written down by `api.serve`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from padanan.base.sql import ident, literal
from padanan.distribution.addendum import EXTRA as ADDED
from padanan.distribution.addendum import SERVICE as ADDENDA
from padanan.distribution.columns import visible_programs
from padanan.distribution.gate import Permission, seen
from padanan.distribution.lines import NOBODY, Lines, Rows, is_number
from padanan.distribution.prelist import OWN, SERVICE
from padanan.distribution.shelf import Opened

# A stream looks at its grant between chunks of this many places; a page begins to look in a window of so many.
CHUNK, WINDOW = 20_480, 2_048
TABLES = {
    "sasaran": "sasaran",
    "cari": "sasaran",
    "prioritas": "prioritas",
    "perubahan": "perubahan",
    ADDENDA: ADDENDA,
    SERVICE: SERVICE,
}
EXTRA = {"prioritas": ("sebab",), ADDENDA: ADDED, SERVICE: OWN}
"""Columns that a service brings by itself, after those of the grant."""


def selection(service: str, permission: Permission) -> tuple[str, list[Any]]:
    """The one SQL of a permission, ending in its where: rows with `urut` and `sidik_orang` before its columns; its parameters."""
    columns = dict(permission.columns) | {name: ident(name) for name in EXTRA.get(service, ())}
    listed = "".join(f", {expression} as {ident('k_' + name)}" for name, expression in columns.items())
    return f"select urut, sidik_orang{listed} from {TABLES[service]} where {permission.where}", list(permission.parameters)


def names_of(service: str, permission: Permission) -> list[str]:
    """The names of the columns that are served."""
    return list(dict.fromkeys((*permission.columns, *EXTRA.get(service, ()))))


def _json(names: list[str]) -> str:
    fields = ", ".join(f"{literal(name)}, {ident('k_' + name)}" for name in names)
    return f"json_object({fields})::varchar || chr(10)"


def page(opened: Opened, service: str, permission: Permission, *, after: int | None, size: int) -> Rows:
    """The next rows after a place, from the prepared lines where they hold what is shown."""
    if (lines := prepared(opened, service, permission)) is not None:
        return lines.page(permission, after=after, size=size)
    return queried_page(opened, service, permission, after=after, size=size)


def prepared(opened: Opened, service: str, permission: Permission) -> Lines | None:
    """The prepared lines of a decree, where they answer a permission."""
    lines = opened.lines
    return lines if lines is not None and TABLES[service] == "sasaran" and lines.serves(permission) else None


def queried_page(opened: Opened, service: str, permission: Permission, *, after: int | None, size: int) -> Rows:
    """The next rows after a place, by query.

    Looked for in a window that grows: where most rows are shown the first few thousand hold a page, where few are the table is
    read in a handful of steps.
    """
    query, values = selection(service, permission)
    sql = (
        f"select {_json(names_of(service, permission))} as baris, sidik_orang, urut"
        f" from ({query} and urut >= ? and urut < ? order by urut limit ?) order by urut"
    )
    start, window, found = (-1 if after is None else after) + 1, WINDOW, NOBODY
    end = opened.sizes[TABLES[service]]
    cursor = opened.con.cursor()
    try:
        while start < end and found.count < size:
            bounds = [start, start + window, size - found.count]
            more = rows_of(cursor.sql(sql, params=[*values, *bounds]).to_arrow_table())
            last = found.last if more.last is None else more.last
            found = Rows(found.count + more.count, found.lines + more.lines, found.people + more.people, last)
            start, window = start + window, window * 4
    finally:
        cursor.close()
    return found


def rows_of(table: pa.Table) -> Rows:
    """A result of (line, pseudonym, place) as bytes, without a loop over rows."""
    count = table.num_rows
    if not count:
        return NOBODY
    return Rows(count, joined(table.column(0)), joined(table.column(1)), table.column(2)[count - 1].as_py())


def joined(column: pa.ChunkedArray) -> bytes:
    """The values of a text or binary column end to end."""
    parts = []
    for chunk in column.chunks:
        wide = chunk.cast(pa.large_binary())
        buffers = wide.buffers()
        offsets = pa.Array.from_buffers(pa.int64(), len(wide) + 1, [None, buffers[1]], offset=wide.offset)
        parts.append(memoryview(buffers[2])[offsets[0].as_py() : offsets[len(wide)].as_py()] if len(wide) else b"")
    return b"".join(parts)


def find(opened: Opened, permission: Permission, nik: str) -> Rows:
    """The rows of one NIK that the permission shows; two of them are for the caller to refuse."""
    if (lines := prepared(opened, "cari", permission)) is not None:
        return lines.find(permission, nik)
    return queried_find(opened, permission, nik)


def queried_find(opened: Opened, permission: Permission, nik: str) -> Rows:
    """The same by query."""
    # The narrow sorted table first: the wide one is then read at one place.
    cursor = opened.con.cursor()
    try:
        keys = [row[0] for row in cursor.execute("select urut from nik where nik = ? limit 3", [nik]).fetchall()]
        if not keys:
            return NOBODY
        query, values = selection("cari", permission)
        sql = (
            f"select {_json(names_of('cari', permission))} as baris, sidik_orang, urut from"
            f" ({query} and urut in ({', '.join('?' * len(keys))})) order by urut"
        )
        return rows_of(cursor.sql(sql, params=[*values, *keys]).to_arrow_table())
    finally:
        cursor.close()


def places_of(opened: Opened, niks: Sequence[str]) -> dict[str, list[int]]:
    """The places of everybody who bears one of some NIK, by NIK; no permission is asked, so that nothing of it may be told."""
    found = {nik: opened.lines.places(nik) if opened.lines is not None else [] for nik in niks}
    # The prepared numbers are those of 16 digits.
    other = [nik for nik in found if opened.lines is None or not is_number(nik)]
    if other:
        cursor = opened.con.cursor()
        try:
            sql = f"select nik, urut from nik where nik in ({', '.join('?' * len(other))}) order by all"
            for nik, place in cursor.execute(sql, other).fetchall():
                found[nik].append(int(place))
        finally:
            cursor.close()
    return found


def chunks(opened: Opened, service: str, permission: Permission, *, as_json: bool) -> Iterator[tuple[pa.RecordBatch, bytes, int]]:
    """Everything that the permission shows, in order of the key and in chunks: a batch, pseudonyms, rows.

    Args:
        as_json: the batch has one column of lines; else the columns themselves.
    """
    if as_json and (lines := prepared(opened, service, permission)) is not None:
        yield from lines.chunks(permission, CHUNK)
        return
    query, values = selection(service, permission)
    names = names_of(service, permission)
    shown = f"{_json(names)} as baris" if as_json else ", ".join(f"{ident('k_' + name)} as {ident(name)}" for name in names)
    sql = f"select {shown}, sidik_orang as __sidik from ({query} and urut >= ? and urut < ?) order by urut"
    cursor = opened.con.cursor()
    try:
        for start in range(0, opened.sizes[TABLES[service]], CHUNK):
            table = cursor.sql(sql, params=[*values, start, start + CHUNK]).to_arrow_table()
            if not table.num_rows:
                continue
            people = joined(table.column("__sidik"))
            batch = table.drop_columns(["__sidik"]).combine_chunks().to_batches()[0]
            yield batch, people, table.num_rows
    finally:
        cursor.close()


def schema_of(opened: Opened, service: str, permission: Permission) -> pa.Schema:
    """The Arrow schema of a stream, also of an empty one."""
    query, values = selection(service, permission)
    listed = ", ".join(f"{ident('k_' + name)} as {ident(name)}" for name in names_of(service, permission))
    cursor = opened.con.cursor()
    try:
        return cursor.sql(f"select {listed or 'null as kosong'} from ({query}) limit 0", params=values).to_arrow_table().schema
    finally:
        cursor.close()


def changes(
    opened: Opened,
    permission: Permission,
    since: str,
    *,
    after: int | None,
    size: int,
    only: tuple[str, tuple[Any, ...]] = ("true", ()),
) -> Rows | None:
    """The changes since an earlier decree as one grant sees them; None where that decree is not kept for comparison.

    Who came into or went out of the grant's rows was added or removed for it, whatever happened in the decree.

    Args:
        only: one more condition over what the grant sees of a change (`jenis_hibah`, and the columns of `perubahan`).
    """
    grant, names = permission.grant, permission.names
    (now, now_values), (then, then_values) = seen(grant, ""), seen(grant, "_dulu")
    program = grant.terms.program
    real = f"{visible_programs(program)} is distinct from {visible_programs(program, '_dulu')}"
    listed = ", ".join(map(literal, names))
    # Which columns changed is told of the grant's columns alone, of programs only where what it sees of them changed.
    shown = f"list_filter(kolom_berubah, lambda x: x in ({listed or 'null'}) and (x <> 'program' or {real}))"
    held = [name for name in ("id_orang", "nik", "kode_kota", "kode_kecamatan", "kode_kelurahan") if name in names]
    own = ", ".join(f"{literal(name)}, {_latest(name)}" for name in held)
    sql = f"""
    with sisi as (
      select *, (jenis <> 'hapus' and {_all(now)}) as tampak, (jenis <> 'tambah' and {_all(then)}) as tampak_dulu,
        {shown} as kolom from perubahan where sejak = ? {"and urut > ?" if after is not None else ""}
    ), ringkas as (
      select *, case when tampak and tampak_dulu then 'ubah' when tampak then 'tambah' else 'hapus' end as jenis_hibah
      from sisi where (tampak or tampak_dulu) and not (tampak and tampak_dulu and len(kolom) = 0)
    )
    select json_object({own + ", " if own else ""}'jenis', jenis_hibah, 'sebab', case when jenis_hibah = jenis then sebab
        when jenis_hibah = 'tambah' then 'masuk_lingkup_hibah' else 'keluar_lingkup_hibah' end, 'kolom', kolom)::varchar
        || chr(10) as baris, sidik_orang, urut
    from ringkas where {only[0]} order by urut limit {int(size)}
    """
    cursor = opened.con.cursor()
    try:
        if since not in opened.facts["sejak"]:
            return None
        values = [*now_values, *then_values, since, *([after] if after is not None else []), *only[1]]
        return rows_of(cursor.sql(sql, params=values).to_arrow_table())
    finally:
        cursor.close()


def _all(parts: list[str]) -> str:
    return " and ".join(f"coalesce({one}, false)" for one in parts) or "true"


def _latest(name: str) -> str:
    return ident(name) if name in ("id_orang", "nik") else f"coalesce({ident(name)}, {ident(name + '_dulu')})"


__all__ = [
    "Rows", "changes", "chunks", "find", "names_of", "page", "places_of", "prepared", "queried_find", "queried_page", "schema_of",
    "selection",
]  # fmt: skip
