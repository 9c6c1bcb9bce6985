"""Writing tables whose bytes depend on their rows alone, and naming tables by two hashes.

Which tables are written, and where to, is decided by `publish` and the decree.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from padanan.base import disk
from padanan.base.digest import file_sha256
from padanan.base.duck import first_row
from padanan.base.home import Home
from padanan.base.sql import literal

ROW_GROUP = 131_072


def scratch(home: Home) -> duckdb.DuckDBPyConnection:
    """A database in memory whose overflow lies on the data home's disk; DuckDB's own choice is the folder one works in."""
    return duckdb.connect(config={"temp_directory": str(home.warehouse / "tmp")})


@dataclass(frozen=True)
class TableFile:
    """A written Parquet file: `sha256` finds tampering, `row_hash` survives another Parquet writer."""

    rows: int
    sha256: str
    row_hash: str


def write_table(con: duckdb.DuckDBPyConnection, query: str, path: Path, *, by_column: bool = False) -> TableFile:
    """Writes an ordered query as Parquet, always in row groups of the same size and by one thread.

    Args:
        con: an open connection.
        query: a query whose ORDER BY covers a full key; the bytes follow its order.
        path: the file to write.
        by_column: the rows are hashed as they are written (`ColumnHash`), a sixth of the cost; else read back as text
            (`row_hash`), as seals have it.

    Returns:
        Rows and hashes of the file.
    """
    reader = con.sql(query).to_arrow_reader(ROW_GROUP)
    rows = 0
    digest = ColumnHash(reader.schema) if by_column else None
    with disk.filling(path), pq.ParquetWriter(path, reader.schema, compression="zstd", store_schema=False) as writer:
        held: list[pa.RecordBatch] = []
        count = 0
        for batch in reader:
            held.append(batch)
            count += batch.num_rows
            while count >= ROW_GROUP:
                table = pa.Table.from_batches(held)
                whole = table.slice(0, ROW_GROUP).combine_chunks()
                writer.write_table(whole, row_group_size=ROW_GROUP)
                if digest:
                    digest.add(whole)
                rest = table.slice(ROW_GROUP).combine_chunks()
                held, count = rest.to_batches(), rest.num_rows
                rows += ROW_GROUP
        if count or not rows:
            whole = pa.Table.from_batches(held, schema=reader.schema).combine_chunks()
            writer.write_table(whole, row_group_size=ROW_GROUP)
            if digest:
                digest.add(whole)
            rows += count
    return TableFile(rows, file_sha256(path), digest.hexdigest() if digest else row_hash(con, path))


def copy_to(con: duckdb.DuckDBPyConnection, query: str, path: Path, *, options: str = "") -> int:
    """Writes a query as Parquet by DuckDB's own writer, for what is read again by this program.

    Args:
        options: further ones of COPY, each after a comma.

    Returns:
        How many rows were written.
    """
    with disk.filling(path):
        written = first_row(con, f"copy ({query}) to {literal(path)} (format parquet{options})")
    return int(written[0]) if written else 0


def row_hash(con: duckdb.DuckDBPyConnection, path: Path) -> str:
    """SHA-256 over the rows as text, in file order: column names first, then one line a row.

    Every value is its text with length in front (NULL is `~`), so that no two different tables share a text.
    """
    columns = [row[0] for row in con.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()]
    parts = " || ".join(
        f"coalesce(length(\"{name}\"::varchar)::varchar || ':' || \"{name}\"::varchar, '~') || ','" for name in columns
    )
    digest = hashlib.sha256(("|".join(columns) + "\n").encode())
    reader = con.sql(f"select {parts} || chr(10) as baris from read_parquet(?)", params=[str(path)]).to_arrow_reader(ROW_GROUP)
    for batch in reader:
        # The text buffer of an Arrow column is the rows' bytes, end to end: hashed without a loop over rows.
        column = batch.column(0).cast(pa.large_string())
        offsets = pa.Array.from_buffers(pa.int64(), len(column) + 1, [None, column.buffers()[1]], offset=column.offset)
        start, end = offsets[0].as_py(), offsets[len(column)].as_py()
        digest.update(memoryview(column.buffers()[2])[start:end])
    return digest.hexdigest()


class ColumnHash:
    """SHA-256 over a table's values, column by column in groups of `ROW_GROUP` rows, whatever wrote or encoded them.

    Names and kinds of the columns come first. Of each column of a group: which rows say something (one bit a row), then the
    values; a text is its length and its bytes, a list its length and its values, a struct its parts. Where a
    row says nothing the value is empty.
    The name says by which definition it was made: `kolom-1:`.
    """

    NAME = "kolom-1:"

    def __init__(self, schema: pa.Schema) -> None:
        kinds = ",".join(f"{len(one.name)}:{one.name}={_kind(one.type)}" for one in schema)
        self._digest = hashlib.sha256(f"{self.NAME}{kinds}\n".encode())

    def add(self, group: pa.Table) -> None:
        """The next rows: `ROW_GROUP` of them, or the last ones."""
        self._digest.update(len(group).to_bytes(8, "little"))
        for column in group.columns:
            self._add(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)

    def hexdigest(self) -> str:
        """Name of the definition and digest."""
        return self.NAME + self._digest.hexdigest()

    def _add(self, values: pa.Array) -> None:
        if isinstance(values, pa.ChunkedArray):
            values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
        self._bytes(np.packbits(np.asarray(pc.is_valid(values)), bitorder="little"))
        kind = _kind(values.type)
        if kind == "text":
            texts = values.cast(pa.large_string()).fill_null("")
            offsets = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, texts.offset * 8)
            self._bytes(np.diff(offsets))
            if data := texts.buffers()[2]:
                self._digest.update(memoryview(data)[int(offsets[0]) : int(offsets[-1])])
        elif kind.startswith("list"):
            self._bytes(np.asarray(pc.list_value_length(values).fill_null(0).cast(pa.int64())))
            self._add(pc.list_flatten(values))
        elif pa.types.is_struct(values.type):
            for part in values.flatten():
                self._add(part)
        elif kind == "bool":
            self._bytes(np.packbits(np.asarray(values.fill_null(False)), bitorder="little"))
        elif kind in _WIDE:
            self._bytes(values.view(_WIDE[kind]).fill_null(0).to_numpy())
        elif pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            self._bytes(values.fill_null(0).to_numpy())
        else:
            self._add(values.cast(pa.large_string()))

    def _bytes(self, values: np.ndarray[Any, Any]) -> None:
        self._digest.update(np.ascontiguousarray(values).data)


# How many bits a day or a moment takes: hashed as the number that it is kept as.
_WIDE = {"date32[day]": pa.int32(), "timestamp[us]": pa.int64(), "time64[us]": pa.int64()}


def _kind(kind: pa.DataType) -> str:
    """What a column holds, by a name that no version of a writer changes."""
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "text"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"list[{_kind(kind.value_type)}]"
    if pa.types.is_struct(kind):
        return f"struct[{','.join(f'{len(one.name)}:{one.name}={_kind(one.type)}' for one in kind)}]"
    return str(kind)
