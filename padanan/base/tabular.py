"""Writing tables whose bytes depend on their rows alone, and naming tables by two hashes.

Which tables are written, and where to, is decided by `publish` and the decree.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base import disk
from padanan.base.digest import file_sha256
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


def write_table(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> TableFile:
    """Writes an ordered query as Parquet, always in row groups of the same size and by one thread.

    Args:
        con: an open connection.
        query: a query whose ORDER BY covers a full key; the bytes follow its order.
        path: the file to write.

    Returns:
        Rows and hashes of the file.
    """
    reader = con.execute(query).to_arrow_reader(ROW_GROUP)
    rows = 0
    with disk.filling(path), pq.ParquetWriter(path, reader.schema, compression="zstd", store_schema=False) as writer:
        held: list[pa.RecordBatch] = []
        count = 0
        for batch in reader:
            held.append(batch)
            count += batch.num_rows
            while count >= ROW_GROUP:
                table = pa.Table.from_batches(held)
                writer.write_table(table.slice(0, ROW_GROUP).combine_chunks(), row_group_size=ROW_GROUP)
                rest = table.slice(ROW_GROUP).combine_chunks()
                held, count = rest.to_batches(), rest.num_rows
                rows += ROW_GROUP
        if count or not rows:
            table = pa.Table.from_batches(held, schema=reader.schema)
            writer.write_table(table.combine_chunks(), row_group_size=ROW_GROUP)
            rows += count
    return TableFile(rows, file_sha256(path), row_hash(con, path))


def copy_to(con: duckdb.DuckDBPyConnection, query: str, path: Path, *, options: str = "") -> int:
    """Writes a query as Parquet by DuckDB's own writer, for what is read again by this program.

    Args:
        options: further ones of COPY, each after a comma.

    Returns:
        How many rows were written.
    """
    with disk.filling(path):
        written = con.execute(f"copy ({query}) to {literal(path)} (format parquet{options})").fetchone()
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
    reader = con.execute(f"select {parts} || chr(10) as baris from read_parquet(?)", [str(path)]).to_arrow_reader(ROW_GROUP)
    for batch in reader:
        # The text buffer of an Arrow column is the rows' bytes, end to end: hashed without a loop over rows.
        column = batch.column(0).cast(pa.large_string())
        offsets = pa.Array.from_buffers(pa.int64(), len(column) + 1, [None, column.buffers()[1]], offset=column.offset)
        start, end = offsets[0].as_py(), offsets[len(column)].as_py()
        digest.update(memoryview(column.buffers()[2])[start:end])
    return digest.hexdigest()
