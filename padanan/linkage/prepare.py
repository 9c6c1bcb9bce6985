"""A table of people turned once into codes: NIK and KK as BCD, names and addresses by token dictionary, dates as numbers.

Raw text is cleansed in staging before this; which codes find or compare a pair belongs to `blocking` and `comparison`.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from padanan.base import disk
from padanan.base.commit import writing
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.sql import literal
from padanan.linkage import names

Source: TypeAlias = pa.Table | str | Path

VERSION = 4
COLUMNS = (
    "record_key",
    "entity_key",
    "nik_bersih",
    "kk_bersih",
    "nama_bersih",
    "nama_ibu_bersih",
    "tgl_lahir",
    "jk",
    "alamat_jalan",
    "rt",
    "rw",
    "kode_kelurahan",
    "family_id",
)
SCHEMA = pa.schema(
    [
        ("record_key", pa.string()),
        ("tie", pa.uint64()),
        ("entity_key", pa.string()),
        ("family", pa.uint64()),
        ("nik", pa.uint64()),
        ("kk", pa.uint64()),
        ("name", pa.string()),
        ("name_letters", pa.uint64()),
        ("name_key", pa.uint64()),
        ("skeleton", pa.uint64()),
        ("t1", pa.uint32()),
        ("t2", pa.uint32()),
        ("t3", pa.uint32()),
        ("given", pa.uint32()),
        ("n_tokens", pa.uint8()),
        ("mother", pa.string()),
        ("mother_letters", pa.uint64()),
        ("mother_key", pa.uint64()),
        ("mother_skeleton", pa.uint64()),
        ("mother1", pa.uint32()),
        ("dob", pa.int32()),
        ("jk", pa.uint8()),
        ("street", pa.uint64()),
        ("address", pa.uint64()),
        ("kel", pa.int64()),
        ("rt", pa.int16()),
        ("rw", pa.int16()),
    ]
)
BATCH = 250_000

ADDRESS_STOP = frozenset(
    [
        "JL",
        "JLN",
        "JALAN",
        "GG",
        "GANG",
        "KP",
        "KMP",
        "KAMPUNG",
        "NO",
        "NOMOR",
        "NMR",
        "BLOK",
        "BLK",
        "KAV",
        "KAVLING",
        "KOMP",
        "KOMPLEK",
        "KOMPLEKS",
        "PERUM",
        "PERUMAHAN",
        "DALAM",
        "RT",
        "RW",
    ]
)
"""Words of an address that do not tell one street from another."""
_DIGITS = re.compile(r"\d")
_PIECE = re.compile(r"[A-Z0-9]+")
_DICTIONARY = ["name", "mother", "street", "kel", "rt", "rw", "jk", "n_tokens", "t1", "t2", "t3", "given", "mother1", "dob"]


def relation_sql(con: duckdb.DuckDBPyConnection, source: Source, name: str) -> str:
    """SQL that reads a source: a Parquet path, or an Arrow table registered under `name`."""
    if isinstance(source, pa.Table):
        con.register(name, source)
        return name
    path = str(source)
    if not Path(path).exists() and "*" not in path:
        raise PadananError("berkas data tidak ada", file=path, cure="periksa jalurnya atau jalankan tahap sebelumnya")
    return f"read_parquet({literal(path)})"


def _bcd(column: str) -> str:
    return f"case when regexp_full_match({column}, '[0-9]{{16}}') then try_cast('0x' || {column} as ubigint) end"


def _column(present: set[str], name: str, kind: str = "varchar") -> str:
    return f"try_cast({name} as {kind})" if name in present else f"cast(null as {kind})"


def _keys(present: set[str]) -> str:
    family = f"coalesce(nullif({_column(present, 'family_id')}, ''), {_column(present, 'kk_bersih')})"
    return f"""record_key::varchar as record_key,
        coalesce({_column(present, "entity_key")}, record_key::varchar) as entity_key,
        case when {family} is not null then hash({family}) end as family"""


_BORN = "d > date '1900-01-01'"


def keys_sql(present: set[str], relation: str) -> str:
    """SQL: what needs no encoding, by the same rules: record_key, entity_key, family, and whether a birth date is known."""
    return f"select {_keys(present)}, coalesce({_BORN}, false) as ada_lahir from {_dated(present, relation)}"


def _dated(present: set[str], relation: str) -> str:
    return f"(select *, {_column(present, 'tgl_lahir', 'date')} as d from {relation})"


def _select(present: set[str], relation: str) -> str:
    def col(name: str, kind: str = "varchar") -> str:
        return _column(present, name, kind)

    return f"""select {_keys(present)}, hash(record_key::varchar) as tie,
        {_bcd(col("nik_bersih"))} as nik, {_bcd(col("kk_bersih"))} as kk,
        {col("nama_bersih")} as nama, {col("nama_ibu_bersih")} as ibu,
        case when {_BORN} then (year(d) * 10000 + month(d) * 100 + day(d))::integer end as dob,
        case {col("jk")} when 'L' then 1 when 'P' then 2 else 0 end::utinyint as jk,
        upper({col("alamat_jalan")}) as alamat, try_cast(replace({col("kode_kelurahan")}, '.', '') as bigint) as kel,
        {col("rt", "smallint")} as rt, {col("rw", "smallint")} as rw
        from {_dated(present, relation)}"""


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    """Column names of a relation."""
    return {str(row[0]) for row in con.execute(f"describe select * from {relation}").fetchall()}


def missing_columns(con: duckdb.DuckDBPyConnection, relation: str, what: str) -> list[str]:
    """Agreed columns that the relation lacks; they count as empty.

    Raises:
        PadananError: there is no `record_key`, so that no row could be named.
    """
    present = columns_of(con, relation)
    if "record_key" not in present:
        raise PadananError(
            f"kolom record_key tidak ada pada {what}",
            cure="berikan tabel berbentuk staging",
        )
    return [name for name in COLUMNS if name not in present]


class _Addresses:
    """Streets and whole addresses as sums of token hashes; a token's hashes are made once."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.street = np.empty(0, dtype=np.uint64)
        self.whole = np.empty(0, dtype=np.uint64)

    def encode(self, texts: pa.Array) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        parts = pc.ascii_split_whitespace(pc.fill_null(texts, ""))
        lengths = pc.list_value_length(parts).to_numpy(zero_copy_only=False).astype(np.int64)
        flat = pc.list_flatten(parts)
        coded = flat.dictionary_encode()
        tokens = coded.dictionary.to_pylist()
        fresh = [token for token in tokens if token not in self.index]
        if fresh:
            self._enter(fresh)
        table = np.fromiter((self.index[token] for token in tokens), dtype=np.int64, count=len(tokens))
        number = table[coded.indices.to_numpy(zero_copy_only=False)] if len(flat) else np.empty(0, dtype=np.int64)
        return names.sums(self.street[number], lengths), names.sums(self.whole[number], lengths)

    def _enter(self, tokens: list[str]) -> None:
        """New tokens as written ("NO.12" is one): their pieces' hashes are added up."""
        start = len(self.index)
        self.index.update(zip(tokens, range(start, start + len(tokens)), strict=True))
        pieces = [
            (number, piece) for number, token in enumerate(tokens) for piece in _PIECE.findall(token) if piece not in ADDRESS_STOP
        ]
        digit = np.array([bool(_DIGITS.search(piece)) for _, piece in pieces], dtype=bool)
        coded = names.phonetics([piece for _, piece in pieces])
        texts = [piece.lstrip("0") if d else code for (_, piece), d, code in zip(pieces, digit, coded, strict=True)]
        value = names.mix(np.array([zlib.crc32(text.encode()) for text in texts], dtype=np.uint64))
        value[np.array([not text for text in texts], dtype=bool)] = 0
        street, whole = np.zeros(len(tokens), dtype=np.uint64), np.zeros(len(tokens), dtype=np.uint64)
        owner = np.array([number for number, _ in pieces], dtype=np.int64)
        np.add.at(whole, owner, value)
        np.add.at(street, owner[~digit], value[~digit])
        self.street, self.whole = np.r_[self.street, street], np.r_[self.whole, whole]


