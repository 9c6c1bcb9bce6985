"""A table or query of a producer's PostgreSQL to raw columns: SQLAlchemy asks and counts, ADBC copies.

The pull order and the address come from outside; no password is stored, printed or put in a message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from padanan.base.digest import file_sha256
from padanan.base.duck import private_duckdb
from padanan.base.errors import SourceUnavailable, no_space_guard
from padanan.base.sql import ident, literal
from padanan.landing.header import Header, find_header, require_header
from padanan.landing.parquet_reader import numeric_mark
from padanan.landing.raw import LINE, NUMERIC, DamagedFile, Flag, RawTable, RejectWriter, Spec

CONNECT_SECONDS = 10
SESSION = "-c DateStyle=ISO -c default_transaction_read_only=on"
"""A producer's database is only read, whatever its account may do: a query that writes is refused by the server."""
CHUNK = 20_000
_NUMERIC_KINDS = {
    "double precision": "DOUBLE",
    "real": "FLOAT",
    "numeric": "DECIMAL",
    "bigint": "BIGINT",
    "integer": "INTEGER",
    "smallint": "SMALLINT",
}
_CURE = "periksa alamat, jaringan, akun dan hak baca pada server sumber, lalu ulangi"


@dataclass(frozen=True)
class Pull:
    """What was pulled: the raw table and the content's own hash (order matters, column names included)."""

    table: RawTable
    sha256: str


def read_postgres(url: str, spec: Spec, work: Path, *, fast: bool = True) -> Pull:
    """Pulls the contract's `kueri` (or `skema`.`tabel`) in one consistent state.

    Every value is rendered as text by the server (ISO dates). Rows are numbered from 1 in the order of the query,
    or of the table's primary key. The count is asked apart from the copy, before and after it: when the source
    changes in between, the pull is repeated inside one REPEATABLE READ transaction.

    Args:
        url: SQLAlchemy address.
        spec: `form` holds `kueri` or `skema` and `tabel`.
        work: a private folder.
        fast: ADBC's binary copy; else SQLAlchemy's stream.

    Raises:
        SourceUnavailable: no server, no right, no such table.
        DamagedFile: no agreed column, or rows copied differ from rows counted.
    """
    try:
        address = make_url(url)
        engine = create_engine(address, connect_args={"connect_timeout": CONNECT_SECONDS, "options": SESSION})
        try:
            with engine.connect() as con:
                query, kinds = _query(con, engine, spec)
            header = require_header(find_header([list(kinds)], spec), spec, "tabel sumber")
            labels = list(kinds)
            columns = tuple(sorted(header.mapping, key=header.mapping.__getitem__))
            inner = ", ".join(f"{_as_text(labels[header.mapping[name]], kinds)} as {ident(name)}" for name in columns)
            marks = [
                mark
                for name in columns
                if (mark := numeric_mark(name, name, _NUMERIC_KINDS.get(kinds[labels[header.mapping[name]]], ""), spec))
            ]
            sql = f"select {inner} from ({query}) as sumber"
            target = work / "mentah.parquet"
            before = _count(engine, query)
            rows = _copy(address, sql, columns, marks, target, work) if fast else -1
            counted = _count(engine, query)
            if not fast or rows != counted or before != counted:
                counted, rows = _stream(engine, sql, query, columns, marks, target, work)
        finally:
            engine.dispose()
    except (SQLAlchemyError, ValueError, TypeError, ImportError, adbc.Error, duckdb.Error):
        # A driver's message may hold the address or a value.
        raise SourceUnavailable("sumber PostgreSQL tidak dapat dibaca", cure=_CURE) from None
    if rows != counted:
        raise DamagedFile(
            f"jumlah baris tidak cocok: {counted} menurut server, {rows} tersalin", "ulangi tarikan", rule="total_kendali"
        )
    return _pulled(spec, header, columns, labels, target, counted, rows, work, kinds)


def _pulled(
    spec: Spec,
    header: Header,
    columns: tuple[str, ...],
    labels: list[str],
    target: Path,
    counted: int,
    rows: int,
    work: Path,
    kinds: dict[str, str],
) -> Pull:
    rejects = RejectWriter(work / "tak_terbaca.parquet")
    rejects.close()
    floats = [
        name
        for name in columns
        if name in spec.id_like and _NUMERIC_KINDS.get(kinds[labels[header.mapping[name]]]) in ("DOUBLE", "FLOAT")
    ]
    flags = (
        [
            Flag(
                "id_angka",
                "peringatan",
                f"kolom identitas bertipe pecahan: {', '.join(floats)}",
                "simpan kolom identitas sebagai teks di sumber",
            )
        ]
        if floats
        else []
    )
    table = RawTable(
        path=target,
        rejects=rejects.path,
        columns=columns,
        labels=header.labels,
        counted=counted,
        facts={"bentuk": "postgresql", "skema": str(spec.form.get("skema") or "public"), "baris_judul": 0},
        control={"baris_menurut_server": counted, "baris_terbaca": rows, "baris_tak_terbaca": 0},
        flags=flags,
        missing=tuple(sorted(spec.required - set(header.mapping))),
        unagreed=header.unagreed,
    )
    return Pull(table, content_hash(target, columns, work))