def _null_zero(values: npt.NDArray[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(values, kind, mask=values == 0)


def batches(con: duckdb.DuckDBPyConnection, relation: str, rows: int = BATCH) -> Iterator[pa.RecordBatch]:
    """Prepared batches of a relation, in its order; absent columns count as empty."""
    tokens, addresses = names.TokenDictionary(), _Addresses()
    reader = con.sql(_select(columns_of(con, relation), relation)).to_arrow_reader(rows)
    for batch in reader:
        column = {name: batch.column(i) for i, name in enumerate(batch.schema.names)}
        name, mother = names.encode(column["nama"], tokens), names.encode(column["ibu"], tokens)
        street, whole = addresses.encode(column["alamat"])
        yield pa.record_batch(
            [
                column["record_key"],
                column["tie"],
                column["entity_key"],
                column["family"],
                column["nik"],
                column["kk"],
                name.text,
                _null_zero(name.letters, pa.uint64()),
                _null_zero(name.key, pa.uint64()),
                _null_zero(name.skeleton, pa.uint64()),
                _null_zero(name.tokens[0], pa.uint32()),
                _null_zero(name.tokens[1], pa.uint32()),
                _null_zero(name.tokens[2], pa.uint32()),
                _null_zero(name.given, pa.uint32()),
                pa.array(name.count, pa.uint8()),
                mother.text,
                _null_zero(mother.letters, pa.uint64()),
                _null_zero(mother.key, pa.uint64()),
                _null_zero(mother.skeleton, pa.uint64()),
                _null_zero(mother.tokens[0], pa.uint32()),
                column["dob"],
                column["jk"],
                _null_zero(street, pa.uint64()),
                _null_zero(whole, pa.uint64()),
                column["kel"],
                column["rt"],
                column["rw"],
            ],
            schema=SCHEMA,
        )


def prepare_table(con: duckdb.DuckDBPyConnection, relation: str) -> pa.Table:
    """A whole relation prepared in memory: for lists."""
    return pa.Table.from_batches(batches(con, relation), schema=SCHEMA)


def prepare_register(
    source: Source, cache: Path, snapshot: str, *, memory: str = "2GB", threads: int = 2, extra: tuple[str, ...] = ()
) -> Path:
    """Adminduk prepared once per snapshot and reused by every list.

    Args:
        source: Parquet path or Arrow table with the staging columns.
        cache: folder of prepared registers.
        snapshot: hash of the snapshot's content; the same hash is never prepared twice.
        memory: DuckDB's limit.
        threads: DuckDB's threads.
        extra: further text columns that plug-in comparisons need, copied as they are.

    Returns:
        The Parquet file, renamed into place when complete.

    Raises:
        PadananError: no `record_key`, or the file is not there.
    """
    digest = hashlib.sha256(f"{VERSION}|{snapshot}|{','.join(extra)}".encode()).hexdigest()[:16]
    target = cache / f"acuan-{digest}.parquet"
    if target.exists():
        return target
    con = duckdb.connect()
    try:
        con.execute(
            f"""set memory_limit='{memory}'; set threads={threads}; set enable_progress_bar=false;
            set preserve_insertion_order=true; set temp_directory={literal(cache)}"""
        )
        relation = relation_sql(con, source, "sumber")
        missing_columns(con, relation, "acuan")
        with (
            no_space_guard("acuan siap pakai"),
            writing(target) as working,
            disk.filling(working),
            pq.ParquetWriter(working, SCHEMA, compression="lz4", use_dictionary=_DICTIONARY, write_statistics=False) as writer,
        ):
            for batch in batches(con, relation):
                writer.write_batch(batch)
    finally:
        con.close()
    return target