def _query(con: Connection, engine: Engine, spec: Spec) -> tuple[str, dict[str, str]]:
    """The query and the type name per result column."""
    query = str(spec.form.get("kueri") or "").strip().rstrip(";")
    if not query:
        schema, table = spec.form.get("skema") or None, str(spec.form.get("tabel") or "")
        key: Sequence[str] = inspect(engine).get_pk_constraint(table, schema=schema)["constrained_columns"]
        where = f"{ident(str(schema))}.{ident(table)}" if schema else ident(table)
        query = f"select * from {where}" + (f" order by {', '.join(map(ident, key))}" if key else "")
    # pg_typeof needs a row; a row of NULLs is there even when the table is empty.
    names = list(con.execute(text(_escape(f"select * from ({query}) as sumber limit 0"))).keys())
    probe = ", ".join(f"pg_typeof(sumber.{ident(name)})::text" for name in names)
    kinds = con.execute(
        text(
            _escape(
                f"select {probe} from (select 1) as satu left join (select * from ({query}) as isi limit 1) as sumber on true"
            )
        )
    ).one()
    return query, {name: str(kind) for name, kind in zip(names, kinds, strict=True)}


def _escape(sql: str) -> str:
    """`text()` would take `:name` for a parameter."""
    return re.sub(r"(?<!:):(?=\w)", r"\\:", sql)


def _as_text(label: str, kinds: dict[str, str]) -> str:
    cell = f"sumber.{ident(label)}"
    kind = kinds[label]
    if kind in ("double precision", "real"):
        return f"case when {cell} = trunc({cell}) and abs({cell}) < 1e18 then {cell}::bigint::text else {cell}::text end"
    if kind.startswith("timestamp"):
        return f"regexp_replace({cell}::text, ' 00:00:00$', '')"
    return f"{cell}::text"


def _count(engine: Engine, query: str) -> int:
    with engine.connect() as con:
        return int(con.execute(text(_escape(f"select count(*) from ({query}) as hitung"))).scalar_one())


def _copy(address: URL, sql: str, columns: tuple[str, ...], marks: list[str], target: Path, work: Path) -> int:
    """The fast path: the server's rows go straight into Parquet, in the order of the query."""
    with (
        no_space_guard("tarikan PostgreSQL"),
        adbc.connect(_libpq(address)) as source,
        source.cursor() as cursor,
        private_duckdb(work) as con,
    ):
        cursor.execute(sql)
        con.register("tarikan", cursor.fetch_record_batch())
        con.execute(
            f"copy (select {', '.join(map(ident, columns))}, row_number() over () as {LINE}, {_marks(marks)} as {NUMERIC} "
            f"from tarikan) to {literal(target)} (format parquet, compression lz4)"
        )
    return int(pq.read_metadata(target).num_rows)


def _stream(
    engine: Engine, sql: str, query: str, columns: tuple[str, ...], marks: list[str], target: Path, work: Path
) -> tuple[int, int]:
    """The portable path: count and rows in one REPEATABLE READ transaction."""
    plain = work / "tarikan.parquet"
    schema = pa.schema([(name, pa.string()) for name in columns])
    with no_space_guard("tarikan PostgreSQL"):
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as con:
            counted = int(con.execute(text(_escape(f"select count(*) from ({query}) as hitung"))).scalar_one())
            result = con.execution_options(stream_results=True, yield_per=CHUNK).execute(text(_escape(sql)))
            with pq.ParquetWriter(plain, schema, compression="lz4") as writer:
                for part in result.partitions(CHUNK):
                    arrays = [pa.array(column, pa.string()) for column in zip(*part, strict=True)]
                    writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        with private_duckdb(work) as duck:
            duck.execute(
                f"copy (select * exclude (file_row_number), file_row_number + 1 as {LINE}, {_marks(marks)} as {NUMERIC} "
                f"from read_parquet({literal(plain)}, file_row_number = true)) "
                f"to {literal(target)} (format parquet, compression lz4)"
            )
    plain.unlink()
    return counted, int(pq.read_metadata(target).num_rows)


def _marks(marks: list[str]) -> str:
    return f"nullif(concat_ws(',', {', '.join(marks)}), '')" if marks else "null::varchar"


def _libpq(address: URL) -> str:
    """A libpq connection string; values quoted as libpq wants it."""
    query: dict[str, Any] = dict(address.query)
    parts: dict[str, Any] = {
        "host": address.host or query.get("host"),
        "port": address.port or query.get("port"),
        "user": address.username,
        "password": address.password,
        "dbname": address.database,
        "sslmode": query.get("sslmode"),
        "connect_timeout": CONNECT_SECONDS,
        "options": SESSION,
    }
    quoted = {
        name: str(value).replace("\\", "\\\\").replace("'", "\\'") for name, value in parts.items() if value not in (None, "")
    }
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())


def content_hash(path: Path, columns: tuple[str, ...], work: Path) -> str:
    """sha256 over the pulled rows in their order, independent of Parquet's bytes."""
    digests = work / "sidik.txt"
    row = ", ".join(f"coalesce({ident(name)}, chr(0))" for name in columns)
    with no_space_guard("sidik tarikan"), private_duckdb(work) as con:
        con.execute(
            f"copy (select md5(concat_ws(chr(31), {row})) from read_parquet({literal(path)})) "
            f"to {literal(digests)} (format csv, header false)"
        )
    digest = file_sha256(digests, first="\x1f".join(columns).encode())
    digests.unlink()
    return digest
